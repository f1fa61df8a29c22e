//! The type `SSLSocket`: an encrypted connection over a socket, or over anything that has `readinto`, `write` and `ioctl`.
//!
//! What always holds: the session is in the object except while an operation is at work with it, which is never while
//! Python runs; a connection that has failed fails in the same way from then on.

use super::close;
use super::context;
use super::exchange::perform;
use super::failure::{Failure, ProtocolError};
use super::operation::Operation;
use super::poll;
use super::system::Session;
use crate::arguments;
use crate::socket::{self, SocketObject, Timeout};
use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::Cell;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, full, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, FewArguments, Input, NativeFrame, Outcome, Step, Vm};

/// What a session takes outside of the heap, roughly: it is charged all the same, so that dropped ones are collected.
const SESSION_BYTES: usize = 20 << 10;

/// An encrypted connection.
pub struct SslSocket {
    class: Handle,
    /// What carries it; None when it is closed.
    pub transport: Value,
    /// What it was made from.
    pub context: Value,
    /// The protocol; none when it is closed.
    pub session: Option<Box<dyn Session>>,
    /// Why it has ended.
    pub failure: Option<Failure>,
    /// How much was encrypted and not yet counted as written. Whoever was told that it could not be written yet writes
    /// it again.
    pub in_flight: usize,
    /// What an operation of the other direction had to wait for.
    pub blocked_on: crate::net::system::Events,
    /// What is to be done once after the handshake has been done.
    pub is_established: bool,
    /// Somebody is in a call of the carrying object.
    pub busy: Rc<Cell<bool>>,
}

impl NativeObject for SslSocket {
    fn class(&self) -> Handle {
        self.class
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.transport, self.context]);
    }

    fn bytes(&self) -> usize {
        size_of::<SslSocket>() + SESSION_BYTES
    }
}

impl SslSocket {
    /// A connection over something, without a session yet.
    pub fn make(heap: &mut Heap, transport: Value, context: Value) -> Result<Value, Raised> {
        let class = heap.class_for(&TYPE)?;
        let object = SslSocket {
            class,
            transport,
            context,
            session: None,
            failure: None,
            in_flight: 0,
            blocked_on: 0,
            is_established: false,
            busy: Rc::default(),
        };
        arguments::object(heap, object)
    }

    /// Why nothing more can be done with it, if so.
    pub fn end(&self) -> Option<Failure> {
        match self.session {
            _ if self.failure.is_some() => self.failure,
            None => Some(ProtocolError::BAD_INPUT_DATA.into()),
            Some(_) => None,
        }
    }
}

/// What carries a connection; None for a closed one, and for anything else.
pub fn transport_of(heap: &Heap, socket: Value) -> Value {
    heap.as_native::<SslSocket>(socket).map_or(Value::NONE, |object| object.transport)
}

/// The descriptor under a connection, -1 if it is closed; none if it is over an object, or no connection at all.
pub fn descriptor(heap: &Heap, value: Value) -> Option<i32> {
    let object = heap.as_native::<SslSocket>(value)?;
    if object.transport.is_none() { Some(-1) } else { socket::descriptor(heap, object.transport) }
}

fn read(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let most = arguments::bound(vm, given, 1)?;
    let socket = given.at(vm, 0);
    perform(vm, socket, Operation::Read { most })
}

fn read_line(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let most = arguments::bound(vm, given, 1)?;
    let socket = given.at(vm, 0);
    perform(vm, socket, Operation::ReadLine { most })
}

fn receive(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let most = arguments::bound(vm, given, 1)?;
    let socket = given.at(vm, 0);
    perform(vm, socket, Operation::Receive { most })
}

/// The buffer that is to be filled, and how much of it.
fn target(vm: &mut Vm, given: Arguments) -> Result<(Value, usize), Raised> {
    let buffer = given.at(vm, 1);
    let room = arguments::writable(&mut vm.heap, buffer)?.len();
    Ok((buffer, arguments::bound(vm, given, 2)?.min(room)))
}

fn read_into(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (buffer, most) = target(vm, given)?;
    let socket = given.at(vm, 0);
    perform(vm, socket, Operation::ReadInto { buffer, most })
}

fn receive_into(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (buffer, most) = target(vm, given)?;
    let socket = given.at(vm, 0);
    perform(vm, socket, Operation::ReceiveInto { buffer, most })
}

/// `write(buffer)`, `write(buffer, size)`, `write(buffer, offset, size)`
fn write(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (socket, buffer) = (given.at(vm, 0), given.at(vm, 1));
    let buffer = vm.heap.native_part(buffer);
    let Some(length) = vm.heap.as_buffer(buffer).map(<[u8]>::len) else {
        return Err(vm.heap.raise(TypeId::TypeError, "object with buffer protocol required"));
    };
    let (start, count) = match given.count {
        ..=2 => (0, length),
        3 => (0, arguments::bound(vm, given, 2)?),
        _ => (arguments::bound(vm, given, 2)?, arguments::bound(vm, given, 3)?),
    };
    let start = start.min(length);
    perform(vm, socket, Operation::Write { buffer, start, count: count.min(length - start) })
}

/// `setblocking(flag)`: is passed on to what carries the connection.
fn set_blocking(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (socket, flag) = (given.at(vm, 0), given.at(vm, 1));
    let transport = transport_of(&vm.heap, socket);
    let blocking = vm.heap.as_int(flag).map_or(!flag.is_none(), |number| number != 0);
    if let Some(object) = vm.heap.as_native_mut::<SocketObject>(transport) {
        object.timeout = if blocking { Timeout::Forever } else { Timeout::Never };
        return Ok(Value::NONE.into());
    }
    if transport.is_none() {
        return Err(Failure::from(ProtocolError::BAD_INPUT_DATA).raise(&mut vm.heap));
    }
    let method = context::method(vm, transport, "setblocking")?;
    Ok(Outcome::Frame(Box::new(Calling { method, argument: flag, called: false })))
}

/// Calls a method with one argument.
struct Calling {
    method: Value,
    argument: Value,
    called: bool,
}

impl NativeFrame for Calling {
    fn step(&mut self, _: &mut Vm, input: Input) -> Result<Step, Raised> {
        match input {
            Input::Value(result) if self.called => Ok(Step::Return(result)),
            _ => {
                self.called = true;
                Ok(Step::Call(self.method, FewArguments::new(&[self.argument])))
            }
        }
    }

    fn trace(&self, tracer: &mut Tracer<'_>) {
        tracer.values(&[self.method, self.argument]);
    }
}

/// Looks at an open connection's session.
fn look<T>(heap: &mut Heap, socket: Value, look: impl FnOnce(&dyn Session) -> T) -> Result<T, Raised> {
    let session = heap.as_native::<SslSocket>(socket).and_then(|object| object.session.as_deref());
    let found = session.map(look);
    found.ok_or_else(|| Failure::from(ProtocolError::BAD_INPUT_DATA).raise(heap))
}

/// `getpeercert(True)`: the certificate of the other side in DER, or None.
fn peer_certificate(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let wants_bytes = given.get(1).is_some_and(|&flag| heap.as_int(flag).is_some_and(|flag| flag != 0));
    if !wants_bytes {
        return Err(heap.raise(TypeId::NotImplementedError, "getpeercert() without True"));
    }
    match look(heap, given[0], |session| session.peer_certificates())?.first() {
        Some(certificate) => heap.bytes(certificate),
        None => Ok(Value::NONE),
    }
}

/// `cipher()`: the names of cipher and version, each None before they are agreed upon.
fn cipher(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let Some((cipher, version)) = look(heap, given[0], |session| session.cipher())? else {
        return heap.tuple(&[Value::NONE, Value::NONE]);
    };
    let names = [heap.string(cipher)?, heap.str(version)?];
    heap.tuple(&names)
}

fn itself(_: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    Ok(given[0])
}

/// `SSLSocket`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        full("read", 1, 2, read),
        full("readinto", 2, 3, read_into),
        full("readline", 1, 2, read_line),
        full("write", 2, 4, write),
        full("recv", 2, 2, receive),
        full("recv_into", 2, 3, receive_into),
        full("send", 2, 2, write),
        full("sendall", 2, 2, write),
        full("setblocking", 2, 2, set_blocking),
        full("ioctl", 3, 3, poll::ioctl),
        full("close", 1, 1, close::close),
        plain("getpeercert", 1, 2, peer_certificate),
        plain("cipher", 1, 1, cipher),
        plain("__enter__", 1, 1, itself),
        full("__exit__", 1, 4, close::close),
    ],
    ..TypeDef::named("SSLSocket")
};
