//! What only some tasks have: a name, functions to be told at the end, requests to stop that were counted.
//!
//! It stands beside the task in a table, so that a task without any of it is no larger for it. The key is the address of
//! the task, which stays the same as long as the task lives.
//!
//! What must always hold: an entry's task lives ([`Task`]'s drop takes it out), and the entry's bytes were charged and are
//! given back with the task's own.

use super::listeners::{self, Listener};
use super::state::{self, Shared};
use super::task::Task;
use super::task_methods;
use alloc::collections::btree_map::Entry;
use alloc::rc::Rc;
use alloc::vec::Vec;
use wigwag_vm::heap::{Heap, Raised, Tracer, Value};
use wigwag_vm::run::Vm;

/// What a task has beside itself.
pub struct Extras {
    /// Its name, or unbound.
    pub name: Value,
    /// Who is told when it is over.
    listeners: Vec<Listener>,
    /// How often it was asked to stop, without those that were taken back.
    pub cancels: u32,
}

/// An entry, with what the table needs for it.
const BYTES: usize = size_of::<Extras>() + 2 * size_of::<usize>();

impl Extras {
    const fn new() -> Extras {
        Extras { name: Value::UNBOUND, listeners: Vec::new(), cancels: 0 }
    }

    /// Bytes that were charged.
    pub fn bytes(&self) -> usize {
        BYTES + self.listeners.capacity() * size_of::<Listener>()
    }

    /// Shows the collector what it holds.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.name);
        self.listeners.iter().for_each(|listener| listener.trace(tracer));
    }
}

/// Makes sure that a task has an entry.
pub fn provide(heap: &mut Heap, task: Value) -> Result<(), Raised> {
    let Some((object, budget)) = heap.native_and_budget::<Task>(task) else { return Ok(()) };
    let (address, shared) = (object.address(), object.shared());
    let mut core = shared.borrow_mut();
    if let Entry::Vacant(vacant) = core.extras.entry(address) {
        budget.charge(BYTES)?;
        vacant.insert(Extras::new());
    }
    Ok(())
}

/// Does something with the entry of a task, if it has one.
pub fn with<R>(heap: &Heap, task: Value, what: impl FnOnce(&mut Extras) -> R) -> Option<R> {
    let object = heap.as_native::<Task>(task)?;
    let (address, shared) = (object.address(), object.shared());
    shared.borrow_mut().extras.get_mut(&address).map(what)
}

/// How often a task was asked to stop.
pub fn cancels(heap: &Heap, task: Value) -> u32 {
    with(heap, task, |extras| extras.cancels).unwrap_or(0)
}

/// Takes one request to stop back; gives how many are left.
pub fn uncancel(heap: &Heap, task: Value) -> u32 {
    with(heap, task, |extras| {
        extras.cancels = extras.cancels.saturating_sub(1);
        extras.cancels
    })
    .unwrap_or(0)
}

/// Has somebody told when a task is over; at once, if it is.
pub fn listen(vm: &mut Vm, task: Value, listener: Listener) -> Result<(), Raised> {
    if let Some(end) = task_methods::end_of(&mut vm.heap, task)? {
        let shared = state::shared(vm)?;
        return listener.tell(vm, &shared, task, end).map(|_| ());
    }
    provide(&mut vm.heap, task)?;
    let Some((object, budget)) = vm.heap.native_and_budget::<Task>(task) else { return Ok(()) };
    let (address, shared) = (object.address(), Rc::clone(object.shared()));
    if let Some(extras) = shared.borrow_mut().extras.get_mut(&address) {
        budget.reserve(&mut extras.listeners, 1)?;
        extras.listeners.push(listener);
    }
    Ok(())
}

/// A task comes to this end: tells everybody who wants to know. Says whether anybody has taken the end over.
pub fn tell_all(
    vm: &mut Vm,
    shared: &Shared,
    task: Value,
    end: Result<Value, Value>,
) -> Result<bool, Raised> {
    if shared.borrow().extras.is_empty() {
        return Ok(false);
    }
    let Some(told) = with(&vm.heap, task, |extras| core::mem::take(&mut extras.listeners)) else {
        return Ok(false);
    };
    let end = task_methods::end(&mut vm.heap, end)?;
    listeners::tell(vm, shared, task, end, told).map_err(|(left, raised)| {
        with(&vm.heap, task, |extras| extras.listeners = left);
        raised
    })
}

/// Takes a function of the program out; says how often it was there.
pub fn unlisten(vm: &mut Vm, task: Value, function: Value) -> Result<usize, Raised> {
    let listener = |vm: &Vm, number: usize| {
        with(&vm.heap, task, |extras| extras.listeners.get(number).copied()).flatten()
    };
    listeners::remove(vm, function, listener, |vm, number| {
        with(&vm.heap, task, |extras| extras.listeners.remove(number));
    })
}
