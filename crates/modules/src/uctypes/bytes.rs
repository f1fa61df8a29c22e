//! Bytes at an address: what `bytearray_at` gives, and arrays of `UINT8`. To programs it is a `bytearray`, with the
//! difference that the bytes are another object's and their number is fixed.

use crate::arguments;
use crate::index_iterator;
use crate::memory;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Tracer, TypeId, Value, try_copy};
use wigwag_vm::objects::bytearray::{cut_to_byte, replacement};
use wigwag_vm::objects::function::{TypeDef, plain};
use wigwag_vm::objects::native::{NativeObject, Window};
use wigwag_vm::objects::slice::{only_step_one, position, span};

/// Bytes of another object.
struct Bytes {
    class: Handle,
    address: u64,
    /// Where they are; the base is None where the address leads nowhere.
    window: Window,
}

impl NativeObject for Bytes {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.window.base);
    }

    fn bytes(&self) -> usize {
        size_of::<Bytes>()
    }

    fn window(&self) -> Option<Window> {
        Some(self.window)
    }

    fn is_buffer_writable(&self) -> bool {
        true
    }
}

/// So many bytes at an address; `found` is what lies there.
pub fn make(heap: &mut Heap, address: u64, found: Option<Window>, length: usize) -> Result<Value, Raised> {
    let class = heap.class_for(&TYPE)?;
    let window = match found.filter(|window| window.length >= length) {
        Some(window) => Window { length, ..window },
        None => Window { base: Value::NONE, start: 0, length },
    };
    arguments::object(heap, Bytes { class, address, window })
}

/// Whether a value is bytes at an address.
pub fn is_bytes(heap: &Heap, value: Value) -> bool {
    heap.as_native::<Bytes>(value).is_some()
}

/// The address, if the value is bytes at one.
pub fn address(heap: &Heap, value: Value) -> Option<u64> {
    heap.as_native::<Bytes>(value).map(|bytes| bytes.address)
}

fn length(heap: &Heap, value: Value) -> usize {
    heap.as_native::<Bytes>(value).map_or(0, |bytes| bytes.window.length)
}

/// The error for bytes that are not there.
fn missing(heap: &mut Heap, value: Value) -> Raised {
    let address = address(heap, value).unwrap_or(0);
    memory::nothing_at(heap, address)
}

fn item(heap: &mut Heap, value: Value, number: usize) -> Result<Option<Value>, Raised> {
    if number >= length(heap, value) {
        return Ok(None);
    }
    match heap.as_bytes(value).and_then(|bytes| bytes.get(number)) {
        Some(&byte) => Ok(Some(Value::tiny_int(i32::from(byte)))),
        None => Err(missing(heap, value)),
    }
}

fn slice_parts(heap: &Heap, index: Value) -> Option<[Value; 3]> {
    match heap.slot_of(index) {
        Some(&Slot::Slice(parts)) => Some(parts),
        _ => None,
    }
}

fn get_item(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let length = length(heap, given[0]);
    let Some(parts) = slice_parts(heap, given[1]) else {
        let number = position(heap, given[1], length, "bytearray")?;
        return Ok(item(heap, given[0], number)?.unwrap_or(Value::NONE));
    };
    let span = span(heap, parts, length)?;
    only_step_one(heap, span)?;
    let (start, end) = (span.start as usize, span.start as usize + span.count);
    match heap.as_bytes(given[0]).and_then(|bytes| bytes.get(start..end)) {
        Some(bytes) => {
            let copy = try_copy(bytes)?;
            heap.bytearray(copy)
        }
        None => Err(missing(heap, given[0])),
    }
}

fn set_item(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let length = length(heap, given[0]);
    let Some(parts) = slice_parts(heap, given[1]) else {
        let number = position(heap, given[1], length, "bytearray")?;
        let byte = cut_to_byte(heap, given[2])?;
        return store(heap, given[0], number, &[byte]);
    };
    let span = span(heap, parts, length)?;
    only_step_one(heap, span)?;
    let new = replacement(heap, given[2], 1)?;
    if new.len() != span.count {
        return Err(heap.raise(TypeId::ValueError, "lhs and rhs should be compatible"));
    }
    store(heap, given[0], span.start as usize, &new)
}

fn store(heap: &mut Heap, value: Value, start: usize, new: &[u8]) -> Result<Value, Raised> {
    match heap.as_bytes_mut(value).and_then(|bytes| bytes.get_mut(start..start + new.len())) {
        Some(place) => {
            place.copy_from_slice(new);
            Ok(Value::NONE)
        }
        None => Err(missing(heap, value)),
    }
}

fn equal(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let other = heap.native_part(given[1]);
    let (Some(own), Some(other)) = (heap.as_bytes(given[0]), heap.as_bytes(other)) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    Ok(if own == other { Value::TRUE } else { Value::FALSE })
}

/// `bytearray`, of bytes at an address
static TYPE: TypeDef = TypeDef {
    members: &[
        plain("__len__", 1, 1, |heap, given| {
            let length = length(heap, given[0]);
            heap.size(length)
        }),
        plain("__getitem__", 2, 2, get_item),
        plain("__setitem__", 3, 3, set_item),
        plain("__iter__", 1, 1, |heap, given| index_iterator::make(heap, given[0], item)),
        plain("__eq__", 2, 2, equal),
    ],
    base: Some(TypeId::ByteArray),
    repr: Some(|heap, value, out| {
        let bytes = heap.as_bytes(value).unwrap_or(&[]);
        out.write_str("bytearray(b'")?;
        bytes.escape_ascii().try_for_each(|character| out.write_char(char::from(character)))?;
        out.write_str("')")
    }),
    ..TypeDef::named("bytearray")
};
