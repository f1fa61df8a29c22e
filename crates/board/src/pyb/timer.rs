//! `pyb.Timer`: the processor's hardware timers, counters that call at each turn.
//!
//! A timer counts its clock, divided by `prescaler + 1`, and turns round after `period + 1` counts. What a program reads
//! from `counter()` is computed from the program's clock. Channels (PWM, capture) are not simulated yet.

use super::timer_settings::{self, Divisors, Unfit};
use crate::arguments::{native_self, wrong_self};
use crate::state::state;
use crate::timers::{self, Handler, Moments};
use alloc::boxed::Box;
use wigwag_modules::clock::now_us;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{ANY, Member, TypeDef, constructor, full, keyword};
use wigwag_vm::objects::int::machine_int;
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// How far a timer can count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Width {
    /// Sixteen bits.
    Short,
    /// Thirty-two.
    Long,
}

impl Width {
    /// The highest count.
    pub fn mask(self) -> u32 {
        match self {
            Width::Short => 0xffff,
            Width::Long => 0xffff_ffff,
        }
    }
}

/// Timers with a counter of 32 bits.
const LONG: [u8; 2] = [2, 5];
/// Timers on the fast peripherals' clock.
const FAST: [u8; 5] = [1, 8, 9, 10, 11];
/// Timers that can stop a motor bridge: they know of dead time and of a break input.
const ADVANCED: [u8; 2] = [1, 8];

const UP: i64 = 0x00;
const DOWN: i64 = 0x10;
const CENTER: i64 = 0x20;
/// Ways of counting to and fro that differ in when channels compare.
const OTHER_CENTERS: [i64; 2] = [0x40, 0x60];

/// `brk`, by number.
static BREAKS: [&str; 3] = ["BRK_OFF", "BRK_LOW", "BRK_HIGH"];

/// The object of a hardware timer.
pub struct HardwareTimer {
    class: Handle,
    number: u8,
    source_hz: u32,
    /// What it calls.
    pub handler: Handler,
    /// It counts.
    runs: bool,
    prescaler: u32,
    period: u32,
    mode: i64,
    division: i64,
    /// As in its register.
    dead_time: u32,
    break_mode: usize,
    /// When the count was last set ...
    since_us: u64,
    /// ... and to how many ticks of a turn.
    ticks_then: u64,
}

impl NativeObject for HardwareTimer {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.handler.callback);
    }

    fn bytes(&self) -> usize {
        size_of::<HardwareTimer>() + timers::ALARM_BYTES
    }
}

impl HardwareTimer {
    fn width(&self) -> Width {
        if LONG.contains(&self.number) { Width::Long } else { Width::Short }
    }

    /// Ticks of one turn.
    fn turn(&self) -> u64 {
        match self.mode {
            UP | DOWN => u64::from(self.period) + 1,
            // To the period and back.
            _ => (2 * u64::from(self.period)).max(1),
        }
    }

    fn moments(&self) -> Moments {
        Moments {
            start_us: self.since_us,
            ticks_then: self.ticks_then,
            period: self.turn(),
            ticks: u64::from(self.source_hz),
            seconds: u64::from(self.prescaler) + 1,
            once: false,
        }
    }

    /// How many ticks of a turn have passed.
    fn ticks(&self, now_us: u64) -> u64 {
        if !self.runs {
            return self.ticks_then;
        }
        // Below the length of a turn.
        (self.moments().ticks_at(now_us) % u128::from(self.turn())) as u64
    }

    fn count(&self, now_us: u64) -> u64 {
        let (ticks, period) = (self.ticks(now_us), u64::from(self.period));
        match self.mode {
            UP => ticks,
            DOWN => period.saturating_sub(ticks),
            _ if ticks <= period => ticks,
            _ => 2 * period - ticks,
        }
    }

    /// Counts on from here with other settings.
    fn change(&mut self, now_us: u64, set: impl FnOnce(&mut HardwareTimer)) {
        let count = self.count(now_us);
        set(self);
        self.set_count(now_us, count);
    }

    fn set_count(&mut self, now_us: u64, count: u64) {
        let count = count.min(u64::from(self.period));
        self.ticks_then = if self.mode == DOWN { u64::from(self.period) - count } else { count };
        self.since_us = now_us;
    }

    /// Its frequency, if that is whole.
    fn frequency(&self) -> Result<u64, f64> {
        let (source, first, second) =
            (u64::from(self.source_hz), u64::from(self.prescaler) + 1, u64::from(self.period) + 1);
        if !source.is_multiple_of(first) {
            return Err(source as f64 / first as f64 / second as f64);
        }
        let clock = source / first;
        if clock.is_multiple_of(second) { Ok(clock / second) } else { Err(clock as f64 / second as f64) }
    }
}

/// `pyb.Timer`
pub static TIMER_TYPE: TypeDef = TypeDef {
    members: &[
        keyword("init", 1, ANY, init),
        full("deinit", 1, 1, deinit),
        full("callback", 2, 2, callback),
        full("counter", 1, 2, counter),
        full("freq", 1, 2, freq),
        full("prescaler", 1, 2, prescaler),
        full("period", 1, 2, period),
        full("source_freq", 1, 1, source_freq),
        keyword("channel", 1, ANY, channel),
        Member::Int("UP", UP),
        Member::Int("DOWN", DOWN),
        Member::Int("CENTER", CENTER),
        Member::Int("PWM", 0),
        Member::Int("PWM_INVERTED", 1),
        Member::Int("OC_TIMING", 2),
        Member::Int("OC_ACTIVE", 3),
        Member::Int("OC_INACTIVE", 4),
        Member::Int("OC_TOGGLE", 5),
        Member::Int("OC_FORCED_ACTIVE", 6),
        Member::Int("OC_FORCED_INACTIVE", 7),
        Member::Int("IC", 8),
        Member::Int("ENC_A", 9),
        Member::Int("ENC_B", 10),
        Member::Int("ENC_AB", 11),
        Member::Int("HIGH", 0),
        Member::Int("LOW", 2),
        Member::Int("RISING", 0),
        Member::Int("FALLING", 2),
        Member::Int("BOTH", 10),
        Member::Int("BRK_OFF", 0),
        Member::Int("BRK_LOW", 1),
        Member::Int("BRK_HIGH", 2),
    ],
    construct: constructor("Timer", 1, ANY, construct),
    repr: Some(repr),
    ..TypeDef::named("Timer")
};

fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let wanted = given.at(vm, 1);
    let wanted = machine_int(&mut vm.heap, wanted)?;
    let exists = |state: &crate::BoardState| {
        let number = u8::try_from(wanted).ok()?;
        (state.board.timers.first..=state.board.timers.last).contains(&number).then_some(number)
    };
    let Some(number) = state(vm).and_then(|state| exists(state)) else {
        return Err(vm.heap.raise_fmt(TypeId::ValueError, format_args!("Timer({wanted}) doesn't exist")));
    };
    let timer = object(vm, number)?;
    if given.count > 2 || !given.names.is_none() {
        configure(vm, timer, given, 2)?;
    }
    Ok(timer.into())
}

/// The object of a timer.
fn object(vm: &mut Vm, number: u8) -> Result<Value, Raised> {
    let class = vm.heap.class_for(&TIMER_TYPE)?;
    let (known, source_hz) = state(vm).map_or((None, 0), |state| {
        let known = state.timers.hardware.iter().find(|(known, _)| *known == number).copied();
        let [processor, _, slow, fast] = state.board.frequencies_hz;
        let peripherals = if FAST.contains(&number) { fast } else { slow };
        // Peripherals that are slower than the processor have timers of twice their clock.
        (known, if peripherals == processor { peripherals } else { peripherals.saturating_mul(2) })
    });
    if let Some((_, timer)) = known {
        return Ok(timer);
    }
    let mut timer = HardwareTimer {
        class,
        number,
        source_hz,
        handler: Handler::NONE,
        runs: false,
        prescaler: 0,
        period: 0,
        mode: UP,
        division: 1,
        dead_time: 0,
        break_mode: 0,
        since_us: 0,
        ticks_then: 0,
    };
    timer.period = timer.width().mask();
    vm.heap.budget.charge(timer.bytes())?;
    let timer = vm.heap.allocate(Slot::Object(Box::new(timer)))?.value();
    if let Some(state) = state(vm) {
        state.timers.hardware.push((number, timer));
    }
    Ok(timer)
}

/// The timer that a method is called on.
fn receiver(vm: &mut Vm, given: Arguments) -> Result<Value, Raised> {
    match native_self::<HardwareTimer>(vm, given) {
        Some(_) => Ok(given.at(vm, 0)),
        None => Err(wrong_self(vm, given, "Timer")),
    }
}

/// Asks a timer something.
fn ask<T>(vm: &mut Vm, given: Arguments, question: impl FnOnce(&HardwareTimer) -> T) -> Result<T, Raised> {
    match native_self::<HardwareTimer>(vm, given) {
        Some(timer) => Ok(question(timer)),
        None => Err(wrong_self(vm, given, "Timer")),
    }
}

/// Changes how a timer counts, and when it calls.
fn change(vm: &mut Vm, timer: Value, set: impl FnOnce(&mut HardwareTimer, u64)) -> Result<(), Raised> {
    let now = now_us(vm);
    let Some(object) = vm.heap.as_native_mut::<HardwareTimer>(timer) else { return Ok(()) };
    set(object, now);
    if object.runs && !object.handler.callback.is_none() {
        let moments = object.moments();
        timers::start(vm, timer, moments)?;
    } else {
        timers::stop(vm, timer);
    }
    Ok(())
}

fn init(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let timer = receiver(vm, given)?;
    configure(vm, timer, given, 1)?;
    Ok(Value::NONE.into())
}

/// `init(*, freq, prescaler, period, tick_hz=1000, mode=UP, div=1, callback=None, deadtime=0, brk=BRK_OFF, hard=True)`,
/// after `skip` other arguments.
fn configure(vm: &mut Vm, timer: Value, given: Arguments, skip: usize) -> Result<(), Raised> {
    let names = [
        "*freq",
        "*prescaler",
        "*period",
        "*tick_hz",
        "*mode",
        "*div",
        "*callback",
        "*deadtime",
        "*brk",
        "*hard",
    ];
    let [frequency, prescaler, period, tick_hz, mode, division, callback, dead_time, break_mode, hard] =
        given.bind(vm, skip, names)?;
    let mut int = |value: Option<Value>, otherwise: i64| match value {
        Some(value) => machine_int(&mut vm.heap, value),
        None => Ok(otherwise),
    };
    let (prescaler, period) = (int(prescaler, -1)?, int(period, -1)?);
    let (tick_hz, mode, division) = (int(tick_hz, 1000)?, int(mode, UP)?, int(division, 1)?);
    let (dead_time, break_mode) = (int(dead_time, 0)?, int(break_mode, 0)?);
    let hard = match hard {
        Some(hard) => vm.truth_nested(hard)?,
        None => true,
    };
    let callback = callback.unwrap_or(Value::NONE);
    check_callback(vm, callback)?;
    let Some(object) = vm.heap.as_native::<HardwareTimer>(timer) else { return Ok(()) };
    let (source_hz, width) = (object.source_hz, object.width());
    let divisors = match frequency.filter(|frequency| !frequency.is_none()) {
        Some(frequency) => by_frequency(vm, source_hz, width, frequency)?,
        None if prescaler != -1 && period != -1 => (prescaler as u32 & 0xffff, period as u32 & width.mask()),
        None if period != -1 => {
            let found = timer_settings::by_period(source_hz, width, period, tick_hz);
            found.map_err(|unfit| refuse(vm, unfit))?
        }
        None => {
            return Err(vm.type_error("must specify either freq, period, or prescaler and period"));
        }
    };
    if ![UP, DOWN, CENTER].contains(&mode) && !OTHER_CENTERS.contains(&mode) {
        return Err(vm.heap.raise_fmt(TypeId::ValueError, format_args!("invalid mode ({mode})")));
    }
    change(vm, timer, |timer, now| {
        (timer.prescaler, timer.period) = divisors;
        timer.mode = mode;
        timer.division = if division == 2 || division == 4 { division } else { 1 };
        timer.dead_time = timer_settings::dead_time(dead_time);
        timer.break_mode = usize::try_from(break_mode).ok().filter(|&mode| mode < BREAKS.len()).unwrap_or(2);
        timer.handler.callback = callback;
        timer.handler.hard = hard;
        timer.runs = true;
        (timer.since_us, timer.ticks_then) = (now, 0);
    })
}

fn by_frequency(vm: &mut Vm, source_hz: u32, width: Width, frequency: Value) -> Result<Divisors, Raised> {
    let found = match vm.heap.as_float(frequency) {
        Some(hertz) => timer_settings::by_real_frequency(source_hz, width, hertz),
        None => timer_settings::by_frequency(source_hz, width, machine_int(&mut vm.heap, frequency)?),
    };
    found.map_err(|unfit| refuse(vm, unfit))
}

fn refuse(vm: &mut Vm, unfit: Unfit) -> Raised {
    vm.heap.raise(TypeId::ValueError, unfit.text())
}

fn check_callback(vm: &mut Vm, callback: Value) -> Result<(), Raised> {
    if callback.is_none() || vm.heap.is_callable(callback)? {
        return Ok(());
    }
    Err(vm.heap.raise(TypeId::ValueError, "callback must be None or a callable object"))
}

fn deinit(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let timer = receiver(vm, given)?;
    change(vm, timer, |timer, now| {
        timer.ticks_then = timer.ticks(now);
        timer.runs = false;
        timer.handler.callback = Value::NONE;
    })?;
    Ok(Value::NONE.into())
}

fn callback(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let timer = receiver(vm, given)?;
    let callback = given.at(vm, 1);
    check_callback(vm, callback)?;
    change(vm, timer, |timer, now| {
        timer.handler.callback = callback;
        // A callback lets a timer run that was not set up, too.
        if !callback.is_none() && !timer.runs {
            timer.since_us = now;
            timer.runs = true;
        }
    })?;
    Ok(Value::NONE.into())
}

fn counter(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let timer = receiver(vm, given)?;
    let now = now_us(vm);
    let Some(count) = given.get(vm, 1) else {
        let count = ask(vm, given, |timer| timer.count(now))?;
        return Ok(vm.heap.int(count as i64)?.into());
    };
    let count = machine_int(&mut vm.heap, count)?;
    change(vm, timer, |timer, now| timer.set_count(now, u64::from(count as u32 & timer.width().mask())))?;
    Ok(Value::NONE.into())
}

fn freq(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let timer = receiver(vm, given)?;
    let Some(frequency) = given.get(vm, 1) else {
        return Ok(match ask(vm, given, HardwareTimer::frequency)? {
            Ok(whole) => vm.heap.int(whole as i64)?.into(),
            Err(real) => vm.heap.float(real)?.into(),
        });
    };
    let (source_hz, width) = ask(vm, given, |timer| (timer.source_hz, timer.width()))?;
    let divisors = by_frequency(vm, source_hz, width, frequency)?;
    change(vm, timer, |timer, now| {
        timer.change(now, |timer| (timer.prescaler, timer.period) = divisors);
    })?;
    Ok(Value::NONE.into())
}

fn prescaler(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let timer = receiver(vm, given)?;
    let Some(prescaler) = given.get(vm, 1) else {
        let prescaler = ask(vm, given, |timer| timer.prescaler)?;
        return Ok(vm.heap.int(i64::from(prescaler))?.into());
    };
    let prescaler = machine_int(&mut vm.heap, prescaler)?;
    change(vm, timer, |timer, now| timer.change(now, |timer| timer.prescaler = prescaler as u32 & 0xffff))?;
    Ok(Value::NONE.into())
}

fn period(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let timer = receiver(vm, given)?;
    let Some(period) = given.get(vm, 1) else {
        let period = ask(vm, given, |timer| timer.period)?;
        return Ok(vm.heap.int(i64::from(period))?.into());
    };
    let period = machine_int(&mut vm.heap, period)?;
    change(vm, timer, |timer, now| {
        timer.change(now, |timer| timer.period = period as u32 & timer.width().mask());
    })?;
    Ok(Value::NONE.into())
}

fn source_freq(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let hertz = ask(vm, given, |timer| timer.source_hz)?;
    Ok(vm.heap.int(i64::from(hertz))?.into())
}

fn channel(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    receiver(vm, given)?;
    Err(vm.heap.raise(TypeId::NotImplementedError, "channels of timers are not simulated yet"))
}

fn repr(heap: &Heap, value: Value, out: &mut dyn core::fmt::Write) -> core::fmt::Result {
    let Some(timer) = heap.as_native::<HardwareTimer>(value) else { return Ok(()) };
    let HardwareTimer { number, prescaler, period, division, .. } = timer;
    if !timer.runs {
        return write!(out, "Timer({number})");
    }
    let hertz = u64::from(timer.source_hz) / ((u64::from(*prescaler) + 1) * (u64::from(*period) + 1));
    let mode = match timer.mode {
        UP => "UP",
        DOWN => "DOWN",
        _ => "CENTER",
    };
    write!(
        out,
        "Timer({number}, freq={hertz}, prescaler={prescaler}, period={period}, mode={mode}, div={division}"
    )?;
    if ADVANCED.contains(number) {
        let ticks = timer_settings::dead_ticks(timer.dead_time);
        let break_mode = BREAKS.get(timer.break_mode).copied().unwrap_or_default();
        write!(out, ", deadtime={ticks}, brk={break_mode}")?;
    }
    out.write_char(')')
}
