//! The methods of `Task` that are CPython's: what it came to, who is told, its name, how often it was asked to stop.

use super::event_loop;
use super::exceptions::is_cancelled;
use super::future::{self, End};
use super::listeners::Listener;
use super::task::Task;
use super::task_extras;
use wigwag_vm::heap::{Heap, Raised, Value};
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// What a coroutine that returned or raised this has come to.
pub fn end(heap: &mut Heap, outcome: Result<Value, Value>) -> Result<End, Raised> {
    Ok(match outcome {
        Ok(value) => End::Result(value),
        Err(exception) if is_cancelled(heap, exception)? => End::Cancelled(heap.exception_value(exception)),
        Err(exception) => End::Failure(exception),
    })
}

/// How a task has ended, if it has.
pub fn end_of(heap: &mut Heap, task: Value) -> Result<Option<End>, Raised> {
    match heap.as_native::<Task>(task).filter(|task| task.is_done()).map(Task::outcome) {
        Some(outcome) => end(heap, outcome).map(Some),
        None => Ok(None),
    }
}

/// The same for somebody who takes the result: nobody else needs to be told of an exception.
pub fn taken(vm: &mut Vm, task: Value) -> Result<Option<End>, Raised> {
    let end = end_of(&mut vm.heap, task)?;
    if end.is_some()
        && let Some(task) = vm.heap.as_native_mut::<Task>(task)
    {
        task.state = Value::FALSE;
    }
    Ok(end)
}

/// `result()`
pub fn result(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let task = arguments.at(vm, 0);
    let end = taken(vm, task)?;
    future::result_of(vm, end)
}

/// `exception()`
pub fn exception(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let task = arguments.at(vm, 0);
    let end = taken(vm, task)?;
    future::exception_of(vm, end)
}

/// `cancelled()`
pub fn cancelled(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let task = arguments.at(vm, 0);
    let end = end_of(&mut vm.heap, task)?;
    Ok(Value::from_bool(matches!(end, Some(End::Cancelled(_)))).into())
}

/// `add_done_callback(fn, *, context=None)`
pub fn add_done_callback(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let [function, _context] = arguments.bind(vm, 1, ["fn", "*context"])?;
    let task = arguments.at(vm, 0);
    task_extras::listen(vm, task, Listener::Callback(function.unwrap_or(Value::NONE)))?;
    Ok(Value::NONE.into())
}

/// `remove_done_callback(fn)`
pub fn remove_done_callback(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (task, function) = (arguments.at(vm, 0), arguments.at(vm, 1));
    let removed = task_extras::unlisten(vm, task, function)?;
    Ok(vm.heap.size(removed)?.into())
}

/// `get_name()`: tasks without a name get one when somebody asks.
pub fn get_name(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let task = arguments.at(vm, 0);
    task_extras::provide(&mut vm.heap, task)?;
    let known = task_extras::with(&vm.heap, task, |extras| extras.name).filter(|name| !name.is_unbound());
    if let Some(name) = known {
        return Ok(name.into());
    }
    let shared = super::state::shared(vm)?;
    let number = shared.borrow().names.saturating_add(1);
    let name = vm.heap.string(alloc::format!("Task-{number}"))?;
    shared.borrow_mut().names = number;
    task_extras::with(&vm.heap, task, |extras| extras.name = name);
    Ok(name.into())
}

/// Gives a task a name: a string, or what `str` makes of anything else.
pub fn name(vm: &mut Vm, task: Value, name: Value) -> Result<(), Raised> {
    let name = match vm.heap.as_str(name) {
        Some(_) => name,
        None => {
            let text = vm.str(name)?;
            vm.heap.string(text)?
        }
    };
    task_extras::provide(&mut vm.heap, task)?;
    task_extras::with(&vm.heap, task, |extras| extras.name = name);
    Ok(())
}

/// `set_name(value)`
pub fn set_name(vm: &mut Vm, arguments: Arguments) -> Result<Outcome, Raised> {
    let (task, value) = (arguments.at(vm, 0), arguments.at(vm, 1));
    name(vm, task, value)?;
    Ok(Value::NONE.into())
}

fn first(arguments: &[Value]) -> Value {
    arguments.first().copied().unwrap_or(Value::NONE)
}

/// `get_coro()`
pub fn get_coro(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    Ok(heap.as_native::<Task>(first(arguments)).map_or(Value::NONE, Task::coro))
}

/// `cancelling()`
pub fn cancelling(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let cancels = task_extras::cancels(heap, first(arguments));
    heap.int(cancels.into())
}

/// `uncancel()`
pub fn uncancel(heap: &mut Heap, arguments: &[Value]) -> Result<Value, Raised> {
    let left = task_extras::uncancel(heap, first(arguments));
    heap.int(left.into())
}

/// `get_loop()`, of tasks and futures.
pub fn get_loop(vm: &mut Vm, _arguments: Arguments) -> Result<Outcome, Raised> {
    Ok(event_loop::class(vm)?.into())
}
