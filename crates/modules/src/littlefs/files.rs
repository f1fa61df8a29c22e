//! The bytes of files. A small file lies in its directory; a large one is a chain of blocks, of which each refers back:
//! to the one before, and, where its number is divisible by a power of two, to that one so many before it. So a file is
//! never changed where it is: what is written goes to new blocks, and the directory refers to them when the file is
//! flushed or closed.
//!
//! ```text
//!             taken from          position             taken from
//!             the old chain       of writing           the old chain
//! old chain   [ 0 ][ 1 ]          [ 2 ]                [ 3 ][ 4 ]
//! new chain   [ 0 ][ 1 ]          [ 2 in memory … ]
//! ```

use super::commit::{Attribute, attribute, contents_attribute};
use super::pair::{Contents, Entry};
use super::tag::word;
use super::tree::Found;
use super::{CORRUPT, Done, ERASED, Path, Stop, Volume};
use crate::errno::{EEXIST, EINVAL, EISDIR, ENOENT};
use crate::vfs::system::OpenMode;
use alloc::rc::{Rc, Weak};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// The file would be too large.
const TOO_LARGE: i32 = 27;
/// The attribute with the time of the last change: nanoseconds since 1970.
pub const CHANGED: u8 = 1;
/// Bytes that one piece of work reads or writes.
pub const PIECE: usize = 8192;

/// What a file system knows of a file that is open for writing.
#[derive(Clone)]
pub struct Session {
    /// Where it is; none when it was removed.
    pub path: Option<Path>,
    /// Blocks that were taken for it and that no directory refers to yet.
    pub pending: Vec<u32>,
    file: Weak<()>,
}

impl Session {
    /// Whether the file is still open.
    pub fn is_open(&self) -> bool {
        self.file.strong_count() > 0
    }
}

/// A file that is open.
#[derive(Clone, Debug)]
pub struct OpenFile {
    /// Where the next byte is read or written.
    pub position: u32,
    /// The bytes that there are, but for those that are being written.
    contents: Contents,
    writing: Option<Writing>,
    is_appending: bool,
    /// Whether the directory does not say yet what there is.
    is_dirty: bool,
    /// The time of the last change, if it is noted.
    changed: Option<u64>,
    session: Option<(u32, Rc<()>)>,
}

/// The end of a chain that is being written: its blocks before this one are on the device.
#[derive(Clone, Debug)]
struct Writing {
    /// The number of the block in the chain.
    number: u32,
    /// The one before it.
    before: Option<u32>,
    /// What it begins with, references included.
    bytes: Vec<u8>,
}

/// How many bytes of a block in a chain are references.
fn references(number: u32) -> u32 {
    if number == 0 { 0 } else { 4 * (number.trailing_zeros() + 1) }
}

/// The number of the block that a byte of a chain is in, and where in it.
pub fn chain_places(block_size: u32, position: u32) -> (u32, u32) {
    let usual = block_size - 8;
    let estimate = position / usual;
    if estimate == 0 {
        return (0, position);
    }
    // Of all references before, on the average two words a block, `usual` has allowed for; these are the rest.
    let number = (position - 4 * ((estimate - 1).count_ones() + 2)) / usual;
    (number, position - usual * number - 4 * number.count_ones())
}

/// The first byte of a chain in a block of it.
fn block_start(block_size: u32, number: u32) -> u32 {
    (block_size - 8) * number + 4 * number.count_ones() + references(number)
}

impl Writing {
    /// The first position that is in the block.
    fn start(&self, block_size: u32) -> u32 {
        block_start(block_size, self.number)
    }

    /// The position after the last byte.
    fn end(&self, block_size: u32) -> u32 {
        self.start(block_size) + (self.bytes.len() as u32).saturating_sub(references(self.number))
    }
}

fn size_of_contents(contents: &Contents) -> u32 {
    match contents {
        Contents::Inline(bytes) => bytes.len() as u32,
        Contents::Chain(_, size) => *size,
        Contents::Directory(_) => 0,
    }
}

impl OpenFile {
    /// Notes when it was changed last, in microseconds since 1970, if that is noted.
    pub fn touch(&mut self, now: u64) {
        if let Some(changed) = &mut self.changed {
            *changed = now.saturating_mul(1000);
        }
    }
}

impl Volume {
    /// Nothing may be changed before what was cut off is finished.
    pub fn check_ready(&self) -> Done<()> {
        if self.state.is_consistent { Ok(()) } else { Err(Stop::CatchUp) }
    }

    /// Opens a file, and makes or empties it as the mode says. `now` is the time in microseconds since 1970.
    pub fn open_file(&mut self, path: &[String], mode: OpenMode, now: u64) -> Done<OpenFile> {
        let changed = (mode.write && self.notes_changes).then(|| now.saturating_mul(1000));
        if mode.write {
            self.check_ready()?;
        }
        let mut is_dirty = changed.is_some();
        let contents = match self.locate(path)? {
            Found::Root => return Err(Stop::Failed(EISDIR)),
            Found::Entry(pair, id) => {
                let entry = &pair.entries[id];
                match (&entry.contents, mode) {
                    _ if entry.is_directory() => return Err(Stop::Failed(EISDIR)),
                    (_, OpenMode { create_new: true, .. }) => return Err(Stop::Failed(EEXIST)),
                    (_, OpenMode { truncate: true, .. }) => {
                        is_dirty = true;
                        Contents::Inline(Vec::new())
                    }
                    (contents, _) => contents.clone(),
                }
            }
            Found::Nothing(..) if !mode.create => return Err(Stop::Failed(ENOENT)),
            Found::Nothing(mut pair, id, name) => {
                self.check_name(&name)?;
                let entry = Entry { name: name.into_bytes(), ..Entry::empty() };
                let attributes = super::commit::creation(id as u32, &entry);
                self.commit(&mut pair, attributes, self.state.global)?;
                entry.contents
            }
        };
        let session = mode.write.then(|| {
            let (id, token) = (self.next_session, Rc::new(()));
            self.next_session = id.wrapping_add(1);
            let session =
                Session { path: Some(path.to_vec()), pending: Vec::new(), file: Rc::downgrade(&token) };
            self.state.sessions.insert(id, session);
            (id, token)
        });
        let is_appending = mode.append;
        Ok(OpenFile { position: 0, contents, writing: None, is_appending, is_dirty, changed, session })
    }

    /// How many bytes a file has.
    pub fn file_size(&self, file: &OpenFile) -> u32 {
        let written = file.writing.as_ref().map_or(0, |writing| writing.end(self.blocks.size));
        size_of_contents(&file.contents).max(written)
    }

    /// The block of a chain that a position is in, and where in it.
    fn chain_find(&self, head: u32, size: u32, position: u32) -> Done<(u32, u32)> {
        self.chain_length(size)?;
        let (mut number, _) = chain_places(self.blocks.size, size.saturating_sub(1));
        let (wanted, offset) = chain_places(self.blocks.size, position);
        let mut block = head;
        while number > wanted {
            let steps = (number - wanted).ilog2().min(number.trailing_zeros());
            block = self.blocks.word(block, 4 * steps)?;
            number -= 1 << steps;
        }
        Ok((block, offset))
    }

    fn read_contents(&self, contents: &Contents, position: u32, most: usize, into: &mut Vec<u8>) -> Done<()> {
        let size = size_of_contents(contents);
        let most = u32::try_from(most).unwrap_or(u32::MAX);
        let end = size.min(position.saturating_add(most));
        match contents {
            Contents::Inline(bytes) => {
                into.extend_from_slice(bytes.get(position as usize..end as usize).unwrap_or(&[]));
            }
            Contents::Chain(head, size) => {
                let mut position = position;
                while position < end {
                    let (block, offset) = self.chain_find(*head, *size, position)?;
                    let count = (self.blocks.size - offset).min(end - position);
                    into.extend_from_slice(self.blocks.read(block, offset, count)?);
                    position += count;
                }
            }
            Contents::Directory(_) => return Err(Stop::Failed(EISDIR)),
        }
        Ok(())
    }

    /// Reads up to so many bytes from a file's position on; it stays where it is. Nothing may be being written.
    pub fn read_file(&self, file: &OpenFile, most: usize, into: &mut Vec<u8>) -> Done<()> {
        self.read_contents(&file.contents, file.position, most, into)
    }

    /// Writes bytes at a file's position, which moves behind them; gives how many: it may be fewer than there are, and
    /// none at first.
    pub fn write_file(&mut self, file: &mut OpenFile, bytes: &[u8]) -> Done<usize> {
        self.check_ready()?;
        let size = self.file_size(file);
        if file.is_appending {
            file.position = file.position.max(size);
        }
        let bytes = &bytes[..bytes.len().min(PIECE)];
        let end = file.position.checked_add(bytes.len() as u32).filter(|&end| end <= self.longest_file);
        let end = end.ok_or(Stop::Failed(TOO_LARGE))?;
        if file.position > size {
            let missing = vec![0; PIECE.min((file.position - size) as usize)];
            self.write_at(file, size, &missing)?;
            return Ok(0);
        }
        let count = self.write_at(file, file.position, bytes)?;
        if count == bytes.len() {
            file.position = end;
        }
        Ok(count)
    }

    /// All the bytes or none: then something else was to be done first.
    fn write_at(&mut self, file: &mut OpenFile, position: u32, bytes: &[u8]) -> Done<usize> {
        let block_size = self.blocks.size;
        file.is_dirty = true;
        let end = position as usize + bytes.len();
        if let (None, Contents::Inline(all)) = (&file.writing, &mut file.contents) {
            if end <= self.inline_most as usize {
                all.resize(all.len().max(end), 0);
                all[position as usize..end].copy_from_slice(bytes);
                return Ok(bytes.len());
            }
            let bytes = core::mem::take(all);
            file.writing = Some(Writing { number: 0, before: None, bytes });
        }
        let mut writing = match file.writing.take() {
            None => self.begin_writing(&file.contents, position)?,
            Some(writing) => writing,
        };
        let is_here = (writing.start(block_size)..=writing.end(block_size)).contains(&position);
        if !is_here {
            file.writing = Some(writing);
            self.finish_writing(file)?;
            return Ok(0);
        }
        let offset = references(writing.number) + (position - writing.start(block_size));
        self.put(file, &mut writing, offset, bytes)?;
        file.writing = Some(writing);
        Ok(bytes.len())
    }

    /// The end of a chain, to go on from a position with what is before it.
    fn begin_writing(&self, contents: &Contents, position: u32) -> Done<Writing> {
        let (Contents::Chain(head, size), Some(last)) = (contents, position.checked_sub(1)) else {
            return Ok(Writing { number: 0, before: None, bytes: Vec::new() });
        };
        let (block, offset) = self.chain_find(*head, *size, last)?;
        let (number, _) = chain_places(self.blocks.size, last);
        if offset + 1 == self.blocks.size {
            return self.next_writing(number + 1, block);
        }
        let bytes = self.blocks.read(block, 0, offset + 1)?.to_vec();
        let before = (number > 0).then(|| word(&bytes, 0));
        Ok(Writing { number, before, bytes })
    }

    /// A block of a chain with its references.
    fn next_writing(&self, number: u32, before: u32) -> Done<Writing> {
        let mut bytes = Vec::new();
        let mut block = before;
        for reference in 0..references(number) / 4 {
            if reference > 0 {
                block = self.blocks.word(block, 4 * (reference - 1))?;
            }
            bytes.extend(block.to_le_bytes());
        }
        if bytes.len() >= self.blocks.size as usize {
            return Err(Stop::Failed(TOO_LARGE));
        }
        Ok(Writing { number, before: Some(before), bytes })
    }

    /// Puts bytes into the block at hand; those that are full are written.
    fn put(&mut self, file: &OpenFile, writing: &mut Writing, offset: u32, bytes: &[u8]) -> Done<()> {
        let block_size = self.blocks.size as usize;
        let (mut offset, mut rest) = (offset as usize, bytes);
        while !rest.is_empty() {
            let count = rest.len().min(block_size - offset);
            let end = offset + count;
            writing.bytes.resize(writing.bytes.len().max(end), 0);
            writing.bytes[offset..end].copy_from_slice(&rest[..count]);
            rest = &rest[count..];
            offset = end;
            if end == block_size {
                let block = self.write_block(file, core::mem::take(&mut writing.bytes))?;
                *writing = self.next_writing(writing.number + 1, block)?;
                offset = writing.bytes.len();
            }
        }
        Ok(())
    }

    fn write_block(&mut self, file: &OpenFile, mut bytes: Vec<u8>) -> Done<u32> {
        let block = self.take_block(file.session.as_ref().map(|(session, _)| *session))?;
        bytes.resize(bytes.len().next_multiple_of(self.write_size as usize), ERASED);
        self.blocks.erase(block)?;
        self.blocks.write(block, 0, bytes)?;
        Ok(block)
    }

    /// Ends the new chain: the rest of the old one goes behind it, a piece at a time. Whether nothing is left.
    pub fn finish_writing(&mut self, file: &mut OpenFile) -> Done<bool> {
        let block_size = self.blocks.size;
        let Some(mut writing) = file.writing.take() else { return Ok(true) };
        self.check_ready()?;
        let end = writing.end(block_size);
        if end < size_of_contents(&file.contents) {
            let mut rest = Vec::new();
            self.read_contents(&file.contents, end, PIECE, &mut rest)?;
            let offset = writing.bytes.len() as u32;
            self.put(file, &mut writing, offset, &rest)?;
            file.writing = Some(writing);
            return Ok(false);
        }
        let has_bytes = writing.bytes.len() as u32 > references(writing.number);
        let head = match writing.before {
            Some(before) if !has_bytes => before,
            _ => self.write_block(file, writing.bytes)?,
        };
        file.contents = Contents::Chain(head, end);
        Ok(true)
    }

    /// Lets the directory say what there is, a piece at a time. Whether nothing is left to do.
    pub fn sync_file(&mut self, file: &mut OpenFile) -> Done<bool> {
        if !file.is_dirty {
            return Ok(true);
        }
        self.check_ready()?;
        if !self.finish_writing(file)? {
            return Ok(false);
        }
        let Some((number, _)) = file.session else { return Ok(true) };
        let path = self.state.sessions.get(&number).and_then(|session| session.path.clone());
        // A file that was removed is nobody's.
        if let Some(path) = path {
            let Found::Entry(mut pair, id) = self.locate(&path)? else { return Err(Stop::Failed(ENOENT)) };
            if pair.entries[id].is_directory() {
                return Err(Stop::Failed(CORRUPT));
            }
            let mut attributes: Vec<Attribute> = vec![contents_attribute(id as u32, &file.contents)];
            attributes.extend(file.changed.map(|time| attribute(id as u32, CHANGED, &time.to_le_bytes())));
            self.commit(&mut pair, attributes, self.state.global)?;
            self.state.has_freed = true;
        }
        if let Some(session) = self.state.sessions.get_mut(&number) {
            session.pending.clear();
        }
        file.is_dirty = false;
        Ok(true)
    }

    /// Moves to another position.
    pub fn move_file(&self, file: &mut OpenFile, to: i64) -> Done<()> {
        let position = u32::try_from(to).ok().filter(|&position| position <= self.longest_file);
        file.position = position.ok_or(Stop::Failed(EINVAL))?;
        Ok(())
    }
}

/// The time that an entry was changed last, as far as it says.
pub fn changed_of(entry: &Entry) -> Option<u64> {
    let (_, bytes) = entry.attributes.iter().find(|(kind, _)| *kind == CHANGED)?;
    Some(u64::from_le_bytes(*bytes.first_chunk()?))
}
