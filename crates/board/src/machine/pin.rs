//! `machine.Pin`, which `pyb.Pin` is too: a pin that is read, driven, and waited for.
//!
//! A pin is found by a `Pin` object, by a name that the program gave it (`Pin.dict`), by its name on the board (`"X1"`) or
//! by its name on the processor (`"A0"`), in this order. Each pin has one object, so two names of one pin are equal by
//! `is`; it is made when it is first asked for.
//!
//! The numbers of modes and pulls are those of the processor's library, as programs print them.

use super::pin_names::{self, PinNames};
use crate::arguments::{missing, native_self, wrong_self};
use crate::boards;
use crate::hardware::{Mode, Pull};
use crate::interrupts::{self, FALLING, Owner, RISING, RISING_FALLING};
use crate::state::{change, state};
use alloc::boxed::Box;
use alloc::string::String;
use wigwag_vm::heap::{Handle, Raised, Slot, TypeId, Value};
use wigwag_vm::objects::function::{ANY, Member, NativeCode, NativeDef, TypeDef, constructor, full, keyword};
use wigwag_vm::objects::int::machine_int;
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// The object of a pin.
pub struct PinObject {
    class: Handle,
    /// Which pin it is.
    pub pin: boards::Pin,
}

impl NativeObject for PinObject {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<PinObject>()
    }
}

/// `Pin.IN` and its kin: the number, what it means, and the name that a pin is printed with.
static MODES: &[(i64, Mode, &str)] = &[
    (0x00, Mode::Input, "IN"),
    (0x01, Mode::Output, "OUT"),
    (0x11, Mode::OpenDrain, "OPEN_DRAIN"),
    (0x03, Mode::Analog, "ANALOG"),
];

/// Modes that leave the pin to a peripheral.
static ALTERNATE_MODES: [i64; 2] = [0x02, 0x12];

/// `Pin.PULL_UP` and its kin.
static PULLS: &[(i64, Pull, &str)] =
    &[(0, Pull::None, ""), (1, Pull::Up, "PULL_UP"), (2, Pull::Down, "PULL_DOWN")];

/// `machine.Pin`
pub static PIN_TYPE: TypeDef = TypeDef {
    members: &[
        keyword("init", 1, ANY, init),
        full("value", 1, 2, value),
        full("__call__", 1, 2, value),
        full("on", 1, 1, |vm, given| drive(vm, given, true)),
        full("off", 1, 1, |vm, given| drive(vm, given, false)),
        full("high", 1, 1, |vm, given| drive(vm, given, true)),
        full("low", 1, 1, |vm, given| drive(vm, given, false)),
        keyword("irq", 1, ANY, irq),
        full("name", 1, 1, name),
        full("names", 1, 1, names),
        full("port", 1, 1, |vm, given| number(vm, given, |pin| i64::from(pin.port()))),
        full("pin", 1, 1, |vm, given| number(vm, given, |pin| i64::from(pin.number()))),
        full("gpio", 1, 1, |vm, given| number(vm, given, |pin| 0x4002_0000 + 0x400 * i64::from(pin.port()))),
        full("mode", 1, 1, mode),
        full("pull", 1, 1, pull),
        full("af", 1, 1, |vm, given| number(vm, given, |_| 0)),
        full("af_list", 1, 1, af_list),
        full("__repr__", 1, 1, repr),
        Member::ClassMethod(NativeDef {
            name: "dict",
            minimum: 1,
            maximum: 2,
            keywords: false,
            code: NativeCode::Vm(name_table),
        }),
        Member::Lazy("board", |heap| pin_names::make(heap, PinNames::Board)),
        Member::Lazy("cpu", |heap| pin_names::make(heap, PinNames::Processor)),
        Member::Int("IN", 0x00),
        Member::Int("OUT", 0x01),
        Member::Int("OPEN_DRAIN", 0x11),
        Member::Int("ALT", 0x02),
        Member::Int("ALT_OPEN_DRAIN", 0x12),
        Member::Int("ANALOG", 0x03),
        Member::Int("OUT_PP", 0x01),
        Member::Int("OUT_OD", 0x11),
        Member::Int("AF_PP", 0x02),
        Member::Int("AF_OD", 0x12),
        Member::Int("PULL_NONE", 0),
        Member::Int("PULL_UP", 1),
        Member::Int("PULL_DOWN", 2),
        Member::Int("IRQ_RISING", RISING),
        Member::Int("IRQ_FALLING", FALLING),
    ],
    construct: constructor("Pin", 1, ANY, construct),
    base_for_classes: true,
    ..TypeDef::named("Pin")
};

/// The object of a pin.
pub fn object(vm: &mut Vm, pin: boards::Pin) -> Result<Value, Raised> {
    let known = state(vm).and_then(|state| state.pins.iter().find(|(known, _)| *known == pin).copied());
    if let Some((_, object)) = known {
        return Ok(object);
    }
    let class = vm.heap.class_for(&PIN_TYPE)?;
    vm.heap.budget.charge(size_of::<PinObject>())?;
    let object = vm.heap.allocate(Slot::Object(Box::new(PinObject { class, pin })))?.value();
    if let Some(state) = state(vm) {
        state.pins.push((pin, object));
    }
    Ok(object)
}

/// The pin that a program means by a value.
pub fn find(vm: &mut Vm, wanted: Value) -> Result<boards::Pin, Raised> {
    if let Some(known) = vm.heap.as_native::<PinObject>(vm.heap.native_part(wanted)) {
        return Ok(known.pin);
    }
    let table = state(vm).map_or(Value::NONE, |state| state.pin_names);
    if !table.is_none()
        && let Some(named) = vm.dict_get(table, wanted)?
    {
        return match vm.heap.as_native::<PinObject>(vm.heap.native_part(named)) {
            Some(known) => Ok(known.pin),
            None => Err(vm.type_error("Pin.dict() has a value that is no Pin")),
        };
    }
    let part = vm.heap.native_part(wanted);
    let Some(name) = vm.heap.as_str(part).map(String::from) else {
        let kind = String::from(vm.heap.type_name(wanted));
        let message = format_args!("can't convert '{kind}' object to str implicitly");
        return Err(vm.heap.raise_fmt(TypeId::TypeError, message));
    };
    match state(vm).and_then(|state| state.board.pin(&name)) {
        Some(pin) => Ok(pin),
        None => Err(vm.heap.raise_fmt(TypeId::ValueError, format_args!("Pin({name}) doesn't exist"))),
    }
}

fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let wanted = given.at(vm, 1);
    let pin = find(vm, wanted)?;
    let object = object(vm, pin)?;
    if given.count > 2 || !given.names.is_none() {
        configure(vm, pin, given, 2)?;
    }
    Ok(object.into())
}

/// The pin that a method is called on.
fn receiver(vm: &mut Vm, given: Arguments) -> Result<boards::Pin, Raised> {
    match native_self::<PinObject>(vm, given) {
        Some(object) => Ok(object.pin),
        None => Err(wrong_self(vm, given, "Pin")),
    }
}

fn init(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let pin = receiver(vm, given)?;
    configure(vm, pin, given, 1)?;
    Ok(Value::NONE.into())
}

/// `init(mode, pull=None, af=-1, *, value, alt=-1)`, after `skip` other arguments.
fn configure(vm: &mut Vm, pin: boards::Pin, given: Arguments, skip: usize) -> Result<(), Raised> {
    let [mode, pull, function, value, alternate] =
        given.bind(vm, skip, ["mode", "pull", "af", "*value", "*alt"])?;
    let Some(mode) = mode else { return Err(missing(&mut vm.heap, "mode")) };
    let mode = machine_int(&mut vm.heap, mode)?;
    let pull = match pull {
        None | Some(Value::NONE) => 0,
        Some(pull) => machine_int(&mut vm.heap, pull)?,
    };
    let known_mode = MODES.iter().find(|row| row.0 == mode);
    if known_mode.is_none() && !ALTERNATE_MODES.contains(&mode) {
        return Err(vm.heap.raise_fmt(TypeId::ValueError, format_args!("invalid pin mode: {mode}")));
    }
    let Some(&(_, pull, _)) = PULLS.iter().find(|row| row.0 == pull) else {
        return Err(vm.heap.raise_fmt(TypeId::ValueError, format_args!("invalid pin pull: {pull}")));
    };
    let Some(&(_, mode, _)) = known_mode else {
        let function = match alternate.or(function) {
            Some(function) => machine_int(&mut vm.heap, function)?,
            None => -1,
        };
        return Err(if (0..16).contains(&function) {
            vm.heap.raise(TypeId::NotImplementedError, "alternate functions of pins are not simulated yet")
        } else {
            vm.heap.raise_fmt(TypeId::ValueError, format_args!("invalid pin af: {function}"))
        });
    };
    let level = match value {
        Some(value) => Some(vm.truth_nested(value)?),
        None => None,
    };
    change(vm, pin, |hardware| {
        // The level comes first, so that an output begins with it.
        if let Some(level) = level {
            hardware.set(pin, level);
        }
        hardware.set_duty(pin, None);
        hardware.configure(pin, mode, pull);
    });
    Ok(())
}

/// The level on a pin.
pub fn read(vm: &mut Vm, pin: boards::Pin) -> bool {
    state(vm).is_some_and(|state| state.hardware.is_high(pin))
}

/// Sets what a pin drives.
pub fn write(vm: &mut Vm, pin: boards::Pin, high: bool) {
    change(vm, pin, |hardware| hardware.set(pin, high));
}

fn value(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let pin = receiver(vm, given)?;
    match given.get(vm, 1) {
        None => Ok(Value::tiny_int(i32::from(read(vm, pin))).into()),
        Some(level) => {
            let level = vm.truth_nested(level)?;
            write(vm, pin, level);
            Ok(Value::NONE.into())
        }
    }
}

fn drive(vm: &mut Vm, given: Arguments, high: bool) -> Result<Outcome, Raised> {
    let pin = receiver(vm, given)?;
    write(vm, pin, high);
    Ok(Value::NONE.into())
}

/// `irq(handler=None, trigger=IRQ_FALLING | IRQ_RISING, hard=False)`
fn irq(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let pin = receiver(vm, given)?;
    let [handler, trigger, hard] = given.bind(vm, 1, ["handler", "trigger", "hard"])?;
    if handler.is_none() && trigger.is_none() && hard.is_none() {
        return Ok(Value::NONE.into());
    }
    let trigger = match trigger {
        Some(trigger) => machine_int(&mut vm.heap, trigger)?,
        None => RISING_FALLING,
    };
    let hard = match hard {
        Some(hard) => vm.truth_nested(hard)?,
        None => false,
    };
    let argument = object(vm, pin)?;
    if let Some(state) = state(vm) {
        let board = state.board;
        let line = *state.interrupts.line(pin);
        if !line.callback.is_none() && (line.owner != Owner::Pin || line.pin != Some(pin)) {
            let number = pin.number();
            let message = match line.pin {
                Some(other) if line.owner == Owner::Pin => {
                    let other = board.cpu_name(other);
                    alloc::format!("IRQ resource already taken by Pin('{other}')")
                }
                _ => alloc::format!("ExtInt vector {number} is already in use"),
            };
            return Err(vm.heap.raise(TypeId::OsError, &message));
        }
    }
    interrupts::register(vm, pin, Owner::Pin, handler.unwrap_or(Value::NONE), argument, trigger, hard);
    Ok(Value::NONE.into())
}

fn name(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let pin = receiver(vm, given)?;
    let name = state(vm).map_or("", |state| state.board.cpu_name(pin));
    Ok(vm.heap.str(name)?.into())
}

fn names(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let pin = receiver(vm, given)?;
    let list = vm.heap.list(&[])?;
    let Some(board) = state(vm).map(|state| state.board) else { return Ok(list.into()) };
    for name in core::iter::once(board.cpu_name(pin)).chain(board.board_names(pin)) {
        let name = vm.heap.str(name)?;
        vm.heap.list_push(list, name)?;
    }
    Ok(list.into())
}

fn number(vm: &mut Vm, given: Arguments, of: fn(boards::Pin) -> i64) -> Result<Outcome, Raised> {
    let pin = receiver(vm, given)?;
    Ok(vm.heap.int(of(pin))?.into())
}

fn configuration(vm: &mut Vm, given: Arguments) -> Result<(boards::Pin, Mode, Pull), Raised> {
    let pin = receiver(vm, given)?;
    let (mode, pull) = state(vm).map_or((Mode::Input, Pull::None), |state| state.hardware.configuration(pin));
    Ok((pin, mode, pull))
}

fn mode(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (_, mode, _) = configuration(vm, given)?;
    let number = MODES.iter().find(|row| row.1 == mode).map_or(0, |row| row.0);
    Ok(vm.heap.int(number)?.into())
}

fn pull(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (_, _, pull) = configuration(vm, given)?;
    let number = PULLS.iter().find(|row| row.1 == pull).map_or(0, |row| row.0);
    Ok(vm.heap.int(number)?.into())
}

fn af_list(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    receiver(vm, given)?;
    Err(vm.heap.raise(TypeId::NotImplementedError, "alternate functions of pins are not simulated yet"))
}

fn repr(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (pin, mode, pull) = configuration(vm, given)?;
    let name = state(vm).map_or("", |state| state.board.cpu_name(pin));
    let mode_name = MODES.iter().find(|row| row.1 == mode).map_or("", |row| row.2);
    let pull_name = PULLS.iter().find(|row| row.1 == pull).map_or("", |row| row.2);
    let text = if pull == Pull::None || mode == Mode::Analog {
        alloc::format!("Pin(Pin.cpu.{name}, mode=Pin.{mode_name})")
    } else {
        alloc::format!("Pin(Pin.cpu.{name}, mode=Pin.{mode_name}, pull=Pin.{pull_name})")
    };
    Ok(vm.heap.string(text)?.into())
}

/// `Pin.dict([table])`: names of the program's own.
fn name_table(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let Some(table) = given.get(vm, 1) else {
        return Ok(state(vm).map_or(Value::NONE, |state| state.pin_names).into());
    };
    if !table.is_none() && vm.heap.as_dict(table).is_none() {
        return Err(vm.type_error("Pin.dict() takes a dict or None"));
    }
    if let Some(state) = state(vm) {
        state.pin_names = table;
    }
    Ok(Value::NONE.into())
}
