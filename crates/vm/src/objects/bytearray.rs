//! `bytearray`

use super::function::TypeDef;
use crate::heap::{Heap, Raised, Slot, TypeId, Value};

/// `a += b`
pub fn extend_in_place(heap: &mut Heap, a: Value, b: Value) -> Result<Option<Value>, Raised> {
    let Some(more) = heap.as_bytes(b) else { return Ok(None) };
    let more = more.to_vec();
    if let Some((Slot::ByteArray(bytes), budget)) = heap.slot_and_budget(a) {
        budget.reserve(bytes, more.len())?;
        bytes.extend_from_slice(&more);
    }
    Ok(Some(a))
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
        let byte = super::int::machine_int(heap, value)? as u8;
        if let Some((Slot::ByteArray(bytes), _)) = heap.slot_and_budget(container) {
            bytes[at] = byte;
        }
        return Ok(());
    };
    let span = super::slice::span(heap, parts, length)?;
    if span.step != 1 {
        return Err(
            heap.raise(TypeId::NotImplementedError, "only slices with step=1 (aka None) are supported")
        );
    }
    let Some(new) = heap.as_bytes(value).map(<[u8]>::to_vec) else {
        return Err(heap.raise(TypeId::TypeError, "object with buffer protocol required"));
    };
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
            if span.step != 1 {
                let message = "only slices with step=1 (aka None) are supported";
                return Err(heap.raise(TypeId::NotImplementedError, message));
            }
            (span.start as usize, span.start as usize + span.count)
        }
        None => {
            let at = super::slice::position(heap, index, length, "bytearray")?;
            (at, at + 1)
        }
    };
    if let Some((Slot::ByteArray(bytes), _)) = heap.slot_and_budget(container) {
        bytes.drain(start..end.min(bytes.len()).max(start));
    }
    Ok(())
}

/// `bytearray`
pub static TYPE: TypeDef =
    TypeDef { base_for_classes: true, ..TypeDef::builtin(TypeId::ByteArray, "bytearray") };
