//! `Task`: a coroutine with its place in line.
//!
//! ```text
//!   state:  True ─ somebody awaits ─▶ TaskQueue ──┐
//!            │  └─ gathered ─▶ a hook, callable ──┤ ends
//!            │ ends                               ▼
//!            └──────▶ None (nobody has the result) ── awaited ──▶ False
//! ```
//!
//! While it runs, `data` is None, the task or object that it waits for, or the exception to be thrown at its next turn;
//! when it is over, its result. The result is kept as it is, and turned into a `StopIteration` only if a program looks.

use super::event::Event;
use super::exceptions::CANCELLED_ERROR;
use super::flag::FlagWait;
use super::gather::GatherHook;
use super::state::{self, Core, Shared, foreign_name, make_ready, shared};
use super::task_queue::{Kind, TaskQueue};
use super::ticks;
use super::wait::{self, Wait};
use alloc::boxed::Box;
use alloc::rc::Rc;
use wigwag_scheduler::NodeId;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Tracer, TypeId, Value, sym};
use wigwag_vm::objects::function::{Member, NextFunction, PropertyDef, TypeDef, constructor, full, getter};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Action, Arguments, Called, Outcome, Vm};

/// The place in line of a task that is over and whose `data` is the value it returned.
const RETURNED: NodeId = NodeId::from_bits(NodeId::NONE.to_bits() | 1 << 33);

/// A task.
pub struct Task {
    class: Handle,
    coro: Option<Handle>,
    /// Its place in line; stale while it has none.
    pub node: NodeId,
    /// See the module.
    pub data: Value,
    /// See the module.
    pub state: Value,
    shared: Shared,
}

impl NativeObject for Task {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.coro(), self.data, self.state]);
    }

    fn next_function(&self) -> Option<NextFunction> {
        Some(join)
    }

    fn bytes(&self) -> usize {
        size_of::<Task>()
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let Ok(mut core) = self.shared.try_borrow_mut() {
            core.scheduler.retire(self.node);
        }
    }
}

impl Task {
    /// A task for a coroutine, not yet in any queue.
    pub fn make(heap: &mut Heap, shared: &Shared, coro: Value) -> Result<Value, Raised> {
        let known = shared.borrow().task_class;
        let class = match known {
            Some(class) => class,
            None => *shared.borrow_mut().task_class.insert(heap.class_for(&TYPE)?),
        };
        heap.budget.charge(size_of::<Task>())?;
        let task = Task {
            class,
            coro: coro.as_handle(),
            node: NodeId::NONE,
            data: Value::NONE,
            state: Value::TRUE,
            shared: Rc::clone(shared),
        };
        Ok(heap.allocate(Slot::Object(Box::new(task)))?.value())
    }

    /// Whether it is over.
    #[inline]
    pub fn is_done(&self) -> bool {
        self.state == Value::NONE || self.state == Value::FALSE
    }

    /// What runs.
    #[inline]
    pub fn coro(&self) -> Value {
        self.coro.map_or(Value::NONE, Handle::value)
    }

    /// How a task that is over has ended.
    pub fn outcome(&self) -> Result<Value, Value> {
        if self.node == RETURNED { Ok(self.data) } else { Err(self.data) }
    }

    /// It is over. Gives the place in line that it does not need any more.
    pub fn end(&mut self, end: Result<Value, Value>, heard: bool) -> NodeId {
        self.state = if heard { Value::FALSE } else { Value::NONE };
        match end {
            Ok(value) => {
                self.data = value;
                core::mem::replace(&mut self.node, RETURNED)
            }
            Err(exception) => {
                self.data = exception;
                self.node
            }
        }
    }
}

/// Whether something can be resumed with `send`, as the loop does.
fn is_coroutine(vm: &mut Vm, coro: Value) -> Result<bool, Raised> {
    if let Some(Slot::Generator(_)) = vm.heap.slot_of(coro) {
        return Ok(true);
    }
    Ok(vm.has_plain_attribute(coro, sym::SEND)? != Some(false))
}

/// `create_task(coro)`
pub fn create(vm: &mut Vm, coro: Value) -> Result<Value, Raised> {
    if !is_coroutine(vm, coro)? {
        return Err(vm.type_error("coroutine expected"));
    }
    let shared = shared(vm)?;
    {
        let mut core = shared.borrow_mut();
        core.foreign = Value::UNBOUND;
        disown(&mut vm.heap, &mut core, coro);
    }
    let task = Task::make(&mut vm.heap, &shared, coro)?;
    make_ready(vm, &shared, task)?;
    Ok(task)
}

/// An awaitable that is used again and again belongs to one user alone from now on: a task that was made of it, say.
pub fn disown(heap: &mut Heap, core: &mut Core, awaitable: Value) {
    if core.sleeper == awaitable {
        core.sleeper = Value::UNBOUND;
    }
    wait::disown(heap, awaitable);
}

/// `Task(coro)`, `Task(coro, globals)`
fn new(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let coro = arguments.at(vm, 1);
    let shared = shared(vm)?;
    if let Some(globals) = arguments.get(vm, 2) {
        if vm.heap.as_dict(globals).is_none() {
            return Err(vm.type_error("dict expected"));
        }
        let own = super::core_namespace(vm).map(Handle::value);
        let mut core = shared.borrow_mut();
        core.foreign = if own == Some(globals) { Value::UNBOUND } else { globals };
        core.current_node = NodeId::NONE;
    }
    disown(&mut vm.heap, &mut shared.borrow_mut(), coro);
    Ok(Task::make(&mut vm.heap, &shared, coro)?.into())
}

/// `await task`: the result, or the caller joins those who wait for it.
fn join(vm: &mut Vm, task: Value) -> Result<Outcome, Raised> {
    let Some(object) = vm.heap.as_native_mut::<Task>(task) else { return Ok(Outcome::Stop(Value::NONE)) };
    if object.is_done() {
        object.state = Value::FALSE;
        return match object.outcome() {
            Ok(value) => Ok(Outcome::Stop(value)),
            Err(exception) => Err(raised_again(vm, exception)),
        };
    }
    let (state, shared) = (object.state, Rc::clone(&object.shared));
    let waiters = if state == Value::TRUE {
        let made = TaskQueue::make(&mut vm.heap, &shared, Kind::Join)?;
        if let Some(object) = vm.heap.as_native_mut::<Task>(task) {
            object.state = made;
        }
        made
    } else if vm.heap.as_native::<TaskQueue>(state).is_some() {
        state
    } else {
        return Err(vm.heap.raise(TypeId::RuntimeError, "can't wait"));
    };
    let current = state::current(vm, &shared)?;
    TaskQueue::push(&mut vm.heap, waiters, current, None)?;
    if let Some(current) = vm.heap.as_native_mut::<Task>(current) {
        current.data = task;
    }
    Ok(Outcome::Value(Value::NONE))
}

/// What ended a task, for whoever awaits it. Programs may have put anything there.
pub fn raised_again(vm: &mut Vm, exception: Value) -> Raised {
    if vm.heap.as_exception(exception).is_some() {
        Raised(exception)
    } else {
        vm.type_error("exceptions must derive from BaseException")
    }
}

/// Asks a task to stop: the innermost of the tasks that it waits for gets a `CancelledError` at its next turn. False for
/// one that is over.
pub fn cancel(vm: &mut Vm, task: Value) -> Result<bool, Raised> {
    let Some(object) = vm.heap.as_native::<Task>(task) else { return Err(state::not_a_task(&mut vm.heap)) };
    if object.is_done() {
        return Ok(false);
    }
    let shared = Rc::clone(&object.shared);
    let (current, foreign) = {
        let core = shared.borrow();
        (core.current, core.foreign)
    };
    let current = match foreign.as_handle() {
        Some(context) => foreign_name(vm, context, "cur_task")?,
        None => current,
    };
    if task == current {
        return Err(vm.heap.raise(TypeId::RuntimeError, "can't cancel self"));
    }
    // Those who wait for each other in a circle end the walk too.
    let mut target = task;
    let mut data = object_data(&vm.heap, target);
    for _ in 0..=shared.borrow().scheduler.nodes().live() {
        if vm.heap.as_native::<Task>(data).is_none() {
            break;
        }
        target = data;
        data = object_data(&vm.heap, target);
    }
    if let_go(vm, data, target)? {
        requeue(vm, &shared, foreign, target)?;
    } else {
        bring_forward(vm, &shared, foreign, target)?;
    }
    let error = match foreign.as_handle() {
        Some(context) => foreign_name(vm, context, "CancelledError")?,
        None => vm.heap.class_for(&CANCELLED_ERROR)?.value(),
    };
    if let Some(target) = vm.heap.as_native_mut::<Task>(target) {
        target.data = error;
        let node = target.node;
        shared.borrow_mut().scheduler.note_cancel(node);
    }
    Ok(true)
}

fn object_data(heap: &Heap, task: Value) -> Value {
    heap.as_native::<Task>(task).map_or(Value::NONE, |task| task.data)
}

/// Has what a task waits for let go of it; false if it waits for nothing of the kind.
fn let_go(vm: &mut Vm, waits_for: Value, task: Value) -> Result<bool, Raised> {
    if vm.heap.as_native::<TaskQueue>(waits_for).is_some() {
        TaskQueue::remove(&mut vm.heap, waits_for, task);
        return Ok(true);
    }
    let node = vm.heap.as_native::<Task>(task).map_or(NodeId::NONE, |task| task.node);
    if let Some(event) = vm.heap.as_native_mut::<Event>(waits_for) {
        event.let_go(node);
        return Ok(true);
    }
    if vm.heap.as_native::<Wait>(waits_for).is_some() {
        Wait::let_go(&mut vm.heap, waits_for, node);
        return Ok(true);
    }
    if vm.heap.as_native::<FlagWait>(waits_for).is_some() {
        FlagWait::let_go(&mut vm.heap, waits_for, task);
        return Ok(true);
    }
    if vm.heap.as_native::<GatherHook>(waits_for).is_some() {
        return Ok(true);
    }
    // Something made in Python.
    let remove = vm.heap.intern_static("remove")?;
    if waits_for.as_handle().is_none() || vm.has_plain_attribute(waits_for, remove)? == Some(false) {
        return Ok(false);
    }
    let depth = vm.roots.len();
    vm.roots.extend_from_slice(&[waits_for, task]);
    let called = call_remove(vm, waits_for, remove, task);
    vm.roots.truncate(depth);
    called?;
    Ok(true)
}

fn call_remove(
    vm: &mut Vm,
    waits_for: Value,
    remove: wigwag_vm::heap::Symbol,
    task: Value,
) -> Result<Value, Raised> {
    match vm.attribute(waits_for, remove, Action::Discard)? {
        Called::Value(method) => vm.call_nested(method, &[task]),
        Called::Stop(_) | Called::Pushed => Err(vm.heap.raise(TypeId::RuntimeError, "can't cancel")),
    }
}

fn requeue(vm: &mut Vm, shared: &Shared, foreign: Value, task: Value) -> Result<(), Raised> {
    match foreign.as_handle() {
        None => make_ready(vm, shared, task),
        Some(context) => {
            let queue = foreign_name(vm, context, "_task_queue")?;
            let key = state::now(vm, shared);
            TaskQueue::push(&mut vm.heap, queue, task, Some(key))
        }
    }
}

/// A task that sleeps is due now; one that is due already keeps its place.
fn bring_forward(vm: &mut Vm, shared: &Shared, foreign: Value, task: Value) -> Result<(), Raised> {
    let now = state::now(vm, shared);
    let node = vm.heap.as_native::<Task>(task).map_or(NodeId::NONE, |task| task.node);
    match foreign.as_handle() {
        None => {
            let mut core = shared.borrow_mut();
            if core.scheduler.is_ready(node) {
                core.scheduler.expedite(node, now);
            }
        }
        Some(context) => {
            if shared.borrow().scheduler.nodes().key(node).is_some_and(|key| key > now) {
                let queue = foreign_name(vm, context, "_task_queue")?;
                TaskQueue::remove(&mut vm.heap, queue, task);
                TaskQueue::push(&mut vm.heap, queue, task, Some(now))?;
            }
            return Ok(());
        }
    }
    state::wake_if_parked(vm, shared);
    Ok(())
}

fn done(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let task = arguments.at(vm, 0);
    Ok(Value::from_bool(vm.heap.as_native::<Task>(task).is_some_and(Task::is_done)).into())
}

fn cancel_method(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let task = arguments.at(vm, 0);
    Ok(Value::from_bool(cancel(vm, task)?).into())
}

/// `data`; a result becomes the `StopIteration` that carries it.
pub fn get_data(heap: &mut Heap, task: Value) -> Result<Value, Raised> {
    let value = match heap.as_native::<Task>(task).map(Task::outcome) {
        Some(Ok(value)) => value,
        Some(Err(data)) => return Ok(data),
        None => return Ok(Value::NONE),
    };
    let arguments: &[Value] = if value.is_none() { &[] } else { &[value] };
    heap.new_exception(TypeId::StopIteration, arguments)
}

fn set_data(heap: &mut Heap, task: Value, data: Value) -> Result<(), Raised> {
    if let Some(object) = heap.as_native_mut::<Task>(task) {
        object.data = data;
        if object.node == RETURNED {
            object.node = NodeId::NONE;
        }
    }
    Ok(())
}

fn get_state(heap: &mut Heap, task: Value) -> Result<Value, Raised> {
    Ok(heap.as_native::<Task>(task).map_or(Value::NONE, |task| task.state))
}

fn set_state(heap: &mut Heap, task: Value, state: Value) -> Result<(), Raised> {
    if let Some(object) = heap.as_native_mut::<Task>(task) {
        object.state = state;
    }
    Ok(())
}

fn get_coro(heap: &mut Heap, task: Value) -> Result<Value, Raised> {
    Ok(heap.as_native::<Task>(task).map_or(Value::NONE, Task::coro))
}

fn get_key(heap: &mut Heap, task: Value) -> Result<Value, Raised> {
    let Some(object) = heap.as_native::<Task>(task) else { return Ok(Value::NONE) };
    let ticks = {
        let core = object.shared.borrow();
        ticks::from_key(core.scheduler.nodes().key(object.node).unwrap_or(0), core.ticks_period)
    };
    heap.int(ticks)
}

/// `Task`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        getter("coro", get_coro),
        Member::Property(PropertyDef { name: "data", get: get_data, set: Some(set_data) }),
        Member::Property(PropertyDef { name: "state", get: get_state, set: Some(set_state) }),
        getter("ph_key", get_key),
        full("done", 1, 1, done),
        full("cancel", 1, 1, cancel_method),
    ],
    construct: constructor("Task", 1, 2, new),
    next: Some(join),
    ..TypeDef::named("Task")
};

#[cfg(test)]
mod tests {
    use super::Task;

    /// A parked task is this, its slot, its node, and its coroutine.
    #[cfg(target_pointer_width = "64")]
    #[test]
    fn a_task_is_small() {
        assert!(size_of::<Task>() <= 40);
        assert!(size_of::<wigwag_scheduler::Slot>() <= 40);
    }
}
