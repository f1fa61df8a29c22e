//! Work done on a device in memory, with nothing at hand in the beginning.

use super::allocate::Scan;
use super::blocks::Change;
use super::files::OpenFile;
use super::tree::Found;
use super::*;
use crate::errno::{EEXIST, EINVAL, EISDIR, ENOENT, ENOTDIR};
use crate::vfs::posix::open_mode;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A device, which may be flash: then bits only ever become zero, until they are erased.
#[derive(Clone)]
pub struct Device {
    pub geometry: Geometry,
    pub bytes: Vec<u8>,
    pub is_flash: bool,
    /// What was done since somebody emptied it.
    pub done: Vec<Change>,
}

const CATCH_UP: fn(&mut Volume) -> Done<bool> = Volume::catch_up;

pub fn path(text: &str) -> Path {
    text.split('/').filter(|name| !name.is_empty()).map(String::from).collect()
}

impl Device {
    pub fn new(block_size: u32, block_count: u32, is_flash: bool) -> Device {
        let geometry = Geometry { block_size, block_count, read_size: 32, write_size: 32 };
        // What is there at first is of no use to anybody.
        let bytes = (0..block_size * block_count).map(|place| (place * 7 / 3) as u8).collect();
        Device { geometry, bytes, is_flash, done: Vec::new() }
    }

    pub fn formatted(block_size: u32, block_count: u32, is_flash: bool) -> Device {
        let mut device = Device::new(block_size, block_count, is_flash);
        let mut volume = Volume::new(device.geometry, true);
        device.run(&mut volume, |volume| volume.format()).unwrap();
        device
    }

    pub fn apply(&mut self, change: &Change) {
        let start = |block: u32| block as usize * self.geometry.block_size as usize;
        match change {
            Change::Erase(block) if self.is_flash => {
                let (from, size) = (start(*block), self.geometry.block_size as usize);
                self.bytes[from..from + size].fill(0xFF);
            }
            Change::Erase(_) => {}
            Change::Write(block, offset, bytes) => {
                assert!(offset.is_multiple_of(self.geometry.write_size));
                assert!((bytes.len() as u32).is_multiple_of(self.geometry.write_size));
                let from = start(*block) + *offset as usize;
                let place = &mut self.bytes[from..from + bytes.len()];
                let was_erased = place.iter().zip(bytes).all(|(old, new)| old & new == *new);
                assert!(!self.is_flash || was_erased, "block {block} from {offset} on was not erased");
                place.copy_from_slice(bytes);
            }
        }
        self.done.push(change.clone());
    }

    /// Does work as the machine does it: again for each piece that is missing, and what must come first before it.
    pub fn run<T>(
        &mut self,
        volume: &mut Volume,
        mut work: impl FnMut(&mut Volume) -> Done<T>,
    ) -> Result<T, i32> {
        loop {
            volume.discard();
            let done = match work(volume) {
                Err(Stop::CatchUp) => {
                    while !self.run(volume, CATCH_UP)? {}
                    continue;
                }
                done => done,
            };
            match done {
                Err(Stop::Missing(place)) => {
                    let start = (place.block * self.geometry.block_size + place.offset) as usize;
                    let bytes = self.bytes[start..start + place.length as usize].to_vec();
                    volume.blocks.learn(place, bytes);
                }
                Err(Stop::CatchUp) => {}
                Err(Stop::Failed(errno)) => {
                    volume.discard();
                    volume.settle();
                    return Err(errno);
                }
                Ok(result) => {
                    volume.settle();
                    while let Some(change) = volume.blocks.take_change() {
                        self.apply(&change);
                    }
                    return Ok(result);
                }
            }
        }
    }

    pub fn mount(&mut self) -> Result<Volume, i32> {
        let mut volume = Volume::new(self.geometry, true);
        let mut mounting = mount::Mounting::default();
        while !self.run(&mut volume, |volume| volume.mount(&mut mounting))? {}
        Ok(volume)
    }

    pub fn make_directory(&mut self, volume: &mut Volume, name: &str) -> Result<(), i32> {
        self.run(volume, |volume| volume.make_directory(&path(name)))
    }

    pub fn open(&mut self, volume: &mut Volume, name: &str, mode: &str) -> Result<OpenFile, i32> {
        self.run(volume, |volume| volume.open_file(&path(name), open_mode(mode), 7))
    }

    pub fn write(&mut self, volume: &mut Volume, file: &mut OpenFile, mut bytes: &[u8]) -> Result<(), i32> {
        while !bytes.is_empty() {
            let (next, count) = self.run(volume, |volume| {
                let mut next = file.clone();
                let count = volume.write_file(&mut next, bytes)?;
                Ok((next, count))
            })?;
            *file = next;
            bytes = &bytes[count..];
        }
        Ok(())
    }

    pub fn sync(&mut self, volume: &mut Volume, file: &mut OpenFile) -> Result<(), i32> {
        loop {
            let (next, is_done) = self.run(volume, |volume| {
                let mut next = file.clone();
                let is_done = volume.sync_file(&mut next)?;
                Ok((next, is_done))
            })?;
            *file = next;
            if is_done {
                return Ok(());
            }
        }
    }

    pub fn put(&mut self, volume: &mut Volume, name: &str, mode: &str, bytes: &[u8]) -> Result<(), i32> {
        let mut file = self.open(volume, name, mode)?;
        self.write(volume, &mut file, bytes)?;
        self.sync(volume, &mut file)
    }

    pub fn contents(&mut self, volume: &mut Volume, name: &str) -> Result<Vec<u8>, i32> {
        let mut file = self.open(volume, name, "r")?;
        let mut all = Vec::new();
        loop {
            let mut piece = Vec::new();
            self.run(volume, |volume| {
                piece.clear();
                volume.read_file(&file, 3000, &mut piece)
            })?;
            if piece.is_empty() {
                return Ok(all);
            }
            file.position += piece.len() as u32;
            all.append(&mut piece);
        }
    }

    pub fn names(&mut self, volume: &mut Volume, of: &str) -> Result<Vec<String>, i32> {
        let all = self.run(volume, |volume| volume.list(&path(of)))?;
        Ok(all.into_iter().map(|listed| String::from_utf8(listed.name).unwrap()).collect())
    }

    pub fn remove(&mut self, volume: &mut Volume, name: &str) -> Result<(), i32> {
        self.run(volume, |volume| volume.remove(&path(name)))
    }

    pub fn rename(&mut self, volume: &mut Volume, from: &str, to: &str) -> Result<(), i32> {
        self.run(volume, |volume| volume.rename(&path(from), &path(to)))
    }

    pub fn used(&mut self, volume: &mut Volume) -> Result<u32, i32> {
        let mut scan: Option<Scan> = None;
        loop {
            if let Some(count) = self.run(volume, |volume| volume.count_used(&mut scan))? {
                return Ok(count);
            }
        }
    }
}

/// Bytes that tell one file from another.
pub fn bytes_of(seed: u32, length: usize) -> Vec<u8> {
    (0..length as u32).map(|place| (place * 7 + seed % 256 * 31 + place / 509) as u8).collect()
}

#[test]
fn files_keep_what_they_are_given() {
    for (size, count, is_flash) in [(128, 400, true), (512, 200, true), (1024, 60, false), (4096, 32, true)] {
        let device = &mut Device::formatted(size, count, is_flash);
        let volume = &mut device.mount().unwrap();
        assert_eq!(device.used(volume), Ok(2));
        device.make_directory(volume, "/d").unwrap();
        for length in [0, 1, 7, 8, 9, 63, 64, 65, 500, 512, 513, 1000, 4095, 4096, 4097, 10_000] {
            let name = format!("/d/{length}");
            device.put(volume, &name, "w", &bytes_of(1, length)).unwrap();
            assert!(device.contents(volume, &name).unwrap() == bytes_of(1, length), "{size} {length}");
            device.put(volume, &name, "a", &bytes_of(2, 333)).unwrap();
            let whole = [bytes_of(1, length), bytes_of(2, 333)].concat();
            let volume = &mut device.mount().unwrap();
            assert!(device.contents(volume, &name).unwrap() == whole, "{size} {length}");
            device.remove(volume, &name).unwrap();
        }
        let volume = &mut device.mount().unwrap();
        device.remove(volume, "/d").unwrap();
        assert_eq!(device.used(volume), Ok(2), "{size}");
    }
}

#[test]
fn writing_anywhere_in_a_file() {
    let device = &mut Device::formatted(512, 300, true);
    let volume = &mut device.mount().unwrap();
    let mut whole = bytes_of(3, 9000);
    device.put(volume, "f", "w", &whole).unwrap();
    let mut file = device.open(volume, "f", "r+").unwrap();
    let mut random = 1_u32;
    for round in 0..60 {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let at = (random >> 16) as usize % (whole.len() + if round % 10 == 0 { 2000 } else { 1 });
        let bytes = bytes_of(random, (random >> 8) as usize % 1500);
        if bytes.is_empty() {
            continue;
        }
        whole.resize(whole.len().max(at + bytes.len()), 0);
        whole[at..at + bytes.len()].copy_from_slice(&bytes);
        file.position = at as u32;
        device.write(volume, &mut file, &bytes).unwrap();
        assert_eq!(file.position as usize, at + bytes.len());
        assert_eq!(volume.file_size(&file) as usize, whole.len());
        if round % 5 == 0 {
            device.sync(volume, &mut file).unwrap();
            assert!(device.contents(volume, "f").unwrap() == whole, "round {round}");
        }
    }
    device.sync(volume, &mut file).unwrap();
    drop(file);
    let used = device.used(volume).unwrap();
    let volume = &mut device.mount().unwrap();
    assert!(device.contents(volume, "f").unwrap() == whole);
    assert_eq!(device.used(volume), Ok(used));
}

#[test]
fn directories_with_many_entries_split_and_shrink() {
    for (size, count) in [(512, 200), (1024, 100), (4096, 40)] {
        let device = &mut Device::formatted(size, count, true);
        let volume = &mut device.mount().unwrap();
        device.make_directory(volume, "/many").unwrap();
        let names: Vec<String> =
            (0..120).map(|number| format!("file number {}", number * 37 % 120)).collect();
        for (number, name) in names.iter().enumerate() {
            let name = format!("/many/{name}");
            device.put(volume, &name, "x", &bytes_of(number as u32, number % 40)).unwrap();
            if number % 9 == 0 {
                device.make_directory(volume, &format!("/many/{number}")).unwrap();
            }
        }
        let volume = &mut device.mount().unwrap();
        let mut found = device.names(volume, "/many").unwrap();
        assert_eq!(found.len(), 120 + 14);
        found.retain(|name| name.starts_with("file"));
        let mut sorted = names.clone();
        sorted.sort_by(|one, other| {
            let length = one.len().min(other.len());
            one[..length].cmp(&other[..length]).then(other.len().cmp(&one.len()))
        });
        assert_eq!(found, sorted);
        for (number, name) in names.iter().enumerate() {
            let name = format!("/many/{name}");
            assert!(device.contents(volume, &name).unwrap() == bytes_of(number as u32, number % 40));
            assert_eq!(device.remove(volume, &name), Ok(()));
            if number % 9 == 0 {
                assert_eq!(device.remove(volume, &format!("/many/{number}")), Ok(()));
            }
        }
        assert_eq!(device.remove(volume, "/many"), Ok(()));
        assert_eq!(device.used(volume), Ok(2));
    }
}

#[test]
fn names_and_errors() {
    let device = &mut Device::formatted(512, 60, false);
    let volume = &mut device.mount().unwrap();
    device.make_directory(volume, "d").unwrap();
    device.put(volume, "f", "w", b"x").unwrap();
    device.put(volume, "d/g", "w", b"y").unwrap();
    assert_eq!(device.make_directory(volume, "d"), Err(EEXIST));
    assert_eq!(device.make_directory(volume, "/"), Err(EEXIST));
    assert_eq!(device.make_directory(volume, "no/d"), Err(ENOENT));
    assert_eq!(device.make_directory(volume, &"n".repeat(256)), Err(36));
    assert_eq!(device.put(volume, "f", "x", b""), Err(EEXIST));
    assert_eq!(device.put(volume, "d", "w", b""), Err(EISDIR));
    assert_eq!(device.put(volume, "f/x", "w", b""), Err(ENOTDIR));
    assert_eq!(device.contents(volume, "nothing"), Err(ENOENT));
    assert_eq!(device.remove(volume, "d"), Err(39));
    assert_eq!(device.remove(volume, "/"), Err(EINVAL));
    assert_eq!(device.rename(volume, "f", "d"), Err(EISDIR));
    assert_eq!(device.rename(volume, "d", "f"), Err(ENOTDIR));
    assert_eq!(device.rename(volume, "d", "d/e"), Err(EINVAL));
    device.rename(volume, "d", "e").unwrap();
    device.rename(volume, "f", "e/f").unwrap();
    device.rename(volume, "e/f", "e/g").unwrap();
    assert_eq!(device.names(volume, "e").unwrap(), ["g"]);
    assert_eq!(device.contents(volume, "e/g").unwrap(), b"x");
    let device = &mut Device::formatted(256, 60, false);
    let volume = &mut device.mount().unwrap();
    assert_eq!(device.put(volume, &"n".repeat(255), "w", b"long"), Err(NO_SPACE));
    let device = &mut Device::formatted(512, 60, false);
    let volume = &mut device.mount().unwrap();
    device.put(volume, &"n".repeat(255), "w", b"long").unwrap();
    assert_eq!(device.contents(volume, &"n".repeat(255)).unwrap(), b"long");
}

#[test]
fn files_that_are_open_while_the_tree_changes() {
    let device = &mut Device::formatted(512, 100, true);
    let volume = &mut device.mount().unwrap();
    device.make_directory(volume, "d").unwrap();
    let mut moved = device.open(volume, "d/moved", "w").unwrap();
    let mut removed = device.open(volume, "removed", "w").unwrap();
    let mut kept = device.open(volume, "kept", "w").unwrap();
    for file in [&mut moved, &mut removed, &mut kept] {
        device.write(volume, file, &bytes_of(5, 3000)).unwrap();
    }
    device.rename(volume, "d", "e").unwrap();
    device.remove(volume, "removed").unwrap();
    // What the open files have must not be given to others.
    for round in 0..30 {
        device.put(volume, "other", "w", &bytes_of(round, 4000)).unwrap();
    }
    for file in [&mut moved, &mut removed, &mut kept] {
        device.sync(volume, file).unwrap();
    }
    let volume = &mut device.mount().unwrap();
    assert!(device.contents(volume, "e/moved").unwrap() == bytes_of(5, 3000));
    assert!(device.contents(volume, "kept").unwrap() == bytes_of(5, 3000));
    assert!(device.contents(volume, "other").unwrap() == bytes_of(29, 4000));
    assert_eq!(device.contents(volume, "removed"), Err(ENOENT));
}

#[test]
fn a_full_device_keeps_what_was_there() {
    let device = &mut Device::formatted(512, 40, true);
    let volume = &mut device.mount().unwrap();
    device.put(volume, "kept", "w", &bytes_of(1, 3000)).unwrap();
    for _ in 0..5 {
        assert_eq!(device.put(volume, "large", "w", &bytes_of(2, 40 * 512)), Err(NO_SPACE));
        assert!(device.contents(volume, "kept").unwrap() == bytes_of(1, 3000));
        assert_eq!(device.contents(volume, "large").unwrap(), b"");
    }
    device.put(volume, "large", "w", &bytes_of(2, 28 * 504)).unwrap();
    let mut made = 0;
    while device.put(volume, &format!("small {made}"), "w", b"few").is_ok() {
        made += 1;
    }
    assert!(made > 3);
    let volume = &mut device.mount().unwrap();
    assert!(device.contents(volume, "large").unwrap() == bytes_of(2, 28 * 504));
    assert_eq!(device.contents(volume, "small 2").unwrap(), b"few");
    device.remove(volume, "large").unwrap();
    device.put(volume, "another", "w", &bytes_of(3, 20 * 500)).unwrap();
    assert!(device.contents(volume, "another").unwrap() == bytes_of(3, 20 * 500));
}

#[test]
fn attributes_stay_with_their_file() {
    let device = &mut Device::formatted(512, 40, true);
    let volume = &mut device.mount().unwrap();
    device.put(volume, "f", "w", b"x").unwrap();
    device.make_directory(volume, "d").unwrap();
    device.rename(volume, "f", "d/g").unwrap();
    let volume = &mut device.mount().unwrap();
    let changed = device.run(volume, |volume| match volume.locate(&path("d/g"))? {
        Found::Entry(pair, id) => Ok(files::changed_of(&pair.entries[id])),
        _ => Ok(None),
    });
    assert_eq!(changed, Ok(Some(7000)));
}
