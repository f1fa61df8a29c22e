//! Between text and bytes: `encode`, `decode`, `hex`, `fromhex`.

use super::{no_implicit_conversion, wrong_receiver};
use crate::heap::{Heap, Raised, TypeId, Value, try_copy};
use crate::text::encoding::{self, DecodeError, Encoding, OnInvalid};
use crate::text::hex::{parse_hex, write_hex};
use alloc::string::String;

/// `str.encode(encoding, errors)`
pub fn encode(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let text = heap.native_part(arguments[0]);
    if heap.as_str(text).is_none() {
        return Err(wrong_receiver(heap, "str", arguments[0]));
    }
    encoded(heap, text, arguments.get(1).copied())
}

/// The bytes of a text in an encoding, UTF-8 where none is given.
pub fn encoded(heap: &mut Heap, text: Value, encoding: Option<Value>) -> Result<Value, Raised> {
    let encoding = named(heap, encoding)?;
    let bytes = heap.as_str(text).unwrap_or("").as_bytes();
    if !encoding.accepts(bytes) {
        return Err(heap.raise_bare(TypeId::UnicodeError));
    }
    let copy = try_copy(bytes)?;
    heap.bytes_from(copy)
}

/// `bytes.decode(encoding, errors)`
pub fn decode(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    decoded(heap, arguments[0], arguments.get(1).copied(), arguments.get(2).copied())
}

/// The text that bytes spell in an encoding.
pub fn decoded(
    heap: &mut Heap,
    source: Value,
    encoding: Option<Value>,
    errors: Option<Value>,
) -> Result<Value, Raised> {
    let source = buffer(heap, source)?;
    let encoding = named(heap, encoding)?;
    let on_invalid = match errors {
        Some(errors) if !errors.is_none() => match heap.as_str(errors) {
            Some(name) => OnInvalid::named(name),
            None => return Err(no_implicit_conversion(heap, errors)),
        },
        _ => OnInvalid::Fail,
    };
    let mut text = String::new();
    let bytes = heap.as_buffer(source).unwrap_or(&[]);
    match encoding::decode(bytes, encoding, on_invalid, &mut text, heap.max_length()) {
        Ok(()) => heap.string(text),
        Err(DecodeError::Unicode) => Err(heap.raise_bare(TypeId::UnicodeError)),
        Err(DecodeError::Memory) => Err(Raised::OUT_OF_MEMORY),
    }
}

/// An encoding by the value that names it.
fn named(heap: &mut Heap, name: Option<Value>) -> Result<Encoding, Raised> {
    let Some(name) = name else { return Ok(Encoding::Utf8) };
    let Some(text) = heap.as_str(name) else { return Err(no_implicit_conversion(heap, name)) };
    match Encoding::named(text) {
        Ok(encoding) => Ok(encoding),
        Err(message) => Err(heap.raise(TypeId::LookupError, &message)),
    }
}

/// A value that has bytes, text included.
pub fn buffer(heap: &mut Heap, value: Value) -> Result<Value, Raised> {
    let part = heap.native_part(value);
    if heap.as_buffer(part).is_none() {
        return Err(heap.raise(TypeId::TypeError, "object with buffer protocol required"));
    }
    Ok(part)
}

/// `hex(separator)`
pub fn hex(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let source = buffer(heap, arguments[0])?;
    let separator = match arguments.get(1) {
        Some(&separator) => {
            let Some(text) = heap.as_buffer(separator) else {
                return Err(no_implicit_conversion(heap, separator));
            };
            text.first().map(|&byte| char::from(byte))
        }
        None => None,
    };
    let mut digits = String::new();
    let bytes = heap.as_buffer(source).unwrap_or(&[]);
    match write_hex(bytes, separator, &mut digits, heap.max_length()) {
        Ok(()) => heap.string(digits),
        Err(error) => Err(heap.raise_format(error)),
    }
}

/// `bytes.fromhex(digits)` and `bytearray.fromhex(digits)`, with the class before.
pub fn from_hex(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let source = buffer(heap, arguments[1])?;
    let is_bytearray =
        heap.as_class(arguments[0]).is_some_and(|class| heap.is_subclass(class, TypeId::ByteArray.handle()));
    match parse_hex(heap.as_buffer(source).unwrap_or(&[])) {
        Ok(bytes) if is_bytearray => heap.bytearray(bytes),
        Ok(bytes) => heap.bytes_from(bytes),
        Err(error) => Err(heap.raise_format(error)),
    }
}
