//! The queue that Python and Rust have in common, as Python has it.
//!
//! Places and items are permits of the scheduler's: one that is given back while somebody waits is theirs at once, so nobody
//! barges in.
//!
//! # Cancellation
//! The task leaves its line; an item or a place that it was called for goes to the next.

use super::Data;
use super::crossing;
use super::hub::Hub;
use crate::arguments;
use crate::asyncio::exceptions::{QUEUE_EMPTY, QUEUE_FULL, raise};
use crate::asyncio::state::{self, Shared, show_queue};
use crate::asyncio::task::Task;
use crate::asyncio::wait::{self, Attempt, Line, Operation};
use alloc::rc::Rc;
use alloc::vec::Vec;
use wigwag_scheduler::{Handle as EventLoop, NodeId, sync};
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, Value};
use wigwag_vm::objects::function::{TypeDef, full, getter, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

type State = sync::Queue<Data, EventLoop, Vec<Option<Data>>>;

/// See the module.
pub struct Queue {
    class: Handle,
    /// What Rust sees of it.
    pub state: Rc<State>,
    shared: Shared,
    hub: Rc<Hub>,
}

impl NativeObject for Queue {
    fn class(&self) -> Handle {
        self.class
    }

    // What the items refer to is held by their objects.
    fn trace(&self, tracer: &mut Tracer<'_>) {
        let core = self.shared.borrow();
        show_queue(&core, self.state.items_state().line().queue(), tracer);
        show_queue(&core, self.state.room_state().line().queue(), tracer);
    }

    fn bytes(&self) -> usize {
        size_of::<Queue>()
    }
}

/// A queue over one that Rust has.
pub fn make(vm: &mut Vm, state: Rc<State>) -> Result<Value, Raised> {
    let shared = state::shared(vm)?;
    let hub = Rc::clone(&shared.borrow().hub);
    let class = vm.heap.class_for(&TYPE)?;
    arguments::object(&mut vm.heap, Queue { class, state, shared, hub })
}

static GET: Operation = Operation {
    name: "get",
    waits_for: "an item of a Queue",
    line: getters,
    attempt: |vm, Attempt { source, woken, .. }| try_get(vm, source, woken),
    certain: None,
    abandon: |vm, queue| pass_on(vm, queue, getters, |state| state.with_items(|items, s| items.give(s))),
};

static PUT: Operation = Operation {
    name: "put",
    waits_for: "room in a Queue",
    line: putters,
    attempt: |vm, Attempt { source, argument, woken }| {
        Ok(try_put(vm, source, argument, woken)?.then_some(Value::NONE))
    },
    certain: None,
    abandon: |vm, queue| pass_on(vm, queue, putters, |state| state.with_room(|room, s| room.give(s))),
};

fn getters(heap: &mut Heap, queue: Value, with: &mut dyn FnMut(&mut wigwag_scheduler::Queue)) {
    if let Some(queue) = heap.as_native::<Queue>(queue) {
        with(queue.state.items_state().line_mut().queue_mut());
    }
}

fn putters(heap: &mut Heap, queue: Value, with: &mut dyn FnMut(&mut wigwag_scheduler::Queue)) {
    if let Some(queue) = heap.as_native::<Queue>(queue) {
        with(queue.state.room_state().line_mut().queue_mut());
    }
}

fn view(vm: &mut Vm, queue: Value) -> Result<(Rc<State>, Rc<Hub>, Shared), Raised> {
    match vm.heap.as_native::<Queue>(queue) {
        Some(Queue { state, hub, shared, .. }) => Ok((Rc::clone(state), Rc::clone(hub), Rc::clone(shared))),
        None => Err(vm.type_error("Queue expected")),
    }
}

/// Whoever was called for an item or a place does not come.
fn pass_on(vm: &mut Vm, queue: Value, line: Line, give: fn(&State)) -> Result<(), Raised> {
    let (state, _, shared) = view(vm, queue)?;
    let task = state::current(vm, &shared)?;
    let node = vm.heap.as_native::<Task>(task).map_or(NodeId::NONE, |task| task.node);
    // One that still stands in line, thrown into by hand, was not called.
    if !wait::leave(&mut vm.heap, &shared, line, queue, node) {
        give(&state);
        state::wake_if_parked(vm, &shared);
    }
    Ok(())
}

/// Takes an item; one that was called has a permit for it.
fn try_get(vm: &mut Vm, queue: Value, woken: bool) -> Result<Option<Value>, Raised> {
    let (state, hub, shared) = view(vm, queue)?;
    if !woken && state.items_state().free() == 0 {
        return Ok(None);
    }
    // Made first: for lack of memory the item stays where it is.
    let made = match state.with_first(Data::clone) {
        Some(data) => crossing::to_python(vm, &hub, &data),
        None => Ok(Value::NONE),
    };
    if made == Err(Raised::OUT_OF_MEMORY) {
        return made.map(Some);
    }
    if woken || state.items_state().take() {
        drop(state.get_with_permit());
        state::wake_if_parked(vm, &shared);
    }
    made.map(Some)
}

/// Puts an item, if there is room; one that was called has a permit for it.
fn try_put(vm: &mut Vm, queue: Value, item: Value, woken: bool) -> Result<bool, Raised> {
    let (state, hub, shared) = view(vm, queue)?;
    if !woken && state.room_state().free() == 0 {
        return Ok(false);
    }
    let data = crossing::to_rust(&mut vm.heap, &hub, item)?;
    if !woken && !state.room_state().take() {
        return Ok(false);
    }
    // There is room, because of the permit.
    let _ = state.put_with_permit(data);
    state::wake_if_parked(vm, &shared);
    Ok(true)
}

fn get(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let queue = arguments.at(vm, 0);
    let (_, _, shared) = view(vm, queue)?;
    Ok(wait::make(vm, &shared, &GET, queue, Value::NONE)?.into())
}

fn put(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (queue, item) = (arguments.at(vm, 0), arguments.at(vm, 1));
    let (_, _, shared) = view(vm, queue)?;
    Ok(wait::make(vm, &shared, &PUT, queue, item)?.into())
}

fn get_nowait(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let queue = arguments.at(vm, 0);
    match try_get(vm, queue, false)? {
        Some(item) => Ok(item.into()),
        None => Err(raise(&mut vm.heap, &QUEUE_EMPTY)),
    }
}

fn put_nowait(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (queue, item) = (arguments.at(vm, 0), arguments.at(vm, 1));
    match try_put(vm, queue, item, false)? {
        true => Ok(Value::NONE.into()),
        false => Err(raise(&mut vm.heap, &QUEUE_FULL)),
    }
}

fn ask<R>(heap: &Heap, arguments: &[Value], what: impl Fn(&State) -> R) -> Option<R> {
    arguments.first().and_then(|&queue| heap.as_native::<Queue>(queue)).map(|queue| what(&queue.state))
}

fn empty(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    Ok(Value::from_bool(ask(heap, arguments, State::is_empty).unwrap_or(true)))
}

fn full_method(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    Ok(Value::from_bool(ask(heap, arguments, |state| state.len() >= state.capacity()).unwrap_or(false)))
}

fn qsize(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let size = ask(heap, arguments, State::len).unwrap_or(0);
    heap.size(size)
}

fn maxsize(heap: &mut Heap, queue: Value) -> Result<Value, Raised> {
    let capacity = ask(heap, &[queue], State::capacity).unwrap_or(0);
    heap.size(capacity)
}

static TYPE: TypeDef = TypeDef {
    members: &[
        full("get", 1, 1, get),
        full("put", 2, 2, put),
        full("get_nowait", 1, 1, get_nowait),
        full("put_nowait", 2, 2, put_nowait),
        plain("empty", 1, 1, empty),
        plain("full", 1, 1, full_method),
        plain("qsize", 1, 1, qsize),
        getter("maxsize", maxsize),
    ],
    ..TypeDef::named("Queue")
};
