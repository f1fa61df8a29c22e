//! Files of a FAT file system: `FileIO` and `TextIOWrapper`. What is read or written in one go may be many pieces of
//! work; the file's position moves when all of them are done.

use super::running::{Finished, Running, Work};
use super::{FatFileSystem, now, piece, reserve};
use crate::arguments;
use crate::errno::{EACCES, EINVAL};
use crate::fat::contents::OpenFile;
use crate::fat::tree::Path;
use crate::fat::{Done, Volume};
use crate::io::stream::character_length;
use crate::vfs::system::OpenMode;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{NextFunction, Printer, TypeDef, full, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// A file as programs have it.
struct FatFile {
    class: Handle,
    file_system: Value,
    /// None before it is open, and when it is closed.
    open: Option<OpenFile>,
    mode: OpenMode,
    is_text: bool,
}

impl NativeObject for FatFile {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.file_system);
    }

    fn bytes(&self) -> usize {
        size_of::<FatFile>()
    }
}

/// Opens a file; its object is there before.
pub struct Opening {
    file: Value,
    path: Path,
    mode: OpenMode,
    now: u32,
    opened: Option<OpenFile>,
}

impl Opening {
    /// Not begun yet.
    pub fn new(
        vm: &mut Vm,
        file_system: Value,
        path: Path,
        mode: OpenMode,
        binary: bool,
        now: u32,
    ) -> Result<Opening, Raised> {
        let class = vm.heap.class_for(if binary { &FILE_IO } else { &TEXT_IO_WRAPPER })?;
        let file = FatFile { class, file_system, open: None, mode, is_text: !binary };
        let file = arguments::object(&mut vm.heap, file)?;
        Ok(Opening { file, path, mode, now, opened: None })
    }
}

impl Work for Opening {
    fn run(&mut self, volume: &mut Volume) -> Done<()> {
        self.opened = Some(volume.open_file(&self.path, self.mode, self.now)?);
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, _: Value) -> Result<Finished, Raised> {
        if let Some(file) = vm.heap.as_native_mut::<FatFile>(self.file) {
            file.open = self.opened;
        }
        Ok(Finished::Value(self.file))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.file);
    }
}

/// What is needed to work with an open file.
#[derive(Clone, Copy)]
struct Opened {
    file: Value,
    file_system: Value,
    open: OpenFile,
    mode: OpenMode,
    is_text: bool,
}

/// The open file that a method was called on.
fn opened(vm: &mut Vm, file: Value) -> Result<Opened, Raised> {
    match vm.heap.as_native::<FatFile>(file) {
        Some(&FatFile { file_system, open: Some(open), mode, is_text, .. }) => {
            Ok(Opened { file, file_system, open, mode, is_text })
        }
        _ => Err(vm.heap.raise_os(EINVAL)),
    }
}

fn move_to(vm: &mut Vm, file: Value, open: OpenFile) {
    if let Some(file) = vm.heap.as_native_mut::<FatFile>(file)
        && file.open.is_some()
    {
        file.open = Some(open);
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

struct Reading {
    opened: Opened,
    want: Want,
    then: Then,
    got: Vec<u8>,
    piece: Vec<u8>,
    /// There is nothing more in the file.
    ended: bool,
    /// Where the next piece is.
    next: OpenFile,
}

impl Reading {
    fn begin(vm: &mut Vm, file: Value, want: Want, then: Then) -> Result<Outcome, Raised> {
        let opened = opened(vm, file)?;
        if !opened.mode.read {
            return Err(vm.heap.raise_os(EACCES));
        }
        let want = match want {
            Want::Bytes(count) if opened.is_text && !matches!(then, Then::Into(_)) => Want::Characters(count),
            want => want,
        };
        let (got, piece, next) = (Vec::new(), Vec::new(), opened.open);
        let work = Reading { opened, want, then, got, piece, ended: false, next };
        Ok(Outcome::Frame(Box::new(Running::new(opened.file_system, work))))
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

impl Work for Reading {
    fn run(&mut self, volume: &mut Volume) -> Done<()> {
        let missing = match self.want {
            Want::All => usize::MAX,
            Want::Bytes(count) | Want::Characters(count) => count.saturating_sub(self.got.len()).max(1),
            // To the end of a block: the rest of the line may be there.
            Want::Line(_) => {
                volume.layout.block_size - self.next.position as usize % volume.layout.block_size
            }
        };
        self.piece.clear();
        let mut file = self.next;
        volume.read_file(&mut file, missing.min(piece(volume)), &mut self.piece)?;
        self.ended = self.piece.is_empty();
        file.position = self.next.position + self.piece.len() as u32;
        self.next = file;
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, _: Value) -> Result<Finished, Raised> {
        reserve(vm, &mut self.got, self.piece.len())?;
        self.got.append(&mut self.piece);
        let count = match self.enough() {
            Some(count) => count,
            None if self.ended => self.got.len(),
            None => return Ok(Finished::More),
        };
        let made = self.result(vm, self.got.get(..count).unwrap_or(&self.got))?;
        let position = self.opened.open.position.saturating_add(count as u32);
        move_to(vm, self.opened.file, self.next.at(position));
        Ok(made)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.opened.file, self.opened.file_system]);
        if let Then::Into(target) = self.then {
            tracer.value(target);
        }
    }
}

struct Writing {
    opened: Opened,
    bytes: Vec<u8>,
    written: usize,
    /// How many bytes the last piece had, and where the file was after it.
    piece: (usize, OpenFile),
    now: u32,
}

impl Work for Writing {
    fn run(&mut self, volume: &mut Volume) -> Done<()> {
        let rest = self.bytes.get(self.written..).unwrap_or(&[]);
        let count = rest.len().min(piece(volume));
        let mut file = self.opened.open;
        volume.write_file(&mut file, &rest[..count], self.now)?;
        self.piece = (count, file);
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, _: Value) -> Result<Finished, Raised> {
        let total = vm.heap.size(self.bytes.len())?;
        self.written += core::mem::take(&mut self.piece.0);
        self.opened.open = self.piece.1;
        move_to(vm, self.opened.file, self.opened.open);
        Ok(if self.written < self.bytes.len() { Finished::More } else { Finished::Value(total) })
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.opened.file, self.opened.file_system]);
    }

    fn is_to_be_kept(&self) -> bool {
        // By `flush` and `close`.
        false
    }
}

struct Seeking {
    opened: Opened,
    offset: i64,
    from_end: bool,
    size: u32,
    target: u32,
    now: u32,
}

impl Work for Seeking {
    fn run(&mut self, volume: &mut Volume) -> Done<()> {
        self.size = volume.file_size(&self.opened.open)?;
        let start = if self.from_end { self.size } else { 0 };
        let target = i64::from(start).saturating_add(self.offset);
        self.target = match u32::try_from(target) {
            Ok(target) => target,
            Err(_) if target < 0 => return Err(crate::fat::Stop::Failed(EINVAL)),
            Err(_) => u32::MAX,
        };
        // From here on the end may move: the target stays.
        (self.from_end, self.offset) = (false, self.target.into());
        let missing = (self.target.saturating_sub(self.size) as usize).min(piece(volume));
        if missing > 0 && self.opened.mode.write {
            let mut file = self.opened.open.at(self.size);
            volume.write_file(&mut file, &vec![0; missing], self.now)?;
            self.size += missing as u32;
        }
        Ok(())
    }

    fn finish(&mut self, vm: &mut Vm, _: Value) -> Result<Finished, Raised> {
        if self.size < self.target && self.opened.mode.write {
            return Ok(Finished::More);
        }
        let position = self.target.min(self.size);
        let result = vm.heap.int(position.into())?;
        move_to(vm, self.opened.file, self.opened.open.at(position));
        Ok(Finished::Value(result))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.opened.file, self.opened.file_system]);
    }
}

/// Nothing, so that the device is asked to keep what it has.
struct Keeping;

impl Work for Keeping {
    fn run(&mut self, _: &mut Volume) -> Done<()> {
        Ok(())
    }

    fn finish(&mut self, _: &mut Vm, _: Value) -> Result<Finished, Raised> {
        Ok(Finished::Value(Value::NONE))
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
fn read(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (file, size) = (given.at(vm, 0), given.get(vm, 1));
    let want = bound(vm, size)?.map_or(Want::All, Want::Bytes);
    Reading::begin(vm, file, want, Then::Return)
}

/// `readline(size=-1)`
fn read_line(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (file, size) = (given.at(vm, 0), given.get(vm, 1));
    let most = bound(vm, size)?.unwrap_or(usize::MAX);
    Reading::begin(vm, file, Want::Line(most), Then::Return)
}

/// `readlines()`
fn read_lines(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    Reading::begin(vm, given.at(vm, 0), Want::All, Then::Lines)
}

/// `readinto(buffer, size=len(buffer))`
fn read_into(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (file, target, size) = (given.at(vm, 0), given.at(vm, 1), given.get(vm, 2));
    let room = arguments::writable(&mut vm.heap, target)?.len();
    let most = bound(vm, size)?.unwrap_or(room).min(room);
    Reading::begin(vm, file, Want::Bytes(most), Then::Into(target))
}

fn next(vm: &mut Vm, file: Value) -> Result<Outcome, Raised> {
    Reading::begin(vm, file, Want::Line(usize::MAX), Then::Item)
}

/// `write(buffer)`, `write(buffer, size)`, `write(buffer, offset, size)`
fn write(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (file, source) = (given.at(vm, 0), given.at(vm, 1));
    let opened = opened(vm, file)?;
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
    let now = now(vm);
    let work = Writing { opened, bytes, written: 0, piece: (0, opened.open), now };
    Ok(Outcome::Frame(Box::new(Running::new(opened.file_system, work))))
}

/// `seek(offset, whence=0)`
fn seek(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (file, offset) = (given.at(vm, 0), given.at(vm, 1));
    let opened = opened(vm, file)?;
    let offset = arguments::integer(&mut vm.heap, offset)?;
    let whence = match given.get(vm, 2) {
        Some(whence) => arguments::integer(&mut vm.heap, whence)?,
        None => 0,
    };
    let offset = match whence {
        0 | 2 => offset,
        1 => offset.saturating_add(opened.open.position.into()),
        _ => return Err(vm.heap.raise_os(EINVAL)),
    };
    let now = now(vm);
    let work = Seeking { opened, offset, from_end: whence == 2, size: 0, target: 0, now };
    Ok(Outcome::Frame(Box::new(Running::new(opened.file_system, work))))
}

/// `tell()`
fn tell(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let file = given.at(vm, 0);
    let position = opened(vm, file)?.open.position;
    Ok(vm.heap.int(position.into())?.into())
}

/// `flush()`
fn flush(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let file = given.at(vm, 0);
    let opened = opened(vm, file)?;
    Ok(keep(opened))
}

fn keep(opened: Opened) -> Outcome {
    if !opened.mode.write {
        return Value::NONE.into();
    }
    Outcome::Frame(Box::new(Running::new(opened.file_system, Keeping).keeping()))
}

/// `close()`: a second time does nothing.
fn close(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let file = given.at(vm, 0);
    let Ok(opened) = opened(vm, file) else { return Ok(Value::NONE.into()) };
    if let Some(object) = vm.heap.as_native_mut::<FatFile>(file) {
        object.open = None;
    }
    let is_there =
        vm.heap.as_native::<FatFileSystem>(opened.file_system).is_some_and(|it| it.volume.is_some());
    Ok(if is_there { keep(opened) } else { Value::NONE.into() })
}

const REPR: Option<Printer> = Some(|heap, value, out| {
    let number = value.as_handle().map_or(0, |handle| handle.index() * 32);
    write!(out, "<io.{} {number:x}>", heap.type_name(value))
});

const NEXT: Option<NextFunction> = Some(next);

macro_rules! file_type {
    ($name:literal) => {
        TypeDef {
            members: &[
                full("read", 1, 2, read),
                full("readinto", 2, 3, read_into),
                full("readline", 1, 2, read_line),
                full("readlines", 1, 1, read_lines),
                full("write", 2, 4, write),
                full("flush", 1, 1, flush),
                full("close", 1, 1, close),
                full("seek", 2, 3, seek),
                full("tell", 1, 1, tell),
                full("__del__", 1, 1, close),
                plain("__enter__", 1, 1, crate::io::stream::enter),
                full("__exit__", 4, 4, close),
            ],
            repr: REPR,
            next: NEXT,
            ..TypeDef::named($name)
        }
    };
}

static FILE_IO: TypeDef = file_type!("FileIO");
static TEXT_IO_WRAPPER: TypeDef = file_type!("TextIOWrapper");
