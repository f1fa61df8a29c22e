//! `Event`: many tasks wait, one `set` moves them all to the run queue, in the order in which they came.
//!
//! Whoever was woken gets `True`, even if the event was cleared meanwhile.
//!
//! # Cancellation
//! The task leaves the queue of those who wait, and `CancelledError` is raised where it waited.

use super::state::{self, Shared, shared, show_queue};
use super::task_queue::TaskQueue;
use super::wait::{self, Attempt, Operation, nothing_to_undo};
use crate::arguments;
use alloc::rc::Rc;
use wigwag_scheduler::{Handle as EventLoop, NodeId, Queue, sync};
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, constructor, full, getter, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// An event.
///
/// What it consists of is the scheduler's, which Rust futures may have too: then they wait in the same line.
pub struct Event {
    class: Handle,
    /// What Rust sees of it.
    pub state: Rc<sync::Event<EventLoop>>,
    shared: Shared,
}

impl NativeObject for Event {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        show_queue(&self.shared.borrow(), self.state.state().line().queue(), tracer);
    }

    fn bytes(&self) -> usize {
        size_of::<Event>()
    }
}

impl Event {
    /// An event over one that Rust may have, too.
    pub fn make(vm: &mut Vm, state: Rc<sync::Event<EventLoop>>) -> Result<Value, Raised> {
        let shared = shared(vm)?;
        let class = vm.heap.class_for(&TYPE)?;
        arguments::object(&mut vm.heap, Event { class, state, shared })
    }

    /// A task does not wait any more.
    pub fn let_go(&self, node: NodeId) {
        self.state.with_state(|switch, scheduler| switch.leave(scheduler, node));
    }
}

static WAIT: Operation = Operation {
    name: "wait",
    waits_for: "an Event",
    line,
    attempt: |vm, Attempt { source, woken, .. }| {
        let is_set = woken || vm.heap.as_native::<Event>(source).is_none_or(|event| event.state.is_set());
        Ok(is_set.then_some(Value::TRUE))
    },
    certain: Some(Value::TRUE),
    abandon: nothing_to_undo,
};

/// Those who wait.
pub fn line(heap: &mut Heap, event: Value, with: &mut dyn FnMut(&mut Queue)) {
    if let Some(event) = heap.as_native::<Event>(event) {
        with(event.state.state().line_mut().queue_mut());
    }
}

fn new(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    let event_loop = shared(vm)?.borrow().event_loop.clone();
    Ok(Event::make(vm, Rc::new(sync::Event::new(event_loop)))?.into())
}

fn set(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let event = arguments.at(vm, 0);
    let Some(object) = vm.heap.as_native::<Event>(event) else { return Err(not_an_event(vm)) };
    let mut switch = object.state.state();
    switch.set_on();
    if switch.line().is_empty() {
        return Ok(Value::NONE.into());
    }
    drop(switch);
    let (state, shared) = (Rc::clone(&object.state), Rc::clone(&object.shared));
    state::release_all(vm, &shared, state.state().line_mut().queue_mut())?;
    Ok(Value::NONE.into())
}

fn clear(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    if let Some(event) = arguments.first().and_then(|&event| heap.as_native::<Event>(event)) {
        event.state.clear();
    }
    Ok(Value::NONE)
}

fn is_set(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let event = arguments.first().copied().unwrap_or(Value::NONE);
    get_state(heap, event)
}

fn get_state(heap: &mut Heap, event: Value) -> Result<Value, Raised> {
    Ok(Value::from_bool(heap.as_native::<Event>(event).is_some_and(|event| event.state.is_set())))
}

/// `waiting`, as upstream has it: a `TaskQueue`.
fn get_waiting(heap: &mut Heap, event: Value) -> Result<Value, Raised> {
    match heap.as_native::<Event>(event).map(|event| Rc::clone(&event.shared)) {
        Some(shared) => TaskQueue::of_a_line(heap, &shared, event, line),
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
