//! What the boot block says: where the table, the root directory and the data are, and which kind of FAT it is.

use super::blocks::{double_word, word};

/// Kinds of FAT, by how many bits an entry of the table has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// 12
    Fat12,
    /// 16
    Fat16,
    /// 28 of 32
    Fat32,
}

/// A volume of at most so many clusters is FAT12.
pub const MOST_FAT12: u32 = 0xFF5;
/// A volume of at most so many, and more than that, is FAT16.
pub const MOST_FAT16: u32 = 0xFFF5;
/// No volume has more.
pub const MOST_FAT32: u32 = 0x0FFF_FFF5;

/// Bytes of a directory entry.
pub const ENTRY: usize = 32;

/// Where everything is, in blocks of the device.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Layout {
    /// The kind.
    pub kind: Kind,
    /// Bytes of a block.
    pub block_size: usize,
    /// Blocks of a cluster, a power of two.
    pub cluster_blocks: u32,
    /// The first block of the first table.
    pub table_start: u32,
    /// Blocks of one table.
    pub table_blocks: u32,
    /// How many copies of the table there are.
    pub tables: u32,
    /// The first block of the root directory, where it has a place of its own.
    pub root_start: u32,
    /// How many blocks it has there; 0 in FAT32.
    pub root_blocks: u32,
    /// The cluster that the root directory begins with in FAT32.
    pub root_cluster: u32,
    /// The block of the first cluster.
    pub data_start: u32,
    /// How many clusters there are; the first has the number 2.
    pub clusters: u32,
    /// The block in which the number of free clusters is noted.
    pub info_block: Option<u32>,
}

impl Layout {
    /// What a boot block says that lies at `start` of a device with `device_blocks` blocks; `None` where it makes no
    /// sense.
    pub fn parse(boot: &[u8], start: u32, device_blocks: u32) -> Option<Layout> {
        let block_size = boot.len();
        let starts_with_jump = matches!(boot.first(), Some(0xEB | 0xE9 | 0xE8));
        if word(boot, 510) != 0xAA55 || !starts_with_jump || usize::from(word(boot, 11)) != block_size {
            return None;
        }
        let cluster_blocks = u32::from(*boot.get(13)?);
        let (reserved, tables) = (u32::from(word(boot, 14)), u32::from(*boot.get(16)?));
        let root_entries = u32::from(word(boot, 17));
        let total = match word(boot, 19) {
            0 => double_word(boot, 32),
            total => u32::from(total),
        };
        let table_blocks = match word(boot, 22) {
            0 => double_word(boot, 36),
            blocks => u32::from(blocks),
        };
        let entries_in_block = (block_size / ENTRY) as u32;
        if !cluster_blocks.is_power_of_two()
            || reserved == 0
            || !matches!(tables, 1 | 2)
            || table_blocks == 0
            || root_entries % entries_in_block != 0
            || total.checked_add(start)? > device_blocks
        {
            return None;
        }
        let root_blocks = root_entries / entries_in_block;
        let before_data =
            reserved.checked_add(table_blocks.checked_mul(tables)?)?.checked_add(root_blocks)?;
        let clusters = total.checked_sub(before_data)? / cluster_blocks;
        let kind = match clusters {
            0 => return None,
            _ if clusters <= MOST_FAT12 => Kind::Fat12,
            _ if clusters <= MOST_FAT16 => Kind::Fat16,
            _ if clusters <= MOST_FAT32 => Kind::Fat32,
            _ => return None,
        };
        let is_fat32 = kind == Kind::Fat32;
        let info = u32::from(word(boot, 48));
        let layout = Layout {
            kind,
            block_size,
            cluster_blocks,
            table_start: start + reserved,
            table_blocks,
            tables,
            root_start: start + reserved + table_blocks * tables,
            root_blocks,
            root_cluster: if is_fat32 { double_word(boot, 44) } else { 0 },
            data_start: start + before_data,
            clusters,
            info_block: (is_fat32 && info != 0 && info < reserved).then_some(start + info),
        };
        let has_root = match is_fat32 {
            true => root_blocks == 0 && layout.block_of(layout.root_cluster).is_some(),
            false => root_blocks > 0,
        };
        (has_root && layout.has_room_in_table()).then_some(layout)
    }

    /// Whether the table has an entry for each cluster.
    fn has_room_in_table(&self) -> bool {
        let entries = u64::from(self.clusters) + 2;
        let bytes = match self.kind {
            Kind::Fat12 => (entries * 3).div_ceil(2),
            Kind::Fat16 => entries * 2,
            Kind::Fat32 => entries * 4,
        };
        bytes <= u64::from(self.table_blocks) * self.block_size as u64
    }

    /// Bytes of a cluster.
    pub fn cluster_bytes(&self) -> usize {
        self.cluster_blocks as usize * self.block_size
    }

    /// The first block of a cluster; `None` for a number that no cluster has.
    pub fn block_of(&self, cluster: u32) -> Option<u32> {
        let number = cluster.checked_sub(super::table::FIRST_CLUSTER)?;
        (number < self.clusters).then(|| self.data_start + number * self.cluster_blocks)
    }
}

/// Where partitions begin that may have a FAT file system, from the first block of a device.
pub fn partitions(block: &[u8]) -> impl Iterator<Item = u32> + '_ {
    let is_table = word(block, 510) == 0xAA55;
    (0..4).filter(move |_| is_table).filter_map(|number| {
        let at = 446 + 16 * number;
        (block.get(at + 4)? != &0).then(|| double_word(block, at + 8)).filter(|&start| start != 0)
    })
}
