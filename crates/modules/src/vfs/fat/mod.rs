//! `VfsFat`: a FAT file system on a block device of the program's. Follows upstream's
//! <https://docs.micropython.org/en/latest/library/vfs.html>; what is on the device, [`crate::fat`] knows.
//!
//! What differs: what is written is on the device when `write` returns, not only after `flush` or `close`. Names beyond
//! ASCII are as other systems have them.

mod preparing;

use super::on_device::file::file_type;
use super::on_device::{FileSystem, file_system_methods, listing, make};
use super::system::{Errno, OpenMode};
use super::volume::{Change, Listed, Moment, Path, Place, Room, SeekTo, Stat, Volume};
use crate::errno::{EINVAL, EIO, ENODEV, ENOENT};
use crate::fat::contents::OpenFile;
use crate::fat::directory::Cursor;
use crate::fat::tree::Found;
use crate::fat::{self, Done, Stop, names, table};
use crate::time::calendar;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use preparing::{Preparing, Purpose};
use wigwag_vm::heap::{Heap, Raised, Value};
use wigwag_vm::objects::function::{Member, NativeCode, NativeDef, TypeDef, full_constructor};
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// `VfsFat(device)`
fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let device = given.at(vm, 1);
    prepare(vm, device, Purpose::Open)
}

/// `VfsFat.mkfs(device)`
fn make_file_system(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let device = given.at(vm, 0);
    prepare(vm, device, Purpose::Make)
}

fn prepare(vm: &mut Vm, device: Value, purpose: Purpose) -> Result<Outcome, Raised> {
    let class = vm.heap.class_for(&VFS_FAT)?;
    let object = make::<fat::Volume>(vm, class, device)?;
    Ok(Outcome::Frame(Box::new(Preparing::new(object, purpose))))
}

/// `mount(readonly, mkfs)`
fn mount(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let [object, read_only, make] = [0, 1, 2].map(|number| given.at(vm, number));
    let (read_only, make) = (vm.truth_nested(read_only)?, vm.truth_nested(make)?);
    let Some(system) = vm.heap.as_native_mut::<FileSystem<fat::Volume>>(object) else {
        return Ok(Value::NONE.into());
    };
    system.read_only |= read_only;
    match (system.volume.is_some(), make) {
        (true, _) => Ok(Value::NONE.into()),
        (false, true) => Ok(Outcome::Frame(Box::new(Preparing::new(object, Purpose::MakeAndOpen)))),
        (false, false) => Err(vm.heap.raise_os(ENODEV)),
    }
}

/// A time as entries have it: seven bits of years since 1980, then month, day, hour, minute and half seconds.
fn packed(now: Moment) -> u32 {
    let date = calendar::date((now / 1_000_000) as i64);
    let year = (date.year - 1980).clamp(0, 127);
    let fields =
        [(year, 7), (date.month, 4), (date.day, 5), (date.hour, 5), (date.minute, 6), (date.second / 2, 5)];
    fields.into_iter().fold(0, |packed, (field, bits)| packed << bits | field as u32)
}

/// The other way, in seconds since 1970.
fn seconds(packed: u32) -> Option<i64> {
    let field = |low: u32, bits: u32| i64::from(packed >> low & ((1 << bits) - 1));
    calendar::seconds([
        1980 + field(25, 7),
        field(21, 4),
        field(16, 5),
        field(11, 5),
        field(5, 6),
        2 * field(0, 5),
    ])
}

/// The date of the root directory, which has none: the beginning of 2000.
const ROOT_CHANGED: u32 = 0x2821 << 16;
/// The blocks that a piece of reading or writing takes at the most.
const PIECE_BLOCKS: usize = 16;
/// Clusters whose entries are looked at in one run.
const COUNTED_AT_ONCE: u32 = 8192;

/// A count of free clusters: where to go on, and how many there are before.
pub struct Count {
    from: u32,
    free: u32,
}

impl Default for Count {
    fn default() -> Count {
        Count { from: table::FIRST_CLUSTER, free: 0 }
    }
}

impl Volume for fat::Volume {
    type Open = OpenFile;
    type Listing = Option<Cursor>;
    type Count = Count;

    const IS_EXTENDED: bool = false;
    const LONGEST_NAME: usize = names::LONGEST;

    fn discard(&mut self) {
        self.blocks.discard();
    }

    fn settle(&mut self) {
        self.blocks.settle();
    }

    fn forget(&mut self) {
        self.blocks.forget();
    }

    fn ask_again(&mut self) {
        self.blocks.ask_again();
    }

    fn bytes_at_hand(&self) -> usize {
        self.blocks.bytes()
    }

    fn learn(&mut self, place: Place, bytes: Vec<u8>) {
        self.blocks.learn(place.block, bytes);
    }

    fn next_change(&self) -> Option<Change> {
        let length = self.blocks.size() as u32;
        self.blocks.unwritten().map(|block| Change::Write(Place { block, offset: 0, length }))
    }

    fn take_change(&mut self) -> Vec<u8> {
        self.blocks.next_to_write().map_or_else(Vec::new, <[u8]>::to_vec)
    }

    fn catch_up(&mut self) -> Done<bool> {
        Ok(true)
    }

    fn device_error(_: i64) -> Errno {
        EIO
    }

    fn types() -> [&'static TypeDef; 3] {
        [&TEXT_IO_WRAPPER, &FILE_IO, &LISTING]
    }

    fn closed(vm: &mut Vm) -> Raised {
        vm.heap.raise_os(EINVAL)
    }

    fn piece(&self) -> usize {
        PIECE_BLOCKS * self.layout.block_size
    }

    fn block_size(&self) -> u32 {
        self.layout.block_size as u32
    }

    fn open(&mut self, path: &[String], mode: OpenMode, now: Moment) -> Done<OpenFile> {
        self.open_file(path, mode, packed(now))
    }

    fn position(file: &OpenFile) -> u32 {
        file.position
    }

    fn set_position(file: &mut OpenFile, position: u32) {
        file.position = position;
    }

    fn begin_reading(&mut self, _: &mut OpenFile) -> Done<bool> {
        Ok(true)
    }

    fn read(&self, file: &mut OpenFile, most: usize, into: &mut Vec<u8>) -> Done<()> {
        self.read_file(file, most, into)
    }

    fn write(&mut self, file: &mut OpenFile, bytes: &[u8], now: Moment) -> Done<usize> {
        self.write_file(file, bytes, packed(now))?;
        Ok(bytes.len())
    }

    fn seek(&mut self, file: &mut OpenFile, to: SeekTo, can_write: bool, now: Moment) -> Done<bool> {
        let size = self.file_size(file)?;
        let target = match to {
            SeekTo::Start(offset) => offset,
            SeekTo::End(offset) => i64::from(size).saturating_add(offset),
        };
        let target = match u32::try_from(target) {
            Ok(target) => target,
            Err(_) if target < 0 => return Err(Stop::Failed(EINVAL)),
            Err(_) => u32::MAX,
        };
        let missing = (target.saturating_sub(size) as usize).min(Volume::piece(self));
        if missing == 0 || !can_write {
            file.position = target.min(size);
            return Ok(true);
        }
        file.position = size;
        self.write_file(file, &vec![0; missing], packed(now))?;
        Ok(file.position == target)
    }

    fn sync(&mut self, _: &mut OpenFile) -> Done<bool> {
        Ok(true)
    }

    fn make_directory(&mut self, path: &[String], now: Moment) -> Done<()> {
        self.make_directory(path, packed(now))
    }

    fn remove(&mut self, path: &[String], directory: bool, current: &[String]) -> Done<()> {
        self.remove(path, directory, current)
    }

    fn rename(&mut self, from: &[String], to: &[String], current: &[String]) -> Done<()> {
        self.rename(from, to, current)
    }

    fn enter(&self, path: &[String]) -> Done<Path> {
        Ok(self.open_directory(path)?.1)
    }

    fn stat(&self, path: &[String]) -> Done<Stat> {
        let (is_directory, size, changed) = match self.locate(path)? {
            Found::Root => (true, 0, ROOT_CHANGED),
            Found::Entry(_, entry) => (entry.is_directory(), entry.size, entry.changed),
            Found::Nothing(..) => return Err(Stop::Failed(ENOENT)),
        };
        Ok(Stat { is_directory, size, changed: Some(seconds(changed).unwrap_or(0)) })
    }

    fn list(&self, path: &[String]) -> Done<Option<Cursor>> {
        let (directory, _) = self.open_directory(path)?;
        Ok(Some(self.beginning(directory)))
    }

    fn next_listed(&self, from: &Option<Cursor>) -> Done<Option<(Listed, Option<Cursor>)>> {
        let Some(from) = from else { return Ok(None) };
        Ok(self.next_entry(*from)?.map(|(entry, next)| {
            let is_directory = entry.is_directory();
            (Listed { is_directory, size: entry.size, name: entry.name.into_bytes() }, next)
        }))
    }

    fn count(&mut self, count: &mut Count) -> Done<Option<Room>> {
        let (free, next) = self.count_free(count.from, COUNTED_AT_ONCE)?;
        count.free += free;
        if let Some(next) = next {
            count.from = next;
            return Ok(None);
        }
        let unit = self.layout.cluster_bytes() as u32;
        Ok(Some(Room { unit, units: self.layout.clusters, free: count.free }))
    }
}

/// `VfsFat`
pub static VFS_FAT: TypeDef = TypeDef {
    construct: full_constructor("VfsFat", 1, 1, construct),
    members: file_system_methods!(
        fat::Volume,
        Member::StaticMethod(NativeDef {
            name: "mkfs",
            minimum: 1,
            maximum: 1,
            keywords: false,
            code: NativeCode::Vm(make_file_system),
        }),
        full("mount", 3, 3, mount),
    ),
    ..TypeDef::named("VfsFat")
};

fn repr(heap: &Heap, value: Value, out: &mut dyn core::fmt::Write) -> core::fmt::Result {
    let number = value.as_handle().map_or(0, |handle| handle.index() * 32);
    write!(out, "<io.{} {number:x}>", heap.type_name(value))
}

static FILE_IO: TypeDef = file_type!("FileIO", fat::Volume, repr);
static TEXT_IO_WRAPPER: TypeDef = file_type!("TextIOWrapper", fat::Volume, repr);
static LISTING: TypeDef = TypeDef { next: Some(listing::next::<fat::Volume>), ..TypeDef::named("iterator") };
