//! What file systems on block devices have in common: work that is run again for each piece of the device that it lacks,
//! and what can be done with a file system and its files ([`Volume`]).

use super::system::{Errno, OpenMode};
use alloc::string::String;
use alloc::vec::Vec;
use wigwag_vm::heap::Raised;
use wigwag_vm::objects::function::TypeDef;
use wigwag_vm::run::Vm;

/// Bytes of a device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The block.
    pub block: u32,
    /// Where in it they begin.
    pub offset: u32,
    /// How many there are.
    pub length: u32,
}

/// Why work has ended early.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// These bytes are needed.
    Missing(Place),
    /// The file system has to find out something about itself before.
    CatchUp,
    /// An error number.
    Failed(i32),
}

/// What work comes to.
pub type Done<T> = Result<T, Stop>;

/// A path from the root: the names on the way.
pub type Path = Vec<String>;

/// The names on the way that a text stands for, seen from a directory.
pub fn path(current: &[String], text: &str) -> Path {
    let mut path = if text.starts_with('/') { Path::new() } else { current.to_vec() };
    for name in text.split('/') {
        match name {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            name => path.push(String::from(name)),
        }
    }
    path
}

/// Something that a device is to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// Erase a block.
    Erase(u32),
    /// Write bytes.
    Write(Place),
}

/// Microseconds since 1970.
pub type Moment = u64;

/// What `stat` tells.
#[derive(Clone, Copy, Debug)]
pub struct Stat {
    /// Whether it is a directory.
    pub is_directory: bool,
    /// Bytes of a file.
    pub size: u32,
    /// When it was changed last, in seconds since 1970; none where that is not noted.
    pub changed: Option<i64>,
}

/// Something in a directory.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its name.
    pub name: Vec<u8>,
    /// Whether it is a directory.
    pub is_directory: bool,
    /// Bytes of a file.
    pub size: u32,
}

/// What `statvfs` tells.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Bytes of a unit of room.
    pub unit: u32,
    /// How many there are.
    pub units: u32,
    /// How many are free.
    pub free: u32,
}

/// Where a file is to move to.
#[derive(Clone, Copy, Debug)]
pub enum SeekTo {
    /// To this place.
    Start(i64),
    /// So far from its end.
    End(i64),
}

/// A file system on a device.
///
/// What may end with [`Stop::Missing`] is run again from the beginning when the bytes have come, and what it has changed
/// counts only when it has come to its end. What gives whether it is done is called until it says so.
pub trait Volume: Sized + 'static {
    /// An open file. A copy is as good as the file itself.
    type Open: Clone + 'static;
    /// A way through a directory.
    type Listing: Clone + 'static;
    /// A way through everything, to count what is in use.
    type Count: Default + 'static;

    /// Whether the device is used by the extended block protocol.
    const IS_EXTENDED: bool;
    /// The longest name.
    const LONGEST_NAME: usize;

    /// Work begins, perhaps again: what it has changed is as it was.
    fn discard(&mut self);
    /// Work has come to its end: what it has changed counts.
    fn settle(&mut self);
    /// Only the device knows now what is there.
    fn forget(&mut self);
    /// Forgets what is only known from the device: it is to be asked again.
    fn ask_again(&mut self);
    /// How many bytes are at hand.
    fn bytes_at_hand(&self) -> usize;
    /// Takes bytes from the device.
    fn learn(&mut self, place: Place, bytes: Vec<u8>);
    /// The next thing that the device is to do.
    fn next_change(&self) -> Option<Change>;
    /// It does that now: the bytes that it is to write.
    fn take_change(&mut self) -> Vec<u8>;
    /// What must be done after [`Stop::CatchUp`].
    fn catch_up(&mut self) -> Done<bool>;
    /// The number of what a device has answered when it has failed.
    fn device_error(answer: i64) -> Errno;

    /// The types of text files, of binary files, and of directories being listed.
    fn types() -> [&'static TypeDef; 3];
    /// The exception for a file that is closed.
    fn closed(vm: &mut Vm) -> Raised;
    /// How many bytes are read or written at once at the most.
    fn piece(&self) -> usize;
    /// Bytes of a block.
    fn block_size(&self) -> u32;

    /// Opens a file, and makes or empties it as the mode says.
    fn open(&mut self, path: &[String], mode: OpenMode, now: Moment) -> Done<Self::Open>;
    /// Where a file is.
    fn position(file: &Self::Open) -> u32;
    /// Puts a file elsewhere, among its bytes.
    fn set_position(file: &mut Self::Open, position: u32);
    /// Ends writing, so that the file can be read. Whether it is done.
    fn begin_reading(&mut self, file: &mut Self::Open) -> Done<bool>;
    /// Reads up to so many bytes at a file's position, which stays.
    fn read(&self, file: &mut Self::Open, most: usize, into: &mut Vec<u8>) -> Done<()>;
    /// Writes bytes at a file's position, which moves behind them; gives how many, which may be none at first.
    fn write(&mut self, file: &mut Self::Open, bytes: &[u8], now: Moment) -> Done<usize>;
    /// Moves a file, which may grow by that. Whether it is done.
    fn seek(&mut self, file: &mut Self::Open, to: SeekTo, can_write: bool, now: Moment) -> Done<bool>;
    /// Sees to it that the device has everything. Whether it is done.
    fn sync(&mut self, file: &mut Self::Open) -> Done<bool>;

    /// Makes a directory.
    fn make_directory(&mut self, path: &[String], now: Moment) -> Done<()>;
    /// Removes a file, or a directory; `current` is the one that relative paths begin at.
    fn remove(&mut self, path: &[String], directory: bool, current: &[String]) -> Done<()>;
    /// Gives something another path.
    fn rename(&mut self, from: &[String], to: &[String], current: &[String]) -> Done<()>;
    /// The path of a directory as its names are written there.
    fn enter(&self, path: &[String]) -> Done<Path>;
    /// What there is to say of something.
    fn stat(&self, path: &[String]) -> Done<Stat>;
    /// The beginning of a directory.
    fn list(&self, path: &[String]) -> Done<Self::Listing>;
    /// The next thing in it, and where to go on; none at its end.
    fn next_listed(&self, from: &Self::Listing) -> Done<Option<(Listed, Self::Listing)>>;
    /// Counts on; the sum when all is counted.
    fn count(&mut self, count: &mut Self::Count) -> Done<Option<Room>>;
}
