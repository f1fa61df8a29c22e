//! The blocks of a device, as far as they are at hand.
//!
//! A block is *changed* by work in progress, *settled* when that work has come to its end and the device is still to get
//! it, or *known* from the device. Reading finds the newest of the three.
//!
//! The device may stop getting blocks at any time: a program is killed, a plug is pulled. So work says what must not be
//! on the device before something else is there, by a [barrier](Blocks::barrier): blocks changed after it are written
//! after all those before it, even where that means to write one twice.

use super::{Done, Stop};
use crate::vfs::volume::Place;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;

/// How many known blocks are kept from one piece of work for the next.
const KEPT: usize = 8;

struct Known {
    bytes: Vec<u8>,
    /// When it was used last.
    used: Cell<u64>,
}

/// Blocks and their new bytes, in the stages in which the device is to get them.
#[derive(Default)]
struct Stages(VecDeque<BTreeMap<u32, Vec<u8>>>);

impl Stages {
    fn newest(&self, block: u32) -> Option<&Vec<u8>> {
        self.0.iter().rev().find_map(|stage| stage.get(&block))
    }

    /// The stage that changes belong to now.
    fn last(&mut self) -> &mut BTreeMap<u32, Vec<u8>> {
        if self.0.is_empty() {
            self.0.push_back(BTreeMap::new());
        }
        let last = self.0.len() - 1;
        &mut self.0[last]
    }

    fn barrier(&mut self) {
        if self.0.back().is_some_and(|stage| !stage.is_empty()) {
            self.0.push_back(BTreeMap::new());
        }
    }

    /// The first block of the first stage.
    fn first(&self) -> Option<u32> {
        self.0.iter().find_map(|stage| stage.first_key_value()).map(|(&block, _)| block)
    }

    fn take_first(&mut self) -> Option<(u32, Vec<u8>)> {
        while let Some(stage) = self.0.front_mut() {
            match stage.pop_first() {
                Some(first) => return Some(first),
                None => self.0.pop_front(),
            };
        }
        None
    }

    fn count(&self) -> usize {
        self.0.iter().map(BTreeMap::len).sum()
    }
}

/// Blocks of a device.
pub struct Blocks {
    size: usize,
    count: u32,
    known: BTreeMap<u32, Known>,
    changed: Stages,
    settled: Stages,
    clock: Cell<u64>,
}

impl Blocks {
    /// The blocks of a device of `count` blocks of `size` bytes.
    pub fn new(size: usize, count: u32) -> Blocks {
        Blocks {
            size,
            count,
            known: BTreeMap::new(),
            changed: Stages::default(),
            settled: Stages::default(),
            clock: Cell::new(0),
        }
    }

    /// Bytes of a block.
    pub fn size(&self) -> usize {
        self.size
    }

    /// How many blocks the device has.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Bytes of all blocks at hand.
    pub fn bytes(&self) -> usize {
        (self.known.len() + self.changed.count() + self.settled.count()) * self.size
    }

    /// The bytes of a block.
    pub fn read(&self, block: u32) -> Done<&[u8]> {
        if block >= self.count {
            return Err(Stop::Failed(crate::errno::EIO));
        }
        if let Some(bytes) = self.changed.newest(block).or_else(|| self.settled.newest(block)) {
            return Ok(bytes);
        }
        let known = self.known.get(&block).ok_or_else(|| Stop::Missing(self.place(block)))?;
        self.clock.set(self.clock.get() + 1);
        known.used.set(self.clock.get());
        Ok(&known.bytes)
    }

    fn place(&self, block: u32) -> Place {
        Place { block, offset: 0, length: self.size as u32 }
    }

    /// The bytes of a block, to change some of them.
    pub fn edit(&mut self, block: u32) -> Done<&mut [u8]> {
        if !self.changed.last().contains_key(&block) {
            let copy = self.read(block)?.to_vec();
            self.changed.last().insert(block, copy);
        }
        Ok(self.changed.last().get_mut(&block).map_or(&mut [], |bytes| bytes))
    }

    /// The bytes of a block, all zero, to make others of them: what was there is not needed.
    pub fn replace(&mut self, block: u32) -> Done<&mut [u8]> {
        if block >= self.count {
            return Err(Stop::Failed(crate::errno::EIO));
        }
        let bytes = self.changed.last().entry(block).or_default();
        *bytes = vec![0; self.size];
        Ok(bytes)
    }

    /// What is changed from now on is written after what was changed before.
    pub fn barrier(&mut self) {
        self.changed.barrier();
    }

    /// Takes a block from the device.
    pub fn learn(&mut self, block: u32, bytes: Vec<u8>) {
        self.known.insert(block, Known { bytes, used: Cell::new(self.clock.get()) });
    }

    /// Forgets what work in progress has changed, for it begins again or has failed.
    pub fn discard(&mut self) {
        self.changed.0.clear();
    }

    /// Forgets what is only known from the device.
    pub fn ask_again(&mut self) {
        self.known.clear();
    }

    /// Work has come to its end: what it has changed counts.
    pub fn settle(&mut self) {
        let changed = core::mem::take(&mut self.changed);
        self.settled.0.extend(changed.0);
        let mut uses: Vec<u64> = self.known.values().map(|known| known.used.get()).collect();
        if uses.len() > KEPT {
            uses.sort_unstable();
            let oldest = uses[uses.len() - KEPT];
            self.known.retain(|_, known| known.used.get() >= oldest);
        }
    }

    /// The next block that the device is to get.
    pub fn unwritten(&self) -> Option<u32> {
        self.settled.first()
    }

    /// The bytes of that block; from now on they count as the device's.
    pub fn next_to_write(&mut self) -> Option<&[u8]> {
        let (block, bytes) = self.settled.take_first()?;
        self.learn(block, bytes);
        self.known.get(&block).map(|known| &known.bytes[..])
    }

    /// Forgets everything: only the device knows now.
    pub fn forget(&mut self) {
        self.changed.0.clear();
        self.settled.0.clear();
        self.known.clear();
    }
}

/// Two bytes of a block as a number.
pub fn word(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |bytes| u16::from_le_bytes([bytes[0], bytes[1]]))
}

/// Four bytes of a block as a number.
pub fn double_word(bytes: &[u8], at: usize) -> u32 {
    u32::from(word(bytes, at)) | u32::from(word(bytes, at + 2)) << 16
}

/// Puts bytes somewhere; what does not fit is left out.
pub fn put(bytes: &mut [u8], at: usize, new: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + new.len()) {
        place.copy_from_slice(new);
    }
}
