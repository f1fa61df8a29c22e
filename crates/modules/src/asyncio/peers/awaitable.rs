//! `Awaitable`: a Rust future as Python has it: something to `await`, to make a task of, to gather.
//!
//! The future is polled within the turn of the Python task that awaits it, as the innermost part of what that runs: the
//! first time when it is awaited, then whenever it was woken. So a future that is ready at once does not suspend anybody,
//! and a result takes no turn of its own.
//!
//! ```text
//!   Made ──awaited──▶ Polled ──pending──▶ Waiting ──woken──▶ Polled ──ready──▶ Ended ──given to Python──▶ Over
//!     └──────────────────── thrown into, closed: the future is dropped ──────────────────────────────────▶ Over
//! ```
//!
//! What must always hold: an awaitable has a place in the loop's table from its first poll until its future is over; as
//! long it is among the roots, because its waker may be anywhere, and with it the task that awaits it.
//!
//! # Cancellation
//! `CancelledError` (any exception thrown in) drops the future, within the task's turn; then the exception goes on.

use super::crossing;
use super::hub::Hub;
use super::{Data, Exception};
use crate::arguments;
use crate::asyncio::coroutine::{thrown, write_coroutine};
use crate::asyncio::state::{self, Shared};
use crate::asyncio::task::Task;
use alloc::boxed::Box;
use alloc::rc::Rc;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};
use wigwag_scheduler::sync::OnLoop;
use wigwag_scheduler::{Bodies, Owner, TaskId, Turn};
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{NextFunction, TypeDef, full};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// A Rust future for Python.
pub type Body = Pin<Box<dyn Future<Output = Result<Data, Exception>>>>;

enum Stage {
    Made(Body),
    Waiting(Body),
    Polled,
    Ended(Result<Data, Exception>),
    Over,
}

/// See the module.
pub struct Awaitable {
    class: Handle,
    /// As the function that made it.
    pub name: Rc<str>,
    stage: Stage,
    /// Its place in the loop's table, while it has one.
    place: Option<TaskId>,
    /// The task that awaits it, or None.
    task: Value,
    bytes: usize,
    shared: Shared,
    hub: Rc<Hub>,
}

impl NativeObject for Awaitable {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.task);
    }

    fn next_function(&self) -> Option<NextFunction> {
        Some(next)
    }

    fn bytes(&self) -> usize {
        self.bytes
    }
}

impl Drop for Awaitable {
    fn drop(&mut self) {
        let stage = core::mem::replace(&mut self.stage, Stage::Over);
        let _ = self.hub.guarded(|| drop(stage));
        if let Some(place) = self.place.take() {
            self.hub.forget(place);
        }
    }
}

/// An awaitable whose future is still to come.
pub fn make(vm: &mut Vm, shared: &Shared, hub: &Rc<Hub>, name: &Rc<str>) -> Result<Value, Raised> {
    let class = vm.heap.class_for(&TYPE)?;
    let awaitable = Awaitable {
        class,
        name: Rc::clone(name),
        stage: Stage::Over,
        place: None,
        task: Value::NONE,
        bytes: size_of::<Awaitable>(),
        shared: Rc::clone(shared),
        hub: Rc::clone(hub),
    };
    arguments::object(&mut vm.heap, awaitable)
}

/// Gives an awaitable its future.
pub fn fill(heap: &mut Heap, awaitable: Value, body: Body) {
    if let Some((object, budget)) = heap.native_and_budget::<Awaitable>(awaitable) {
        // A future that is too large for the budget is Rust's affair.
        let bytes = size_of_val(&*body);
        if budget.charge(bytes).is_ok() {
            object.bytes += bytes;
        }
        object.stage = Stage::Made(body);
    }
}

/// The task that has to be resumed when the future of an awaitable was woken: the one that waits for it, if it still does.
/// It does not wait any more from here on.
pub fn waiting_task(heap: &mut Heap, awaitable: Value) -> Option<Value> {
    let task = heap.as_native::<Awaitable>(awaitable)?.task;
    let object = heap.as_native_mut::<Task>(task).filter(|object| object.data == awaitable)?;
    object.data = Value::NONE;
    Some(task)
}

/// A task does not wait for the future any more: it was cancelled. The future is dropped when the exception gets there.
pub fn let_go(heap: &mut Heap, awaitable: Value) -> bool {
    match heap.as_native_mut::<Awaitable>(awaitable) {
        Some(object) => {
            object.task = Value::NONE;
            true
        }
        None => false,
    }
}

/// Polls one future that lies beside the loop's own.
struct Beside<'a> {
    body: &'a mut Body,
    hub: &'a Hub,
    result: Option<Result<Data, Exception>>,
}

impl Bodies for Beside<'_> {
    fn poll(&mut self, _body: u32, cx: &mut Context<'_>) -> Poll<()> {
        let Beside { body, hub, result } = self;
        match hub.guarded(|| body.as_mut().poll(cx)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(ended)) => *result = Some(ended),
            Err(text) => *result = Some(Err(panicked(&text))),
        }
        Poll::Ready(())
    }

    fn discard(&mut self, _body: u32) {}
}

/// What a panic is in Python.
pub fn panicked(text: &str) -> Exception {
    Exception::new("RuntimeError", format_args!("Rust panicked: {text}"))
}

/// Polls the future and says what came of it.
fn poll(vm: &mut Vm, awaitable: Value, mut body: Body) -> Result<Outcome, Raised> {
    let Some(object) = vm.heap.as_native_mut::<Awaitable>(awaitable) else {
        return Ok(Outcome::Stop(Value::NONE));
    };
    object.stage = Stage::Polled;
    let (hub, shared, known) = (Rc::clone(&object.hub), Rc::clone(&object.shared), object.place);
    hub.tell_time(vm);
    let prepared = prepare(vm, &shared, &hub, awaitable, known);
    let (task, place) = match prepared {
        Ok(prepared) => prepared,
        Err(raised) => {
            // Once more, after a collection; or nobody awaits it.
            set_stage(vm, awaitable, Stage::Waiting(body));
            return Err(raised);
        }
    };
    let turn = Turn { node: place.node(), owner: Owner::Future(place.index()), key: 0 };
    // It has its turn now, whatever it was in line for.
    hub.event_loop.scheduler().remove(place.node());
    let mut beside = Beside { body: &mut body, hub: &hub, result: None };
    hub.event_loop.core().poll(turn, &mut beside);
    let result = beside.result;
    hub.settle_bytes(vm);
    state::wake_if_parked(vm, &shared);
    match result {
        None => {
            set_stage(vm, awaitable, Stage::Waiting(body));
            if let Some(task) = vm.heap.as_native_mut::<Task>(task) {
                task.data = awaitable;
            }
            Ok(Outcome::Value(Value::NONE))
        }
        Some(ended) => {
            drop_body(&hub, body);
            leave(vm, awaitable);
            set_stage(vm, awaitable, Stage::Ended(ended));
            give(vm, awaitable)
        }
    }
}

/// A future is dropped, which runs its code too.
fn drop_body(hub: &Hub, body: Body) {
    // Of a panic in a drop there is nothing more to be told than that it happened; it was.
    let _ = hub.guarded(|| drop(body));
}

/// Who awaits it, and its place in the loop's table.
fn prepare(
    vm: &mut Vm,
    shared: &Shared,
    hub: &Hub,
    awaitable: Value,
    known: Option<TaskId>,
) -> Result<(Value, TaskId), Raised> {
    let task = state::current(vm, shared)?;
    let before = vm.heap.as_native::<Awaitable>(awaitable).map_or(Value::NONE, |object| object.task);
    if before != task && vm.heap.as_native::<Task>(before).is_some_and(|before| before.data == awaitable) {
        return Err(vm.heap.raise(TypeId::RuntimeError, "coroutine is being awaited already"));
    }
    let place = match known {
        Some(place) => place,
        None => hub.event_loop.core().enter().map_err(|_| Raised::OUT_OF_MEMORY)?,
    };
    if let Some(object) = vm.heap.as_native_mut::<Awaitable>(awaitable) {
        object.place = Some(place);
        object.task = task;
    }
    match hub.note_awaited(place, awaitable) {
        true => Ok((task, place)),
        false => Err(Raised::OUT_OF_MEMORY),
    }
}

/// Its future is over: it gives its place back.
fn leave(vm: &mut Vm, awaitable: Value) {
    let Some(object) = vm.heap.as_native_mut::<Awaitable>(awaitable) else { return };
    object.task = Value::NONE;
    let (place, hub) = (object.place.take(), Rc::clone(&object.hub));
    if let Some(place) = place {
        hub.forget(place);
    }
}

fn set_stage(vm: &mut Vm, awaitable: Value, stage: Stage) {
    if let Some(object) = vm.heap.as_native_mut::<Awaitable>(awaitable) {
        object.stage = stage;
    }
}

/// Gives the result to Python. For lack of memory it is kept, and given at the next attempt.
fn give(vm: &mut Vm, awaitable: Value) -> Result<Outcome, Raised> {
    let Some(object) = vm.heap.as_native_mut::<Awaitable>(awaitable) else {
        return Ok(Outcome::Stop(Value::NONE));
    };
    let hub = Rc::clone(&object.hub);
    let Stage::Ended(ended) = core::mem::replace(&mut object.stage, Stage::Over) else {
        return Ok(Outcome::Stop(Value::NONE));
    };
    let given = match &ended {
        Ok(data) => crossing::to_python(vm, &hub, data),
        Err(exception) => Err(crossing::raise(vm, &hub, exception)),
    };
    if given == Err(Raised::OUT_OF_MEMORY) {
        set_stage(vm, awaitable, Stage::Ended(ended));
    }
    given.map(Outcome::Stop)
}

fn next(vm: &mut Vm, awaitable: Value) -> Result<Outcome, Raised> {
    let Some(object) = vm.heap.as_native_mut::<Awaitable>(awaitable) else {
        return Ok(Outcome::Stop(Value::NONE));
    };
    match core::mem::replace(&mut object.stage, Stage::Polled) {
        Stage::Made(body) | Stage::Waiting(body) => poll(vm, awaitable, body),
        Stage::Polled => Err(vm.heap.raise(TypeId::ValueError, "generator already executing")),
        ended @ Stage::Ended(_) => {
            object.stage = ended;
            give(vm, awaitable)
        }
        Stage::Over => {
            object.stage = Stage::Over;
            Ok(Outcome::Stop(Value::NONE))
        }
    }
}

/// Drops the future, if it is not over.
fn abandon(vm: &mut Vm, awaitable: Value) {
    let Some(object) = vm.heap.as_native_mut::<Awaitable>(awaitable) else { return };
    let hub = Rc::clone(&object.hub);
    let stage = core::mem::replace(&mut object.stage, Stage::Over);
    hub.tell_time(vm);
    match stage {
        Stage::Made(body) | Stage::Waiting(body) => drop_body(&hub, body),
        Stage::Polled => set_stage(vm, awaitable, Stage::Polled),
        Stage::Ended(_) | Stage::Over => {}
    }
    leave(vm, awaitable);
}

fn send(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let awaitable = arguments.at(vm, 0);
    next(vm, awaitable)
}

fn throw(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let raised = thrown(vm, arguments)?;
    let awaitable = arguments.at(vm, 0);
    abandon(vm, awaitable);
    Err(raised)
}

fn close(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let awaitable = arguments.at(vm, 0);
    abandon(vm, awaitable);
    Ok(Value::NONE.into())
}

fn repr(heap: &Heap, value: Value, out: &mut dyn core::fmt::Write) -> core::fmt::Result {
    write_coroutine(value, heap.as_native::<Awaitable>(value).map_or("", |awaitable| &awaitable.name), out)
}

/// As every coroutine, a `generator`.
static TYPE: TypeDef = TypeDef {
    members: &[full("send", 2, 2, send), full("throw", 2, 4, throw), full("close", 1, 1, close)],
    next: Some(next),
    repr: Some(repr),
    ..TypeDef::named("generator")
};
