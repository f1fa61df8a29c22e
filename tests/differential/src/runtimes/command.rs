//! Any MicroPython as a command: a process for each program.

use super::Runtime;
use std::ffi::{OsStr, OsString};
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A command that is given the program as a file.
pub struct External {
    path: OsString,
    name: String,
    program: PathBuf,
}

impl External {
    /// The command at this path.
    pub fn new(path: &OsStr) -> External {
        let name = path.to_string_lossy().into_owned();
        let program = std::env::temp_dir().join(format!("wigwag-differential-{}.py", std::process::id()));
        External { path: path.to_owned(), name, program }
    }
}

impl Runtime for External {
    fn name(&self) -> &str {
        &self.name
    }

    fn run(&mut self, program: &str) -> io::Result<String> {
        std::fs::File::create(&self.program)?.write_all(program.as_bytes())?;
        let output = Command::new(&self.path)
            .arg(&self.program)
            .env("WIGWAG_BOARD", "none")
            .stdin(Stdio::null())
            .output()?;
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            text.push_str(&format!("\nended with {}\n", output.status));
        }
        Ok(text)
    }
}

impl Drop for External {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.program);
    }
}
