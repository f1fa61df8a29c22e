//! Which blocks are free: those that nothing refers to. littlefs has no list of them; all pairs and chains are gone
//! through, a bit at a time ([`Volume::catch_up`]), and what is found is good until all of it has been given away.

use super::files::chain_places;
use super::pair::{Contents, Pair};
use super::{CORRUPT, Done, NO_SPACE, Stop, Volume};
use alloc::vec;
use alloc::vec::Vec;

/// How many blocks of chains are looked at in one step.
const STEP: u32 = 64;

/// What is known of the blocks.
#[derive(Default)]
pub struct Allocator {
    /// A bit for each block: whether it is in use. Empty before it is known.
    used: Vec<u8>,
    /// Where to look first.
    from: u32,
    /// Whether blocks may have become free since.
    is_stale: bool,
    /// Blocks taken by work in progress, and the open files that they are for.
    taken: Vec<(Option<u32>, u32)>,
    scan: Option<Scan>,
}

impl Allocator {
    /// An allocator that begins to look at a block.
    pub fn new(from: u32) -> Allocator {
        Allocator { from, ..Allocator::default() }
    }

    fn mark(&mut self, block: u32, is_used: bool) {
        if let Some(byte) = self.used.get_mut(block as usize / 8) {
            let bit = 1 << (block % 8);
            *byte = if is_used { *byte | bit } else { *byte & !bit };
        }
    }

    /// Work begins again: what it took is free.
    pub fn give_back(&mut self) {
        for (_, block) in core::mem::take(&mut self.taken) {
            self.mark(block, false);
        }
    }

    /// Work has ended well: what it took stays taken. Those for open files are given.
    pub fn keep(&mut self) -> Vec<(u32, u32)> {
        let taken = core::mem::take(&mut self.taken);
        taken.into_iter().filter_map(|(session, block)| Some((session?, block))).collect()
    }

    /// Blocks have become free.
    pub fn look_again_later(&mut self) {
        self.is_stale = true;
    }

    /// Nothing is known any more.
    pub fn look_again(&mut self) {
        self.used.clear();
        self.taken.clear();
        self.scan = None;
    }
}

/// A way through all pairs and chains.
#[derive(Clone)]
pub struct Scan {
    used: Vec<u8>,
    pair: Option<Pair>,
    /// How many pairs came before.
    number: u32,
    id: usize,
    /// How many blocks of the chain at hand were looked at.
    place: u32,
    /// The block of the chain to look at.
    block: u32,
    /// How many blocks are in use, directories counted as the C library counts them.
    count: u32,
}

impl Volume {
    fn new_scan(&self) -> Scan {
        let used = vec![0; self.blocks.count.div_ceil(8) as usize];
        Scan { used, pair: None, number: 0, id: 0, place: 0, block: 0, count: 0 }
    }

    fn visit(&self, scan: &mut Scan, block: u32) -> Done<()> {
        match scan.used.get_mut(block as usize / 8) {
            Some(byte) if block < self.blocks.count => *byte |= 1 << (block % 8),
            _ => return Err(Stop::Failed(CORRUPT)),
        }
        scan.count = scan.count.saturating_add(1);
        Ok(())
    }

    /// Goes some of the way; whether that was all of it.
    fn scan_on(&self, scan: &mut Scan) -> Done<bool> {
        let pair = match scan.pair.take() {
            Some(pair) => pair,
            None => {
                let pair = self.pair([0, 1])?;
                self.visit(scan, pair.at[0])?;
                self.visit(scan, pair.at[1])?;
                pair
            }
        };
        let mut steps = 0;
        while let Some(entry) = pair.entries.get(scan.id) {
            match entry.contents {
                Contents::Chain(head, size) => {
                    let places = self.chain_length(size)?;
                    if scan.place == 0 {
                        scan.block = head;
                    }
                    while scan.place < places {
                        let block = scan.block;
                        self.visit(scan, block)?;
                        scan.place += 1;
                        steps += 1;
                        if scan.place < places {
                            scan.block = self.blocks.word(block, 0)?;
                        }
                        if steps == STEP && scan.place < places {
                            scan.pair = Some(pair);
                            return Ok(false);
                        }
                    }
                }
                Contents::Directory(at) => {
                    self.visit(scan, at[0])?;
                    self.visit(scan, at[1])?;
                }
                Contents::Inline(_) => {}
            }
            (scan.id, scan.place) = (scan.id + 1, 0);
        }
        scan.id = 0;
        match self.next_pair(&pair, &mut scan.number)? {
            Some(next) => {
                self.visit(scan, next.at[0])?;
                self.visit(scan, next.at[1])?;
                scan.pair = Some(next);
                Ok(false)
            }
            None => Ok(true),
        }
    }

    /// How many blocks a chain of so many bytes has.
    pub fn chain_length(&self, size: u32) -> Done<u32> {
        let most = u64::from(self.blocks.size) * u64::from(self.blocks.count);
        match size.checked_sub(1) {
            None => Ok(0),
            Some(last) if u64::from(size) <= most => Ok(chain_places(self.blocks.size, last).0 + 1),
            Some(_) => Err(Stop::Failed(CORRUPT)),
        }
    }

    /// Does a bit of what must be done before anything is changed: after a failure of the device the file system is
    /// looked at anew, what was cut off is finished, and which blocks are free is found out. Whether nothing is left.
    pub fn catch_up(&mut self) -> Done<bool> {
        if let Some(mut mounting) = self.mounting.clone() {
            let is_done = self.mount(&mut mounting)?;
            self.mounting = (!is_done).then_some(mounting);
            return Ok(false);
        }
        if self.allocator.used.is_empty() {
            return self.find_free().map(|()| false);
        }
        match self.mend() {
            Err(Stop::CatchUp) => Ok(false),
            mended => mended,
        }
    }

    /// Finds out some more of which blocks are free.
    fn find_free(&mut self) -> Done<()> {
        let mut scan = self.allocator.scan.clone().unwrap_or_else(|| self.new_scan());
        let is_done = match self.scan_on(&mut scan) {
            Ok(is_done) => is_done,
            Err(stop) => {
                if let Stop::Failed(_) = stop {
                    self.allocator.scan = None;
                }
                return Err(stop);
            }
        };
        if !is_done {
            self.allocator.scan = Some(scan);
            return Ok(());
        }
        self.allocator.scan = None;
        self.allocator.used = scan.used;
        self.allocator.is_stale = false;
        let pending: Vec<u32> =
            self.state.sessions.values().flat_map(|session| session.pending.iter().copied()).collect();
        for block in pending {
            self.allocator.mark(block, true);
        }
        Ok(())
    }

    /// Goes some of the way of counting the blocks in use; the number when that is done.
    pub fn count_used(&self, scan: &mut Option<Scan>) -> Done<Option<u32>> {
        let mut next = scan.clone().unwrap_or_else(|| self.new_scan());
        let is_done = self.scan_on(&mut next)?;
        let count = next.count;
        *scan = Some(next);
        Ok(is_done.then_some(count))
    }

    /// Takes a free block, perhaps for an open file.
    pub fn take_block(&mut self, session: Option<u32>) -> Done<u32> {
        let allocator = &mut self.allocator;
        if allocator.used.is_empty() {
            return Err(Stop::CatchUp);
        }
        let count = self.blocks.count;
        for step in 0..count {
            let block = (allocator.from + step) % count;
            let is_used =
                allocator.used.get(block as usize / 8).is_none_or(|byte| byte >> (block % 8) & 1 == 1);
            if !is_used {
                allocator.from = (block + 1) % count;
                allocator.mark(block, true);
                allocator.taken.push((session, block));
                return Ok(block);
            }
        }
        if allocator.is_stale {
            allocator.used.clear();
            return Err(Stop::CatchUp);
        }
        Err(Stop::Failed(NO_SPACE))
    }
}
