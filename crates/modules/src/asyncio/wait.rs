//! Waiting in line: the awaitable behind `Event.wait()`, `Lock.acquire()`, `Queue.get()` and their like.
//!
//! What differs between them is an [`Operation`], declared as data: where the line is, what whoever comes first takes,
//! what has to be undone if an exception comes in place of it. What is the same is here:
//!
//! ```text
//!   Free ──make──▶ Made ──attempt takes it──▶ Free
//!                    └─attempt must wait─▶ Parked ──woken, attempt──▶ Free   (or Parked once more)
//!                                             └──cancelled in line──▶ LetGo ──thrown──▶ Free
//! ```
//!
//! The objects are used again: those that are free stand in a row that the machine keeps, so that waiting allocates
//! nothing. One that becomes a task, or is resumed by hand, is [`disown`]ed and never goes back there.
//!
//! What must always hold: the `data` of a task that is parked here is its wait, or the source itself where the result is
//! known beforehand; a wait in the row is Free, and refers to nothing.
//!
//! # Cancellation
//! The task leaves the line; if it had been woken, the operation passes on what it was given.

use super::coroutine::thrown;
use super::event::Event;
use super::state::{self, Core, Shared, take_node};
use super::task::Task;
use crate::arguments;
use alloc::rc::Rc;
use wigwag_scheduler::{NodeId, PushError, Queue};
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, Value};
use wigwag_vm::objects::function::{NextFunction, TypeDef, full};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// Finds a line of those who wait in the object that has it, and does something with it. What is done must not use the
/// heap, nor anything that may be in the same line.
pub type Line = fn(&mut Heap, Value, &mut dyn FnMut(&mut Queue));

/// Something that tasks wait in line for.
pub struct Operation {
    /// Its name, as that of a coroutine function.
    pub name: &'static str,
    /// What is waited for, for reports.
    pub waits_for: &'static str,
    /// The line of those who wait.
    pub line: Line,
    /// Takes what is there and gives the result; `None`: the current task has to wait.
    pub attempt: fn(&mut Vm, Attempt) -> Result<Option<Value>, Raised>,
    /// What whoever has been woken gets, if that is certain from the start: then the source knows how to let a task go
    /// (`cancel`), and the wait is free again as soon as the task is in line.
    pub certain: Option<Value>,
    /// The task was woken, and an exception came before it ran.
    pub abandon: fn(&mut Vm, Value) -> Result<(), Raised>,
}

/// What an operation is attempted with.
#[derive(Clone, Copy)]
pub struct Attempt {
    /// The primitive.
    pub source: Value,
    /// What is to be put, for instance; None where the operation has no argument.
    pub argument: Value,
    /// The task has waited and was woken.
    pub woken: bool,
}

/// For [`Operation::abandon`] where nothing was given.
pub fn nothing_to_undo(_vm: &mut Vm, _source: Value) -> Result<(), Raised> {
    Ok(())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// To be used again, or over.
    Free,
    /// Not awaited yet.
    Made,
    /// In line, or woken.
    Parked,
    /// Taken out of the line by a cancellation.
    LetGo,
}

/// A wait: what `wait()`, `acquire()`, `get()` return.
pub struct Wait {
    class: Handle,
    stage: Stage,
    /// Goes back to the row when it is free.
    shared_by_all: bool,
    /// What it does.
    pub operation: &'static Operation,
    source: Value,
    argument: Value,
    shared: Shared,
}

impl NativeObject for Wait {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.source, self.argument]);
    }

    fn next_function(&self) -> Option<NextFunction> {
        Some(next)
    }

    fn bytes(&self) -> usize {
        size_of::<Wait>()
    }
}

/// How many free ones are kept.
const MOST_KEPT: usize = 64;

/// An awaitable for an operation.
pub fn make(
    vm: &mut Vm,
    shared: &Shared,
    operation: &'static Operation,
    source: Value,
    argument: Value,
) -> Result<Value, Raised> {
    let kept = shared.borrow_mut().waits.pop();
    if let Some(known) = kept
        && let Some(wait) = vm.heap.as_native_mut::<Wait>(known)
    {
        wait.stage = Stage::Made;
        wait.operation = operation;
        wait.source = source;
        wait.argument = argument;
        return Ok(known);
    }
    let class = vm.heap.class_for(&TYPE)?;
    let (stage, shared) = (Stage::Made, Rc::clone(shared));
    let wait = Wait { class, stage, shared_by_all: true, operation, source, argument, shared };
    arguments::object(&mut vm.heap, wait)
}

/// A wait belongs to one user alone from now on: to a task that was made of it, say. Other values are left alone.
pub fn disown(heap: &mut Heap, awaitable: Value) {
    if let Some(wait) = heap.as_native_mut::<Wait>(awaitable) {
        wait.shared_by_all = false;
    }
}

/// A wait is over.
fn free(heap: &mut Heap, wait: Value) {
    let Some(object) = heap.as_native_mut::<Wait>(wait) else { return };
    let was = core::mem::replace(&mut object.stage, Stage::Free);
    object.source = Value::NONE;
    object.argument = Value::NONE;
    if was != Stage::Free && object.shared_by_all {
        let mut core = object.shared.borrow_mut();
        if core.waits.len() < MOST_KEPT {
            core.waits.push(wait);
        }
    }
}

impl Wait {
    /// A task does not wait any more: it was cancelled.
    pub fn let_go(heap: &mut Heap, wait: Value, node: NodeId) {
        let Some(object) = heap.as_native_mut::<Wait>(wait) else { return };
        object.stage = Stage::LetGo;
        let (line, source, shared) = (object.operation.line, object.source, Rc::clone(&object.shared));
        line(heap, source, &mut |line| {
            shared.borrow().event_loop.scheduler().nodes_mut().remove(line, node);
        });
    }
}

/// Puts the current task into a line; `data` is what it waits for from now on.
pub fn park(vm: &mut Vm, shared: &Shared, line: Line, source: Value, data: Value) -> Result<(), Raised> {
    let mut pushed = Err(PushError::Stale);
    line(&mut vm.heap, source, &mut |line| pushed = push(&shared.borrow(), line, None));
    let task = match pushed {
        Ok(task) => task,
        Err(_) => park_slowly(vm, shared, line, source)?,
    };
    if let Some(task) = vm.heap.as_native_mut::<Task>(task) {
        task.data = data;
    }
    Ok(())
}

#[inline]
fn push(core: &Core, line: &mut Queue, node: Option<NodeId>) -> Result<Value, PushError> {
    let (task, node) = (core.current, node.unwrap_or(core.current_node));
    let mut scheduler = core.event_loop.scheduler();
    let nodes = scheduler.nodes_mut();
    let key = nodes.observed();
    nodes.push(line, node, key).map(|()| task)
}

/// The same for whoever is current where the loop has not said so: in a loop of the program's own, or in one beneath.
#[cold]
fn park_slowly(vm: &mut Vm, shared: &Shared, line: Line, source: Value) -> Result<Value, Raised> {
    let task = state::current(vm, shared)?;
    let Some(handle) = task.as_handle() else { return Err(state::not_a_task(&mut vm.heap)) };
    for _ in 0..2 {
        let node = vm.heap.as_native::<Task>(task).map_or(NodeId::NONE, |task| task.node);
        let mut pushed = Err(PushError::Queued);
        line(&mut vm.heap, source, &mut |line| pushed = push(&shared.borrow(), line, Some(node)));
        match pushed {
            Ok(_) => return Ok(task),
            Err(PushError::Stale) => {}
            Err(_) => break,
        }
        let node = take_node(&mut vm.heap, &mut shared.borrow_mut(), handle)?;
        if let Some(task) = vm.heap.as_native_mut::<Task>(task) {
            task.node = node;
        }
    }
    Err(state::queued_already(&mut vm.heap))
}

/// Who was woken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// Nobody waits.
    Nobody,
    /// A Python task.
    Task(Value),
    /// A Rust future.
    Future,
}

/// Wakes whoever is first in a line.
pub fn wake_first(vm: &mut Vm, shared: &Shared, line: Line, source: Value) -> Result<Woken, Raised> {
    let mut first = None;
    line(&mut vm.heap, source, &mut |line| {
        if !line.is_empty() {
            first = shared.borrow().event_loop.scheduler().nodes_mut().pop(line);
        }
    });
    let Some(first) = first else { return Ok(Woken::Nobody) };
    match state::task_of(first.owner) {
        Some(task) => {
            state::make_ready(vm, shared, task)?;
            Ok(Woken::Task(task))
        }
        None => {
            let key = state::key_for_now(vm, shared);
            // A node just taken from a queue can join another.
            let _ = shared.borrow().event_loop.scheduler().push(first.node, key);
            state::wake_if_parked(vm, shared);
            Ok(Woken::Future)
        }
    }
}

/// Takes somebody out of a line; false if they were woken already, or never came.
pub fn leave(heap: &mut Heap, shared: &Shared, line: Line, source: Value, node: NodeId) -> bool {
    let mut left = false;
    line(heap, source, &mut |line| {
        left = shared.borrow().event_loop.scheduler().nodes_mut().remove(line, node);
    });
    left
}

/// Whether a task with this `data` stands in a line that Rust may call, or has been called.
pub fn is_line(heap: &Heap, data: Value) -> bool {
    heap.as_native::<Wait>(data).is_some() || heap.as_native::<Event>(data).is_some()
}

/// Wakes everybody in a line, in order.
pub fn wake_all(vm: &mut Vm, shared: &Shared, line: Line, source: Value) -> Result<(), Raised> {
    let mut waiting = Queue::new();
    line(&mut vm.heap, source, &mut |line| core::mem::swap(line, &mut waiting));
    let released = state::release_all(vm, shared, &mut waiting);
    // The queue that its nodes know.
    line(&mut vm.heap, source, &mut |line| core::mem::swap(line, &mut waiting));
    released.map(|_| ())
}

fn next(vm: &mut Vm, wait: Value) -> Result<Outcome, Raised> {
    let Some(object) = vm.heap.as_native::<Wait>(wait) else { return Ok(Outcome::Stop(Value::NONE)) };
    let &Wait { stage, operation, source, argument, shared_by_all, .. } = object;
    if stage == Stage::Free {
        return Ok(Outcome::Stop(Value::NONE));
    }
    let shared = Rc::clone(&object.shared);
    let woken = stage == Stage::Parked;
    if let Some(result) = (operation.attempt)(vm, Attempt { source, argument, woken })? {
        free(&mut vm.heap, wait);
        return Ok(Outcome::Stop(result));
    }
    if let Some(result) = operation.certain
        && shared_by_all
    {
        park(vm, &shared, operation.line, source, source)?;
        free(&mut vm.heap, wait);
        return Ok(Outcome::Suspend(Value::NONE, result));
    }
    park(vm, &shared, operation.line, source, wait)?;
    if let Some(object) = vm.heap.as_native_mut::<Wait>(wait) {
        object.stage = Stage::Parked;
    }
    Ok(Outcome::Value(Value::NONE))
}

/// `send`: what is resumed by hand is not shared with anybody.
fn send(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let wait = arguments.at(vm, 0);
    disown(&mut vm.heap, wait);
    next(vm, wait)
}

fn throw(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let raised = thrown(vm, arguments)?;
    let wait = arguments.at(vm, 0);
    let Some(&Wait { stage, operation, source, .. }) = vm.heap.as_native::<Wait>(wait) else {
        return Err(raised);
    };
    if stage == Stage::Parked {
        (operation.abandon)(vm, source)?;
    }
    free(&mut vm.heap, wait);
    Err(raised)
}

fn close(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let wait = arguments.at(vm, 0);
    disown(&mut vm.heap, wait);
    free(&mut vm.heap, wait);
    Ok(Value::NONE.into())
}

/// `remove(task)`, as anything that a task's `data` may be has it.
fn remove(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (wait, task) = (arguments.at(vm, 0), arguments.at(vm, 1));
    let node = vm.heap.as_native::<Task>(task).map_or(NodeId::NONE, |task| task.node);
    Wait::let_go(&mut vm.heap, wait, node);
    Ok(Value::NONE.into())
}

static TYPE: TypeDef = TypeDef {
    members: &[
        full("send", 2, 2, send),
        full("throw", 2, 4, throw),
        full("close", 1, 1, close),
        full("remove", 2, 2, remove),
    ],
    next: Some(next),
    ..TypeDef::named("generator")
};
