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

use super::cancel;
use super::state::{self, Core, Shared, make_ready, shared};
use super::task_extras::Extras;
use super::task_methods;
use super::task_queue::{Kind, TaskQueue};
use super::ticks;
use super::wait;
use alloc::boxed::Box;
use alloc::rc::Rc;
use wigwag_scheduler::NodeId;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Tracer, TypeId, Value, sym};
use wigwag_vm::objects::function::{
    Member, NextFunction, PropertyDef, TypeDef, constructor, full, getter, keyword, plain,
};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

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
        if let Some(extras) = self.shared.borrow().extras.get(&self.address()) {
            extras.trace(tracer);
        }
    }

    fn next_function(&self) -> Option<NextFunction> {
        Some(join)
    }

    fn bytes(&self) -> usize {
        let extras = self.shared.borrow().extras.get(&self.address()).map_or(0, Extras::bytes);
        size_of::<Task>() + extras
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let Ok(mut core) = self.shared.try_borrow_mut() {
            core.event_loop.scheduler().retire(self.node);
            core.extras.remove(&self.address());
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

    /// Where it is, as long as it lives: what tables know it by.
    pub fn address(&self) -> usize {
        core::ptr::from_ref(self).addr()
    }

    /// What it shares with the others.
    pub fn shared(&self) -> &Shared {
        &self.shared
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
    vm.adopt_coroutine(coro);
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
    let task = Task::make(&mut vm.heap, &shared, coro)?;
    vm.adopt_coroutine(coro);
    Ok(task.into())
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
    let current = state::current(vm, &shared)?;
    if current == task {
        return Err(awaits_itself(&mut vm.heap));
    }
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
    TaskQueue::push(&mut vm.heap, waiters, current, None)?;
    if let Some(current) = vm.heap.as_native_mut::<Task>(current) {
        current.data = task;
    }
    Ok(Outcome::Value(Value::NONE))
}

/// The error for a task that waits for its own end.
#[cold]
pub fn awaits_itself(heap: &mut Heap) -> Raised {
    heap.raise(TypeId::RuntimeError, "Task cannot await on itself")
}

/// What ended a task, for whoever awaits it. Programs may have put anything there.
pub fn raised_again(vm: &mut Vm, exception: Value) -> Raised {
    if vm.heap.as_exception(exception).is_some() {
        Raised(exception)
    } else {
        vm.type_error("exceptions must derive from BaseException")
    }
}

fn done(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let task = arguments.at(vm, 0);
    Ok(Value::from_bool(vm.heap.as_native::<Task>(task).is_some_and(Task::is_done)).into())
}

/// `cancel(msg=None)`
fn cancel_method(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let [message] = arguments.bind(vm, 1, ["msg"])?;
    let task = arguments.at(vm, 0);
    Ok(Value::from_bool(cancel::cancel(vm, task, message.unwrap_or(Value::NONE))?).into())
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
        ticks::from_key(core.event_loop.scheduler().nodes().key(object.node).unwrap_or(0), core.ticks_period)
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
        keyword("cancel", 1, 2, cancel_method),
        full("result", 1, 1, task_methods::result),
        full("exception", 1, 1, task_methods::exception),
        full("cancelled", 1, 1, task_methods::cancelled),
        keyword("add_done_callback", 2, 2, task_methods::add_done_callback),
        full("remove_done_callback", 2, 2, task_methods::remove_done_callback),
        full("get_name", 1, 1, task_methods::get_name),
        full("set_name", 2, 2, task_methods::set_name),
        plain("get_coro", 1, 1, task_methods::get_coro),
        plain("cancelling", 1, 1, task_methods::cancelling),
        plain("uncancel", 1, 1, task_methods::uncancel),
        full("get_loop", 1, 1, task_methods::get_loop),
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
