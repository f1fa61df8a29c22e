//! Devices that are cut off after each block that they get: what must hold on what is left.

use super::directory::Entry;
use super::format::Format;
use super::tests::Device;
use super::tree::path;
use super::*;
use crate::vfs::posix::open_mode;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

const NOW: u32 = 0x2821_0000;

/// Bytes that tell one file from another.
fn bytes_of(seed: u8, length: usize) -> Vec<u8> {
    (0..length).map(|place| (place as u32 * 7 + u32::from(seed) * 31 + place as u32 / 509) as u8).collect()
}

/// Every file by its path, with its bytes; `owners` gets which one has which cluster.
struct Inspection<'a> {
    device: &'a mut Device,
    volume: Volume,
    files: BTreeMap<String, Vec<u8>>,
    owners: BTreeMap<u32, Vec<String>>,
}

impl Inspection<'_> {
    /// Looks at everything, and fails where something refers to what is free or is no cluster.
    fn of(device: &mut Device) -> Inspection<'_> {
        let volume = device.volume();
        let mut inspection = Inspection { device, volume, files: BTreeMap::new(), owners: BTreeMap::new() };
        inspection.directory("");
        inspection
    }

    fn directory(&mut self, of: &str) {
        let entries: Vec<Entry> = self
            .device
            .run(&mut self.volume, |volume| {
                let (directory, _) = volume.open_directory(&path(&[], of))?;
                let (mut entries, mut at) = (Vec::new(), Some(volume.beginning(directory)));
                while let Some(place) = at {
                    let Some((entry, next)) = volume.next_entry(place)? else { break };
                    entries.push(entry);
                    at = next;
                }
                Ok(entries)
            })
            .expect("a directory that can be listed");
        for entry in entries {
            let name = format!("{of}/{}", entry.name);
            self.claim(&entry, &name);
            if entry.is_directory() {
                self.directory(&name);
            } else {
                let bytes = self.device.contents(&mut self.volume, &name).expect("a file that can be read");
                assert_eq!(bytes.len(), entry.size as usize, "{name}");
                self.files.insert(name, bytes);
            }
        }
    }

    fn claim(&mut self, entry: &Entry, name: &str) {
        let owned = match entry.is_directory() {
            true => u32::MAX,
            false => self.volume.owned(entry.cluster, entry.size),
        };
        let clusters = self.device.run(&mut self.volume, |volume| {
            let (mut clusters, mut next) = (Vec::new(), (entry.cluster != 0).then_some(entry.cluster));
            while let (Some(cluster), true) = (next, (clusters.len() as u32) < owned) {
                assert!(volume.table_entry(cluster)? != 0, "{name} has a cluster that is free");
                clusters.push(cluster);
                next = if clusters.len() as u32 == owned { None } else { volume.following(cluster)? };
            }
            Ok(clusters)
        });
        for cluster in clusters.expect("a chain of clusters") {
            self.owners.entry(cluster).or_default().push(name.into());
        }
    }

    /// Nothing belongs to two, but for two names of one thing that is being renamed.
    fn check_owners(&self, same: &[&str]) {
        for (cluster, names) in &self.owners {
            let are_same = names.iter().all(|name| same.iter().any(|same| name.starts_with(same)));
            assert!(names.len() == 1 || are_same, "cluster {cluster} belongs to {names:?}");
        }
    }
}

type Work<'a> = &'a dyn Fn(&mut Volume) -> Done<()>;

/// A device with files and directories, and with the next free clusters around the first entry of the table that lies
/// across two blocks.
fn prepared() -> Device {
    let mut device = Device::formatted(700, 512);
    let volume = &mut device.volume();
    for directory in ["/d", "/d/with a long name", "/e"] {
        device.run(volume, |volume| volume.make_directory(&path(&[], directory), NOW)).unwrap();
    }
    for (number, (name, length)) in KEPT.iter().enumerate() {
        device.write(volume, name, "w", &bytes_of(number as u8, *length)).unwrap();
    }
    device.write(volume, "/d/changed", "w", &bytes_of(100, 2100)).unwrap();
    device.write(volume, "/filling", "w", &bytes_of(101, 512 * 298)).unwrap();
    device.written.clear();
    device
}

/// The files that nothing is done to.
const KEPT: [(&str, usize); 12] = [
    ("/kept", 700),
    ("/a name that needs several entries of its directory.text", 1),
    ("/empty", 0),
    ("/d/kept.txt", 5000),
    ("/d/with a long name/and another long name in it", 512),
    ("/d/with a long name/b", 513),
    ("/d/with a long name/number three is here, too", 1024),
    ("/d/with a long name/number four is here, too", 100),
    ("/d/with a long name/number five is here, too", 100),
    ("/d/five", 20),
    ("/e/one", 1500),
    ("/e/two", 3),
];

fn check_kept(inspection: &Inspection<'_>, what: &str) {
    for (number, (name, length)) in KEPT.iter().enumerate() {
        let bytes = inspection.files.get(*name).unwrap_or_else(|| panic!("{what}: {name} is gone"));
        assert!(*bytes == bytes_of(number as u8, *length), "{what}: {name} has changed");
    }
}

/// Does work, and again on a fresh device with only the first so many of its blocks written, for each number of them.
/// Then what is left is looked at, used, and looked at again.
fn cut_everywhere(what: &str, same: &[&str], work: Work<'_>, check: impl Fn(&BTreeMap<String, Vec<u8>>)) {
    let device = prepared();
    let mut whole = device.clone();
    let volume = &mut whole.volume();
    whole.run(volume, |volume| work(volume)).unwrap_or_else(|errno| panic!("{what}: error {errno}"));
    assert!(!whole.written.is_empty(), "{what}");
    for count in 0..=whole.written.len() {
        let what = format!("{what}, {count} of {} blocks", whole.written.len());
        let mut left = device.clone();
        for (block, bytes) in &whole.written[..count] {
            left.put(*block, bytes.clone());
        }
        let inspection = Inspection::of(&mut left);
        check_kept(&inspection, &what);
        inspection.check_owners(same);
        check(&inspection.files);

        let volume = &mut left.volume();
        for (number, name) in ["/later", "/d/with a long name/later", "/e/later"].into_iter().enumerate() {
            left.write(volume, name, "w", &bytes_of(200, 1000 * number + 1)).expect("there is room");
        }
        left.write(volume, "/d/five", "a", &bytes_of(9, 20 + 3000)[20..]).expect("there is room");
        left.run(volume, |volume| volume.remove(&path(&[], "/later"), false, &[])).expect("it is there");
        let inspection = Inspection::of(&mut left);
        assert!(inspection.files["/d/five"] == bytes_of(9, 3020), "{what}");
        assert!(inspection.files["/e/later"] == bytes_of(200, 2001), "{what}");
        inspection.check_owners(same);
        left.run(volume, |volume| {
            let mut five = volume.open_file(&path(&[], "/d/five"), open_mode("w"), NOW)?;
            volume.write_file(&mut five, &bytes_of(9, 20), NOW)
        })
        .expect("there is room");
        check_kept(&Inspection::of(&mut left), &what);
    }
}

/// Whether a file has these bytes, as far as it goes.
fn is_beginning(bytes: &[u8], whole: &[u8]) -> bool {
    whole.starts_with(bytes)
}

#[test]
fn a_write_that_is_cut_short() {
    let whole = bytes_of(50, 20_000);
    cut_everywhere(
        "a new file",
        &[],
        &|volume| {
            let file = &mut volume.open_file(&path(&[], "/d/a new file with a name"), open_mode("w"), NOW)?;
            whole.chunks(3000).try_for_each(|piece| volume.write_file(file, piece, NOW))
        },
        |files| {
            let found = files.iter().find(|(name, _)| !is_known(name));
            assert!(found.is_none_or(|(_, bytes)| is_beginning(bytes, &whole)));
        },
    );
    let longer = bytes_of(100, 9000);
    cut_everywhere(
        "more at the end",
        &[],
        &|volume| {
            let file = &mut volume.open_file(&path(&[], "/d/changed"), open_mode("a"), NOW)?;
            longer[2100..].chunks(1000).try_for_each(|piece| volume.write_file(file, piece, NOW))
        },
        |files| {
            let bytes = &files["/d/changed"];
            assert!(bytes.len() >= 2100 && is_beginning(bytes, &longer));
        },
    );
    let other = bytes_of(60, 4000);
    cut_everywhere(
        "written anew",
        &[],
        &|volume| {
            let file = &mut volume.open_file(&path(&[], "/d/changed"), open_mode("w"), NOW)?;
            volume.write_file(file, &other, NOW)
        },
        |files| {
            let bytes = &files["/d/changed"];
            assert!(*bytes == bytes_of(100, 2100) || is_beginning(bytes, &other));
        },
    );
}

fn is_known(name: &str) -> bool {
    KEPT.iter().any(|(kept, _)| *kept == name) || ["/d/changed", "/filling"].contains(&name)
}

#[test]
fn a_removal_that_is_cut_short() {
    cut_everywhere(
        "a file removed",
        &[],
        &|volume| volume.remove(&path(&[], "/filling"), false, &[]),
        |files| {
            assert!(files.get("/filling").is_none_or(|bytes| *bytes == bytes_of(101, 512 * 298)));
        },
    );
    cut_everywhere(
        "a directory made and removed",
        &[],
        &|volume| {
            volume.make_directory(&path(&[], "/d/with a long name/deeper and with a long name"), NOW)?;
            volume.make_directory(&path(&[], "/e/f"), NOW)?;
            volume.remove(&path(&[], "/e/f"), true, &[])
        },
        |files| assert!(files.contains_key("/d/changed")),
    );
}

#[test]
fn a_rename_that_is_cut_short() {
    let old = bytes_of(100, 2100);
    let new_names = ["/d/short", "/e/one that is new and has a long name"];
    for new in new_names {
        cut_everywhere(
            "another name",
            &["/d/changed", new],
            &|volume| volume.rename(&path(&[], "/d/changed"), &path(&[], new), &[]),
            |files| {
                let found: Vec<_> = ["/d/changed", new].iter().filter_map(|name| files.get(*name)).collect();
                assert!(!found.is_empty() && found.iter().all(|bytes| **bytes == old));
            },
        );
    }
    cut_everywhere(
        "in the place of another",
        &["/d/changed", "/filling"],
        &|volume| volume.rename(&path(&[], "/d/changed"), &path(&[], "/FILLING"), &[]),
        |files| {
            let (replaced, source) = (&files["/filling"], files.get("/d/changed"));
            let is_done = *replaced == old;
            assert!(is_done || *replaced == bytes_of(101, 512 * 298));
            assert!(is_done || source.is_some());
            assert!(source.is_none_or(|bytes| *bytes == old));
        },
    );
    let mut device = prepared();
    let volume = &mut device.volume();
    let moved = device.run(volume, |volume| volume.rename(&path(&[], "/d"), &path(&[], "/e/d"), &[]));
    assert_eq!(moved, Ok(()));
    let files = Inspection::of(&mut device).files;
    assert!(files["/e/d/kept.txt"] == bytes_of(3, 5000) && !files.contains_key("/d/kept.txt"));
}

#[test]
fn a_directory_that_grows_is_cut_short() {
    let names: Vec<String> = (0..20).map(|number| format!("/e/a file with a long name, {number}")).collect();
    cut_everywhere(
        "many files",
        &[],
        &|volume| {
            for name in &names {
                let mut file = volume.open_file(&path(&[], name), open_mode("x"), NOW)?;
                volume.write_file(&mut file, name.as_bytes(), NOW)?;
            }
            Ok(())
        },
        |files| {
            for (name, bytes) in files.iter().filter(|(name, _)| names.contains(name)) {
                assert!(bytes.is_empty() || bytes == name.as_bytes(), "{name}");
            }
        },
    );
}

#[test]
fn a_format_that_is_cut_short() {
    for (count, size) in [(700, 512), (64, 4096), (70_000 * 9, 512)] {
        let mut device = Device::formatted(count, size);
        let volume = &mut device.volume();
        device.write(volume, "/old", "w", b"old").unwrap();
        let mut format = Format::new(count, size, 2).unwrap();
        let mut written = 0;
        while let Some((block, bytes)) = format.next_block() {
            device.put(block, bytes);
            written += 1;
            if let Some(mut volume) = device.find_volume() {
                assert!(device.names(&mut volume, "/").is_empty(), "{written}");
            }
        }
        assert!(device.names(&mut device.volume(), "/").is_empty());
    }
}
