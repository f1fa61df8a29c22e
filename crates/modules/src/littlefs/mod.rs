//! littlefs file systems of version 2, without anything that does input or output. Follows the specification,
//! <https://github.com/littlefs-project/littlefs/blob/master/SPEC.md>; what it leaves open is as in the C library, so
//! that either reads and writes what the other has made.
//!
//! As for FAT, the device's methods are Python, so work asks for what it lacks and is run again ([`Stop::Missing`]);
//! what it changes is kept aside, in order, until it has come to its end ([`blocks`]). Crates that know littlefs call
//! the device from inside and keep state that cannot be taken back; `docs/decisions/0002-littlefs.md` has the rest.
//!
//! ```text
//! blocks       bytes at hand; what is to be done to the device
//! tag          the pieces of metadata
//! pair         pairs of blocks with metadata, read
//! commit       the same, changed
//! allocate     which blocks are free
//! tree         paths; directories and entries made, removed, moved
//! files        the bytes of files
//! mount        the beginning: a new file system, one that is there, one that was cut off
//! ```
//!
//! The device may be cut off at any time: then every file has the bytes that it had when it was last closed or flushed,
//! and a change to a directory has happened or not.
//!
//! What always holds: nothing that is read from a device is believed. A number that leads outside, a thread without an
//! end, is [`Stop::Failed`] with [`CORRUPT`].
//!
//! What differs from the C library: directories stay on their blocks however often they are written, and a block that
//! cannot be written is an error and not replaced by another.

pub mod allocate;
pub mod blocks;
pub mod commit;
#[cfg(test)]
mod durability_tests;
pub mod files;
pub mod mount;
pub mod pair;
pub mod tag;
#[cfg(test)]
mod tests;
pub mod tree;

pub use crate::vfs::volume::{Done, Path, Place, Stop};
use alloc::collections::BTreeMap;
use allocate::Allocator;
use blocks::Blocks;
use files::Session;
use mount::Mounting;
use pair::{GlobalPart, PairAt};

/// The error number of a file system that is damaged: `EILSEQ`, as the C library has it.
pub const CORRUPT: i32 = 84;
/// No room is left.
pub use crate::errno::ENOSPC as NO_SPACE;

/// What erased blocks are taken to be full of.
const ERASED: u8 = 0xFF;

/// How the device of a file system is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Geometry {
    /// Bytes of a block: what can be erased at once.
    pub block_size: u32,
    /// How many blocks there are.
    pub block_count: u32,
    /// What is read at least at once.
    pub read_size: u32,
    /// What is written at least at once.
    pub write_size: u32,
}

impl Geometry {
    /// Whether a file system can be on it.
    pub fn is_possible(&self) -> bool {
        const BLOCK_SIZES: core::ops::RangeInclusive<u32> = 64..=1 << 20;
        BLOCK_SIZES.contains(&self.block_size)
            && (2..=1 << 24).contains(&self.block_count)
            && self.read_size > 0
            && self.write_size > 0
            && self.block_size.is_multiple_of(self.read_size)
            && self.block_size.is_multiple_of(self.write_size)
    }

    /// Files of up to so many bytes lie in their directory.
    fn inline_most(&self) -> u32 {
        let cache = self.block_size.min(4 * self.read_size.max(self.write_size));
        cache.min(self.block_size / 8).min(0x3FE)
    }
}

/// What work may change and must be able to take back.
#[derive(Clone, Default)]
struct State {
    /// The global state as the device has it.
    global: GlobalPart,
    /// Whether nothing is left of a change that was cut off.
    is_consistent: bool,
    /// Whether blocks have become free.
    has_freed: bool,
    /// Files that are open.
    sessions: BTreeMap<u32, Session>,
}

/// A file system on a device.
pub struct Volume {
    /// The device.
    pub blocks: Blocks,
    write_size: u32,
    inline_most: u32,
    root: PairAt,
    longest_name: u32,
    longest_file: u32,
    /// Whether files note when they were changed.
    notes_changes: bool,
    state: State,
    /// The same when work began.
    state_before: State,
    allocator: Allocator,
    next_session: u32,
    /// The file system is to be looked at anew.
    mounting: Option<Mounting>,
}

impl Volume {
    /// Work begins, perhaps again.
    pub fn discard(&mut self) {
        self.blocks.discard();
        self.state = self.state_before.clone();
        self.allocator.give_back();
    }

    /// Work has come to its end.
    pub fn settle(&mut self) {
        self.blocks.settle();
        for (session, block) in self.allocator.keep() {
            if let Some(session) = self.state.sessions.get_mut(&session) {
                session.pending.push(block);
            }
        }
        if core::mem::take(&mut self.state.has_freed) {
            self.allocator.look_again_later();
        }
        let files = self.state.sessions.len();
        self.state.sessions.retain(|_, session| session.is_open());
        if self.state.sessions.len() < files {
            self.allocator.look_again_later();
        }
        self.state_before = self.state.clone();
    }

    /// The device has failed: only it knows what is there now.
    pub fn forget(&mut self) {
        self.blocks.forget();
        self.state_before.is_consistent = false;
        self.state = self.state_before.clone();
        self.allocator.look_again();
        self.mounting = Some(Mounting::default());
    }
}
