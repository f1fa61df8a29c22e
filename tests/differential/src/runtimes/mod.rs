//! What programs are run on.

pub mod command;
pub mod engine;
pub mod python;

use std::io;

/// Something that runs a program, from nothing, and gives what it printed.
pub trait Runtime {
    /// What reports call it.
    fn name(&self) -> &str;

    /// What the program printed. How it ended is part of that, as a last line, unless it came to its end.
    ///
    /// # Errors
    /// When the runtime itself cannot be started or reached.
    fn run(&mut self, program: &str) -> io::Result<String>;
}
