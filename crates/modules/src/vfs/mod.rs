//! `vfs`: which file systems there are, and at which paths. Follows upstream's `vfs` module.
//!
//! A file system is any object with the methods `open`, `stat`, `ilistdir` and so on, written in Python or in Rust; the
//! [mount table](mounts) says which paths belong to which. `open`, the functions of `os` and `import` all go through
//! [operations], which take the short way where a path leads to the files of the platform's [system].

#[cfg(feature = "fat")]
pub mod fat;
pub mod listing;
#[cfg(feature = "littlefs")]
pub mod littlefs;
pub mod mounts;
#[cfg(any(feature = "fat", feature = "littlefs"))]
pub mod on_device;
pub mod operations;
pub mod posix;
#[cfg(feature = "rom")]
pub mod rom;
pub mod source;
pub mod storage;
pub mod system;
#[cfg(any(feature = "fat", feature = "littlefs"))]
pub mod volume;

use wigwag_vm::objects::function::{Member, full, keyword};
use wigwag_vm::run::ModuleDef;

/// `vfs`
pub static MODULE: ModuleDef = ModuleDef { name: "vfs", members: MEMBERS };

/// Upstream has these names in `os`, too.
pub static MEMBERS: &[Member] = &[
    keyword("mount", 0, 2, mounts::mount),
    full("umount", 1, 1, mounts::unmount),
    #[cfg(feature = "fat")]
    Member::Extension("VfsFat", &fat::VFS_FAT),
    #[cfg(feature = "littlefs")]
    Member::Extension("VfsLfs2", &littlefs::VFS_LFS2),
    Member::Extension("VfsPosix", &posix::VFS_POSIX),
    #[cfg(feature = "rom")]
    Member::Extension("VfsRom", &rom::VFS_ROM),
];
