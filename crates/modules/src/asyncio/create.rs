//! From what a program hands in to a task: `create_task`, which programs may replace.
//!
//! Profilers put a function of their own at `asyncio.core.create_task`. So whoever makes tasks on behalf of a program
//! asks here, and calls that function if there is one.

use super::task::{self, Task};
use wigwag_vm::heap::{Raised, Slot, Value};
use wigwag_vm::run::native_frame::FewArguments;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// What promoting came to.
pub enum Promoted {
    /// It is a task.
    Task(Value),
    /// Calling this makes it one.
    Call(Value, FewArguments),
}

/// Makes a task of a coroutine; a task stays what it is.
pub fn promote(vm: &mut Vm, awaitable: Value) -> Result<Promoted, Raised> {
    if vm.heap.as_native::<Task>(awaitable).is_some() {
        return Ok(Promoted::Task(awaitable));
    }
    made_by(vm, awaitable)
}

/// Makes a task of a coroutine as the program wants it made.
pub fn made_by(vm: &mut Vm, coroutine: Value) -> Result<Promoted, Raised> {
    if let Some(function) = super::core_member(vm, "create_task")?
        && !matches!(vm.heap.slot_of(function), Some(Slot::Native(_)))
    {
        return Ok(Promoted::Call(function, FewArguments::new(&[coroutine])));
    }
    task::create(vm, coroutine).map(Promoted::Task)
}

/// `create_task(coro)`
pub fn create_task(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let coroutine = arguments.at(vm, 0);
    Ok(task::create(vm, coroutine)?.into())
}

/// `Loop.create_task(coro)`
pub fn loop_create_task(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let coroutine = arguments.at(vm, 0);
    Ok(match made_by(vm, coroutine)? {
        Promoted::Task(task) => task.into(),
        Promoted::Call(callable, arguments) => Outcome::Call(callable, arguments),
    })
}
