//! The `wigwag` command. What it understands is described in [`wigwag::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    match wigwag::cli::from_process() {
        Ok(options) => wigwag::cli::no_engine(&options),
        Err(error) => error.report(),
    }
}
