//! `list`

use super::function::{TypeDef, plain};
use crate::heap::{Heap, Raised, Slot, Tracer, TypeId, Value};
use crate::run::native_frame::{Items, Walk};
use crate::run::{Action, Called, Input, NativeFrame, Step, Vm};
use alloc::boxed::Box;

/// `a += b` for a list or tuple `b`.
pub fn extend_from_sequence(heap: &mut Heap, a: Value, b: Value) -> Result<(), Raised> {
    let more = heap.as_sequence(b).unwrap_or(&[]).to_vec();
    if let Some((Slot::List(items), budget)) = heap.slot_and_budget(a) {
        budget.reserve(items, more.len())?;
        items.extend_from_slice(&more);
    }
    Ok(())
}

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
        extend_from_sequence(&mut vm.heap, list, source)?;
        return Ok(Called::Value(Value::NONE));
    }
    vm.push_native(Box::new(Extend { list, walk: Walk::new(source), result: Value::NONE }), action)?;
    Ok(Called::Pushed)
}

/// Appends items until an iterable ends.
pub struct Extend {
    list: Value,
    walk: Walk,
    result: Value,
}

impl Extend {
    /// Fills a list from an iterable; the result of the frame is `result`.
    pub fn new(list: Value, source: Value, result: Value) -> Extend {
        Extend { list, walk: Walk::new(source), result }
    }
}

impl NativeFrame for Extend {
    fn step(&mut self, vm: &mut Vm, mut input: Input) -> Result<Step, Raised> {
        for _ in 0..1000 {
            // Room first, so that an item once taken cannot be lost.
            if let Some((Slot::List(items), budget)) = vm.heap.slot_and_budget(self.list) {
                budget.reserve(items, 1)?;
            }
            match self.walk.next(vm, input)? {
                Items::Item(item) => vm.heap.list_push(self.list, item)?,
                Items::End => return Ok(Step::Return(self.result)),
                Items::Ask(step) => return Ok(step),
            }
            input = Input::Start;
        }
        Ok(Step::Again)
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.list);
        tracer.value(self.result);
        self.walk.trace(tracer);
    }
}

/// `list`
pub static TYPE: TypeDef = TypeDef {
    members: &[plain("append", 2, 2, |heap, arguments| {
        heap.list_push(arguments[0], arguments[1])?;
        Ok(Value::NONE)
    })],
    base_for_classes: true,
    ..TypeDef::builtin(TypeId::List, "list")
};
