//! `in` over any iterable, and `len`.

use crate::heap::{Heap, Raised, Slot, Tracer, Value};
use crate::run::native_frame::{Items, Walk};
use crate::run::{Arguments, Input, NativeFrame, Outcome, Request, Step, Vm};

/// Searches an iterable for an item; the result is `True` or `False`.
pub struct Search {
    walk: Walk,
    item: Value,
}

impl Search {
    /// A search.
    pub fn new(container: Value, item: Value) -> Search {
        Search { walk: Walk::new(container), item }
    }
}

impl NativeFrame for Search {
    fn step(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        for _ in 0..1000 {
            match self.walk.next(vm, input)? {
                Items::Item(candidate) => {
                    let depth = vm.roots.len();
                    vm.roots.extend_from_slice(&[self.item, self.walk.iterator()]);
                    let equal = vm.equal(candidate, self.item);
                    vm.roots.truncate(depth);
                    if equal? {
                        return Ok(Step::Return(Value::TRUE));
                    }
                }
                Items::End => return Ok(Step::Return(Value::FALSE)),
                Items::Ask(step) => return Ok(step),
            }
            input = Input::Start;
        }
        Ok(Step::Again)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.item);
        self.walk.trace(tracer);
    }
}

/// The length of a built-in container.
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

/// `len(x)`
pub fn len(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let value = arguments.at(vm, 0);
    match length(&vm.heap, value) {
        Some(length) => Ok(vm.heap.size(length)?.into()),
        None => Ok(Outcome::Perform(Request::Length(value))),
    }
}
