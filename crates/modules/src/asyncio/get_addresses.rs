//! `Loop.getaddrinfo`: a name's addresses, while other tasks have their turns.
//!
//! # Cancellation
//! The question is given up; whoever was asked may still answer, which nobody hears.

use super::coroutine::{Body, Coroutine, Resumed, Turn};
use super::io_queue::{Direction, enqueue};
use crate::socket::{Query, Search};
use wigwag_vm::heap::{Raised, Tracer};
use wigwag_vm::run::{Arguments, Outcome, Vm};

struct Asking {
    query: Query,
    search: Option<Search>,
}

impl Body for Asking {
    fn resume(&mut self, vm: &mut Vm, with: Resumed) -> Result<Turn, Raised> {
        if let Resumed::Raised(exception) = with {
            return Err(Raised(exception));
        }
        if self.search.is_none() {
            self.search = Some(self.query.search(vm)?);
        }
        let Some(search) = &mut self.search else { return Ok(Turn::Yield) };
        if let Some(descriptor) = search.pending() {
            let number = vm.heap.int(descriptor.into())?;
            enqueue(vm, number, Direction::Read, true)?;
            return Ok(Turn::Yield);
        }
        self.query.list(vm, search).map(Turn::Return)
    }

    fn trace(&self, _tracer: &mut Tracer<'_>) {}

    fn name(&self) -> &'static str {
        "getaddrinfo"
    }
}

/// `Loop.getaddrinfo(host, port, *, family=0, type=0, proto=0, flags=0)`
pub fn loop_get_addresses(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let names = ["host", "port", "*family", "*type", "*proto", "*flags"];
    let [host, port, family, kind, protocol, _flags] = given.bind(vm, 0, names)?;
    let query = Query::new(vm, [host, port, family, kind, protocol])?;
    Ok(Coroutine::make(&mut vm.heap, Asking { query, search: None })?.into())
}
