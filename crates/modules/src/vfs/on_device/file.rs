//! Files of file systems on devices: `FileIO` and `TextIOWrapper`. What is read or written in one go may be many pieces
//! of work; the file's position moves when all of them are done.

use super::FileSystem;
use super::running::{Finished, Running, Work};
use crate::arguments;
use crate::clock;
use crate::errno::{EACCES, EINVAL};
use crate::io::stream::character_length;
use crate::vfs::system::OpenMode;
use crate::vfs::volume::{Done, Moment, Path, SeekTo, Volume};
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// A file as programs have it.
struct File<V: Volume> {
    class: Handle,
    file_system: Value,
    /// None before it is open, and when it is closed.
    open: Option<V::Open>,
    mode: OpenMode,
    is_text: bool,
}

impl<V: Volume> NativeObject for File<V> {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.file_system);
    }

    fn bytes(&self) -> usize {
        size_of::<File<V>>()
    }
}

/// Opens a file; its object is there before.
pub struct Opening<V: Volume> {
    file: Value,
    path: Path,
    mode: OpenMode,
    now: Moment,
    has_begun: bool,
    opened: Option<V::Open>,
}

impl<V: Volume> Opening<V> {
    /// Not begun yet.
    pub fn new(
        vm: &mut Vm,
        file_system: Value,
        path: Path,
        mode: OpenMode,
        binary: bool,
        now: Moment,
    ) -> Result<Opening<V>, Raised> {
        let [text_type, binary_type, _] = V::types();
        let class = vm.heap.class_for(if binary { binary_type } else { text_type })?;
        let file = File::<V> { class, file_system, open: None, mode, is_text: !binary };
        let file = arguments::object(&mut vm.heap, file)?;
        Ok(Opening { file, path, mode, now, has_begun: false, opened: None })
    }
}

impl<V: Volume> Work<V> for Opening<V> {
    fn run(&mut self, volume: &mut V) -> Done<()> {
        if !core::mem::replace(&mut self.has_begun, true) {
            // A file is opened on what the device has now, whatever it had before.
            volume.ask_again();
        }
        self.opened = Some(volume.open(&self.path, self.mode, self.now)?);
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, _: Value) -> Result<Finished, Raised> {
        if let Some(file) = vm.heap.as_native_mut::<File<V>>(self.file) {
            file.open = self.opened.take();
        }
        Ok(Finished::Value(self.file))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.file);
    }
}

/// What is needed to work with an open file.
struct Opened<V: Volume> {
    file: Value,
    file_system: Value,
    open: V::Open,
    mode: OpenMode,
    is_text: bool,
}

/// The open file that a method was called on.
fn opened<V: Volume>(vm: &mut Vm, file: Value) -> Result<Opened<V>, Raised> {
    match vm.heap.as_native::<File<V>>(file) {
        Some(File { file_system, open: Some(open), mode, is_text, .. }) => {
            let (file_system, mode, is_text) = (*file_system, *mode, *is_text);
            Ok(Opened { file, file_system, open: open.clone(), mode, is_text })
        }
        _ => Err(V::closed(vm)),
    }
}

impl<V: Volume> Opened<V> {
    /// From now on the file is as it has become by work that is done.
    fn keep(&mut self, vm: &mut Vm, open: V::Open) {
        self.open = open;
        if let Some(file) = vm.heap.as_native_mut::<File<V>>(self.file)
            && file.open.is_some()
        {
            file.open = Some(self.open.clone());
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.file, self.file_system]);
    }
}

/// How much is to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Want {
    All,
    Bytes(usize),
    Characters(usize),
    /// Up to the end of a line, and no more than this.
    Line(usize),
}

/// What becomes of what was read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Return,
    /// A list of lines.
    Lines,
    /// The next item of an iteration: the end where there is nothing.
    Item,
    /// Into a buffer.
    Into(Value),
}

struct Reading<V: Volume> {
    opened: Opened<V>,
    want: Want,
    then: Then,
    got: Vec<u8>,
    piece: Vec<u8>,
    /// There is nothing more in the file.
    ended: bool,
    /// Where the next piece is; the file as it is then.
    next: V::Open,
    /// Whether nothing is being written any more.
    is_ready: bool,
}

impl<V: Volume> Reading<V> {
    fn begin(vm: &mut Vm, file: Value, want: Want, then: Then) -> Result<Outcome, Raised> {
        let opened = opened::<V>(vm, file)?;
        if !opened.mode.read {
            return Err(vm.heap.raise_os(EACCES));
        }
        let want = match want {
            Want::Bytes(count) if opened.is_text && !matches!(then, Then::Into(_)) => Want::Characters(count),
            want => want,
        };
        let (file_system, next) = (opened.file_system, opened.open.clone());
        let (got, piece) = (Vec::new(), Vec::new());
        let work = Reading { opened, want, then, got, piece, ended: false, next, is_ready: false };
        Ok(Outcome::Frame(Box::new(Running::new(file_system, work))))
    }

    /// How many bytes of those that there are belong to the result, if they are enough.
    fn enough(&self) -> Option<usize> {
        let got = &self.got;
        match self.want {
            Want::All => None,
            Want::Bytes(count) => (got.len() >= count).then_some(count),
            Want::Line(most) => match got.iter().position(|&byte| byte == b'\n') {
                Some(end) => Some((end + 1).min(most)),
                None => (got.len() >= most).then_some(most),
            },
            Want::Characters(count) => {
                let mut end = 0;
                for _ in 0..count {
                    end += character_length(*got.get(end)?);
                }
                (end <= got.len()).then_some(end)
            }
        }
    }

    fn result(&self, vm: &mut Vm, bytes: &[u8]) -> Result<Finished, Raised> {
        let value = match self.then {
            Then::Into(target) => {
                let place = arguments::writable(&mut vm.heap, target)?;
                let count = bytes.len().min(place.len());
                place[..count].copy_from_slice(&bytes[..count]);
                vm.heap.size(count)?
            }
            Then::Item if bytes.is_empty() => return Ok(Finished::Stop),
            Then::Lines => {
                let lines = vm.heap.list(&[])?;
                for line in bytes.split_inclusive(|&byte| byte == b'\n') {
                    let line = self.made(vm, line)?;
                    vm.heap.list_push(lines, line)?;
                }
                lines
            }
            Then::Return | Then::Item => self.made(vm, bytes)?,
        };
        Ok(Finished::Value(value))
    }

    fn made(&self, vm: &mut Vm, bytes: &[u8]) -> Result<Value, Raised> {
        if !self.opened.is_text {
            return vm.heap.bytes(bytes);
        }
        match core::str::from_utf8(bytes) {
            Ok(text) => vm.heap.str(text),
            Err(_) => Err(vm.heap.raise_bare(TypeId::UnicodeError)),
        }
    }
}

impl<V: Volume> Work<V> for Reading<V> {
    fn run(&mut self, volume: &mut V) -> Done<()> {
        let mut file = self.next.clone();
        self.piece.clear();
        self.is_ready = volume.begin_reading(&mut file)?;
        if self.is_ready {
            let position = V::position(&file);
            let missing = match self.want {
                Want::All => usize::MAX,
                Want::Bytes(count) | Want::Characters(count) => count.saturating_sub(self.got.len()).max(1),
                // To the end of a block: the rest of the line may be there.
                Want::Line(_) => (volume.block_size() - position % volume.block_size()) as usize,
            };
            volume.read(&mut file, missing.min(volume.piece()), &mut self.piece)?;
            self.ended = self.piece.is_empty();
            V::set_position(&mut file, position + self.piece.len() as u32);
        }
        self.next = file;
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, _: Value) -> Result<Finished, Raised> {
        if !self.is_ready {
            self.opened.keep(vm, self.next.clone());
            return Ok(Finished::More);
        }
        reserve(vm, &mut self.got, self.piece.len())?;
        self.got.append(&mut self.piece);
        let count = match self.enough() {
            Some(count) => count,
            None if self.ended => self.got.len(),
            None => return Ok(Finished::More),
        };
        let made = self.result(vm, self.got.get(..count).unwrap_or(&self.got))?;
        let mut next = self.next.clone();
        let begun = V::position(&self.opened.open);
        V::set_position(&mut next, begun.saturating_add(count as u32));
        self.opened.keep(vm, next);
        Ok(made)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.opened.trace(tracer);
        if let Then::Into(target) = self.then {
            tracer.value(target);
        }
    }
}

struct Writing<V: Volume> {
    opened: Opened<V>,
    bytes: Vec<u8>,
    written: usize,
    /// How many bytes the last piece had, and the file after it.
    piece: (usize, V::Open),
    now: Moment,
}

impl<V: Volume> Work<V> for Writing<V> {
    fn run(&mut self, volume: &mut V) -> Done<()> {
        let rest = self.bytes.get(self.written..).unwrap_or(&[]);
        let count = rest.len().min(volume.piece());
        let mut file = self.opened.open.clone();
        let count = volume.write(&mut file, &rest[..count], self.now)?;
        self.piece = (count, file);
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, _: Value) -> Result<Finished, Raised> {
        let total = vm.heap.size(self.bytes.len())?;
        self.written += core::mem::take(&mut self.piece.0);
        self.opened.keep(vm, self.piece.1.clone());
        Ok(if self.written < self.bytes.len() { Finished::More } else { Finished::Value(total) })
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.opened.trace(tracer);
    }

    fn is_to_be_kept(&self) -> bool {
        // By `flush` and `close`.
        false
    }
}

struct Seeking<V: Volume> {
    opened: Opened<V>,
    to: SeekTo,
    /// The file as it is after the last run, and whether it is where it was to be.
    moved: (V::Open, bool),
    now: Moment,
}

impl<V: Volume> Work<V> for Seeking<V> {
    fn run(&mut self, volume: &mut V) -> Done<()> {
        let mut file = self.opened.open.clone();
        if let SeekTo::End(_) = self.to
            && !volume.begin_reading(&mut file)?
        {
            self.moved = (file, false);
            return Ok(());
        }
        let is_done = volume.seek(&mut file, self.to, self.opened.mode.write, self.now)?;
        if !is_done && let SeekTo::End(offset) = self.to {
            // From here on the end moves: the target stays.
            let position = i64::from(V::position(&self.opened.open));
            self.to = SeekTo::Start(position.max(0).saturating_add(offset));
        }
        self.moved = (file, is_done);
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, _: Value) -> Result<Finished, Raised> {
        let result = vm.heap.int(V::position(&self.moved.0).into())?;
        let is_done = self.moved.1;
        self.opened.keep(vm, self.moved.0.clone());
        Ok(if is_done { Finished::Value(result) } else { Finished::More })
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.opened.trace(tracer);
    }
}

/// Sees to it that the device has everything, and keeps it.
struct Keeping<V: Volume> {
    opened: Opened<V>,
    /// The file after the last run, and whether nothing is left.
    kept: (V::Open, bool),
}

impl<V: Volume> Work<V> for Keeping<V> {
    fn run(&mut self, volume: &mut V) -> Done<()> {
        let mut file = self.opened.open.clone();
        let is_done = volume.sync(&mut file)?;
        self.kept = (file, is_done);
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, _: Value) -> Result<Finished, Raised> {
        self.opened.keep(vm, self.kept.0.clone());
        Ok(if self.kept.1 { Finished::Value(Value::NONE) } else { Finished::More })
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        self.opened.trace(tracer);
    }
}

/// An optional count: `None` and negative ones mean no bound.
fn bound(vm: &mut Vm, value: Option<Value>) -> Result<Option<usize>, Raised> {
    match value.filter(|value| !value.is_none()) {
        None => Ok(None),
        Some(value) => Ok(usize::try_from(arguments::integer(&mut vm.heap, value)?).ok()),
    }
}

/// `read(size=-1)`
pub fn read<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (file, size) = (given.at(vm, 0), given.get(vm, 1));
    let want = bound(vm, size)?.map_or(Want::All, Want::Bytes);
    Reading::<V>::begin(vm, file, want, Then::Return)
}

/// `readline(size=-1)`
pub fn read_line<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (file, size) = (given.at(vm, 0), given.get(vm, 1));
    let most = bound(vm, size)?.unwrap_or(usize::MAX);
    Reading::<V>::begin(vm, file, Want::Line(most), Then::Return)
}

/// `readlines()`
pub fn read_lines<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    Reading::<V>::begin(vm, given.at(vm, 0), Want::All, Then::Lines)
}

/// `readinto(buffer, size=len(buffer))`
pub fn read_into<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (file, target, size) = (given.at(vm, 0), given.at(vm, 1), given.get(vm, 2));
    let room = arguments::writable(&mut vm.heap, target)?.len();
    let most = bound(vm, size)?.unwrap_or(room).min(room);
    Reading::<V>::begin(vm, file, Want::Bytes(most), Then::Into(target))
}

/// The next line.
pub fn next<V: Volume>(vm: &mut Vm, file: Value) -> Result<Outcome, Raised> {
    Reading::<V>::begin(vm, file, Want::Line(usize::MAX), Then::Item)
}

/// `write(buffer)`, `write(buffer, size)`, `write(buffer, offset, size)`
pub fn write<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (file, source) = (given.at(vm, 0), given.at(vm, 1));
    let opened = opened::<V>(vm, file)?;
    if !opened.mode.write {
        return Err(vm.heap.raise_os(EACCES));
    }
    let mut bytes = arguments::buffer(&mut vm.heap, source)?;
    let (second, third) = (given.get(vm, 2), given.get(vm, 3));
    let (offset, size) = match third {
        Some(_) => (bound(vm, second)?.unwrap_or(bytes.len()), bound(vm, third)?),
        None => (0, bound(vm, second)?),
    };
    bytes.drain(..offset.min(bytes.len()));
    bytes.truncate(size.unwrap_or(usize::MAX));
    let now = clock::epoch_us(vm);
    let (file_system, open) = (opened.file_system, opened.open.clone());
    let work = Writing { opened, bytes, written: 0, piece: (0, open), now };
    Ok(Outcome::Frame(Box::new(Running::new(file_system, work))))
}

/// `seek(offset, whence=0)`
pub fn seek<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (file, offset) = (given.at(vm, 0), given.at(vm, 1));
    let opened = opened::<V>(vm, file)?;
    let offset = arguments::integer(&mut vm.heap, offset)?;
    let whence = match given.get(vm, 2) {
        Some(whence) => arguments::integer(&mut vm.heap, whence)?,
        None => 0,
    };
    let to = match whence {
        0 => SeekTo::Start(offset),
        1 => SeekTo::Start(offset.saturating_add(V::position(&opened.open).into())),
        2 => SeekTo::End(offset),
        _ => return Err(vm.heap.raise_os(EINVAL)),
    };
    let now = clock::epoch_us(vm);
    let (file_system, open) = (opened.file_system, opened.open.clone());
    let work = Seeking { opened, to, moved: (open, false), now };
    Ok(Outcome::Frame(Box::new(Running::new(file_system, work))))
}

/// `tell()`
pub fn tell<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let file = given.at(vm, 0);
    let position = V::position(&opened::<V>(vm, file)?.open);
    Ok(vm.heap.int(position.into())?.into())
}

/// `flush()`
pub fn flush<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let file = given.at(vm, 0);
    let opened = opened::<V>(vm, file)?;
    Ok(keep(opened))
}

fn keep<V: Volume>(opened: Opened<V>) -> Outcome {
    if !opened.mode.write {
        return Value::NONE.into();
    }
    let (file_system, open) = (opened.file_system, opened.open.clone());
    Outcome::Frame(Box::new(Running::new(file_system, Keeping { opened, kept: (open, false) }).keeping()))
}

/// `close()`: a second time does nothing.
pub fn close<V: Volume>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let file = given.at(vm, 0);
    let Ok(opened) = opened::<V>(vm, file) else { return Ok(Value::NONE.into()) };
    if let Some(object) = vm.heap.as_native_mut::<File<V>>(file) {
        object.open = None;
    }
    let is_there =
        vm.heap.as_native::<FileSystem<V>>(opened.file_system).is_some_and(|it| it.volume.is_some());
    Ok(if is_there { keep(opened) } else { Value::NONE.into() })
}

/// Makes room in bytes that are gathered for a program, as far as the heap could hold them.
fn reserve(vm: &Vm, into: &mut Vec<u8>, more: usize) -> Result<(), Raised> {
    if into.len().saturating_add(more) > vm.heap.free_bytes() {
        return Err(Raised::OUT_OF_MEMORY);
    }
    into.try_reserve(more).map_err(|_| Raised::OUT_OF_MEMORY)
}

/// A type of files.
macro_rules! file_type {
    ($name:literal, $volume:ty, $repr:expr) => {{
        use wigwag_vm::objects::function::{TypeDef, full, plain};
        use $crate::vfs::on_device::file;
        TypeDef {
            members: &[
                full("read", 1, 2, file::read::<$volume>),
                full("readinto", 2, 3, file::read_into::<$volume>),
                full("readline", 1, 2, file::read_line::<$volume>),
                full("readlines", 1, 1, file::read_lines::<$volume>),
                full("write", 2, 4, file::write::<$volume>),
                full("flush", 1, 1, file::flush::<$volume>),
                full("close", 1, 1, file::close::<$volume>),
                full("seek", 2, 3, file::seek::<$volume>),
                full("tell", 1, 1, file::tell::<$volume>),
                full("__del__", 1, 1, file::close::<$volume>),
                plain("__enter__", 1, 1, $crate::io::stream::enter),
                full("__exit__", 4, 4, file::close::<$volume>),
            ],
            repr: Some($repr),
            next: Some(file::next::<$volume>),
            ..TypeDef::named($name)
        }
    }};
}

pub(crate) use file_type;
