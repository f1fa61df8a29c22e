//! `machine.Timer`: as many as a program wants, counted in milliseconds.
//!
//! On a pyboard these are the software timers, `Timer(-1)`. A soft callback comes by `micropython.schedule`, and is lost
//! when its queue is full; a hard one (`hard=True`) runs with the heap locked.

use crate::arguments::{native_self, wrong_self};
use crate::timers::{self, Handler, Moments};
use alloc::boxed::Box;
use wigwag_modules::clock::now_us;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{ANY, Member, TypeDef, constructor, full, keyword};
use wigwag_vm::objects::int::machine_int;
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

const ONE_SHOT: i64 = 1;
const PERIODIC: i64 = 2;

/// Periods are shorter than this, so that differences of ticks can be told apart.
const LONGEST_MS: u64 = 0x4000_0000;

/// The object of a timer.
pub struct SoftTimer {
    class: Handle,
    /// What it calls.
    pub handler: Handler,
    mode: i64,
    period_ms: u64,
}

impl NativeObject for SoftTimer {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.handler.callback);
    }

    fn bytes(&self) -> usize {
        // Its place among those that run counts with it.
        size_of::<SoftTimer>() + timers::ALARM_BYTES
    }
}

/// `machine.Timer`
pub static TIMER_TYPE: TypeDef = TypeDef {
    members: &[
        keyword("init", 1, ANY, init),
        full("deinit", 1, 1, deinit),
        Member::Int("ONE_SHOT", ONE_SHOT),
        Member::Int("PERIODIC", PERIODIC),
    ],
    construct: constructor("Timer", 0, ANY, construct),
    repr: Some(repr),
    ..TypeDef::named("Timer")
};

fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    if let Some(id) = given.get(vm, 1)
        && machine_int(&mut vm.heap, id)? != -1
    {
        return Err(vm.heap.raise(TypeId::ValueError, "Timer doesn't exist"));
    }
    let class = vm.heap.class_for(&TIMER_TYPE)?;
    let timer = SoftTimer { class, handler: Handler::NONE, mode: PERIODIC, period_ms: 1000 };
    vm.heap.budget.charge(timer.bytes())?;
    let timer = vm.heap.allocate(Slot::Object(Box::new(timer)))?.value();
    if given.count > 2 || !given.names.is_none() {
        configure(vm, timer, given, 2)?;
    }
    Ok(timer.into())
}

/// The timer that a method is called on.
fn receiver(vm: &mut Vm, given: Arguments) -> Result<Value, Raised> {
    match native_self::<SoftTimer>(vm, given) {
        Some(_) => Ok(given.at(vm, 0)),
        None => Err(wrong_self(vm, given, "Timer")),
    }
}

fn init(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let timer = receiver(vm, given)?;
    timers::stop(vm, timer);
    configure(vm, timer, given, 1)?;
    Ok(Value::NONE.into())
}

fn deinit(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let timer = receiver(vm, given)?;
    timers::stop(vm, timer);
    Ok(Value::NONE.into())
}

/// `init(*, mode=PERIODIC, callback=None, period=-1, tick_hz=1000, freq=None, hard=False)`, after `skip` other arguments.
fn configure(vm: &mut Vm, timer: Value, given: Arguments, skip: usize) -> Result<(), Raised> {
    let names = ["*mode", "*callback", "*period", "*tick_hz", "*freq", "*hard"];
    let [mode, callback, period, tick_hz, frequency, hard] = given.bind(vm, skip, names)?;
    let mode = match mode {
        Some(mode) => machine_int(&mut vm.heap, mode)?,
        None => PERIODIC,
    };
    let hard = match hard {
        Some(hard) => vm.truth_nested(hard)?,
        None => false,
    };
    let known_ms = vm.heap.as_native::<SoftTimer>(timer).map_or(0, |timer| timer.period_ms);
    let period_ms = period_of(vm, period, tick_hz, frequency)?.unwrap_or(known_ms).max(1);
    if period_ms >= LONGEST_MS {
        return Err(vm.heap.raise(TypeId::ValueError, "period too large"));
    }
    let Some(object) = vm.heap.as_native_mut::<SoftTimer>(timer) else { return Ok(()) };
    (object.mode, object.period_ms, object.handler.hard) = (mode, period_ms, hard);
    if let Some(callback) = callback {
        object.handler.callback = callback;
    }
    if object.handler.callback.is_none() {
        return Ok(());
    }
    // Counted from the last millisecond, as the processor's counter does.
    let start_us = now_us(vm) / 1000 * 1000;
    let moments = Moments {
        start_us,
        ticks_then: 0,
        period: period_ms,
        ticks: 1000,
        seconds: 1,
        once: mode != PERIODIC,
    };
    Ok(timers::start(vm, timer, moments)?)
}

/// The period that a program has asked for, in milliseconds.
fn period_of(
    vm: &mut Vm,
    period: Option<Value>,
    tick_hz: Option<Value>,
    frequency: Option<Value>,
) -> Result<Option<u64>, Raised> {
    if let Some(frequency) = frequency.filter(|frequency| !frequency.is_none()) {
        let hertz = wigwag_modules::arguments::float(&mut vm.heap, frequency)?;
        if hertz == 0.0 {
            return Err(vm.heap.raise(TypeId::ZeroDivisionError, "divide by zero"));
        }
        // Rust's conversion stops at the ends: too slow is too large a period, backwards is the shortest.
        return Ok(Some((1000.0 / hertz) as u64));
    }
    let Some(period) = period else { return Ok(None) };
    let period = machine_int(&mut vm.heap, period)?;
    let tick_hz = match tick_hz {
        Some(tick_hz) => machine_int(&mut vm.heap, tick_hz)?,
        None => 1000,
    };
    match (u64::try_from(period), u64::try_from(tick_hz)) {
        (_, Ok(0)) => Err(vm.heap.raise(TypeId::ZeroDivisionError, "divide by zero")),
        (Ok(period), Ok(tick_hz)) => Ok(Some(period.saturating_mul(1000) / tick_hz)),
        _ => Err(vm.heap.raise(TypeId::ValueError, "period too large")),
    }
}

fn repr(heap: &Heap, value: Value, out: &mut dyn core::fmt::Write) -> core::fmt::Result {
    let Some(timer) = heap.as_native::<SoftTimer>(value) else { return Ok(()) };
    let mode = if timer.mode == ONE_SHOT { "ONE_SHOT" } else { "PERIODIC" };
    write!(out, "Timer(mode={mode}, period={})", timer.period_ms)
}
