//! `ThreadSafeFlag`: set from anywhere, waited for by one task, cleared by the wait.
//!
//! Nothing polls: `set` puts the task that waits into a line of its own, which the loop moves to the run queue when it
//! next looks, behind all that is due; a loop that has parked its fiber is woken. `clear` before that takes it out again.
//!
//! # Cancellation
//! The flag forgets the task, and `CancelledError` is raised where it waited.

use super::state::{Shared, current, shared, take_node, wake_if_parked};
use super::task::Task;
use crate::net::pollable::POLL;
use alloc::boxed::Box;
use alloc::rc::Rc;
use wigwag_scheduler::{NodeId, PushError};
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{NextFunction, TypeDef, constructor, full, getter, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// A flag.
pub struct ThreadSafeFlag {
    class: Handle,
    is_set: bool,
    /// The task that waits, or None.
    waiter: Value,
    /// What the latest `wait()` returned; used again once it is free.
    wait: Value,
    shared: Shared,
}

impl NativeObject for ThreadSafeFlag {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.waiter, self.wait]);
    }

    fn bytes(&self) -> usize {
        size_of::<ThreadSafeFlag>()
    }
}

fn new(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    let shared = shared(vm)?;
    let class = vm.heap.class_for(&TYPE)?;
    vm.heap.budget.charge(size_of::<ThreadSafeFlag>())?;
    let flag = ThreadSafeFlag { class, is_set: false, waiter: Value::NONE, wait: Value::NONE, shared };
    Ok(vm.heap.allocate(Slot::Object(Box::new(flag)))?.value().into())
}

/// Whether a value is a flag, or an instance of a class made from one.
pub fn is_flag(heap: &Heap, value: Value) -> bool {
    heap.as_native::<ThreadSafeFlag>(heap.native_part(value)).is_some()
}

fn node_of(heap: &Heap, task: Value) -> NodeId {
    heap.as_native::<Task>(task).map_or(NodeId::NONE, |task| task.node)
}

fn set(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let flag = arguments.at(vm, 0);
    let Some(object) = vm.heap.as_native_mut::<ThreadSafeFlag>(flag) else {
        return Err(vm.heap.raise(TypeId::TypeError, "ThreadSafeFlag expected"));
    };
    object.is_set = true;
    let (waiter, shared) = (object.waiter, Rc::clone(&object.shared));
    if waiter.is_none() {
        if shared.borrow().streams.has_objects() {
            // A task may wait for it as for a stream.
            wake_if_parked(vm, &shared);
        }
        return Ok(Value::NONE.into());
    }
    {
        let core = &mut *shared.borrow_mut();
        let node = node_of(&vm.heap, waiter);
        let key = core.event_loop.scheduler().nodes().observed();
        let pushed = core.event_loop.scheduler().nodes_mut().push(&mut core.flagged, node, key);
        // One that is there already stays.
        if pushed == Err(PushError::Stale)
            && let Some(handle) = waiter.as_handle()
        {
            let node = take_node(&mut vm.heap, core, handle)?;
            if let Some(task) = vm.heap.as_native_mut::<Task>(waiter) {
                task.node = node;
            }
            let _ = core.event_loop.scheduler().nodes_mut().push(&mut core.flagged, node, key);
        }
    }
    wake_if_parked(vm, &shared);
    Ok(Value::NONE.into())
}

fn clear(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let flag = arguments.first().copied().unwrap_or(Value::NONE);
    if let Some(object) = heap.as_native_mut::<ThreadSafeFlag>(flag) {
        object.is_set = false;
        let (waiter, shared) = (object.waiter, Rc::clone(&object.shared));
        leave_line(heap, &shared, waiter);
    }
    Ok(Value::NONE)
}

fn leave_line(heap: &Heap, shared: &Shared, task: Value) {
    let core = &mut *shared.borrow_mut();
    core.event_loop.scheduler().nodes_mut().remove(&mut core.flagged, node_of(heap, task));
}

/// The stream protocol, for programs that poll a flag themselves: readable while it is set.
fn ioctl(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let [flag, request, argument] = *arguments else { return Ok(Value::NONE) };
    let is_set = heap.as_native::<ThreadSafeFlag>(flag).is_some_and(|flag| flag.is_set);
    match heap.as_int(request) {
        Some(POLL) if is_set => Ok(argument),
        Some(POLL) => Ok(Value::tiny_int(0)),
        _ => Ok(Value::tiny_int(-1)),
    }
}

fn get_state(heap: &mut Heap, flag: Value) -> Result<Value, Raised> {
    let is_set = heap.as_native::<ThreadSafeFlag>(flag).is_some_and(|flag| flag.is_set);
    Ok(Value::tiny_int(is_set.into()))
}

fn wait(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let flag = arguments.at(vm, 0);
    let Some(object) = vm.heap.as_native::<ThreadSafeFlag>(flag) else {
        return Err(vm.heap.raise(TypeId::TypeError, "ThreadSafeFlag expected"));
    };
    let usual = object.wait;
    if let Some(wait) = vm.heap.as_native_mut::<FlagWait>(usual)
        && wait.stage == Stage::Free
    {
        wait.stage = Stage::Made;
        return Ok(usual.into());
    }
    let class = vm.heap.class_for(&WAIT_TYPE)?;
    vm.heap.budget.charge(size_of::<FlagWait>())?;
    let wait = FlagWait { class, stage: Stage::Made, flag };
    let made = vm.heap.allocate(Slot::Object(Box::new(wait)))?.value();
    if let Some(flag) = vm.heap.as_native_mut::<ThreadSafeFlag>(flag) {
        flag.wait = made;
    }
    Ok(made.into())
}

/// `ThreadSafeFlag`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        full("set", 1, 1, set),
        plain("clear", 1, 1, clear),
        full("wait", 1, 1, wait),
        plain("ioctl", 3, 3, ioctl),
        getter("state", get_state),
    ],
    construct: constructor("ThreadSafeFlag", 0, 0, new),
    base_for_classes: true,
    ..TypeDef::named("ThreadSafeFlag")
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// To be used again, or over.
    Free,
    /// Not awaited yet.
    Made,
    /// The flag knows the task.
    Waiting,
}

/// What `ThreadSafeFlag.wait()` returns; the `data` of the task that waits.
pub struct FlagWait {
    class: Handle,
    stage: Stage,
    flag: Value,
}

impl NativeObject for FlagWait {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.flag);
    }

    fn next_function(&self) -> Option<NextFunction> {
        Some(next_wait)
    }

    fn bytes(&self) -> usize {
        size_of::<FlagWait>()
    }
}

impl FlagWait {
    /// The flag forgets a task.
    pub fn let_go(heap: &mut Heap, wait: Value, task: Value) {
        let Some(flag) = heap.as_native::<FlagWait>(wait).map(|wait| wait.flag) else { return };
        let Some(object) = heap.as_native_mut::<ThreadSafeFlag>(flag) else { return };
        if object.waiter == task {
            object.waiter = Value::NONE;
            let shared = Rc::clone(&object.shared);
            leave_line(heap, &shared, task);
        }
    }
}

fn next_wait(vm: &mut Vm, wait: Value) -> Result<Outcome, Raised> {
    let Some(&FlagWait { stage, flag, .. }) = vm.heap.as_native::<FlagWait>(wait) else {
        return Ok(Outcome::Stop(Value::NONE));
    };
    let Some(object) = vm.heap.as_native_mut::<ThreadSafeFlag>(flag) else {
        return Ok(Outcome::Stop(Value::NONE));
    };
    match stage {
        Stage::Free => return Ok(Outcome::Stop(Value::NONE)),
        Stage::Made if !object.is_set => {}
        Stage::Made | Stage::Waiting => {
            object.is_set = false;
            if stage == Stage::Waiting {
                object.waiter = Value::NONE;
            }
            set_stage(vm, wait, Stage::Free);
            return Ok(Outcome::Stop(Value::NONE));
        }
    }
    if !object.waiter.is_none() {
        return Err(vm.heap.raise(TypeId::RuntimeError, "can't wait"));
    }
    let shared = Rc::clone(&object.shared);
    let task = current(vm, &shared)?;
    if let Some(object) = vm.heap.as_native_mut::<ThreadSafeFlag>(flag) {
        object.waiter = task;
    }
    if let Some(task) = vm.heap.as_native_mut::<Task>(task) {
        task.data = wait;
    }
    set_stage(vm, wait, Stage::Waiting);
    Ok(Outcome::Value(Value::NONE))
}

fn set_stage(vm: &mut Vm, wait: Value, stage: Stage) {
    if let Some(wait) = vm.heap.as_native_mut::<FlagWait>(wait) {
        wait.stage = stage;
    }
}

/// A wait that ends before the flag was set.
fn abandon(vm: &mut Vm, wait: Value) {
    if let Some(&FlagWait { stage: Stage::Waiting, flag, .. }) = vm.heap.as_native::<FlagWait>(wait)
        && let Some(waiter) = vm.heap.as_native::<ThreadSafeFlag>(flag).map(|flag| flag.waiter)
    {
        FlagWait::let_go(&mut vm.heap, wait, waiter);
    }
    set_stage(vm, wait, Stage::Free);
}

fn send(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let wait = arguments.at(vm, 0);
    next_wait(vm, wait)
}

fn throw(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let raised = super::coroutine::thrown(vm, arguments)?;
    let wait = arguments.at(vm, 0);
    abandon(vm, wait);
    Err(raised)
}

fn close(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let wait = arguments.at(vm, 0);
    abandon(vm, wait);
    Ok(Value::NONE.into())
}

static WAIT_TYPE: TypeDef = TypeDef {
    members: &[full("send", 2, 2, send), full("throw", 2, 4, throw), full("close", 1, 1, close)],
    next: Some(next_wait),
    ..TypeDef::named("generator")
};
