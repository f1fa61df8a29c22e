//! The beginning: a new file system, one that is there already, and what is left to do on one that was cut off.
//!
//! The global state is three words: how many directories are on the thread without an entry (*orphans*), and which entry
//! was moved away and is still there. Each pair has a part of it; all parts together, by exclusive or, are the state.

use super::allocate::Allocator;
use super::blocks::Blocks;
use super::pair::{Contents, Entry, GlobalPart, Pair, PairAt, is_same};
use super::tag::{self, Tag, word};
use super::{CORRUPT, Done, Geometry, State, Stop, Volume};
use crate::errno::EINVAL;
use alloc::vec;
use alloc::vec::Vec;

/// What the entry that describes the file system is called.
const MAGIC: &[u8] = b"littlefs";
/// The version written: 2.1.
const VERSION: u32 = 0x0002_0001;
/// Longest name, file and attribute.
const LIMITS: [u32; 3] = [255, 0x7FFF_FFFF, 1022];

/// The global state, as all pairs together have it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Global(pub GlobalPart);

/// The bits of the first word that count orphans.
const ORPHANS: u32 = 0x1FF;
/// Of the first word: there are orphans.
const HAS_ORPHANS: u32 = 1 << 31;
/// Of the first word: type and number of the entry that was moved.
const MOVE: u32 = 0x7FF << 20 | 0x3FF << 10;

impl Global {
    /// How many there are.
    pub fn orphans(self) -> u32 {
        self.0[0] & ORPHANS
    }

    fn set_orphans(&mut self, count: u32) {
        let flag = if count > 0 { HAS_ORPHANS } else { 0 };
        self.0[0] = self.0[0] & !(ORPHANS | HAS_ORPHANS) | count.min(ORPHANS) | flag;
    }

    /// One more.
    pub fn add_orphan(&mut self) {
        self.set_orphans(self.orphans() + 1);
    }

    /// One less.
    pub fn remove_orphan(&mut self) {
        self.set_orphans(self.orphans().saturating_sub(1));
    }

    /// The entry that was moved away.
    pub fn moved(self) -> Option<(PairAt, u32)> {
        let tag = Tag(self.0[0] & MOVE);
        (tag.kind() != 0).then(|| ([self.0[1], self.0[2]], tag.id() as u32))
    }

    /// Notes which entry is being moved away.
    pub fn set_move(&mut self, moved: Option<(PairAt, u32)>) {
        self.0[0] &= !MOVE;
        (self.0[1], self.0[2]) = (0, 0);
        if let Some((at, id)) = moved {
            self.0[0] |= Tag::new(tag::DELETE, id, 0).0;
            (self.0[1], self.0[2]) = (at[0], at[1]);
        }
    }
}

/// Whether an entry was moved away.
pub fn is_move_of(global: &GlobalPart, at: PairAt, id: usize) -> bool {
    Global(*global).moved().is_some_and(|(pair, moved)| is_same(pair, at) && moved as usize == id)
}

/// A file system being mounted: as far as its thread was followed.
#[derive(Clone)]
pub struct Mounting {
    pair: Option<Pair>,
    number: u32,
    global: GlobalPart,
    root: Option<(PairAt, u32)>,
    limits: [u32; 3],
}

impl Default for Mounting {
    fn default() -> Mounting {
        Mounting { pair: None, number: 0, global: [0; 3], root: None, limits: LIMITS }
    }
}

/// Whether the bytes of a block, from the ninth on, are those of a file system.
pub fn is_magic(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

impl Volume {
    /// A file system of which nothing is known yet.
    pub fn new(geometry: Geometry, notes_changes: bool) -> Volume {
        Volume {
            blocks: Blocks::new(geometry.block_size, geometry.block_count, geometry.read_size),
            write_size: geometry.write_size,
            inline_most: geometry.inline_most(),
            root: [0, 1],
            longest_name: LIMITS[0],
            longest_file: LIMITS[1],
            notes_changes,
            state: State::default(),
            state_before: State::default(),
            allocator: Allocator::default(),
            next_session: 0,
            mounting: None,
        }
    }

    /// Writes a new file system.
    pub fn format(&mut self) -> Done<()> {
        let [name, file, attribute] = LIMITS;
        let words = [VERSION, self.blocks.size, self.blocks.count, name, file, attribute];
        let description = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        let revision = self.blocks.word(0, 0)?;
        let mut pair = Pair::new([0, 1], revision);
        pair.entries.push(Entry {
            kind: tag::SUPERBLOCK,
            name: MAGIC.to_vec(),
            contents: Contents::Inline(description),
            attributes: Vec::new(),
        });
        // Both blocks, so that nothing of an older file system counts.
        self.write_anew(&mut pair)?;
        self.write_anew(&mut pair)
    }

    /// Follows the thread a bit; whether that was all of it, and so the file system is ready.
    pub fn mount(&mut self, mounting: &mut Mounting) -> Done<bool> {
        let pair = match mounting.pair.take() {
            Some(pair) => pair,
            None => self.pair([0, 1])?,
        };
        let next = self.next_pair(&pair, &mut mounting.number);
        if let Err(Stop::Missing(_)) = next {
            mounting.number -= 1;
            mounting.pair = Some(pair);
            return next.map(|_| false);
        }
        let superblock = pair.entries.first().filter(|entry| entry.kind == tag::SUPERBLOCK);
        if let Some(entry) = superblock.filter(|entry| entry.name == MAGIC) {
            mounting.limits = self.check(entry)?;
            mounting.root = Some((pair.at, pair.checksum));
        }
        mounting.global.iter_mut().zip(pair.global).for_each(|(word, part)| *word ^= part);
        mounting.pair = next?;
        if mounting.pair.is_some() {
            return Ok(false);
        }
        let Some((root, checksum)) = mounting.root else { return Err(Stop::Failed(EINVAL)) };
        self.root = root;
        [self.longest_name, self.longest_file, _] = mounting.limits;
        self.state.global = mounting.global;
        self.state.is_consistent =
            Global(mounting.global).orphans() == 0 && Global(mounting.global).moved().is_none();
        // So that not always the same blocks are used first.
        self.allocator = Allocator::new(checksum % self.blocks.count);
        Ok(true)
    }

    /// Whether this can read and write what a file system is said to be; gives its limits.
    fn check(&self, entry: &Entry) -> Done<[u32; 3]> {
        let Contents::Inline(bytes) = &entry.contents else { return Err(Stop::Failed(CORRUPT)) };
        let word_at = |number: usize| word(bytes, 4 * number);
        let version = word_at(0);
        let is_known = bytes.len() >= 24 && version >> 16 == VERSION >> 16 && version <= VERSION;
        if !is_known || word_at(1) != self.blocks.size || word_at(2) != self.blocks.count {
            return Err(Stop::Failed(EINVAL));
        }
        let mut limits = LIMITS;
        for (number, limit) in limits.iter_mut().enumerate() {
            match word_at(3 + number) {
                0 => {}
                said if said <= *limit => *limit = said,
                _ => return Err(Stop::Failed(EINVAL)),
            }
        }
        Ok(limits)
    }

    /// Finishes what was cut off, before anything is changed; one thing at a time. Whether nothing is left.
    pub fn mend(&mut self) -> Done<bool> {
        if self.state.is_consistent {
            return Ok(true);
        }
        let mut global = Global(self.state.global);
        if let Some((at, id)) = global.moved() {
            let mut pair = self.pair(at)?;
            global.set_move(None);
            let exists = (id as usize) < pair.entries.len();
            let attributes =
                if exists { vec![(Tag::new(tag::DELETE, id, 0), Vec::new())] } else { Vec::new() };
            self.commit(&mut pair, attributes, global.0)?;
            return Ok(false);
        }
        if global.orphans() > 0 {
            return self.mend_orphan();
        }
        self.state.is_consistent = true;
        Ok(true)
    }

    /// Takes a directory off the thread that has no entry, or corrects what the thread says of one whose pair has moved.
    fn mend_orphan(&mut self) -> Done<bool> {
        let (mut pair, mut number) = (self.pair([0, 1])?, 0);
        while let Some(next) = self.next_pair(&pair, &mut number)? {
            if !pair.is_continued {
                match self.parent_reference(next.at)? {
                    None => {
                        let mut pairs = vec![next];
                        let mut number = 0;
                        while let Some(last) = pairs.last().filter(|last| last.is_continued) {
                            let next = self.next_pair(last, &mut number)?;
                            pairs.push(next.ok_or(Stop::Failed(CORRUPT))?);
                        }
                        let mut global = Global(self.state.global);
                        global.remove_orphan();
                        self.take_off(&pairs, global)?;
                        return Ok(false);
                    }
                    Some(at) if !is_same(at, next.at) => {
                        let mut global = Global(self.state.global);
                        global.remove_orphan();
                        let next = super::commit::next_attribute(Some(at), false);
                        self.commit(&mut pair, vec![next], global.0)?;
                        return Ok(false);
                    }
                    Some(_) => {}
                }
            }
            pair = next;
        }
        // The state says that there is one, and there is none.
        let mut global = Global(self.state.global);
        global.set_orphans(0);
        let mut first = self.pair([0, 1])?;
        self.commit(&mut first, Vec::new(), global.0)?;
        Ok(false)
    }

    /// What the entry of a directory says of where it is: as asked, or at a pair that shares a block with that.
    fn parent_reference(&self, at: PairAt) -> Done<Option<PairAt>> {
        let (mut pair, mut number) = (self.pair([0, 1])?, 0);
        loop {
            for entry in &pair.entries {
                if let Contents::Directory(found) = entry.contents
                    && found.iter().any(|block| at.contains(block))
                {
                    return Ok(Some(found));
                }
            }
            match self.next_pair(&pair, &mut number)? {
                Some(next) => pair = next,
                None => return Ok(None),
            }
        }
    }
}
