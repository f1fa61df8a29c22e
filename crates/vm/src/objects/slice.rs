//! `slice`, and subscripts of built-in sequences.

use super::function::{TypeDef, getter, plain_constructor};
use crate::heap::{Heap, Raised, Slot, TypeId, Value, try_copy};
use crate::run::Vm;
use alloc::string::String;
use alloc::vec::Vec;

/// A slice applied to a length: start, stop, step, and how many items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first position.
    pub start: i64,
    /// The position to stop before.
    pub stop: i64,
    /// The distance between positions.
    pub step: i64,
    /// How many positions.
    pub count: usize,
}

impl Span {
    /// The positions, in order.
    pub fn positions(self) -> impl Iterator<Item = usize> {
        (0..self.count).map(move |number| (self.start + self.step * number as i64) as usize)
    }
}

/// Applies bounds and a step other than 0 to a sequence of `length` items.
#[inline]
fn span_of(start: Option<i64>, stop: Option<i64>, step: i64, length: usize) -> Span {
    let length = length as i64;
    let (lowest, highest) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let (first, last) = if step > 0 { (lowest, highest) } else { (highest, lowest) };
    let bound = |at: Option<i64>, default: i64| match at {
        Some(at) => if at < 0 { at.saturating_add(length) } else { at }.clamp(lowest, highest),
        None => default,
    };
    let (start, stop) = (bound(start, first), bound(stop, last));
    let distance = if step > 0 { stop - start } else { start - stop };
    let count = match step {
        _ if distance <= 0 => 0,
        1 | -1 => distance as usize,
        _ => (distance as u64).div_ceil(step.unsigned_abs()) as usize,
    };
    Span { start, stop, step, count }
}

/// Applies a slice to a sequence of `length` items, where its parts are inline integers.
#[inline]
fn plain_span(parts: [Value; 3], length: usize) -> Option<Span> {
    let part = |part: Value| if part.is_none() { Some(None) } else { part.as_small_int().map(Some) };
    let step = part(parts[2])?.unwrap_or(1);
    if step == 0 {
        return None;
    }
    Some(span_of(part(parts[0])?, part(parts[1])?, step, length))
}

/// `container[start:stop]` of a list, tuple, ASCII text or bytes, and `list[start::-1]`; `None` for anything else, and
/// where memory runs out: [`get_item`] does it then, or says why not.
pub fn part_plain(heap: &mut Heap, container: Value, parts: [Value; 3]) -> Option<Value> {
    match heap.slot_of(container) {
        Some(Slot::List(_)) => list_part(heap, container, parts),
        Some(Slot::Tuple(items)) => tuple_part(heap, container, plain_span(parts, items.len())?),
        Some(&Slot::SmallTuple(length, _)) => tuple_part(heap, container, plain_span(parts, length.into())?),
        Some(Slot::Bytes(bytes)) => {
            let part = try_copy(part_in_row(bytes, parts)?).ok()?;
            heap.bytes_from(part).ok()
        }
        Some(Slot::Str(_)) | None => {
            let text = heap.as_str(container)?;
            if heap.str_characters(container) != Some(text.len()) {
                return None;
            }
            let part = try_copy(part_in_row(text.as_bytes(), parts)?).ok()?;
            heap.string(String::from_utf8(part).ok()?).ok()
        }
        _ => None,
    }
}

/// Items one after another.
fn part_in_row<T>(items: &[T], parts: [Value; 3]) -> Option<&[T]> {
    let Span { start, step, count, .. } = plain_span(parts, items.len())?;
    if step == 1 { items.get(start as usize..start as usize + count) } else { None }
}

fn tuple_part(heap: &mut Heap, tuple: Value, span: Span) -> Option<Value> {
    if span.step == 1 { super::sequence::part(heap, tuple, span).ok() } else { None }
}

fn list_part(heap: &mut Heap, list: Value, parts: [Value; 3]) -> Option<Value> {
    let (Slot::List(items), budget) = heap.slot_and_budget(list)? else { return None };
    let Span { start, step, count, .. } = plain_span(parts, items.len())?;
    let start = start as usize;
    let row = match step {
        1 => items.get(start..start + count)?,
        -1 if count > 0 => items.get(start + 1 - count..=start)?,
        _ => return None,
    };
    let mut part = Vec::new();
    budget.reserve(&mut part, count).ok()?;
    if step == 1 {
        part.extend_from_slice(row);
    } else {
        part.extend(row.iter().rev());
    }
    heap.worked(count);
    heap.list_from(part).ok()
}

/// `list[start:stop] = new` for a list of as many items; false for anything else: [`set_item`] does it then, or says why
/// not.
pub fn set_part_plain(heap: &mut Heap, list: Value, parts: [Value; 3], new: Value) -> bool {
    let (Some(items), Some(count)) = (heap.as_list(list), heap.as_list(new).map(<[Value]>::len)) else {
        return false;
    };
    match plain_span(parts, items.len()) {
        Some(span) if span.step == 1 && span.count == count && list != new => {
            super::sequence::overwrite(heap, list, span.start as usize, new);
            true
        }
        _ => false,
    }
}

/// Applies a slice to a sequence of `length` items.
pub fn span(heap: &mut Heap, parts: [Value; 3], length: usize) -> Result<Span, Raised> {
    if let Some(span) = plain_span(parts, length) {
        return Ok(span);
    }
    let step = if parts[2].is_none() { 1 } else { super::int::machine_int(heap, parts[2])? };
    if step == 0 {
        return Err(heap.raise(TypeId::ValueError, "slice step can't be zero"));
    }
    let mut bound = |part: Value| -> Result<Option<i64>, Raised> {
        if part.is_none() {
            return Ok(None);
        }
        Ok(Some(match heap.as_int(part) {
            Some(at) => at,
            // Beyond 64 bits is beyond every sequence.
            None => match heap.as_integer(part) {
                Some(integer) if integer.is_negative() => i64::MIN / 2,
                Some(_) => i64::MAX / 2,
                None => super::int::machine_int(heap, part)?,
            },
        }))
    };
    let (start, stop) = (bound(parts[0])?, bound(parts[1])?);
    Ok(span_of(start, stop, step, length))
}

/// Only parts in a row can be taken of tuples, text and bytes, or replaced in a bytearray: so upstream has it.
pub fn only_step_one(heap: &mut Heap, span: Span) -> Result<(), Raised> {
    if span.step == 1 {
        return Ok(());
    }
    Err(heap.raise(TypeId::NotImplementedError, "only slices with step=1 (aka None) are supported"))
}

/// A subscript as a position within `length`; the error names the type.
pub fn position(heap: &mut Heap, index: Value, length: usize, kind: &str) -> Result<usize, Raised> {
    let Some(at) = heap.as_int(index) else {
        if heap.as_integer(index).is_some() {
            return Err(heap.raise(TypeId::OverflowError, "overflow converting long int to machine word"));
        }
        let other = alloc::string::String::from(heap.type_name(index));
        return Err(
            heap.raise_fmt(TypeId::TypeError, format_args!("{kind} indices must be integers, not {other}"))
        );
    };
    let distance = usize::try_from(at.unsigned_abs()).ok();
    match if at < 0 { distance.and_then(|back| length.checked_sub(back)) } else { distance } {
        Some(at) if at < length => Ok(at),
        _ => Err(heap.raise_fmt(TypeId::IndexError, format_args!("{kind} index out of range"))),
    }
}

fn slice_parts(heap: &Heap, index: Value) -> Option<[Value; 3]> {
    match heap.slot_of(index) {
        Some(&Slot::Slice(parts)) => Some(parts),
        _ => None,
    }
}

/// The integer that an index object stands for, by `__index__`.
fn resolve_index(vm: &mut Vm, index: Value) -> Result<Value, Raised> {
    if matches!(vm.heap.slot_of(index), Some(Slot::Instance(_))) {
        let part = vm.heap.native_part(index);
        if part != index {
            return Ok(part);
        }
    }
    Ok(index)
}

/// `container[index]` for built-in sequences; `None` for anything else.
pub fn get_item(vm: &mut Vm, container: Value, index: Value) -> Result<Option<Value>, Raised> {
    let index = resolve_index(vm, index)?;
    let heap = &mut vm.heap;
    let parts = slice_parts(heap, index);
    if let Some(items) = heap.as_sequence(container) {
        let length = items.len();
        let is_list = heap.as_list(container).is_some();
        let kind = if is_list { "list" } else { "tuple" };
        let Some(parts) = parts else {
            let at = position(heap, index, length, kind)?;
            return Ok(heap.as_sequence(container).and_then(|items| items.get(at)).copied());
        };
        let span = span(heap, parts, length)?;
        if !is_list {
            only_step_one(heap, span)?;
        }
        return super::sequence::part(heap, container, span).map(Some);
    }
    if let Some(text) = heap.as_str(container) {
        let bytes = text.len();
        let length = heap.str_characters(container).unwrap_or(0);
        let ascii = bytes == length;
        let Some(parts) = parts else {
            let at = position(heap, index, length, "string")?;
            let text = heap.as_str(container).unwrap_or("");
            let character =
                if ascii { text.as_bytes().get(at).map(|&byte| byte as char) } else { text.chars().nth(at) };
            return heap.character(character.unwrap_or('?')).map(Some);
        };
        let span = span(heap, parts, length)?;
        only_step_one(heap, span)?;
        let text = heap.as_str(container).unwrap_or("");
        let (start, stop) = (span.start, span.start + span.count as i64);
        let range = crate::text::index::slice_range(text, ascii, Some(start), Some(stop));
        let part = super::text_methods::copied_text(text.get(range).unwrap_or(""))?;
        return heap.string(part).map(Some);
    }
    match heap.slot_of(container) {
        Some(Slot::MemoryView(_)) => super::memoryview::get_item(heap, container, index, parts).map(Some),
        Some(Slot::Bytes(_) | Slot::ByteArray(_)) => {
            let is_bytes = matches!(heap.slot_of(container), Some(Slot::Bytes(_)));
            let length = heap.as_bytes(container).map_or(0, <[u8]>::len);
            let Some(parts) = parts else {
                let at = position(heap, index, length, if is_bytes { "bytes" } else { "bytearray" })?;
                return Ok(heap
                    .as_bytes(container)
                    .and_then(|bytes| bytes.get(at))
                    .map(|&byte| Value::tiny_int(i32::from(byte))));
            };
            let span = span(heap, parts, length)?;
            only_step_one(heap, span)?;
            let bytes = heap.as_bytes(container).unwrap_or(&[]);
            let start = span.start as usize;
            let part = try_copy(bytes.get(start..start + span.count).unwrap_or(&[]))?;
            if is_bytes { heap.bytes_from(part) } else { heap.bytearray(part) }.map(Some)
        }
        Some(&Slot::Range(range)) => {
            let length = super::range::length(range);
            let Some(parts) = parts else {
                let at = position(heap, index, length, "range")?;
                return heap.int(super::range::item(range, at)).map(Some);
            };
            // A range may have more items than a machine integer counts.
            let part = match i64::try_from(length) {
                Ok(_) => super::range::slice(range, span(heap, parts, length)?),
                Err(_) => None,
            };
            let Some(part) = part else {
                return Err(heap.raise(TypeId::OverflowError, "overflow converting long int to machine word"));
            };
            Ok(Some(heap.allocate(Slot::Range(part))?.value()))
        }
        _ => Ok(None),
    }
}

/// `container[index] = value` for built-in sequences; false for anything else.
pub fn set_item(vm: &mut Vm, container: Value, index: Value, value: Value) -> Result<bool, Raised> {
    let index = resolve_index(vm, index)?;
    let heap = &mut vm.heap;
    let parts = slice_parts(heap, index);
    match heap.slot_of(container) {
        Some(Slot::List(items)) => {
            let length = items.len();
            let Some(parts) = parts else {
                let at = position(heap, index, length, "list")?;
                if let Some(place) = heap.as_list_mut(container).and_then(|items| items.get_mut(at)) {
                    *place = value;
                }
                return Ok(true);
            };
            let span = span(heap, parts, length)?;
            if span.step != 1 {
                return Err(heap.raise_bare(TypeId::NotImplementedError));
            }
            let Some(new) = heap.as_sequence(value).map(crate::heap::try_box_slice) else {
                let kind = alloc::string::String::from(heap.type_name(value));
                let text = format_args!("object '{kind}' isn't a tuple or list");
                return Err(heap.raise_fmt(TypeId::TypeError, text));
            };
            replace_span(heap, container, span, &new?)?;
            Ok(true)
        }
        Some(Slot::ByteArray(_)) => {
            super::bytearray::set_item(heap, container, index, parts, value)?;
            Ok(true)
        }
        Some(Slot::MemoryView(_)) => {
            super::memoryview::set_item(heap, container, index, parts, value)?;
            Ok(true)
        }
        _ => Ok(false),
    }
}

fn replace_span(heap: &mut Heap, list: Value, span: Span, new: &[Value]) -> Result<(), Raised> {
    if let Some((Slot::List(items), budget)) = heap.slot_and_budget(list) {
        let start = (span.start as usize).min(items.len());
        let end = (start + span.count).min(items.len());
        budget.reserve(items, new.len().saturating_sub(end - start))?;
        items.splice(start..end, new.iter().copied());
    }
    Ok(())
}

/// `del container[index]` for built-in sequences; false for anything else.
pub fn delete_item(vm: &mut Vm, container: Value, index: Value) -> Result<bool, Raised> {
    let index = resolve_index(vm, index)?;
    let heap = &mut vm.heap;
    let parts = slice_parts(heap, index);
    match heap.slot_of(container) {
        Some(Slot::List(items)) => {
            let length = items.len();
            let Some(parts) = parts else {
                let at = position(heap, index, length, "list")?;
                if let Some(items) = heap.as_list_mut(container) {
                    items.remove(at);
                }
                return Ok(true);
            };
            let span = span(heap, parts, length)?;
            if span.step != 1 {
                return Err(heap.raise_bare(TypeId::NotImplementedError));
            }
            if let Some(items) = heap.as_list_mut(container) {
                let start = span.start as usize;
                items.drain(start..start + span.count);
            }
            Ok(true)
        }
        Some(Slot::ByteArray(_)) => {
            super::bytearray::delete_item(heap, container, index, parts).map(|()| true)
        }
        _ => Ok(false),
    }
}

fn part(heap: &mut Heap, value: Value, number: usize) -> Result<Value, Raised> {
    Ok(slice_parts(heap, value).map_or(Value::NONE, |parts| parts[number]))
}

fn construct(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let mut parts = [Value::NONE; 3];
    match arguments[1..] {
        [stop] => parts[1] = stop,
        [start, stop] => parts[..2].copy_from_slice(&[start, stop]),
        [start, stop, step] => parts = [start, stop, step],
        _ => {}
    }
    Ok(heap.allocate(Slot::Slice(parts))?.value())
}

fn indices(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let length = super::int::machine_int(heap, arguments[1])?;
    let parts = slice_parts(heap, arguments[0]).unwrap_or([Value::NONE; 3]);
    let span = span(heap, parts, usize::try_from(length).unwrap_or(0))?;
    let items = [heap.int(span.start)?, heap.int(span.stop)?, heap.int(span.step)?];
    heap.tuple(&items)
}

/// `slice`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        getter("start", |heap, value| part(heap, value, 0)),
        getter("stop", |heap, value| part(heap, value, 1)),
        getter("step", |heap, value| part(heap, value, 2)),
        super::function::plain("indices", 2, 2, indices),
    ],
    construct: plain_constructor("slice", 1, 3, construct),
    ..TypeDef::builtin(TypeId::Slice, "slice")
};
