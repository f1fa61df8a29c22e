//! `Lock`: one holder; those who wait get it in the order in which they came, handed over directly, so nobody barges in.
//!
//! `state` is 0 (free), 1 (held), or the task that the lock was handed to and that has not run since.
//!
//! # Cancellation
//! Whoever is cancelled while waiting leaves the queue; one to whom the lock was handed already hands it on.

use super::ready;
use super::state::{Shared, current, make_ready, shared};
use super::task_queue::{Kind, TaskQueue};
use super::wait::{self, Attempt, Operation};
use crate::arguments;
use alloc::rc::Rc;
use wigwag_scheduler::Queue;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, constructor, full, getter, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

const FREE: Value = Value::tiny_int(0);
const HELD: Value = Value::tiny_int(1);

/// A lock.
pub struct Lock {
    class: Handle,
    state: Value,
    waiting: Value,
    shared: Shared,
}

impl NativeObject for Lock {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.state, self.waiting]);
    }

    fn bytes(&self) -> usize {
        size_of::<Lock>()
    }
}

impl Lock {
    /// A new lock, free.
    pub fn make(vm: &mut Vm) -> Result<Value, Raised> {
        let shared = shared(vm)?;
        let class = vm.heap.class_for(&TYPE)?;
        let waiting = TaskQueue::make(&mut vm.heap, &shared, Kind::Lock)?;
        arguments::object(&mut vm.heap, Lock { class, state: FREE, waiting, shared })
    }

    /// Whether somebody holds it; one that was handed over to a task that has not run since is not held.
    pub fn is_held(&self) -> bool {
        self.state == HELD
    }
}

static ACQUIRE: Operation =
    Operation { name: "acquire", waits_for: "a Lock", line, attempt, certain: None, abandon: hand_on };

fn line(heap: &mut Heap, lock: Value) -> Option<&mut Queue> {
    let waiting = heap.as_native::<Lock>(lock)?.waiting;
    heap.as_native_mut::<TaskQueue>(waiting)?.own_mut()
}

fn attempt(vm: &mut Vm, attempt: Attempt) -> Result<Option<Value>, Raised> {
    let Some(lock) = vm.heap.as_native_mut::<Lock>(attempt.source) else { return Ok(Some(Value::NONE)) };
    if lock.state != FREE && !attempt.woken {
        return Ok(None);
    }
    lock.state = HELD;
    Ok(Some(Value::TRUE))
}

/// The heir does not want it any more.
fn hand_on(vm: &mut Vm, lock: Value) -> Result<(), Raised> {
    let Some(shared) = vm.heap.as_native::<Lock>(lock).map(|lock| Rc::clone(&lock.shared)) else {
        return Ok(());
    };
    let heir = current(vm, &shared)?;
    match vm.heap.as_native_mut::<Lock>(lock) {
        Some(object) if object.state == heir => {
            object.state = HELD;
            release(vm, lock)
        }
        _ => Ok(()),
    }
}

fn new(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    Ok(Lock::make(vm)?.into())
}

fn locked(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let lock = arguments.first().and_then(|&lock| heap.as_native::<Lock>(lock));
    Ok(Value::from_bool(lock.is_some_and(Lock::is_held)))
}

/// Gives it to whoever is first in line.
pub fn release(vm: &mut Vm, lock: Value) -> Result<(), Raised> {
    let (waiting, shared) = match vm.heap.as_native::<Lock>(lock) {
        Some(Lock { state: HELD, waiting, shared, .. }) => (*waiting, Rc::clone(shared)),
        _ => return Err(vm.heap.raise(TypeId::RuntimeError, "Lock not acquired")),
    };
    let heir = TaskQueue::pop(&mut vm.heap, waiting);
    if let Some(lock) = vm.heap.as_native_mut::<Lock>(lock) {
        lock.state = heir.unwrap_or(FREE);
    }
    match heir {
        Some(heir) => make_ready(vm, &shared, heir),
        None => Ok(()),
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
    Ok(heap.as_native::<Lock>(lock).map_or(Value::NONE, |lock| lock.state))
}

fn get_waiting(heap: &mut Heap, lock: Value) -> Result<Value, Raised> {
    Ok(heap.as_native::<Lock>(lock).map_or(Value::NONE, |lock| lock.waiting))
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
