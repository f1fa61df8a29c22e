//! Files, and the three standard streams: `FileIO` (bytes) and `TextIOWrapper` (text).
//!
//! What a file is, the platform knows ([`File`]); here it gets Python's methods. What always holds: writing is not
//! held back, so the file has what was written whatever becomes of the program; lines are read ahead only where that can
//! be undone, and it is undone before anything else is done with the file, so its place is what the program thinks; and
//! a file that nobody refers to is closed by the collector, which drops it.

use super::input::{self, Gauge, Want};
use super::stream::{self, Channel};
use crate::arguments;
use crate::errno::{EBADF, EINVAL, ESPIPE};
use crate::vfs::system::{Errno, File, Whence};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt::Write;
use wigwag_vm::heap::{Handle, Heap, Raised, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, full, getter, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::platform::EINTR;
use wigwag_vm::run::{Arguments, Outcome, Stream, Vm};

/// How much is read ahead for lines.
const AHEAD: usize = 4096;
/// How much is read at once when all is wanted, at the most.
const PIECE: usize = 1 << 20;

/// Where the bytes come from and go to.
enum Source {
    Closed,
    /// One of the streams of the process, by its number. They stay open: others on the machine print to them.
    Standard(u8),
    Open(Box<dyn File>),
}

/// A file as programs have it.
pub struct FileObject {
    class: Handle,
    source: Source,
    /// What was read and is still to be given, from `at` on.
    ahead: Vec<u8>,
    at: usize,
    /// Standard input came to an end behind that, and whoever reads next is told so.
    ended: bool,
}

impl NativeObject for FileObject {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<FileObject>() + AHEAD
    }
}

impl FileObject {
    fn descriptor(&self) -> i32 {
        match &self.source {
            Source::Closed => -1,
            Source::Standard(number) => i32::from(*number),
            Source::Open(file) => file.descriptor(),
        }
    }

    /// How much was read ahead.
    fn ahead(&self) -> &[u8] {
        self.ahead.get(self.at..).unwrap_or(&[])
    }

    fn forget_ahead(&mut self) {
        self.ahead.clear();
        self.at = 0;
    }

    /// Goes back to where the program thinks that the file is.
    fn go_back(&mut self) -> Result<(), Errno> {
        let count = self.ahead().len();
        if let (Source::Open(file), true) = (&mut self.source, count > 0) {
            file.seek(-(count as i64), Whence::Here)?;
        }
        self.forget_ahead();
        Ok(())
    }

    /// Puts bytes back that were just read.
    fn unread(&mut self, bytes: &[u8]) {
        if let Source::Open(file) = &mut self.source
            && file.can_go_back()
            && self.ahead.len() == self.at
            && file.seek(-(bytes.len() as i64), Whence::Here).is_ok()
        {
            return;
        }
        self.ahead.splice(..self.at.min(self.ahead.len()), bytes.iter().copied());
        self.at = 0;
    }
}

/// Whether a descriptor is one of the standard streams.
pub fn is_standard(number: i32) -> bool {
    (0..=2).contains(&number)
}

fn make_object(heap: &mut Heap, source: Source, binary: bool) -> Result<Value, Raised> {
    let class = heap.class_for(if binary { &FILE_IO } else { &TEXT_IO_WRAPPER })?;
    arguments::object(heap, FileObject { class, source, ahead: Vec::new(), at: 0, ended: false })
}

/// An open file as an object.
pub fn make(heap: &mut Heap, file: Box<dyn File>, binary: bool) -> Result<Value, Raised> {
    make_object(heap, Source::Open(file), binary)
}

/// A standard stream as an object.
pub fn make_standard(heap: &mut Heap, number: i32, binary: bool) -> Result<Value, Raised> {
    make_object(heap, Source::Standard(number.clamp(0, 2) as u8), binary)
}

/// Whether a value is an open file that is none of the standard streams: reading and writing it needs no waiting frame.
pub(super) fn is_open_file(heap: &Heap, value: Value) -> bool {
    heap.as_native::<FileObject>(value).is_some_and(|object| matches!(object.source, Source::Open(_)))
}

/// Whether an open file can be read ahead: what was too much is put back by going back.
pub(super) fn can_go_back(heap: &Heap, value: Value) -> bool {
    let object = heap.as_native::<FileObject>(value);
    object.is_some_and(|object| matches!(&object.source, Source::Open(file) if file.can_go_back()))
}

/// The descriptor of a file object, for whoever waits for it; none if it is no file, or closed.
pub fn descriptor(heap: &Heap, value: Value) -> Option<i32> {
    heap.as_native::<FileObject>(value).map(FileObject::descriptor).filter(|&number| number >= 0)
}

/// Whether there is something to read that the system does not know of any more: then waiting for the descriptor would
/// be wrong.
pub fn has_input(vm: &mut Vm, value: Value) -> bool {
    match vm.heap.as_native::<FileObject>(value) {
        Some(object) if !object.ahead().is_empty() => true,
        Some(object) if matches!(object.source, Source::Standard(0)) => vm.platform.has_input(),
        _ => false,
    }
}

/// Whether it is standard input.
pub fn is_standard_input(heap: &Heap, value: Value) -> bool {
    heap.as_native::<FileObject>(value).is_some_and(|object| matches!(object.source, Source::Standard(0)))
}

/// Whether enough of standard input was read ahead, or there is no more.
pub fn has_gathered(heap: &Heap, value: Value, gauge: &mut Gauge) -> bool {
    heap.as_native::<FileObject>(value).is_none_or(|object| object.ended || gauge.is_met(object.ahead()))
}

/// Makes room for one more byte read ahead.
pub fn reserve(vm: &mut Vm, value: Value) -> Result<(), Raised> {
    let free = vm.heap.free_bytes();
    match vm.heap.as_native_mut::<FileObject>(value) {
        Some(object) if object.ahead.len() > free => Err(Raised::OUT_OF_MEMORY),
        Some(object) if object.ahead().is_empty() => {
            object.forget_ahead();
            object.ahead.try_reserve(1).map_err(|_| Raised::OUT_OF_MEMORY)
        }
        Some(object) => object.ahead.try_reserve(1).map_err(|_| Raised::OUT_OF_MEMORY),
        None => Ok(()),
    }
}

/// Keeps a byte that was read ahead.
pub fn gather(heap: &mut Heap, value: Value, byte: u8) {
    if let Some(object) = heap.as_native_mut::<FileObject>(value) {
        object.ahead.push(byte);
    }
}

/// Standard input has come to an end.
pub fn note_end(heap: &mut Heap, value: Value) {
    if let Some(object) = heap.as_native_mut::<FileObject>(value) {
        object.ended = true;
    }
}

/// The open file behind a value.
fn opened(heap: &mut Heap, value: Value) -> Result<&mut FileObject, Raised> {
    match heap.as_native::<FileObject>(value) {
        Some(object) if matches!(object.source, Source::Closed) => {
            return Err(heap.raise(TypeId::ValueError, "I/O operation on closed file"));
        }
        Some(_) => {}
        None => return Err(heap.raise(TypeId::OsError, "stream operation not supported")),
    }
    heap.as_native_mut(value).ok_or(Raised::OUT_OF_MEMORY)
}

/// Does something with an open file; its error number becomes an `OSError`.
fn with<T>(
    heap: &mut Heap,
    value: Value,
    action: impl FnOnce(&mut FileObject) -> Result<T, Errno>,
) -> Result<T, Raised> {
    match action(opened(heap, value)?) {
        Ok(result) => Ok(result),
        Err(errno) => Err(heap.raise_os(errno)),
    }
}

/// Reads what is there into a place, past what was read ahead.
fn read_some(vm: &mut Vm, value: Value, place: &mut [u8]) -> Result<usize, Raised> {
    let FileObject { source, ended, .. } = opened(&mut vm.heap, value)?;
    let result = match source {
        Source::Open(file) => file.read(place),
        Source::Standard(0) if core::mem::take(ended) => Ok(0),
        Source::Standard(0) => vm.platform.read(place),
        Source::Standard(_) | Source::Closed => Err(EBADF),
    };
    match result {
        Ok(count) => Ok(count.min(place.len())),
        Err(EINTR) => Err(vm.heap.raise_bare(TypeId::KeyboardInterrupt)),
        Err(errno) => Err(vm.heap.raise_os(errno)),
    }
}

/// Makes room for another piece of `most` bytes or less, as far as the heap could hold the whole.
fn grow(vm: &Vm, into: &mut Vec<u8>, most: usize) -> Result<usize, Raised> {
    // The more there was, the more is to be expected.
    let piece = most.min((into.len() / 2).clamp(AHEAD, PIECE));
    if into.len() + piece > vm.heap.free_bytes() {
        return Err(Raised::OUT_OF_MEMORY);
    }
    into.try_reserve(piece).map_err(|_| Raised::OUT_OF_MEMORY)?;
    let start = into.len();
    into.resize(start + piece, 0);
    Ok(start)
}

/// Reads a file to its end.
pub fn read_whole(vm: &mut Vm, file: &mut dyn File, into: &mut Vec<u8>) -> Result<(), Raised> {
    loop {
        let start = grow(vm, into, usize::MAX)?;
        let result = file.read(&mut into[start..]);
        into.truncate(start + result.unwrap_or(0));
        match result {
            Ok(0) => return Ok(()),
            Ok(_) => {}
            Err(errno) => return Err(vm.heap.raise_os(errno)),
        }
    }
}

/// A [`FileObject`] that gives text or bytes.
pub(super) struct Files<const TEXT: bool>;

impl<const TEXT: bool> Channel for Files<TEXT> {
    const TEXT: bool = TEXT;

    fn read(vm: &mut Vm, value: Value, most: usize, into: &mut Vec<u8>) -> Result<(), Raised> {
        let object = opened(&mut vm.heap, value)?;
        let ahead = object.ahead();
        let count = most.min(ahead.len());
        into.try_reserve(count).map_err(|_| Raised::OUT_OF_MEMORY)?;
        into.extend_from_slice(&ahead[..count]);
        object.at += count;
        let mut left = most - count;
        while left > 0 {
            let start = grow(vm, into, left)?;
            let result = read_some(vm, value, &mut into[start..]);
            let count = *result.as_ref().unwrap_or(&0);
            into.truncate(start + count);
            if result? == 0 {
                break;
            }
            left -= count;
        }
        Ok(())
    }

    fn unread(vm: &mut Vm, value: Value, bytes: &[u8]) {
        if let Ok(object) = opened(&mut vm.heap, value) {
            object.unread(bytes);
        }
    }

    fn read_line(vm: &mut Vm, value: Value, most: usize, into: &mut Vec<u8>) -> Result<(), Raised> {
        while into.len() < most {
            let object = opened(&mut vm.heap, value)?;
            let ahead = object.ahead();
            let ahead = &ahead[..ahead.len().min(most - into.len())];
            if ahead.is_empty() {
                if !read_ahead(vm, value)? {
                    break;
                }
                continue;
            }
            let end = memchr::memchr(b'\n', ahead);
            let count = end.map_or(ahead.len(), |end| end + 1);
            into.try_reserve(count).map_err(|_| Raised::OUT_OF_MEMORY)?;
            into.extend_from_slice(&ahead[..count]);
            object.at += count;
            if end.is_some() {
                break;
            }
            if into.len() > vm.heap.free_bytes() {
                return Err(Raised::OUT_OF_MEMORY);
            }
        }
        Ok(())
    }

    fn write(vm: &mut Vm, value: Value, bytes: &[u8]) -> Result<usize, Raised> {
        let stream = match &opened(&mut vm.heap, value)?.source {
            Source::Standard(1) => Some(Stream::Out),
            Source::Standard(2) => Some(Stream::Error),
            Source::Standard(_) => return Err(vm.heap.raise_os(EBADF)),
            _ => None,
        };
        if let Some(stream) = stream {
            if !bytes.is_empty() {
                vm.platform.write(stream, bytes);
            }
            return Ok(bytes.len());
        }
        with(&mut vm.heap, value, |object| {
            object.go_back()?;
            let Source::Open(file) = &mut object.source else { return Err(EBADF) };
            let mut written = 0;
            while let Some(rest) = bytes.get(written..).filter(|rest| !rest.is_empty()) {
                match file.write(rest)? {
                    0 => break,
                    count => written += count,
                }
            }
            Ok(written)
        })
    }

    fn seek(vm: &mut Vm, value: Value, offset: i64, whence: i64) -> Result<u64, Raised> {
        with(&mut vm.heap, value, |object| {
            let whence = match whence {
                0 => Whence::Start,
                1 => Whence::Here,
                2 => Whence::End,
                _ => return Err(EINVAL),
            };
            object.go_back()?;
            match &mut object.source {
                Source::Open(file) => file.seek(offset, whence),
                _ => Err(ESPIPE),
            }
        })
    }

    fn flush(vm: &mut Vm, value: Value) -> Result<(), Raised> {
        if let Source::Open(file) = &mut opened(&mut vm.heap, value)?.source {
            return file.flush().map_err(|errno| vm.heap.raise_os(errno));
        }
        vm.platform.flush();
        Ok(())
    }

    fn close(vm: &mut Vm, value: Value) -> Result<(), Raised> {
        if let Some(object) = vm.heap.as_native_mut::<FileObject>(value) {
            object.forget_ahead();
            object.source = Source::Closed;
        }
        Ok(())
    }
}

/// Reads ahead for a line: as much as can be undone, else one byte. False at the end.
fn read_ahead(vm: &mut Vm, value: Value) -> Result<bool, Raised> {
    let object = opened(&mut vm.heap, value)?;
    let room = match &object.source {
        Source::Open(file) if file.can_go_back() => AHEAD,
        _ => 1,
    };
    let mut ahead = core::mem::take(&mut object.ahead);
    object.at = 0;
    ahead.try_reserve(room).map_err(|_| Raised::OUT_OF_MEMORY)?;
    ahead.resize(room, 0);
    let result = read_some(vm, value, &mut ahead);
    ahead.truncate(*result.as_ref().unwrap_or(&0));
    let more = !ahead.is_empty();
    opened(&mut vm.heap, value)?.ahead = ahead;
    result.map(|_| more)
}

/// The next line where it has been read ahead, made of the bytes where they lie; `None` where they have to be read first.
fn line_at_hand<S: Channel>(vm: &mut Vm, value: Value) -> Option<Result<Value, Raised>> {
    let object = vm.heap.as_native_mut::<FileObject>(value)?;
    let start = object.at;
    let end = start + memchr::memchr(b'\n', object.ahead())? + 1;
    let ahead = core::mem::take(&mut object.ahead);
    let line = stream::make::<S>(vm, &ahead[start..end]);
    let object = vm.heap.as_native_mut::<FileObject>(value)?;
    object.ahead = ahead;
    if line != Err(Raised::OUT_OF_MEMORY) {
        object.at = end;
    }
    Some(line)
}

fn write_repr(heap: &Heap, value: Value, out: &mut dyn Write) -> core::fmt::Result {
    let number = heap.as_native::<FileObject>(value).map_or(-1, FileObject::descriptor);
    write!(out, "<io.{} {number}>", heap.type_name(value))
}

fn file_number(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let number = opened(heap, given[0])?.descriptor();
    heap.int(number.into())
}

/// `sys.stdout.buffer` and its kin: the same stream, for bytes.
fn buffer(heap: &mut Heap, value: Value) -> Result<Value, Raised> {
    match heap.as_native::<FileObject>(value).map(|object| &object.source) {
        Some(&Source::Standard(number)) => make_standard(heap, number.into(), true),
        _ => Err(heap.raise(TypeId::AttributeError, "'TextIOWrapper' object has no attribute 'buffer'")),
    }
}

/// An optional count among the arguments of a method that reads, as far as standard input is concerned.
fn count(vm: &Vm, given: Arguments, at: usize) -> Option<usize> {
    given.get(vm, at).and_then(|value| vm.heap.as_int(value)).and_then(|count| usize::try_from(count).ok())
}

fn read<S: Channel>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let want = match count(vm, given, 1) {
        Some(count) if S::TEXT => Want::Characters(count),
        Some(count) => Want::Bytes(count),
        None => Want::All,
    };
    match input::gather(vm, given, "read", want)? {
        Some(outcome) => Ok(outcome),
        None => stream::read::<S>(vm, given),
    }
}

fn read_into<S: Channel>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let target = given.at(vm, 1);
    let room = vm.heap.as_buffer(vm.heap.native_part(target)).map_or(0, <[u8]>::len);
    let want = Want::Bytes(count(vm, given, 2).unwrap_or(room).min(room));
    match input::gather(vm, given, "readinto", want)? {
        Some(outcome) => Ok(outcome),
        None => stream::read_into::<S>(vm, given),
    }
}

fn read_line<S: Channel>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let stream = given.at(vm, 0);
    if given.count == 1
        && let Some(line) = line_at_hand::<S>(vm, stream)
    {
        return Ok(line?.into());
    }
    let want = Want::Line(count(vm, given, 1).unwrap_or(usize::MAX));
    match input::gather(vm, given, "readline", want)? {
        Some(outcome) => Ok(outcome),
        None => stream::read_line::<S>(vm, given),
    }
}

fn read_lines<S: Channel>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    match input::gather(vm, given, "readlines", Want::All)? {
        Some(outcome) => Ok(outcome),
        None => stream::read_lines::<S>(vm, given),
    }
}

fn next<S: Channel>(vm: &mut Vm, value: Value) -> Result<Outcome, Raised> {
    if let Some(line) = line_at_hand::<S>(vm, value) {
        return Ok(line?.into());
    }
    match input::gather_line(vm, value)? {
        Some(outcome) => Ok(outcome),
        None => stream::next::<S>(vm, value),
    }
}

macro_rules! members {
    ($channel:ty $(, $more:expr)*) => {
        &[
            full("read", 1, 2, read::<$channel>),
            full("readinto", 2, 3, read_into::<$channel>),
            full("readline", 1, 2, read_line::<$channel>),
            full("readlines", 1, 1, read_lines::<$channel>),
            full("write", 2, 4, stream::write::<$channel>),
            full("seek", 2, 3, stream::seek::<$channel>),
            full("tell", 1, 1, stream::tell::<$channel>),
            full("flush", 1, 1, stream::flush::<$channel>),
            full("close", 1, 1, stream::close::<$channel>),
            plain("fileno", 1, 1, file_number),
            plain("__enter__", 1, 1, stream::enter),
            full("__exit__", 4, 4, stream::close::<$channel>),
            $($more),*
        ]
    };
}

/// `io.TextIOWrapper`
pub static TEXT_IO_WRAPPER: TypeDef = TypeDef {
    members: members!(Files<true>, getter("buffer", buffer)),
    repr: Some(write_repr),
    next: Some(next::<Files<true>>),
    ..TypeDef::named("TextIOWrapper")
};

/// `io.FileIO`
pub static FILE_IO: TypeDef = TypeDef {
    members: members!(Files<false>),
    repr: Some(write_repr),
    next: Some(next::<Files<false>>),
    ..TypeDef::named("FileIO")
};
