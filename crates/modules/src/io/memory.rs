//! `StringIO` and `BytesIO`: streams over a buffer in memory.

use super::stream::{self, Channel};
use crate::arguments;
use crate::errno::EINVAL;
use alloc::vec::Vec;
use wigwag_vm::heap::{Budget, Handle, Heap, Raised, Slot, Tracer, TypeId, Value, try_copy};
use wigwag_vm::objects::function::{TypeDef, full, plain, plain_constructor};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::Vm;

/// A buffer with a position.
pub struct MemoryStream {
    class: Handle,
    /// Bytes or a string whose contents are the stream's until it is written to.
    source: Value,
    data: Vec<u8>,
    position: usize,
    closed: bool,
}

impl NativeObject for MemoryStream {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.source);
    }

    fn bytes(&self) -> usize {
        size_of::<MemoryStream>() + self.data.capacity()
    }
}

impl MemoryStream {
    /// A stream over bytes that have not been charged yet.
    pub fn new(class: Handle, data: Vec<u8>) -> MemoryStream {
        MemoryStream { class, source: Value::NONE, data, position: 0, closed: false }
    }
}

/// Whether a value is a stream in memory.
pub(super) fn is_memory(heap: &Heap, value: Value) -> bool {
    heap.as_native::<MemoryStream>(value).is_some()
}

/// The open stream behind a value, with the budget that its growth is charged to.
fn open(heap: &mut Heap, stream: Value) -> Result<(&mut MemoryStream, &mut Budget), Raised> {
    match heap.as_native::<MemoryStream>(stream) {
        Some(object) if object.closed => {
            return Err(heap.raise(TypeId::ValueError, "I/O operation on closed file"));
        }
        Some(_) => {}
        None => return Err(heap.raise(TypeId::TypeError, "stream operation not supported")),
    }
    match heap.slot_and_budget(stream) {
        Some((Slot::Object(object), budget)) => {
            match (&mut **object as &mut dyn core::any::Any).downcast_mut() {
                Some(object) => Ok((object, budget)),
                None => Err(Raised::OUT_OF_MEMORY),
            }
        }
        _ => Err(Raised::OUT_OF_MEMORY),
    }
}

/// The bytes of an open stream, and where it is.
fn contents(heap: &mut Heap, value: Value) -> Result<(&[u8], usize), Raised> {
    open(heap, value)?;
    match heap.as_native::<MemoryStream>(value) {
        Some(stream) => {
            let bytes = heap.as_buffer(stream.source).unwrap_or(&stream.data);
            Ok((bytes, stream.position))
        }
        None => Ok((&[], 0)),
    }
}

/// Gives a stream bytes of its own, before it is written to.
fn make_own(heap: &mut Heap, value: Value) -> Result<(), Raised> {
    let source = open(heap, value)?.0.source;
    let Some(bytes) = heap.as_buffer(source) else { return Ok(()) };
    let copy = try_copy(bytes)?;
    let (stream, budget) = open(heap, value)?;
    budget.charge(copy.capacity())?;
    stream.data = copy;
    stream.source = Value::NONE;
    Ok(())
}

/// A [`MemoryStream`] that gives text or bytes.
pub struct Memory<const TEXT: bool>;

impl<const TEXT: bool> Channel for Memory<TEXT> {
    const TEXT: bool = TEXT;

    fn read(vm: &mut Vm, value: Value, most: usize, into: &mut Vec<u8>) -> Result<(), Raised> {
        let (bytes, position) = contents(&mut vm.heap, value)?;
        let rest = bytes.get(position..).unwrap_or(&[]);
        let part = &rest[..most.min(rest.len())];
        into.try_reserve(part.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
        into.extend_from_slice(part);
        let count = part.len();
        open(&mut vm.heap, value)?.0.position += count;
        Ok(())
    }

    fn unread(vm: &mut Vm, value: Value, bytes: &[u8]) {
        if let Ok((stream, _)) = open(&mut vm.heap, value) {
            stream.position = stream.position.saturating_sub(bytes.len());
        }
    }

    fn write(vm: &mut Vm, value: Value, bytes: &[u8]) -> Result<usize, Raised> {
        open(&mut vm.heap, value)?;
        if !bytes.is_empty() {
            make_own(&mut vm.heap, value)?;
        }
        let (stream, budget) = open(&mut vm.heap, value)?;
        let end = stream.position.checked_add(bytes.len()).ok_or(Raised::OUT_OF_MEMORY)?;
        if end > stream.data.len() && !bytes.is_empty() {
            let more = end - stream.data.len();
            budget.reserve(&mut stream.data, more)?;
            stream.data.resize(end, 0);
        }
        if let Some(place) = stream.data.get_mut(stream.position..end) {
            place.copy_from_slice(bytes);
            stream.position = end;
        }
        Ok(bytes.len())
    }

    fn seek(vm: &mut Vm, value: Value, offset: i64, whence: i64) -> Result<u64, Raised> {
        let (bytes, position) = contents(&mut vm.heap, value)?;
        let from = match whence {
            0 => 0,
            1 => position as i64,
            _ => bytes.len() as i64,
        };
        let (stream, _) = open(&mut vm.heap, value)?;
        match from.checked_add(offset).and_then(|position| usize::try_from(position).ok()) {
            Some(position) => {
                stream.position = position;
                Ok(position as u64)
            }
            None => Err(vm.heap.raise_os(EINVAL)),
        }
    }

    fn flush(vm: &mut Vm, value: Value) -> Result<(), Raised> {
        open(&mut vm.heap, value)?;
        Ok(())
    }

    fn close(vm: &mut Vm, value: Value) -> Result<(), Raised> {
        if let Some((Slot::Object(object), budget)) = vm.heap.slot_and_budget(value)
            && let Some(stream) = (&mut **object as &mut dyn core::any::Any).downcast_mut::<MemoryStream>()
        {
            budget.release_vec(&stream.data);
            stream.data = Vec::new();
            stream.source = Value::NONE;
            stream.closed = true;
        }
        Ok(())
    }
}

fn get_value(heap: &mut Heap, given: &[Value], text: bool) -> Result<Value, Raised> {
    let (bytes, _) = contents(heap, given[0])?;
    let copy = try_copy(bytes)?;
    if !text {
        return heap.bytes_from(copy);
    }
    match alloc::string::String::from_utf8(copy) {
        Ok(text) => heap.string(text),
        Err(_) => Err(heap.raise(TypeId::UnicodeError, "")),
    }
}

/// Makes a stream: over a copy of a buffer, or empty; a number is how much room it shall have at once.
fn construct(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let Some(class) = heap.as_class(given[0]) else { return Ok(Value::NONE) };
    let mut stream = MemoryStream::new(class, Vec::new());
    match given.get(1) {
        None => {}
        Some(&size) if heap.as_int(size).is_some() => {
            let size = usize::try_from(arguments::integer(heap, size)?).unwrap_or(0);
            if size > heap.max_length() {
                return Err(Raised::OUT_OF_MEMORY);
            }
            stream.data.try_reserve_exact(size).map_err(|_| Raised::OUT_OF_MEMORY)?;
        }
        Some(&source) => {
            let part = heap.native_part(source);
            // What can change is copied at once, what cannot only when the stream does.
            if heap.as_str(part).is_some() || matches!(heap.slot_of(part), Some(Slot::Bytes(_))) {
                stream.source = part;
            } else {
                stream.data = arguments::buffer(heap, source)?;
            }
        }
    }
    arguments::object(heap, stream)
}

fn write_repr(heap: &Heap, stream: Value, out: &mut dyn core::fmt::Write) -> core::fmt::Result {
    let address = stream.as_handle().map_or(0, |handle| handle.index() * 32);
    write!(out, "<io.{} 0x{address:x}>", heap.type_name(stream))
}

macro_rules! memory_members {
    ($channel:ty $(, $more:expr)*) => {
        &[
            full("read", 1, 2, stream::read::<$channel>),
            full("readinto", 2, 3, stream::read_into::<$channel>),
            full("readline", 1, 2, stream::read_line::<$channel>),
            full("readlines", 1, 1, stream::read_lines::<$channel>),
            full("write", 2, 4, stream::write::<$channel>),
            full("seek", 2, 3, stream::seek::<$channel>),
            full("tell", 1, 1, stream::tell::<$channel>),
            full("flush", 1, 1, stream::flush::<$channel>),
            full("close", 1, 1, stream::close::<$channel>),
            plain("__enter__", 1, 1, stream::enter),
            full("__exit__", 1, 4, stream::close::<$channel>),
            $($more),*
        ]
    };
}

/// `io.StringIO`
pub static STRING_IO: TypeDef = TypeDef {
    members: memory_members!(
        Memory<true>,
        plain("getvalue", 1, 1, |heap, given| get_value(heap, given, true))
    ),
    construct: plain_constructor("StringIO", 0, 1, construct),
    next: Some(stream::next::<Memory<true>>),
    repr: Some(write_repr),
    base_for_classes: true,
    ..TypeDef::named("StringIO")
};

/// `io.BytesIO`
pub static BYTES_IO: TypeDef = TypeDef {
    members: memory_members!(
        Memory<false>,
        plain("getvalue", 1, 1, |heap, given| get_value(heap, given, false))
    ),
    construct: plain_constructor("BytesIO", 0, 1, construct),
    next: Some(stream::next::<Memory<false>>),
    repr: Some(write_repr),
    base_for_classes: true,
    ..TypeDef::named("BytesIO")
};
