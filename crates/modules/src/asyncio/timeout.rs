//! `timeout` and `timeout_at`: an `async with` block that has only so much time.
//!
//! ```text
//!   Created ──enter──▶ Active ──leave──▶ Finished
//!                        └─ the time has come: cancels the task ─▶ Expiring ──leave──▶ Expired
//! ```
//!
//! Whether a cancellation that comes out of the block is its own, the block knows by the task's count of requests.
//!
//! # Cancellation
//! A cancellation from outside passes through the block as it is.

use super::cancel::cancel;
use super::exceptions::{CANCELLED_ERROR, TIMEOUT_ERROR, raise};
use super::handle::{self, Call};
use super::state::{current, shared};
use super::{ready, task_extras};
use crate::arguments;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, constructor, full, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Created,
    Active,
    Expiring,
    Expired,
    Finished,
}

/// A block with a limit.
struct Timeout {
    class: Handle,
    state: State,
    /// When the time is over, in seconds of the loop; `None` for never.
    when: Option<f64>,
    task: Value,
    /// What will cancel the task, or None.
    timer: Value,
    /// How often the task had been asked to stop when the block was entered.
    cancels: u32,
}

impl NativeObject for Timeout {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.task, self.timer]);
    }

    fn bytes(&self) -> usize {
        size_of::<Timeout>()
    }
}

fn make(vm: &mut Vm, when: Option<f64>) -> Result<Outcome, Raised> {
    let class = vm.heap.class_for(&TYPE)?;
    let (task, timer, state) = (Value::NONE, Value::NONE, State::Created);
    Ok(arguments::object(&mut vm.heap, Timeout { class, state, when, task, timer, cancels: 0 })?.into())
}

fn seconds(vm: &mut Vm, given: Option<Value>) -> Result<Option<f64>, Raised> {
    match given {
        Some(value) if !value.is_none() => handle::seconds(vm, value).map(Some),
        _ => Ok(None),
    }
}

/// `timeout(delay)`
pub fn timeout(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let [delay] = arguments.bind(vm, 0, ["delay"])?;
    let delay = seconds(vm, delay)?;
    let now = handle::time(vm);
    make(vm, delay.map(|delay| now + delay))
}

/// `timeout_at(when)`
pub fn timeout_at(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let [when] = arguments.bind(vm, 0, ["when"])?;
    let when = seconds(vm, when)?;
    make(vm, when)
}

fn new(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let [when] = arguments.bind(vm, 1, ["when"])?;
    let when = seconds(vm, when)?;
    make(vm, when)
}

/// The time has come.
fn expire(vm: &mut Vm, timeout: Value) -> Result<(), Raised> {
    let Some(object) = vm.heap.as_native::<Timeout>(timeout) else { return Ok(()) };
    let task = object.task;
    cancel(vm, task, Value::NONE)?;
    if let Some(object) = vm.heap.as_native_mut::<Timeout>(timeout) {
        object.state = State::Expiring;
        object.timer = Value::NONE;
    }
    Ok(())
}

/// Has the block end at another time.
fn arm(vm: &mut Vm, timeout: Value, when: Option<f64>) -> Result<(), Raised> {
    let shared = shared(vm)?;
    let timer = match when {
        Some(when) => handle::call_at(vm, &shared, when, Call::Native(expire, timeout))?,
        None => Value::NONE,
    };
    if let Some(object) = vm.heap.as_native_mut::<Timeout>(timeout) {
        object.when = when;
        let before = core::mem::replace(&mut object.timer, timer);
        handle::cancel(&mut vm.heap, before);
    }
    Ok(())
}

fn enter(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let timeout = arguments.at(vm, 0);
    let shared = shared(vm)?;
    let when = match vm.heap.as_native::<Timeout>(timeout) {
        Some(Timeout { state: State::Created, when, .. }) => *when,
        _ => return Err(vm.heap.raise(TypeId::RuntimeError, "Timeout has already been entered")),
    };
    if shared.borrow().current.is_none() {
        return Err(vm.heap.raise(TypeId::RuntimeError, "Timeout should be used inside a task"));
    }
    let task = current(vm, &shared)?;
    let entered = ready::make(&mut vm.heap, timeout)?;
    arm(vm, timeout, when)?;
    let cancels = task_extras::cancels(&vm.heap, task);
    if let Some(object) = vm.heap.as_native_mut::<Timeout>(timeout) {
        object.state = State::Active;
        object.task = task;
        object.cancels = cancels;
    }
    Ok(entered.into())
}

fn leave(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (timeout, kind) = (arguments.at(vm, 0), arguments.at(vm, 1));
    let shared = shared(vm)?;
    let over = ready::with_none(&mut vm.heap, &shared)?;
    let cancelled = vm.heap.class_for(&CANCELLED_ERROR)?;
    let Some(object) = vm.heap.as_native::<Timeout>(timeout) else { return Ok(over.into()) };
    let (expiring, task, cancels) = (object.state == State::Expiring, object.task, object.cancels);
    let others = task_extras::cancels(&vm.heap, task).saturating_sub(1);
    let is_its_own = expiring && others <= cancels && vm.heap.as_class(kind) == Some(cancelled);
    // Made first: if there is no memory for it, the block is left once more.
    let raised = is_its_own.then(|| raise(&mut vm.heap, &TIMEOUT_ERROR));
    if raised == Some(Raised::OUT_OF_MEMORY) {
        return Err(Raised::OUT_OF_MEMORY);
    }
    if expiring {
        task_extras::uncancel(&vm.heap, task);
    }
    if let Some(object) = vm.heap.as_native_mut::<Timeout>(timeout) {
        object.state = if expiring { State::Expired } else { State::Finished };
        let timer = core::mem::replace(&mut object.timer, Value::NONE);
        handle::cancel(&mut vm.heap, timer);
    }
    raised.map_or(Ok(over.into()), Err)
}

/// `reschedule(when)`
fn reschedule(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (timeout, when) = (arguments.at(vm, 0), arguments.at(vm, 1));
    let when = seconds(vm, Some(when))?;
    let state = match vm.heap.as_native::<Timeout>(timeout).map(|timeout| timeout.state) {
        Some(State::Active) => {
            arm(vm, timeout, when)?;
            return Ok(Value::NONE.into());
        }
        Some(State::Expiring) => "expiring",
        Some(State::Expired) => "expired",
        Some(State::Finished) => "finished",
        _ => "created",
    };
    let text = format_args!("Cannot change state of {state} Timeout");
    Err(vm.heap.raise_fmt(TypeId::RuntimeError, text))
}

fn get_when(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let timeout = arguments.first().and_then(|&timeout| heap.as_native::<Timeout>(timeout));
    match timeout.and_then(|timeout| timeout.when) {
        Some(when) => heap.float(when),
        None => Ok(Value::NONE),
    }
}

fn expired(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let timeout = arguments.first().and_then(|&timeout| heap.as_native::<Timeout>(timeout));
    let over = timeout.is_some_and(|timeout| matches!(timeout.state, State::Expiring | State::Expired));
    Ok(Value::from_bool(over))
}

/// `Timeout`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        full("__aenter__", 1, 1, enter),
        full("__aexit__", 1, 4, leave),
        full("reschedule", 2, 2, reschedule),
        plain("when", 1, 1, get_when),
        plain("expired", 1, 1, expired),
    ],
    construct: constructor("Timeout", 1, 1, new),
    ..TypeDef::named("Timeout")
};
