//! `pyb.ExtInt`: an interrupt line by hand.
//!
//! Making one sets its pin up as an input and puts the callback on the pin's line. The callback is hard and gets the
//! number of the line.

use crate::arguments::{missing, native_self, wrong_self};
use crate::hardware::{Mode, Pull};
use crate::interrupts::{
    self, EVENT_FALLING, EVENT_RISING, EVENT_RISING_FALLING, FALLING, Owner, RISING, RISING_FALLING,
};
use crate::machine::pin;
use crate::state::{change, state};
use alloc::boxed::Box;
use core::fmt::Write;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, TypeId, Value};
use wigwag_vm::objects::function::{ANY, Member, TypeDef, constructor, full};
use wigwag_vm::objects::int::machine_int;
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// How many lines the processor has; those from 16 on are not from pins.
const ALL_LINES: i64 = 23;

struct ExtIntObject {
    class: Handle,
    line: u8,
}

impl NativeObject for ExtIntObject {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<ExtIntObject>()
    }
}

/// `pyb.ExtInt`
pub static EXTINT_TYPE: TypeDef = TypeDef {
    members: &[
        full("line", 1, 1, line),
        full("enable", 1, 1, |vm, given| set_enabled(vm, given, true)),
        full("disable", 1, 1, |vm, given| set_enabled(vm, given, false)),
        full("swint", 1, 1, swint),
        Member::Int("IRQ_RISING", RISING),
        Member::Int("IRQ_FALLING", FALLING),
        Member::Int("IRQ_RISING_FALLING", RISING_FALLING),
        Member::Int("EVT_RISING", EVENT_RISING),
        Member::Int("EVT_FALLING", EVENT_FALLING),
        Member::Int("EVT_RISING_FALLING", EVENT_RISING_FALLING),
    ],
    construct: constructor("ExtInt", 0, ANY, construct),
    repr: Some(repr),
    ..TypeDef::named("ExtInt")
};

fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let names = ["pin", "mode", "pull", "callback"];
    let bound = given.bind(vm, 1, names)?;
    let mut values = [Value::NONE; 4];
    for ((value, bound), name) in values.iter_mut().zip(bound).zip(names) {
        *value = bound.ok_or_else(|| missing(&mut vm.heap, name))?;
    }
    let [wanted, mode, pull, callback] = values;
    let mode = machine_int(&mut vm.heap, mode)?;
    let pull = machine_int(&mut vm.heap, pull)?;
    if let Some(line) = vm.heap.as_int(wanted) {
        return Err(if line < 16 {
            let message = format_args!("ExtInt vector {line} < 16, use a Pin object");
            vm.heap.raise_fmt(TypeId::ValueError, message)
        } else if line >= ALL_LINES {
            let message = format_args!("ExtInt vector {line} >= max of {ALL_LINES}");
            vm.heap.raise_fmt(TypeId::ValueError, message)
        } else {
            vm.heap.raise(TypeId::NotImplementedError, "ExtInt without a pin is not simulated yet")
        });
    }
    let pin = pin::find(vm, wanted)?;
    let modes = [RISING, FALLING, RISING_FALLING, EVENT_RISING, EVENT_FALLING, EVENT_RISING_FALLING];
    if !modes.contains(&mode) {
        return Err(vm.heap.raise_fmt(TypeId::ValueError, format_args!("invalid ExtInt Mode: {mode}")));
    }
    let pull = match pull {
        0 => Pull::None,
        1 => Pull::Up,
        2 => Pull::Down,
        _ => return Err(vm.heap.raise_fmt(TypeId::ValueError, format_args!("invalid ExtInt Pull: {pull}"))),
    };
    let number = pin.number();
    let in_use = state(vm).is_some_and(|state| !state.interrupts.line(pin).callback.is_none());
    if in_use && !callback.is_none() {
        let message = format_args!("ExtInt vector {number} is already in use");
        return Err(vm.heap.raise_fmt(TypeId::ValueError, message));
    }
    let class = vm.heap.class_for(&EXTINT_TYPE)?;
    vm.heap.budget.charge(size_of::<ExtIntObject>())?;
    let object = vm.heap.allocate(Slot::Object(Box::new(ExtIntObject { class, line: number })))?;
    interrupts::register(vm, pin, Owner::ExtInt, callback, Value::NONE, mode, true);
    if !callback.is_none() {
        change(vm, pin, |hardware| hardware.configure(pin, Mode::Input, pull));
    }
    Ok(object.value().into())
}

fn repr(heap: &Heap, value: Value, out: &mut dyn Write) -> core::fmt::Result {
    let line = heap.as_native::<ExtIntObject>(value).map_or(0, |object| object.line);
    write!(out, "<ExtInt line={line}>")
}

fn receiver(vm: &mut Vm, given: Arguments) -> Result<usize, Raised> {
    match native_self::<ExtIntObject>(vm, given) {
        Some(object) => Ok(usize::from(object.line)),
        None => Err(wrong_self(vm, given, "ExtInt")),
    }
}

fn line(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let line = receiver(vm, given)?;
    Ok(Value::tiny_int(line as i32).into())
}

fn set_enabled(vm: &mut Vm, given: Arguments, enabled: bool) -> Result<Outcome, Raised> {
    let line = receiver(vm, given)?;
    if let Some(line) = state(vm).and_then(|state| state.interrupts.lines.get_mut(line)) {
        line.enabled = enabled;
    }
    Ok(Value::NONE.into())
}

fn swint(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let line = receiver(vm, given)?;
    interrupts::fire(vm, line);
    Ok(Value::NONE.into())
}
