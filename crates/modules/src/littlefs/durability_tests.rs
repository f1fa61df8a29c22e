//! Devices that are cut off after each thing that they are to do, and devices of nonsense.

use super::blocks::Change;
use super::tests::{Device, bytes_of};
use super::*;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Every file by its path, with its bytes.
fn files(device: &mut Device) -> Result<BTreeMap<String, Vec<u8>>, i32> {
    let mut found = BTreeMap::new();
    let mut volume = device.mount()?;
    let mut directories = Vec::from([String::new()]);
    while let Some(directory) = directories.pop() {
        let all = device.run(&mut volume, |volume| volume.list(&tests::path(&directory)))?;
        for listed in all {
            let name = format!("{directory}/{}", String::from_utf8_lossy(&listed.name));
            if listed.is_directory {
                // A forged directory may be inside itself.
                directories.extend((name.len() < 100).then_some(name));
            } else {
                let bytes = device.contents(&mut volume, &name)?;
                if bytes.len() != listed.size as usize {
                    return Err(CORRUPT);
                }
                found.insert(name, bytes);
            }
        }
    }
    Ok(found)
}

type Files = BTreeMap<String, Vec<u8>>;

fn prepared(block_size: u32, block_count: u32) -> Device {
    let mut device = Device::formatted(block_size, block_count, true);
    let volume = &mut device.mount().unwrap();
    for directory in ["/d", "/d/e", "/empty"] {
        device.make_directory(volume, directory).unwrap();
    }
    for number in 0..14 {
        let name = format!("/d/kept number {number}");
        device.put(volume, &name, "w", &bytes_of(number, number as usize * 97)).unwrap();
    }
    device.put(volume, "/changed", "w", &bytes_of(50, 2500)).unwrap();
    device.put(volume, "/d/e/small", "w", &bytes_of(51, 10)).unwrap();
    device.done.clear();
    device
}

/// Does work, and again on a fresh device of which only the first so many changes were made, for each number of them:
/// `is_right` is given what files there are before, and after. What is left must be mountable, usable, and lose no blocks.
fn cut_everywhere(
    what: &str,
    work: impl Fn(&mut Device, &mut Volume) -> Result<(), i32>,
    is_right: impl Fn(&Files, &Files, &Files) -> bool,
) {
    for (block_size, block_count) in [(256, 300), (512, 200), (4096, 60)] {
        let device = prepared(block_size, block_count);
        let before = files(&mut device.clone()).unwrap();
        let mut whole = device.clone();
        let mut volume = whole.mount().unwrap();
        work(&mut whole, &mut volume).unwrap_or_else(|errno| panic!("{what}: error {errno}"));
        let changes = whole.done.clone();
        let after = files(&mut whole).unwrap();
        assert!(!changes.is_empty() && after != before || what.contains("directory"), "{what}");
        for count in 0..=changes.len() {
            let what = format!("{what}, {block_size}: {count} of {} changes", changes.len());
            let mut left = device.clone();
            for change in &changes[..count] {
                left.apply(change);
            }
            // The last one was perhaps only begun.
            if let Some(Change::Write(block, offset, bytes)) = changes.get(count)
                && count % 2 == 1
            {
                let half = (bytes.len() / 64) * 32;
                left.apply(&Change::Write(*block, *offset, bytes[..half].to_vec()));
            }
            let found = files(&mut left).unwrap_or_else(|errno| panic!("{what}: error {errno}"));
            assert!(is_right(&before, &after, &found), "{what}: {:?}", found.keys());

            // It can be used, and then nothing is left of what was cut off.
            let volume = &mut left.mount().unwrap();
            left.put(volume, "/later", "w", &bytes_of(60, 2000)).unwrap_or_else(|it| panic!("{what}: {it}"));
            assert!(volume.state.is_consistent && volume.state.global == [0; 3], "{what}");
            left.remove(volume, "/later").unwrap();
            assert_eq!(files(&mut left).as_ref(), Ok(&found), "{what}");
            for (name, _) in found {
                left.remove(volume, &name).unwrap();
            }
            for directory in ["/d/e", "/d/new", "/d/moved", "/empty", "/made", "/d"] {
                let _ = left.remove(volume, directory);
            }
            assert_eq!(left.names(volume, "/"), Ok(Vec::new()), "{what}");
            assert_eq!(left.used(volume), Ok(2), "{what}");
        }
    }
}

/// Nothing but this file is other than before, and this one is as before or as after.
fn only(name: &str) -> impl Fn(&Files, &Files, &Files) -> bool + '_ {
    move |before, after, found| {
        let others = |files: &Files| {
            files.iter().filter(|(known, _)| *known != name).map(|(a, b)| (a.clone(), b.clone())).collect()
        };
        let others_found: Files = others(found);
        let is_known = [before.get(name), after.get(name)].contains(&found.get(name));
        // A new file is there before it has any bytes.
        let is_new = !before.contains_key(name) && found.get(name).is_some_and(Vec::is_empty);
        others_found == others(before) && (is_known || is_new)
    }
}

fn old_or_new(before: &Files, after: &Files, found: &Files) -> bool {
    found == before || found == after
}

#[test]
fn writing_that_is_cut_short() {
    cut_everywhere(
        "a new file",
        |device, volume| device.put(volume, "/d/new file", "w", &bytes_of(70, 6000)),
        only("/d/new file"),
    );
    cut_everywhere(
        "a small file",
        |device, volume| device.put(volume, "/d/e/small", "w", &bytes_of(71, 20)),
        only("/d/e/small"),
    );
    cut_everywhere(
        "more at the end",
        |device, volume| device.put(volume, "/changed", "a", &bytes_of(72, 3000)),
        only("/changed"),
    );
    cut_everywhere(
        "in the middle",
        |device, volume| {
            let mut file = device.open(volume, "/changed", "r+")?;
            file.position = 700;
            device.write(volume, &mut file, &bytes_of(73, 400))?;
            device.sync(volume, &mut file)
        },
        only("/changed"),
    );
}

#[test]
fn changes_to_directories_that_are_cut_short() {
    cut_everywhere("a file removed", |device, volume| device.remove(volume, "/changed"), old_or_new);
    cut_everywhere("a directory made", |device, volume| device.make_directory(volume, "/d/new"), old_or_new);
    cut_everywhere("a directory made at the root", |d, volume| d.make_directory(volume, "/made"), old_or_new);
    cut_everywhere("a directory removed", |device, volume| device.remove(volume, "/empty"), old_or_new);
    for (from, to) in [
        ("/changed", "/d/other name"),
        ("/changed", "/another"),
        ("/d/e/small", "/changed"),
        ("/d/kept number 3", "/d/kept number 4"),
    ] {
        cut_everywhere("another name", |device, volume| device.rename(volume, from, to), old_or_new);
    }
    cut_everywhere("a directory moved", |device, volume| device.rename(volume, "/d/e", "/empty"), old_or_new);
}

#[test]
fn a_format_that_is_cut_short() {
    let device = prepared(512, 200);
    let mut whole = device.clone();
    let mut volume = Volume::new(whole.geometry, true);
    whole.run(&mut volume, |volume| volume.format()).unwrap();
    for count in 0..=whole.done.len() {
        let mut left = device.clone();
        whole.done[..count].iter().for_each(|change| left.apply(change));
        let found = files(&mut left);
        let is_old_or_new = found.as_ref().is_ok_and(|found| found.is_empty() || found.len() == 16);
        // In between there may be none.
        assert!(is_old_or_new || found.is_err(), "{count}");
        assert!(count < whole.done.len() || found.is_ok_and(|found| found.is_empty()));
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

/// Changes pieces of metadata, and makes the checksum right again, so that they are believed.
fn forge(device: &mut Device, random: &mut Random) {
    let size = device.geometry.block_size as usize;
    let block = random.below(device.bytes.len() / size);
    let bytes = &mut device.bytes[block * size..(block + 1) * size];
    let (mut offset, mut before, mut tags) = (4, u32::MAX, Vec::new());
    while let Some(raw) = tag::tag_at(bytes, offset) {
        let tag = tag::Tag(raw ^ before);
        if !tag.is_valid() || offset + 4 + tag.length() > size {
            return;
        }
        tags.push((offset, tag));
        before = tag.0;
        if tag.is_checksum() {
            break;
        }
        offset += 4 + tag.length();
    }
    for _ in 0..1 + random.below(4) {
        let place = random.below(tags.len().max(1));
        let Some((offset, tag)) = tags.get_mut(place).filter(|(_, tag)| !tag.is_checksum()) else { continue };
        match random.below(4) {
            0 => tag.0 ^= 1 << (10 + random.below(21)),
            1 if tag.length() >= 4 => {
                let number = (random.below(1 << 32) as u32) >> random.below(32);
                let at = *offset + 4 + 4 * random.below(tag.length() / 4);
                bytes[at..at + 4].copy_from_slice(&number.to_le_bytes());
            }
            _ if tag.length() > 0 => {
                bytes[*offset + 4 + random.below(tag.length())] = random.below(256) as u8
            }
            _ => {}
        }
    }
    let mut before = u32::MAX;
    for (offset, tag) in tags {
        bytes[offset..offset + 4].copy_from_slice(&(tag.0 ^ before).to_be_bytes());
        before = tag.0;
        if tag.is_checksum() && offset + 8 <= size {
            let crc = tag::checksum(u32::MAX, &bytes[..offset + 4]);
            bytes[offset + 4..offset + 8].copy_from_slice(&crc.to_le_bytes());
        }
    }
}

/// Does everything there is to do; it may fail, and must come to an end.
fn use_everything(device: &mut Device) {
    let _ = files(device);
    let Ok(mut volume) = device.mount() else { return };
    let volume = &mut volume;
    let _ = device.used(volume);
    let _ = device.put(volume, "/d/new", "w", &bytes_of(1, 3000));
    let _ = device.put(volume, "/changed", "a", &bytes_of(2, 700));
    let _ = device.make_directory(volume, "/made");
    let _ = device.rename(volume, "/d/e", "/made/e");
    let _ = device.rename(volume, "/changed", "/d/kept number 3");
    let _ = device.remove(volume, "/d/kept number 5");
    let _ = device.remove(volume, "/empty");
    let _ = files(device);
}

/// How many devices are tried; more of them by hand.
const ROUNDS: u64 = 400;

#[test]
fn devices_of_nonsense_are_errors() {
    let prepared = prepared(256, 120);
    for round in 1..=ROUNDS {
        let random = &mut Random(round.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut device = prepared.clone();
        device.is_flash = false;
        for _ in 0..1 + random.below(6) {
            match random.below(3) {
                0 => {
                    let place = random.below(device.bytes.len());
                    device.bytes[place] = random.below(256) as u8;
                }
                _ => forge(&mut device, random),
            }
        }
        use_everything(&mut device);
    }
    for round in 1..=ROUNDS / 4 {
        let random = &mut Random(round | 1 << 40);
        let mut device = Device::formatted(128, 32, false);
        device.bytes.iter_mut().for_each(|byte| *byte = random.below(256) as u8);
        assert!(device.mount().is_err());
    }
}
