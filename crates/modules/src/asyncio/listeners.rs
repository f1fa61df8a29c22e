//! Who is told when a task or a future is over: functions of the program, which the loop calls in their turn, and parts
//! of this module, which are told at once.

use super::future::End;
use super::handle;
use super::state::Shared;
use alloc::vec::Vec;
use wigwag_vm::heap::{Raised, Tracer, Value};
use wigwag_vm::run::Vm;

/// Somebody who is told.
#[derive(Clone, Copy)]
pub enum Listener {
    /// A function of the program, called with what is over.
    Callback(Value),
    /// Ours, with the object that it belongs to: called with that and with the end. Must not run Python. Says whether it
    /// has taken the end over, so that nobody else needs to be told of an exception.
    Native(fn(&mut Vm, Value, End) -> Result<bool, Raised>, Value),
}

impl Listener {
    /// Shows the collector what it holds.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        let (Listener::Callback(value) | Listener::Native(_, value)) = self;
        tracer.value(*value);
    }

    /// Tells it that something is over.
    pub fn tell(self, vm: &mut Vm, shared: &Shared, source: Value, end: End) -> Result<bool, Raised> {
        match self {
            Listener::Callback(function) => {
                let arguments = vm.heap.tuple(&[source])?;
                handle::call_soon(vm, shared, function, arguments).map(|_| false)
            }
            Listener::Native(tell, listener) => tell(vm, listener, end),
        }
    }
}

/// Tells everybody, in the order in which they came; says whether anybody has taken the end over. Where that fails,
/// gives those back who are left.
pub fn tell(
    vm: &mut Vm,
    shared: &Shared,
    source: Value,
    end: End,
    mut listeners: Vec<Listener>,
) -> Result<bool, (Vec<Listener>, Raised)> {
    let mut taken = false;
    for number in 0..listeners.len() {
        match listeners[number].tell(vm, shared, source, end) {
            Ok(took) => taken |= took,
            Err(raised) => {
                listeners.drain(..number);
                return Err((listeners, raised));
            }
        }
    }
    vm.heap.budget.release_vec(&listeners);
    Ok(taken)
}

/// Takes a function of the program out, as often as it is there; says how often that was. Comparing may run Python, so
/// the listeners are looked up anew each time.
pub fn remove(
    vm: &mut Vm,
    function: Value,
    listener: impl Fn(&Vm, usize) -> Option<Listener>,
    take_out: impl Fn(&mut Vm, usize),
) -> Result<usize, Raised> {
    let mut removed = 0;
    let mut number = 0;
    while let Some(known) = listener(vm, number) {
        let is_it = match known {
            Listener::Callback(known) => known == function || vm.equal(known, function)?,
            Listener::Native(..) => false,
        };
        if is_it && listener(vm, number).is_some() {
            take_out(vm, number);
            removed += 1;
        } else {
            number += 1;
        }
    }
    Ok(removed)
}
