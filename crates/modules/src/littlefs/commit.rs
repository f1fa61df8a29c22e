//! Changing pairs: by a commit at the end of the log where there is room, or else by writing all of it anew into the
//! other block. A pair that gets too full gives half of its entries to a new one.
//!
//! A commit counts when its checksum is there, and nothing before that is ever changed: so a device that is cut off has
//! the pair as it was, or as it was to be. The blocks of a pair stay the same, also when they are written often.

use super::pair::{Contents, Entry, GlobalPart, NOWHERE, Pair, PairAt};
use super::tag::{self, NO_ID, Tag};
use super::{Done, ERASED, NO_SPACE, Stop, Volume};
use alloc::vec;
use alloc::vec::Vec;

/// A tag and what follows it.
pub type Attribute = (Tag, Vec<u8>);

/// Entries of a pair.
const MOST_ENTRIES: usize = 0xFE;

/// Two blocks as bytes.
pub fn bytes_of(at: PairAt) -> Vec<u8> {
    at.iter().flat_map(|block| block.to_le_bytes()).collect()
}

/// The tag that says where something is.
pub fn contents_attribute(id: u32, contents: &Contents) -> Attribute {
    let (kind, bytes) = match contents {
        Contents::Directory(at) => (tag::DIRECTORY_AT, bytes_of(*at)),
        Contents::Inline(bytes) => (tag::INLINE, bytes.clone()),
        Contents::Chain(head, size) => (tag::CHAIN, bytes_of([*head, *size])),
    };
    (Tag::new(kind, id, bytes.len()), bytes)
}

/// The tags of an entry.
fn entry_attributes(id: u32, entry: &Entry) -> Vec<Attribute> {
    let mut all = vec![
        (Tag::new(entry.kind, id, entry.name.len()), entry.name.clone()),
        contents_attribute(id, &entry.contents),
    ];
    all.extend(entry.attributes.iter().map(|(kind, value)| attribute(id, *kind, value)));
    all
}

/// The tags that put an entry between others.
pub fn creation(id: u32, entry: &Entry) -> Vec<Attribute> {
    let mut all = vec![(Tag::new(tag::CREATE, id, 0), Vec::new())];
    all.extend(entry_attributes(id, entry));
    all
}

/// The tag of a user attribute.
pub fn attribute(id: u32, kind: u8, value: &[u8]) -> Attribute {
    (Tag::new(tag::ATTRIBUTE + u32::from(kind), id, value.len()), value.to_vec())
}

/// The tag that says which pair comes next.
pub fn next_attribute(next: Option<PairAt>, is_continued: bool) -> Attribute {
    let kind = if is_continued { tag::CONTINUED } else { tag::NEXT };
    (Tag::new(kind, NO_ID, 8), bytes_of(next.unwrap_or([NOWHERE; 2])))
}

fn global_attribute(global: GlobalPart) -> Attribute {
    let bytes: Vec<u8> = global.iter().flat_map(|word| word.to_le_bytes()).collect();
    (Tag::new(tag::GLOBAL, NO_ID, bytes.len()), bytes)
}

/// Bytes of a whole pair beside entries: revision, next pair, global state, checksum.
fn overhead(pair: &Pair) -> usize {
    let next = if pair.next.is_some() { 12 } else { 0 };
    let global = if pair.global == [0; 3] { 0 } else { 16 };
    4 + next + global + 8
}

fn entry_size(entry: &Entry) -> usize {
    entry_attributes(0, entry).iter().map(|(_, data)| 4 + data.len()).sum()
}

/// A commit as it is written.
struct Log {
    /// The block from this place on.
    start: u32,
    bytes: Vec<u8>,
    /// What the next tag is turned by.
    before: u32,
    crc: u32,
}

impl Log {
    fn offset(&self) -> u32 {
        self.start + self.bytes.len() as u32
    }

    fn put(&mut self, tag: Tag, data: &[u8]) {
        let from = self.bytes.len();
        self.bytes.extend((tag.0 ^ self.before).to_be_bytes());
        self.bytes.extend(data);
        self.before = tag.0;
        self.crc = tag::checksum(self.crc, &self.bytes[from..]);
    }

    /// Ends the commit at the end of a unit of writing. `beyond` gives the bytes of the unit after that one.
    fn finish(
        &mut self,
        block_size: u32,
        write_size: u32,
        beyond: impl Fn(u32) -> Done<Vec<u8>>,
    ) -> Done<()> {
        let end = (self.offset() + 20).min(block_size).next_multiple_of(write_size);
        // A checksum's tag reaches so far; a larger unit takes several.
        const REACH: u32 = 0x3FE;
        while self.offset() < end {
            let mut reached = end.min(self.offset() + 4 + REACH);
            if reached < end {
                reached = reached.min(end - 20);
            }
            let mut turned = 0;
            if reached == end && end + write_size <= block_size {
                let next = beyond(end)?;
                turned = u32::from(next.first().is_some_and(|&byte| byte & 0x80 == 0));
                let crc = tag::checksum(u32::MAX, &next);
                let data: Vec<u8> = [write_size, crc].iter().flat_map(|word| word.to_le_bytes()).collect();
                self.put(Tag::new(tag::ERASED_CHECKSUM, NO_ID, data.len()), &data);
            }
            let length = reached - (self.offset() + 4);
            let tag = Tag::new(tag::CHECKSUM + turned, NO_ID, length as usize);
            self.put(tag, &[]);
            let crc = self.crc;
            self.bytes.extend(crc.to_le_bytes());
            self.bytes.resize((reached - self.start) as usize, ERASED);
            (self.before, self.crc) = (tag.0 ^ turned << 31, u32::MAX);
        }
        Ok(())
    }
}

impl Volume {
    /// Changes a pair, and the global state with it.
    pub fn commit(
        &mut self,
        pair: &mut Pair,
        mut attributes: Vec<Attribute>,
        global: GlobalPart,
    ) -> Done<()> {
        let mut part = pair.global;
        for (number, word) in part.iter_mut().enumerate() {
            *word ^= self.state.global[number] ^ global[number];
        }
        if part != pair.global {
            attributes.push(global_attribute(part));
        }
        let mut changed = pair.clone();
        for (tag, data) in &attributes {
            changed.apply(*tag, data).ok_or(Stop::Failed(super::CORRUPT))?;
        }
        if !self.append(&mut changed, &attributes)? {
            self.write_anew(&mut changed)?;
        }
        self.state.global = global;
        *pair = changed;
        Ok(())
    }

    /// Writes a commit after the others, if there is room.
    fn append(&mut self, pair: &mut Pair, attributes: &[Attribute]) -> Done<bool> {
        let Some((start, before)) = pair.end else { return Ok(false) };
        let length: usize = attributes.iter().map(|(_, data)| 4 + data.len()).sum();
        // The last eight bytes of a block are enough for a checksum.
        let fits = start as usize + length + 8 <= self.blocks.size as usize;
        if !fits || pair.entries.len() > MOST_ENTRIES {
            return Ok(false);
        }
        let mut log = Log { start, bytes: Vec::new(), before, crc: u32::MAX };
        for (tag, data) in attributes {
            log.put(*tag, data);
        }
        self.write_log(pair, log, false)?;
        Ok(true)
    }

    /// Ends a commit and writes it. In a block that is erased at the same time the unit after it is written with ones:
    /// what a device leaves there is not known before.
    fn write_log(&mut self, pair: &mut Pair, mut log: Log, is_erased: bool) -> Done<()> {
        let (block, size, unit) = (pair.at[0], self.blocks.size, self.write_size);
        let blocks = &self.blocks;
        log.finish(size, unit, |at| match is_erased {
            true => Ok(vec![ERASED; unit as usize]),
            false => Ok(blocks.read(block, at, unit)?.to_vec()),
        })?;
        let end = log.offset();
        pair.end = (end + unit <= size).then_some((end, log.before));
        if is_erased && pair.end.is_some() {
            log.bytes.resize(log.bytes.len() + unit as usize, ERASED);
        }
        self.blocks.write(block, log.start, log.bytes)
    }

    /// Writes all of a pair into its other block, and part of it into a new pair if there is too much.
    pub fn write_anew(&mut self, pair: &mut Pair) -> Done<()> {
        let half = (self.blocks.size / 2).next_multiple_of(self.write_size) as usize;
        loop {
            let room = (self.blocks.size as usize).saturating_sub(overhead(pair));
            // Half a block, so that the next commits find room behind it.
            let comfortable = room.min(half);
            let sizes: Vec<usize> = pair.entries.iter().map(entry_size).collect();
            let total: usize = sizes.iter().sum();
            if (total <= comfortable && sizes.len() <= MOST_ENTRIES) || sizes.len() < 2 {
                if total > room {
                    return Err(Stop::Failed(NO_SPACE));
                }
                break;
            }
            let moved = self.split(pair, &sizes, comfortable);
            match moved {
                Err(Stop::Failed(NO_SPACE)) if total <= room && sizes.len() <= MOST_ENTRIES => break,
                moved => moved?,
            }
        }
        let block = pair.at[1];
        pair.at = [block, pair.at[0]];
        pair.revision = pair.revision.wrapping_add(1);
        self.blocks.erase(block)?;
        let bytes = pair.revision.to_le_bytes().to_vec();
        let crc = tag::checksum(u32::MAX, &bytes);
        let mut log = Log { start: 0, bytes, before: u32::MAX, crc };
        for (id, entry) in pair.entries.iter().enumerate() {
            for (tag, data) in entry_attributes(id as u32, entry) {
                log.put(tag, &data);
            }
        }
        if pair.next.is_some() {
            let (tag, data) = next_attribute(pair.next, pair.is_continued);
            log.put(tag, &data);
        }
        if pair.global != [0; 3] {
            let (tag, data) = global_attribute(pair.global);
            log.put(tag, &data);
        }
        self.write_log(pair, log, true)
    }

    /// Moves the later entries of a pair, as many as fit, into a new one behind it.
    fn split(&mut self, pair: &mut Pair, sizes: &[usize], comfortable: usize) -> Done<()> {
        let mut from = sizes.len() / 2;
        while from + 1 < sizes.len()
            && (sizes[from..].iter().sum::<usize>() > comfortable || sizes.len() - from > MOST_ENTRIES)
        {
            from += (sizes.len() - from).div_ceil(2).min(sizes.len() - 1 - from);
        }
        let mut rest = self.new_pair()?;
        rest.entries = pair.entries.split_off(from.max(1));
        (rest.next, rest.is_continued) = (pair.next, pair.is_continued);
        let written = self.write_anew(&mut rest);
        if written.is_err() {
            pair.entries.append(&mut rest.entries);
            return written;
        }
        (pair.next, pair.is_continued) = (Some(rest.at), true);
        Ok(())
    }

    /// A pair of free blocks.
    pub fn new_pair(&mut self) -> Done<Pair> {
        let (second, first) = (self.take_block(None)?, self.take_block(None)?);
        // It is written into the second one first, with a revision after what the first one may seem to have.
        let revision = self.blocks.word(first, 0)?;
        Ok(Pair::new([first, second], revision))
    }
}
