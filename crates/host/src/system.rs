//! Linux as programs see it through `open`, `os` and `import`: files, directories, the environment, commands.
//!
//! What must always hold: every descriptor opened here closes itself when it is dropped and is not passed on to
//! commands; and the environment of this process is never changed, because other threads may read it: what a program
//! sets is kept beside it, for itself and for the commands it runs.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, ReadDir};
use std::io::{self, ErrorKind};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::os::unix::fs::{DirEntryExt, FileTypeExt, MetadataExt};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::rc::Rc;

use rustix::fs::{FileType, Mode, OFlags, SeekFrom};
use rustix::io::Errno as SystemErrno;
use wigwag_modules::errno::{EINVAL, EIO};
use wigwag_modules::time::zone::ZoneTime;
use wigwag_modules::vfs::system::{Directory, Entry, Errno, File, OpenMode, System, TenNumbers, Whence};

use crate::calls::retry;
use crate::descriptors::Finder;
use crate::zone::LocalZone;

/// Who may do what with a new file, before the process's own mask: as upstream has it.
const NEW_FILE: Mode = Mode::from_raw_mode(0o644);

/// How long a call of the system may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delay {
    /// What a disk or a network takes, which mostly is next to nothing.
    Usual,
    /// For as long as somebody else likes, as at the end of a pipe; or until a disk has it all.
    Unknown,
}

/// Called before each call of the system that may take long, for whoever has something to do before: no instruction of the
/// program runs meanwhile, and nothing that is done between instructions.
pub type BeforeCall = Rc<dyn Fn(Delay)>;

/// This system.
pub struct HostSystem {
    before_call: BeforeCall,
    /// What programs have set (or removed) in the environment.
    environment: HashMap<Vec<u8>, Option<Vec<u8>>>,
    /// What random bytes are made from where they must be the same every time; else the system gives them.
    seed: Option<u64>,
    /// The time zone last asked for.
    zone: LocalZone,
}

impl HostSystem {
    /// The system. With a seed, random bytes are no longer random.
    pub fn new(seed: Option<u64>, before_call: BeforeCall) -> HostSystem {
        HostSystem { before_call, environment: HashMap::new(), seed, zone: LocalZone::default() }
    }

    fn opened(&self, descriptor: OwnedFd, number: Option<i32>) -> Box<dyn File> {
        Box::new(OpenFile::new(descriptor, number, self.before_call.clone()))
    }
}

/// The number of an error; the few that the library finds without asking the system are about arguments.
fn number(error: &io::Error) -> Errno {
    match error.raw_os_error() {
        Some(number) => number,
        None if error.kind() == ErrorKind::InvalidInput => EINVAL,
        None => EIO,
    }
}

fn of_io<T>(result: io::Result<T>) -> Result<T, Errno> {
    result.map_err(|error| number(&error))
}

fn path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// An open descriptor.
struct OpenFile {
    descriptor: OwnedFd,
    /// The number that the program knows it by.
    number: i32,
    can_go_back: bool,
    before_call: BeforeCall,
}

impl OpenFile {
    fn new(descriptor: OwnedFd, number: Option<i32>, before_call: BeforeCall) -> OpenFile {
        let ordinary = rustix::fs::fstat(&descriptor)
            .is_ok_and(|found| FileType::from_raw_mode(found.st_mode) == FileType::RegularFile);
        let number = number.unwrap_or(descriptor.as_raw_fd());
        OpenFile { descriptor, number, can_go_back: ordinary, before_call }
    }

    /// How long reading and writing may take.
    fn delay(&self) -> Delay {
        if self.can_go_back { Delay::Usual } else { Delay::Unknown }
    }
}

impl File for OpenFile {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno> {
        (self.before_call)(self.delay());
        retry(|| rustix::io::read(&self.descriptor, &mut *buffer))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        (self.before_call)(self.delay());
        retry(|| rustix::io::write(&self.descriptor, bytes))
    }

    fn seek(&mut self, offset: i64, whence: Whence) -> Result<u64, Errno> {
        let target = match whence {
            Whence::Start => SeekFrom::Start(u64::try_from(offset).map_err(|_| EINVAL)?),
            Whence::Here => SeekFrom::Current(offset),
            Whence::End => SeekFrom::End(offset),
        };
        retry(|| rustix::fs::seek(&self.descriptor, target))
    }

    fn flush(&mut self) -> Result<(), Errno> {
        (self.before_call)(Delay::Unknown);
        match retry(|| rustix::fs::fsync(&self.descriptor)) {
            // There is nothing behind pipes and devices that could keep it.
            Err(error) if error == EINVAL || error == SystemErrno::ROFS.raw_os_error() => Ok(()),
            result => result,
        }
    }

    fn descriptor(&self) -> i32 {
        self.number
    }

    fn can_go_back(&self) -> bool {
        self.can_go_back
    }
}

/// A directory being listed.
struct Listing(ReadDir);

/// What an entry is, as the upper bits of its mode.
fn kind_of(kind: fs::FileType) -> u32 {
    let kind = match kind {
        kind if kind.is_dir() => FileType::Directory,
        kind if kind.is_file() => FileType::RegularFile,
        kind if kind.is_symlink() => FileType::Symlink,
        kind if kind.is_char_device() => FileType::CharacterDevice,
        kind if kind.is_block_device() => FileType::BlockDevice,
        kind if kind.is_fifo() => FileType::Fifo,
        kind if kind.is_socket() => FileType::Socket,
        _ => return 0,
    };
    kind.as_raw_mode()
}

impl Directory for Listing {
    fn next(&mut self) -> Result<Option<Entry>, Errno> {
        let Some(entry) = self.0.next() else { return Ok(None) };
        let entry = of_io(entry)?;
        // What has gone in the meantime is of no known kind.
        let kind = entry.file_type().map_or(0, kind_of);
        Ok(Some(Entry { name: entry.file_name().into_vec(), kind, inode: entry.ino() }))
    }
}

impl System for HostSystem {
    fn open(&mut self, name: &[u8], mode: OpenMode) -> Result<Box<dyn File>, Errno> {
        let mut flags = match (mode.read, mode.write) {
            (true, true) => OFlags::RDWR,
            (false, true) => OFlags::WRONLY,
            _ => OFlags::RDONLY,
        };
        flags |= OFlags::CLOEXEC;
        flags.set(OFlags::CREATE, mode.create);
        flags.set(OFlags::EXCL, mode.create_new);
        flags.set(OFlags::TRUNC, mode.truncate);
        flags.set(OFlags::APPEND, mode.append);
        // One end of a named pipe waits for the other.
        (self.before_call)(Delay::Unknown);
        let descriptor = retry(|| rustix::fs::open(path(name), flags, NEW_FILE))?;
        Ok(self.opened(descriptor, None))
    }

    fn open_descriptor(&mut self, number: i32) -> Result<Box<dyn File>, Errno> {
        // A second descriptor for the same open file; the one that was given stays open when this one is closed.
        let descriptor = Finder::default().find(number)?;
        Ok(self.opened(descriptor, Some(number)))
    }

    fn directory(&mut self, name: &[u8]) -> Result<Box<dyn Directory>, Errno> {
        (self.before_call)(Delay::Usual);
        Ok(Box::new(Listing(of_io(fs::read_dir(path(name)))?)))
    }

    fn stat(&mut self, name: &[u8]) -> Result<TenNumbers, Errno> {
        (self.before_call)(Delay::Usual);
        let found = of_io(fs::metadata(path(name)))?;
        let [accessed, modified, changed] =
            [found.atime(), found.mtime(), found.ctime()].map(|seconds| u64::try_from(seconds).unwrap_or(0));
        Ok([
            found.mode().into(),
            found.ino(),
            found.dev(),
            found.nlink(),
            found.uid().into(),
            found.gid().into(),
            found.size(),
            accessed,
            modified,
            changed,
        ])
    }

    fn stat_file_system(&mut self, name: &[u8]) -> Result<TenNumbers, Errno> {
        (self.before_call)(Delay::Usual);
        let found = retry(|| rustix::fs::statvfs(path(name)))?;
        Ok([
            found.f_bsize,
            found.f_frsize,
            found.f_blocks,
            found.f_bfree,
            found.f_bavail,
            found.f_files,
            found.f_ffree,
            found.f_favail,
            found.f_flag.bits(),
            found.f_namemax,
        ])
    }

    fn make_directory(&mut self, name: &[u8]) -> Result<(), Errno> {
        (self.before_call)(Delay::Usual);
        of_io(fs::create_dir(path(name)))
    }

    fn remove_directory(&mut self, name: &[u8]) -> Result<(), Errno> {
        (self.before_call)(Delay::Usual);
        of_io(fs::remove_dir(path(name)))
    }

    fn remove(&mut self, name: &[u8]) -> Result<(), Errno> {
        (self.before_call)(Delay::Usual);
        of_io(fs::remove_file(path(name)))
    }

    fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno> {
        (self.before_call)(Delay::Usual);
        of_io(fs::rename(path(from), path(to)))
    }

    fn change_directory(&mut self, name: &[u8]) -> Result<(), Errno> {
        of_io(std::env::set_current_dir(path(name)))
    }

    fn current_directory(&mut self) -> Result<Vec<u8>, Errno> {
        of_io(std::env::current_dir().map(PathBuf::into_os_string)).map(OsStringExt::into_vec)
    }

    fn variable(&mut self, name: &[u8]) -> Option<Vec<u8>> {
        match self.environment.get(name) {
            Some(value) => value.clone(),
            None => std::env::var_os(OsStr::from_bytes(name)).map(OsStringExt::into_vec),
        }
    }

    fn set_variable(&mut self, name: &[u8], value: Option<&[u8]>) -> Result<(), Errno> {
        let has_nul = name.contains(&0) || value.is_some_and(|value| value.contains(&0));
        if name.is_empty() || name.contains(&b'=') || has_nul {
            return Err(EINVAL);
        }
        self.environment.insert(name.to_vec(), value.map(<[u8]>::to_vec));
        Ok(())
    }

    fn zone_at(&mut self, seconds: i64) -> ZoneTime {
        match self.variable(b"TZ") {
            // A run that must be the same everywhere takes nothing from where it is.
            None if self.seed.is_some() => ZoneTime::default(),
            variable => self.zone.at(variable, seconds),
        }
    }

    fn run_command(&mut self, command: &[u8]) -> Result<i32, Errno> {
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(OsStr::from_bytes(command));
        for (name, value) in &self.environment {
            let name = OsStr::from_bytes(name);
            match value {
                Some(value) => shell.env(name, OsStr::from_bytes(value)),
                None => shell.env_remove(name),
            };
        }
        Ok(of_io(shell.status())?.into_raw())
    }

    fn random(&mut self, buffer: &mut [u8]) -> Result<(), Errno> {
        let Some(state) = &mut self.seed else {
            let mut filled = 0;
            while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
                filled +=
                    retry(|| rustix::rand::getrandom(&mut *rest, rustix::rand::GetRandomFlags::empty()))?;
            }
            return Ok(());
        };
        for piece in buffer.chunks_mut(8) {
            *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = *state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let bytes = (mixed ^ (mixed >> 31)).to_le_bytes();
            piece.copy_from_slice(&bytes[..piece.len()]);
        }
        Ok(())
    }
}
