//! `Semaphore` and `BoundedSemaphore`: so many holders at a time; those who wait are served in the order in which they
//! came. A place that is given back goes straight to whoever is first in line, so nobody barges in.
//!
//! Acquiring and releasing allocate nothing.
//!
//! # Cancellation
//! Whoever is cancelled while waiting leaves the line; one who had been given a place already gives it back.

use super::ready;
use super::state::{Shared, shared, show_queue};
use super::wait::{self, Attempt, Operation, Woken};
use crate::arguments;
use alloc::rc::Rc;
use wigwag_scheduler::{Handle as EventLoop, Queue, sync};
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, constructor, full, getter, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// A semaphore. What it consists of is the scheduler's, which Rust futures may have too.
pub struct Semaphore {
    class: Handle,
    /// What Rust sees of it.
    pub state: Rc<sync::Semaphore<EventLoop>>,
    /// There can never be more free places than this.
    bound: Option<usize>,
    shared: Shared,
}

impl NativeObject for Semaphore {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        show_queue(&self.shared.borrow(), self.state.state().line().queue(), tracer);
    }

    fn bytes(&self) -> usize {
        size_of::<Semaphore>()
    }
}

static ACQUIRE: Operation =
    Operation { name: "acquire", waits_for: "a Semaphore", line, attempt, certain: None, abandon: give_back };

fn line(heap: &mut Heap, semaphore: Value, with: &mut dyn FnMut(&mut Queue)) {
    if let Some(semaphore) = heap.as_native::<Semaphore>(semaphore) {
        with(semaphore.state.state().line_mut().queue_mut());
    }
}

impl Semaphore {
    /// A semaphore over one that Rust may have, too.
    pub fn make(vm: &mut Vm, state: Rc<sync::Semaphore<EventLoop>>) -> Result<Value, Raised> {
        let shared = shared(vm)?;
        let class = vm.heap.class_for(&TYPE)?;
        arguments::object(&mut vm.heap, Semaphore { class, state, bound: None, shared })
    }

    /// Whether there can never be more free places than at the start.
    pub fn is_bounded(&self) -> bool {
        self.bound.is_some()
    }
}

fn attempt(vm: &mut Vm, attempt: Attempt) -> Result<Option<Value>, Raised> {
    let Some(semaphore) = vm.heap.as_native::<Semaphore>(attempt.source) else {
        return Ok(Some(Value::NONE));
    };
    // Whoever was woken was given a place by that.
    let has_place = attempt.woken || semaphore.state.state().take();
    Ok(has_place.then_some(Value::TRUE))
}

/// A place becomes free, or goes to whoever is first in line.
fn give_back(vm: &mut Vm, semaphore: Value) -> Result<(), Raised> {
    let Some(shared) =
        vm.heap.as_native::<Semaphore>(semaphore).map(|semaphore| Rc::clone(&semaphore.shared))
    else {
        return Ok(());
    };
    if wait::wake_first(vm, &shared, line, semaphore)? == Woken::Nobody
        && let Some(semaphore) = vm.heap.as_native::<Semaphore>(semaphore)
    {
        semaphore.state.state().put_back();
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
    let free = usize::try_from(free).unwrap_or(usize::MAX);
    let bound = core::ptr::eq(definition, &BOUNDED_TYPE).then_some(free);
    let event_loop = shared.borrow().event_loop.clone();
    let state = Rc::new(sync::Semaphore::new(event_loop, free));
    Ok(arguments::object(&mut vm.heap, Semaphore { class, state, bound, shared })?.into())
}

fn locked(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let semaphore = arguments.first().and_then(|&semaphore| heap.as_native::<Semaphore>(semaphore));
    Ok(Value::from_bool(semaphore.is_some_and(|semaphore| semaphore.state.available() == 0)))
}

fn acquire(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let semaphore = arguments.at(vm, 0);
    let shared = shared(vm)?;
    Ok(wait::make(vm, &shared, &ACQUIRE, semaphore, Value::NONE)?.into())
}

fn release(vm: &mut Vm, semaphore: Value) -> Result<(), Raised> {
    if let Some(object) = vm.heap.as_native::<Semaphore>(semaphore)
        && object.bound.is_some_and(|bound| object.state.available() >= bound)
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
    let free = heap.as_native::<Semaphore>(semaphore).map_or(0, |semaphore| semaphore.state.available());
    heap.size(free)
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
