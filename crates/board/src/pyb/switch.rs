//! `pyb.Switch`: whether it is pressed, and a callback for each press.
//!
//! The callback runs as a hard interrupt, without arguments, when the switch goes down; `callback(None)` takes it away.

use crate::arguments::{native_self, wrong_self};
use crate::hardware::{Mode, Pull};
use crate::interrupts::{self, FALLING, Owner};
use crate::state::{change, state};
use alloc::boxed::Box;
use core::fmt::Write;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Value};
use wigwag_vm::objects::function::{TypeDef, constructor, full};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

struct SwitchObject {
    class: Handle,
}

impl NativeObject for SwitchObject {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<SwitchObject>()
    }
}

/// `pyb.Switch`
pub static SWITCH_TYPE: TypeDef = TypeDef {
    members: &[full("value", 1, 1, value), full("__call__", 1, 1, value), full("callback", 2, 2, callback)],
    construct: constructor("Switch", 0, 0, construct),
    repr: Some(repr),
    base_for_classes: true,
    ..TypeDef::named("Switch")
};

/// Makes the object of the switch.
pub fn make(heap: &mut Heap) -> Result<Value, Raised> {
    let class = heap.class_for(&SWITCH_TYPE)?;
    heap.budget.charge(size_of::<SwitchObject>())?;
    Ok(heap.allocate(Slot::Object(Box::new(SwitchObject { class })))?.value())
}

fn construct(vm: &mut Vm, _: Arguments) -> Result<Outcome, Raised> {
    Ok(state(vm).map_or(Value::NONE, |state| state.switch).into())
}

fn repr(_: &Heap, _: Value, out: &mut dyn Write) -> core::fmt::Result {
    out.write_str("Switch()")
}

fn check(vm: &mut Vm, given: Arguments) -> Result<(), Raised> {
    match native_self::<SwitchObject>(vm, given) {
        Some(_) => Ok(()),
        None => Err(wrong_self(vm, given, "Switch")),
    }
}

fn value(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    check(vm, given)?;
    let pressed = state(vm).is_some_and(|state| !state.hardware.is_high(state.board.switch.pin));
    Ok(Value::from_bool(pressed).into())
}

fn callback(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    check(vm, given)?;
    let callback = given.at(vm, 1);
    let Some(pin) = state(vm).map(|state| state.board.switch.pin) else { return Ok(Value::NONE.into()) };
    interrupts::register(vm, pin, Owner::Switch, callback, Value::NONE, FALLING, true);
    if !callback.is_none() {
        change(vm, pin, |hardware| hardware.configure(pin, Mode::Input, Pull::Up));
    }
    Ok(Value::NONE.into())
}
