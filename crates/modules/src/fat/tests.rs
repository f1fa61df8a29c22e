//! Work done on a device in memory, with nothing at hand in the beginning.

use super::blocks::Blocks;
use super::format::Format;
use super::layout::{Kind, Layout, partitions};
use super::tree::path;
use super::*;
use crate::errno::{EEXIST, EINVAL, ENOENT};
use crate::vfs::posix::open_mode;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

#[derive(Clone)]
pub struct Device {
    pub size: usize,
    pub count: u32,
    pub blocks: BTreeMap<u32, Vec<u8>>,
    /// What was written since somebody emptied it.
    pub written: Vec<(u32, Vec<u8>)>,
}

impl Device {
    pub fn formatted(count: u32, size: usize) -> Device {
        let mut device = Device { size, count, blocks: BTreeMap::new(), written: Vec::new() };
        let mut format = Format::new(count, size, 1).unwrap();
        while let Some((block, bytes)) = format.next_block() {
            device.put(block, bytes);
        }
        device
    }

    pub fn put(&mut self, block: u32, bytes: Vec<u8>) {
        self.written.push((block, bytes.clone()));
        self.blocks.insert(block, bytes);
    }

    pub fn read(&self, block: u32) -> Vec<u8> {
        self.blocks.get(&block).cloned().unwrap_or_else(|| vec![0; self.size])
    }

    pub fn find_volume(&self) -> Option<Volume> {
        let first = self.read(0);
        let layout = Layout::parse(&first, 0, self.count).or_else(|| {
            let start = partitions(&first).next()?;
            Layout::parse(&self.read(start), start, self.count)
        });
        Some(Volume::new(Blocks::new(self.size, self.count), layout?))
    }

    pub fn volume(&self) -> Volume {
        self.find_volume().expect("a file system")
    }

    /// Does work as the machine does it: again for each block that is missing.
    pub fn run<T>(
        &mut self,
        volume: &mut Volume,
        mut work: impl FnMut(&mut Volume) -> Done<T>,
    ) -> Result<T, i32> {
        loop {
            volume.blocks.discard();
            match work(volume) {
                Err(Stop::Missing(place)) => {
                    let bytes = self.read(place.block);
                    volume.blocks.learn(place.block, bytes);
                }
                Err(Stop::CatchUp) => panic!("there is nothing to catch up with"),
                Err(Stop::Failed(errno)) => {
                    volume.blocks.discard();
                    return Err(errno);
                }
                Ok(result) => {
                    volume.blocks.settle();
                    while let Some(block) = volume.blocks.unwritten() {
                        let bytes = volume.blocks.next_to_write().unwrap().to_vec();
                        self.put(block, bytes);
                    }
                    return Ok(result);
                }
            }
        }
    }

    pub fn names(&mut self, volume: &mut Volume, of: &str) -> Vec<String> {
        self.run(volume, |volume| {
            let (directory, _) = volume.open_directory(&path(&[], of))?;
            let mut names = Vec::new();
            let mut at = Some(volume.beginning(directory));
            while let Some(place) = at {
                let Some((entry, next)) = volume.next_entry(place)? else { break };
                names.push(entry.name);
                at = next;
            }
            Ok(names)
        })
        .unwrap()
    }

    pub fn write(&mut self, volume: &mut Volume, name: &str, mode: &str, bytes: &[u8]) -> Result<(), i32> {
        self.run(volume, |volume| {
            let mut file = volume.open_file(&path(&[], name), open_mode(mode), 0x2821_0000)?;
            volume.write_file(&mut file, bytes, 0x2821_0000)
        })
    }

    pub fn contents(&mut self, volume: &mut Volume, name: &str) -> Result<Vec<u8>, i32> {
        self.run(volume, |volume| {
            let mut file = volume.open_file(&path(&[], name), open_mode("r"), 0)?;
            let mut bytes = Vec::new();
            volume.read_file(&mut file, usize::MAX, &mut bytes)?;
            Ok(bytes)
        })
    }

    fn free(&mut self, volume: &mut Volume) -> u32 {
        self.run(volume, |volume| Ok(volume.count_free(table::FIRST_CLUSTER, u32::MAX)?.0)).unwrap()
    }
}

#[test]
fn every_kind_keeps_what_it_is_given() {
    for (count, size, kind) in [
        (50, 512, Kind::Fat12),
        (4000, 512, Kind::Fat12),
        (50, 4096, Kind::Fat12),
        (40_000, 512, Kind::Fat16),
        (9_000_000, 512, Kind::Fat32),
    ] {
        let mut device = Device::formatted(count, size);
        let volume = &mut device.volume();
        assert_eq!(volume.layout.kind, kind);
        let free = device.free(volume);
        let long: Vec<u8> = (0..5 * size + 7).map(|number| (number * 31 / 7) as u8).collect();
        device.run(volume, |volume| volume.make_directory(&path(&[], "/a directory"), 0)).unwrap();
        device.write(volume, "/a directory/Some Long Name.text", "w", &long).unwrap();
        device.write(volume, "/short.txt", "w", b"hello").unwrap();
        device.write(volume, "SHORT.TXT", "a", b", world").unwrap();

        let volume = &mut device.volume();
        assert_eq!(device.names(volume, "/"), ["a directory", "short.txt"]);
        assert_eq!(device.names(volume, "a directory"), ["Some Long Name.text"]);
        assert_eq!(device.contents(volume, "/a DIRECTORY/some long name.TEXT").unwrap(), long);
        assert_eq!(device.contents(volume, "short.txt").unwrap(), b"hello, world");
        device
            .run(volume, |volume| volume.rename(&path(&[], "short.txt"), &path(&[], "a directory/x"), &[]))
            .unwrap();
        device
            .run(volume, |volume| volume.remove(&path(&[], "a directory/Some Long Name.text"), false, &[]))
            .unwrap();
        device.run(volume, |volume| volume.remove(&path(&[], "a directory/x"), false, &[])).unwrap();
        device.run(volume, |volume| volume.remove(&path(&[], "a directory"), true, &[])).unwrap();
        assert_eq!(device.names(volume, "/").len(), 0);
        assert_eq!(device.free(volume), free);
    }
}

#[test]
fn a_full_device_keeps_what_was_there() {
    let mut device = Device::formatted(60, 512);
    let volume = &mut device.volume();
    let free = device.free(volume) as usize;
    device.write(volume, "kept", "w", &[7; 700]).unwrap();
    assert_eq!(device.write(volume, "large", "w", &vec![1; 512 * free]), Err(crate::errno::ENOSPC));
    assert_eq!(device.names(volume, ""), ["kept"]);
    assert_eq!(device.contents(volume, "kept").unwrap(), [7; 700]);
    device.write(volume, "large", "w", &vec![1; 512 * (free - 2)]).unwrap();
    assert_eq!(device.free(volume), 0);
}

#[test]
fn names_and_errors() {
    let mut device = Device::formatted(100, 512);
    let volume = &mut device.volume();
    for name in ["a.b.c", "UPPER.low", "naïve.txt", "SIXTEE~1.X", "sixteen letters.x", ".hidden", "é"] {
        device.write(volume, name, "x", name.as_bytes()).unwrap();
    }
    for name in ["a.b.c", "upper.LOW", "NAÏVE.TXT", "Sixteen Letters.X", "sixtee~1.x", ".HIDDEN", "É"] {
        assert!(device.contents(volume, name).is_ok(), "{name}");
    }
    for number in 0..30 {
        device.write(volume, &alloc::format!("much the same name {number}"), "w", b"").unwrap();
    }
    assert_eq!(device.names(volume, "").len(), 37);
    for (name, errno) in [("a?b", EINVAL), ("...", EINVAL), ("no/where", ENOENT), ("a.b.c/x", ENOENT)] {
        assert_eq!(device.write(volume, name, "w", b""), Err(errno), "{name}");
    }
    assert_eq!(device.write(volume, "A.B.C", "x", b""), Err(EEXIST));
    device.run(volume, |volume| volume.make_directory(&path(&[], "d"), 0)).unwrap();
    device.run(volume, |volume| volume.make_directory(&path(&[], "d/e"), 0)).unwrap();
    let moved = device.run(volume, |volume| volume.rename(&path(&[], "d"), &path(&[], "d/e/f"), &[]));
    assert_eq!(moved, Err(EINVAL));
    assert_eq!(path(&[String::from("d")], "../x/./y"), ["x", "y"]);
}

#[test]
fn a_device_of_nonsense_is_an_error() {
    // Whatever the blocks say, work comes to an end.
    let mut state = 1_u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state >> 16
    };
    for round in 0..200 {
        let mut device = Device::formatted(64, 512);
        let volume = &mut device.volume();
        device.run(volume, |volume| volume.make_directory(&path(&[], "sub"), 0)).unwrap();
        device.write(volume, "sub/a file with a name", "w", &[1; 3000]).unwrap();
        for _ in 0..1 + round % 40 {
            let (block, at) = (random() % 40, random() as usize % 512);
            let mut bytes = device.read(block);
            bytes[at] = random() as u8;
            device.blocks.insert(block, bytes);
        }
        let Some(layout) = Layout::parse(&device.read(0), 0, 64) else { continue };
        let volume = &mut Volume::new(Blocks::new(512, 64), layout);
        let _ = device.contents(volume, "sub/a file with a name");
        let _ = device.write(volume, "sub/other", "w", &[2; 2000]);
        let _ = device.run(volume, |volume| volume.remove(&path(&[], "sub/a file with a name"), false, &[]));
        let _ = device.run(volume, |volume| volume.rename(&path(&[], "sub"), &path(&[], "moved"), &[]));
        let _ = device.run(volume, |volume| volume.count_free(2, u32::MAX));
    }
}
