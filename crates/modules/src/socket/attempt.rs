//! The frame around an operation: it tries, waits for the descriptor, and tries again, until the time is up.
//!
//! A socket that must not wait never gets that far: its operations are tried once, without a frame.

use super::object::{SocketObject, Timeout};
use super::operation::{Done, Operation, Progress};
use crate::arguments;
use crate::clock;
use crate::errno::{EAGAIN, EBADF, EINPROGRESS, ETIMEDOUT};
use crate::net::system::Events;
use crate::net::wait::Waiting;
use crate::vfs::system::Errno;
use alloc::boxed::Box;
use wigwag_vm::heap::{Raised, Tracer, Value};
use wigwag_vm::run::{Input, NativeFrame, Outcome, Step, Vm, Wait};

struct Attempt {
    socket: Value,
    operation: Operation,
    done: Done,
    /// The operation is over; what is left is to make its result.
    over: bool,
    until_us: Option<u64>,
    waiting: Option<Waiting>,
}

/// Does something with a socket; waits for it as long as the socket may.
pub fn perform(vm: &mut Vm, socket: Value, operation: Operation) -> Result<Outcome, Raised> {
    let timeout = match vm.heap.as_native::<SocketObject>(socket) {
        Some(object) if operation.must_not_wait() => Timeout::Never.min(object.timeout),
        Some(object) => object.timeout,
        None => return Err(vm.heap.raise_os(EBADF)),
    };
    let mut attempt =
        Attempt { socket, operation, done: Done::default(), over: false, until_us: None, waiting: None };
    match attempt.proceed(vm) {
        Ok(Advance::Result(value)) => return Ok(value.into()),
        Ok(Advance::Wait(_) | Advance::Again) if timeout == Timeout::Never => match attempt.cannot_wait(vm) {
            Err(Raised::OUT_OF_MEMORY) if attempt.has_some() => attempt.over = true,
            result => return result.map(Outcome::Value),
        },
        Ok(Advance::Wait(_) | Advance::Again) => {}
        // What has come must not be lost: the result is made by a frame, after a collection.
        Err(Raised::OUT_OF_MEMORY) if attempt.over || attempt.has_some() => {}
        Err(raised) => return Err(raised),
    }
    if let Timeout::After(us) = timeout {
        attempt.until_us = Some(clock::now_us(vm).saturating_add(us));
    }
    Ok(Outcome::Frame(Box::new(attempt)))
}

enum Advance {
    Result(Value),
    Wait(Events),
    Again,
}

impl Attempt {
    fn proceed(&mut self, vm: &mut Vm) -> Result<Advance, Raised> {
        if !self.over {
            // What was received is not the heap's yet, but is going to be.
            if self.done.bytes.len() > vm.heap.free_bytes() {
                return Err(Raised::OUT_OF_MEMORY);
            }
            match self.attempt(vm) {
                Ok(Progress::Over) => self.over = true,
                Ok(Progress::Wait(events)) => return Ok(Advance::Wait(events)),
                Ok(Progress::Again) => return Ok(Advance::Again),
                Err(errno) => return Err(vm.heap.raise_os(errno)),
            }
        }
        self.result(vm).map(Advance::Result)
    }

    /// The socket is taken out of its object meanwhile, so that the heap can be looked at beside it.
    fn attempt(&mut self, vm: &mut Vm) -> Result<Progress, Errno> {
        let Some(mut socket) =
            vm.heap.as_native_mut::<SocketObject>(self.socket).and_then(|object| object.socket.take())
        else {
            return Err(EBADF);
        };
        let progress = self.operation.attempt(&vm.heap, &mut *socket, &mut self.done);
        if let Some(object) = vm.heap.as_native_mut::<SocketObject>(self.socket) {
            object.socket = Some(socket);
        }
        progress
    }

    fn result(&mut self, vm: &mut Vm) -> Result<Value, Raised> {
        let heap = &mut vm.heap;
        match &self.operation {
            Operation::Accept => {
                // Made first: the socket is put into its object when nothing can fail any more.
                let address = match &self.done.accepted {
                    Some((_, address)) => address.encode(),
                    None => return Ok(Value::NONE),
                };
                let address = heap.bytearray(address)?;
                let object = SocketObject::make(heap, None)?;
                let pair = heap.tuple(&[object, address])?;
                if let Some(object) = heap.as_native_mut::<SocketObject>(object) {
                    object.socket = self.done.accepted.take().map(|(socket, _)| socket);
                }
                Ok(pair)
            }
            Operation::Connect(_) => Ok(Value::NONE),
            Operation::Receive { with_sender: true, .. } => {
                let bytes = heap.bytes(&self.done.bytes)?;
                let sender =
                    self.done.sender.as_ref().map_or_else(Default::default, |sender| sender.encode());
                let sender = heap.bytes(&sender)?;
                heap.tuple(&[bytes, sender])
            }
            Operation::Receive { .. } | Operation::Read { .. } | Operation::ReadLine { .. } => {
                heap.bytes(&self.done.bytes)
            }
            Operation::ReceiveInto { buffer, .. } | Operation::ReadInto { buffer, .. } => {
                let place = arguments::writable(heap, *buffer)?;
                let count = self.done.bytes.len().min(place.len());
                place[..count].copy_from_slice(&self.done.bytes[..count]);
                heap.size(count)
            }
            Operation::Send { all: true, .. } => Ok(Value::NONE),
            Operation::Send { .. } | Operation::Write { .. } => heap.size(self.done.count),
        }
    }

    /// Whether anything was received or sent already.
    fn has_some(&self) -> bool {
        self.done.count > 0 || !self.done.bytes.is_empty()
    }

    /// It would have to wait and must not.
    fn cannot_wait(&mut self, vm: &mut Vm) -> Result<Value, Raised> {
        let has_some = self.has_some();
        match &self.operation {
            Operation::Connect(_) => Err(vm.heap.raise_os(EINPROGRESS)),
            Operation::Send { all: false, .. } if has_some => self.result(vm),
            operation if !operation.is_of_streams() => Err(vm.heap.raise_os(EAGAIN)),
            _ if has_some => self.result(vm),
            _ => Ok(Value::NONE),
        }
    }

    fn wait(&mut self, vm: &mut Vm, events: Events) -> Result<Wait, Raised> {
        if self.until_us.is_some_and(|until| clock::now_us(vm) >= until) {
            return Err(vm.heap.raise_os(ETIMEDOUT));
        }
        let waiting = match &mut self.waiting {
            Some(waiting) => waiting,
            None => {
                let descriptor = super::descriptor(&vm.heap, self.socket).unwrap_or(-1);
                let waiting = self.waiting.insert(Waiting::new(vm, self.until_us));
                waiting.watch(descriptor, events);
                waiting
            }
        };
        Ok(waiting.park())
    }
}

impl NativeFrame for Attempt {
    fn step(&mut self, vm: &mut Vm, _input: Input) -> Result<Step, Raised> {
        match self.proceed(vm)? {
            Advance::Result(value) => Ok(Step::Return(value)),
            Advance::Wait(events) => Ok(Step::Park(self.wait(vm, events)?)),
            Advance::Again => Ok(Step::Again),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.value(self.socket);
        self.operation.trace(tracer);
    }
}
