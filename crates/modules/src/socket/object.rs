//! The type `socket`: what it is made of, and its methods.

use super::attempt::perform;
use super::operation::{Ahead, Operation};
use super::resolve::with_address;
use crate::arguments;
use crate::errno::{EBADF, EINVAL, ENODEV};
use crate::net::address::Address;
use crate::net::interests;
use crate::net::system::{self, Socket};
use crate::vfs::system::Errno;
use alloc::boxed::Box;
use wigwag_vm::heap::{Handle, Heap, Raised, Tracer, TypeId, Value};
use wigwag_vm::objects::function::{TypeDef, full, full_constructor, plain};
use wigwag_vm::objects::native::NativeObject;
use wigwag_vm::run::{Arguments, Outcome, Vm};

/// How many may wait to be accepted, if the program does not say.
const BACKLOG: i64 = 2;

/// How long a socket may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Timeout {
    /// It must not.
    Never,
    /// So many microseconds.
    After(u64),
    /// As long as it takes.
    Forever,
}

/// A socket as programs have it.
pub struct SocketObject {
    class: Handle,
    /// The platform's; none when it is closed.
    pub socket: Option<Box<dyn Socket>>,
    /// How long it may wait.
    pub timeout: Timeout,
    /// What was read of it before anybody asked.
    pub ahead: Ahead,
}

impl NativeObject for SocketObject {
    fn class(&self) -> Handle {
        self.class
    }

    fn bytes(&self) -> usize {
        size_of::<SocketObject>()
    }
}

impl SocketObject {
    /// An object around a socket, or one that is closed still.
    pub fn make(heap: &mut Heap, socket: Option<Box<dyn Socket>>) -> Result<Value, Raised> {
        let class = heap.class_for(&TYPE)?;
        arguments::object(
            heap,
            SocketObject { class, socket, timeout: Timeout::Forever, ahead: Ahead::default() },
        )
    }
}

/// The descriptor of a socket, -1 if it is closed; none for anything else.
pub fn descriptor(heap: &Heap, value: Value) -> Option<i32> {
    let object = heap.as_native::<SocketObject>(value)?;
    Some(object.socket.as_ref().map_or(-1, |socket| socket.descriptor()))
}

/// From now on whoever reads lines from a socket may read ahead: all who wait for it do so by the object, not by its
/// number.
pub fn read_ahead(heap: &mut Heap, value: Value) {
    if let Some(object) = heap.as_native_mut::<SocketObject>(value) {
        object.ahead.allowed = true;
    }
}

/// Whether there is something to read that the system does not know of any more.
pub fn has_input(heap: &Heap, value: Value) -> bool {
    heap.as_native::<SocketObject>(value)
        .is_some_and(|object| object.socket.is_some() && !object.ahead.rest().is_empty())
}

/// Does something that never waits with an open socket.
fn with<T>(
    heap: &mut Heap,
    value: Value,
    action: impl FnOnce(&mut dyn Socket) -> Result<T, Errno>,
) -> Result<T, Raised> {
    let socket = heap.as_native_mut::<SocketObject>(value).and_then(|object| object.socket.as_mut());
    let result = socket.map_or(Err(EBADF), |socket| action(&mut **socket));
    result.map_err(|errno| heap.raise_os(errno))
}

/// An integer argument that the system takes 32 bits of.
fn number(heap: &mut Heap, value: Value) -> Result<i32, Raised> {
    Ok(arguments::integer(heap, value)? as i32)
}

fn optional_number(vm: &mut Vm, given: Arguments, at: usize, usual: i32) -> Result<i32, Raised> {
    match given.get(vm, at) {
        Some(value) => number(&mut vm.heap, value),
        None => Ok(usual),
    }
}

fn construct(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let family = optional_number(vm, given, 1, crate::net::address::AF_INET)?;
    let kind = optional_number(vm, given, 2, super::names::STREAM as i32)?;
    let protocol = optional_number(vm, given, 3, 0)?;
    // The object first: the socket cannot get lost then.
    let object = SocketObject::make(&mut vm.heap, None)?;
    let opened = match system::network(vm) {
        Some(network) => network.open(family, kind, protocol),
        None => Err(ENODEV),
    };
    let socket = opened.map_err(|errno| vm.heap.raise_os(errno))?;
    if let Some(object) = vm.heap.as_native_mut::<SocketObject>(object) {
        object.socket = Some(socket);
    }
    Ok(object.into())
}

fn file_number(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let number = descriptor(heap, given[0]).unwrap_or(-1);
    heap.int(number.into())
}

fn itself(_: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    Ok(given[0])
}

fn close(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let socket = given.at(vm, 0);
    if let Some(socket) =
        vm.heap.as_native_mut::<SocketObject>(socket).and_then(|object| object.socket.take())
    {
        interests::close(vm, socket.descriptor());
    }
    Ok(Value::NONE.into())
}

/// What an address is for.
pub enum Purpose {
    /// `bind`
    Bind(Value),
    /// `connect`
    Connect(Value),
    /// `sendto`: the socket, the bytes, the flags.
    SendTo(Value, Value, u32),
}

impl Purpose {
    /// Does it. For lack of memory it may be asked to once more.
    pub fn fulfil(&self, vm: &mut Vm, address: Address) -> Result<Outcome, Raised> {
        match *self {
            Purpose::Bind(socket) => {
                with(&mut vm.heap, socket, |socket| socket.bind(&address))?;
                Ok(Value::NONE.into())
            }
            Purpose::Connect(socket) => perform(vm, socket, Operation::Connect(address)),
            Purpose::SendTo(socket, buffer, flags) => {
                perform(vm, socket, Operation::Send { buffer, flags, to: Some(address), all: false })
            }
        }
    }

    /// Shows the collector what it holds.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        match *self {
            Purpose::Bind(socket) | Purpose::Connect(socket) => tracer.value(socket),
            Purpose::SendTo(socket, buffer, _) => tracer.values(&[socket, buffer]),
        }
    }
}

fn bind(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (socket, address) = (given.at(vm, 0), given.at(vm, 1));
    with_address(vm, address, Purpose::Bind(socket))
}

fn listen(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let backlog = match given.get(1) {
        Some(&backlog) => arguments::integer(heap, backlog)?,
        None => BACKLOG,
    };
    let backlog = backlog.clamp(0, i64::from(i32::MAX)) as i32;
    with(heap, given[0], |socket| socket.listen(backlog))?;
    Ok(Value::NONE)
}

fn accept(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let socket = given.at(vm, 0);
    perform(vm, socket, Operation::Accept)
}

fn connect(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (socket, address) = (given.at(vm, 0), given.at(vm, 1));
    with_address(vm, address, Purpose::Connect(socket))
}

/// How much is to be received.
fn amount(vm: &mut Vm, value: Value) -> Result<usize, Raised> {
    let count = arguments::integer(&mut vm.heap, value)?;
    usize::try_from(count).map_err(|_| vm.heap.raise_bare(TypeId::ValueError))
}

fn receive_with(vm: &mut Vm, given: Arguments, with_sender: bool) -> Result<Outcome, Raised> {
    let (socket, most) = (given.at(vm, 0), given.at(vm, 1));
    let most = amount(vm, most)?;
    let flags = optional_number(vm, given, 2, 0)? as u32;
    perform(vm, socket, Operation::Receive { most, flags, with_sender })
}

fn receive(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    receive_with(vm, given, false)
}

fn receive_from(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    receive_with(vm, given, true)
}

/// The buffer that is to be filled, and how much of it: a count, if it is given and not zero.
fn target(vm: &mut Vm, given: Arguments) -> Result<(Value, usize), Raised> {
    let buffer = given.at(vm, 1);
    let room = arguments::writable(&mut vm.heap, buffer)?.len();
    let count = match given.get(vm, 2) {
        Some(count) => arguments::integer(&mut vm.heap, count)?,
        None => 0,
    };
    let most = usize::try_from(count).ok().filter(|&count| count > 0).unwrap_or(room).min(room);
    Ok((buffer, most))
}

fn receive_into(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (buffer, most) = target(vm, given)?;
    let flags = optional_number(vm, given, 3, 0)? as u32;
    let socket = given.at(vm, 0);
    perform(vm, socket, Operation::ReceiveInto { buffer, most, flags })
}

fn read_into(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (buffer, most) = target(vm, given)?;
    let socket = given.at(vm, 0);
    perform(vm, socket, Operation::ReadInto { buffer, most })
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

/// An argument whose bytes are sent.
fn source(vm: &mut Vm, value: Value) -> Result<(Value, usize), Raised> {
    let part = vm.heap.native_part(value);
    match vm.heap.as_buffer(part) {
        Some(bytes) => Ok((part, bytes.len())),
        None => Err(vm.heap.raise(TypeId::TypeError, "object with buffer protocol required")),
    }
}

fn send_with(vm: &mut Vm, given: Arguments, all: bool) -> Result<Outcome, Raised> {
    let (socket, bytes) = (given.at(vm, 0), given.at(vm, 1));
    let (buffer, _) = source(vm, bytes)?;
    let flags = optional_number(vm, given, 2, 0)? as u32;
    perform(vm, socket, Operation::Send { buffer, flags, to: None, all })
}

fn send(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    send_with(vm, given, false)
}

fn send_all(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    send_with(vm, given, true)
}

/// `sendto(bytes, address)`, `sendto(bytes, flags, address)`
fn send_to(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (socket, bytes) = (given.at(vm, 0), given.at(vm, 1));
    let (buffer, _) = source(vm, bytes)?;
    let (flags, address) = match given.get(vm, 3) {
        Some(address) => (optional_number(vm, given, 2, 0)? as u32, address),
        None => (0, given.at(vm, 2)),
    };
    with_address(vm, address, Purpose::SendTo(socket, buffer, flags))
}

/// `write(buffer)`, `write(buffer, size)`, `write(buffer, offset, size)`
fn write(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (socket, bytes) = (given.at(vm, 0), given.at(vm, 1));
    let (buffer, length) = source(vm, bytes)?;
    let (start, count) = match given.count {
        ..=2 => (0, length),
        3 => (0, arguments::bound(vm, given, 2)?),
        _ => (arguments::bound(vm, given, 2)?, arguments::bound(vm, given, 3)?),
    };
    let start = start.min(length);
    let count = count.min(length - start);
    if count == 0 {
        return Ok(Value::tiny_int(0).into());
    }
    perform(vm, socket, Operation::Write { buffer, start, count })
}

fn set_option(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let (level, option) = (number(heap, given[1])?, number(heap, given[2])?);
    let value = match heap.as_int(given[3]) {
        Some(value) => (value as i32).to_ne_bytes().to_vec(),
        None => arguments::buffer(heap, given[3])?,
    };
    with(heap, given[0], |socket| socket.set_option(level, option, &value))?;
    Ok(Value::NONE)
}

fn shut_down(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let how = number(heap, given[1])?;
    with(heap, given[0], |socket| socket.shut_down(how))?;
    Ok(Value::NONE)
}

fn local_address(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let address = with(heap, given[0], |socket| socket.local_address())?;
    heap.bytes(&address.encode())
}

fn peer_address(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let address = with(heap, given[0], |socket| socket.peer_address())?;
    heap.bytes(&address.encode())
}

fn set_wait(heap: &mut Heap, socket: Value, timeout: Timeout) -> Result<(), Raised> {
    with(heap, socket, |_| Ok(()))?;
    if let Some(object) = heap.as_native_mut::<SocketObject>(socket) {
        object.timeout = timeout;
    }
    Ok(())
}

fn set_blocking(vm: &mut Vm, given: Arguments) -> Result<Outcome, Raised> {
    let (socket, flag) = (given.at(vm, 0), given.at(vm, 1));
    let blocking = match vm.heap.as_int(flag) {
        Some(number) => number != 0,
        None => !flag.is_none(),
    };
    set_wait(&mut vm.heap, socket, if blocking { Timeout::Forever } else { Timeout::Never })?;
    Ok(Value::NONE.into())
}

fn set_timeout(heap: &mut Heap, given: &[Value]) -> Result<Value, Raised> {
    let timeout = match given[1] {
        Value::NONE => Timeout::Forever,
        seconds => match arguments::float(heap, seconds)? * 1e6 {
            us if us >= 1.0 => Timeout::After(us as u64),
            us if us >= 0.0 => Timeout::Never,
            _ => return Err(heap.raise_os(EINVAL)),
        },
    };
    set_wait(heap, given[0], timeout)?;
    Ok(Value::NONE)
}

fn write_repr(heap: &Heap, value: Value, out: &mut dyn core::fmt::Write) -> core::fmt::Result {
    write!(out, "<_socket {}>", descriptor(heap, value).unwrap_or(-1))
}

/// `socket.socket`
pub static TYPE: TypeDef = TypeDef {
    members: &[
        plain("fileno", 1, 1, file_number),
        plain("makefile", 1, 3, itself),
        full("read", 1, 2, read),
        full("readinto", 2, 3, read_into),
        full("readline", 1, 2, read_line),
        full("write", 2, 4, write),
        full("connect", 2, 2, connect),
        full("bind", 2, 2, bind),
        plain("listen", 1, 2, listen),
        full("accept", 1, 1, accept),
        full("recv", 2, 3, receive),
        full("recv_into", 2, 4, receive_into),
        full("recvfrom", 2, 3, receive_from),
        full("send", 2, 3, send),
        full("sendall", 2, 3, send_all),
        full("sendto", 3, 4, send_to),
        plain("setsockopt", 4, 4, set_option),
        full("setblocking", 2, 2, set_blocking),
        plain("settimeout", 2, 2, set_timeout),
        plain("shutdown", 2, 2, shut_down),
        plain("getsockname", 1, 1, local_address),
        plain("getpeername", 1, 1, peer_address),
        full("close", 1, 1, close),
        plain("__enter__", 1, 1, itself),
        full("__exit__", 1, 4, close),
    ],
    construct: full_constructor("socket", 0, 3, construct),
    repr: Some(write_repr),
    ..TypeDef::named("socket")
};
