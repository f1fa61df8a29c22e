//! The `wigwag` command. What it understands is described in [`wigwag::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    match wigwag::cli::from_process() {
        Ok(options) => wigwag::driver::run(options),
        Err(error) => error.report(),
    }
}
