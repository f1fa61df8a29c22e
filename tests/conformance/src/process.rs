//! A program as a process, with a library on its path and a bound on its time.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a process may take.
const LONGEST: Duration = Duration::from_secs(120);

/// How often it is looked whether it has ended.
const LOOK: Duration = Duration::from_millis(5);

/// What a process said, on both of its outputs, and how it ended.
pub struct Said {
    /// What it printed, errors last.
    pub text: String,
    /// Whether its status was 0, in time.
    pub ended_well: bool,
}

impl Said {
    /// The last line that is not empty.
    pub fn last_line(&self) -> String {
        self.text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no output").to_owned()
    }
}

/// Runs a binary as MicroPython's unix port is run: in a folder, with a library on its path and no board.
///
/// # Errors
/// When it does not start.
pub fn run(binary: &Path, arguments: &[&str], folder: &Path, library: &Path) -> Result<Said, String> {
    let failed = |error: std::io::Error| format!("{} does not start: {error}", binary.display());
    let room = tempfile::tempdir().map_err(failed)?;
    let [out, errors] = ["out", "errors"].map(|name| room.path().join(name));
    let mut path = library.as_os_str().to_owned();
    path.push(":.frozen");
    let mut child = Command::new(binary)
        .args(arguments)
        .current_dir(folder)
        .env("MICROPYPATH", path)
        .env("WIGWAG_BOARD", "none")
        .stdin(Stdio::null())
        .stdout(File::create(&out).map_err(failed)?)
        .stderr(File::create(&errors).map_err(failed)?)
        .spawn()
        .map_err(failed)?;
    let status = ended_in_time(&mut child).map_err(failed)?;
    let mut text = String::new();
    for said in [out, errors] {
        text.push_str(&String::from_utf8_lossy(&fs::read(said).map_err(failed)?));
    }
    if status.is_none() {
        text.push_str("\nno end within two minutes\n");
    }
    Ok(Said { text, ended_well: status == Some(true) })
}

/// Whether it ended with status 0; nothing if it had to be stopped.
fn ended_in_time(child: &mut Child) -> std::io::Result<Option<bool>> {
    let start = Instant::now();
    while start.elapsed() < LONGEST {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        thread::sleep(LOOK);
    }
    child.kill()?;
    child.wait()?;
    Ok(None)
}
