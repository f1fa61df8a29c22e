//! What a platform offers programs beside a clock and a console: its files, its environment, its random numbers.
//!
//! A platform with an operating system implements [`System`] and gives it to the machine with [`provide`]; without one,
//! nothing is mounted and `os` knows neither environment nor commands. What must always hold: an implementation never
//! panics on any path, and a [`File`] or [`Directory`] that is dropped gives back what it held, for that is how the
//! collector closes files that a program has forgotten.

use crate::time::zone::ZoneTime;
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::Tracer;
use wigwag_vm::run::{Extension, Vm};

/// An error number as the system counts them: `EIO` and its kin.
pub type Errno = i32;

/// How a file is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OpenMode {
    /// It can be read.
    pub read: bool,
    /// It can be written.
    pub write: bool,
    /// It is made if it is not there.
    pub create: bool,
    /// It is made, and must not be there.
    pub create_new: bool,
    /// What is in it goes.
    pub truncate: bool,
    /// Every write goes to its end.
    pub append: bool,
}

/// From where [`File::seek`] counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whence {
    /// The start of the file.
    Start,
    /// Where the file is.
    Here,
    /// Its end.
    End,
}

/// An open file. Dropping it closes it.
pub trait File {
    /// Reads what is there, up to the length of the buffer; zero is the end.
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Errno>;

    /// Writes some of the bytes; gives how many.
    fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno>;

    /// Moves to another place; gives it, counted from the start.
    fn seek(&mut self, offset: i64, whence: Whence) -> Result<u64, Errno>;

    /// Sees to it that what was written is kept.
    fn flush(&mut self) -> Result<(), Errno>;

    /// The number by which the system knows it.
    fn descriptor(&self) -> i32;

    /// Whether reading ahead can be undone by [`File::seek`], as in a file on a disk.
    fn can_go_back(&self) -> bool;
}

/// One entry of a directory.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name, without the directory's.
    pub name: Vec<u8>,
    /// What it is: the upper bits of `st_mode`, such as [`DIRECTORY`].
    pub kind: u32,
    /// Its number on the device.
    pub inode: u64,
}

/// The kind of a directory, in `st_mode`.
pub const DIRECTORY: u32 = 0x4000;
/// The kind of an ordinary file, in `st_mode`.
pub const ORDINARY_FILE: u32 = 0x8000;
/// The bits of `st_mode` that say what something is.
pub const KIND: u32 = 0xF000;

/// A directory being listed. Dropping it closes it.
pub trait Directory {
    /// The next entry, other than the directory itself and the one above.
    fn next(&mut self) -> Result<Option<Entry>, Errno>;
}

/// What `os.stat()` and `os.statvfs()` give: ten numbers, in Python's order.
pub type TenNumbers = [u64; 10];

/// An operating system. Paths are bytes, relative ones from the current directory.
pub trait System {
    /// Opens a file.
    fn open(&mut self, path: &[u8], mode: OpenMode) -> Result<Box<dyn File>, Errno>;

    /// A file that is open already, by its number.
    fn open_descriptor(&mut self, number: i32) -> Result<Box<dyn File>, Errno>;

    /// Begins to list a directory.
    fn directory(&mut self, path: &[u8]) -> Result<Box<dyn Directory>, Errno>;

    /// `st_mode`, inode, device, links, user, group, size, and the times of access, change and of the inode's change.
    fn stat(&mut self, path: &[u8]) -> Result<TenNumbers, Errno>;

    /// Block size, fragment size, blocks, free ones, those free for us, files, free ones, those free for us, flags, and
    /// the longest name.
    fn stat_file_system(&mut self, path: &[u8]) -> Result<TenNumbers, Errno>;

    /// Makes a directory.
    fn make_directory(&mut self, path: &[u8]) -> Result<(), Errno>;

    /// Removes an empty directory.
    fn remove_directory(&mut self, path: &[u8]) -> Result<(), Errno>;

    /// Removes a file.
    fn remove(&mut self, path: &[u8]) -> Result<(), Errno>;

    /// Gives a file or a directory another path.
    fn rename(&mut self, from: &[u8], to: &[u8]) -> Result<(), Errno>;

    /// Makes a directory the current one.
    fn change_directory(&mut self, path: &[u8]) -> Result<(), Errno>;

    /// The current directory.
    fn current_directory(&mut self) -> Result<Vec<u8>, Errno>;

    /// A variable of the environment.
    fn variable(&mut self, name: &[u8]) -> Option<Vec<u8>>;

    /// Sets a variable of the environment, or removes it.
    fn set_variable(&mut self, name: &[u8], value: Option<&[u8]>) -> Result<(), Errno>;

    /// How far local time is from universal time at a moment in seconds since 1970, where programs run.
    fn zone_at(&mut self, seconds: i64) -> ZoneTime;

    /// Runs a command in the system's shell; gives the status it ended with, as the system encodes it.
    fn run_command(&mut self, command: &[u8]) -> Result<i32, Errno>;

    /// Fills a buffer with random bytes.
    fn random(&mut self, buffer: &mut [u8]) -> Result<(), Errno>;
}

/// The system of a machine.
struct Provided(Box<dyn System>);

impl Extension for Provided {
    fn trace(&self, _tracer: &mut Tracer<'_>) {}
}

/// Gives a machine a system, and mounts its files at the root.
pub fn provide(vm: &mut Vm, system: Box<dyn System>) {
    match vm.extension::<Provided>() {
        Some(provided) => provided.0 = system,
        None => {
            vm.extensions.push(Box::new(Provided(system)));
            super::mounts::mount_system(vm);
        }
    }
}

/// The system of a machine, if it has one.
pub fn system(vm: &mut Vm) -> Option<&mut dyn System> {
    match vm.extension::<Provided>() {
        Some(provided) => Some(&mut *provided.0),
        None => None,
    }
}
