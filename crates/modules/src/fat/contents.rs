//! The bytes of a file. An open file knows the place of its entry, and looks there again each time, so that two that are
//! open on one file see the same.

use super::blocks::{double_word, word};
use super::directory::{DIRECTORY, READ_ONLY, update};
use super::tree::Found;
use super::{Done, Stop, Volume};
use crate::errno::{EACCES, EEXIST, EINVAL, EIO, ENOENT, ENOSPC};
use crate::vfs::system::OpenMode;
use alloc::string::String;
use alloc::vec::Vec;

/// A file that is open.
#[derive(Clone, Copy, Debug)]
pub struct OpenFile {
    /// The block and the byte of its entry.
    place: (u32, usize),
    /// Where the next byte is read or written.
    pub position: u32,
    /// A cluster of the chain that was used last: its number in the file, its number on the volume, and the first of
    /// the chain then.
    last: Option<(u32, u32, u32)>,
}

/// What the entry of a file says.
struct Extent {
    first: u32,
    size: u32,
}

impl Volume {
    /// Opens a file, and makes or empties it as the mode says.
    pub fn open_file(&mut self, path: &[String], mode: OpenMode, now: u32) -> Done<OpenFile> {
        let place = match self.locate(path)? {
            Found::Nothing(directory, name) if mode.create => self.make_file(directory, &name, now)?,
            Found::Nothing(..) => return Err(Stop::Failed(ENOENT)),
            Found::Root => return Err(Stop::Failed(EINVAL)),
            Found::Entry(_, entry) if entry.is_directory() => {
                return Err(Stop::Failed(if mode.create { EACCES } else { ENOENT }));
            }
            Found::Entry(..) if mode.create_new => return Err(Stop::Failed(EEXIST)),
            Found::Entry(_, entry) if mode.write && entry.attributes & READ_ONLY != 0 => {
                return Err(Stop::Failed(EACCES));
            }
            Found::Entry(_, entry) => {
                if mode.truncate {
                    update(self.blocks.edit(entry.place.0)?, entry.place.1, 0, 0, now);
                    self.release(&entry)?;
                }
                entry.place
            }
        };
        let mut file = OpenFile { place, position: 0, last: None };
        if mode.append {
            file.position = self.file_size(&file)?;
        }
        Ok(file)
    }

    fn extent(&self, file: &OpenFile) -> Done<Extent> {
        let (block, at) = file.place;
        let bytes = self.blocks.read(block)?;
        let is_file =
            |first: u8, attributes: u8| !matches!(first, 0 | 0xE5) && attributes & (DIRECTORY | 8) == 0;
        match (bytes.get(at), bytes.get(at + 11)) {
            (Some(&first), Some(&attributes)) if is_file(first, attributes) => Ok(Extent {
                first: u32::from(word(bytes, at + 26)) | u32::from(word(bytes, at + 20)) << 16,
                size: double_word(bytes, at + 28),
            }),
            // Somebody has removed it meanwhile.
            _ => Err(Stop::Failed(EIO)),
        }
    }

    /// How many bytes a file has.
    pub fn file_size(&self, file: &OpenFile) -> Done<u32> {
        Ok(self.extent(file)?.size)
    }

    /// The cluster of a position that is inside the chain.
    fn cluster_at(&self, file: &mut OpenFile, first: u32, position: u32) -> Done<u32> {
        let wanted = position / self.layout.cluster_bytes() as u32;
        let (mut number, mut cluster) = match file.last {
            Some((number, cluster, begun)) if begun == first && number <= wanted => (number, cluster),
            _ => (0, first),
        };
        while number < wanted {
            cluster = self.following(cluster)?.ok_or(Stop::Failed(EIO))?;
            number += 1;
        }
        file.last = Some((number, cluster, first));
        Ok(cluster)
    }

    /// The block of a position in its cluster, and the byte in it.
    fn place_in(&self, cluster: u32, position: u32) -> Done<(u32, usize)> {
        let start = self.layout.block_of(cluster).ok_or(Stop::Failed(EIO))?;
        let inside = position as usize % self.layout.cluster_bytes();
        Ok((start + (inside / self.layout.block_size) as u32, inside % self.layout.block_size))
    }

    /// Reads up to so many bytes from a file's position on; it stays where it is.
    pub fn read_file(&self, file: &mut OpenFile, most: usize, into: &mut Vec<u8>) -> Done<()> {
        let Extent { first, size } = self.extent(file)?;
        let end = size.min(file.position.saturating_add(u32::try_from(most).unwrap_or(u32::MAX)));
        let mut position = file.position;
        while position < end {
            let cluster = self.cluster_at(file, first, position)?;
            let (block, at) = self.place_in(cluster, position)?;
            let count = (self.layout.block_size - at).min((end - position) as usize);
            into.extend_from_slice(&self.blocks.read(block)?[at..at + count]);
            position += count as u32;
        }
        Ok(())
    }

    /// How many clusters of a chain belong to a file of this size. There may be more: those of a write that was cut
    /// short, which nobody relies on.
    pub fn owned(&self, first: u32, size: u32) -> u32 {
        if first == 0 { 0 } else { size.max(1).div_ceil(self.layout.cluster_bytes() as u32) }
    }

    /// Writes bytes at a file's position, which moves behind them. It must not be past the end of the file. The entry
    /// says that the file is longer when everything else is on the device.
    pub fn write_file(&mut self, file: &mut OpenFile, bytes: &[u8], now: u32) -> Done<()> {
        let Extent { first, size } = self.extent(file)?;
        let length = u32::try_from(bytes.len()).map_err(|_| Stop::Failed(ENOSPC))?;
        let end = file.position.checked_add(length).ok_or(Stop::Failed(ENOSPC))?;
        let cluster_bytes = self.layout.cluster_bytes() as u32;
        if file.position > size {
            return Err(Stop::Failed(EIO));
        }
        let owned = self.owned(first, size);
        let added = self.take_chain(end.div_ceil(cluster_bytes).saturating_sub(owned))?;
        if owned > 0 && !added.is_empty() {
            let last = self.cluster_at(file, first, (owned - 1) * cluster_bytes)?;
            self.link(last, &added)?;
        }
        let first = if owned > 0 { first } else { added.first().copied().unwrap_or(0) };
        let mut position = file.position;
        let mut rest = bytes;
        while !rest.is_empty() {
            let number = position / cluster_bytes;
            let cluster = match number.checked_sub(owned) {
                None => self.cluster_at(file, first, position)?,
                Some(place) => *added.get(place as usize).ok_or(Stop::Failed(EIO))?,
            };
            file.last = Some((number, cluster, first));
            let (block, at) = self.place_in(cluster, position)?;
            let count = (self.layout.block_size - at).min(rest.len());
            let is_whole =
                count == self.layout.block_size || at == 0 && position.saturating_add(count as u32) >= size;
            let place = if is_whole { self.blocks.replace(block)? } else { self.blocks.edit(block)? };
            place[at..at + count].copy_from_slice(&rest[..count]);
            rest = &rest[count..];
            position += count as u32;
        }
        self.blocks.barrier();
        let (block, at) = file.place;
        update(self.blocks.edit(block)?, at, first, size.max(end), now);
        file.position = end;
        Ok(())
    }
}
