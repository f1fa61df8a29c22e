//! Pairs of blocks with metadata: a directory, or part of one. Each of the two blocks is a log of commits behind a
//! revision; the newer one that has a whole commit counts. Here a pair is read into what all its commits come to.

use super::tag::{self, Tag, tag_at, word};
use super::{CORRUPT, Done, Stop, Volume};
use alloc::vec::Vec;

/// The two blocks of a pair.
pub type PairAt = [u32; 2];

/// Stands for no block.
pub const NOWHERE: u32 = u32::MAX;

/// Whether two pairs are the same one.
pub fn is_same(one: PairAt, other: PairAt) -> bool {
    one == other || one == [other[1], other[0]]
}

/// What an entry stands for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Contents {
    /// A directory, which begins there.
    Directory(PairAt),
    /// A small file: its bytes.
    Inline(Vec<u8>),
    /// A large file: its last block, and how many bytes it has.
    Chain(u32, u32),
}

/// Something in a directory.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Its type: that of the tag of its name.
    pub kind: u32,
    /// Its name.
    pub name: Vec<u8>,
    /// What it stands for.
    pub contents: Contents,
    /// Its user attributes, by type.
    pub attributes: Vec<(u8, Vec<u8>)>,
}

impl Entry {
    /// An entry without anything.
    pub fn empty() -> Entry {
        Entry {
            kind: tag::FILE,
            name: Vec::new(),
            contents: Contents::Inline(Vec::new()),
            attributes: Vec::new(),
        }
    }

    /// Sets an attribute, or takes it away.
    pub fn set_attribute(&mut self, kind: u8, value: Option<Vec<u8>>) {
        self.attributes.retain(|(known, _)| *known != kind);
        self.attributes.extend(value.map(|value| (kind, value)));
    }
}

/// A part of the global state, which is that of all pairs together, by exclusive or.
pub type GlobalPart = [u32; 3];

/// A pair.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Its blocks, the one that counts first.
    pub at: PairAt,
    /// The revision of that one.
    pub revision: u32,
    /// What is in it.
    pub entries: Vec<Entry>,
    /// The next pair.
    pub next: Option<PairAt>,
    /// Whether that one belongs to the same directory.
    pub is_continued: bool,
    /// Its part of the global state.
    pub global: GlobalPart,
    /// Where the next commit begins, and what its first tag is turned by; none where it may not be written.
    pub end: Option<(u32, u32)>,
    /// The last checksum.
    pub checksum: u32,
}

impl Pair {
    /// A new pair, not written yet: the revision is that of the second block.
    pub fn new(at: PairAt, revision: u32) -> Pair {
        Pair {
            at,
            revision,
            entries: Vec::new(),
            next: None,
            is_continued: false,
            global: [0; 3],
            end: None,
            checksum: 0,
        }
    }

    fn entry(&mut self, id: usize) -> Option<&mut Entry> {
        // A pair that was written anew has only the names of its entries.
        while self.entries.len() <= id && id < tag::NO_ID as usize {
            self.entries.push(Entry::empty());
        }
        self.entries.get_mut(id)
    }

    /// Lets a tag and what follows it have its effect; `None` where it makes no sense.
    pub fn apply(&mut self, tag: Tag, data: &[u8]) -> Option<()> {
        let pair_at = || (data.len() == 8).then(|| [word(data, 0), word(data, 4)]);
        match tag.kind() {
            tag::CREATE => {
                let id = tag.id();
                (id <= self.entries.len() && id < tag::NO_ID as usize).then_some(())?;
                self.entries.insert(id, Entry::empty());
            }
            tag::DELETE => {
                (tag.id() < self.entries.len()).then_some(())?;
                self.entries.remove(tag.id());
            }
            kind @ (tag::FILE | tag::DIRECTORY | tag::SUPERBLOCK) => {
                let entry = self.entry(tag.id())?;
                (entry.kind, entry.name) = (kind, data.to_vec());
            }
            tag::DIRECTORY_AT => self.entry(tag.id())?.contents = Contents::Directory(pair_at()?),
            tag::INLINE => self.entry(tag.id())?.contents = Contents::Inline(data.to_vec()),
            tag::CHAIN => {
                let [head, size] = pair_at()?;
                self.entry(tag.id())?.contents = Contents::Chain(head, size);
            }
            kind if kind & 0x700 == tag::ATTRIBUTE => {
                let value = (!tag.is_gone()).then(|| data.to_vec());
                self.entry(tag.id())?.set_attribute(kind as u8, value);
            }
            kind @ (tag::NEXT | tag::CONTINUED) => {
                let next = pair_at()?;
                self.next = (next != [NOWHERE; 2]).then_some(next);
                self.is_continued = kind == tag::CONTINUED && self.next.is_some();
            }
            tag::GLOBAL => {
                (data.len() == 12).then_some(())?;
                self.global = [word(data, 0), word(data, 4), word(data, 8)];
            }
            // From a later version, or what only matters while it is written.
            _ => {}
        }
        Some(())
    }
}

/// What all whole commits of a block come to; none where there is none.
fn parse(bytes: &[u8], at: PairAt, write_size: u32) -> Option<Pair> {
    let mut found = None;
    let mut pair = Pair::new(at, word(bytes, 0));
    let mut crc = tag::checksum(u32::MAX, bytes.get(..4)?);
    let (mut offset, mut before, mut follows_checksum) = (4, u32::MAX, false);
    let mut erased = None;
    while let Some(raw) = tag_at(bytes, offset) {
        let tag = Tag(raw ^ before);
        let data = bytes.get(offset + 4..offset + 4 + tag.length());
        let (true, Some(data)) = (tag.is_valid(), data) else { break };
        crc = tag::checksum(crc, &bytes[offset..offset + 4]);
        let end = offset + 4 + data.len();
        if tag.is_checksum() {
            if data.len() < 4 || word(data, 0) != crc {
                break;
            }
            before = tag.0 ^ (tag.kind() & 1) << 31;
            pair.checksum = crc;
            pair.end = erased_part(bytes, end, erased.take(), write_size).then_some((end as u32, before));
            found = Some(pair.clone());
            (crc, follows_checksum) = (u32::MAX, true);
        } else {
            crc = tag::checksum(crc, data);
            if tag.kind() == tag::ERASED_CHECKSUM {
                erased = (data.len() == 8).then(|| (word(data, 0), word(data, 4)));
            }
            if pair.apply(tag, data).is_none() {
                break;
            }
            (before, follows_checksum) = (tag.0, false);
        }
        offset = end;
    }
    let mut found: Pair = found?;
    if !follows_checksum {
        // Something was begun after it.
        found.end = None;
    }
    Some(found)
}

/// Whether a commit may be written after one that ends there: nothing was written since.
fn erased_part(bytes: &[u8], end: usize, erased: Option<(u32, u32)>, write_size: u32) -> bool {
    let Some((length, crc)) = erased else { return false };
    let part = bytes.get(end..).and_then(|rest| rest.get(..length as usize));
    end.is_multiple_of(write_size as usize)
        && part.is_some_and(|part| tag::checksum(u32::MAX, part) == crc && length >= write_size)
}

impl Volume {
    /// Reads a pair.
    pub fn pair(&self, at: PairAt) -> Done<Pair> {
        let revisions = [self.blocks.word(at[0], 0)?, self.blocks.word(at[1], 0)?];
        let first_is_newer = revisions[0].wrapping_sub(revisions[1]) as i32 >= 0;
        let order = if first_is_newer { at } else { [at[1], at[0]] };
        for at in [order, [order[1], order[0]]] {
            let bytes = self.blocks.read(at[0], 0, self.blocks.size)?;
            if let Some(pair) = parse(bytes, at, self.write_size) {
                return Ok(pair);
            }
        }
        Err(Stop::Failed(CORRUPT))
    }

    /// The pair after this one in the thread through all of them. A thread with more pairs than there is room for has
    /// no end.
    pub fn next_pair(&self, pair: &Pair, number: &mut u32) -> Done<Option<Pair>> {
        *number += 1;
        match pair.next {
            None => Ok(None),
            Some(_) if *number > self.blocks.count / 2 + 1 => Err(Stop::Failed(CORRUPT)),
            Some(next) => Ok(Some(self.pair(next)?)),
        }
    }
}
