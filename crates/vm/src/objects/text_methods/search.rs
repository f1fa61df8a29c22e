//! Finding, counting, replacing, and cutting at what was found.

use super::{Kind, bounds, bytes_of, empty, is_single_byte, limit, make, no_implicit_conversion};
use super::{kind_of, operand, part, receiver};
use crate::heap::{Heap, Raised, TypeId, Value, try_copy};
use crate::text::index::char_index;
use crate::text::search::{self, Direction};

/// `find(part, start, end)`
pub fn find(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let position = position(heap, arguments, Direction::First)?;
    answer(heap, position)
}

/// `rfind(part, start, end)`
pub fn rfind(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let position = position(heap, arguments, Direction::Last)?;
    answer(heap, position)
}

/// `index(part, start, end)`
pub fn index(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let position = position(heap, arguments, Direction::First)?;
    demand(heap, position)
}

/// `rindex(part, start, end)`
pub fn rindex(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let position = position(heap, arguments, Direction::Last)?;
    demand(heap, position)
}

fn answer(heap: &mut Heap, position: Option<usize>) -> Result<Value, Raised> {
    match position {
        Some(position) => heap.size(position),
        None => Ok(Value::tiny_int(-1)),
    }
}

fn demand(heap: &mut Heap, position: Option<usize>) -> Result<Value, Raised> {
    match position {
        Some(position) => heap.size(position),
        None => Err(heap.raise_format(search::substring_not_found())),
    }
}

/// Where the first argument is found, as an index into the self.
fn position(heap: &mut Heap, arguments: &[Value], direction: Direction) -> Result<Option<usize>, Raised> {
    let (kind, whole) = receiver(heap, arguments[0])?;
    let byte = byte_argument(heap, kind, arguments[1])?;
    let needle = if byte.is_some() { Value::NONE } else { operand(heap, kind, arguments[1])? };
    let (start, end) = bounds(heap, kind, whole, &arguments[2..])?;
    let Some(haystack) = bytes_of(heap, whole).get(start..end) else { return Ok(None) };
    let needle = byte.as_ref().map_or_else(|| bytes_of(heap, needle), core::slice::from_ref);
    let Some(offset) = search::find(haystack, needle, direction) else { return Ok(None) };
    let single = is_single_byte(heap, kind, whole);
    Ok(Some(match heap.as_str(whole) {
        Some(text) => char_index(text, single, start + offset),
        None => start + offset,
    }))
}

/// In bytes one may look for a byte by its number.
fn byte_argument(heap: &mut Heap, kind: Kind, argument: Value) -> Result<Option<u8>, Raised> {
    if kind == Kind::Str {
        return Ok(None);
    }
    match heap.as_integer(argument) {
        Some(integer) => match integer.to_i64().and_then(|integer| u8::try_from(integer).ok()) {
            Some(byte) => Ok(Some(byte)),
            None => Err(heap.raise(TypeId::ValueError, "bytes value out of range")),
        },
        None => Ok(None),
    }
}

/// `count(part, start, end)`
pub fn count(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let (kind, whole) = receiver(heap, arguments[0])?;
    let needle = operand(heap, kind, arguments[1])?;
    let (start, end) = bounds(heap, kind, whole, &arguments[2..])?;
    let found = match bytes_of(heap, whole).get(start..end) {
        Some(haystack) => search::count(haystack, bytes_of(heap, needle), kind == Kind::Str),
        None => 0,
    };
    heap.size(found)
}

/// `startswith(part or tuple of parts, start, end)`
pub fn starts_with(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    is_at_end(heap, arguments, |whole, affix| whole.starts_with(affix))
}

/// `endswith(part or tuple of parts, start, end)`
pub fn ends_with(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    is_at_end(heap, arguments, |whole, affix| whole.ends_with(affix))
}

fn is_at_end(
    heap: &mut Heap,
    arguments: &[Value],
    matches: fn(&[u8], &[u8]) -> bool,
) -> Result<Value, Raised> {
    let (kind, whole) = receiver(heap, arguments[0])?;
    let (start, end) = bounds(heap, kind, whole, &arguments[2..])?;
    let affixes = heap.native_part(arguments[1]);
    let count = heap.as_tuple(affixes).map_or(1, <[Value]>::len);
    for number in 0..count {
        let affix = match heap.as_tuple(affixes) {
            Some(items) => items.get(number).copied().unwrap_or(Value::NONE),
            None => affixes,
        };
        let affix_part = heap.native_part(affix);
        // Text and bytes are alike here, as upstream has it.
        if !matches!(kind_of(heap, affix_part), Some(Kind::Str | Kind::Bytes)) {
            return Err(no_implicit_conversion(heap, affix));
        }
        let searched = bytes_of(heap, whole).get(start..end);
        if searched.is_some_and(|searched| matches(searched, bytes_of(heap, affix_part))) {
            return Ok(Value::TRUE);
        }
    }
    Ok(Value::FALSE)
}

/// `replace(old, new, most)`
pub fn replace(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let (kind, whole) = receiver(heap, arguments[0])?;
    let most = limit(heap, arguments.get(3))?;
    let old = operand(heap, kind, arguments[1])?;
    let new = operand(heap, kind, arguments[2])?;
    let room = heap.max_length();
    let replaced = search::replace(
        bytes_of(heap, whole),
        bytes_of(heap, old),
        bytes_of(heap, new),
        most,
        kind == Kind::Str,
        room,
    );
    match replaced {
        Ok(Some(bytes)) => make(heap, kind, bytes),
        Ok(None) => part(heap, kind, whole, 0..bytes_of(heap, whole).len()),
        Err(error) => Err(heap.raise_format(error)),
    }
}

/// `partition(separator)`
pub fn partition(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    cut_in_three(heap, arguments, Direction::First)
}

/// `rpartition(separator)`
pub fn rpartition(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    cut_in_three(heap, arguments, Direction::Last)
}

fn cut_in_three(heap: &mut Heap, arguments: &[Value], direction: Direction) -> Result<Value, Raised> {
    let (kind, whole) = receiver(heap, arguments[0])?;
    let separator = operand(heap, kind, arguments[1])?;
    let length = bytes_of(heap, separator).len();
    if length == 0 {
        return Err(heap.raise_format(search::empty_separator()));
    }
    let end = bytes_of(heap, whole).len();
    let Some(start) = search::find(bytes_of(heap, whole), bytes_of(heap, separator), direction) else {
        let mut items = [empty(heap, kind)?, empty(heap, kind)?, empty(heap, kind)?];
        let place = if direction == Direction::First { 0 } else { 2 };
        items[place] = part(heap, kind, whole, 0..end)?;
        return heap.tuple(&items);
    };
    let middle = if kind_of(heap, separator) == Some(kind) {
        separator
    } else {
        let copy = try_copy(bytes_of(heap, separator))?;
        make(heap, kind, copy)?
    };
    let items = [part(heap, kind, whole, 0..start)?, middle, part(heap, kind, whole, start + length..end)?];
    heap.tuple(&items)
}
