//! The end of a connection: goodbye is said, if that goes at once, and what carries the connection is closed.

use super::context;
use super::socket::{SslSocket, transport_of};
use super::transport;
use crate::net::interests;
use crate::socket::SocketObject;
use alloc::boxed::Box;
use wigwag_vm::heap::{Raised, Slot, Tracer, Value};
use wigwag_vm::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Step, Vm};

/// The request of `ioctl` that closes a stream.
pub const CLOSE: i64 = 4;

/// `close()`
pub fn close(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let connection = given.at(vm, 0);
    finish(vm, connection, Value::NONE)
}

/// Closes a connection; a second time does nothing. Gives `result`.
pub fn finish(vm: &mut Vm, connection: Value, result: Value) -> Result<Outcome, Raised> {
    let carrier = transport_of(&vm.heap, connection);
    if carrier.is_none() {
        return Ok(result.into());
    }
    if let Some(object) = vm.heap.as_native_mut::<SslSocket>(connection)
        && object.failure.is_none()
        && let Some(session) = object.session.as_deref_mut().filter(|session| !session.is_handshaking())
    {
        session.close();
    }
    if vm.heap.as_native::<SocketObject>(carrier).is_some() {
        // Nobody waits for somebody to take a goodbye.
        let _ = transport::send(&mut vm.heap, connection);
        if let Some(socket) =
            vm.heap.as_native_mut::<SocketObject>(carrier).and_then(|object| object.socket.take())
        {
            interests::close(vm, socket.descriptor());
        }
        forget(vm, connection);
        return Ok(result.into());
    }
    let farewell = vm.heap.as_native::<SslSocket>(connection).filter(|object| object.failure.is_none());
    let farewell = farewell.and_then(|object| object.session.as_deref()).filter(|it| !it.is_handshaking());
    let farewell = match farewell.map(|session| wigwag_vm::heap::try_copy(session.outgoing())) {
        Some(bytes) => bytes?,
        None => alloc::vec::Vec::new(),
    };
    let stage = if farewell.is_empty() { Stage::Closing } else { Stage::Parting };
    let farewell = vm.heap.bytes_from(farewell)?;
    forget(vm, connection);
    Ok(Outcome::Frame(Box::new(Closing { carrier, farewell, result, stage })))
}

fn forget(vm: &mut Vm, connection: Value) {
    if let Some(object) = vm.heap.as_native_mut::<SslSocket>(connection) {
        (object.session, object.transport, object.in_flight) = (None, Value::NONE, 0);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Goodbye is to be written.
    Parting,
    /// It has been.
    Parted,
    /// The object is to be closed.
    Closing,
    /// It has been.
    Closed,
}

/// Closes an object that carries a connection.
struct Closing {
    carrier: Value,
    farewell: Value,
    result: Value,
    stage: Stage,
}

impl Closing {
    /// Objects written in Python are closed by `ioctl`, as upstream closes streams.
    fn call_close(&self, vm: &mut Vm) -> Result<Step, Raised> {
        if !matches!(vm.heap.slot_of(self.carrier), Some(Slot::Instance(_))) {
            let method = context::method(vm, self.carrier, "close")?;
            return Ok(Step::Call(method, FewArguments::new(&[])));
        }
        let method = context::method(vm, self.carrier, "ioctl")?;
        let request = vm.heap.int(CLOSE)?;
        Ok(Step::Call(method, FewArguments::new(&[request, Value::tiny_int(0)])))
    }
}

impl NativeFrame for Closing {
    fn step(&mut self, vm: &mut Vm, _: Input) -> Result<Step, Raised> {
        match self.stage {
            Stage::Parting => {
                let method = context::method(vm, self.carrier, "write")?;
                self.stage = Stage::Parted;
                Ok(Step::Call(method, FewArguments::new(&[self.farewell])))
            }
            // Whether it was written or raised an exception: it is over.
            Stage::Parted | Stage::Closing => {
                let call = self.call_close(vm)?;
                self.stage = Stage::Closed;
                Ok(call)
            }
            Stage::Closed => Ok(Step::Return(self.result)),
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.carrier, self.farewell, self.result]);
    }

    fn catches(&self) -> bool {
        self.stage == Stage::Parted
    }
}
