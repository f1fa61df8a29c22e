//! A new file system on a bare device: the same sizes as upstream's, so that a program finds as much room.

use super::blocks::put;
use super::layout::{ENTRY, Kind, MOST_FAT12, MOST_FAT16, MOST_FAT32};
use crate::errno::EIO;
use alloc::vec;
use alloc::vec::Vec;

/// Entries of a root directory with a place of its own.
const ROOT_ENTRIES: u32 = 512;
/// A device with fewer blocks is too small.
const FEWEST_BLOCKS: u32 = 22;
/// Where a FAT32 file system begins, behind a table of partitions.
const PARTITION_START: u32 = 63;
/// Sizes of a device, in units of 4096 blocks, from which on clusters are twice as large.
const STEPS: [u32; 6] = [1, 4, 16, 64, 256, 512];
/// The same for FAT32, in units of 131072 blocks.
const STEPS_32: [u32; 6] = [1, 2, 4, 8, 16, 32];
/// No cluster has more blocks.
const LARGEST_CLUSTER: u32 = 128;

/// What is to be made.
#[derive(Clone, Copy, Debug)]
struct Plan {
    kind: Kind,
    start: u32,
    blocks: u32,
    cluster_blocks: u32,
    reserved: u32,
    table_blocks: u32,
    root_blocks: u32,
}

impl Plan {
    /// A plan with clusters of this size; none where the numbers do not go together.
    fn new(fat32: bool, start: u32, blocks: u32, cluster_blocks: u32, size: u32) -> Plan {
        let clusters = u64::from(blocks / cluster_blocks);
        let (kind, table_bytes) = match fat32 {
            true => (Kind::Fat32, clusters * 4 + 8),
            false if clusters > u64::from(MOST_FAT12) => (Kind::Fat16, clusters * 2 + 4),
            false => (Kind::Fat12, (clusters * 3).div_ceil(2) + 3),
        };
        let root_blocks = if fat32 { 0 } else { ROOT_ENTRIES * ENTRY as u32 / size };
        let table_blocks = table_bytes.div_ceil(u64::from(size)) as u32;
        let reserved = if fat32 { 32 } else { 1 };
        Plan { kind, start, blocks, cluster_blocks, reserved, table_blocks, root_blocks }
    }

    fn before_data(&self) -> u32 {
        self.reserved + self.table_blocks + self.root_blocks
    }

    /// How many clusters there would be; none where there is no room.
    fn clusters(&self) -> Option<u32> {
        let needed = u64::from(self.before_data()) + 16 * u64::from(self.cluster_blocks);
        (needed <= u64::from(self.blocks)).then(|| (self.blocks - self.before_data()) / self.cluster_blocks)
    }
}

fn cluster_size(blocks: u32, unit: u32, steps: &[u32]) -> u32 {
    1 << steps.iter().take_while(|&&step| step <= blocks / unit).count()
}

/// A plan for FAT12 or FAT16 on the whole device.
fn small(blocks: u32, size: u32) -> Option<Plan> {
    let mut cluster_blocks = cluster_size(blocks, 0x1000, &STEPS);
    while cluster_blocks <= LARGEST_CLUSTER {
        let plan = Plan::new(false, 0, blocks, cluster_blocks, size);
        let clusters = plan.clusters()?;
        let fits = match plan.kind {
            Kind::Fat12 => clusters <= MOST_FAT12,
            _ => clusters > MOST_FAT12 && clusters <= MOST_FAT16,
        };
        if fits {
            return Some(plan);
        }
        cluster_blocks *= 2;
    }
    None
}

/// A plan for FAT32 behind a table of partitions.
fn large(blocks: u32, size: u32) -> Option<Plan> {
    let blocks = blocks.checked_sub(PARTITION_START)?;
    let mut cluster_blocks = cluster_size(blocks, 0x2_0000, &STEPS_32);
    while cluster_blocks > 0 {
        let plan = Plan::new(true, PARTITION_START, blocks, cluster_blocks, size);
        let clusters = plan.clusters()?;
        if clusters > MOST_FAT16 && clusters <= MOST_FAT32 {
            return Some(plan);
        }
        cluster_blocks /= 2;
    }
    None
}

/// The blocks of a new file system, one after another.
pub struct Format {
    plan: Plan,
    size: usize,
    /// Serial number of the volume.
    serial: u32,
    next: u32,
}

impl Format {
    /// A file system for a device; an error number where none fits on it.
    pub fn new(count: u32, size: usize, serial: u32) -> Result<Format, i32> {
        let size_of_block = u32::try_from(size).map_err(|_| EIO)?;
        if count < FEWEST_BLOCKS {
            return Err(EIO);
        }
        let plan = small(count, size_of_block).or_else(|| large(count, size_of_block)).ok_or(EIO)?;
        Ok(Format { plan, size, serial, next: 0 })
    }

    /// The next block to write, if there is one, and its number. What says that there is a file system goes first and
    /// comes last: in between there is none.
    pub fn next_block(&mut self) -> Option<(u32, Vec<u8>)> {
        let plan = self.plan;
        // FAT32 has its root directory in the first cluster.
        let root = if plan.kind == Kind::Fat32 { plan.cluster_blocks } else { 0 };
        let (number, end) = (self.next, plan.before_data() + root);
        self.next += 1;
        let mut block = vec![0; self.size];
        match number {
            0 => return Some((0, block)),
            _ if number == end => {
                self.boot_block(&mut block);
                return Some((plan.start, block));
            }
            _ if number == end + 1 && plan.start > 0 => return Some((0, self.partitions())),
            _ if number > end => return None,
            1 if plan.kind == Kind::Fat32 => self.info_block(&mut block),
            6 if plan.kind == Kind::Fat32 => self.boot_block(&mut block),
            7 if plan.kind == Kind::Fat32 => self.info_block(&mut block),
            _ if number == plan.reserved => self.table_block(&mut block),
            _ => {}
        }
        Some((plan.start + number, block))
    }

    fn boot_block(&self, block: &mut [u8]) {
        let plan = self.plan;
        put(block, 0, b"\xEB\xFE\x90WIGWAG  ");
        put(block, 11, &(self.size as u16).to_le_bytes());
        put(block, 13, &[plan.cluster_blocks as u8]);
        put(block, 14, &(plan.reserved as u16).to_le_bytes());
        put(block, 16, &[1]);
        let root_entries = if plan.kind == Kind::Fat32 { 0 } else { ROOT_ENTRIES as u16 };
        put(block, 17, &root_entries.to_le_bytes());
        match u16::try_from(plan.blocks) {
            Ok(blocks) => put(block, 19, &blocks.to_le_bytes()),
            Err(_) => put(block, 32, &plan.blocks.to_le_bytes()),
        }
        put(block, 21, &[0xF8]);
        put(block, 24, &63_u16.to_le_bytes());
        put(block, 26, &255_u16.to_le_bytes());
        put(block, 28, &plan.start.to_le_bytes());
        let names: (&[u8], usize) = if plan.kind == Kind::Fat32 {
            put(block, 36, &plan.table_blocks.to_le_bytes());
            put(block, 44, &super::table::FIRST_CLUSTER.to_le_bytes());
            put(block, 48, &1_u16.to_le_bytes());
            put(block, 50, &6_u16.to_le_bytes());
            (b"NO NAME    FAT32   ", 64)
        } else {
            put(block, 22, &(plan.table_blocks as u16).to_le_bytes());
            (b"NO NAME    FAT     ", 36)
        };
        let (name, at) = names;
        put(block, at, &[0x80, 0, 0x29]);
        put(block, at + 3, &self.serial.to_le_bytes());
        put(block, at + 7, name);
        put(block, 510, &[0x55, 0xAA]);
    }

    fn info_block(&self, block: &mut [u8]) {
        put(block, 0, &0x4161_5252_u32.to_le_bytes());
        put(block, 484, &0x6141_7272_u32.to_le_bytes());
        // How many clusters are free, and where: not known.
        put(block, 488, &[0xFF; 8]);
        put(block, 510, &[0x55, 0xAA]);
    }

    fn table_block(&self, block: &mut [u8]) {
        match self.plan.kind {
            Kind::Fat12 => put(block, 0, &[0xF8, 0xFF, 0xFF]),
            Kind::Fat16 => put(block, 0, &[0xF8, 0xFF, 0xFF, 0xFF]),
            Kind::Fat32 => {
                for (number, entry) in [0x0FFF_FFF8_u32, 0x0FFF_FFFF, 0x0FFF_FFFF].into_iter().enumerate() {
                    put(block, 4 * number, &entry.to_le_bytes());
                }
            }
        }
    }

    fn partitions(&self) -> Vec<u8> {
        let mut block = vec![0; self.size];
        // The places by cylinders, heads and sectors say nothing of use any more.
        put(&mut block, 446, &[0, 1, 1, 0, 0x0C, 0xFE, 0xFF, 0xFF]);
        put(&mut block, 454, &self.plan.start.to_le_bytes());
        put(&mut block, 458, &self.plan.blocks.to_le_bytes());
        put(&mut block, 510, &[0x55, 0xAA]);
        block
    }
}
