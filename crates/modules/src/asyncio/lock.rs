//! `Lock`: one holder; those who wait get it in the order in which they came, handed over directly, so nobody barges in.
//!
//! `state` is 0 (free), 1 (held), or the task that the lock was handed to and that has not run since.
//!
//! # Cancellation
//! Whoever is cancelled while waiting leaves the queue; one to whom the lock was handed already hands it on.

use super::exceptions::is_cancelled;
use super::ready;
use super::state::{Shared, current, make_ready, shared};
use super::task::{Task, disown};
use super::task_queue::{Kind, TaskQueue};
use alloc::boxed::Box;
use alloc::rc::Rc;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{NextFunction, TypeDef, constructor, full, getter, plain};
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

fn new(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    let shared = shared(vm)?;
    let class = vm.heap.class_for(&TYPE)?;
    let waiting = TaskQueue::make(&mut vm.heap, &shared, Kind::Lock)?;
    vm.heap.budget.charge(size_of::<Lock>())?;
    let lock = Lock { class, state: FREE, waiting, shared };
    Ok(vm.heap.allocate(Slot::Object(Box::new(lock)))?.value().into())
}

fn locked(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let lock = arguments.first().and_then(|&lock| heap.as_native::<Lock>(lock));
    Ok(Value::from_bool(lock.is_some_and(|lock| lock.state == HELD)))
}

fn release(vm: &mut Vm, lock: Value) -> Result<(), Raised> {
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

fn acquire(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let lock = arguments.at(vm, 0);
    let Some(object) = vm.heap.as_native::<Lock>(lock) else {
        return Err(vm.heap.raise(TypeId::TypeError, "Lock expected"));
    };
    let shared = Rc::clone(&object.shared);
    let usual = shared.borrow().lock_wait;
    if let Some(wait) = vm.heap.as_native_mut::<LockWait>(usual)
        && wait.stage == Stage::Free
    {
        wait.lock = lock;
        wait.stage = Stage::Made;
        return Ok(usual.into());
    }
    let class = vm.heap.class_for(&WAIT_TYPE)?;
    vm.heap.budget.charge(size_of::<LockWait>())?;
    let wait = LockWait { class, stage: Stage::Made, lock, shared: Rc::clone(&shared) };
    let made = vm.heap.allocate(Slot::Object(Box::new(wait)))?.value();
    shared.borrow_mut().lock_wait = made;
    Ok(made.into())
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// To be used again, or over.
    Free,
    /// Not awaited yet.
    Made,
    /// In line.
    Waiting,
}

/// What `Lock.acquire()` returns. Used again while no one has to wait; one that waits belongs to who awaits it.
pub struct LockWait {
    class: Handle,
    stage: Stage,
    lock: Value,
    shared: Shared,
}

impl NativeObject for LockWait {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.lock);
    }

    fn next_function(&self) -> Option<NextFunction> {
        Some(next_wait)
    }

    fn bytes(&self) -> usize {
        size_of::<LockWait>()
    }
}

fn next_wait(vm: &mut Vm, wait: Value) -> Result<Outcome, Raised> {
    let Some(object) = vm.heap.as_native::<LockWait>(wait) else { return Ok(Outcome::Stop(Value::NONE)) };
    let (stage, lock, shared) = (object.stage, object.lock, Rc::clone(&object.shared));
    let Some(object) = vm.heap.as_native_mut::<Lock>(lock) else { return Ok(Outcome::Stop(Value::NONE)) };
    match stage {
        Stage::Free => return Ok(Outcome::Stop(Value::NONE)),
        Stage::Made if object.state != FREE => {}
        Stage::Made | Stage::Waiting => {
            object.state = HELD;
            leave(vm, wait, Stage::Free);
            return Ok(Outcome::Stop(Value::TRUE));
        }
    }
    let waiting = object.waiting;
    let task = current(vm, &shared)?;
    TaskQueue::push(&mut vm.heap, waiting, task, None)?;
    if let Some(task) = vm.heap.as_native_mut::<Task>(task) {
        task.data = waiting;
    }
    disown(&mut shared.borrow_mut(), wait);
    leave(vm, wait, Stage::Waiting);
    Ok(Outcome::Value(Value::NONE))
}

fn leave(vm: &mut Vm, wait: Value, stage: Stage) {
    if let Some(wait) = vm.heap.as_native_mut::<LockWait>(wait) {
        wait.stage = stage;
        if stage == Stage::Free {
            wait.lock = Value::NONE;
        }
    }
}

fn send(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let wait = arguments.at(vm, 0);
    next_wait(vm, wait)
}

fn throw(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let wait = arguments.at(vm, 0);
    let raised = super::coroutine::thrown(vm, arguments)?;
    let Some(object) = vm.heap.as_native::<LockWait>(wait) else { return Err(raised) };
    let (stage, lock, shared) = (object.stage, object.lock, Rc::clone(&object.shared));
    if stage == Stage::Waiting && is_cancelled(&mut vm.heap, raised.0)? {
        let task = current(vm, &shared)?;
        if let Some(object) = vm.heap.as_native_mut::<Lock>(lock)
            && object.state == task
        {
            object.state = HELD;
            release(vm, lock)?;
        }
    }
    leave(vm, wait, Stage::Free);
    Err(raised)
}

fn close(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let wait = arguments.at(vm, 0);
    leave(vm, wait, Stage::Free);
    Ok(Value::NONE.into())
}

static WAIT_TYPE: TypeDef = TypeDef {
    members: &[full("send", 2, 2, send), full("throw", 2, 4, throw), full("close", 1, 1, close)],
    next: Some(next_wait),
    ..TypeDef::named("generator")
};
