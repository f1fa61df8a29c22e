//! `Future`: a result that somebody will set. Tasks await it, functions are told when it is there.
//!
//! ```text
//!   Pending ── set_result ──▶ Returned
//!      ├────── set_exception ▶ Failed
//!      └────── cancel ───────▶ Cancelled
//! ```
//!
//! # Cancellation
//! As in CPython, cancelling a task that awaits a future cancels the future, and so everybody who awaits it; `shield`
//! stands between where that is not wanted.

use super::exceptions::{INVALID_STATE_ERROR, cancelled, raise_text};
use super::listeners::{self, Listener};
use super::state::{Shared, shared, show_queue};
use super::task::raised_again;
use super::task_methods;
use super::wait;
use crate::arguments;
use alloc::rc::Rc;
use alloc::vec::Vec;
use wigwag_scheduler::Queue;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{NextFunction, TypeDef, constructor, full, keyword, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Pending,
    Returned,
    Failed,
    Cancelled,
}

/// A future.
pub struct Future {
    class: Handle,
    state: State,
    /// The result, the exception, or the message of the cancellation.
    value: Value,
    waiting: Queue,
    listeners: Vec<Listener>,
    shared: Shared,
}

impl NativeObject for Future {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.value);
        self.listeners.iter().for_each(|listener| listener.trace(tracer));
        show_queue(&self.shared.borrow(), &self.waiting, tracer);
    }

    fn next_function(&self) -> Option<NextFunction> {
        Some(next)
    }

    fn bytes(&self) -> usize {
        size_of::<Future>() + self.listeners.capacity() * size_of::<Listener>()
    }
}

/// How something has ended that others wait for: a future, or a task.
#[derive(Clone, Copy)]
pub enum End {
    /// With a result.
    Result(Value),
    /// With an exception.
    Failure(Value),
    /// It was cancelled, with this message or None.
    Cancelled(Value),
}

impl End {
    /// The result, or what is raised in its place.
    pub fn into_result(self, vm: &mut Vm) -> Result<Value, Raised> {
        match self {
            End::Result(value) => Ok(value),
            End::Failure(exception) => Err(raised_again(vm, exception)),
            End::Cancelled(message) => {
                let arguments: &[Value] = if message.is_none() { &[] } else { &[message] };
                Err(Raised(cancelled(&mut vm.heap, arguments)?))
            }
        }
    }
}

impl Future {
    /// A new one, pending.
    pub fn make(vm: &mut Vm) -> Result<Value, Raised> {
        let shared = shared(vm)?;
        let class = vm.heap.class_for(&TYPE)?;
        let (state, waiting, listeners) = (State::Pending, Queue::new(), Vec::new());
        arguments::object(
            &mut vm.heap,
            Future { class, state, value: Value::NONE, waiting, listeners, shared },
        )
    }

    /// How it has ended, if it has.
    pub fn end(&self) -> Option<End> {
        match self.state {
            State::Pending => None,
            State::Returned => Some(End::Result(self.value)),
            State::Failed => Some(End::Failure(self.value)),
            State::Cancelled => Some(End::Cancelled(self.value)),
        }
    }
}

fn line(heap: &mut Heap, future: Value, with: &mut dyn FnMut(&mut Queue)) {
    if let Some(future) = heap.as_native_mut::<Future>(future) {
        with(&mut future.waiting);
    }
}

fn tell_all(vm: &mut Vm, shared: &Shared, future: Value, end: End) -> Result<bool, Raised> {
    let Some(object) = vm.heap.as_native_mut::<Future>(future) else { return Ok(false) };
    let listeners = core::mem::take(&mut object.listeners);
    listeners::tell(vm, shared, future, end, listeners).map_err(|(left, raised)| {
        if let Some(object) = vm.heap.as_native_mut::<Future>(future) {
            object.listeners = left;
        }
        raised
    })
}

/// Has somebody told when it is over; at once, if it is.
pub fn listen(vm: &mut Vm, future: Value, listener: Listener) -> Result<(), Raised> {
    let Some((object, budget)) = vm.heap.native_and_budget::<Future>(future) else { return Ok(()) };
    if let Some(end) = object.end() {
        let shared = Rc::clone(&object.shared);
        return listener.tell(vm, &shared, future, end).map(|_| ());
    }
    budget.reserve(&mut object.listeners, 1)?;
    object.listeners.push(listener);
    Ok(())
}

/// Ends a future. False if it was over already.
pub fn settle(vm: &mut Vm, future: Value, end: End) -> Result<bool, Raised> {
    let Some(object) = vm.heap.as_native_mut::<Future>(future) else { return Ok(false) };
    if object.state != State::Pending {
        return Ok(false);
    }
    let shared = Rc::clone(&object.shared);
    let (state, value) = match end {
        End::Result(value) => (State::Returned, value),
        End::Failure(exception) => (State::Failed, exception),
        End::Cancelled(message) => (State::Cancelled, message),
    };
    (object.state, object.value) = (state, value);
    let told = tell_all(vm, &shared, future, end);
    if told.is_err()
        && let Some(object) = vm.heap.as_native_mut::<Future>(future)
    {
        // Settled once more, after a collection.
        (object.state, object.value) = (State::Pending, Value::NONE);
    }
    told?;
    wait::wake_all(vm, &shared, line, future)?;
    Ok(true)
}

/// `await future`
fn next(vm: &mut Vm, future: Value) -> Result<Outcome, Raised> {
    let Some(object) = vm.heap.as_native::<Future>(future) else { return Ok(Outcome::Stop(Value::NONE)) };
    if let Some(end) = object.end() {
        return Ok(Outcome::Stop(end.into_result(vm)?));
    }
    let shared = Rc::clone(&object.shared);
    wait::park(vm, &shared, line, future, future)?;
    Ok(Outcome::Value(Value::NONE))
}

fn new(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let [_event_loop] = arguments.bind(vm, 1, ["*loop"])?;
    Ok(Future::make(vm)?.into())
}

/// `Loop.create_future()`
pub fn loop_create_future(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    Ok(Future::make(vm)?.into())
}

fn end_of(vm: &Vm, arguments: Arguments) -> Option<End> {
    let future = arguments.at(vm, 0);
    vm.heap.as_native::<Future>(future).and_then(Future::end)
}

/// `result()` of what has ended so, or has not.
pub fn result_of(vm: &mut Vm, end: Option<End>) -> Result<Outcome, Raised> {
    match end {
        Some(end) => Ok(end.into_result(vm)?.into()),
        None => Err(raise_text(&mut vm.heap, &INVALID_STATE_ERROR, "Result is not set.")),
    }
}

/// `exception()` of what has ended so, or has not.
pub fn exception_of(vm: &mut Vm, end: Option<End>) -> Result<Outcome, Raised> {
    match end {
        Some(End::Failure(exception)) => Ok(exception.into()),
        Some(End::Result(_)) => Ok(Value::NONE.into()),
        Some(end) => Ok(end.into_result(vm)?.into()),
        None => Err(raise_text(&mut vm.heap, &INVALID_STATE_ERROR, "Exception is not set.")),
    }
}

fn result(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let end = end_of(vm, arguments);
    result_of(vm, end)
}

fn exception(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let end = end_of(vm, arguments);
    exception_of(vm, end)
}

fn finish(vm: &mut Vm, arguments: Arguments, end: End) -> Result<Outcome, Raised> {
    let future = arguments.at(vm, 0);
    match settle(vm, future, end)? {
        true => Ok(Value::NONE.into()),
        false => Err(raise_text(&mut vm.heap, &INVALID_STATE_ERROR, "invalid state")),
    }
}

fn set_result(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let value = arguments.at(vm, 1);
    finish(vm, arguments, End::Result(value))
}

fn set_exception(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let given = arguments.at(vm, 1);
    let exception = match vm.heap.as_class(given) {
        Some(class) if vm.heap.is_subclass(class, TypeId::BaseException.handle()) => {
            vm.call_nested(given, &[])?
        }
        _ => given,
    };
    if vm.heap.as_exception(exception).is_none() {
        return Err(vm.type_error("invalid exception object"));
    }
    if vm.heap.is_instance(exception, TypeId::StopIteration.handle()) {
        let text = "StopIteration interacts badly with generators and cannot be raised into a Future";
        return Err(vm.type_error(text));
    }
    finish(vm, arguments, End::Failure(exception))
}

fn cancel(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let [message] = arguments.bind(vm, 1, ["msg"])?;
    let future = arguments.at(vm, 0);
    Ok(Value::from_bool(settle(vm, future, End::Cancelled(message.unwrap_or(Value::NONE)))?).into())
}

fn add_done_callback(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let [function, _context] = arguments.bind(vm, 1, ["fn", "*context"])?;
    let future = arguments.at(vm, 0);
    listen(vm, future, Listener::Callback(function.unwrap_or(Value::NONE)))?;
    Ok(Value::NONE.into())
}

fn remove_done_callback(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (future, function) = (arguments.at(vm, 0), arguments.at(vm, 1));
    let listener = |vm: &Vm, number: usize| {
        vm.heap.as_native::<Future>(future).and_then(|future| future.listeners.get(number).copied())
    };
    let removed = listeners::remove(vm, function, listener, |vm, number| {
        if let Some(future) = vm.heap.as_native_mut::<Future>(future) {
            future.listeners.remove(number);
        }
    })?;
    Ok(vm.heap.size(removed)?.into())
}

fn state_of(heap: &Heap, arguments: &[Value]) -> State {
    let future = arguments.first().and_then(|&future| heap.as_native::<Future>(future));
    future.map_or(State::Pending, |future| future.state)
}

fn repr(heap: &Heap, future: Value, out: &mut dyn core::fmt::Write) -> core::fmt::Result {
    out.write_str(match state_of(heap, &[future]) {
        State::Pending => "<Future pending>",
        State::Returned | State::Failed => "<Future finished>",
        State::Cancelled => "<Future cancelled>",
    })
}

/// `Future`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        full("result", 1, 1, result),
        full("exception", 1, 1, exception),
        full("set_result", 2, 2, set_result),
        full("set_exception", 2, 2, set_exception),
        keyword("cancel", 1, 2, cancel),
        plain("done", 1, 1, |heap, arguments| {
            Ok(Value::from_bool(state_of(heap, arguments) != State::Pending))
        }),
        plain("cancelled", 1, 1, |heap, arguments| {
            Ok(Value::from_bool(state_of(heap, arguments) == State::Cancelled))
        }),
        keyword("add_done_callback", 2, 2, add_done_callback),
        full("remove_done_callback", 2, 2, remove_done_callback),
        full("get_loop", 1, 1, task_methods::get_loop),
    ],
    construct: constructor("Future", 0, 0, new),
    repr: Some(repr),
    next: Some(next),
    base_for_classes: true,
    ..TypeDef::named("Future")
};
