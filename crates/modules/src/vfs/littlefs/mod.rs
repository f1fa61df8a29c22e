//! `VfsLfs2`: a littlefs file system on a block device of the program's, which must have the extended protocol. Follows
//! upstream's <https://docs.micropython.org/en/latest/library/vfs.html>; what is on the device, [`crate::littlefs`]
//! knows. There is no `VfsLfs1`.
//!
//! What differs: a directory is listed as it was when listing began. `lookahead` is accepted and not needed.

mod preparing;

use super::on_device::file::file_type;
use super::on_device::{FileSystem, file_system_methods, listing, make};
use super::system::{Errno, OpenMode};
use super::volume::{Change, Listed, Moment, Path, Place, Room, SeekTo, Stat, Volume};
use crate::arguments;
use crate::errno::{EINVAL, EIO, ENOENT};
use crate::littlefs::allocate::Scan;
use crate::littlefs::files::{OpenFile, PIECE, changed_of};
use crate::littlefs::tree::Found;
use crate::littlefs::{self, Done, Stop, blocks};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use preparing::{Preparing, Settings};
use wigwag_vm::heap::{Heap, Raised, TypeId, Value};
use wigwag_vm::objects::function::{Member, NativeCode, NativeDef, TypeDef, constructor};
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// What `readsize` and `progsize` are if nobody says so.
const USUAL_SIZE: u32 = 32;

/// `VfsLfs2(device, *, readsize=32, progsize=32, lookahead=32, mtime=True)`
fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    prepare(vm, given, 1, false)
}

/// `VfsLfs2.mkfs(device, *, readsize=32, progsize=32, lookahead=32)`
fn make_file_system(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    prepare(vm, given, 0, true)
}

fn prepare(vm: &mut Vm, given: Arguments, skip: usize, makes: bool) -> Result<Outcome, Raised> {
    let [device, read, write, _, noted] =
        given.bind(vm, skip, ["", "*readsize", "*progsize", "*lookahead", "*mtime"])?;
    let Some(device) = device else {
        return Err(vm.heap.raise(TypeId::TypeError, "'' argument required"));
    };
    let mut sizes = [USUAL_SIZE; 2];
    for (size, given) in sizes.iter_mut().zip([read, write]) {
        if let Some(given) = given {
            let number = arguments::integer(&mut vm.heap, given)?;
            *size = u32::try_from(number).map_err(|_| vm.heap.raise_os(EINVAL))?;
        }
    }
    let notes_changes = match noted {
        Some(noted) => vm.truth_nested(noted)?,
        None => true,
    };
    let class = vm.heap.class_for(&VFS_LFS2)?;
    let object = make::<littlefs::Volume>(vm, class, device)?;
    let [read_size, write_size] = sizes;
    let settings = Settings { read_size, write_size, notes_changes, makes };
    Ok(Outcome::Frame(Box::new(Preparing::new(object, settings))))
}

/// `mount(readonly, mkfs)`
fn mount(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let [object, read_only] = [0, 1].map(|number| given.at(vm, number));
    let read_only = vm.truth_nested(read_only)?;
    if let Some(system) = vm.heap.as_native_mut::<FileSystem<littlefs::Volume>>(object) {
        system.read_only |= read_only;
    }
    Ok(Value::NONE.into())
}

impl Volume for littlefs::Volume {
    type Open = OpenFile;
    /// All that is in it, and the number of the next.
    type Listing = (Rc<[Listed]>, usize);
    type Count = Option<Scan>;

    const IS_EXTENDED: bool = true;
    const LONGEST_NAME: usize = 255;

    fn discard(&mut self) {
        self.discard();
    }

    fn settle(&mut self) {
        self.settle();
    }

    fn forget(&mut self) {
        self.forget();
    }

    fn ask_again(&mut self) {
        // Nothing is known from one piece of work to the next.
    }

    fn bytes_at_hand(&self) -> usize {
        self.blocks.bytes()
    }

    fn learn(&mut self, place: Place, bytes: Vec<u8>) {
        self.blocks.learn(place, bytes);
    }

    fn next_change(&self) -> Option<Change> {
        Some(match self.blocks.next_change()? {
            blocks::Change::Erase(block) => Change::Erase(*block),
            blocks::Change::Write(block, offset, bytes) => {
                Change::Write(Place { block: *block, offset: *offset, length: bytes.len() as u32 })
            }
        })
    }

    fn take_change(&mut self) -> Vec<u8> {
        match self.blocks.take_change() {
            Some(blocks::Change::Write(_, _, bytes)) => bytes,
            _ => Vec::new(),
        }
    }

    fn catch_up(&mut self) -> Done<bool> {
        self.catch_up()
    }

    fn device_error(answer: i64) -> Errno {
        if answer > 0 { EINVAL } else { Errno::try_from(-answer).unwrap_or(EIO) }
    }

    fn types() -> [&'static TypeDef; 3] {
        [&TEXT_IO_WRAPPER, &FILE_IO, &LISTING]
    }

    fn closed(vm: &mut Vm) -> Raised {
        vm.heap.raise_bare(TypeId::ValueError)
    }

    fn piece(&self) -> usize {
        PIECE
    }

    fn block_size(&self) -> u32 {
        self.blocks.size
    }

    fn open(&mut self, path: &[String], mode: OpenMode, now: Moment) -> Done<OpenFile> {
        self.open_file(path, mode, now)
    }

    fn position(file: &OpenFile) -> u32 {
        file.position
    }

    fn set_position(file: &mut OpenFile, position: u32) {
        file.position = position;
    }

    fn begin_reading(&mut self, file: &mut OpenFile) -> Done<bool> {
        self.finish_writing(file)
    }

    fn read(&self, file: &mut OpenFile, most: usize, into: &mut Vec<u8>) -> Done<()> {
        self.read_file(file, most, into)
    }

    fn write(&mut self, file: &mut OpenFile, bytes: &[u8], now: Moment) -> Done<usize> {
        file.touch(now);
        self.write_file(file, bytes)
    }

    fn seek(&mut self, file: &mut OpenFile, to: SeekTo, _: bool, _: Moment) -> Done<bool> {
        let target = match to {
            SeekTo::Start(offset) => offset,
            SeekTo::End(offset) => i64::from(self.file_size(file)).saturating_add(offset),
        };
        self.move_file(file, target).map(|()| true)
    }

    fn sync(&mut self, file: &mut OpenFile) -> Done<bool> {
        self.sync_file(file)
    }

    fn make_directory(&mut self, path: &[String], _: Moment) -> Done<()> {
        self.make_directory(path)
    }

    fn remove(&mut self, path: &[String], _: bool, _: &[String]) -> Done<()> {
        self.remove(path)
    }

    fn rename(&mut self, from: &[String], to: &[String], _: &[String]) -> Done<()> {
        self.rename(from, to)
    }

    fn enter(&self, path: &[String]) -> Done<Path> {
        match self.directory(path) {
            Ok(_) => Ok(path.to_vec()),
            Err(Stop::Failed(crate::errno::ENOTDIR)) => Err(Stop::Failed(ENOENT)),
            Err(stop) => Err(stop),
        }
    }

    fn stat(&self, path: &[String]) -> Done<Stat> {
        match self.locate(path)? {
            Found::Root => Ok(Stat { is_directory: true, size: 0, changed: None }),
            Found::Nothing(..) => Err(Stop::Failed(ENOENT)),
            Found::Entry(pair, id) => {
                let entry = &pair.entries[id];
                let changed = changed_of(entry).map(|nanoseconds| (nanoseconds / 1_000_000_000) as i64);
                Ok(Stat { is_directory: entry.is_directory(), size: entry.size(), changed })
            }
        }
    }

    fn list(&self, path: &[String]) -> Done<Self::Listing> {
        Ok((self.list(path)?.into(), 0))
    }

    fn next_listed(&self, (all, number): &Self::Listing) -> Done<Option<(Listed, Self::Listing)>> {
        Ok(all.get(*number).map(|listed| (listed.clone(), (all.clone(), number + 1))))
    }

    fn count(&mut self, count: &mut Option<Scan>) -> Done<Option<Room>> {
        let used = self.count_used(count)?;
        let (unit, units) = (self.blocks.size, self.blocks.count);
        Ok(used.map(|used| Room { unit, units, free: units.saturating_sub(used) }))
    }
}

/// `VfsLfs2`
pub static VFS_LFS2: TypeDef = TypeDef {
    construct: constructor("VfsLfs2", 0, 1, construct),
    members: file_system_methods!(
        littlefs::Volume,
        Member::StaticMethod(NativeDef {
            name: "mkfs",
            minimum: 0,
            maximum: 1,
            keywords: true,
            code: NativeCode::Vm(make_file_system),
        }),
        full("mount", 3, 3, mount),
    ),
    ..TypeDef::named("VfsLfs2")
};

fn repr(heap: &Heap, value: Value, out: &mut dyn core::fmt::Write) -> core::fmt::Result {
    write!(out, "<io.{}>", heap.type_name(value))
}

static FILE_IO: TypeDef = file_type!("FileIO", littlefs::Volume, repr);
static TEXT_IO_WRAPPER: TypeDef = file_type!("TextIOWrapper", littlefs::Volume, repr);
static LISTING: TypeDef =
    TypeDef { next: Some(listing::next::<littlefs::Volume>), ..TypeDef::named("iterator") };
