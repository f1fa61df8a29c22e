//! A board's flash in a file, so that it outlives the run.
//!
//! What must always hold: a file never becomes shorter, one process at a time has it, and a write is with the system
//! when it returns, so that a process that is killed loses none that came before. What the system itself loses when
//! power fails is what was written since the last [`Storage::sync`].

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno as SystemErrno;
use wigwag_modules::errno::EIO;
use wigwag_modules::vfs::storage::{ERASED, Storage};
use wigwag_modules::vfs::system::Errno;

/// A file as flash.
#[derive(Debug)]
pub struct FlashFile {
    file: File,
    length: u64,
}

impl FlashFile {
    /// Opens a file, or makes it. One that is shorter than `least` bytes is filled up with erased ones; a longer one is a
    /// larger flash, of a multiple of `unit`.
    ///
    /// # Errors
    /// Those of the system; `ResourceBusy` when another process has it; `InvalidData` for another length.
    pub fn open(path: &Path, least: u64, unit: u64) -> io::Result<FlashFile> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            // A file system without locks has none to offer.
            Ok(()) | Err(SystemErrno::NOTSUP | SystemErrno::NOLCK | SystemErrno::NOSYS) => {}
            Err(SystemErrno::WOULDBLOCK) => {
                return Err(io::Error::new(io::ErrorKind::ResourceBusy, "another process uses it"));
            }
            Err(error) => return Err(error.into()),
        }
        let metadata = file.metadata()?;
        let length = metadata.len().max(least);
        if !metadata.is_file() || !length.is_multiple_of(unit) {
            let wanted = format!("it must be a file whose length is a multiple of {unit}");
            return Err(io::Error::new(io::ErrorKind::InvalidData, wanted));
        }
        if let Ok(missing @ 1..) = usize::try_from(length - metadata.len()) {
            file.write_all_at(&vec![ERASED; missing], metadata.len())?;
        }
        Ok(FlashFile { file, length })
    }

    fn check(&self, at: u64, length: usize) -> Result<(), Errno> {
        let is_inside = at.checked_add(length as u64).is_some_and(|end| end <= self.length);
        is_inside.then_some(()).ok_or(EIO)
    }
}

fn of_io(done: io::Result<()>) -> Result<(), Errno> {
    done.map_err(|error| error.raw_os_error().unwrap_or(EIO))
}

impl Storage for FlashFile {
    fn length(&self) -> u64 {
        self.length
    }

    fn read(&mut self, at: u64, into: &mut [u8]) -> Result<(), Errno> {
        self.check(at, into.len())?;
        of_io(self.file.read_exact_at(into, at))
    }

    fn write(&mut self, at: u64, bytes: &[u8]) -> Result<(), Errno> {
        self.check(at, bytes.len())?;
        of_io(self.file.write_all_at(bytes, at))
    }

    fn sync(&mut self) -> Result<(), Errno> {
        of_io(self.file.sync_data())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn place(name: &str) -> std::path::PathBuf {
        let path = std::env::temp_dir().join(format!("wigwag-flash-{}-{name}", std::process::id()));
        let _ = fs::remove_file(&path);
        path
    }

    #[test]
    fn what_is_written_is_there_the_next_time() -> io::Result<()> {
        let path = place("again");
        {
            let mut flash = FlashFile::open(&path, 4096, 512)?;
            let mut bytes = [0; 4];
            assert_eq!(flash.read(4092, &mut bytes), Ok(()));
            assert_eq!(bytes, [0xFF; 4]);
            assert_eq!(flash.write(10, b"flash"), Ok(()));
            assert_eq!(flash.write(4094, b"end"), Err(EIO));
            assert_eq!(flash.read(u64::MAX, &mut bytes), Err(EIO));
            assert_eq!(flash.sync(), Ok(()));
            assert!(
                FlashFile::open(&path, 4096, 512).is_err_and(|it| it.kind() == io::ErrorKind::ResourceBusy)
            );
        }
        let mut flash = FlashFile::open(&path, 8192, 512)?;
        let mut bytes = [0; 5];
        assert_eq!(flash.read(10, &mut bytes), Ok(()));
        assert_eq!((&bytes, flash.length()), (b"flash", 8192));
        drop(flash);
        fs::remove_file(&path)
    }

    #[test]
    fn what_is_no_flash_is_refused() -> io::Result<()> {
        let path = place("odd");
        fs::write(&path, [0; 1000])?;
        assert!(FlashFile::open(&path, 512, 512).is_err_and(|it| it.kind() == io::ErrorKind::InvalidData));
        assert_eq!(fs::metadata(&path)?.len(), 1000);
        fs::remove_file(&path)?;
        assert!(FlashFile::open(Path::new("src"), 512, 512).is_err());
        assert!(FlashFile::open(Path::new("/dev/null"), 512, 512).is_err());
        Ok(())
    }
}
