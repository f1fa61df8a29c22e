//! What is said about an exception that nobody awaited.

use super::state::Shared;
use alloc::string::String;
use wigwag_vm::heap::{Handle, Raised, Symbol, TypeId, Value};
use wigwag_vm::objects::dict::Dict;
use wigwag_vm::run::{Stream, Vm};

const MESSAGE: &str = "Task exception wasn't retrieved";

/// The dict that handlers get: the same one each time, filled in anew.
pub fn context(vm: &mut Vm, shared: &Shared, exception: Value, task: Value) -> Result<Value, Raised> {
    let context = shared_context(vm, shared)?;
    if let Some(handle) = context.as_handle() {
        let message = Value::from_symbol(vm.heap.intern_static(MESSAGE)?);
        set(vm, handle, "message", message)?;
        set(vm, handle, "exception", exception)?;
        set(vm, handle, "future", task)?;
    }
    Ok(context)
}

/// What a handler gets for a function that the loop called, or, without a handle, for a handler that failed itself.
pub fn context_of_call(vm: &mut Vm, exception: Value, handle: Value) -> Result<Value, Raised> {
    let message = if handle.is_none() { "Exception in exception handler" } else { "Exception in callback" };
    let message = Value::from_symbol(vm.heap.intern_static(message)?);
    let context = vm.heap.dict(Dict::new())?;
    if let Some(table) = context.as_handle() {
        set(vm, table, "message", message)?;
        set(vm, table, "exception", exception)?;
        set(vm, table, "handle", handle)?;
    }
    Ok(context)
}

/// The dict, as it is.
pub fn shared_context(vm: &mut Vm, shared: &Shared) -> Result<Value, Raised> {
    let known = shared.borrow().context;
    if !known.is_unbound() {
        return Ok(known);
    }
    let made = vm.heap.dict(Dict::new())?;
    if let Some(handle) = made.as_handle() {
        let message = Value::from_symbol(vm.heap.intern_static(MESSAGE)?);
        set(vm, handle, "message", message)?;
        set(vm, handle, "exception", Value::NONE)?;
        set(vm, handle, "future", Value::NONE)?;
    }
    // Kept once it is whole: memory may have run out before.
    shared.borrow_mut().context = made;
    Ok(made)
}

fn key(vm: &mut Vm, name: &'static str) -> Result<Symbol, Raised> {
    vm.heap.intern_static(name)
}

fn set(vm: &mut Vm, context: Handle, name: &'static str, value: Value) -> Result<(), Raised> {
    let name = key(vm, name)?;
    vm.namespace_set(context, name, value)
}

fn get(vm: &mut Vm, context: Value, name: &'static str) -> Result<Option<Value>, Raised> {
    let name = key(vm, name)?;
    if vm.heap.as_dict(context).is_none() {
        return Err(vm.type_error("dict expected"));
    }
    Ok(context.as_handle().and_then(|context| vm.namespace_get(context, name)))
}

/// Writes a report in upstream's words. What a program's own context does not have is left out.
pub fn print(vm: &mut Vm, context: Value) -> Result<(), Raised> {
    let depth = vm.roots.len();
    vm.roots.push(context);
    let written = write(vm, context);
    vm.roots.truncate(depth);
    written
}

/// How a value prints; its type alone, if there is no memory for more, or if its own `__repr__` fails: what is reported
/// is more than how it prints.
fn shown(vm: &mut Vm, value: Value) -> Result<String, Raised> {
    match vm.repr(value) {
        Err(raised)
            if raised == Raised::OUT_OF_MEMORY
                || vm.heap.is_instance(raised.0, TypeId::Exception.handle()) =>
        {
            Ok(alloc::format!("<{}>", vm.heap.type_name(value)))
        }
        other => other,
    }
}

fn write(vm: &mut Vm, context: Value) -> Result<(), Raised> {
    let message = get(vm, context, "message")?;
    let mut text = match message.map(|message| (vm.heap.as_str(message), message)) {
        Some((Some(text), _)) => String::from(text),
        Some((None, message)) => shown(vm, message)?,
        None => String::from("Unhandled exception in event loop"),
    };
    if let Some(handle) = get(vm, context, "handle")?.filter(|handle| !handle.is_none()) {
        text.push_str("\nhandle: ");
        text.push_str(&shown(vm, handle)?);
    }
    if let Some(task) = get(vm, context, "future")? {
        let coro = match vm.heap.as_native::<super::task::Task>(task) {
            Some(task) => task.coro(),
            None => Value::NONE,
        };
        let (task, coro) = (shown(vm, task)?, shown(vm, coro)?);
        for part in ["\nfuture: ", &task, " coro= ", &coro] {
            text.push_str(part);
        }
    }
    text.push('\n');
    if let Some(exception) = get(vm, context, "exception")? {
        text.push_str(&vm.format_exception(exception));
    }
    vm.write(Stream::Error, &text);
    Ok(())
}
