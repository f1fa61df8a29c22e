//! `pyb.LED`: on, off, toggle, intensity.
//!
//! An LED that a timer can dim takes intensities of 1 to 254 and gives them back; for any other, everything above 0 is
//! fully lit. Toggling a dimmed LED switches it off. `LED(n)` is the same object every time, and an interrupt may ask for
//! it: nothing is allocated.

use crate::arguments::{native_self, wrong_self};
use crate::hardware::Hardware;
use crate::state::{change, state};
use alloc::boxed::Box;
use core::fmt::Write;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, constructor, full};
use wigwag_vm::objects::int::machine_int;
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// The object behind `pyb.LED(n)`.
struct LedObject {
    class: Handle,
    number: u16,
}

impl NativeObject for LedObject {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<LedObject>()
    }
}

/// `pyb.LED`
pub static LED_TYPE: TypeDef = TypeDef {
    members: &[
        full("on", 1, 1, on),
        full("off", 1, 1, off),
        full("toggle", 1, 1, toggle),
        full("intensity", 1, 2, intensity),
    ],
    construct: constructor("LED", 1, 1, construct),
    repr: Some(repr),
    base_for_classes: true,
    ..TypeDef::named("LED")
};

/// Makes the object of an LED.
pub fn make(heap: &mut Heap, number: u16) -> Result<Value, Raised> {
    let class = heap.class_for(&LED_TYPE)?;
    heap.budget.charge(size_of::<LedObject>())?;
    Ok(heap.allocate(Slot::Object(Box::new(LedObject { class, number })))?.value())
}

fn construct(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let wanted = arguments.at(vm, 1);
    let wanted = machine_int(&mut vm.heap, wanted)?;
    let found = usize::try_from(wanted)
        .ok()
        .and_then(|number| number.checked_sub(1))
        .and_then(|place| state(vm)?.leds.get(place).copied());
    match found {
        Some(led) => Ok(led.into()),
        None => Err(vm.heap.raise_fmt(TypeId::ValueError, format_args!("LED({wanted}) doesn't exist"))),
    }
}

fn repr(heap: &Heap, value: Value, out: &mut dyn Write) -> core::fmt::Result {
    write!(out, "LED({})", heap.as_native::<LedObject>(value).map_or(0, |led| led.number))
}

/// The number of the LED that a method is called on.
fn number(vm: &mut Vm, arguments: Arguments) -> Result<usize, Raised> {
    match native_self::<LedObject>(vm, arguments) {
        Some(led) => Ok(usize::from(led.number)),
        None => Err(wrong_self(vm, arguments, "LED")),
    }
}

/// What an LED is to become.
#[derive(Clone, Copy)]
enum Light {
    On,
    Off,
    Toggled,
    Dimmed(u8),
}

fn set(vm: &mut Vm, led: usize, light: Light) {
    let Some(state) = state(vm) else { return };
    let Some(row) = led.checked_sub(1).and_then(|place| state.board.leds.get(place)) else { return };
    let (pin, inverted) = (row.pin, state.board.leds_inverted);
    change(vm, pin, |hardware: &mut dyn Hardware| {
        let high = match light {
            Light::Dimmed(duty) => return hardware.set_duty(pin, Some(duty)),
            Light::On => !inverted,
            Light::Off => inverted,
            Light::Toggled if hardware.duty(pin).is_some() => inverted,
            Light::Toggled => !hardware.is_set_high(pin),
        };
        hardware.set(pin, high);
        hardware.set_duty(pin, None);
    });
}

fn on(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let led = number(vm, arguments)?;
    set(vm, led, Light::On);
    Ok(Value::NONE.into())
}

fn off(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let led = number(vm, arguments)?;
    set(vm, led, Light::Off);
    Ok(Value::NONE.into())
}

fn toggle(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let led = number(vm, arguments)?;
    set(vm, led, Light::Toggled);
    Ok(Value::NONE.into())
}

fn intensity(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let led = number(vm, arguments)?;
    let Some(wanted) = arguments.get(vm, 1) else {
        let brightness = state(vm).map_or(0, |state| state.brightness(led));
        return Ok(Value::tiny_int(i32::from(brightness)).into());
    };
    let wanted = machine_int(&mut vm.heap, wanted)?;
    let dimmable = state(vm).and_then(|state| state.board.leds.get(led - 1)).is_some_and(|row| row.dimmable);
    let light = match u8::try_from(wanted) {
        Ok(duty @ 1..=254) if dimmable => Light::Dimmed(duty),
        _ if wanted > 0 => Light::On,
        _ => Light::Off,
    };
    set(vm, led, light);
    Ok(Value::NONE.into())
}
