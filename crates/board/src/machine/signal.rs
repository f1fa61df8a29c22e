//! `machine.Signal`: a pin that may mean the opposite of its level.
//!
//! A signal is made from a `Pin`, from another signal, or from what `Pin()` takes. It remembers the pin itself, so a
//! signal of a signal costs no more than one.

use super::pin::{self, PinObject};
use crate::arguments::{native_self, wrong_self};
use crate::boards::Pin;
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Raised, Slot, TypeId, Value};
use wigwag_vm::objects::function::{ANY, TypeDef, constructor, full};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Step, Vm};

struct SignalObject {
    class: Handle,
    pin: Pin,
    invert: bool,
}

impl NativeObject for SignalObject {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<SignalObject>()
    }
}

/// `machine.Signal`
pub static SIGNAL_TYPE: TypeDef = TypeDef {
    members: &[
        full("value", 1, 2, value),
        full("__call__", 1, 2, value),
        full("on", 1, 1, |vm, given| set(vm, given, true)),
        full("off", 1, 1, |vm, given| set(vm, given, false)),
    ],
    construct: constructor("Signal", 1, ANY, construct),
    base_for_classes: true,
    ..TypeDef::named("Signal")
};

fn make(vm: &mut Vm, pin: Pin, invert: bool) -> Result<Value, Raised> {
    let class = vm.heap.class_for(&SIGNAL_TYPE)?;
    vm.heap.budget.charge(size_of::<SignalObject>())?;
    Ok(vm.heap.allocate(Slot::Object(Box::new(SignalObject { class, pin, invert })))?.value())
}

fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let mut invert = false;
    let mut level = None;
    let mut others = Vec::new();
    for (name, argument) in given.keywords(vm) {
        match vm.heap.symbols.text(name) {
            "invert" => invert = vm.truth_nested(argument)?,
            "value" => level = Some((name, argument)),
            _ => others.push((name, argument)),
        }
    }
    let first = vm.heap.native_part(given.at(vm, 1));
    let source = match (vm.heap.as_native::<PinObject>(first), vm.heap.as_native::<SignalObject>(first)) {
        (Some(object), _) => Some((object.pin, false)),
        (_, Some(signal)) => Some((signal.pin, signal.invert)),
        _ => None,
    };
    if let Some((pin, inverted)) = source {
        if given.count > 2 || level.is_some() || !others.is_empty() {
            return Err(vm.heap.raise_bare(TypeId::TypeError));
        }
        return Ok(make(vm, pin, inverted != invert)?.into());
    }
    // The rest is for Pin; the level that a signal begins with is the signal's, not the pin's.
    if let Some((name, argument)) = level {
        let level = vm.truth_nested(argument)? != invert;
        others.push((name, Value::tiny_int(i32::from(level))));
    }
    let keywords = vm.heap.dict(wigwag_vm::objects::dict::Dict::new())?;
    for (name, argument) in others {
        vm.dict_set(keywords, Value::from_symbol(name), argument)?;
    }
    let positional = given.positional(vm).get(1..).unwrap_or(&[]).to_vec();
    Ok(Outcome::Frame(Box::new(FromPin { positional, keywords, invert })))
}

/// A signal that waits for its pin to be made.
struct FromPin {
    positional: Vec<Value>,
    keywords: Value,
    invert: bool,
}

impl NativeFrame for FromPin {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(made) => {
                let pin = pin::find(vm, made)?;
                Ok(Step::Return(make(vm, pin, self.invert)?))
            }
            _ => {
                let class = vm.heap.class_for(&pin::PIN_TYPE)?.value();
                if vm.heap.as_dict(self.keywords).is_some_and(|keywords| keywords.is_empty())
                    && self.positional.len() <= 4
                {
                    return Ok(Step::Call(class, FewArguments::new(&self.positional)));
                }
                Ok(Step::CallMany(class, self.positional.clone(), self.keywords))
            }
        }
    }

    fn trace(&self, tracer: &mut wigwag_vm::heap::Tracer<'_>) {
        tracer.values(&self.positional);
        tracer.value(self.keywords);
    }
}

fn receiver(vm: &mut Vm, given: Arguments) -> Result<(Pin, bool), Raised> {
    match native_self::<SignalObject>(vm, given) {
        Some(signal) => Ok((signal.pin, signal.invert)),
        None => Err(wrong_self(vm, given, "Signal")),
    }
}

fn value(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (pin, invert) = receiver(vm, given)?;
    match given.get(vm, 1) {
        None => {
            let active = pin::read(vm, pin) != invert;
            Ok(Value::tiny_int(i32::from(active)).into())
        }
        Some(active) => {
            let active = vm.truth_nested(active)?;
            pin::write(vm, pin, active != invert);
            Ok(Value::NONE.into())
        }
    }
}

fn set(vm: &mut Vm, given: Arguments, active: bool) -> Result<Outcome, Raised> {
    let (pin, invert) = receiver(vm, given)?;
    pin::write(vm, pin, active != invert);
    Ok(Value::NONE.into())
}
