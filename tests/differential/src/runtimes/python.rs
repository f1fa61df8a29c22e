//! CPython: one process that runs program after program, since starting it takes longer than most programs do.

use super::Runtime;
use std::ffi::OsStr;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// What the process runs.
const DRIVER: &str = include_str!("driver.py");

/// A running CPython.
pub struct Python {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Python {
    /// Starts the interpreter at this path.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(path: &OsStr) -> io::Result<Python> {
        let mut child = Command::new(path)
            .args(["-E", "-s", "-B", "-W", "ignore", "-c", DRIVER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(requests), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("no pipes to the interpreter"));
        };
        Ok(Python { child, requests, answers: BufReader::new(answers) })
    }

    /// Sends a program; the answer must be taken before the next one is sent.
    ///
    /// # Errors
    /// When the process has gone.
    pub fn send(&mut self, program: &str) -> io::Result<()> {
        self.requests.write_all(format!("{}\n{program}", program.len()).as_bytes())?;
        self.requests.flush()
    }

    /// What the program that was sent has printed.
    ///
    /// # Errors
    /// When the process has gone, or answers nonsense.
    pub fn answer(&mut self) -> io::Result<String> {
        let mut length = String::new();
        self.answers.read_line(&mut length)?;
        let length = length.trim().parse().map_err(|_| io::Error::other("the interpreter has gone"))?;
        let mut bytes = vec![0; length];
        self.answers.read_exact(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl Runtime for Python {
    fn name(&self) -> &str {
        "python"
    }

    fn run(&mut self, program: &str) -> io::Result<String> {
        self.send(program)?;
        self.answer()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
