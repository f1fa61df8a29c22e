//! `in` over any iterable, and `len`.

use crate::heap::{Heap, Raised, Slot, Value};
use crate::run::compare::equal_plain;
use crate::run::each::{Each, Taken, Taker};
use crate::run::{Arguments, NativeFrame, Outcome, Request, Step, Vm};
use alloc::boxed::Box;

/// Searches an iterable for an item; the result is `True` or `False`.
struct Search {
    item: Value,
}

impl Taker for Search {
    fn held(&self) -> [Value; 4] {
        [self.item, Value::UNBOUND, Value::UNBOUND, Value::UNBOUND]
    }

    fn take(&mut self, vm: &mut Vm, candidate: Value) -> Result<Taken, Raised> {
        Ok(if vm.equal(candidate, self.item)? { Taken::Done(Value::TRUE) } else { Taken::More })
    }

    fn accept(&mut self, heap: &mut Heap, candidate: Value) -> bool {
        equal_plain(heap, candidate, self.item) == Some(false)
    }

    fn finish(&mut self, _vm: &mut Vm) -> Result<Step, Raised> {
        Ok(Step::Return(Value::FALSE))
    }
}

/// The frame of `item in container` for an iterable that has no quicker way.
pub fn search_frame(container: Value, item: Value) -> Box<dyn NativeFrame> {
    Box::new(Each::new(container, Search { item }))
}

/// The length of a built-in container.
#[inline]
pub fn length(heap: &Heap, value: Value) -> Option<usize> {
    if let Some(characters) = heap.str_characters(value) {
        return Some(characters);
    }
    Some(match heap.slot_of(value)? {
        Slot::List(items) => items.len(),
        Slot::Tuple(items) => items.len(),
        Slot::SmallTuple(length, _) => *length as usize,
        Slot::Dict(table) | Slot::Set(table) | Slot::FrozenSet(table) => table.len(),
        Slot::DictView(table, _) => heap.as_dict(*table)?.len(),
        Slot::Bytes(bytes) => bytes.len(),
        Slot::ByteArray(bytes) => bytes.len(),
        Slot::MemoryView(view) => view.length,
        Slot::Range(range) => crate::objects::range::length(*range),
        _ => return None,
    })
}

/// `len(x)` of a built-in container.
pub fn len_quickly(heap: &mut Heap, arguments: &[Value]) -> Option<Value> {
    let value = arguments[0];
    let length = match heap.slot_of(value) {
        Some(Slot::List(items)) => items.len(),
        _ => length(heap, value)?,
    };
    Value::small_int(i64::try_from(length).ok()?)
}

/// `len(x)`
pub fn len(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let value = arguments.at(vm, 0);
    match length(&vm.heap, value) {
        Some(length) => Ok(vm.heap.size(length)?.into()),
        None => Ok(Outcome::Perform(Request::Length(value))),
    }
}
