//! The table: for each cluster which one follows it, or that it is the last, or free.

use super::blocks::{double_word, put, word};
use super::layout::Kind;
use super::{Done, Stop, Volume};
use crate::errno::{EIO, ENOSPC};
use alloc::vec::Vec;

/// The number of the first cluster.
pub const FIRST_CLUSTER: u32 = 2;

/// Stands for "the last of its chain".
const LAST: u32 = 0x0FFF_FFFF;

impl Volume {
    /// The number after the last cluster's.
    fn end_of_clusters(&self) -> u32 {
        self.layout.clusters + FIRST_CLUSTER
    }

    /// The block of the first table that a byte of it lies in, and where.
    fn table_place(&self, byte: u64) -> (u32, usize) {
        let size = self.layout.block_size as u64;
        (self.layout.table_start + (byte / size) as u32, (byte % size) as usize)
    }

    /// The entry of a cluster; what it says of chains means the same in all kinds.
    pub fn table_entry(&self, cluster: u32) -> Done<u32> {
        let number = u64::from(cluster);
        let (entry, end) = match self.layout.kind {
            Kind::Fat12 => {
                let (first, second) = (number * 3 / 2, number * 3 / 2 + 1);
                let (block, at) = self.table_place(first);
                let low = self.blocks.read(block)?.get(at).copied().unwrap_or(0);
                let (block, at) = self.table_place(second);
                let high = self.blocks.read(block)?.get(at).copied().unwrap_or(0);
                let both = u32::from(low) | u32::from(high) << 8;
                (if cluster & 1 == 1 { both >> 4 } else { both & 0xFFF }, 0xFF8)
            }
            Kind::Fat16 => {
                let (block, at) = self.table_place(number * 2);
                (u32::from(word(self.blocks.read(block)?, at)), 0xFFF8)
            }
            Kind::Fat32 => {
                let (block, at) = self.table_place(number * 4);
                (double_word(self.blocks.read(block)?, at) & LAST, 0x0FFF_FFF8)
            }
        };
        Ok(if entry >= end { LAST } else { entry })
    }

    fn set_table_entry(&mut self, cluster: u32, value: u32) -> Done<()> {
        for copy in 0..self.layout.tables {
            let skipped = copy * self.layout.table_blocks;
            let number = u64::from(cluster);
            match self.layout.kind {
                Kind::Fat12 => {
                    let is_odd = cluster & 1 == 1;
                    let value = if is_odd { value << 4 } else { value & 0xFFF };
                    let masks = if is_odd { [0x0F, 0] } else { [0, 0xF0] };
                    for (part, kept) in masks.into_iter().enumerate() {
                        let (block, at) = self.table_place(number * 3 / 2 + part as u64);
                        if let Some(byte) = self.blocks.edit(block + skipped)?.get_mut(at) {
                            *byte = *byte & kept | (value >> (8 * part)) as u8 & !kept;
                        }
                    }
                }
                Kind::Fat16 => {
                    let (block, at) = self.table_place(number * 2);
                    put(self.blocks.edit(block + skipped)?, at, &(value as u16).to_le_bytes());
                }
                Kind::Fat32 => {
                    let (block, at) = self.table_place(number * 4);
                    let bytes = self.blocks.edit(block + skipped)?;
                    // The upper four bits are somebody else's.
                    let value = value & LAST | double_word(bytes, at) & !LAST;
                    put(bytes, at, &value.to_le_bytes());
                }
            }
        }
        self.forget_free_count()
    }

    /// The number of free clusters that is noted beside the table is not kept up to date: it is marked as unknown.
    fn forget_free_count(&mut self) -> Done<()> {
        const UNKNOWN: u32 = u32::MAX;
        let Some(block) = self.layout.info_block else { return Ok(()) };
        if double_word(self.blocks.read(block)?, 488) != UNKNOWN {
            put(self.blocks.edit(block)?, 488, &UNKNOWN.to_le_bytes());
        }
        Ok(())
    }

    /// The cluster after this one in its chain; none after the last.
    pub fn following(&self, cluster: u32) -> Done<Option<u32>> {
        match self.table_entry(cluster)? {
            LAST => Ok(None),
            next if (FIRST_CLUSTER..self.end_of_clusters()).contains(&next) => Ok(Some(next)),
            _ => Err(Stop::Failed(EIO)),
        }
    }

    /// Takes a free cluster, as a chain of its own.
    pub fn take_cluster(&mut self) -> Done<u32> {
        let end = self.end_of_clusters();
        let start = self.next_free.clamp(FIRST_CLUSTER, end - 1);
        for cluster in (start..end).chain(FIRST_CLUSTER..start) {
            // Kept even if the work has to begin again: then the search goes on from here.
            self.next_free = cluster;
            if self.table_entry(cluster)? == 0 {
                self.set_table_entry(cluster, LAST)?;
                self.next_free = cluster + 1;
                return Ok(cluster);
            }
        }
        Err(Stop::Failed(ENOSPC))
    }

    /// Takes so many free clusters, as a chain of their own.
    pub fn take_chain(&mut self, count: u32) -> Done<Vec<u32>> {
        let mut chain = Vec::new();
        for _ in 0..count {
            let cluster = self.take_cluster()?;
            if let Some(&before) = chain.last() {
                self.set_table_entry(before, cluster)?;
            }
            chain.push(cluster);
        }
        Ok(chain)
    }

    /// Lets a chain that ends with a cluster go on with another chain. That is on the device before it is reached.
    pub fn link(&mut self, last: u32, chain: &[u32]) -> Done<()> {
        let Some(&first) = chain.first() else { return Ok(()) };
        let place = self.entry_blocks(last);
        if self.is_entry_split(last) || chain.iter().any(|&cluster| self.entry_blocks(cluster) != place) {
            self.blocks.barrier();
        }
        self.set_table_entry(last, first)
    }

    /// The blocks that the first and the last byte of an entry lie in.
    fn entry_blocks(&self, cluster: u32) -> (u32, u32) {
        let number = u64::from(cluster);
        let (first, last) = match self.layout.kind {
            Kind::Fat12 => (number * 3 / 2, number * 3 / 2 + 1),
            Kind::Fat16 => (number * 2, number * 2 + 1),
            Kind::Fat32 => (number * 4, number * 4 + 3),
        };
        (self.table_place(first).0, self.table_place(last).0)
    }

    /// Whether an entry cannot be written in one go.
    pub fn is_entry_split(&self, cluster: u32) -> bool {
        let (first, last) = self.entry_blocks(cluster);
        first != last
    }

    /// Sets the first clusters of a chain free, or all of them. What refers to it is changed on the device before, so
    /// that nothing ever refers to a cluster that somebody else may have taken.
    pub fn release_chain(&mut self, first: u32, most: Option<u32>) -> Done<()> {
        self.blocks.barrier();
        let mut cluster = first;
        // A chain that comes back to itself meets a free cluster, which is an error, so this ends.
        for _ in 0..most.unwrap_or(u32::MAX) {
            let next = self.following(cluster)?;
            self.set_table_entry(cluster, 0)?;
            self.next_free = self.next_free.min(cluster);
            match next {
                Some(next) => cluster = next,
                None => break,
            }
        }
        Ok(())
    }

    /// Counts the free clusters among so many; gives how many they are and where to go on.
    pub fn count_free(&self, from: u32, most: u32) -> Done<(u32, Option<u32>)> {
        let end = self.end_of_clusters();
        let stop = from.saturating_add(most).min(end);
        let mut free = 0;
        for cluster in from..stop {
            free += u32::from(self.table_entry(cluster)? == 0);
        }
        Ok((free, (stop < end).then_some(stop)))
    }
}
