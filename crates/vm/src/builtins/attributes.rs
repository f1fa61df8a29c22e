//! `getattr`, `hasattr`, `setattr`, `delattr`.

use crate::heap::{Heap, Raised, Slot, Symbol, Tracer, TypeId, Value};
use crate::run::attributes::PlainAttribute;
use crate::run::{Arguments, Input, NativeFrame, Outcome, Request, Step, Vm};
use alloc::boxed::Box;
use alloc::string::String;

/// The name in an argument.
fn name_in(vm: &mut Vm, value: Value) -> Result<Symbol, Raised> {
    match vm.heap.to_symbol(value)? {
        Some(name) => Ok(name),
        None => {
            let kind = String::from(vm.heap.type_name(value));
            Err(vm.heap.raise_fmt(
                TypeId::TypeError,
                format_args!("can't convert '{kind}' object to str implicitly"),
            ))
        }
    }
}

/// `getattr(x, name)`, `getattr(x, name, default)`
pub fn getattr(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let receiver = arguments.at(vm, 0);
    let name = arguments.at(vm, 1);
    let name = name_in(vm, name)?;
    let default = arguments.get(vm, 2);
    match (vm.plain_attribute(receiver, name)?, default) {
        (PlainAttribute::Value(value), _) => return Ok(value.into()),
        (PlainAttribute::Nothing, Some(default)) => return Ok(default.into()),
        _ => {}
    }
    Ok(match default {
        None => Outcome::Perform(Request::Attribute(receiver, name)),
        Some(default) => Outcome::Frame(Box::new(Probe { receiver, name, found: None, default })),
    })
}

/// The same where an instance has the attribute itself.
pub fn getattr_quickly(heap: &mut Heap, arguments: &[Value]) -> Option<Value> {
    own_attribute(heap, arguments[0], arguments[1]).map(|place| *place)
}

/// An attribute that an instance has itself.
fn own_attribute(heap: &mut Heap, receiver: Value, name: Value) -> Option<&mut Value> {
    let Slot::Instance(instance) = heap.slot_of(receiver)? else { return None };
    let shape = instance.shape;
    let place = heap.shapes.place(&mut heap.budget, shape, name.as_symbol()?)?;
    let Slot::Instance(instance) = heap.slot_of_mut(receiver)? else { return None };
    instance.values.get_mut(place)
}

/// `hasattr(x, name)`
pub fn hasattr(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let receiver = arguments.at(vm, 0);
    let name = arguments.at(vm, 1);
    let name = name_in(vm, name)?;
    match vm.plain_attribute(receiver, name)? {
        PlainAttribute::Value(_) => return Ok(Value::TRUE.into()),
        PlainAttribute::Nothing => return Ok(Value::FALSE.into()),
        PlainAttribute::Python => {}
    }
    let (found, default) = (Some(Value::TRUE), Value::FALSE);
    Ok(Outcome::Frame(Box::new(Probe { receiver, name, found, default })))
}

/// Looks an attribute up; an `AttributeError` means that there is none.
struct Probe {
    receiver: Value,
    name: Symbol,
    /// The result if there is one: this, or the attribute's own value.
    found: Option<Value>,
    /// The result if there is none.
    default: Value,
}

impl NativeFrame for Probe {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(value) => Ok(Step::Return(self.found.unwrap_or(value))),
            Input::Raised(exception) if vm.heap.is_instance(exception, TypeId::AttributeError.handle()) => {
                Ok(Step::Return(self.default))
            }
            Input::Raised(exception) => Err(Raised(exception)),
            Input::Stop(value) => Err(vm.stop_iteration(value)),
            Input::Start | Input::Unparked => Ok(Step::Perform(Request::Attribute(self.receiver, self.name))),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.receiver, self.default]);
        tracer.values(self.found.as_slice());
    }

    fn catches(&self) -> bool {
        true
    }
}

/// `setattr(x, name, value)`
pub fn setattr(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    store(vm, arguments, 2)
}

/// The same where an instance has the attribute already, and its class no say in it.
pub fn setattr_quickly(heap: &mut Heap, arguments: &[Value]) -> Option<Value> {
    let (receiver, value) = (arguments[0], arguments[2]);
    let class = heap.class(heap.class_of(receiver))?;
    if class.has_descriptors || class.has_setattr {
        return None;
    }
    *own_attribute(heap, receiver, arguments[1])? = value;
    Some(Value::NONE)
}

/// `delattr(x, name)`
pub fn delattr(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    store(vm, arguments, usize::MAX)
}

fn store(vm: &mut Vm, arguments: Arguments, value: usize) -> Result<Outcome, Raised> {
    let receiver = arguments.at(vm, 0);
    let name = arguments.at(vm, 1);
    let name = name_in(vm, name)?;
    let value = arguments.get(vm, value).unwrap_or(Value::UNBOUND);
    if vm.stores_plainly(receiver) {
        vm.store_own_attribute(receiver, name, value)?;
        return Ok(Value::NONE.into());
    }
    Ok(Outcome::Frame(Box::new(Store { receiver, name, value })))
}

/// Sets an attribute or deletes it; the result is None whatever `__setattr__` returns.
struct Store {
    receiver: Value,
    name: Symbol,
    value: Value,
}

impl NativeFrame for Store {
    fn step(&mut self, _vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        Ok(match input {
            Input::Value(_) | Input::Stop(_) => Step::Return(Value::NONE),
            _ => Step::Perform(Request::SetAttribute(self.receiver, self.name, self.value)),
        })
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.receiver, self.value]);
    }
}
