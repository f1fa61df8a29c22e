//! Interrupts from pins: sixteen lines, one for each number that pins have in their port, as the processor has them.
//!
//! A line serves one pin at a time. Who registered it decides what the callback gets:
//!
//! | registered by | argument | hard |
//! |---|---|---|
//! | `Pin.irq(handler, trigger, hard)` | the pin | as asked |
//! | `pyb.ExtInt(pin, mode, pull, callback)` | the number of the line | yes |
//! | `pyb.Switch().callback(f)` | nothing | yes |
//!
//! A hard callback runs with the heap locked. If it raises, the line is switched off and a report goes to standard error,
//! as on a board. A soft one waits in the queue of `micropython.schedule`.
//!
//! What always holds: raising an interrupt allocates nothing in the heap. While the program has switched interrupts off
//! (`machine.disable_irq()`), an edge is remembered once for each line, and a timer's moment, and come when they are on again.

use crate::boards::Pin;
use crate::state::state;
use crate::timers;
use alloc::boxed::Box;
use alloc::format;
use wigwag_modules::callbacks;
use wigwag_modules::clock::now_us;
use wigwag_vm::heap::{Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{Member, full};
use wigwag_vm::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Step, Stream, Vm};

/// How many lines pins can use.
pub const LINES: usize = 16;

/// `IRQ_RISING`, as the processor's library numbers it.
pub const RISING: i64 = 0x1011_0000;
/// `IRQ_FALLING`
pub const FALLING: i64 = 0x1021_0000;
/// Either of them.
pub const RISING_FALLING: i64 = RISING | FALLING;
/// The same edges as events, which wake the processor and call nobody.
pub const EVENT_RISING: i64 = 0x1012_0000;
/// See [`EVENT_RISING`].
pub const EVENT_FALLING: i64 = 0x1022_0000;
/// Either of them.
pub const EVENT_RISING_FALLING: i64 = EVENT_RISING | EVENT_FALLING;
/// The bit that tells an interrupt from an event.
const INTERRUPT_BIT: i64 = 0x0001_0000;

/// Who asked for a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    /// A pin, by `irq`.
    Pin,
    /// `pyb.ExtInt`.
    ExtInt,
    /// The switch.
    Switch,
}

/// One interrupt line.
#[derive(Clone, Copy)]
pub struct Line {
    /// What is called; None for nothing.
    pub callback: Value,
    /// The pin's object, for callbacks that get it.
    pub argument: Value,
    /// The pin whose edges count.
    pub pin: Option<Pin>,
    /// Who asked for it.
    pub owner: Owner,
    /// [`RISING`], [`FALLING`] or both.
    pub edges: i64,
    /// Runs with the heap locked.
    pub hard: bool,
    /// Edges count.
    pub enabled: bool,
    /// An edge came while interrupts were off.
    pub pending: bool,
    /// Its hard callback is on its way: further edges until it begins are one with it, as on a board.
    pub raised: bool,
}

/// A line that nobody uses.
const UNUSED: Line = Line {
    callback: Value::NONE,
    argument: Value::NONE,
    pin: None,
    owner: Owner::Pin,
    edges: 0,
    hard: false,
    enabled: false,
    pending: false,
    raised: false,
};

/// All lines of a board.
pub struct Interrupts {
    /// By number.
    pub lines: [Line; LINES],
    /// The program has switched interrupts off.
    pub disabled: bool,
    /// The native that runs a line's hard callback.
    pub(crate) dispatcher: Value,
}

impl Default for Interrupts {
    fn default() -> Interrupts {
        Interrupts { lines: [UNUSED; LINES], disabled: false, dispatcher: Value::NONE }
    }
}

impl Interrupts {
    /// Shows the collector every callback.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.dispatcher);
        for line in &self.lines {
            tracer.value(line.callback);
            tracer.value(line.argument);
        }
    }

    /// The line of a pin.
    pub fn line(&mut self, pin: Pin) -> &mut Line {
        // A pin's number is below 16 by construction.
        &mut self.lines[usize::from(pin.number()) % LINES]
    }

    /// Whether an edge on some pin would call something.
    pub fn is_armed(&self) -> bool {
        self.lines.iter().any(|line| line.enabled && line.edges != 0 && !line.callback.is_none())
    }
}

/// Puts a callback on the line of a pin, or takes it away (a callback of None).
pub fn register(
    vm: &mut Vm,
    pin: Pin,
    owner: Owner,
    callback: Value,
    argument: Value,
    mode: i64,
    hard: bool,
) {
    let Some(state) = state(vm) else { return };
    *state.interrupts.line(pin) = if callback.is_none() {
        UNUSED
    } else {
        let is_interrupt = mode & INTERRUPT_BIT != 0;
        Line {
            callback,
            argument,
            pin: Some(pin),
            owner,
            edges: if is_interrupt { mode & RISING_FALLING } else { 0 },
            hard,
            enabled: is_interrupt,
            pending: false,
            raised: false,
        }
    };
}

/// The level on a pin has changed: calls whoever waits for that edge. A microcontroller's driver calls this for the
/// edges that its own interrupts have seen.
pub fn edge(vm: &mut Vm, pin: Pin, rising: bool) {
    let Some(state) = state(vm) else { return };
    let line = state.interrupts.line(pin);
    let wanted = if rising { RISING } else { FALLING };
    if line.pin == Some(pin) && line.edges & wanted == wanted {
        fire(vm, usize::from(pin.number()));
    }
}

/// Raises the interrupt of a line, if it is enabled.
pub fn fire(vm: &mut Vm, number: usize) {
    let Some(state) = state(vm) else { return };
    let (disabled, dispatcher) = (state.interrupts.disabled, state.interrupts.dispatcher);
    let Some(line) = state.interrupts.lines.get_mut(number) else { return };
    if !line.enabled || line.edges == 0 || line.callback.is_none() {
        return;
    }
    if disabled {
        line.pending = true;
        return;
    }
    let (callback, argument, hard) = (line.callback, line.argument, line.hard);
    if hard {
        if core::mem::replace(&mut line.raised, true) {
            return;
        }
        callbacks::interrupt(vm, dispatcher, Value::tiny_int(number as i32), true);
    } else {
        callbacks::interrupt(vm, callback, argument, false);
    }
}

/// Switches interrupts off (and tells whether they were on), or on again, when those that waited come.
pub fn set_disabled(vm: &mut Vm, disabled: bool) -> bool {
    let Some(state) = state(vm) else { return true };
    let was_enabled = !state.interrupts.disabled;
    state.interrupts.disabled = disabled;
    if !disabled {
        for number in 0..LINES {
            let waits = self::state(vm)
                .and_then(|state| state.interrupts.lines.get_mut(number))
                .is_some_and(|line| core::mem::take(&mut line.pending));
            if waits {
                fire(vm, number);
            }
        }
        let now = now_us(vm);
        timers::fire_due(vm, now);
    }
    was_enabled
}

/// The native that the engine calls for a hard interrupt, with the number of the line.
pub(crate) static DISPATCHER: Member = full("interrupt", 1, 1, dispatch);

fn dispatch(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let number = vm.heap.as_int(arguments.at(vm, 0)).and_then(|number| usize::try_from(number).ok());
    let number = number.filter(|&number| number < LINES).unwrap_or(0);
    Ok(Outcome::Frame(Box::new(Service { number })))
}

/// A hard callback being run.
struct Service {
    number: usize,
}

impl NativeFrame for Service {
    fn step(&mut self, vm: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Start => {
                let Some(line) = state(vm).and_then(|state| state.interrupts.lines.get_mut(self.number))
                else {
                    return Ok(Step::Return(Value::NONE));
                };
                line.raised = false;
                if line.callback.is_none() {
                    return Ok(Step::Return(Value::NONE));
                }
                let number = Value::tiny_int(self.number as i32);
                let arguments = match line.owner {
                    Owner::Pin => FewArguments::new(&[line.argument]),
                    Owner::ExtInt => FewArguments::new(&[number]),
                    Owner::Switch => FewArguments::new(&[]),
                };
                Ok(Step::Call(line.callback, arguments))
            }
            Input::Raised(exception) => {
                if vm.heap.is_instance(exception, TypeId::KeyboardInterrupt.handle()) {
                    // Ctrl-C was meant for the program.
                    return Err(Raised(exception));
                }
                if let Some(line) = state(vm).and_then(|state| state.interrupts.lines.get_mut(self.number)) {
                    *line = UNUSED;
                }
                let number = self.number;
                vm.write(
                    Stream::Error,
                    &format!("uncaught exception in ExtInt interrupt handler line {number}\n"),
                );
                let text = vm.format_exception(exception);
                vm.write(Stream::Error, &text);
                Ok(Step::Return(Value::NONE))
            }
            _ => Ok(Step::Return(Value::NONE)),
        }
    }

    fn trace(&self, _tracer: &mut Tracer<'_>) {}

    fn catches(&self) -> bool {
        true
    }
}
