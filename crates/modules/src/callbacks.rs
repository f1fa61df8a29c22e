//! Callbacks waiting to run: from `micropython.schedule`, pins and timers. The engine runs them between two
//! instructions of whatever is running, or when everything waits, each on a fiber of its own.

use alloc::collections::VecDeque;
use wigwag_vm::heap::{Raised, Tracer, TypeId, Value};
use wigwag_vm::run::{Extension, Vm};

/// How many soft callbacks can wait, as on a board.
pub const DEPTH: usize = 4;

/// A callback to be run.
#[derive(Clone, Copy, Debug)]
pub struct Callback {
    /// What is called.
    pub function: Value,
    /// With what; unbound for no argument.
    pub argument: Value,
    /// A hard interrupt: the heap is locked while it runs.
    pub hard: bool,
}

/// The callbacks that wait, and whether a parked loop has something new to look at.
#[derive(Default)]
pub struct Callbacks {
    hard: VecDeque<Callback>,
    soft: VecDeque<Callback>,
    /// Somebody made a task ready: the fiber that waits in an event loop has to look again.
    pub wake_loop: bool,
    /// `micropython.schedule` is locked (a hard callback is running).
    pub locked: bool,
}

impl Extension for Callbacks {
    fn trace(&self, tracer: &mut Tracer<'_>) {
        for callback in self.hard.iter().chain(&self.soft) {
            tracer.value(callback.function);
            tracer.value(callback.argument);
        }
    }
}

impl Callbacks {
    /// Takes the next callback: hard ones first.
    pub fn take(&mut self) -> Option<Callback> {
        self.hard.pop_front().or_else(|| self.soft.pop_front())
    }

    /// Whether any waits.
    pub fn is_empty(&self) -> bool {
        self.hard.is_empty() && self.soft.is_empty()
    }
}

/// `micropython.schedule(function, argument)`
pub fn schedule(vm: &mut Vm, function: Value, argument: Value) -> Result<(), Raised> {
    let full = vm.extension::<Callbacks>().is_none_or(|callbacks| callbacks.soft.len() >= DEPTH);
    if full {
        return Err(vm.heap.raise(TypeId::RuntimeError, "schedule queue full"));
    }
    if let Some(callbacks) = vm.extension::<Callbacks>() {
        callbacks.soft.push_back(Callback { function, argument, hard: false });
    }
    vm.signals.request_attention();
    vm.look_soon();
    Ok(())
}

/// An interrupt of a simulated peripheral: runs at the next safepoint. Hard ones cannot be lost; soft ones are when the
/// queue is full, as on a board.
pub fn interrupt(vm: &mut Vm, function: Value, argument: Value, hard: bool) {
    if let Some(callbacks) = vm.extension::<Callbacks>() {
        let callback = Callback { function, argument, hard };
        if hard {
            callbacks.hard.push_back(callback);
        } else if callbacks.soft.len() < DEPTH {
            callbacks.soft.push_back(callback);
        }
    }
    vm.signals.request_attention();
    vm.look_soon();
}

/// Tells the engine that the fiber waiting in an event loop has to look again.
pub fn wake_loop(vm: &mut Vm) {
    if let Some(callbacks) = vm.extension::<Callbacks>() {
        callbacks.wake_loop = true;
    }
}
