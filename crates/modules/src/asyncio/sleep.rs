//! `sleep_ms` and `sleep`.
//!
//! What they return is awaited at once by almost every program, so one object serves again and again: it is free as soon
//! as the task that awaits it has gone to sleep, because from then on the sleeping coroutine does not refer to it. One
//! that was made and not awaited yet keeps its deadline; the next sleep gets a new object.
//!
//! # Cancellation
//! `CancelledError` is raised where the coroutine sleeps; nothing has to be undone.

use super::state::{Shared, current, key_for_now, push_run, shared};
use super::ticks;
use alloc::boxed::Box;
use alloc::rc::Rc;
use wigwag_vm::heap::{Handle, Heap, Raised, Slot, Value};
use wigwag_vm::objects::function::{NextFunction, TypeDef, constructor, getter};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// A sleep to come: it yields once.
pub struct Sleeper {
    class: Handle,
    /// Until when, in microseconds; `None` while it is free.
    deadline: Option<u64>,
    shared: Shared,
}

impl NativeObject for Sleeper {
    fn class(&self) -> Handle {
        self.class
    }

    fn next_function(&self) -> Option<NextFunction> {
        Some(next)
    }

    fn is_passing(&self) -> bool {
        // Upstream keeps one for all that are awaited at once: sleeping needs no memory.
        true
    }

    fn bytes(&self) -> usize {
        size_of::<Sleeper>()
    }
}

impl Sleeper {
    fn make(heap: &mut Heap, shared: &Shared, deadline: Option<u64>) -> Result<Value, Raised> {
        let class = heap.class_for(&TYPE)?;
        heap.budget.charge(size_of::<Sleeper>())?;
        let object = Sleeper { class, deadline, shared: Rc::clone(shared) };
        Ok(heap.allocate(Slot::Object(Box::new(object)))?.value())
    }
}

/// The object that sleeps use while it is free.
pub fn usual(heap: &mut Heap, shared: &Shared) -> Result<Value, Raised> {
    let known = shared.borrow().sleeper;
    if known.is_unbound() {
        let made = Sleeper::make(heap, shared, None)?;
        shared.borrow_mut().sleeper = made;
        return Ok(made);
    }
    Ok(known)
}

/// What `sleep_ms(ms)` returns.
pub fn sleep_for(vm: &mut Vm, ms: i64) -> Result<Value, Raised> {
    let shared = shared(vm)?;
    let deadline = if ms <= 0 { key_for_now(vm, &shared) } else { ticks::deadline(vm, ms)? };
    let usual = shared.borrow().sleeper;
    if let Some(sleeper) = vm.heap.as_native_mut::<Sleeper>(usual)
        && sleeper.deadline.is_none()
    {
        sleeper.deadline = Some(deadline);
        return Ok(usual);
    }
    let made = Sleeper::make(&mut vm.heap, &shared, Some(deadline))?;
    shared.borrow_mut().sleeper = made;
    Ok(made)
}

/// `sleep_ms(ms)`; upstream's second argument, the object to use, is taken and not needed.
pub fn sleep_ms(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let ms = arguments.at(vm, 0);
    let Some(ms) = whole(vm, ms) else {
        return Err(vm.type_error("can't convert to int"));
    };
    Ok(sleep_for(vm, ms)?.into())
}

/// `sleep(seconds)`
pub fn sleep(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let seconds = arguments.at(vm, 0);
    let ms = match whole(vm, seconds) {
        Some(seconds) => seconds.saturating_mul(1000),
        None => match vm.heap.as_float(seconds) {
            // Too much for an integer is too much for a sleep.
            Some(seconds) if seconds.is_finite() => (seconds * 1000.0) as i64,
            Some(_) => return Err(ticks::overflow(vm)),
            None => return Err(vm.type_error("can't convert to int")),
        },
    };
    Ok(sleep_for(vm, ms)?.into())
}

/// An integer; those beyond 64 bits as far as they go.
fn whole(vm: &mut Vm, value: Value) -> Option<i64> {
    if let Some(integer) = vm.heap.as_int(value) {
        return Some(integer);
    }
    let float = vm.heap.as_integer(value)?.to_f64();
    Some(if float < 0.0 { i64::MIN } else { i64::MAX })
}

fn next(vm: &mut Vm, sleeper: Value) -> Result<Outcome, Raised> {
    let Some(object) = vm.heap.as_native_mut::<Sleeper>(sleeper) else {
        return Ok(Outcome::Stop(Value::NONE));
    };
    let Some(deadline) = object.deadline.take() else { return Ok(Outcome::Stop(Value::NONE)) };
    let shared = Rc::clone(&object.shared);
    let slept = match current(vm, &shared) {
        Ok(task) => push_run(&mut vm.heap, &mut shared.borrow_mut(), task, deadline),
        Err(raised) => Err(raised),
    };
    if slept.is_err()
        && let Some(object) = vm.heap.as_native_mut::<Sleeper>(sleeper)
    {
        object.deadline = Some(deadline);
    }
    slept.map(|()| Outcome::Suspend(Value::NONE, Value::UNBOUND))
}

fn new(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    let shared = shared(vm)?;
    Ok(Sleeper::make(&mut vm.heap, &shared, None)?.into())
}

fn get_state(heap: &mut Heap, sleeper: Value) -> Result<Value, Raised> {
    let Some(Sleeper { deadline: Some(deadline), shared, .. }) = heap.as_native::<Sleeper>(sleeper) else {
        return Ok(Value::NONE);
    };
    let ticks = ticks::from_key(*deadline, shared.borrow().ticks_period);
    heap.int(ticks)
}

/// `SingletonGenerator`
pub static TYPE: TypeDef = TypeDef {
    members: &[getter("state", get_state)],
    construct: constructor("SingletonGenerator", 0, 0, new),
    next: Some(next),
    ..TypeDef::named("SingletonGenerator")
};
