//! Cancelling: how a task is asked to stop, whatever it waits for.
//!
//! A task that waits for another one passes the request on, as far as it goes; a future that the last of them waits for
//! is cancelled. Each task counts the requests, so that `timeout` can tell its own from those of others.

use super::event::Event;
use super::exceptions::{CANCELLED_ERROR, cancelled};
use super::flag::FlagWait;
use super::future::{self, End, Future};
use super::gather::GatherHook;
use super::io_queue::IoQueue;
use super::peers::awaitable;
use super::state::{self, Shared, foreign_name, make_ready};
use super::task::Task;
use super::task_extras;
use super::task_queue::TaskQueue;
use super::wait::{self, Wait};
use alloc::rc::Rc;
use wigwag_scheduler::NodeId;
use wigwag_vm::heap::{Heap, Raised, Symbol, TypeId, Value};
use wigwag_vm::run::{Action, Called, Vm};

/// Asks a task to stop: the innermost of the tasks that it waits for gets a `CancelledError` at its next turn, with the
/// message if there is one. False for one that is over.
pub fn cancel(vm: &mut Vm, task: Value, message: Value) -> Result<bool, Raised> {
    // In a hard interrupt nothing can be made: a request that cannot be counted is a request all the same.
    let counts =
        vm.heap.lock_depth == 0 && vm.heap.as_native::<Task>(task).is_some_and(|task| !task.is_done());
    let mut last = task;
    if counts {
        last = follow(vm, task, |vm, task| task_extras::provide(&mut vm.heap, task))?;
    }
    let cancelled = interrupt(vm, task, message)?;
    if cancelled && counts {
        let mut next = Some(task);
        while let Some(task) = next {
            task_extras::with(&vm.heap, task, |extras| extras.cancels = extras.cancels.saturating_add(1));
            next = (task != last).then(|| object_data(&vm.heap, task));
        }
    }
    Ok(cancelled)
}

/// Goes from a task to the one that it waits for, and on, as far as that goes; gives the last. One that is running, and
/// asks for this itself, cannot be interrupted: the last is who waits for it. Where tasks wait for each
/// other in a circle none is the last: then it is the one asked.
fn follow(
    vm: &mut Vm,
    task: Value,
    mut at_each: impl FnMut(&mut Vm, Value) -> Result<(), Raised>,
) -> Result<Value, Raised> {
    let shared = match vm.heap.as_native::<Task>(task) {
        Some(object) => Rc::clone(object.shared()),
        None => return Err(state::not_a_task(&mut vm.heap)),
    };
    let mut last = task;
    at_each(vm, last)?;
    let most = shared.borrow().event_loop.scheduler().nodes().live();
    for _ in 0..=most {
        let data = object_data(&vm.heap, last);
        let Some(awaited) = vm.heap.as_native::<Task>(data) else { return Ok(last) };
        if awaited.data.is_none() && !shared.borrow().event_loop.scheduler().nodes().is_queued(awaited.node) {
            return Ok(last);
        }
        last = data;
        at_each(vm, last)?;
    }
    Ok(task)
}

/// The same without counting: the way in which the parts of this module wake a task that sleeps.
pub fn interrupt(vm: &mut Vm, task: Value, message: Value) -> Result<bool, Raised> {
    let Some(object) = vm.heap.as_native::<Task>(task) else { return Err(state::not_a_task(&mut vm.heap)) };
    if object.is_done() {
        return Ok(false);
    }
    let shared = Rc::clone(object.shared());
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
    let target = follow(vm, task, |_, _| Ok(()))?;
    let data = forget_if_called(vm, &shared, target);
    if vm.heap.as_native::<Future>(data).is_some() {
        return future::settle(vm, data, End::Cancelled(message));
    }
    // Made first: from here on nothing may fail for lack of memory.
    let error = match foreign.as_handle() {
        Some(context) => foreign_name(vm, context, "CancelledError")?,
        None if message.is_none() => vm.heap.class_for(&CANCELLED_ERROR)?.value(),
        None => cancelled(&mut vm.heap, &[message])?,
    };
    if let_go(vm, data, target)? {
        requeue(vm, &shared, foreign, target)?;
    } else {
        bring_forward(vm, &shared, foreign, target)?;
    }
    if let Some(target) = vm.heap.as_native_mut::<Task>(target) {
        target.data = error;
        let node = target.node;
        shared.borrow().event_loop.scheduler().note_cancel(node);
    }
    Ok(true)
}

fn object_data(heap: &Heap, task: Value) -> Value {
    heap.as_native::<Task>(task).map_or(Value::NONE, |task| task.data)
}

/// What a task waits for. One that stands in a line and was called by Rust, which cannot reach the task, does not wait any
/// more.
fn forget_if_called(vm: &mut Vm, shared: &Shared, task: Value) -> Value {
    let data = object_data(&vm.heap, task);
    if wait::is_line(&vm.heap, data)
        && let Some(object) = vm.heap.as_native_mut::<Task>(task)
        && shared.borrow().event_loop.scheduler().is_ready(object.node)
    {
        object.data = Value::NONE;
        return Value::NONE;
    }
    data
}

/// Has what a task waits for let go of it; false if it waits for nothing of the kind.
fn let_go(vm: &mut Vm, waits_for: Value, task: Value) -> Result<bool, Raised> {
    if vm.heap.as_native::<TaskQueue>(waits_for).is_some() {
        TaskQueue::remove(&mut vm.heap, waits_for, task);
        return Ok(true);
    }
    if let Some(awaited) = vm.heap.as_native::<Task>(waits_for) {
        let waiters = awaited.state;
        TaskQueue::remove(&mut vm.heap, waiters, task);
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
    if vm.heap.as_native::<IoQueue>(waits_for).is_some() {
        IoQueue::let_go(&mut vm.heap, waits_for, task);
        return Ok(true);
    }
    if vm.heap.as_native::<GatherHook>(waits_for).is_some() {
        return Ok(true);
    }
    if awaitable::let_go(&mut vm.heap, waits_for) {
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

fn call_remove(vm: &mut Vm, waits_for: Value, remove: Symbol, task: Value) -> Result<Value, Raised> {
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
            let core = shared.borrow();
            if core.event_loop.scheduler().is_ready(node) {
                core.event_loop.scheduler().expedite(node, now);
            }
        }
        Some(context) => {
            if shared.borrow().event_loop.scheduler().nodes().key(node).is_some_and(|key| key > now) {
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
