//! Timers: moments of the program's clock at which a callback is due.
//!
//! A timer object (`machine.Timer`, `pyb.Timer`) holds what is to be called; while it runs, an [`Alarm`] here says when.
//! The engine asks for the first of them before it waits, and calls [`fire_due`] when that time has come.
//!
//! ```text
//!   started ──▶ alarm in the list ──its time──▶ interrupt: hard, or soft by `micropython.schedule`
//!                      ▲                            │
//!                      └──────── periodic ──────────┘
//! ```
//!
//! A hard callback runs with the heap locked. If it raises, a report goes to standard error and the timer calls nobody any
//! more, as on a board.
//!
//! What always holds: moments are computed from the start, so a period that is no whole number of microseconds does not
//! drift. Firing allocates nothing in the heap. A moment that was missed because the program (or the computer it runs on)
//! was busy for more than a period comes once, like an interrupt that was already pending. While the program has switched
//! interrupts off nothing fires; what is due then comes when they are on again.

use crate::machine::timer::SoftTimer;
use crate::pyb::timer::HardwareTimer;
use crate::state::{BoardState, state};
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_modules::callbacks;
use wigwag_modules::clock::now_us;
use wigwag_vm::heap::{Heap, OutOfMemory, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{Member, full};
use wigwag_vm::run::{FewArguments, Input, NativeFrame, Outcome, Step, Stream, Vm};

const US_PER_SECOND: u128 = 1_000_000;

/// What a timer calls, and how.
pub struct Handler {
    /// What is called, with the timer; None for nothing.
    pub callback: Value,
    /// With the heap locked.
    pub hard: bool,
    /// A hard call is on its way: what fires until it begins is one with it.
    raised: bool,
}

impl Handler {
    /// Nothing is called.
    pub const NONE: Handler = Handler { callback: Value::NONE, hard: false, raised: false };
}

/// A row of moments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moments {
    /// From when the ticks count.
    pub start_us: u64,
    /// How many ticks had passed of the period at the start.
    pub ticks_then: u64,
    /// Ticks from one moment to the next.
    pub period: u64,
    /// How long a tick is: so many of them ...
    pub ticks: u64,
    /// ... in so many seconds.
    pub seconds: u64,
    /// Only the first moment counts.
    pub once: bool,
}

impl Moments {
    /// How many ticks have passed since the beginning of the period in which the start was.
    pub fn ticks_at(&self, now_us: u64) -> u128 {
        let passed_us = u128::from(now_us.saturating_sub(self.start_us));
        let passed = passed_us * u128::from(self.ticks) / (US_PER_SECOND * u128::from(self.seconds.max(1)));
        u128::from(self.ticks_then) + passed
    }

    /// The first moment after this time; None when it is too far off to be told.
    pub fn after(&self, now_us: u64) -> Option<u64> {
        let period = u128::from(self.period.max(1));
        let number = self.ticks_at(now_us) / period + 1;
        let ticks = (number * period).saturating_sub(u128::from(self.ticks_then));
        let us = ticks.checked_mul(US_PER_SECOND)?.checked_mul(u128::from(self.seconds))?;
        let us = us.div_ceil(u128::from(self.ticks.max(1)));
        u64::try_from(us.checked_add(u128::from(self.start_us))?).ok()
    }
}

/// A timer that runs.
struct Alarm {
    due_us: u64,
    moments: Moments,
    timer: Value,
}

/// How much a timer that runs takes here.
pub const ALARM_BYTES: usize = size_of::<Alarm>();

/// All timers of a board.
pub struct Timers {
    /// Those that run, by the time they are due; those of one time in the order in which they were started.
    alarms: Vec<Alarm>,
    /// The objects of the hardware timers that programs have asked for, each made once, by number.
    pub(crate) hardware: Vec<(u8, Value)>,
    /// The native that runs a timer's hard callback.
    pub(crate) dispatcher: Value,
}

impl Default for Timers {
    fn default() -> Timers {
        Timers { alarms: Vec::new(), hardware: Vec::new(), dispatcher: Value::NONE }
    }
}

impl Timers {
    /// Shows the collector every timer that runs.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.dispatcher);
        for alarm in &self.alarms {
            tracer.value(alarm.timer);
        }
        for &(_, timer) in &self.hardware {
            tracer.value(timer);
        }
    }

    fn insert(&mut self, alarm: Alarm) {
        let place = self.alarms.partition_point(|other| other.due_us <= alarm.due_us);
        self.alarms.insert(place, alarm);
    }

    /// Stops a timer, if it runs.
    pub fn stop(&mut self, timer: Value) {
        self.alarms.retain(|alarm| alarm.timer != timer);
    }
}

/// Lets a timer run, from now on in this way.
///
/// # Errors
/// [`OutOfMemory`]: then it does not run.
pub fn start(vm: &mut Vm, timer: Value, moments: Moments) -> Result<(), OutOfMemory> {
    let now = now_us(vm);
    let Some(state) = state(vm) else { return Ok(()) };
    state.timers.stop(timer);
    state.timers.alarms.try_reserve(1).map_err(|_| OutOfMemory)?;
    if let Some(due_us) = moments.after(now) {
        state.timers.insert(Alarm { due_us, moments, timer });
    }
    Ok(())
}

/// Stops a timer, if it runs.
pub fn stop(vm: &mut Vm, timer: Value) {
    if let Some(state) = state(vm) {
        state.timers.stop(timer);
    }
}

impl BoardState {
    /// When the next timer is due, if one runs and interrupts are not switched off.
    pub(crate) fn next_timer(&self) -> Option<u64> {
        if self.interrupts.disabled {
            return None;
        }
        self.timers.alarms.first().map(|alarm| alarm.due_us)
    }
}

/// Raises the interrupt of every timer whose time has come.
pub fn fire_due(vm: &mut Vm, now_us: u64) {
    while state(vm).and_then(|state| state.next_timer()).is_some_and(|due| due <= now_us) {
        let Some(timers) = state(vm).map(|state| &mut state.timers) else { return };
        let mut alarm = timers.alarms.remove(0);
        let timer = alarm.timer;
        if !alarm.moments.once
            && let Some(due_us) = alarm.moments.after(now_us)
        {
            alarm.due_us = due_us;
            timers.insert(alarm);
        }
        fire(vm, timer);
    }
}

fn fire(vm: &mut Vm, timer: Value) {
    let dispatcher = state(vm).map_or(Value::NONE, |state| state.timers.dispatcher);
    let Some(handler) = handler(&mut vm.heap, timer) else { return };
    let callback = handler.callback;
    if callback.is_none() {
        return;
    }
    if !handler.hard {
        callbacks::interrupt(vm, callback, timer, false);
    } else if !core::mem::replace(&mut handler.raised, true) {
        callbacks::interrupt(vm, dispatcher, timer, true);
    }
}

/// What a timer calls.
fn handler(heap: &mut Heap, timer: Value) -> Option<&mut Handler> {
    if heap.as_native::<SoftTimer>(timer).is_some() {
        return heap.as_native_mut::<SoftTimer>(timer).map(|timer| &mut timer.handler);
    }
    heap.as_native_mut::<HardwareTimer>(timer).map(|timer| &mut timer.handler)
}

/// The native that the engine calls for a hard interrupt, with the timer.
pub(crate) static DISPATCHER: Member =
    full("interrupt", 1, 1, |vm, given| Ok(Outcome::Frame(Box::new(Service { timer: given.at(vm, 0) }))));

/// A hard callback being run.
struct Service {
    timer: Value,
}

impl NativeFrame for Service {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Start => {
                let Some(handler) = handler(&mut vm.heap, self.timer) else {
                    return Ok(Step::Return(Value::NONE));
                };
                handler.raised = false;
                match handler.callback {
                    // It was taken away meanwhile.
                    Value::NONE => Ok(Step::Return(Value::NONE)),
                    callback => Ok(Step::Call(callback, FewArguments::new(&[self.timer]))),
                }
            }
            Input::Raised(exception) => {
                if vm.heap.is_instance(exception, TypeId::KeyboardInterrupt.handle()) {
                    // Ctrl-C was meant for the program.
                    return Err(Raised(exception));
                }
                if let Some(handler) = handler(&mut vm.heap, self.timer) {
                    handler.callback = Value::NONE;
                }
                stop(vm, self.timer);
                vm.write(Stream::Error, "Uncaught exception in IRQ callback handler\n");
                let text = vm.format_exception(exception);
                vm.write(Stream::Error, &text);
                Ok(Step::Return(Value::NONE))
            }
            _ => Ok(Step::Return(Value::NONE)),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.timer);
    }

    fn catches(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEVENTHS: Moments =
        Moments { start_us: 1000, ticks_then: 0, period: 3, ticks: 7, seconds: 1, once: false };

    #[test]
    fn moments_do_not_drift() {
        // Three sevenths of a second.
        let mut now = SEVENTHS.start_us;
        for number in 1..=700u64 {
            now = SEVENTHS.after(now).unwrap();
            assert_eq!(now, 1000 + (number * 3_000_000).div_ceil(7));
        }
        assert_eq!(now, 1000 + 300_000_000);
    }

    #[test]
    fn what_was_missed_is_one() {
        assert_eq!(SEVENTHS.after(10_000_000), Some(1000 + 10_285_715));
    }

    #[test]
    fn a_counter_may_begin_in_between() {
        let moments = Moments { ticks_then: 2, ..SEVENTHS };
        assert_eq!(moments.after(1000), Some(1000 + 142_858));
        assert_eq!(moments.ticks_at(1000 + 142_858), 3);
    }

    #[test]
    fn what_never_comes_is_not_told() {
        let moments = Moments { period: u64::MAX, ticks: 1, seconds: u64::MAX, ..SEVENTHS };
        assert_eq!(moments.after(1000), None);
    }
}
