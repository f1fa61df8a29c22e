//! What can be done with a socket that may have to wait: one attempt at it.
//!
//! What always holds: an attempt never waits; what it has done is noted before anything can fail for lack of memory, so
//! that nothing is received or sent twice.

use crate::errno::{EAGAIN, EINPROGRESS, EISCONN, ENOMEM};
use crate::net::address::Address;
use crate::net::system::{Events, READ, Socket, WRITE};
use crate::vfs::system::Errno;
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::{Heap, Tracer, Value};

/// Look at what has come without taking it.
pub const PEEK: u32 = 2;
/// This once, do not wait.
pub const DO_NOT_WAIT: u32 = 0x40;

/// How much is received at once at the most.
const PIECE: usize = 1 << 16;
/// How much is looked at for the end of a line.
const LINE_PIECE: usize = 512;
/// One who sends without end is read so much of before others have their turns.
const MOST_AT_ONCE: usize = 1 << 18;

/// An operation with its arguments.
pub enum Operation {
    /// `accept()`
    Accept,
    /// `connect(address)`
    Connect(Address),
    /// One piece of what comes: `recv`, and with the sender's address `recvfrom`.
    Receive { most: usize, flags: u32, with_sender: bool },
    /// One piece, into a buffer: `recv_into`.
    ReceiveInto { buffer: Value, most: usize, flags: u32 },
    /// Everything up to a count or the end: `read`.
    Read { most: usize },
    /// The same into a buffer: `readinto`.
    ReadInto { buffer: Value, most: usize },
    /// Up to the end of a line: `readline`.
    ReadLine { most: usize },
    /// Bytes from a place on: `send`, `sendto`, `sendall`.
    Send { buffer: Value, flags: u32, to: Option<Address>, all: bool },
    /// Part of a buffer: `write`.
    Write { buffer: Value, start: usize, count: usize },
}

/// What an operation has come to.
#[derive(Default)]
pub struct Done {
    /// What was received.
    pub bytes: Vec<u8>,
    /// How much was received or sent.
    pub count: usize,
    /// Who sent it.
    pub sender: Option<Address>,
    /// Who has connected.
    pub accepted: Option<(Box<dyn Socket>, Address)>,
    /// A connection is being made.
    pub connecting: bool,
}

/// How an attempt went.
pub enum Progress {
    /// It is over.
    Over,
    /// It can go on when the descriptor is ready for this.
    Wait(Events),
    /// It can go on at once, and has to look first whether the heap has room for so much.
    Again,
}

/// Takes "not now" for what it is.
fn or_wait(result: Result<(), Errno>, events: Events) -> Result<Progress, Errno> {
    match result {
        Ok(()) => Ok(Progress::Over),
        Err(EAGAIN) => Ok(Progress::Wait(events)),
        Err(errno) => Err(errno),
    }
}

/// Receives one piece behind what there is. Tells how many bytes came.
fn receive(socket: &mut dyn Socket, most: usize, flags: u32, done: &mut Done) -> Result<usize, Errno> {
    let start = done.bytes.len();
    let piece = most.min(PIECE);
    done.bytes.try_reserve(piece).map_err(|_| ENOMEM)?;
    done.bytes.resize(start + piece, 0);
    let result = socket.receive(&mut done.bytes[start..], flags);
    done.bytes.truncate(start + result.as_ref().map_or(0, |(count, _)| *count));
    let (count, sender) = result?;
    done.sender = Some(sender);
    Ok(count)
}

impl Operation {
    /// Whether it is a stream's: then it gives what it has when it would have to wait and must not, or else None.
    pub fn is_of_streams(&self) -> bool {
        use Operation::{Read, ReadInto, ReadLine, Write};
        matches!(self, Read { .. } | ReadInto { .. } | ReadLine { .. } | Write { .. })
    }

    /// Whether the program wants no waiting this once.
    pub fn must_not_wait(&self) -> bool {
        match self {
            Operation::Receive { flags, .. }
            | Operation::ReceiveInto { flags, .. }
            | Operation::Send { flags, .. } => flags & DO_NOT_WAIT != 0,
            _ => false,
        }
    }

    /// Shows the collector what it holds.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        match self {
            Operation::ReceiveInto { buffer, .. }
            | Operation::ReadInto { buffer, .. }
            | Operation::Send { buffer, .. }
            | Operation::Write { buffer, .. } => tracer.value(*buffer),
            _ => {}
        }
    }

    /// Tries it, or goes on with it.
    pub fn attempt(&self, heap: &Heap, socket: &mut dyn Socket, done: &mut Done) -> Result<Progress, Errno> {
        match self {
            Operation::Accept => {
                let accepted = socket.accept().map(|accepted| done.accepted = Some(accepted));
                or_wait(accepted, READ)
            }
            Operation::Connect(address) => connect(socket, address, done),
            Operation::Receive { most, flags, .. } | Operation::ReceiveInto { most, flags, .. } => {
                or_wait(receive(socket, *most, *flags, done).map(|_| ()), READ)
            }
            Operation::Read { most } | Operation::ReadInto { most, .. } => read(socket, *most, done),
            Operation::ReadLine { most } => read_line(socket, *most, done),
            Operation::Send { buffer, flags, to, .. } => {
                let bytes = heap.as_buffer(*buffer).unwrap_or(&[]);
                send(socket, bytes, *flags, to.as_ref(), done)
            }
            Operation::Write { buffer, start, count } => {
                let bytes = heap.as_buffer(*buffer).and_then(|bytes| bytes.get(*start..)).unwrap_or(&[]);
                send(socket, &bytes[..bytes.len().min(*count)], 0, None, done)
            }
        }
    }
}

fn connect(socket: &mut dyn Socket, address: &Address, done: &mut Done) -> Result<Progress, Errno> {
    if !done.connecting {
        return match socket.connect(address) {
            Ok(()) => Ok(Progress::Over),
            Err(EINPROGRESS) => {
                done.connecting = true;
                Ok(Progress::Wait(WRITE))
            }
            Err(errno) => Err(errno),
        };
    }
    match socket.take_error() {
        Some(EISCONN) => Ok(Progress::Over),
        Some(errno) => Err(errno),
        None if socket.peer_address().is_ok() => Ok(Progress::Over),
        None => Ok(Progress::Wait(WRITE)),
    }
}

fn read(socket: &mut dyn Socket, most: usize, done: &mut Done) -> Result<Progress, Errno> {
    let pause = done.bytes.len().saturating_add(MOST_AT_ONCE);
    while done.bytes.len() < most {
        if done.bytes.len() >= pause {
            return Ok(Progress::Again);
        }
        let left = most - done.bytes.len();
        match receive(socket, left, 0, done) {
            Ok(0) => return Ok(Progress::Over),
            Ok(_) => {}
            Err(EAGAIN) => return Ok(Progress::Wait(READ)),
            Err(errno) => return Err(errno),
        }
    }
    Ok(Progress::Over)
}

/// Looks at what has come and takes just as much as belongs to the line.
fn read_line(socket: &mut dyn Socket, most: usize, done: &mut Done) -> Result<Progress, Errno> {
    let pause = done.bytes.len().saturating_add(MOST_AT_ONCE);
    while done.bytes.len() < most {
        if done.bytes.len() >= pause {
            return Ok(Progress::Again);
        }
        let start = done.bytes.len();
        let wanted = (most - start).min(LINE_PIECE);
        let looked = receive(socket, wanted, PEEK, done);
        let end = done.bytes[start..].iter().position(|&byte| byte == b'\n');
        let wanted = end.map_or(done.bytes.len() - start, |end| end + 1);
        done.bytes.truncate(start);
        match looked {
            Ok(0) => return Ok(Progress::Over),
            Ok(_) => {}
            Err(EAGAIN) => return Ok(Progress::Wait(READ)),
            Err(errno) => return Err(errno),
        }
        match receive(socket, wanted, 0, done) {
            Ok(0) => return Ok(Progress::Over),
            Ok(_) if done.bytes.last() == Some(&b'\n') => return Ok(Progress::Over),
            Ok(_) => {}
            Err(EAGAIN) => return Ok(Progress::Wait(READ)),
            Err(errno) => return Err(errno),
        }
    }
    Ok(Progress::Over)
}

fn send(
    socket: &mut dyn Socket,
    bytes: &[u8],
    flags: u32,
    to: Option<&Address>,
    done: &mut Done,
) -> Result<Progress, Errno> {
    loop {
        let rest = bytes.get(done.count..).unwrap_or(&[]);
        if rest.is_empty() && done.count > 0 {
            return Ok(Progress::Over);
        }
        match socket.send(rest, flags, to) {
            Ok(count) => done.count += count,
            Err(EAGAIN) => return Ok(Progress::Wait(WRITE)),
            Err(errno) => return Err(errno),
        }
        if bytes.is_empty() {
            // An empty datagram has gone.
            return Ok(Progress::Over);
        }
    }
}
