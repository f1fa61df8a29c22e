//! File systems on block devices of the program's, whatever is on them: the methods that they and their files have.
//! Follows upstream's <https://docs.micropython.org/en/latest/library/vfs.html>.
//!
//! The device's methods are Python. So everything here is a native frame that asks the device for what is missing
//! ([`running`]); what is on the device, a [`Volume`] knows.

pub mod detecting;
pub mod device;
pub mod file;
pub mod listing;
pub mod running;

use super::mounts::path_bytes;
use super::posix::{is_binary, open_mode};
use super::system::{DIRECTORY, ORDINARY_FILE};
use super::volume::{Done, Path, Room, Stat, Volume, path};
use crate::arguments;
use crate::clock;
use crate::errno::{EINVAL, ENODEV, EROFS};
use crate::settings::Settings;
use crate::time::calendar::DAYS_TO_2000;
use alloc::boxed::Box;
use alloc::string::String;
use device::BlockDevice;
use running::{Finished, Running, Work};
use wigwag_vm::heap::{Handle, Raised, Tracer, Value};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// A file system.
pub struct FileSystem<V> {
    class: Handle,
    /// What it is on.
    pub device: BlockDevice,
    /// Bytes of a block.
    pub block_size: usize,
    /// How many blocks there are.
    pub block_count: u32,
    /// Whether it was mounted so.
    pub read_only: bool,
    /// None where the device has no file system.
    pub volume: Option<V>,
    /// The directory that relative paths begin at.
    pub current: Path,
}

impl<V: Volume> NativeObject for FileSystem<V> {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.device.trace(tracer);
    }

    fn bytes(&self) -> usize {
        // Most of it are the blocks that are kept.
        size_of::<FileSystem<V>>() + 8 * device::BLOCK_SIZE
    }
}

/// The device of a file system, how large its blocks are, and whether it may be written.
pub fn parts<V: Volume>(vm: &mut Vm, value: Value) -> Result<(BlockDevice, usize, bool), Raised> {
    match vm.heap.as_native::<FileSystem<V>>(value) {
        Some(system) => {
            Ok((system.device, system.block_size, !system.read_only && system.device.is_writable()))
        }
        None => Err(vm.heap.raise_os(ENODEV)),
    }
}

/// A file system on a device of which nothing is known yet.
pub fn make<V: Volume>(vm: &mut Vm, class: Handle, device: Value) -> Result<Value, Raised> {
    let device = BlockDevice::new(vm, device)?;
    let object: FileSystem<V> = FileSystem {
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

fn current<V: Volume>(vm: &Vm, object: Value) -> Path {
    vm.heap.as_native::<FileSystem<V>>(object).map_or_else(Path::new, |system| system.current.clone())
}

/// The path that an argument stands for.
fn path_of<V: Volume>(vm: &mut Vm, object: Value, argument: Value) -> Result<Path, Raised> {
    let bytes = path_bytes(&mut vm.heap, argument)?.to_vec();
    match core::str::from_utf8(&bytes) {
        Ok(text) => Ok(path(&current::<V>(vm, object), text)),
        Err(_) => Err(vm.heap.raise_os(EINVAL)),
    }
}

fn path_argument<V: Volume>(vm: &mut Vm, given: Arguments, number: usize) -> Result<Path, Raised> {
    let (object, argument) = (given.at(vm, 0), given.at(vm, number));
    path_of::<V>(vm, object, argument)
}

/// Begins work on the file system that a method was called on.
fn begin<V: Volume>(vm: &Vm, given: Arguments, work: impl Work<V>) -> Outcome {
    Outcome::Frame(Box::new(Running::new(given.at(vm, 0), work)))
}

/// Work whose result is None.
struct Change<F>(F);

impl<V: Volume, F: FnMut(&mut V) -> Done<()> + 'static> Work<V> for Change<F> {
    fn run(&mut self, volume: &mut V) -> Done<()> {
        (self.0)(volume)
    }

    fn finish(&mut self, _: &mut Vm, _: Value) -> Result<Finished, Raised> {
        Ok(Finished::Value(Value::NONE))
    }
}

/// `mkdir(path)`
pub fn make_directory<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (path, now) = (path_argument::<V>(vm, given, 1)?, clock::epoch_us(vm));
    Ok(begin(vm, given, Change(move |volume: &mut V| volume.make_directory(&path, now))))
}

fn remove_any<V: Volume>(vm: &mut Vm, given: Arguments, directory: bool) -> Result<Outcome, Raised> {
    let (path, current) = (path_argument::<V>(vm, given, 1)?, current::<V>(vm, given.at(vm, 0)));
    Ok(begin(vm, given, Change(move |volume: &mut V| volume.remove(&path, directory, &current))))
}

/// `remove(path)`
pub fn remove<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    remove_any::<V>(vm, given, false)
}

/// `rmdir(path)`
pub fn remove_directory<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    remove_any::<V>(vm, given, true)
}

/// `rename(old, new)`
pub fn rename<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (from, to) = (path_argument::<V>(vm, given, 1)?, path_argument::<V>(vm, given, 2)?);
    let current = current::<V>(vm, given.at(vm, 0));
    Ok(begin(vm, given, Change(move |volume: &mut V| volume.rename(&from, &to, &current))))
}

/// `chdir`: the path, and how its names are written.
struct ChangeDirectory {
    path: Path,
    names: Path,
}

impl<V: Volume> Work<V> for ChangeDirectory {
    fn run(&mut self, volume: &mut V) -> Done<()> {
        self.names = volume.enter(&self.path)?;
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, file_system: Value) -> Result<Finished, Raised> {
        if let Some(system) = vm.heap.as_native_mut::<FileSystem<V>>(file_system) {
            system.current = core::mem::take(&mut self.names);
        }
        Ok(Finished::Value(Value::NONE))
    }
}

/// `chdir(path)`
pub fn change_directory<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let path = path_argument::<V>(vm, given, 1)?;
    Ok(begin::<V>(vm, given, ChangeDirectory { path, names: Path::new() }))
}

/// `getcwd()`
pub fn current_directory<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let mut text = String::from("/");
    text.push_str(&current::<V>(vm, given.at(vm, 0)).join("/"));
    Ok(vm.heap.string(text)?.into())
}

/// `stat`: what is asked for, and what is known of it.
struct AskStat {
    path: Path,
    answer: Option<Stat>,
}

impl<V: Volume> Work<V> for AskStat {
    fn run(&mut self, volume: &mut V) -> Done<()> {
        self.answer = Some(volume.stat(&self.path)?);
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, _: Value) -> Result<Finished, Raised> {
        let Some(stat) = self.answer else { return Ok(Finished::Value(Value::NONE)) };
        let kind = if stat.is_directory { DIRECTORY } else { ORDINARY_FILE };
        let since_2000 = vm.extension::<Settings>().is_some_and(|settings| settings.time_since_2000);
        let epoch = if since_2000 { DAYS_TO_2000 * 86_400 } else { 0 };
        let changed = stat.changed.map_or(0, |seconds| seconds - epoch);
        tuple(vm, [kind.into(), 0, 0, 0, 0, 0, stat.size.into(), changed, changed, changed])
    }
}

fn tuple(vm: &mut Vm, numbers: [i64; 10]) -> Result<Finished, Raised> {
    let mut values = [Value::NONE; 10];
    for (value, number) in values.iter_mut().zip(numbers) {
        *value = vm.heap.int(number)?;
    }
    Ok(Finished::Value(vm.heap.tuple(&values)?))
}

/// `stat(path)`
pub fn stat<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let path = path_argument::<V>(vm, given, 1)?;
    Ok(begin::<V>(vm, given, AskStat { path, answer: None }))
}

/// `statvfs`: counts, so much at a time.
struct CountRoom<V: Volume> {
    count: V::Count,
    room: Option<Room>,
}

impl<V: Volume> Work<V> for CountRoom<V> {
    fn run(&mut self, volume: &mut V) -> Done<()> {
        self.room = volume.count(&mut self.count)?;
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, _: Value) -> Result<Finished, Raised> {
        let Some(Room { unit, units, free }) = self.room else { return Ok(Finished::More) };
        let (unit, free) = (i64::from(unit), i64::from(free));
        tuple(vm, [unit, unit, units.into(), free, free, 0, 0, 0, 0, V::LONGEST_NAME as i64])
    }
}

/// `statvfs(path)`
pub fn stat_file_system<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    Ok(begin::<V>(vm, given, CountRoom { count: V::Count::default(), room: None }))
}

/// `open(path, mode)`
pub fn open<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let path = path_argument::<V>(vm, given, 1)?;
    let (object, mode) = (given.at(vm, 0), given.at(vm, 2));
    let text = arguments::text(&mut vm.heap, mode)?;
    let mode = open_mode(&text);
    let (_, _, is_writable) = parts::<V>(vm, object)?;
    if mode.write && !is_writable {
        return Err(vm.heap.raise_os(EROFS));
    }
    let now = clock::epoch_us(vm);
    let work = file::Opening::<V>::new(vm, object, path, mode, is_binary(&text), now)?;
    Ok(begin(vm, given, work))
}

/// `ilistdir(path=current)`
pub fn list_directory<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (object, argument) = (given.at(vm, 0), given.get(vm, 1));
    let (path, as_text) = match argument {
        Some(argument) => {
            let part = vm.heap.native_part(argument);
            (path_of::<V>(vm, object, argument)?, vm.heap.as_str(part).is_some())
        }
        None => (current::<V>(vm, object), true),
    };
    Ok(begin::<V>(vm, given, listing::Opening { path, as_text, listing: None }))
}

/// The methods that all file systems on devices have, and some of their own.
macro_rules! file_system_methods {
    ($volume:ty, $($own:expr),* $(,)?) => {{
        use wigwag_vm::objects::function::full;
        use $crate::vfs::on_device;
        &[
            full("chdir", 2, 2, on_device::change_directory::<$volume>),
            full("getcwd", 1, 1, on_device::current_directory::<$volume>),
            full("ilistdir", 1, 2, on_device::list_directory::<$volume>),
            full("mkdir", 2, 2, on_device::make_directory::<$volume>),
            full("open", 3, 3, on_device::open::<$volume>),
            full("remove", 2, 2, on_device::remove::<$volume>),
            full("rename", 3, 3, on_device::rename::<$volume>),
            full("rmdir", 2, 2, on_device::remove_directory::<$volume>),
            full("stat", 2, 2, on_device::stat::<$volume>),
            full("statvfs", 2, 2, on_device::stat_file_system::<$volume>),
            full("umount", 1, 1, |_, _| Ok(wigwag_vm::heap::Value::NONE.into())),
            $($own),*
        ]
    }};
}

pub(crate) use file_system_methods;
