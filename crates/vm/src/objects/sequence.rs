//! What lists and tuples have in common: joining, repeating and taking parts.
//!
//! What always holds: the room for a new sequence is charged to the budget before it is allocated, because its length
//! is the program's to choose.

use super::slice::Span;
use crate::heap::{Heap, Raised, Slot, Value};
use alloc::vec::Vec;

/// An empty vector with room for `length` items, charged.
fn room(heap: &mut Heap, length: usize) -> Result<Vec<Value>, Raised> {
    let mut items = Vec::new();
    heap.budget.reserve(&mut items, length)?;
    heap.worked(length);
    Ok(items)
}

/// A list or a tuple, as another sequence is one, from items whose room is charged.
fn like(heap: &mut Heap, other: Value, items: Vec<Value>) -> Result<Value, Raised> {
    match heap.as_list(other) {
        Some(_) => heap.list_from(items),
        None => heap.tuple_from(items),
    }
}

/// `a + b` for two lists or two tuples; `None` for anything else.
pub fn concatenate(heap: &mut Heap, a: Value, b: Value) -> Result<Option<Value>, Raised> {
    let (Some(x), Some(y)) = (heap.as_sequence(a), heap.as_sequence(b)) else { return Ok(None) };
    if heap.as_list(a).is_some() != heap.as_list(b).is_some() {
        return Ok(None);
    }
    let length = x.len() + y.len();
    if length <= 3 && heap.as_list(a).is_none() {
        let mut few = [Value::NONE; 3];
        few[..x.len()].copy_from_slice(x);
        few[x.len()..length].copy_from_slice(y);
        return heap.tuple(&few[..length]).map(Some);
    }
    let mut joined = room(heap, length)?;
    for part in [a, b] {
        joined.extend_from_slice(heap.as_sequence(part).unwrap_or(&[]));
    }
    like(heap, a, joined).map(Some)
}

/// `a * count` for a list or tuple; `None` for anything else.
pub fn repeat(heap: &mut Heap, a: Value, count: usize) -> Result<Option<Value>, Raised> {
    let Some(items) = heap.as_sequence(a) else { return Ok(None) };
    let length = items.len().checked_mul(count).ok_or(Raised::OUT_OF_MEMORY)?;
    let mut repeated = room(heap, length)?;
    for _ in 0..if length == 0 { 0 } else { count } {
        repeated.extend_from_slice(heap.as_sequence(a).unwrap_or(&[]));
    }
    like(heap, a, repeated).map(Some)
}

/// The items at the positions of a slice.
pub fn part(heap: &mut Heap, container: Value, span: Span) -> Result<Value, Raised> {
    let part = taken(heap, container, span)?;
    like(heap, container, part)
}

/// A new list of `count` items of a list or tuple from a position on.
pub fn list_of(heap: &mut Heap, container: Value, start: usize, count: usize) -> Result<Value, Raised> {
    let start = start as i64;
    let items = taken(heap, container, Span { start, stop: start + count as i64, step: 1, count })?;
    heap.list_from(items)
}

/// All items of a list as a tuple.
pub fn tuple_of(heap: &mut Heap, list: Value) -> Result<Value, Raised> {
    let length = heap.as_list(list).map_or(0, <[Value]>::len);
    let items = taken(heap, list, Span { start: 0, stop: length as i64, step: 1, count: length })?;
    heap.tuple_from(items)
}

fn taken(heap: &mut Heap, container: Value, span: Span) -> Result<Vec<Value>, Raised> {
    let mut taken = room(heap, span.count)?;
    let items = heap.as_sequence(container).unwrap_or(&[]);
    match items.get(span.start as usize..).and_then(|rest| rest.get(..span.count)) {
        Some(row) if span.step == 1 => taken.extend_from_slice(row),
        _ => taken.extend(span.positions().filter_map(|at| items.get(at).copied())),
    }
    Ok(taken)
}

/// Changes a list while the items of another list or tuple are looked at. For that the list's own are taken out of the
/// heap: to the look-up it is empty.
fn change_by(heap: &mut Heap, list: Value, source: Value, change: impl FnOnce(&mut Vec<Value>, &[Value])) {
    let Some(Slot::List(place)) = heap.slot_of_mut(list) else { return };
    let mut items = core::mem::take(place);
    change(&mut items, heap.as_sequence(source).unwrap_or(&[]));
    if let Some(Slot::List(place)) = heap.slot_of_mut(list) {
        *place = items;
    }
}

/// Puts the items of another list into a list that is long enough, from a position on.
pub fn overwrite(heap: &mut Heap, list: Value, start: usize, source: Value) {
    change_by(heap, list, source, |items, new| {
        if let Some(place) = items.get_mut(start..start + new.len()) {
            place.copy_from_slice(new);
        }
    });
}

/// Appends the items of a list or tuple to a list, which may be the same.
pub fn append_all(heap: &mut Heap, list: Value, source: Value) -> Result<(), Raised> {
    let length = heap.as_sequence(source).map_or(0, <[Value]>::len);
    if let Some((Slot::List(items), budget)) = heap.slot_and_budget(list) {
        budget.reserve(items, length)?;
    }
    if list == source {
        if let Some(Slot::List(items)) = heap.slot_of_mut(list) {
            items.extend_from_within(..);
        }
    } else {
        change_by(heap, list, source, |items, new| items.extend_from_slice(new));
    }
    Ok(())
}
