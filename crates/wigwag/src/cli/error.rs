//! A command line that leads to no run.

use std::fmt;
use std::io::Write;
use std::process::ExitCode;

use super::values::board::UnknownBoard;

/// Why there is nothing to run.
#[derive(Debug)]
#[non_exhaustive]
pub enum CliError {
    /// The arguments cannot be understood, or asked for help or the version.
    Arguments {
        /// What clap has to say, ready to be shown.
        message: clap::Error,
        /// The status if it is an error.
        status: u8,
    },
    /// `WIGWAG_BOARD` names a board that there is not.
    BoardVariable(UnknownBoard),
}

impl CliError {
    /// The status to end with: 0 when help was asked for.
    pub fn exit_status(&self) -> u8 {
        match self {
            CliError::Arguments { message, status } if message.use_stderr() => *status,
            CliError::Arguments { .. } => 0,
            CliError::BoardVariable(_) => 2,
        }
    }

    /// Shows help on stdout, and errors on stderr, in colours if they are wanted there.
    pub fn report(&self) -> ExitCode {
        match self {
            // If it cannot be shown, there is nobody to tell.
            CliError::Arguments { message, .. } => drop(message.print()),
            CliError::BoardVariable(_) => drop(writeln!(std::io::stderr(), "error: {self}")),
        }
        ExitCode::from(self.exit_status())
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CliError::Arguments { message, .. } => message.fmt(out),
            CliError::BoardVariable(unknown) => write!(out, "in WIGWAG_BOARD: {unknown}"),
        }
    }
}

impl std::error::Error for CliError {}
