//! `Event`: many tasks wait, one `set` moves them all to the run queue, in the order in which they came.
//!
//! Whoever was woken gets `True`, even if the event was cleared meanwhile.
//!
//! # Cancellation
//! The task leaves the queue of those who wait, and `CancelledError` is raised where it waited.

use super::state::{Shared, shared, show_queue};
use super::task_queue::TaskQueue;
use super::wait::{self, Attempt, Operation, nothing_to_undo};
use crate::arguments;
use alloc::rc::Rc;
use wigwag_scheduler::{NodeId, Queue};
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, constructor, full, getter, plain};
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

impl Event {
    /// The queue of those who wait.
    pub fn waiting_mut(&mut self) -> &mut Queue {
        &mut self.waiting
    }

    /// A task does not wait any more.
    pub fn let_go(&mut self, node: NodeId) {
        let Event { waiting, shared, .. } = self;
        shared.borrow().event_loop.scheduler().nodes_mut().remove(waiting, node);
    }
}

static WAIT: Operation = Operation {
    name: "wait",
    waits_for: "an Event",
    line,
    attempt: |vm, Attempt { source, woken, .. }| {
        let is_set = woken || vm.heap.as_native::<Event>(source).is_none_or(|event| event.is_set);
        Ok(is_set.then_some(Value::TRUE))
    },
    certain: Some(Value::TRUE),
    abandon: nothing_to_undo,
};

fn line(heap: &mut Heap, event: Value) -> Option<&mut Queue> {
    heap.as_native_mut::<Event>(event).map(Event::waiting_mut)
}

fn new(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    let shared = shared(vm)?;
    let class = vm.heap.class_for(&TYPE)?;
    Ok(arguments::object(&mut vm.heap, Event { class, is_set: false, waiting: Queue::new(), shared })?.into())
}

fn set(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let event = arguments.at(vm, 0);
    let Some(object) = vm.heap.as_native_mut::<Event>(event) else { return Err(not_an_event(vm)) };
    object.is_set = true;
    if object.waiting.is_empty() {
        return Ok(Value::NONE.into());
    }
    let shared = Rc::clone(&object.shared);
    wait::wake_all(vm, &shared, line, event)?;
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

#[cold]
fn not_an_event(vm: &mut Vm) -> Raised {
    vm.heap.raise(TypeId::TypeError, "Event expected")
}

fn wait(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let event = arguments.at(vm, 0);
    let Some(object) = vm.heap.as_native::<Event>(event) else { return Err(not_an_event(vm)) };
    let shared = Rc::clone(&object.shared);
    Ok(wait::make(vm, &shared, &WAIT, event, Value::NONE)?.into())
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
