//! What all streams have in common: `read`, `readline`, `write` and their kin, on top of a few operations of each type.
//!
//! A stream type implements [`Channel`] and puts the functions of this file into its table of members. What always
//! holds: a text stream hands out whole characters, and counts its arguments in them; what was read but could not be
//! handed out for lack of memory is put back, because the interpreter collects and calls the same function again.

use crate::arguments;
use crate::errno::EINVAL;
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, TypeId, Value};
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// The operations of a stream type.
pub trait Channel {
    /// Whether it reads `str`; else `bytes`.
    const TEXT: bool;

    /// Appends up to `most` bytes; fewer only at the end.
    fn read(vm: &mut Vm, stream: Value, most: usize, into: &mut Vec<u8>) -> Result<(), Raised>;

    /// Puts bytes back that were just read.
    fn unread(vm: &mut Vm, stream: Value, bytes: &[u8]);

    /// Writes bytes; gives how many were taken.
    fn write(vm: &mut Vm, stream: Value, bytes: &[u8]) -> Result<usize, Raised>;

    /// Moves to a position (from the start, from here, from the end) and gives it from the start.
    fn seek(vm: &mut Vm, stream: Value, offset: i64, whence: i64) -> Result<u64, Raised>;

    /// Appends one line with its end, of up to `most` bytes.
    fn read_line(vm: &mut Vm, stream: Value, most: usize, into: &mut Vec<u8>) -> Result<(), Raised> {
        while into.len() < most {
            let before = into.len();
            Self::read(vm, stream, 1, into)?;
            if into.len() == before || into.last() == Some(&b'\n') {
                break;
            }
        }
        Ok(())
    }

    /// Sees to it that what was written gets where it is to go.
    fn flush(vm: &mut Vm, stream: Value) -> Result<(), Raised>;

    /// Closes it; a second time does nothing.
    fn close(vm: &mut Vm, stream: Value) -> Result<(), Raised>;
}

/// Reads with `fill`, and gives the bytes as the stream's type gives them.
fn hand_out<S: Channel>(
    vm: &mut Vm,
    stream: Value,
    fill: impl FnOnce(&mut Vm, &mut Vec<u8>) -> Result<(), Raised>,
) -> Result<Value, Raised> {
    let mut bytes = Vec::new();
    let result = fill(vm, &mut bytes).and_then(|()| make::<S>(vm, &bytes));
    if result == Err(Raised::OUT_OF_MEMORY) {
        S::unread(vm, stream, &bytes);
    }
    result
}

/// Bytes as the stream's type gives them.
pub(super) fn make<S: Channel>(vm: &mut Vm, bytes: &[u8]) -> Result<Value, Raised> {
    if !S::TEXT {
        return vm.heap.bytes(bytes);
    }
    match core::str::from_utf8(bytes) {
        Ok(text) => vm.heap.str(text),
        Err(_) => Err(vm.heap.raise_bare(TypeId::UnicodeError)),
    }
}

/// How many bytes the character that begins with this byte has.
pub fn character_length(first: u8) -> usize {
    match first {
        0xC0..0xE0 => 2,
        0xE0..0xF0 => 3,
        0xF0.. => 4,
        _ => 1,
    }
}

/// Reads this many characters: as many bytes as are certain to be needed, until all characters are whole.
fn read_characters<S: Channel>(
    vm: &mut Vm,
    stream: Value,
    count: usize,
    into: &mut Vec<u8>,
) -> Result<(), Raised> {
    let (mut characters, mut checked, mut wanted) = (0, 0, count);
    while wanted > 0 {
        let before = into.len();
        S::read(vm, stream, wanted, into)?;
        if into.len() == before {
            break;
        }
        while characters < count && checked < into.len() {
            checked += character_length(into[checked]);
            characters += 1;
        }
        wanted = (count - characters) + checked.saturating_sub(into.len());
    }
    Ok(())
}

/// An optional count: `None` and negative ones mean no bound.
fn bound(vm: &mut Vm, value: Option<Value>) -> Result<Option<usize>, Raised> {
    match value.filter(|value| !value.is_none()) {
        None => Ok(None),
        Some(value) => Ok(usize::try_from(arguments::integer(&mut vm.heap, value)?).ok()),
    }
}

/// `read(size=-1)`
pub fn read<S: Channel>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (stream, size) = (given.at(vm, 0), given.get(vm, 1));
    let size = bound(vm, size)?;
    let result = hand_out::<S>(vm, stream, |vm, bytes| match size {
        Some(count) if S::TEXT => read_characters::<S>(vm, stream, count, bytes),
        _ => S::read(vm, stream, size.unwrap_or(usize::MAX), bytes),
    });
    Ok(result?.into())
}

/// `readline(size=-1)`
pub fn read_line<S: Channel>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (stream, size) = (given.at(vm, 0), given.get(vm, 1));
    let most = bound(vm, size)?.unwrap_or(usize::MAX);
    Ok(hand_out::<S>(vm, stream, |vm, bytes| S::read_line(vm, stream, most, bytes))?.into())
}

/// `readlines()`
pub fn read_lines<S: Channel>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let stream = given.at(vm, 0);
    let mut bytes = Vec::new();
    let result = S::read(vm, stream, usize::MAX, &mut bytes).and_then(|()| {
        let lines = vm.heap.list(&[])?;
        for line in bytes.split_inclusive(|&byte| byte == b'\n') {
            let line = make::<S>(vm, line)?;
            vm.heap.list_push(lines, line)?;
        }
        Ok(lines)
    });
    if result == Err(Raised::OUT_OF_MEMORY) {
        S::unread(vm, stream, &bytes);
    }
    Ok(result?.into())
}

/// The next line, for iteration.
pub fn next<S: Channel>(vm: &mut Vm, stream: Value) -> Result<Outcome, Raised> {
    let line = hand_out::<S>(vm, stream, |vm, bytes| S::read_line(vm, stream, usize::MAX, bytes))?;
    Ok(match vm.heap.as_buffer(line) {
        Some([]) => Outcome::Stop(Value::NONE),
        _ => line.into(),
    })
}

/// `readinto(buffer, size=len(buffer))`
pub fn read_into<S: Channel>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (stream, target, size) = (given.at(vm, 0), given.at(vm, 1), given.get(vm, 2));
    let room = arguments::writable(&mut vm.heap, target)?.len();
    let most = bound(vm, size)?.unwrap_or(room).min(room);
    let mut bytes = Vec::new();
    S::read(vm, stream, most, &mut bytes)?;
    let place = arguments::writable(&mut vm.heap, target)?;
    let count = bytes.len().min(place.len());
    place[..count].copy_from_slice(&bytes[..count]);
    Ok(vm.heap.size(count)?.into())
}

/// `write(buffer)`, `write(buffer, size)`, `write(buffer, offset, size)`
pub fn write<S: Channel>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (stream, source) = (given.at(vm, 0), given.at(vm, 1));
    let bytes = arguments::buffer(&mut vm.heap, source)?;
    let (second, third) = (given.get(vm, 2), given.get(vm, 3));
    let (offset, size) = match third {
        Some(_) => (bound(vm, second)?.unwrap_or(bytes.len()), bound(vm, third)?),
        None => (0, bound(vm, second)?),
    };
    let rest = &bytes[offset.min(bytes.len())..];
    let count = S::write(vm, stream, &rest[..size.unwrap_or(rest.len()).min(rest.len())])?;
    Ok(vm.heap.size(count)?.into())
}

/// `seek(offset, whence=0)`
pub fn seek<S: Channel>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (stream, offset) = (given.at(vm, 0), given.at(vm, 1));
    let offset = arguments::integer(&mut vm.heap, offset)?;
    let whence = match given.get(vm, 2) {
        Some(whence) => arguments::integer(&mut vm.heap, whence)?,
        None => 0,
    };
    if whence == 0 && offset < 0 {
        return Err(vm.heap.raise_os(EINVAL));
    }
    let position = S::seek(vm, stream, offset, whence)?;
    Ok(vm.heap.int(position as i64)?.into())
}

/// `tell()`
pub fn tell<S: Channel>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let stream = given.at(vm, 0);
    let position = S::seek(vm, stream, 0, 1)?;
    Ok(vm.heap.int(position as i64)?.into())
}

/// `flush()`
pub fn flush<S: Channel>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let stream = given.at(vm, 0);
    S::flush(vm, stream)?;
    Ok(Value::NONE.into())
}

/// `close()`
pub fn close<S: Channel>(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let stream = given.at(vm, 0);
    S::close(vm, stream)?;
    Ok(Value::NONE.into())
}

/// `__enter__()`
pub fn enter(_: &mut wigwag_vm::heap::Heap, given: &[Value]) -> Result<Value, Raised> {
    Ok(given[0])
}
