//! Files as the command needs them: sources with errors that can be shown, looking up modules, and writing
//! everything that there is to write.
//!
//! Reading a source never trusts the file: it may be missing, a directory, forbidden, or endless. Each is a
//! [`SourceError`] that knows what to say and with which status to leave. Writing never panics: a reader
//! that has gone away is an error like others (the process ignores SIGPIPE, as Rust's start-up and
//! MicroPython both arrange), and a descriptor that cannot take more just now is waited for.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsFd;
use std::path::{Path, PathBuf};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;

/// No program is longer. `/dev/zero` is.
pub const MAX_SOURCE_BYTES: u64 = 64 << 20;

/// Why there is no source. Shown as upstream shows it: `can't open file 'x.py': [Errno 2] No such file or
/// directory`, to which the command adds its name.
#[derive(Debug)]
pub struct SourceError {
    path: PathBuf,
    reason: SourceErrorReason,
}

/// What is wrong with a source file.
#[derive(Debug)]
#[non_exhaustive]
pub enum SourceErrorReason {
    /// There is no such file, or no way to it.
    Missing(io::Error),
    /// It is a directory.
    Directory,
    /// It is there and cannot be read.
    Unreadable(io::Error),
    /// It has more than [`MAX_SOURCE_BYTES`], or no end.
    TooLong,
    /// It is an `.mpy` file: no source, but instructions of MicroPython's own machine.
    Compiled,
}

impl SourceError {
    /// The file that was asked for.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is wrong with it.
    pub fn reason(&self) -> &SourceErrorReason {
        &self.reason
    }

    /// The status with which MicroPython's unix port ends: 2 for a file that cannot be found, 1 for one
    /// that is found and turns out to be none.
    pub fn exit_status(&self) -> u8 {
        match self.reason {
            SourceErrorReason::Missing(_) => 2,
            SourceErrorReason::Directory
            | SourceErrorReason::Unreadable(_)
            | SourceErrorReason::TooLong
            | SourceErrorReason::Compiled => 1,
        }
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "can't open file '{}': ", self.path.display())?;
        match &self.reason {
            SourceErrorReason::Missing(error) | SourceErrorReason::Unreadable(error) => {
                write_system_error(error, out)
            }
            SourceErrorReason::Directory => write_system_error(&io::Error::from(Errno::ISDIR), out),
            SourceErrorReason::TooLong => {
                write!(out, "it is longer than {} MiB", MAX_SOURCE_BYTES >> 20)
            }
            SourceErrorReason::Compiled => out.write_str(
                "it holds instructions for another virtual machine; run the .py file that it was made from",
            ),
        }
    }
}

impl std::error::Error for SourceError {}

/// `[Errno 2] No such file or directory`: Rust has the same text with the number behind it.
fn write_system_error(error: &io::Error, out: &mut fmt::Formatter<'_>) -> fmt::Result {
    let text = error.to_string();
    match error.raw_os_error() {
        Some(number) => {
            let text = text.strip_suffix(&format!(" (os error {number})")).unwrap_or(&text);
            write!(out, "[Errno {number}] {text}")
        }
        None => out.write_str(&text),
    }
}

/// Reads a program, bytes as they are.
///
/// # Errors
/// See [`SourceErrorReason`].
pub fn read_source(path: &Path) -> Result<Vec<u8>, SourceError> {
    let fail = |reason| SourceError { path: path.to_owned(), reason };
    let file = match fs::metadata(path) {
        Err(error) => return Err(fail(SourceErrorReason::Missing(error))),
        Ok(found) if found.is_dir() => return Err(fail(SourceErrorReason::Directory)),
        Ok(_) if path.extension().is_some_and(|extension| extension == "mpy") => {
            return Err(fail(SourceErrorReason::Compiled));
        }
        Ok(_) => File::open(path).map_err(|error| match error.kind() {
            // It was deleted in between.
            ErrorKind::NotFound => fail(SourceErrorReason::Missing(error)),
            _ => fail(SourceErrorReason::Unreadable(error)),
        })?,
    };
    read_bounded(file).map_err(fail)
}

/// Reads a program from standard input until its end.
///
/// # Errors
/// See [`SourceErrorReason`]; the path in the error is `<stdin>`.
pub fn read_source_from_stdin() -> Result<Vec<u8>, SourceError> {
    read_bounded(io::stdin().lock()).map_err(|reason| SourceError { path: PathBuf::from("<stdin>"), reason })
}

fn read_bounded(source: impl Read) -> Result<Vec<u8>, SourceErrorReason> {
    let mut bytes = Vec::new();
    source.take(MAX_SOURCE_BYTES + 1).read_to_end(&mut bytes).map_err(|error| match error.kind() {
        ErrorKind::IsADirectory => SourceErrorReason::Directory,
        _ => SourceErrorReason::Unreadable(error),
    })?;
    if bytes.len() as u64 > MAX_SOURCE_BYTES { Err(SourceErrorReason::TooLong) } else { Ok(bytes) }
}

/// What a path leads to, as the search for modules asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PathKind {
    /// Nothing, or nothing that can be got at.
    Nothing,
    /// A file (or a pipe, or a device: anything that can be read).
    File,
    /// A directory.
    Directory,
}

/// What is at a path. Whatever is wrong with it, there is then no module there.
pub fn path_kind(path: &Path) -> PathKind {
    match fs::metadata(path) {
        Err(_) => PathKind::Nothing,
        Ok(found) if found.is_dir() => PathKind::Directory,
        Ok(_) => PathKind::File,
    }
}

/// Writes all bytes, however the descriptor takes them.
///
/// # Errors
/// Those of the system, [`ErrorKind::BrokenPipe`] among them: nobody reads any more.
pub fn write_all(descriptor: impl AsFd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(&descriptor, bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
            Err(Errno::INTR) => {}
            // Whoever shares the terminal with us may have made it non-blocking.
            Err(Errno::AGAIN) => {
                let mut room = [PollFd::new(&descriptor, PollFlags::OUT)];
                match poll(&mut room, None) {
                    Ok(_) | Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Reads what is there, up to the length of `buffer`; zero is the end. Blocks when nothing is: wait for the
/// descriptor first, or Ctrl-C will not end it.
///
/// # Errors
/// Those of the system.
pub fn read_some(descriptor: impl AsFd, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match rustix::io::read(&descriptor, &mut *buffer) {
            Err(Errno::INTR) => {}
            other => return Ok(other?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::pipe::{PipeFlags, pipe, pipe_with};

    fn failure(path: &str) -> (String, u8) {
        let error = read_source(Path::new(path)).expect_err("no such source");
        (error.to_string(), error.exit_status())
    }

    #[test]
    fn sources_that_are_none() {
        assert_eq!(
            failure("nowhere/x.py"),
            ("can't open file 'nowhere/x.py': [Errno 2] No such file or directory".into(), 2)
        );
        assert_eq!(failure("src"), ("can't open file 'src': [Errno 21] Is a directory".into(), 1));
        assert_eq!(
            failure("Cargo.toml/x.py"),
            ("can't open file 'Cargo.toml/x.py': [Errno 20] Not a directory".into(), 2)
        );
        assert_eq!(failure("/dev/zero"), ("can't open file '/dev/zero': it is longer than 64 MiB".into(), 1));
        let (text, _) = failure("a\0b");
        assert!(text.starts_with("can't open file 'a\0b': "), "{text}");
    }

    #[test]
    fn a_source_and_what_kinds_there_are() {
        let source = read_source(Path::new("Cargo.toml")).expect("the crate has one");
        assert!(source.starts_with(b"[package]"));
        assert_eq!(path_kind(Path::new("Cargo.toml")), PathKind::File);
        assert_eq!(path_kind(Path::new("src")), PathKind::Directory);
        assert_eq!(path_kind(Path::new("src/nothing")), PathKind::Nothing);
        assert_eq!(path_kind(Path::new("Cargo.toml/x")), PathKind::Nothing);
    }

    #[test]
    fn a_reader_that_left_is_an_error() -> io::Result<()> {
        let (read_end, write_end) = pipe()?;
        drop(read_end);
        assert_eq!(write_all(&write_end, b"x").map_err(|error| error.kind()), Err(ErrorKind::BrokenPipe));
        Ok(())
    }

    #[test]
    fn a_pipe_that_is_full_is_waited_for() -> io::Result<()> {
        let (read_end, write_end) = pipe_with(PipeFlags::NONBLOCK)?;
        let bytes = vec![7_u8; 1 << 20];
        let writer = std::thread::spawn({
            let bytes = bytes.clone();
            move || write_all(&write_end, &bytes)
        });
        let mut received = Vec::new();
        let mut buffer = [0; 4096];
        while received.len() < bytes.len() {
            poll(&mut [PollFd::new(&read_end, PollFlags::IN)], None)?;
            let count = read_some(&read_end, &mut buffer)?;
            received.extend_from_slice(&buffer[..count]);
        }
        assert!(received == bytes);
        assert!(matches!(writer.join(), Ok(Ok(()))));
        Ok(())
    }
}
