//! The runtimes that are compared: where each is, what it calls itself, and how it is told to run a script.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::child::{self, Measured};
use crate::jobs::Job;

/// Which command line a runtime understands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The one that all others are compared with.
    Wigwag,
    /// MicroPython's unix port.
    MicroPython,
    /// CPython.
    CPython,
    /// CPython with another event loop.
    Uvloop,
}

/// What CPython runs to run a script on uvloop.
const ON_UVLOOP: &str = "import os, runpy, sys, uvloop; uvloop.install(); sys.argv = sys.argv[1:]; \
                         sys.path.insert(0, os.path.dirname(sys.argv[0])); \
                         runpy.run_path(sys.argv[0], run_name='__main__')";

/// A runtime that answered when it was asked for its version.
pub struct Runtime {
    /// The heading of its column.
    pub label: String,
    /// Its command line.
    pub kind: Kind,
    /// Its executable.
    pub path: PathBuf,
    /// What it says of itself.
    pub version: String,
}

impl Runtime {
    /// Finds a runtime and asks for its version. The error says which one is missing, and why.
    pub fn find(kind: Kind, path: &Path) -> Result<Runtime, String> {
        // `python3` is often a wrapper that chooses a version, and the choice takes longer than the program:
        // what is measured is the interpreter behind it.
        let path = match kind {
            Kind::CPython | Kind::Uvloop => PathBuf::from(ask(path, "import sys; print(sys.executable)")?),
            Kind::Wigwag | Kind::MicroPython => path.to_path_buf(),
        };
        let version = match kind {
            Kind::Uvloop => ask(&path, "import uvloop; print(uvloop.__version__)")?,
            _ => ask(&path, "import sys; print(sys.version)")?,
        };
        let label = match kind {
            Kind::Wigwag => "wigwag".to_string(),
            Kind::CPython => "python3".to_string(),
            Kind::Uvloop => "uvloop".to_string(),
            Kind::MicroPython => path
                .file_name()
                .map_or_else(|| "peer".to_string(), |name| name.to_string_lossy().into_owned()),
        };
        Ok(Runtime { label, kind, path, version })
    }

    /// Whether the job makes sense on this runtime at all: only Wigwag has a virtual clock, and what has no event loop
    /// is the same on any.
    pub fn can_be_asked(&self, job: &Job) -> bool {
        (job.virtual_until.is_none() || self.kind == Kind::Wigwag)
            && (job.uses_asyncio || self.kind != Kind::Uvloop)
    }

    /// The command line that runs a job.
    pub fn command(&self, job: &Job) -> Vec<OsString> {
        let mut command = vec![self.path.clone().into_os_string()];
        match (self.kind, job.heap) {
            (Kind::Wigwag | Kind::MicroPython, Some(size)) => {
                command.extend(["-X".into(), OsString::from(format!("heapsize={size}"))]);
            }
            (Kind::Uvloop, _) => command.extend(["-c".into(), OsString::from(ON_UVLOOP)]),
            _ => {}
        }
        if let Some(until) = job.virtual_until {
            command.extend(["run", "--clock", "virtual", "--until", until].map(OsString::from));
        }
        command.push(job.program.clone().into_os_string());
        command.extend(job.arguments.iter().map(OsString::from));
        command
    }

    /// Runs the job once.
    pub fn run(&self, job: &Job, limit: Duration) -> Result<Measured, String> {
        let board = if job.virtual_until.is_some() { None } else { Some("none") };
        child::run(&self.command(job), &[("WIGWAG_BOARD", board)], limit)
    }
}

/// Lets a runtime execute one line and gives the first line of what it prints.
fn ask(path: &Path, code: &str) -> Result<String, String> {
    let command = [path.as_os_str().to_owned(), "-c".into(), code.into()];
    let said = child::run(&command, &[("WIGWAG_BOARD", Some("none"))], Duration::from_secs(10))
        .map_err(|error| format!("{} does not start: {error}", path.display()))?;
    match said.output.lines().next() {
        Some(line) if !line.trim().is_empty() => Ok(line.trim().to_string()),
        _ => Err(format!("{} does not say which version it is", path.display())),
    }
}

/// Numbers the peers that share a file name, so that every column has a heading of its own.
pub fn make_labels_unique(runtimes: &mut [Runtime]) {
    for index in 1..runtimes.len() {
        let (before, rest) = runtimes.split_at_mut(index);
        let Some(runtime) = rest.first_mut() else { continue };
        let is_same = |other: &&Runtime| {
            other.kind == runtime.kind && other.path.file_name() == runtime.path.file_name()
        };
        let same = before.iter().filter(is_same).count();
        if same > 0 {
            runtime.label = format!("{} {}", runtime.label, same + 1);
        }
    }
}
