//! What `str`, `bytes` and `bytearray` have in common: most of their methods.
//!
//! A method is written once, on bytes. It finds out which of the three it was called on, works on borrowed bytes and
//! answers ranges, and only then are objects of the same kind made. In UTF-8 that cuts no character, because what is
//! searched for is text too.
//!
//! What always holds: operands are checked before anything is borrowed, so that a message can be made; and nothing
//! here runs Python but `format`, `%` and `join` over an iterator.

mod case;
mod coding;
mod format;
mod join;
mod percent;
mod search;
mod split;

pub use coding::{buffer, decode, decoded, encode, encoded, from_hex, hex};
pub use format::{format, write_formatted, write_formatted_text};
pub use join::join;
pub use percent::percent;
pub use search::{count, ends_with, find, index, partition, replace, rfind, rindex, rpartition, starts_with};
pub use split::{rsplit, split, split_lines};

pub use case::{
    center, is_alpha, is_digit, is_lower, is_space, is_upper, lower, lstrip, rstrip, strip, upper,
};

use crate::heap::{Heap, Raised, Slot, TypeId, Value, try_copy};
use crate::text::FormatError;
use crate::text::index::byte_offset;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

/// Which of the three types a method was called on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// `str`
    Str,
    /// `bytes`
    Bytes,
    /// `bytearray`
    ByteArray,
}

/// The kind of a value, if it is of one of the three types itself.
pub fn kind_of(heap: &Heap, value: Value) -> Option<Kind> {
    if heap.as_str(value).is_some() {
        return Some(Kind::Str);
    }
    match heap.slot_of(value)? {
        Slot::Bytes(_) => Some(Kind::Bytes),
        Slot::ByteArray(_) => Some(Kind::ByteArray),
        _ => None,
    }
}

/// The self of a method.
fn receiver(heap: &mut Heap, value: Value) -> Result<(Kind, Value), Raised> {
    let part = heap.native_part(value);
    match kind_of(heap, part) {
        Some(kind) => {
            let length = bytes_of(heap, part).len();
            heap.worked(length);
            Ok((kind, part))
        }
        None => Err(wrong_receiver(heap, "str", value)),
    }
}

/// A method of a built-in type was called on something else.
#[cold]
pub fn wrong_receiver(heap: &mut Heap, wanted: &str, value: Value) -> Raised {
    let kind = String::from(heap.type_name(value));
    heap.raise_fmt(TypeId::TypeError, format_args!("argument should be a '{wanted}' not a '{kind}'"))
}

/// An operand of the same sort as the self: text for text, bytes or a bytearray for either of those.
fn operand(heap: &mut Heap, kind: Kind, value: Value) -> Result<Value, Raised> {
    let part = heap.native_part(value);
    match (kind, kind_of(heap, part)) {
        (Kind::Str, Some(Kind::Str)) => Ok(part),
        (Kind::Bytes | Kind::ByteArray, Some(Kind::Bytes | Kind::ByteArray)) => Ok(part),
        _ => Err(no_implicit_conversion(heap, value)),
    }
}

/// The value is text where bytes are wanted, or anything else where text is.
#[cold]
pub fn no_implicit_conversion(heap: &mut Heap, value: Value) -> Raised {
    let from = String::from(heap.type_name(value));
    let to = if from == "str" { "bytes" } else { "str" };
    heap.raise_fmt(TypeId::TypeError, format_args!("can't convert '{from}' object to {to} implicitly"))
}

/// The bytes of a receiver or an operand.
fn bytes_of(heap: &Heap, value: Value) -> &[u8] {
    heap.as_buffer(value).unwrap_or(&[])
}

/// Whether character numbers and byte offsets are the same.
fn is_single_byte(heap: &Heap, kind: Kind, value: Value) -> bool {
    kind != Kind::Str || heap.str_characters(value) == Some(bytes_of(heap, value).len())
}

/// An object of this kind with these bytes, which are text for [`Kind::Str`].
fn make(heap: &mut Heap, kind: Kind, bytes: Vec<u8>) -> Result<Value, Raised> {
    match kind {
        Kind::Str => match String::from_utf8(bytes) {
            Ok(text) => heap.string(text),
            Err(_) => Err(heap.raise_bare(TypeId::UnicodeError)),
        },
        Kind::Bytes => heap.bytes_from(bytes),
        Kind::ByteArray => heap.bytearray(bytes),
    }
}

/// The empty object of this kind.
fn empty(heap: &mut Heap, kind: Kind) -> Result<Value, Raised> {
    make(heap, kind, Vec::new())
}

/// A part of a receiver as an object of its own. The whole of what cannot change is the receiver itself.
fn part(heap: &mut Heap, kind: Kind, whole: Value, range: Range<usize>) -> Result<Value, Raised> {
    if kind != Kind::ByteArray && range == (0..bytes_of(heap, whole).len()) {
        return Ok(whole);
    }
    if kind == Kind::Str {
        let text = heap.as_str(whole).and_then(|text| text.get(range)).unwrap_or("");
        let copy = copied_text(text)?;
        return heap.string(copy);
    }
    let copy = try_copy(bytes_of(heap, whole).get(range).unwrap_or(&[]))?;
    make(heap, kind, copy)
}

/// A copy of a text that may not fit in memory.
pub fn copied_text(text: &str) -> Result<String, Raised> {
    let mut copy = String::new();
    copy.try_reserve_exact(text.len()).map_err(|_| Raised::OUT_OF_MEMORY)?;
    copy.push_str(text);
    Ok(copy)
}

/// The bounds of a search in bytes, from `start` and `end` arguments that count characters, or are missing or None.
/// The end may lie before the start, and the start beyond the text: then nothing is found, not even nothing.
fn bounds(heap: &mut Heap, kind: Kind, whole: Value, arguments: &[Value]) -> Result<(usize, usize), Raised> {
    let length = bytes_of(heap, whole).len();
    let single = is_single_byte(heap, kind, whole);
    let mut ends = [0, length];
    let mut is_beyond = false;
    for (number, (end, &argument)) in ends.iter_mut().zip(arguments).enumerate() {
        if argument.is_none() {
            continue;
        }
        let index = bound(heap, kind, argument)?;
        *end = match heap.as_str(whole) {
            Some(text) => byte_offset(text, single, index),
            None if index < 0 => length.saturating_sub(index.unsigned_abs().try_into().unwrap_or(usize::MAX)),
            None => usize::try_from(index).unwrap_or(usize::MAX).min(length),
        };
        if number == 0 && *end == length {
            let characters = if single { length } else { heap.str_characters(whole).unwrap_or(length) };
            is_beyond = usize::try_from(index).is_ok_and(|index| index > characters);
        }
    }
    Ok((if is_beyond { length + 1 } else { ends[0] }, ends[1]))
}

/// A bound of a search as a number; what is beyond 64 bits is beyond every text.
fn bound(heap: &mut Heap, kind: Kind, argument: Value) -> Result<i64, Raised> {
    let part = heap.native_part(argument);
    if let Some(index) = heap.as_int(part) {
        return Ok(index);
    }
    match heap.as_integer(part) {
        Some(integer) if integer.is_negative() => Ok(i64::MIN),
        Some(_) => Ok(i64::MAX),
        None => {
            let what = match kind {
                Kind::Str => "string",
                Kind::Bytes => "bytes",
                Kind::ByteArray => "bytearray",
            };
            let other = String::from(heap.type_name(argument));
            Err(heap
                .raise_fmt(TypeId::TypeError, format_args!("{what} indices must be integers, not {other}")))
        }
    }
}

/// A limit on how many times something happens: negative is none.
fn limit(heap: &mut Heap, argument: Option<&Value>) -> Result<Option<usize>, Raised> {
    match argument {
        Some(&argument) => Ok(usize::try_from(super::int::machine_int(heap, argument)?).ok()),
        None => Ok(None),
    }
}

impl Heap {
    /// A formatting error as an exception.
    #[cold]
    pub fn raise_format(&mut self, error: FormatError) -> Raised {
        match error {
            FormatError::Value(text) => self.raise(TypeId::ValueError, &text),
            FormatError::Type(text) => self.raise(TypeId::TypeError, &text),
            FormatError::Index(text) => self.raise(TypeId::IndexError, &text),
            FormatError::Key(key) => match self.string(key) {
                Ok(key) => self.raise_key(key),
                Err(raised) => raised,
            },
            FormatError::Overflow(text) => self.raise(TypeId::OverflowError, &text),
            FormatError::ZeroDivision(text) => self.raise(TypeId::ZeroDivisionError, &text),
            FormatError::NotImplemented(text) => self.raise(TypeId::NotImplementedError, &text),
            FormatError::Memory => Raised::OUT_OF_MEMORY,
            FormatError::Interrupted => self.raise_interrupt(),
        }
    }
}
