//! Directories: entries of 32 bytes. A name that the short form cannot say lies, in pieces of 13 characters from its end
//! to its beginning, in entries before the one with everything else.

use super::blocks::{double_word, put, word};
use super::layout::ENTRY;
use super::names::{self, ShortName};
use super::{Done, Stop, Volume};
use crate::errno::{EACCES, EIO};
use alloc::string::String;
use alloc::vec::Vec;

/// Attributes: cannot be changed.
pub const READ_ONLY: u8 = 0x01;
/// The name of the volume.
const VOLUME_NAME: u8 = 0x08;
/// A directory.
pub const DIRECTORY: u8 = 0x10;
/// A file that was changed since the last backup, as new ones are.
pub const ARCHIVE: u8 = 0x20;
/// A piece of a long name.
const LONG_NAME: u8 = 0x0F;

/// Of an entry that is free, with others after it.
const FREE: u8 = 0xE5;
/// Of an entry that is free, and all after it.
const END: u8 = 0;
/// Characters of a long name in an entry.
const PIECE: usize = 13;
/// Where they are.
const PIECE_PLACES: [usize; PIECE] = [1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30];
/// No directory has more entries.
const MOST_ENTRIES: u32 = 1 << 16;

/// A directory: the cluster that it begins with; none is the root where that has a place of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Directory(pub Option<u32>);

/// A place for an entry, and the way there.
#[derive(Clone, Copy, Debug)]
pub struct Cursor {
    directory: Directory,
    /// The number of the entry in its directory.
    number: u32,
    /// The cluster that it is in.
    cluster: u32,
}

/// What is in a directory.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its short form.
    pub short: ShortName,
    /// Its attributes.
    pub attributes: u8,
    /// The cluster that it begins with; 0 for an empty file.
    pub cluster: u32,
    /// Bytes of a file.
    pub size: u32,
    /// Date and time of the last change, as they are in the entry: the date above.
    pub changed: u32,
    /// Where its first piece is.
    first: Cursor,
    /// How many entries it takes.
    count: u32,
    /// The block and the byte of its last entry.
    pub place: (u32, usize),
}

impl Entry {
    /// Whether it is a directory.
    pub fn is_directory(&self) -> bool {
        self.attributes & DIRECTORY != 0
    }
}

/// What a new entry is to have besides its name.
#[derive(Clone, Copy, Debug)]
pub struct Contents {
    /// See [`Entry`].
    pub attributes: u8,
    /// See [`Entry`].
    pub cluster: u32,
    /// See [`Entry`].
    pub size: u32,
    /// See [`Entry`].
    pub changed: u32,
}

/// A long name as far as its pieces have come by.
#[derive(Default)]
struct Pieces {
    units: Vec<u16>,
    /// The number of the next piece; 0 when all are there.
    next: u8,
    sum: u8,
    first: Option<Cursor>,
}

impl Pieces {
    fn add(&mut self, entry: &[u8], at: Cursor) {
        let (number, sum) = (entry[0], entry[13]);
        if number & 0x40 != 0 {
            let count = usize::from(number & 0x3F);
            *self = Pieces { units: Vec::new(), next: number & 0x3F, sum, first: Some(at) };
            if count * PIECE > names::LONGEST + PIECE {
                self.first = None;
            } else {
                self.units.resize(count * PIECE, 0xFFFF);
            }
        }
        if self.first.is_none() || number & 0x3F != self.next || self.next == 0 || sum != self.sum {
            self.first = None;
            return;
        }
        self.next -= 1;
        let start = usize::from(self.next) * PIECE;
        for (unit, place) in self.units[start..].iter_mut().zip(PIECE_PLACES) {
            *unit = word(entry, place);
        }
    }

    /// The name, if it belongs to this short one.
    fn name(&self, short: &ShortName) -> Option<String> {
        if self.first.is_none() || self.next != 0 || names::checksum(short) != self.sum {
            return None;
        }
        let end = self.units.iter().position(|&unit| unit == 0 || unit == 0xFFFF).unwrap_or(self.units.len());
        let name = String::from_utf16_lossy(&self.units[..end]);
        // What could not have been made here is no name: it would lead elsewhere.
        (!name.is_empty() && !name.contains(['/', '\0'])).then_some(name)
    }
}

impl Volume {
    /// The root directory.
    pub fn root(&self) -> Directory {
        Directory((self.layout.root_blocks == 0).then_some(self.layout.root_cluster))
    }

    /// The beginning of a directory.
    pub fn beginning(&self, directory: Directory) -> Cursor {
        Cursor { directory, number: 0, cluster: directory.0.unwrap_or(0) }
    }

    fn entries_in_block(&self) -> u32 {
        (self.layout.block_size / ENTRY) as u32
    }

    /// The block of an entry and the byte in it.
    fn entry_place(&self, at: Cursor) -> Done<(u32, usize)> {
        let in_block = self.entries_in_block();
        let block = at.number / in_block;
        let byte = (at.number % in_block) as usize * ENTRY;
        Ok(match at.directory.0 {
            None => (self.layout.root_start + block, byte),
            Some(_) => {
                let start = self.layout.block_of(at.cluster).ok_or(Stop::Failed(EIO))?;
                (start + block % self.layout.cluster_blocks, byte)
            }
        })
    }

    /// The place after this one; none at the end of the directory's clusters.
    fn after(&self, at: Cursor) -> Done<Option<Cursor>> {
        let number = at.number + 1;
        let next = Cursor { number, ..at };
        if number >= MOST_ENTRIES {
            return Ok(None);
        }
        if at.directory.0.is_none() {
            return Ok((number < self.layout.root_blocks * self.entries_in_block()).then_some(next));
        }
        if !number.is_multiple_of(self.entries_in_block() * self.layout.cluster_blocks) {
            return Ok(Some(next));
        }
        Ok(match self.following(at.cluster) {
            // Of the two blocks that its entry in the table lies in, only one was written when the directory grew.
            Err(Stop::Failed(_)) if self.is_entry_split(at.cluster) => None,
            following => following?.map(|cluster| Cursor { cluster, ..next }),
        })
    }

    fn raw_entry(&self, at: Cursor) -> Done<[u8; ENTRY]> {
        let (block, byte) = self.entry_place(at)?;
        let bytes = self.blocks.read(block)?.get(byte..byte + ENTRY);
        bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(Stop::Failed(EIO))
    }

    /// The next thing in a directory, from this place on, and where to go on. `.` and `..` are left out.
    pub fn next_entry(&self, from: Cursor) -> Done<Option<(Entry, Option<Cursor>)>> {
        let mut pieces = Pieces::default();
        let mut place = Some(from);
        while let Some(at) = place {
            let raw = self.raw_entry(at)?;
            let attributes = raw[11];
            place = self.after(at)?;
            match raw[0] {
                END => return Ok(None),
                FREE => pieces = Pieces::default(),
                _ if attributes & 0x3F == LONG_NAME => pieces.add(&raw, at),
                b'.' => pieces = Pieces::default(),
                _ if attributes & VOLUME_NAME != 0 => pieces = Pieces::default(),
                _ => return Ok(Some((self.entry(at, &raw, &pieces)?, place))),
            }
        }
        Ok(None)
    }

    fn entry(&self, at: Cursor, raw: &[u8; ENTRY], pieces: &Pieces) -> Done<Entry> {
        let mut short = [0; 11];
        short.copy_from_slice(&raw[..11]);
        let long = pieces.name(&short);
        let first = pieces.first.filter(|_| long.is_some()).unwrap_or(at);
        Ok(Entry {
            name: long.unwrap_or_else(|| names::shown(&short, raw[12])),
            short,
            attributes: raw[11],
            cluster: u32::from(word(raw, 26)) | u32::from(word(raw, 20)) << 16,
            size: double_word(raw, 28),
            changed: double_word(raw, 22),
            first,
            count: at.number - first.number + 1,
            place: self.entry_place(at)?,
        })
    }

    /// The thing of this name in a directory.
    pub fn find(&self, directory: Directory, name: &str) -> Done<Option<Entry>> {
        let mut place = Some(self.beginning(directory));
        while let Some(at) = place {
            let Some((entry, next)) = self.next_entry(at)? else { return Ok(None) };
            if names::is_same(&entry.name, name) || names::is_same(&names::shown(&entry.short, 0), name) {
                return Ok(Some(entry));
            }
            place = next;
        }
        Ok(None)
    }

    /// Whether there is an entry with this short form.
    fn has_short(&self, directory: Directory, short: &ShortName) -> Done<bool> {
        let mut place = Some(self.beginning(directory));
        while let Some(at) = place {
            let Some((entry, next)) = self.next_entry(at)? else { return Ok(false) };
            if entry.short == *short {
                return Ok(true);
            }
            place = next;
        }
        Ok(false)
    }

    /// Room for so many entries in a row: the places.
    fn room(&mut self, directory: Directory, count: usize) -> Done<Vec<Cursor>> {
        let mut places = Vec::new();
        let mut at = self.beginning(directory);
        loop {
            let first_byte = self.raw_entry(at)?[0];
            if matches!(first_byte, END | FREE) {
                places.push(at);
            } else {
                places.clear();
            }
            if places.len() == count {
                return Ok(places);
            }
            at = match self.after(at)? {
                Some(next) => next,
                None => self.lengthen(at)?,
            };
        }
    }

    /// Adds a cluster to a directory that ends with this place; gives its first place.
    fn lengthen(&mut self, last: Cursor) -> Done<Cursor> {
        let number = last.number + 1;
        if last.directory.0.is_none() || number >= MOST_ENTRIES {
            // The directory is full, and cannot grow.
            return Err(Stop::Failed(EACCES));
        }
        let cluster = self.take_cluster()?;
        self.clear_cluster(cluster)?;
        // Never shown with what was in it before, and not used before it belongs to the directory.
        self.blocks.barrier();
        self.link(last.cluster, &[cluster])?;
        self.blocks.barrier();
        Ok(Cursor { number, cluster, ..last })
    }

    /// Makes all bytes of a cluster zero.
    pub fn clear_cluster(&mut self, cluster: u32) -> Done<()> {
        let start = self.layout.block_of(cluster).ok_or(Stop::Failed(EIO))?;
        for block in start..start + self.layout.cluster_blocks {
            self.blocks.replace(block)?;
        }
        Ok(())
    }

    /// Makes an entry; gives its place.
    pub fn add_entry(&mut self, directory: Directory, name: &str, contents: Contents) -> Done<(u32, usize)> {
        let form = names::short_form(name);
        let (mut short, mut count) = (form.name, 0);
        if form.exact.is_none() {
            count = name.encode_utf16().count().div_ceil(PIECE);
            let mut number = 0;
            short = names::numbered(&form.name, name, number);
            while self.has_short(directory, &short)? {
                number += 1;
                if number > 100 {
                    return Err(Stop::Failed(EACCES));
                }
                short = names::numbered(&form.name, name, number);
            }
        }
        let places = self.room(directory, count + 1)?;
        let sum = names::checksum(&short);
        for (&at, number) in places.iter().zip((1..=count).rev()) {
            let raw = piece(name, number, number == count, sum);
            self.put_entry(at, &raw)?;
        }
        let (Some(&first), Some(&last)) = (places.first(), places.last()) else {
            return Err(Stop::Failed(EIO));
        };
        if self.entry_place(first)?.0 != self.entry_place(last)?.0 {
            // Pieces of a name that belong to nothing mean nothing.
            self.blocks.barrier();
        }
        let mut raw = short_entry(short, contents);
        raw[12] = form.exact.unwrap_or(0);
        self.put_entry(last, &raw)?;
        self.entry_place(last)
    }

    fn put_entry(&mut self, at: Cursor, raw: &[u8; ENTRY]) -> Done<()> {
        let (block, byte) = self.entry_place(at)?;
        put(self.blocks.edit(block)?, byte, raw);
        Ok(())
    }

    /// Makes the entries of a new directory for itself and for the one that it is in.
    pub fn begin_directory(&mut self, cluster: u32, parent: Directory, changed: u32) -> Done<()> {
        self.clear_cluster(cluster)?;
        let start = self.layout.block_of(cluster).ok_or(Stop::Failed(EIO))?;
        let block = self.blocks.edit(start)?;
        let mut name = [b' '; 11];
        for (number, cluster) in [cluster, 0].into_iter().enumerate() {
            name[number] = b'.';
            let contents = Contents { attributes: DIRECTORY, cluster, size: 0, changed };
            put(block, number * ENTRY, &short_entry(name, contents));
        }
        self.set_parent(cluster, parent)
    }

    /// Notes in a directory which one it is in.
    pub fn set_parent(&mut self, cluster: u32, parent: Directory) -> Done<()> {
        let start = self.layout.block_of(cluster).ok_or(Stop::Failed(EIO))?;
        // The root is always called 0 here.
        let parent = if parent == self.root() { 0 } else { parent.0.unwrap_or(0) };
        let block = self.blocks.edit(start)?;
        if block.get(ENTRY..ENTRY + 2) == Some(b"..") {
            put_cluster(block, ENTRY, parent);
        }
        Ok(())
    }

    /// Removes an entry, with its long name; not what it refers to.
    pub fn remove_entry(&mut self, entry: &Entry) -> Done<()> {
        let mut place = Some(entry.first);
        for _ in 0..entry.count {
            let Some(at) = place else { break };
            let (block, byte) = self.entry_place(at)?;
            put(self.blocks.edit(block)?, byte, &[FREE]);
            place = self.after(at)?;
        }
        Ok(())
    }

    /// Lets an entry stand for something else, under the name that it has.
    pub fn replace_entry(&mut self, entry: &Entry, contents: Contents) -> Done<()> {
        let (block, byte) = entry.place;
        let block = self.blocks.edit(block)?;
        // How the name is written stays, too.
        let letters = block.get(byte + 12).copied().unwrap_or(0);
        let mut raw = short_entry(entry.short, contents);
        raw[12] = letters;
        put(block, byte, &raw);
        Ok(())
    }

    /// Whether nothing is in a directory.
    pub fn is_empty(&self, directory: Directory) -> Done<bool> {
        Ok(self.next_entry(self.beginning(directory))?.is_none())
    }
}

fn put_cluster(block: &mut [u8], at: usize, cluster: u32) {
    put(block, at + 26, &(cluster as u16).to_le_bytes());
    put(block, at + 20, &((cluster >> 16) as u16).to_le_bytes());
}

fn short_entry(name: ShortName, contents: Contents) -> [u8; ENTRY] {
    let mut raw = [0; ENTRY];
    put(&mut raw, 0, &name);
    raw[11] = contents.attributes;
    put(&mut raw, 14, &contents.changed.to_le_bytes());
    put(&mut raw, 22, &contents.changed.to_le_bytes());
    put_cluster(&mut raw, 0, contents.cluster);
    put(&mut raw, 28, &contents.size.to_le_bytes());
    raw
}

/// Changes what an entry at a place says of its file.
pub fn update(block: &mut [u8], at: usize, cluster: u32, size: u32, changed: u32) {
    put_cluster(block, at, cluster);
    put(block, at + 28, &size.to_le_bytes());
    put(block, at + 22, &changed.to_le_bytes());
    if let Some(attributes) = block.get_mut(at + 11) {
        *attributes |= ARCHIVE;
    }
}

/// A piece of a long name; they are counted from 1.
fn piece(name: &str, number: usize, is_last: bool, sum: u8) -> [u8; ENTRY] {
    let mut raw = [0; ENTRY];
    raw[0] = number as u8 | if is_last { 0x40 } else { 0 };
    raw[11] = LONG_NAME;
    raw[13] = sum;
    // After the name comes a zero, and then only ones.
    let rest = name.encode_utf16().skip((number - 1) * PIECE).chain(core::iter::once(0));
    for (place, unit) in PIECE_PLACES.into_iter().zip(rest.chain(core::iter::repeat(0xFFFF))) {
        put(&mut raw, place, &unit.to_le_bytes());
    }
    raw
}
