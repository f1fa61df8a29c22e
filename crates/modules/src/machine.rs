//! `machine` without a board: what makes sense anywhere. Follows upstream's `machine` page, as far as its unix port has it.
//!
//! Pins are objects that the program brings, with a method `value`: instances of classes that derive from `PinBase`. The
//! memory of `mem8` and its kin is that of `uctypes`: the buffers of the program, by their addresses. A machine with a
//! board has the board's module instead.

use crate::arguments;
use crate::binary::{self, Kind, Layout};
use crate::clock::now_us;
use crate::memory;
use crate::time::park_for;
use alloc::boxed::Box;
use core::fmt::Write;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{ANY, Member, TypeDef, constructor, full, plain_constructor};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, FewArguments, Input, ModuleDef, NativeFrame, Outcome, Request, Step, Vm};

/// `machine`, for a machine that has no board.
pub static MODULE: ModuleDef = ModuleDef {
    name: "machine",
    members: &[
        Member::Extension("PinBase", &PIN_BASE),
        Member::Extension("Signal", &SIGNAL),
        full("time_pulse_us", 2, 3, time_pulse),
        full("idle", 0, 0, |vm, _| Ok(park_for(vm, 0))),
        full("unique_id", 0, 0, |vm, _| Ok(vm.heap.bytes(UNIQUE_ID)?.into())),
        Member::Lazy("mem8", |heap| numbers(heap, 1)),
        Member::Lazy("mem16", |heap| numbers(heap, 2)),
        Member::Lazy("mem32", |heap| numbers(heap, 4)),
    ],
};

/// Every machine without a board is the same one.
const UNIQUE_ID: &[u8] = b"wigwag\0\0\0\0\0\0";

/// What classes of pins derive from.
struct PinBase {
    class: Handle,
}

impl NativeObject for PinBase {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<PinBase>()
    }
}

/// `machine.PinBase`
static PIN_BASE: TypeDef = TypeDef {
    construct: plain_constructor("PinBase", 0, ANY, |heap, given| {
        let Some(class) = heap.as_class(given[0]) else { return Ok(Value::NONE) };
        arguments::object(heap, PinBase { class })
    }),
    base_for_classes: true,
    ..TypeDef::named("PinBase")
};

/// A pin that may mean the opposite of its level.
struct Signal {
    class: Handle,
    pin: Value,
    invert: bool,
}

impl NativeObject for Signal {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.pin);
    }

    fn bytes(&self) -> usize {
        size_of::<Signal>()
    }
}

/// `Signal(pin, *, invert=False)`
fn construct_signal(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let [pin, invert] = given.bind(vm, 1, ["pin", "*invert"])?;
    let class = given.at(vm, 0);
    let (Some(class), Some(pin)) = (vm.heap.as_class(class), pin) else {
        return Err(vm.type_error("pin argument required"));
    };
    let name = vm.heap.intern_static("value")?;
    if !matches!(vm.plain_attribute(pin, name)?, wigwag_vm::run::attributes::PlainAttribute::Value(_)) {
        return Err(vm.type_error("object with pin protocol required"));
    }
    let invert = invert.is_some_and(|invert| vm.truth_plain(invert).unwrap_or(true));
    Ok(arguments::object(&mut vm.heap, Signal { class, pin, invert })?.into())
}

/// Reads a pin, or sets it.
struct AskPin {
    pin: Value,
    invert: bool,
    level: Option<Value>,
    called: bool,
}

impl NativeFrame for AskPin {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(_) if self.called && self.level.is_some() => Ok(Step::Return(Value::NONE)),
            Input::Value(answer) if self.called => {
                let level = arguments::integer(&mut vm.heap, answer)?;
                let level = if self.invert { level ^ 1 } else { level };
                Ok(Step::Return(vm.heap.int(level)?))
            }
            Input::Value(method) => {
                self.called = true;
                let arguments = [self.level.unwrap_or(Value::NONE)];
                Ok(Step::Call(method, FewArguments::new(&arguments[..usize::from(self.level.is_some())])))
            }
            _ => {
                let name = vm.heap.intern_static("value")?;
                Ok(Step::Perform(Request::Attribute(self.pin, name)))
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.pin, self.level.unwrap_or(Value::NONE)]);
    }
}

fn ask_pin(vm: &Vm, signal: Value, level: Option<bool>) -> Outcome {
    let Some(signal) = vm.heap.as_native::<Signal>(vm.heap.native_part(signal)) else {
        return Value::NONE.into();
    };
    let level = level.map(|level| Value::tiny_int(i32::from(level != signal.invert)));
    Outcome::Frame(Box::new(AskPin { pin: signal.pin, invert: signal.invert, level, called: false }))
}

/// `value()`, `value(level)`
fn signal_value(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let level = given.get(vm, 1).map(|level| vm.truth_plain(level).unwrap_or(true));
    Ok(ask_pin(vm, given.at(vm, 0), level))
}

/// `machine.Signal`
static SIGNAL: TypeDef = TypeDef {
    members: &[
        full("value", 1, 2, signal_value),
        full("__call__", 1, 2, signal_value),
        full("on", 1, 1, |vm, given| Ok(ask_pin(vm, given.at(vm, 0), Some(true)))),
        full("off", 1, 1, |vm, given| Ok(ask_pin(vm, given.at(vm, 0), Some(false)))),
    ],
    construct: constructor("Signal", 1, 1, construct_signal),
    base_for_classes: true,
    ..TypeDef::named("Signal")
};

/// Measures how long a pin is at a level: waits until it is, then until it is not.
struct Pulse {
    pin: Value,
    method: Option<Value>,
    /// The level that is waited for.
    level: bool,
    timeout_us: u64,
    start: u64,
    /// How often the level is still to change.
    changes: i32,
}

/// `time_pulse_us(pin, level, timeout_us=1000000)`
fn time_pulse(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (pin, level) = (given.at(vm, 0), given.at(vm, 1));
    let level = vm.truth_plain(level).unwrap_or(true);
    let timeout_us = match given.get(vm, 2) {
        Some(timeout) => arguments::integer(&mut vm.heap, timeout)? as u64,
        None => 1_000_000,
    };
    let start = now_us(vm);
    Ok(Outcome::Frame(Box::new(Pulse { pin, method: None, level, timeout_us, start, changes: 2 })))
}

impl NativeFrame for Pulse {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match (self.method, input) {
            (None, Input::Value(method)) => {
                self.method = Some(method);
                self.start = now_us(vm);
                Ok(Step::Call(method, FewArguments::new(&[])))
            }
            (Some(method), Input::Value(level)) => {
                let now = now_us(vm);
                let elapsed = now.saturating_sub(self.start);
                if vm.truth_plain(level).unwrap_or(true) == self.level {
                    self.level = !self.level;
                    self.changes -= 1;
                    if self.changes == 0 {
                        return Ok(Step::Return(vm.heap.int(elapsed as i64)?));
                    }
                    self.start = now;
                } else if elapsed >= self.timeout_us {
                    return Ok(Step::Return(Value::tiny_int(-self.changes)));
                }
                Ok(Step::Call(method, FewArguments::new(&[])))
            }
            _ => {
                let name = vm.heap.intern_static("value")?;
                Ok(Step::Perform(Request::Attribute(self.pin, name)))
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.pin, self.method.unwrap_or(Value::NONE)]);
    }
}

/// Memory as numbers of so many bytes.
struct Memory {
    class: Handle,
    size: usize,
}

impl NativeObject for Memory {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<Memory>()
    }
}

fn numbers(heap: &mut Heap, size: usize) -> Result<Value, Raised> {
    let class = heap.class_for(&MEMORY)?;
    arguments::object(heap, Memory { class, size })
}

/// The address of a number in memory, and its size.
fn place(vm: &mut Vm, given: Arguments) -> Result<(u64, usize), Raised> {
    let (memory, address) = (given.at(vm, 0), given.at(vm, 1));
    let size = vm.heap.as_native::<Memory>(memory).map_or(1, |memory| memory.size);
    let address = match vm.heap.as_integer(address) {
        Some(address) => address.low_word() as u64,
        None => arguments::integer(&mut vm.heap, address)? as u64,
    };
    if !address.is_multiple_of(size as u64) {
        let message = format_args!("address {address:08x} is not aligned to {size} bytes");
        return Err(vm.heap.raise_fmt(TypeId::ValueError, message));
    }
    Ok((address, size))
}

fn load(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (address, size) = place(vm, given)?;
    let window = memory::window_at(vm, address);
    let number = window
        .and_then(|window| memory::bytes_in(&vm.heap, window, 0, size))
        .map(|bytes| binary::word(bytes, false));
    match number {
        Some(number) => Ok(vm.heap.int(number as i64)?.into()),
        None => Err(memory::nothing_at(&mut vm.heap, address)),
    }
}

fn store(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (address, size) = place(vm, given)?;
    let value = given.at(vm, 2);
    let word = binary::store(&mut vm.heap, Layout { kind: Kind::Unsigned, size }, value)?;
    let window = memory::window_at(vm, address);
    match window.and_then(|window| memory::bytes_in_mut(&mut vm.heap, window, 0, size)) {
        Some(bytes) => binary::put(word, bytes, false),
        None => return Err(memory::nothing_at(&mut vm.heap, address)),
    }
    Ok(Value::NONE.into())
}

fn write_memory(heap: &Heap, value: Value, out: &mut dyn Write) -> core::fmt::Result {
    let size = heap.as_native::<Memory>(value).map_or(1, |memory| memory.size);
    write!(out, "<{}-bit memory>", 8 * size)
}

/// What `mem8` and its kin are.
static MEMORY: TypeDef = TypeDef {
    members: &[full("__getitem__", 2, 2, load), full("__setitem__", 3, 3, store)],
    repr: Some(write_memory),
    ..TypeDef::named("mem")
};
