//! `VfsFat`: a FAT file system on a block device of the program's. Follows upstream's
//! <https://docs.micropython.org/en/latest/library/vfs.html>; what is on the device, [`crate::fat`] knows.
//!
//! What differs: what is written is on the device when `write` returns, not only after `flush` or `close`. Names beyond
//! ASCII are as other systems have them.

mod device;
mod file;
mod listing;
mod preparing;
mod running;

use super::mounts::path_bytes;
use super::posix::{is_binary, open_mode};
use super::system::{DIRECTORY, ORDINARY_FILE};
use crate::arguments;
use crate::clock;
use crate::errno::{EINVAL, ENODEV};
use crate::fat::tree::{Found, Path, path};
use crate::fat::{Done, Stop, Volume, names, table};
use crate::settings::Settings;
use crate::time::calendar::{self, DAYS_TO_2000};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use device::BlockDevice;
use preparing::{Preparing, Purpose};
use running::{Finished, Running, Work};
use wigwag_vm::heap::{Handle, Raised, Tracer, Value};
use wigwag_vm::objects::function::{Member, NativeCode, NativeDef, TypeDef, full, full_constructor};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// A file system.
struct FatFileSystem {
    class: Handle,
    device: BlockDevice,
    block_size: usize,
    block_count: u32,
    read_only: bool,
    /// None where the device has no file system.
    volume: Option<Volume>,
    /// The directory that relative paths begin at.
    current: Path,
}

impl NativeObject for FatFileSystem {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.device.trace(tracer);
    }

    fn bytes(&self) -> usize {
        // Most of it are the blocks that are kept.
        size_of::<FatFileSystem>() + 8 * device::BLOCK_SIZE
    }
}

/// The device of a file system, how large its blocks are, and whether it may be written.
fn file_system(vm: &mut Vm, value: Value) -> Result<(BlockDevice, usize, bool), Raised> {
    match vm.heap.as_native::<FatFileSystem>(value) {
        Some(system) => Ok((system.device, system.block_size, !system.read_only)),
        None => Err(vm.heap.raise_os(ENODEV)),
    }
}

fn make(vm: &mut Vm, device: Value) -> Result<Value, Raised> {
    let device = BlockDevice::new(vm, device)?;
    let class = vm.heap.class_for(&VFS_FAT)?;
    let object = FatFileSystem {
        class,
        device,
        block_size: device::BLOCK_SIZE,
        block_count: 0,
        read_only: false,
        volume: None,
        current: Path::new(),
    };
    arguments::object(&mut vm.heap, object)
}

/// `VfsFat(device)`
fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let device = given.at(vm, 1);
    let object = make(vm, device)?;
    Ok(Outcome::Frame(Box::new(Preparing::new(object, Purpose::Open))))
}

/// `VfsFat.mkfs(device)`
fn make_file_system(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let device = given.at(vm, 0);
    let object = make(vm, device)?;
    Ok(Outcome::Frame(Box::new(Preparing::new(object, Purpose::Make))))
}

/// `mount(readonly, mkfs)`
fn mount(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let [object, read_only, make] = [0, 1, 2].map(|number| given.at(vm, number));
    let (read_only, make) = (vm.truth_nested(read_only)?, vm.truth_nested(make)?);
    let Some(system) = vm.heap.as_native_mut::<FatFileSystem>(object) else { return Ok(Value::NONE.into()) };
    system.read_only |= read_only;
    match (system.volume.is_some(), make) {
        (true, _) => Ok(Value::NONE.into()),
        (false, true) => Ok(Outcome::Frame(Box::new(Preparing::new(object, Purpose::MakeAndOpen)))),
        (false, false) => Err(vm.heap.raise_os(ENODEV)),
    }
}

/// The time as entries have it: seven bits of years since 1980, then month, day, hour, minute and half seconds.
fn now(vm: &mut Vm) -> u32 {
    let date = calendar::date((clock::epoch_us(vm) / 1_000_000) as i64);
    let year = (date.year - 1980).clamp(0, 127);
    let fields =
        [(year, 7), (date.month, 4), (date.day, 5), (date.hour, 5), (date.minute, 6), (date.second / 2, 5)];
    fields.into_iter().fold(0, |packed, (field, bits)| packed << bits | field as u32)
}

/// The other way, in seconds of the epoch of this machine.
fn seconds(vm: &mut Vm, packed: u32) -> i64 {
    let field = |low: u32, bits: u32| i64::from(packed >> low & ((1 << bits) - 1));
    let fields =
        [1980 + field(25, 7), field(21, 4), field(16, 5), field(11, 5), field(5, 6), 2 * field(0, 5)];
    let since_2000 = vm.extension::<Settings>().is_some_and(|settings| settings.time_since_2000);
    calendar::seconds(fields).unwrap_or(0) - if since_2000 { DAYS_TO_2000 * 86_400 } else { 0 }
}

/// The date of the root directory, which has none: the beginning of 2000.
const ROOT_CHANGED: u32 = 0x2821 << 16;

fn current(vm: &Vm, object: Value) -> Path {
    vm.heap.as_native::<FatFileSystem>(object).map_or_else(Path::new, |system| system.current.clone())
}

/// The path that an argument stands for.
fn path_of(vm: &mut Vm, object: Value, argument: Value) -> Result<Path, Raised> {
    let bytes = path_bytes(&mut vm.heap, argument)?.to_vec();
    match core::str::from_utf8(&bytes) {
        Ok(text) => Ok(path(&current(vm, object), text)),
        Err(_) => Err(vm.heap.raise_os(EINVAL)),
    }
}

fn path_argument(vm: &mut Vm, given: Arguments, number: usize) -> Result<Path, Raised> {
    let (object, argument) = (given.at(vm, 0), given.at(vm, number));
    path_of(vm, object, argument)
}

/// Begins work on the file system that a method was called on.
fn begin(vm: &Vm, given: Arguments, work: impl Work) -> Outcome {
    Outcome::Frame(Box::new(Running::new(given.at(vm, 0), work)))
}

/// Work whose result is None.
struct Change<F>(F);

impl<F: FnMut(&mut Volume) -> Done<()> + 'static> Work for Change<F> {
    fn run(&mut self, volume: &mut Volume) -> Done<()> {
        (self.0)(volume)
    }

    fn finish(&mut self, _: &mut Vm, _: Value) -> Result<Finished, Raised> {
        Ok(Finished::Value(Value::NONE))
    }
}

fn make_directory(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (path, now) = (path_argument(vm, given, 1)?, now(vm));
    Ok(begin(vm, given, Change(move |volume: &mut Volume| volume.make_directory(&path, now))))
}

fn remove(vm: &mut Vm, given: Arguments, directory: bool) -> Result<Outcome, Raised> {
    let (path, current) = (path_argument(vm, given, 1)?, current(vm, given.at(vm, 0)));
    Ok(begin(vm, given, Change(move |volume: &mut Volume| volume.remove(&path, directory, &current))))
}

fn rename(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (from, to) = (path_argument(vm, given, 1)?, path_argument(vm, given, 2)?);
    let current = current(vm, given.at(vm, 0));
    Ok(begin(vm, given, Change(move |volume: &mut Volume| volume.rename(&from, &to, &current))))
}

/// `chdir`: the path, and how its names are written.
struct ChangeDirectory {
    path: Path,
    names: Path,
}

impl Work for ChangeDirectory {
    fn run(&mut self, volume: &mut Volume) -> Done<()> {
        self.names = volume.open_directory(&self.path)?.1;
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, file_system: Value) -> Result<Finished, Raised> {
        if let Some(system) = vm.heap.as_native_mut::<FatFileSystem>(file_system) {
            system.current = core::mem::take(&mut self.names);
        }
        Ok(Finished::Value(Value::NONE))
    }
}

fn change_directory(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let path = path_argument(vm, given, 1)?;
    Ok(begin(vm, given, ChangeDirectory { path, names: Path::new() }))
}

fn current_directory(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let mut text = String::from("/");
    text.push_str(&current(vm, given.at(vm, 0)).join("/"));
    Ok(vm.heap.string(text)?.into())
}

/// `stat`: what is asked for, and what is known of it.
struct Stat {
    path: Path,
    is_directory: bool,
    size: u32,
    changed: u32,
}

impl Work for Stat {
    fn run(&mut self, volume: &mut Volume) -> Done<()> {
        (self.is_directory, self.size, self.changed) = match volume.locate(&self.path)? {
            Found::Root => (true, 0, ROOT_CHANGED),
            Found::Entry(_, entry) => (entry.is_directory(), entry.size, entry.changed),
            Found::Nothing(..) => return Err(Stop::Failed(crate::errno::ENOENT)),
        };
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, _: Value) -> Result<Finished, Raised> {
        let kind = if self.is_directory { DIRECTORY } else { ORDINARY_FILE };
        let changed = seconds(vm, self.changed);
        let numbers = [kind.into(), 0, 0, 0, 0, 0, self.size.into(), changed, changed, changed];
        tuple(vm, numbers)
    }
}

fn tuple(vm: &mut Vm, numbers: [i64; 10]) -> Result<Finished, Raised> {
    let mut values = [Value::NONE; 10];
    for (value, number) in values.iter_mut().zip(numbers) {
        *value = vm.heap.int(number)?;
    }
    Ok(Finished::Value(vm.heap.tuple(&values)?))
}

fn stat(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let path = path_argument(vm, given, 1)?;
    Ok(begin(vm, given, Stat { path, is_directory: true, size: 0, changed: 0 }))
}

/// `statvfs`: counts free clusters, so many at a time.
struct CountFree {
    from: u32,
    free: u32,
    /// What the last run came to.
    more: (u32, Option<u32>),
    cluster_bytes: usize,
    clusters: u32,
}

/// Clusters whose entries are looked at in one run.
const COUNTED_AT_ONCE: u32 = 8192;

impl Work for CountFree {
    fn run(&mut self, volume: &mut Volume) -> Done<()> {
        (self.cluster_bytes, self.clusters) = (volume.layout.cluster_bytes(), volume.layout.clusters);
        self.more = volume.count_free(self.from, COUNTED_AT_ONCE)?;
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, _: Value) -> Result<Finished, Raised> {
        let (free, next) = core::mem::take(&mut self.more);
        self.free += free;
        if let Some(next) = next {
            self.from = next;
            return Ok(Finished::More);
        }
        let (size, free) = (self.cluster_bytes as i64, i64::from(self.free));
        tuple(vm, [size, size, self.clusters.into(), free, free, 0, 0, 0, 0, names::LONGEST as i64])
    }
}

fn stat_file_system(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let work =
        CountFree { from: table::FIRST_CLUSTER, free: 0, more: (0, None), cluster_bytes: 0, clusters: 0 };
    Ok(begin(vm, given, work))
}

fn open(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let path = path_argument(vm, given, 1)?;
    let (object, mode) = (given.at(vm, 0), given.at(vm, 2));
    let mode = arguments::text(&mut vm.heap, mode)?;
    let now = now(vm);
    let work = file::Opening::new(vm, object, path, open_mode(&mode), is_binary(&mode), now)?;
    Ok(begin(vm, given, work))
}

fn list_directory(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (object, argument) = (given.at(vm, 0), given.get(vm, 1));
    let (path, as_text) = match argument {
        Some(argument) => {
            let part = vm.heap.native_part(argument);
            (path_of(vm, object, argument)?, vm.heap.as_str(part).is_some())
        }
        None => (current(vm, object), true),
    };
    Ok(begin(vm, given, listing::Opening { path, as_text, directory: None }))
}

/// `VfsFat`
pub static VFS_FAT: TypeDef = TypeDef {
    construct: full_constructor("VfsFat", 1, 1, construct),
    members: &[
        Member::StaticMethod(NativeDef {
            name: "mkfs",
            minimum: 1,
            maximum: 1,
            keywords: false,
            code: NativeCode::Vm(make_file_system),
        }),
        full("chdir", 2, 2, change_directory),
        full("getcwd", 1, 1, current_directory),
        full("ilistdir", 1, 2, list_directory),
        full("mkdir", 2, 2, make_directory),
        full("mount", 3, 3, mount),
        full("open", 3, 3, open),
        full("remove", 2, 2, |vm, given| remove(vm, given, false)),
        full("rename", 3, 3, rename),
        full("rmdir", 2, 2, |vm, given| remove(vm, given, true)),
        full("stat", 2, 2, stat),
        full("statvfs", 2, 2, stat_file_system),
        full("umount", 1, 1, |_, _| Ok(Value::NONE.into())),
    ],
    ..TypeDef::named("VfsFat")
};

/// The blocks that a piece of reading or writing takes at the most.
const PIECE_BLOCKS: usize = 16;

/// How many bytes a piece of reading or writing has at the most.
fn piece(volume: &Volume) -> usize {
    PIECE_BLOCKS * volume.layout.block_size
}

/// Makes room in bytes that are gathered for a program, as far as the heap could hold them.
fn reserve(vm: &Vm, into: &mut Vec<u8>, more: usize) -> Result<(), Raised> {
    if into.len().saturating_add(more) > vm.heap.free_bytes() {
        return Err(Raised::OUT_OF_MEMORY);
    }
    into.try_reserve(more).map_err(|_| Raised::OUT_OF_MEMORY)
}
