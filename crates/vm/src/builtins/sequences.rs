//! `enumerate` and `reversed`: iterators that count.

use crate::heap::{Handle, Raised, Slot, Tracer, Value};
use crate::number::Int;
use crate::objects::function::{TypeDef, constructor, full};
use crate::objects::native::NativeObject;
use crate::run::iteration::{Item, next_plain};
use crate::run::{Arguments, Input, NativeFrame, Outcome, Request, Step, Vm};
use alloc::boxed::Box;

/// An `enumerate` object.
struct Enumerate {
    class: Handle,
    iterator: Value,
    /// The number of the next item.
    number: i64,
    /// An item taken while memory was short, kept for the next attempt.
    held: Value,
}

impl NativeObject for Enumerate {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.iterator, self.held]);
    }

    fn bytes(&self) -> usize {
        size_of::<Enumerate>()
    }
}

/// `enumerate(iterable, start=0)`
fn make_enumerate(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let [source, start] = arguments.bind(vm, 1, ["iterable", "start"])?;
    let Some(source) = source else { return Err(vm.type_error("'iterable' argument required")) };
    let start = start.unwrap_or(Value::tiny_int(0));
    let number = crate::objects::int::machine_int(&mut vm.heap, start)?;
    Ok(Outcome::Frame(Box::new(MakeEnumerate { source, number })))
}

/// Gets the iterator, then makes the object.
struct MakeEnumerate {
    source: Value,
    number: i64,
}

impl NativeFrame for MakeEnumerate {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        let Input::Value(iterator) = input else { return Ok(Step::Iter(self.source)) };
        let class = vm.heap.class_for(&ENUMERATE)?;
        vm.heap.budget.charge(size_of::<Enumerate>())?;
        let object = Enumerate { class, iterator, number: self.number, held: Value::UNBOUND };
        Ok(Step::Return(vm.heap.allocate(Slot::Object(Box::new(object)))?.value()))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.source);
    }
}

fn next_numbered(vm: &mut Vm, object: Value) -> Result<Outcome, Raised> {
    let Some(state) = vm.heap.as_native::<Enumerate>(object) else { return Ok(Outcome::Stop(Value::NONE)) };
    let (iterator, held) = (state.iterator, state.held);
    let item = match held.is_unbound() {
        false => held,
        true => match next_plain(&mut vm.heap, iterator)? {
            Item::Some(item) => item,
            Item::End => return Ok(Outcome::Stop(Value::NONE)),
            Item::Other => return Ok(Outcome::Frame(Box::new(NextNumbered { object, iterator }))),
        },
    };
    numbered(vm, object, item).map(Outcome::Value)
}

/// An item with its number; it is held where there is no room for the pair.
fn numbered(vm: &mut Vm, object: Value, item: Value) -> Result<Value, Raised> {
    let Some(state) = vm.heap.as_native_mut::<Enumerate>(object) else { return Ok(Value::NONE) };
    let number = state.number;
    state.held = Value::UNBOUND;
    state.number = number.wrapping_add(1);
    let pair = vm.heap.int(number).and_then(|count| vm.heap.tuple(&[count, item]));
    if pair.is_err()
        && let Some(state) = vm.heap.as_native_mut::<Enumerate>(object)
    {
        state.held = item;
        state.number = number;
    }
    pair
}

/// Asks an iterator written in Python for the item.
struct NextNumbered {
    object: Value,
    iterator: Value,
}

impl NativeFrame for NextNumbered {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(item) => numbered(vm, self.object, item).map(Step::Return),
            Input::Stop(value) => Ok(Step::Stop(value)),
            _ => Ok(Step::Next(self.iterator)),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.object, self.iterator]);
    }
}

/// `enumerate`
pub static ENUMERATE: TypeDef = TypeDef {
    members: &[full("__next__", 1, 1, super::lazy::dunder_next)],
    construct: constructor("enumerate", 0, 2, make_enumerate),
    next: Some(next_numbered),
    base_for_classes: true,
    ..TypeDef::named("enumerate")
};

/// A `reversed` object.
struct Reversed {
    class: Handle,
    sequence: Value,
    /// How many items are left.
    left: i64,
}

impl NativeObject for Reversed {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.sequence);
    }

    fn bytes(&self) -> usize {
        size_of::<Reversed>()
    }
}

/// `reversed(sequence)`: what `__reversed__` says, or an iterator by index from the end.
fn make_reversed(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let sequence = arguments.at(vm, 1);
    if let Some(method) = vm.heap.special(sequence, crate::heap::sym::REVERSED)? {
        return Ok(Outcome::Call(method, crate::run::FewArguments::new(&[sequence])));
    }
    Ok(Outcome::Frame(Box::new(MakeReversed(sequence))))
}

/// Asks for the length, then makes the object.
struct MakeReversed(Value);

impl NativeFrame for MakeReversed {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        let Input::Value(length) = input else { return Ok(Step::Perform(Request::Length(self.0))) };
        let left = crate::objects::int::machine_int(&mut vm.heap, length)?;
        let class = vm.heap.class_for(&REVERSED)?;
        vm.heap.budget.charge(size_of::<Reversed>())?;
        let object = Reversed { class, sequence: self.0, left };
        Ok(Step::Return(vm.heap.allocate(Slot::Object(Box::new(object)))?.value()))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.0);
    }
}

fn next_from_end(vm: &mut Vm, object: Value) -> Result<Outcome, Raised> {
    let Some(state) = vm.heap.as_native::<Reversed>(object) else { return Ok(Outcome::Stop(Value::NONE)) };
    let (sequence, left) = (state.sequence, state.left);
    if left <= 0 {
        return Ok(Outcome::Stop(Value::NONE));
    }
    // The commonest straight away: others by subscript.
    let plain = match vm.heap.slot_of(sequence) {
        Some(&Slot::Range(range)) => {
            let item = crate::objects::range::item(range, usize::try_from(left - 1).unwrap_or(0));
            Some(vm.heap.int(item)?)
        }
        _ => match (usize::try_from(left - 1), vm.heap.as_sequence(sequence)) {
            (Ok(position), Some(items)) => items.get(position).copied(),
            _ => None,
        },
    };
    if let Some(item) = plain {
        if let Some(state) = vm.heap.as_native_mut::<Reversed>(object) {
            state.left = left - 1;
        }
        return Ok(Outcome::Value(item));
    }
    let index = vm.heap.integer(Int::Small(left - 1))?;
    if let Some(state) = vm.heap.as_native_mut::<Reversed>(object) {
        state.left = left - 1;
    }
    Ok(Outcome::Perform(Request::Item(sequence, index)))
}

/// `reversed`
pub static REVERSED: TypeDef = TypeDef {
    members: &[full("__next__", 1, 1, super::lazy::dunder_next)],
    construct: constructor("reversed", 1, 1, make_reversed),
    next: Some(next_from_end),
    base_for_classes: true,
    ..TypeDef::named("reversed")
};
