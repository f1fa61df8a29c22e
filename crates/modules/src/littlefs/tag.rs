//! Tags: the 32 bits before each piece of metadata that say what it is, what it belongs to and how long it is.
//!
//! ```text
//! 31      30 … 20   19 … 10   9 … 0
//! invalid type      id        length
//! ```

/// A tag.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Tag(pub u32);

/// The name of a file.
pub const FILE: u32 = 0x001;
/// The name of a directory.
pub const DIRECTORY: u32 = 0x002;
/// The name of the entry that describes the file system.
pub const SUPERBLOCK: u32 = 0x0FF;
/// Where a directory is.
pub const DIRECTORY_AT: u32 = 0x200;
/// The bytes of a small file.
pub const INLINE: u32 = 0x201;
/// Where the bytes of a large file are.
pub const CHAIN: u32 = 0x202;
/// A user attribute; its own type is added.
pub const ATTRIBUTE: u32 = 0x300;
/// An entry comes to be, and those after it move up.
pub const CREATE: u32 = 0x401;
/// An entry goes, and those after it move down.
pub const DELETE: u32 = 0x4FF;
/// The end of a commit: a checksum, and whether the next tag's first bit is turned.
pub const CHECKSUM: u32 = 0x500;
/// A checksum of what comes after the commit as long as nothing is written there.
pub const ERASED_CHECKSUM: u32 = 0x5FF;
/// The next pair in the thread through all of them.
pub const NEXT: u32 = 0x600;
/// The same, and it belongs to the same directory.
pub const CONTINUED: u32 = 0x601;
/// A part of the global state.
pub const GLOBAL: u32 = 0x7FF;

/// Of a tag that belongs to no entry.
pub const NO_ID: u32 = 0x3FF;
/// Length of a tag that says that something is no longer there.
const GONE: u32 = 0x3FF;

impl Tag {
    /// A tag of a type.
    pub fn new(kind: u32, id: u32, length: usize) -> Tag {
        Tag(kind << 20 | (id & NO_ID) << 10 | length as u32 & GONE)
    }

    /// Whether it was written at all.
    pub fn is_valid(self) -> bool {
        self.0 >> 31 == 0
    }

    /// Its type.
    pub fn kind(self) -> u32 {
        self.0 >> 20 & 0x7FF
    }

    /// The entry that it belongs to.
    pub fn id(self) -> usize {
        (self.0 >> 10 & NO_ID) as usize
    }

    /// Whether it ends a commit.
    pub fn is_checksum(self) -> bool {
        self.kind() & 0x780 == CHECKSUM
    }

    /// Whether it says that something is no longer there.
    pub fn is_gone(self) -> bool {
        self.0 & GONE == GONE
    }

    /// The length of what follows it.
    pub fn length(self) -> usize {
        if self.is_gone() { 0 } else { (self.0 & GONE) as usize }
    }
}

/// The checksum of all metadata: CRC-32 without the last inversion.
pub fn checksum(start: u32, bytes: &[u8]) -> u32 {
    const TABLE: [u32; 16] = {
        let mut table = [0; 16];
        let mut number = 0;
        while number < 16 {
            let mut value = number as u32;
            let mut bit = 0;
            while bit < 4 {
                value = if value & 1 == 1 { value >> 1 ^ 0xEDB8_8320 } else { value >> 1 };
                bit += 1;
            }
            table[number] = value;
            number += 1;
        }
        table
    };
    bytes.iter().fold(start, |crc, &byte| {
        let crc = crc >> 4 ^ TABLE[((crc ^ u32::from(byte)) & 15) as usize];
        crc >> 4 ^ TABLE[((crc ^ u32::from(byte) >> 4) & 15) as usize]
    })
}

/// Four bytes as a number; zero where they are not there.
pub fn word(bytes: &[u8], at: usize) -> u32 {
    let four = bytes.get(at..).and_then(|bytes| bytes.first_chunk());
    four.map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

/// Four bytes as a tag.
pub fn tag_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}
