//! `Event`: many tasks wait, one `set` moves them all to the run queue, in the order in which they came.
//!
//! `wait()` returns an awaitable that is used again as soon as it is free, as that of `sleep_ms` is: once the task that
//! awaits it waits, its coroutine goes on with `True` and does not refer to it. A wait that becomes a task of its own keeps
//! its awaitable for itself.
//!
//! # Cancellation
//! The task leaves the queue of those who wait, and `CancelledError` is raised where it waited.

use super::state::{Shared, current, queued_already, release_all, shared, show_queue};
use super::task::{Task, disown};
use super::task_queue::TaskQueue;
use alloc::boxed::Box;
use alloc::rc::Rc;
use wigwag_scheduler::{NodeId, Queue};
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{NextFunction, TypeDef, constructor, full, getter, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// An event.
pub struct Event {
    class: Handle,
    is_set: bool,
    waiting: Queue,
    shared: Shared,
}

impl NativeObject for Event {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        show_queue(&self.shared.borrow(), &self.waiting, tracer);
    }

    fn bytes(&self) -> usize {
        size_of::<Event>()
    }
}

fn new(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    let shared = shared(vm)?;
    let class = vm.heap.class_for(&TYPE)?;
    vm.heap.budget.charge(size_of::<Event>())?;
    let event = Event { class, is_set: false, waiting: Queue::new(), shared };
    Ok(vm.heap.allocate(Slot::Object(Box::new(event)))?.value().into())
}

fn set(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let event = arguments.at(vm, 0);
    let Some(object) = vm.heap.as_native_mut::<Event>(event) else { return Err(not_an_event(vm)) };
    object.is_set = true;
    if object.waiting.is_empty() {
        return Ok(Value::NONE.into());
    }
    let shared = Rc::clone(&object.shared);
    let mut waiting = core::mem::take(&mut object.waiting);
    let released = release_all(vm, &shared, &mut waiting);
    if let Some(object) = vm.heap.as_native_mut::<Event>(event) {
        object.waiting = waiting;
    }
    released?;
    Ok(Value::NONE.into())
}

fn clear(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    if let Some(event) = arguments.first().and_then(|&event| heap.as_native_mut::<Event>(event)) {
        event.is_set = false;
    }
    Ok(Value::NONE)
}

fn is_set(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let event = arguments.first().copied().unwrap_or(Value::NONE);
    get_state(heap, event)
}

fn get_state(heap: &mut Heap, event: Value) -> Result<Value, Raised> {
    Ok(Value::from_bool(heap.as_native::<Event>(event).is_some_and(|event| event.is_set)))
}

/// `waiting`, as upstream has it: a `TaskQueue`.
fn get_waiting(heap: &mut Heap, event: Value) -> Result<Value, Raised> {
    match heap.as_native::<Event>(event).map(|event| Rc::clone(&event.shared)) {
        Some(shared) => TaskQueue::of_an_event(heap, &shared, event),
        None => Ok(Value::NONE),
    }
}

impl Event {
    /// The queue of those who wait.
    pub fn waiting_mut(&mut self) -> &mut Queue {
        &mut self.waiting
    }

    /// A task does not wait any more.
    pub fn let_go(&mut self, node: NodeId) {
        let Event { waiting, shared, .. } = self;
        shared.borrow_mut().scheduler.nodes_mut().remove(waiting, node);
    }
}

#[cold]
fn not_an_event(vm: &mut Vm) -> Raised {
    vm.heap.raise(TypeId::TypeError, "Event expected")
}

fn wait(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let event = arguments.at(vm, 0);
    let Some(object) = vm.heap.as_native::<Event>(event) else { return Err(not_an_event(vm)) };
    let shared = Rc::clone(&object.shared);
    let usual = shared.borrow().event_wait;
    if let Some(wait) = vm.heap.as_native_mut::<EventWait>(usual)
        && wait.stage == Stage::Free
    {
        wait.event = event;
        wait.stage = Stage::Made;
        return Ok(usual.into());
    }
    let class = vm.heap.class_for(&WAIT_TYPE)?;
    vm.heap.budget.charge(size_of::<EventWait>())?;
    let wait = EventWait { class, stage: Stage::Made, event, shared: Rc::clone(&shared) };
    let made = vm.heap.allocate(Slot::Object(Box::new(wait)))?.value();
    shared.borrow_mut().event_wait = made;
    Ok(made.into())
}

/// `Event`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        plain("is_set", 1, 1, is_set),
        full("set", 1, 1, set),
        plain("clear", 1, 1, clear),
        full("wait", 1, 1, wait),
        getter("state", get_state),
        getter("waiting", get_waiting),
    ],
    construct: constructor("Event", 0, 0, new),
    base_for_classes: true,
    ..TypeDef::named("Event")
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// To be used again, or over.
    Free,
    /// Not awaited yet.
    Made,
    /// Resumed as a task of its own: it waits.
    Waiting,
}

/// What `Event.wait()` returns.
pub struct EventWait {
    class: Handle,
    stage: Stage,
    event: Value,
    shared: Shared,
}

impl NativeObject for EventWait {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.event);
    }

    fn next_function(&self) -> Option<NextFunction> {
        Some(next_wait)
    }

    fn bytes(&self) -> usize {
        size_of::<EventWait>()
    }
}

fn next_wait(vm: &mut Vm, wait: Value) -> Result<Outcome, Raised> {
    let Some(object) = vm.heap.as_native::<EventWait>(wait) else { return Ok(Outcome::Stop(Value::NONE)) };
    let (stage, event, shared) = (object.stage, object.event, Rc::clone(&object.shared));
    match stage {
        Stage::Free => return Ok(Outcome::Stop(Value::NONE)),
        Stage::Waiting => {
            leave(vm, wait, Stage::Free);
            return Ok(Outcome::Stop(Value::TRUE));
        }
        Stage::Made => {}
    }
    let Some(object) = vm.heap.as_native_mut::<Event>(event).filter(|event| !event.is_set) else {
        leave(vm, wait, Stage::Free);
        return Ok(Outcome::Stop(Value::TRUE));
    };
    let (task, pushed) = {
        let core = &mut *shared.borrow_mut();
        let nodes = core.scheduler.nodes_mut();
        let key = nodes.observed();
        (core.current, nodes.push(&mut object.waiting, core.current_node, key))
    };
    let task = match pushed {
        Ok(()) => task,
        Err(_) => push_slowly(vm, &shared, event)?,
    };
    if let Some(task) = vm.heap.as_native_mut::<Task>(task) {
        task.data = event;
    }
    if shared.borrow().event_wait == wait {
        leave(vm, wait, Stage::Free);
        return Ok(Outcome::Suspend(Value::NONE, Value::TRUE));
    }
    leave(vm, wait, Stage::Waiting);
    Ok(Outcome::Value(Value::NONE))
}

/// As above, for whoever is current where the loop has not said so: one of the program's own, or one beneath.
#[cold]
fn push_slowly(vm: &mut Vm, shared: &Shared, event: Value) -> Result<Value, Raised> {
    let task = current(vm, shared)?;
    let node = vm.heap.as_native::<Task>(task).map_or(NodeId::NONE, |task| task.node);
    let Some(object) = vm.heap.as_native_mut::<Event>(event) else { return Err(not_an_event(vm)) };
    let pushed = {
        let core = &mut *shared.borrow_mut();
        let nodes = core.scheduler.nodes_mut();
        let key = nodes.observed();
        nodes.push(&mut object.waiting, node, key)
    };
    match pushed {
        Ok(()) => Ok(task),
        Err(_) => Err(queued_already(&mut vm.heap)),
    }
}

fn leave(vm: &mut Vm, wait: Value, stage: Stage) {
    if let Some(wait) = vm.heap.as_native_mut::<EventWait>(wait) {
        wait.stage = stage;
        if stage == Stage::Free {
            wait.event = Value::NONE;
        }
    }
}

/// `send`: what is resumed by hand is not shared with anybody.
fn send(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let wait = arguments.at(vm, 0);
    if let Some(object) = vm.heap.as_native::<EventWait>(wait) {
        disown(&mut object.shared.borrow_mut(), wait);
    }
    next_wait(vm, wait)
}

fn throw(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let wait = arguments.at(vm, 0);
    leave(vm, wait, Stage::Free);
    Err(super::coroutine::thrown(vm, arguments)?)
}

fn close(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let wait = arguments.at(vm, 0);
    leave(vm, wait, Stage::Free);
    Ok(Value::NONE.into())
}

static WAIT_TYPE: TypeDef = TypeDef {
    members: &[full("send", 2, 2, send), full("throw", 2, 4, throw), full("close", 1, 1, close)],
    next: Some(next_wait),
    ..TypeDef::named("generator")
};
