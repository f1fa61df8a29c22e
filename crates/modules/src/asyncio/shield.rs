//! `shield`: awaiting something whose end a cancellation must not hasten.
//!
//! Between the one who awaits and what is awaited stands a future. A cancellation ends the future; what is awaited goes on.
//!
//! # Cancellation
//! The awaiting task gets its `CancelledError`; what was shielded runs to its end.

use super::future::{self, End, Future};
use super::listeners::Listener;
use super::task::{self, Task};
use super::task_extras;
use wigwag_vm::heap::{Raised, Value};
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// What is shielded is over: so is the future, with the same end, unless nobody waits any more.
fn inner_done(vm: &mut Vm, outer: Value, end: End) -> Result<bool, Raised> {
    future::settle(vm, outer, end)
}

/// `shield(aw)`
pub fn shield(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let inner = arguments.at(vm, 0);
    if let Some(inner_future) = vm.heap.as_native::<Future>(inner) {
        if inner_future.end().is_some() {
            return Ok(inner.into());
        }
        let outer = Future::make(vm)?;
        future::listen(vm, inner, Listener::Native(inner_done, outer))?;
        return Ok(outer.into());
    }
    let outer = Future::make(vm)?;
    let inner = match vm.heap.as_native::<Task>(inner) {
        Some(task) if task.is_done() => return Ok(inner.into()),
        Some(_) => inner,
        None => task::create(vm, inner)?,
    };
    task_extras::listen(vm, inner, Listener::Native(inner_done, outer))?;
    Ok(outer.into())
}
