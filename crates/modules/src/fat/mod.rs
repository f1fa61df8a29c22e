//! FAT file systems, without anything that does input or output: FAT12, FAT16 and FAT32 with long names.
//!
//! The blocks lie on a device that a program brings, whose methods are Python. So nothing here may wait for a block:
//! work asks for one, and where it is not there yet, ends with [`Stop::Missing`]; whoever runs the work gets the block
//! and runs it again from the beginning. What work changes is kept aside until it has come to its end ([`blocks`]),
//! so that work which ends early has changed nothing. That is also why this is written here: the crates that know FAT
//! (`fatfs`, `embedded-sdmmc`) call the device from inside, and keep state that cannot be taken back.
//!
//! ```text
//! layout      what the boot block says: where everything is
//! blocks      blocks at hand, blocks changed
//! table       which cluster follows which, which are free
//! names       long names, short names, what may be in them
//! directory   entries: finding, making and removing them
//! tree        paths; files and directories made, removed, moved
//! contents    the bytes of a file
//! format      a new file system on a bare device
//! ```
//!
//! The device may be cut off after any block that it gets ([`Blocks::barrier`]). What then holds: there is a file system;
//! every file that was not being changed is there with all its bytes; one that was being written has what it had before,
//! as far as that was not written over, and perhaps some of what was added; one that was being renamed has the old name,
//! the new one, or both; and what takes the place of another file is either. Clusters that nobody refers to may be lost.
//!
//! What always holds: nothing that is read from a device is believed. A number that leads outside, a chain that does not
//! end, is [`Stop::Failed`] with `EIO`.

pub mod blocks;
pub mod contents;
pub mod directory;
#[cfg(test)]
mod durability_tests;
pub mod format;
pub mod layout;
pub mod names;
pub mod table;
#[cfg(test)]
mod tests;
pub mod tree;

pub use crate::vfs::volume::{Done, Stop};
use blocks::Blocks;
use layout::Layout;

/// A file system on a device.
pub struct Volume {
    /// The device's blocks.
    pub blocks: Blocks,
    /// Where everything is.
    pub layout: Layout,
    /// Where to look for a free cluster first; only a hint, and so kept when work is run again.
    next_free: u32,
}

impl Volume {
    /// A file system that is there already.
    pub fn new(blocks: Blocks, layout: Layout) -> Volume {
        Volume { blocks, layout, next_free: table::FIRST_CLUSTER }
    }
}
