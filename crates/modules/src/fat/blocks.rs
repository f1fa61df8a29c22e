//! The blocks of a device, as far as they are at hand.
//!
//! A block is *changed* by work in progress, *settled* when that work has come to its end and the device is still to get
//! it, or *known* from the device. Reading finds the newest of the three.

use super::{Done, Stop};
use alloc::collections::BTreeMap;
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

/// Blocks of a device.
pub struct Blocks {
    size: usize,
    count: u32,
    known: BTreeMap<u32, Known>,
    changed: BTreeMap<u32, Vec<u8>>,
    settled: BTreeMap<u32, Vec<u8>>,
    clock: Cell<u64>,
}

impl Blocks {
    /// The blocks of a device of `count` blocks of `size` bytes.
    pub fn new(size: usize, count: u32) -> Blocks {
        Blocks {
            size,
            count,
            known: BTreeMap::new(),
            changed: BTreeMap::new(),
            settled: BTreeMap::new(),
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
        (self.known.len() + self.changed.len() + self.settled.len()) * self.size
    }

    /// The bytes of a block.
    pub fn read(&self, block: u32) -> Done<&[u8]> {
        if block >= self.count {
            return Err(Stop::Failed(crate::errno::EIO));
        }
        if let Some(bytes) = self.changed.get(&block).or_else(|| self.settled.get(&block)) {
            return Ok(bytes);
        }
        let known = self.known.get(&block).ok_or(Stop::Missing(block))?;
        self.clock.set(self.clock.get() + 1);
        known.used.set(self.clock.get());
        Ok(&known.bytes)
    }

    /// The bytes of a block, to change some of them.
    pub fn edit(&mut self, block: u32) -> Done<&mut [u8]> {
        if !self.changed.contains_key(&block) {
            let copy = self.read(block)?.to_vec();
            self.changed.insert(block, copy);
        }
        Ok(self.changed.get_mut(&block).map_or(&mut [], |bytes| bytes))
    }

    /// The bytes of a block, all zero, to make others of them: what was there is not needed.
    pub fn replace(&mut self, block: u32) -> Done<&mut [u8]> {
        if block >= self.count {
            return Err(Stop::Failed(crate::errno::EIO));
        }
        let bytes = self.changed.entry(block).or_default();
        *bytes = vec![0; self.size];
        Ok(bytes)
    }

    /// Takes a block from the device.
    pub fn learn(&mut self, block: u32, bytes: Vec<u8>) {
        self.known.insert(block, Known { bytes, used: Cell::new(self.clock.get()) });
    }

    /// Forgets what work in progress has changed, for it begins again or has failed.
    pub fn discard(&mut self) {
        self.changed.clear();
    }

    /// Work has come to its end: what it has changed counts.
    pub fn settle(&mut self) {
        let changed = core::mem::take(&mut self.changed);
        self.settled.extend(changed);
        let mut uses: Vec<u64> = self.known.values().map(|known| known.used.get()).collect();
        if uses.len() > KEPT {
            uses.sort_unstable();
            let oldest = uses[uses.len() - KEPT];
            self.known.retain(|_, known| known.used.get() >= oldest);
        }
    }

    /// The next block that the device is to get.
    pub fn unwritten(&self) -> Option<u32> {
        self.settled.first_key_value().map(|(&block, _)| block)
    }

    /// The bytes of that block; from now on they count as the device's.
    pub fn next_to_write(&mut self) -> Option<&[u8]> {
        let (block, bytes) = self.settled.pop_first()?;
        self.learn(block, bytes);
        self.known.get(&block).map(|known| &known.bytes[..])
    }

    /// Forgets everything: only the device knows now.
    pub fn forget(&mut self) {
        self.changed.clear();
        self.settled.clear();
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
