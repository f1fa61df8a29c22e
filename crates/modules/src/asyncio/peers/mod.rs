//! Rust futures as peers of Python's tasks: on one loop, in one line, cancelled and awaited across.
//!
//! | file | what |
//! |---|---|
//! | `asyncio` | [`Asyncio`], the loop as Rust reaches it |
//! | `module`, `function`, `arguments` | [`Module`]: functions of Rust's that Python calls |
//! | `awaitable` | a Rust future as Python awaits it |
//! | `errands` | what Rust asks of the machine: [`Call`], [`PythonTask`] |
//! | `data`, `object`, `exception`, `crossing` | values on their way: [`Data`], [`Object`], [`Exception`] |
//! | `common`, `queue` | what tasks of both wait for: [`Event`], [`Lock`], [`Semaphore`], [`Queue`] |
//! | `guarded` | panics |
//! | `hub` | what all of these share |
//!
//! An engine's part in this is in `wigwag_engine::engine::Engine`, with examples.
//!
//! # Panics
//! A future that panics is dropped. With a way to catch panics (`Engine::catch_panics`), what awaits it in Python gets a
//! `RuntimeError`, a task made from Rust is cancelled, and the loop goes on; without one the panic unwinds out of the
//! engine's step, and the engine should be dropped.

use wigwag_vm::heap::{Raised, TypeId, Value};
use wigwag_vm::run::Vm;

mod arguments;
mod asyncio;
pub(super) mod awaitable;
mod common;
mod crossing;
mod data;
mod errands;
mod exception;
mod function;
mod guarded;
pub(super) mod hub;
mod module;
mod object;
mod queue;

pub use arguments::Arguments;
pub use asyncio::Asyncio;
pub use common::{Common, Event, Lock, Queue, Semaphore};
pub use data::Data;
pub use errands::{Call, PythonTask};
pub use exception::Exception;
pub use hub::CatchPanic;
pub use module::Module;
pub use object::Object;

/// What a machine's main program has under a name.
pub fn main_name(vm: &mut Vm, name: &str) -> Result<Option<Data>, Raised> {
    let symbol = vm.heap.intern(name)?;
    let Some(value) = vm.namespace_get(vm.main, symbol) else { return Ok(None) };
    let hub = super::state::shared(vm)?.borrow().hub.clone();
    crossing::to_rust(&mut vm.heap, &hub, value).map(Some)
}

/// The function that runs the loop until there is nothing left to do, and what to call it with.
pub fn loop_function(vm: &mut Vm) -> Result<(Value, Value), Raised> {
    vm.native_module(super::ASYNCIO)?;
    match super::core_member(vm, "run_until_complete")? {
        Some(function) => Ok((function, Value::NONE)),
        None => Err(vm.heap.raise(TypeId::RuntimeError, "asyncio is not installed")),
    }
}
