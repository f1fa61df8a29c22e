//! The command line.
//!
//! ```text
//! wigwag [OPTIONS] FILE [ARG…]          run a program as MicroPython's unix port would
//! wigwag [OPTIONS] -c CODE [ARG…]       … from the command line
//! wigwag [OPTIONS] -m MODULE [ARG…]     … a module, found as `import` finds it
//! wigwag [OPTIONS] - [ARG…]             … from standard input
//! wigwag [OPTIONS]                      the REPL; without a terminal, a program from standard input
//! wigwag run [RUN OPTIONS] FILE [ARG…]  the same forms, with a say over board, clock and what is shown
//! ```
//!
//! What must always hold: everything after FILE, CODE, MODULE or `-` belongs to the program, options of
//! ours included. A file named like a command is reached as `./run`, or after `--`.
//!
//! # Exit status
//!
//! `-h` and `--version` end with 0. A command line that cannot be understood ends with 1, as the unix
//! port's does, unless it has a command in it (`wigwag run --bord`): then, as with a `WIGWAG_BOARD` that
//! names no board, the unix port has no say, and the status is the usual 2. Everything else is decided by
//! how the program ends.
//!
//! # Environment
//!
//! | variable | meaning |
//! |---|---|
//! | `WIGWAG_BOARD` | the board, where `--board` says nothing |
//! | `MICROPYPATH` | where modules are looked for, separated by colons; `~/` is the home directory |
//! | `MICROPYINSPECT` | if not empty, the same as `-i` |
//! | `HOME` | where the REPL keeps its history, in `.wigwag.history`; without it, nowhere |

mod arguments;
mod environment;
mod error;
mod options;
mod suggest;
#[cfg(test)]
mod tests;
mod values;

pub use environment::Environment;
pub use error::CliError;
pub use options::{ClockChoice, Emitter, EventsTo, Options, Program, ShowWarnings};
pub use values::board::{BOARDS, UnknownBoard};

use std::ffi::{OsStr, OsString};

/// Reads the command line and the environment of this process.
///
/// # Errors
/// When there is nothing to run: they cannot be understood, or ask for help only.
pub fn from_process() -> Result<Options, CliError> {
    parse(std::env::args_os(), &Environment::of_process())
}

/// Reads a command line, the command's name first.
///
/// # Errors
/// See [`CliError`].
pub fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    environment: &Environment,
) -> Result<Options, CliError> {
    arguments::read(arguments.into_iter().collect(), environment)
}

/// The command that a file's name may have been meant for, when there is no such file.
pub fn similar_command(file: &OsStr) -> Option<&'static str> {
    suggest::nearest(file.to_str()?, arguments::COMMANDS)
}
