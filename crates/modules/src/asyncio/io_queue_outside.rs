//! What programs reach into `_io_queue` for: `map`, `poller` and `wait_io_event`, made from what the loop has.

use super::io_queue::{Direction, IoQueue, Line, key_of, wake};
use super::state::{Shared, shared};
use crate::arguments;
use crate::clock;
use crate::net::system::{READ, WRITE};
use crate::select::{Poll, wait_until};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::vec::Vec;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, Value};
use wigwag_vm::objects::dict::Dict;
use wigwag_vm::run::compare::hash_int;
use wigwag_vm::run::{Action, Arguments, Input, NativeFrame, Outcome, Step, Vm};

fn shared_of(heap: &Heap, queue: Value) -> Option<Shared> {
    heap.as_native::<IoQueue>(queue).map(|queue| Rc::clone(&queue.shared))
}

/// `map`: reader, writer and stream by the stream's id, as it is now.
pub fn map(heap: &mut Heap, queue: Value) -> Result<Value, Raised> {
    let Some(shared) = shared_of(heap, queue) else { return Ok(Value::NONE) };
    let first = |line: &Line| line.tasks.first().copied().unwrap_or(Value::NONE);
    let entries: Vec<[Value; 3]> = {
        let core = shared.borrow();
        core.streams
            .all()
            .map(|stream| [first(&stream.lines[0]), first(&stream.lines[1]), stream.object])
            .collect()
    };
    let table = heap.dict(Dict::new())?;
    for entry in entries {
        let id = entry[2].as_handle().map_or(usize::MAX, Handle::index) as i64;
        let (key, entry) = (heap.int(id)?, heap.list(&entry)?);
        if let Some((table, budget)) = heap.table_and_budget(table) {
            table.insert_new(budget, key, hash_int(id), entry)?;
        }
    }
    Ok(table)
}

/// `poller`: a poll object with all that is waited for, as it is now.
pub fn poller(heap: &mut Heap, queue: Value) -> Result<Value, Raised> {
    let Some(shared) = shared_of(heap, queue) else { return Ok(Value::NONE) };
    snapshot(heap, &shared)
}

fn snapshot(heap: &mut Heap, shared: &Shared) -> Result<Value, Raised> {
    let poll = Poll::make(heap)?;
    for stream in shared.borrow().streams.all() {
        Poll::register(heap, poll, stream.object, stream.kind, stream.wanted(), false)?;
    }
    Ok(poll)
}

/// `wait_io_event(ms)`: waits so long (for ever if the time is negative) until a stream is ready that somebody waits for,
/// and makes those due who do.
pub fn wait_for_event(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let ms = given.at(vm, 1);
    let ms = arguments::integer(&mut vm.heap, ms)?;
    let now = clock::now_us(vm);
    let until_us = u64::try_from(ms).ok().map(|ms| now.saturating_add(ms.saturating_mul(1000)));
    Ok(Outcome::Frame(Box::new(WaitForEvent {
        shared: shared(vm)?,
        until_us,
        poll: Value::NONE,
        asked: false,
    })))
}

struct WaitForEvent {
    shared: Shared,
    until_us: Option<u64>,
    poll: Value,
    asked: bool,
}

impl NativeFrame for WaitForEvent {
    fn step(&mut self, vm: &mut Vm, _input: Input) -> Result<Step, Raised> {
        if !self.asked {
            self.poll = snapshot(&mut vm.heap, &self.shared)?;
            vm.push_native(wait_until(self.poll, self.until_us), Action::Native)?;
            self.asked = true;
            return Ok(Step::Pushed);
        }
        let ready: Vec<_> = match vm.heap.as_native::<Poll>(self.poll) {
            Some(poll) => poll.entries.iter().map(|entry| (entry.object, entry.found)).collect(),
            None => Vec::new(),
        };
        for (object, found) in ready {
            let key = key_of(&vm.heap, object);
            for (events, direction) in [(!WRITE, Direction::Read), (!READ, Direction::Write)] {
                if found & events != 0 {
                    wake(vm, &self.shared, key, direction)?;
                }
            }
        }
        Ok(Step::Return(Value::NONE))
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.poll);
    }
}
