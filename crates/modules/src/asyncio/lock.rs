//! `Lock`: one holder; those who wait get it in the order in which they came, handed over directly, so nobody barges in.
//!
//! `state` is 0 (free), 1 (held), or the task that the lock was handed to and that has not run since.
//!
//! # Cancellation
//! Whoever is cancelled while waiting leaves the queue; one to whom the lock was handed already hands it on.

use super::ready;
use super::state::{Shared, current, shared, show_queue};
use super::task::Task;
use super::task_queue::TaskQueue;
use super::wait::{self, Attempt, Operation, Woken};
use crate::arguments;
use alloc::rc::Rc;
use wigwag_scheduler::{Handle as EventLoop, NodeId, Queue, sync};
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, constructor, full, getter, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

const FREE: Value = Value::tiny_int(0);
const HELD: Value = Value::tiny_int(1);

/// A lock. What it consists of is the scheduler's, which Rust futures may have too.
pub struct Lock {
    class: Handle,
    /// What Rust sees of it.
    pub state: Rc<sync::Lock<(), EventLoop>>,
    /// The task that it was handed to by a task of Python's and that has not run since, or None.
    heir: Value,
    shared: Shared,
}

impl NativeObject for Lock {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.heir);
        show_queue(&self.shared.borrow(), self.state.state().line().queue(), tracer);
    }

    fn bytes(&self) -> usize {
        size_of::<Lock>()
    }
}

impl Lock {
    /// A lock over one that Rust may have, too.
    pub fn make(vm: &mut Vm, state: Rc<sync::Lock<(), EventLoop>>) -> Result<Value, Raised> {
        let shared = shared(vm)?;
        let class = vm.heap.class_for(&TYPE)?;
        arguments::object(&mut vm.heap, Lock { class, state, heir: Value::NONE, shared })
    }

    /// Whether somebody holds it; one that was handed over to a task that has not run since is not held.
    pub fn is_held(&self) -> bool {
        self.state.locked() && self.heir.is_none()
    }
}

static ACQUIRE: Operation =
    Operation { name: "acquire", waits_for: "a Lock", line, attempt, certain: None, abandon: hand_on };

/// Those who wait.
fn line(heap: &mut Heap, lock: Value, with: &mut dyn FnMut(&mut Queue)) {
    if let Some(lock) = heap.as_native::<Lock>(lock) {
        with(lock.state.state().line_mut().queue_mut());
    }
}

fn attempt(vm: &mut Vm, attempt: Attempt) -> Result<Option<Value>, Raised> {
    let Some(lock) = vm.heap.as_native_mut::<Lock>(attempt.source) else { return Ok(Some(Value::NONE)) };
    // Whoever was woken was given it by that.
    if attempt.woken {
        lock.heir = Value::NONE;
        return Ok(Some(Value::TRUE));
    }
    let is_free = lock.state.state().take();
    Ok(is_free.then_some(Value::TRUE))
}

/// Whoever was to have it does not want it any more.
fn hand_on(vm: &mut Vm, lock: Value) -> Result<(), Raised> {
    let Some(shared) = vm.heap.as_native::<Lock>(lock).map(|lock| Rc::clone(&lock.shared)) else {
        return Ok(());
    };
    let task = current(vm, &shared)?;
    let node = vm.heap.as_native::<Task>(task).map_or(NodeId::NONE, |task| task.node);
    // One that still stands in line, thrown into by hand, has nothing to hand on.
    if wait::leave(&mut vm.heap, &shared, line, lock, node) {
        return Ok(());
    }
    give(vm, &shared, lock)
}

/// Gives it to whoever is first in line, or to nobody.
fn give(vm: &mut Vm, shared: &Shared, lock: Value) -> Result<(), Raised> {
    let woken = wait::wake_first(vm, shared, line, lock)?;
    if let Some(lock) = vm.heap.as_native_mut::<Lock>(lock) {
        lock.heir = Value::NONE;
        match woken {
            Woken::Nobody => lock.state.state().put_back(),
            Woken::Task(task) => lock.heir = task,
            Woken::Future => {}
        }
    }
    Ok(())
}

fn new(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    let event_loop = shared(vm)?.borrow().event_loop.clone();
    Ok(Lock::make(vm, Rc::new(sync::Lock::new(event_loop, ())))?.into())
}

fn locked(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let lock = arguments.first().and_then(|&lock| heap.as_native::<Lock>(lock));
    Ok(Value::from_bool(lock.is_some_and(Lock::is_held)))
}

/// Gives it to whoever is first in line.
pub fn release(vm: &mut Vm, lock: Value) -> Result<(), Raised> {
    match vm.heap.as_native::<Lock>(lock).filter(|lock| lock.is_held()).map(|lock| Rc::clone(&lock.shared)) {
        Some(shared) => give(vm, &shared, lock),
        None => Err(vm.heap.raise(TypeId::RuntimeError, "Lock not acquired")),
    }
}

fn release_method(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let lock = arguments.at(vm, 0);
    release(vm, lock)?;
    Ok(Value::NONE.into())
}

/// `__aexit__`: the lock is free as soon as it is called, which `async with` does where it awaits the result.
fn leave_block(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let lock = arguments.at(vm, 0);
    let shared = shared(vm)?;
    let over = ready::with_none(&mut vm.heap, &shared)?;
    release(vm, lock)?;
    Ok(over.into())
}

fn get_state(heap: &mut Heap, lock: Value) -> Result<Value, Raised> {
    Ok(match heap.as_native::<Lock>(lock) {
        None => Value::NONE,
        Some(lock) if !lock.heir.is_none() => lock.heir,
        Some(lock) => {
            if lock.state.locked() {
                HELD
            } else {
                FREE
            }
        }
    })
}

/// `waiting`, as upstream has it: a `TaskQueue`.
fn get_waiting(heap: &mut Heap, lock: Value) -> Result<Value, Raised> {
    match heap.as_native::<Lock>(lock).map(|lock| Rc::clone(&lock.shared)) {
        Some(shared) => TaskQueue::of_a_line(heap, &shared, lock, line),
        None => Ok(Value::NONE),
    }
}

/// What `acquire()` returns.
pub fn acquiring(vm: &mut Vm, lock: Value) -> Result<Value, Raised> {
    let Some(object) = vm.heap.as_native::<Lock>(lock) else {
        return Err(vm.heap.raise(TypeId::TypeError, "Lock expected"));
    };
    let shared = Rc::clone(&object.shared);
    wait::make(vm, &shared, &ACQUIRE, lock, Value::NONE)
}

fn acquire(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let lock = arguments.at(vm, 0);
    Ok(acquiring(vm, lock)?.into())
}

/// `Lock`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        plain("locked", 1, 1, locked),
        full("release", 1, 1, release_method),
        full("acquire", 1, 1, acquire),
        full("__aenter__", 1, 1, acquire),
        full("__aexit__", 1, 4, leave_block),
        getter("state", get_state),
        getter("waiting", get_waiting),
    ],
    construct: constructor("Lock", 0, 0, new),
    base_for_classes: true,
    ..TypeDef::named("Lock")
};
