//! `list`

pub use super::sort::sort_frame;

use super::function::{ANY, TypeDef, constructor, full, keyword, plain, quick};
use super::sequence::append_all;
use crate::heap::{Heap, Raised, Slot, TypeId, Value};
use crate::run::compare::position_plain;
use crate::run::each::{Each, Taken, Taker};
use crate::run::{Action, Arguments, Called, NativeFrame, Outcome, Step, Vm};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// `a *= count`
pub fn repeat_in_place(heap: &mut Heap, a: Value, count: i64) -> Result<(), Raised> {
    let count = usize::try_from(count).unwrap_or(0);
    if let Some((Slot::List(items), budget)) = heap.slot_and_budget(a) {
        if count == 0 {
            items.clear();
            return Ok(());
        }
        let length = items.len();
        let more = length.checked_mul(count - 1).ok_or(Raised::OUT_OF_MEMORY)?;
        if more > budget.limit() / size_of::<Value>() {
            return Err(Raised::OUT_OF_MEMORY);
        }
        budget.reserve(items, more)?;
        for _ in 1..count {
            items.extend_from_within(..length);
        }
    }
    Ok(())
}

/// Appends everything in an iterable.
pub fn extend(vm: &mut Vm, list: Value, source: Value, action: Action) -> Result<Called, Raised> {
    if vm.heap.as_sequence(source).is_some() {
        append_all(&mut vm.heap, list, source)?;
        return Ok(Called::Value(Value::NONE));
    }
    vm.push_native(fill_frame(list, source, Value::NONE), action)?;
    Ok(Called::Pushed)
}

/// Appends items until an iterable ends: the frame of [`fill_frame`].
struct Extend {
    list: Value,
    result: Value,
}

impl Taker for Extend {
    fn held(&self) -> [Value; 4] {
        [self.list, self.result, Value::UNBOUND, Value::UNBOUND]
    }

    fn take(&mut self, vm: &mut Vm, item: Value) -> Result<Taken, Raised> {
        vm.heap.list_push(self.list, item)?;
        Ok(Taken::More)
    }

    fn accept(&mut self, heap: &mut Heap, item: Value) -> bool {
        heap.list_push(self.list, item).is_ok()
    }

    fn finish(&mut self, _vm: &mut Vm) -> Result<Step, Raised> {
        Ok(Step::Return(self.result))
    }
}

/// A frame that appends everything in an iterable to a list and then returns `result`.
pub fn fill_frame(list: Value, source: Value, result: Value) -> Box<dyn NativeFrame> {
    Box::new(Each::new(source, Extend { list, result }))
}

/// `list(iterable=())`
fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    no_keywords(vm, arguments)?;
    let Some(source) = arguments.get(vm, 1) else { return Ok(vm.heap.list(&[])?.into()) };
    if let Some(items) = vm.heap.as_sequence(source) {
        let mut copy = Vec::new();
        vm.heap.budget.reserve(&mut copy, items.len())?;
        copy.extend_from_slice(vm.heap.as_sequence(source).unwrap_or(&[]));
        return Ok(vm.heap.list_from(copy)?.into());
    }
    let list = vm.heap.list(&[])?;
    Ok(Outcome::Frame(fill_frame(list, source, list)))
}

/// Refuses keyword arguments where only some constructors of a family take them.
pub(super) fn no_keywords(vm: &mut Vm, arguments: Arguments) -> Result<(), Raised> {
    if arguments.names.is_none() {
        return Ok(());
    }
    Err(vm.type_error("function doesn't take keyword arguments"))
}

fn append(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    heap.list_push(arguments[0], arguments[1])?;
    Ok(Value::NONE)
}

fn clear(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    heap.release_list(arguments[0]);
    Ok(Value::NONE)
}

fn copy(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let mut copy = Vec::new();
    let length = heap.as_list(arguments[0]).map_or(0, <[Value]>::len);
    heap.budget.reserve(&mut copy, length)?;
    copy.extend_from_slice(heap.as_list(arguments[0]).unwrap_or(&[]));
    heap.list_from(copy)
}

/// `count` of lists and tuples.
pub(super) fn count(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (sequence, wanted) = (arguments.at(vm, 0), arguments.at(vm, 1));
    let mut count = 0;
    let mut number = 0;
    while let Some(&item) = vm.heap.as_sequence(sequence).and_then(|items| items.get(number)) {
        count += usize::from(vm.equal(item, wanted)?);
        number += 1;
    }
    vm.heap.worked(number);
    Ok(vm.heap.size(count)?.into())
}

/// `index` of lists and tuples.
pub(super) fn index(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (sequence, wanted) = (arguments.at(vm, 0), arguments.at(vm, 1));
    let length = vm.heap.as_sequence(sequence).map_or(0, <[Value]>::len);
    vm.heap.worked(length);
    let mut bounds = [0, length];
    for (place, number) in bounds.iter_mut().zip(2..) {
        if let Some(argument) = arguments.get(vm, number) {
            *place = clamped(&mut vm.heap, argument, length)?;
        }
    }
    match find(vm, sequence, wanted, bounds)? {
        Some(number) => Ok(vm.heap.size(number)?.into()),
        None => Err(vm.heap.raise(TypeId::ValueError, "object not in sequence")),
    }
}

/// The same without bounds, and where comparing needs no Python.
pub(super) fn index_quickly(heap: &mut Heap, arguments: &[Value]) -> Option<Value> {
    let [sequence, wanted] = *arguments else { return None };
    Value::small_int(position_plain(heap, sequence, wanted)?? as i64)
}

fn find(
    vm: &mut Vm,
    sequence: Value,
    wanted: Value,
    [start, stop]: [usize; 2],
) -> Result<Option<usize>, Raised> {
    let mut number = start;
    while number < stop
        && let Some(&item) = vm.heap.as_sequence(sequence).and_then(|items| items.get(number))
    {
        if vm.equal(item, wanted)? {
            return Ok(Some(number));
        }
        number += 1;
    }
    Ok(None)
}

/// A position that may count from the end and may lie outside.
fn clamped(heap: &mut Heap, position: Value, length: usize) -> Result<usize, Raised> {
    let at = super::int::machine_int(heap, position)?;
    let at = if at < 0 { at.saturating_add(length as i64).max(0) } else { at };
    Ok(usize::try_from(at).unwrap_or(usize::MAX).min(length))
}

fn extend_method(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (list, source) = (arguments.at(vm, 0), arguments.at(vm, 1));
    if vm.heap.as_sequence(source).is_some() {
        append_all(&mut vm.heap, list, source)?;
        return Ok(Value::NONE.into());
    }
    Ok(Outcome::Frame(fill_frame(list, source, Value::NONE)))
}

fn insert(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let length = heap.as_list(arguments[0]).map_or(0, <[Value]>::len);
    let at = clamped(heap, arguments[1], length)?;
    if let Some((Slot::List(items), budget)) = heap.slot_and_budget(arguments[0]) {
        budget.reserve(items, 1)?;
        items.insert(at.min(items.len()), arguments[2]);
    }
    Ok(Value::NONE)
}

fn pop(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let length = heap.as_list(arguments[0]).map_or(0, <[Value]>::len);
    if length == 0 {
        return Err(heap.raise(TypeId::IndexError, "pop from empty list"));
    }
    let at = match arguments.get(1) {
        Some(&index) => super::slice::position(heap, index, length, "list")?,
        None => length - 1,
    };
    Ok(heap.as_list_mut(arguments[0]).map_or(Value::NONE, |items| items.remove(at)))
}

fn remove_quickly(heap: &mut Heap, arguments: &[Value]) -> Option<Value> {
    let number = position_plain(heap, arguments[0], arguments[1])??;
    heap.as_list_mut(arguments[0])?.remove(number);
    Some(Value::NONE)
}

fn remove(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (list, wanted) = (arguments.at(vm, 0), arguments.at(vm, 1));
    let Some(number) = find(vm, list, wanted, [0, usize::MAX])? else {
        return Err(vm.heap.raise(TypeId::ValueError, "object not in sequence"));
    };
    // An `__eq__` may have made the list shorter meanwhile.
    if let Some(items) = vm.heap.as_list_mut(list).filter(|items| number < items.len()) {
        items.remove(number);
    }
    Ok(Value::NONE.into())
}

fn reverse(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    if let Some(items) = heap.as_list_mut(arguments[0]) {
        items.reverse();
        let length = items.len();
        heap.worked(length);
    }
    Ok(Value::NONE)
}

fn sort(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let list = arguments.at(vm, 0);
    let (key, reverse) = sort_arguments(vm, arguments, 1)?;
    Ok(Outcome::Frame(sort_frame(list, key, reverse, Value::NONE)))
}

/// The arguments `key` and `reverse` of `list.sort` and `sorted`, after `skip` positional ones.
pub fn sort_arguments(vm: &mut Vm, arguments: Arguments, skip: usize) -> Result<(Value, bool), Raised> {
    let [key, reverse] = arguments.bind(vm, skip, ["*key", "*reverse"])?;
    let reverse = match reverse {
        Some(reverse) => vm.truth_nested(reverse)?,
        None => false,
    };
    Ok((key.unwrap_or(Value::NONE), reverse))
}

/// `list`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        plain("append", 2, 2, append),
        plain("clear", 1, 1, clear),
        plain("copy", 1, 1, copy),
        full("count", 2, 2, count),
        full("extend", 2, 2, extend_method),
        quick("index", 2, 4, index_quickly, index),
        plain("insert", 3, 3, insert),
        plain("pop", 1, 2, pop),
        quick("remove", 2, 2, remove_quickly, remove),
        plain("reverse", 1, 1, reverse),
        keyword("sort", 1, ANY, sort),
    ],
    construct: constructor("list", 0, 1, construct),
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::List, "list")
};
