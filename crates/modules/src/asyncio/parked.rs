//! Who waits for what: for the report of a deadlock, and for looking at a program from outside.
//!
//! There is no list of all tasks, which would keep them alive: the heap is searched for them. So collect garbage before,
//! or tasks that nobody can wake any more are named too.

use super::coroutine::Coroutine;
use super::event::Event;
use super::flag::FlagWait;
use super::frozen;
use super::gather::GatherHook;
use super::io_queue::IoQueue;
use super::peers::awaitable::Awaitable;
use super::task::Task;
use super::task_queue::{Kind, TaskQueue};
use super::wait::Wait;
use alloc::string::String;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Heap, Slot, Value};
use wigwag_vm::run::Vm;

/// A task that is not over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedTask {
    /// The name of its coroutine.
    pub name: String,
    /// The file of the innermost coroutine that it waits in; empty if that is not written in Python.
    pub file: String,
    /// The line there; 0 if unknown.
    pub line: u32,
    /// What it waits for, in words.
    pub waits_for: String,
}

/// Every task that is not over and not the current one, oldest first as far as the heap tells.
pub fn parked_tasks(vm: &Vm) -> Vec<ParkedTask> {
    vm.heap.values().filter_map(|value| describe(&vm.heap, value)).collect()
}

fn describe(heap: &Heap, value: Value) -> Option<ParkedTask> {
    let task = heap.as_native::<Task>(value).filter(|task| !task.is_done())?;
    let name = String::from(name_of(heap, task.coro()));
    let (file, line) = place_of(heap, task.coro());
    Some(ParkedTask { name, file, line, waits_for: waits_for(heap, task.data) })
}

/// The name of the function that a coroutine came from.
fn name_of(heap: &Heap, coro: Value) -> &str {
    match heap.slot_of(coro) {
        Some(Slot::Generator(generator)) => heap.symbols.text(generator.code.name),
        _ => native_name_of(heap, coro),
    }
}

fn native_name_of(heap: &Heap, coro: Value) -> &str {
    if let Some(coroutine) = heap.as_native::<Coroutine>(coro) {
        return coroutine.name;
    }
    if let Some(wait) = heap.as_native::<Wait>(coro) {
        return wait.operation.name;
    }
    if let Some(awaitable) = heap.as_native::<Awaitable>(coro) {
        return &awaitable.name;
    }
    if heap.as_native::<FlagWait>(coro).is_some() {
        return "wait";
    }
    heap.type_name(coro)
}

/// Where the innermost coroutine of a chain of awaits stands.
fn place_of(heap: &Heap, outermost: Value) -> (String, u32) {
    let mut place = (String::new(), 0);
    let mut coro = outermost;
    // A chain cannot be longer than there are objects.
    for _ in 0..heap.values().count() {
        match heap.slot_of(coro) {
            Some(Slot::Generator(generator)) => {
                let file = heap.symbols.text(generator.code.file);
                // Where the program waits says more than where in this module.
                if place.1 == 0 || !frozen::is_frozen(file) {
                    place = (String::from(file), generator.code.line_at(generator.pc));
                }
                coro = generator.delegate;
            }
            _ => match heap.as_native::<Coroutine>(coro) {
                Some(coroutine) => coro = coroutine.delegate,
                None => break,
            },
        }
    }
    place
}

fn waits_for(heap: &Heap, data: Value) -> String {
    if let Some(task) = heap.as_native::<Task>(data) {
        return alloc::format!("task {}", name_of(heap, task.coro()));
    }
    if let Some(queue) = heap.as_native::<TaskQueue>(data) {
        return String::from(match queue.kind {
            Kind::Plain => "a TaskQueue",
            Kind::Join => "a task",
        });
    }
    if let Some(wait) = heap.as_native::<Wait>(data) {
        return String::from(wait.operation.waits_for);
    }
    if heap.as_native::<Event>(data).is_some() {
        return String::from("an Event");
    }
    if heap.as_native::<FlagWait>(data).is_some() {
        return String::from("a ThreadSafeFlag");
    }
    if let Some(awaitable) = heap.as_native::<Awaitable>(data) {
        return alloc::format!("the Rust future '{}'", awaitable.name);
    }
    if heap.as_native::<IoQueue>(data).is_some() {
        return String::from("a stream");
    }
    if heap.as_native::<GatherHook>(data).is_some() {
        return String::from("gathered tasks");
    }
    if data.is_none() || data.as_handle().map(Handle::index).is_none() {
        return String::from("nothing that can wake it");
    }
    alloc::format!("a {}", heap.type_name(data))
}
