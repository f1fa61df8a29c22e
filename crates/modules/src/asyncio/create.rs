//! From what a program hands in to a task: `create_task`, which programs may replace.
//!
//! Profilers put a function of their own at `asyncio.core.create_task`. So whoever makes tasks on behalf of a program
//! asks here, and calls that function if there is one.

use super::coroutine::{Body, Coroutine, Resumed, Turn};
use super::future::Future;
use super::task::{self, Task};
use super::task_methods;
use wigwag_vm::heap::{Raised, Slot, Tracer, Value};
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
    if vm.heap.as_native::<Future>(awaitable).is_some() {
        let waiter = Coroutine::make(&mut vm.heap, AwaitFuture { future: awaitable, began: false })?;
        return made_by(vm, waiter);
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

/// What `create_task` was given: the coroutine and the name. Of a `context` there is only one here.
fn arguments_of(vm: &mut Vm, arguments: Arguments) -> Result<(Value, Option<Value>), Raised> {
    if arguments.count == 1 && arguments.names.is_none() {
        return Ok((arguments.at(vm, 0), None));
    }
    let [coroutine, name, _context] = arguments.bind(vm, 0, ["coro", "*name", "*context"])?;
    Ok((coroutine.unwrap_or(Value::NONE), name.filter(|name| !name.is_none())))
}

fn named(vm: &mut Vm, task: Value, name: Option<Value>) -> Result<Outcome, Raised> {
    if let Some(name) = name {
        task_methods::name(vm, task, name)?;
    }
    Ok(task.into())
}

/// `create_task(coro, *, name=None)`
pub fn create_task(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (coroutine, name) = arguments_of(vm, arguments)?;
    let task = task::create(vm, coroutine)?;
    named(vm, task, name)
}

/// `Loop.create_task(coro, *, name=None)`
pub fn loop_create_task(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (coroutine, name) = arguments_of(vm, arguments)?;
    match made_by(vm, coroutine)? {
        Promoted::Task(task) => named(vm, task, name),
        // The program's own function is asked as upstream does, for a task without a name.
        Promoted::Call(callable, arguments) => Ok(Outcome::Call(callable, arguments)),
    }
}

/// `ensure_future(aw)`: a task or a future stays what it is, a coroutine becomes a task.
pub fn ensure_future(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let [awaitable, _event_loop] = arguments.bind(vm, 0, ["coro_or_future", "*loop"])?;
    let awaitable = awaitable.unwrap_or(Value::NONE);
    if vm.heap.as_native::<Future>(awaitable).is_some() {
        return Ok(awaitable.into());
    }
    Ok(match promote(vm, awaitable)? {
        Promoted::Task(task) => task.into(),
        Promoted::Call(callable, arguments) => Outcome::Call(callable, arguments),
    })
}

/// Stands for a future where a task is needed.
struct AwaitFuture {
    future: Value,
    began: bool,
}

impl Body for AwaitFuture {
    fn resume(&mut self, _vm: &mut Vm, with: Resumed) -> Result<Turn, Raised> {
        match with {
            Resumed::Raised(exception) => Err(Raised(exception)),
            Resumed::Plain if !self.began => {
                self.began = true;
                Ok(Turn::Await(self.future))
            }
            Resumed::Plain => Ok(Turn::Return(Value::NONE)),
            Resumed::Value(value) => Ok(Turn::Return(value)),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.future);
    }

    fn name(&self) -> &'static str {
        "future"
    }
}
