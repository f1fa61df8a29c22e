//! What the parts of asyncio share: the scheduler's nodes and run queue, whose turn it is, and a few objects that are
//! used again and again so that the steady state allocates nothing.
//!
//! Every object of asyncio that has to do with queues holds the same [`Shared`]; the machine holds one more as an
//! extension, which shows the collector the run queue.
//!
//! What must always hold:
//!
//! - **Word is handle.** A Python task's node has [`Owner::Caller`] with the number of the task's slot.
//! - **Queued is alive.** Whoever stands in a reachable queue is shown to the collector by that queue; a dropped task
//!   gives its node back. So a node in a live queue never outlives its task.
//! - **Briefly borrowed.** Nobody holds a borrow of the core across anything that can run Python or collect.

use super::io_queue::Streams;
use super::peers::hub::Hub;
use super::task::Task;
use super::task_extras::Extras;
use super::told_time::ToldTime;
use crate::{callbacks, clock};
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;
use wigwag_scheduler::{Handle as EventLoop, Loop, NoRoom, NodeId, Owner, PushError, Queue, Slot};
use wigwag_vm::heap::{Handle, Heap, OutOfMemory, Raised, Tracer, TypeId, Value};
use wigwag_vm::run::{Extension, Vm};

/// The core, as everybody holds it.
pub type Shared = Rc<RefCell<Core>>;

/// What the parts of asyncio share.
pub struct Core {
    /// Nodes and run queue, and the Rust futures that run beside Python's tasks.
    pub event_loop: EventLoop,
    /// What belongs to the futures.
    pub hub: Rc<Hub>,
    /// Tasks whose `ThreadSafeFlag` was set: they join the run queue when the loop next looks, behind all that is due.
    pub flagged: Queue,
    /// Streams that tasks wait for.
    pub streams: Streams,
    /// The task whose turn it is, or None.
    pub current: Value,
    /// Its place in line; none while the loop is not in a turn of it.
    pub current_node: NodeId,
    /// How many loops have parked their fibers: whoever makes a task ready wakes them.
    pub parked: u32,
    /// The `TaskQueue` that stands for the run queue, or unbound while nobody asked for it.
    pub run_object: Value,
    /// Awaitables that are used again while they are free; unbound until the first use.
    pub sleeper: Value,
    /// The same for those who wait in line: the free ones.
    pub waits: Vec<Value>,
    /// What is over at once, with the result None.
    pub ready_none: Value,
    /// The class of tasks, once there is one.
    pub task_class: Option<Handle>,
    /// The class of their queues.
    pub queue_class: Option<Handle>,
    /// The task that `Loop.stop()` queues, or None.
    pub stop_task: Value,
    /// What `Loop.set_exception_handler` was given, or None.
    pub handler: Value,
    /// The dict that exception handlers get, the same one each time; unbound until the first use.
    pub context: Value,
    /// The dict that the latest `Task(coro, globals)` brought: where a foreign loop over these types keeps `cur_task`,
    /// `_task_queue` and `CancelledError`. Unbound while the tasks are this module's own.
    pub foreign: Value,
    /// What ticks wrap at.
    pub ticks_period: u64,
    /// What only some tasks have, by the task's address.
    pub extras: BTreeMap<usize, Extras>,
    /// How many names were made up for tasks that had none.
    pub names: u32,
    /// What ends each of the loops that run, one inside the other or in different threads: a task or None.
    pub mains: Vec<Value>,
    /// The place of the fiber whose loops give the tasks their turns, and how many those are. Others wait for it to be
    /// theirs, or for the end of their main task.
    pub driver: Option<(usize, u32)>,
}

/// The extension of the machine.
pub struct AsyncState {
    /// What everybody shares.
    pub shared: Shared,
    /// Owns the Rust futures: with it they go.
    _owner: Loop,
}

impl AsyncState {
    /// Nothing queued; ticks wrap at this power of two.
    ///
    /// # Errors
    /// [`NoRoom`] when there is no memory for what wakers leave word in.
    pub fn new(ticks_period: u64) -> Result<AsyncState, NoRoom> {
        let time = ToldTime::default();
        let owner = Loop::new(time.clone())?;
        let shared = Rc::new(RefCell::new(Core {
            event_loop: owner.handle(),
            hub: Rc::new(Hub::new(owner.handle(), time)),
            flagged: Queue::new(),
            streams: Streams::new(),
            current: Value::NONE,
            current_node: NodeId::NONE,
            parked: 0,
            run_object: Value::UNBOUND,
            sleeper: Value::UNBOUND,
            waits: Vec::new(),
            ready_none: Value::UNBOUND,
            task_class: None,
            queue_class: None,
            stop_task: Value::NONE,
            handler: Value::NONE,
            context: Value::UNBOUND,
            foreign: Value::UNBOUND,
            ticks_period,
            extras: BTreeMap::new(),
            names: 0,
            mains: Vec::new(),
            driver: None,
        }));
        Ok(AsyncState { shared, _owner: owner })
    }
}

impl Drop for AsyncState {
    fn drop(&mut self) {
        if let Ok(core) = self.shared.try_borrow() {
            core.hub.close();
        }
    }
}

impl Extension for AsyncState {
    fn bytes(&self) -> usize {
        let core = self.shared.borrow();
        core.hub.bytes() + core.mains.capacity() * size_of::<Value>()
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        let core = self.shared.borrow();
        {
            let scheduler = core.event_loop.scheduler();
            for waiting in scheduler.iter().chain(scheduler.nodes().iter(&core.flagged)) {
                if let Some(task) = task_of(waiting.owner) {
                    tracer.value(task);
                }
            }
        }
        core.streams.trace(tracer);
        core.hub.trace(tracer);
        tracer.values(&core.waits);
        tracer.values(&[
            core.current,
            core.run_object,
            core.sleeper,
            core.ready_none,
            core.stop_task,
            core.handler,
            core.context,
            core.foreign,
        ]);
    }
}

/// The task object that a node stands for, if it is Python's.
#[inline]
pub fn task_of(owner: Owner) -> Option<Value> {
    match owner {
        Owner::Caller(word) => Handle::new(word as usize).map(Handle::value),
        Owner::Future(_) | Owner::Alarm(_) => None,
    }
}

impl Core {
    /// No task has its turn.
    pub fn end_turn(&mut self) {
        self.current = Value::NONE;
        self.current_node = NodeId::NONE;
    }
}

/// The shared core of a machine.
pub fn shared(vm: &mut Vm) -> Result<Shared, Raised> {
    match vm.extension::<AsyncState>() {
        Some(state) => Ok(Rc::clone(&state.shared)),
        None => Err(vm.heap.raise(TypeId::RuntimeError, "asyncio is not installed")),
    }
}

/// The time in whole milliseconds, as Python's deadlines are counted, in microseconds.
pub fn now_truncated(vm: &mut Vm) -> u64 {
    let now = clock::now_us(vm);
    now - now % 1000
}

/// The key for "due now". While nobody sleeps there is nothing that such a key could be compared with, except others of
/// its kind, which keep their order whatever it is: so the clock is not read.
#[inline]
pub fn key_for_now(vm: &mut Vm, shared: &Shared) -> u64 {
    {
        let core = shared.borrow();
        let scheduler = core.event_loop.scheduler();
        if !scheduler.waits_for_time() {
            return scheduler.nodes().observed();
        }
    }
    now(vm, shared)
}

/// The time, as a key. Whoever is due by now is known to be from here on.
pub fn now(vm: &mut Vm, shared: &Shared) -> u64 {
    let now = now_truncated(vm);
    shared.borrow().event_loop.scheduler().nodes_mut().observe(now)
}

/// Takes a node for a task, with the row's growth charged to the heap's budget.
#[cold]
pub fn take_node(heap: &mut Heap, core: &mut Core, task: Handle) -> Result<NodeId, Raised> {
    let mut scheduler = core.event_loop.scheduler();
    let nodes = scheduler.nodes_mut();
    if nodes.spare() == 0 {
        let additional = nodes.live().max(8);
        let bytes = additional * size_of::<Slot>();
        heap.budget.charge(bytes)?;
        if nodes.reserve(additional).is_err() {
            heap.budget.release(bytes);
            return Err(OutOfMemory.into());
        }
        core.hub.note_charged(bytes);
    }
    scheduler.spawn(Owner::Caller(task.index() as u32)).map_err(|_| Raised::OUT_OF_MEMORY)
}

/// Puts a task into the run queue, due at `key` microseconds. As any push it forgets what the task waited for.
#[inline]
pub fn push_run(heap: &mut Heap, core: &mut Core, task: Value, key: u64) -> Result<(), Raised> {
    let Some(object) = heap.as_native_mut::<Task>(task) else { return Err(not_a_task(heap)) };
    let pushed = core.event_loop.scheduler().push(object.node, key);
    match pushed {
        Ok(()) => {
            object.data = Value::NONE;
            Ok(())
        }
        Err(error) => push_run_slowly(heap, core, task, key, error),
    }
}

#[cold]
fn push_run_slowly(
    heap: &mut Heap,
    core: &mut Core,
    task: Value,
    key: u64,
    error: PushError,
) -> Result<(), Raised> {
    let Some(handle) = task.as_handle().filter(|_| error == PushError::Stale) else {
        return Err(queued_already(heap));
    };
    let node = take_node(heap, core, handle)?;
    if let Some(object) = heap.as_native_mut::<Task>(task) {
        object.node = node;
        object.data = Value::NONE;
    }
    core.event_loop.scheduler().push(node, key).map_err(|_| queued_already(heap))
}

/// The error for a task that stands in a queue already.
#[cold]
pub fn queued_already(heap: &mut Heap) -> Raised {
    heap.raise(TypeId::RuntimeError, "task is in a queue already")
}

/// The error for something else where a task is needed.
#[cold]
pub fn not_a_task(heap: &mut Heap) -> Raised {
    heap.raise(TypeId::TypeError, "Task expected")
}

/// Makes a task due now, wherever this is called from: a loop that has parked its fiber looks again.
pub fn make_ready(vm: &mut Vm, shared: &Shared, task: Value) -> Result<(), Raised> {
    let key = key_for_now(vm, shared);
    push_run(&mut vm.heap, &mut shared.borrow_mut(), task, key)?;
    wake_if_parked(vm, shared);
    Ok(())
}

/// Wakes the loop, if it has parked its fiber.
#[inline]
pub fn wake_if_parked(vm: &mut Vm, shared: &Shared) {
    if shared.borrow().parked > 0 {
        callbacks::wake_loop(vm);
    }
}

/// Moves everybody who waits in a queue to the run queue, in order, due now. Says whether there was anybody.
pub fn release_all(vm: &mut Vm, shared: &Shared, queue: &mut Queue) -> Result<bool, Raised> {
    if queue.is_empty() {
        return Ok(false);
    }
    let key = key_for_now(vm, shared);
    let core = &mut *shared.borrow_mut();
    let mut scheduler = core.event_loop.scheduler();
    while let Some(first) = scheduler.nodes_mut().pop(queue) {
        // A node just taken from a queue can join another.
        let _ = scheduler.push(first.node, key);
        if let Some(task) = task_of(first.owner).and_then(|task| vm.heap.as_native_mut::<Task>(task)) {
            task.data = Value::NONE;
        }
    }
    drop(scheduler);
    if core.parked > 0 {
        callbacks::wake_loop(vm);
    }
    Ok(true)
}

/// Shows the collector everybody in a queue.
pub fn show_queue(core: &Core, queue: &Queue, tracer: &mut Tracer<'_>) {
    for waiting in core.event_loop.scheduler().nodes().iter(queue) {
        if let Some(task) = task_of(waiting.owner) {
            tracer.value(task);
        }
    }
}

/// The task whose turn it is, where there must be one.
#[inline]
pub fn current(vm: &mut Vm, shared: &Shared) -> Result<Value, Raised> {
    let core = shared.borrow();
    if !core.current.is_none() && core.foreign.is_unbound() {
        return Ok(core.current);
    }
    drop(core);
    current_elsewhere(vm, shared)
}

#[cold]
fn current_elsewhere(vm: &mut Vm, shared: &Shared) -> Result<Value, Raised> {
    let foreign = shared.borrow().foreign;
    let current = match foreign.as_handle() {
        Some(context) => foreign_name(vm, context, "cur_task")?,
        None => Value::NONE,
    };
    if vm.heap.as_native::<Task>(current).is_none() {
        return Err(vm.heap.raise(TypeId::RuntimeError, "no running event loop"));
    }
    Ok(current)
}

/// A name in the dict of a foreign loop.
pub fn foreign_name(vm: &mut Vm, context: Handle, name: &'static str) -> Result<Value, Raised> {
    let symbol = vm.heap.intern_static(name)?;
    match vm.namespace_get(context, symbol) {
        Some(value) => Ok(value),
        None => Err(vm.heap.raise_key(Value::from_symbol(symbol))),
    }
}
