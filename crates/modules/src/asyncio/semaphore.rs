//! `Semaphore` and `BoundedSemaphore`: so many holders at a time; those who wait are served in the order in which they
//! came. A place that is given back goes straight to whoever is first in line, so nobody barges in.
//!
//! Acquiring and releasing allocate nothing.
//!
//! # Cancellation
//! Whoever is cancelled while waiting leaves the line; one who had been given a place already gives it back.

use super::ready;
use super::state::{Shared, shared, show_queue};
use super::wait::{self, Attempt, Operation};
use crate::arguments;
use alloc::rc::Rc;
use wigwag_scheduler::Queue;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, constructor, full, getter, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// A semaphore.
struct Semaphore {
    class: Handle,
    /// Free places. While anybody waits there are none.
    free: i64,
    /// There can never be more free places than this.
    bound: Option<i64>,
    waiting: Queue,
    shared: Shared,
}

impl NativeObject for Semaphore {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        show_queue(&self.shared.borrow(), &self.waiting, tracer);
    }

    fn bytes(&self) -> usize {
        size_of::<Semaphore>()
    }
}

static ACQUIRE: Operation =
    Operation { name: "acquire", waits_for: "a Semaphore", line, attempt, certain: None, abandon: give_back };

fn line(heap: &mut Heap, semaphore: Value) -> Option<&mut Queue> {
    heap.as_native_mut::<Semaphore>(semaphore).map(|semaphore| &mut semaphore.waiting)
}

fn attempt(vm: &mut Vm, attempt: Attempt) -> Result<Option<Value>, Raised> {
    let Some(semaphore) = vm.heap.as_native_mut::<Semaphore>(attempt.source) else {
        return Ok(Some(Value::NONE));
    };
    // Whoever was woken was given a place by that.
    if !attempt.woken {
        if semaphore.free == 0 {
            return Ok(None);
        }
        semaphore.free -= 1;
    }
    Ok(Some(Value::TRUE))
}

/// A place becomes free, or goes to whoever is first in line.
fn give_back(vm: &mut Vm, semaphore: Value) -> Result<(), Raised> {
    let Some(shared) =
        vm.heap.as_native::<Semaphore>(semaphore).map(|semaphore| Rc::clone(&semaphore.shared))
    else {
        return Ok(());
    };
    if wait::wake_first(vm, &shared, line, semaphore)?.is_none()
        && let Some(semaphore) = vm.heap.as_native_mut::<Semaphore>(semaphore)
    {
        semaphore.free = semaphore.free.saturating_add(1);
    }
    Ok(())
}

fn make(vm: &mut Vm, arguments: Arguments, definition: &'static TypeDef) -> Result<Outcome, Raised> {
    let [value] = arguments.bind(vm, 1, ["value"])?;
    let value = value.unwrap_or(Value::tiny_int(1));
    let Some(free) = vm.heap.as_int(value) else { return Err(vm.type_error("can't convert to int")) };
    if free < 0 {
        return Err(vm.heap.raise(TypeId::ValueError, "Semaphore initial value must be >= 0"));
    }
    let shared = shared(vm)?;
    let class = vm.heap.class_for(definition)?;
    let bound = core::ptr::eq(definition, &BOUNDED_TYPE).then_some(free);
    Ok(arguments::object(&mut vm.heap, Semaphore { class, free, bound, waiting: Queue::new(), shared })?
        .into())
}

fn locked(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let semaphore = arguments.first().and_then(|&semaphore| heap.as_native::<Semaphore>(semaphore));
    Ok(Value::from_bool(semaphore.is_some_and(|semaphore| semaphore.free == 0)))
}

fn acquire(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let semaphore = arguments.at(vm, 0);
    let shared = shared(vm)?;
    Ok(wait::make(vm, &shared, &ACQUIRE, semaphore, Value::NONE)?.into())
}

fn release(vm: &mut Vm, semaphore: Value) -> Result<(), Raised> {
    if let Some(object) = vm.heap.as_native::<Semaphore>(semaphore)
        && object.bound.is_some_and(|bound| object.free >= bound)
    {
        return Err(vm.heap.raise(TypeId::ValueError, "BoundedSemaphore released too many times"));
    }
    give_back(vm, semaphore)
}

fn release_method(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let semaphore = arguments.at(vm, 0);
    release(vm, semaphore)?;
    Ok(Value::NONE.into())
}

/// `__aexit__`: the place is free as soon as it is called, which `async with` does where it awaits the result.
fn leave_block(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let semaphore = arguments.at(vm, 0);
    let shared = shared(vm)?;
    let over = ready::with_none(&mut vm.heap, &shared)?;
    release(vm, semaphore)?;
    Ok(over.into())
}

/// `_value`: how many places are free, where programs look for it.
fn get_value(heap: &mut Heap, semaphore: Value) -> Result<Value, Raised> {
    let free = heap.as_native::<Semaphore>(semaphore).map_or(0, |semaphore| semaphore.free);
    heap.int(free)
}

/// `Semaphore`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        plain("locked", 1, 1, locked),
        full("acquire", 1, 1, acquire),
        full("release", 1, 1, release_method),
        full("__aenter__", 1, 1, acquire),
        full("__aexit__", 1, 4, leave_block),
        getter("_value", get_value),
    ],
    construct: constructor("Semaphore", 0, 1, |vm, arguments| make(vm, arguments, &TYPE)),
    base_for_classes: true,
    ..TypeDef::named("Semaphore")
};

/// `BoundedSemaphore`: one that cannot be released more often than it was acquired.
pub static BOUNDED_TYPE: TypeDef = TypeDef {
    parent: Some(&TYPE),
    construct: constructor("BoundedSemaphore", 0, 1, |vm, arguments| make(vm, arguments, &BOUNDED_TYPE)),
    base_for_classes: true,
    ..TypeDef::named("BoundedSemaphore")
};
