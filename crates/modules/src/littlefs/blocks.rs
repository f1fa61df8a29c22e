//! The device, as far as its bytes are at hand, and what is to be done to it, in order.
//!
//! Nothing is kept from one piece of work to the next: what the device says counts. Work that ends early has done nothing
//! ([`Blocks::discard`]).

use super::{CORRUPT, Done, Place, Stop};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec;
use alloc::vec::Vec;

/// Something to do to the device.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Change {
    /// Erase a block.
    Erase(u32),
    /// Write bytes into an erased part of a block.
    Write(u32, u32, Vec<u8>),
}

/// The device.
pub struct Blocks {
    /// Bytes of a block.
    pub size: u32,
    /// How many blocks there are.
    pub count: u32,
    /// Bytes are asked for in multiples of this.
    read_size: u32,
    /// Bytes of the device, by where they begin.
    known: BTreeMap<(u32, u32), Vec<u8>>,
    /// Whole blocks as they will be.
    changed: BTreeMap<u32, Vec<u8>>,
    /// What makes them so.
    changes: VecDeque<Change>,
    /// How many of the changes belong to work that has come to its end, and the blocks as they will be then.
    settled: usize,
    settled_blocks: BTreeMap<u32, Vec<u8>>,
}

impl Blocks {
    /// A device of so many blocks of a size.
    pub fn new(size: u32, count: u32, read_size: u32) -> Blocks {
        Blocks {
            size,
            count,
            read_size,
            known: BTreeMap::new(),
            changed: BTreeMap::new(),
            changes: VecDeque::new(),
            settled: 0,
            settled_blocks: BTreeMap::new(),
        }
    }

    /// Bytes at hand.
    pub fn bytes(&self) -> usize {
        let blocks = self.changed.len() + self.settled_blocks.len() + self.changes.len();
        self.known.values().map(Vec::len).sum::<usize>() + blocks * self.size as usize
    }

    /// Bytes of a block.
    pub fn read(&self, block: u32, offset: u32, length: u32) -> Done<&[u8]> {
        let end = offset.checked_add(length).filter(|&end| end <= self.size && block < self.count);
        let end = end.ok_or(Stop::Failed(CORRUPT))?;
        if let Some(bytes) = self.changed.get(&block).or_else(|| self.settled_blocks.get(&block)) {
            return bytes.get(offset as usize..end as usize).ok_or(Stop::Failed(CORRUPT));
        }
        let before = self.known.range((block, 0)..=(block, offset)).rev();
        for (&(_, start), bytes) in before {
            let place = (offset - start) as usize;
            if let Some(bytes) = bytes.get(place..place + length as usize) {
                return Ok(bytes);
            }
        }
        let offset = offset - offset % self.read_size;
        let length = end.next_multiple_of(self.read_size).min(self.size) - offset;
        Err(Stop::Missing(Place { block, offset, length }))
    }

    /// A word of a block.
    pub fn word(&self, block: u32, offset: u32) -> Done<u32> {
        Ok(super::tag::word(self.read(block, offset, 4)?, 0))
    }

    /// Takes bytes from the device.
    pub fn learn(&mut self, place: Place, bytes: Vec<u8>) {
        let known = self.known.entry((place.block, place.offset)).or_default();
        if known.len() < bytes.len() {
            *known = bytes;
        }
    }

    /// Erases a block. What is in it then is not known; nobody may ask before it is written.
    pub fn erase(&mut self, block: u32) -> Done<()> {
        if block >= self.count {
            return Err(Stop::Failed(CORRUPT));
        }
        self.changed.insert(block, vec![super::ERASED; self.size as usize]);
        self.changes.push_back(Change::Erase(block));
        Ok(())
    }

    /// Writes bytes.
    pub fn write(&mut self, block: u32, offset: u32, bytes: Vec<u8>) -> Done<()> {
        if !self.changed.contains_key(&block) {
            let copy = self.read(block, 0, self.size)?.to_vec();
            self.changed.insert(block, copy);
        }
        let start = offset as usize;
        let place = self.changed.get_mut(&block).and_then(|all| all.get_mut(start..start + bytes.len()));
        place.ok_or(Stop::Failed(CORRUPT))?.copy_from_slice(&bytes);
        self.changes.push_back(Change::Write(block, offset, bytes));
        Ok(())
    }

    /// Forgets what work in progress has changed.
    pub fn discard(&mut self) {
        self.changed.clear();
        self.changes.truncate(self.settled);
    }

    /// Work has come to its end: what it has changed counts.
    pub fn settle(&mut self) {
        let changed = core::mem::take(&mut self.changed);
        self.settled_blocks.extend(changed);
        self.settled = self.changes.len();
        self.known.clear();
    }

    /// The next thing to do to the device.
    pub fn next_change(&self) -> Option<&Change> {
        self.changes.front().filter(|_| self.settled > 0)
    }

    /// It is being done: from now on it counts as the device's.
    pub fn take_change(&mut self) -> Option<Change> {
        self.settled = self.settled.checked_sub(1)?;
        let change = self.changes.pop_front();
        if self.settled == 0 {
            self.settled_blocks.clear();
        }
        change
    }

    /// Forgets everything: only the device knows now.
    pub fn forget(&mut self) {
        self.known.clear();
        self.changed.clear();
        self.changes.clear();
        self.settled = 0;
        self.settled_blocks.clear();
    }
}
