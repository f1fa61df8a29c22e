//! `bytearray`: bytes that can be changed.

use super::bytes::{gather, zeros};
use super::function::{ANY, Member, TypeDef, class_method, full, full_constructor, keyword, plain};
use super::text_methods as methods;
use super::typed_items::ItemType;
use crate::heap::{Heap, Raised, Slot, TypeId, Value, try_copy};
use crate::run::{Arguments, Outcome, Vm};
use alloc::vec::Vec;

/// An integer cut to a byte, as upstream stores them.
pub fn cut_to_byte(heap: &mut Heap, value: Value) -> Result<u8, Raised> {
    let mut byte = [0];
    ItemType::BYTE.item(heap, value)?.store(&mut byte, 0);
    Ok(byte[0])
}

/// `bytearray()`, `bytearray(length)`, `bytearray(buffer, encoding, errors)`, `bytearray(iterable)`
fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let Some(value) = arguments.get(vm, 1) else { return Ok(vm.heap.bytearray(Vec::new())?.into()) };
    let part = vm.heap.native_part(value);
    if vm.heap.type_id(part) == TypeId::Int {
        let length = super::int::machine_int(&mut vm.heap, part)?;
        let zeros = zeros(&mut vm.heap, length)?;
        return Ok(vm.heap.bytearray(zeros)?.into());
    }
    // What the encoding is makes no difference, as upstream has it: text becomes UTF-8.
    if vm.heap.as_str(part).is_some() && arguments.count < 3 {
        return Err(vm.type_error("string argument without an encoding"));
    }
    if let Some(bytes) = vm.heap.as_buffer(part) {
        let copy = try_copy(bytes)?;
        return Ok(vm.heap.bytearray(copy)?.into());
    }
    let made = vm.heap.bytearray(Vec::new())?;
    Ok(Outcome::Frame(gather(made, value, made)))
}

/// `append(byte)`
fn append(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let this = receiver(heap, arguments[0])?;
    let byte = cut_to_byte(heap, arguments[1])?;
    if let Some((Slot::ByteArray(bytes), budget)) = heap.slot_and_budget(this) {
        budget.reserve(bytes, 1)?;
        bytes.push(byte);
    }
    Ok(Value::NONE)
}

/// `extend(buffer or iterable)`
fn extend(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (this, source) = (arguments.at(vm, 0), arguments.at(vm, 1));
    let this = receiver(&mut vm.heap, this)?;
    match extend_in_place(&mut vm.heap, this, source)? {
        Some(_) => Ok(Value::NONE.into()),
        None => Ok(Outcome::Frame(gather(this, source, Value::NONE))),
    }
}

fn receiver(heap: &mut Heap, value: Value) -> Result<Value, Raised> {
    let part = heap.native_part(value);
    match heap.slot_of(part) {
        Some(Slot::ByteArray(_)) => Ok(part),
        _ => Err(methods::wrong_receiver(heap, "bytearray", value)),
    }
}

/// `a += b` where `b` has bytes (text has); `None` where it is to be iterated over.
pub fn extend_in_place(heap: &mut Heap, a: Value, b: Value) -> Result<Option<Value>, Raised> {
    let part = heap.native_part(b);
    let Some(more) = heap.as_buffer(part) else { return Ok(None) };
    let more = try_copy(more)?;
    if let Some((Slot::ByteArray(bytes), budget)) = heap.slot_and_budget(a) {
        budget.reserve(bytes, more.len())?;
        bytes.extend_from_slice(&more);
    }
    Ok(Some(a))
}

/// What a slice is replaced by: the bytes of an array, a bytearray, a memoryview or of bytes, of items of one byte.
pub fn replacement(heap: &mut Heap, value: Value, item_size: usize) -> Result<Vec<u8>, Raised> {
    let part = heap.native_part(value);
    let size = match heap.slot_of(part) {
        Some(Slot::Bytes(_) | Slot::ByteArray(_)) => 1,
        Some(Slot::MemoryView(view)) => usize::from(view.item_size),
        Some(Slot::Object(object)) if heap.as_bytes(part).is_some() => usize::from(object.buffer_item().size),
        _ => return Err(heap.raise(TypeId::NotImplementedError, "array/bytes required on right side")),
    };
    if size != item_size {
        return Err(heap.raise(TypeId::ValueError, "lhs and rhs should be compatible"));
    }
    Ok(try_copy(heap.as_bytes(part).unwrap_or(&[]))?)
}

/// `container[index] = value`
pub fn set_item(
    heap: &mut Heap,
    container: Value,
    index: Value,
    parts: Option<[Value; 3]>,
    value: Value,
) -> Result<(), Raised> {
    let length = heap.as_bytes(container).map_or(0, <[u8]>::len);
    let Some(parts) = parts else {
        let at = super::slice::position(heap, index, length, "bytearray")?;
        let byte = cut_to_byte(heap, value)?;
        if let Some((Slot::ByteArray(bytes), _)) = heap.slot_and_budget(container)
            && let Some(place) = bytes.get_mut(at)
        {
            *place = byte;
        }
        return Ok(());
    };
    let span = super::slice::span(heap, parts, length)?;
    super::slice::only_step_one(heap, span)?;
    let new = replacement(heap, value, 1)?;
    if let Some((Slot::ByteArray(bytes), budget)) = heap.slot_and_budget(container) {
        let start = (span.start as usize).min(bytes.len());
        let end = (start + span.count).min(bytes.len());
        budget.reserve(bytes, new.len().saturating_sub(end - start))?;
        bytes.splice(start..end, new);
    }
    Ok(())
}

/// `del container[index]`
pub fn delete_item(
    heap: &mut Heap,
    container: Value,
    index: Value,
    parts: Option<[Value; 3]>,
) -> Result<(), Raised> {
    let length = heap.as_bytes(container).map_or(0, <[u8]>::len);
    let (start, end) = match parts {
        Some(parts) => {
            let span = super::slice::span(heap, parts, length)?;
            super::slice::only_step_one(heap, span)?;
            (span.start as usize, span.start as usize + span.count)
        }
        None => {
            let at = super::slice::position(heap, index, length, "bytearray")?;
            (at, at + 1)
        }
    };
    if let Some((Slot::ByteArray(bytes), _)) = heap.slot_and_budget(container) {
        bytes.drain(start.min(bytes.len())..end.min(bytes.len()).max(start.min(bytes.len())));
    }
    Ok(())
}

/// The methods, in alphabetical order.
const MEMBERS: &[Member] = &[
    plain("append", 2, 2, append),
    plain("center", 2, 2, methods::center),
    plain("count", 2, 4, methods::count),
    plain("decode", 1, 3, methods::decode),
    plain("endswith", 2, 4, methods::ends_with),
    full("extend", 2, 2, extend),
    plain("find", 2, 4, methods::find),
    keyword("format", 1, ANY, methods::format),
    class_method("fromhex", 2, 2, methods::from_hex),
    plain("hex", 1, 2, methods::hex),
    plain("index", 2, 4, methods::index),
    plain("isalpha", 1, 1, methods::is_alpha),
    plain("isdigit", 1, 1, methods::is_digit),
    plain("islower", 1, 1, methods::is_lower),
    plain("isspace", 1, 1, methods::is_space),
    plain("isupper", 1, 1, methods::is_upper),
    full("join", 2, 2, methods::join),
    plain("lower", 1, 1, methods::lower),
    plain("lstrip", 1, 2, methods::lstrip),
    plain("partition", 2, 2, methods::partition),
    plain("replace", 3, 4, methods::replace),
    plain("rfind", 2, 4, methods::rfind),
    plain("rindex", 2, 4, methods::rindex),
    plain("rpartition", 2, 2, methods::rpartition),
    plain("rsplit", 1, 3, methods::rsplit),
    plain("rstrip", 1, 2, methods::rstrip),
    plain("split", 1, 3, methods::split),
    keyword("splitlines", 1, ANY, methods::split_lines),
    plain("startswith", 2, 4, methods::starts_with),
    plain("strip", 1, 2, methods::strip),
    plain("upper", 1, 1, methods::upper),
];

/// `bytearray`
pub static TYPE: TypeDef = TypeDef {
    members: MEMBERS,
    construct: full_constructor("bytearray", 0, 3, construct),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::ByteArray, "bytearray")
};
