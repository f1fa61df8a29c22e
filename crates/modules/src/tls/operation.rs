//! What can be done with an encrypted connection that may have to wait: how far it gets with what the session has.
//!
//! What always holds: nothing is taken from the session that was not noted, so an operation that is put down for lack of
//! memory, or of bytes, goes on where it was.

use super::failure::{Failure, ProtocolError};
use super::system::Session;
use alloc::vec::Vec;
use wigwag_vm::heap::{Heap, Tracer, Value};

/// How much is encrypted at once at the most: what one record of the protocol holds.
const PIECE: usize = 1 << 14;

/// An operation with its arguments.
pub enum Operation {
    /// The handshake alone.
    Handshake,
    /// Everything up to a count or the end: `read`.
    Read { most: usize },
    /// The same into a buffer: `readinto`.
    ReadInto { buffer: Value, most: usize },
    /// Up to the end of a line: `readline`.
    ReadLine { most: usize },
    /// One piece of what comes: `recv`.
    Receive { most: usize },
    /// One piece, into a buffer: `recv_into`.
    ReceiveInto { buffer: Value, most: usize },
    /// Part of a buffer: `write`.
    Write { buffer: Value, start: usize, count: usize },
}

/// What an operation has come to.
#[derive(Default)]
pub struct Done {
    /// What was read.
    pub bytes: Vec<u8>,
    /// How much was written.
    pub count: usize,
}

/// What an operation needs next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing: it is over.
    Nothing,
    /// Something from the other side.
    Input,
    /// That what is to be sent is sent.
    Output,
    /// Memory.
    Memory,
}

/// What the handshake needs; nothing when it is over.
pub fn handshake_need(session: &dyn Session) -> Need {
    match (session.is_handshaking(), session.outgoing().is_empty()) {
        (false, _) => Need::Nothing,
        (true, true) => Need::Input,
        (true, false) => Need::Output,
    }
}

impl Operation {
    /// Whether it takes what comes.
    pub fn is_reading(&self) -> bool {
        !matches!(self, Operation::Handshake | Operation::Write { .. })
    }

    /// Shows the collector what it holds.
    pub fn trace(&self, tracer: &mut Tracer<'_>) {
        match self {
            Operation::ReadInto { buffer, .. }
            | Operation::ReceiveInto { buffer, .. }
            | Operation::Write { buffer, .. } => tracer.value(*buffer),
            _ => {}
        }
    }

    /// Goes on, after the handshake. `in_flight`: how many bytes are encrypted and perhaps sent, but were not yet
    /// counted as written.
    pub fn proceed(
        &self,
        heap: &Heap,
        session: &mut dyn Session,
        in_flight: &mut usize,
        done: &mut Done,
    ) -> Result<Need, Failure> {
        match self {
            Operation::Handshake if session.outgoing().is_empty() => Ok(Need::Nothing),
            Operation::Handshake => Ok(Need::Output),
            Operation::Read { most } | Operation::ReadInto { most, .. } | Operation::ReadLine { most } => {
                self.read(heap, session, *most, done, false)
            }
            Operation::Receive { most } | Operation::ReceiveInto { most, .. } => {
                self.read(heap, session, *most, done, true)
            }
            Operation::Write { buffer, start, count } => {
                let bytes = heap.as_buffer(*buffer).and_then(|bytes| bytes.get(*start..)).unwrap_or(&[]);
                write(session, &bytes[..bytes.len().min(*count)], in_flight, done)
            }
        }
    }

    /// Takes what there is, up to a count, the end of a line, or the first piece.
    fn read(
        &self,
        heap: &Heap,
        session: &mut dyn Session,
        most: usize,
        done: &mut Done,
        one_piece: bool,
    ) -> Result<Need, Failure> {
        let is_line = matches!(self, Operation::ReadLine { .. });
        while done.bytes.len() < most {
            let there = session.plaintext();
            let there = &there[..there.len().min(most - done.bytes.len())];
            let line = there.iter().position(|&byte| byte == b'\n').filter(|_| is_line);
            let piece = line.map_or(there, |end| &there[..=end]);
            if piece.is_empty() {
                return Ok(if session.has_ended()? { Need::Nothing } else { Need::Input });
            }
            // Not the heap's, but of the same size: what does not fit there is too much here.
            let count = piece.len();
            if done.bytes.len() + count > heap.free_bytes() || done.bytes.try_reserve(count).is_err() {
                return Ok(Need::Memory);
            }
            done.bytes.extend_from_slice(piece);
            session.consume(count);
            if line.is_some() || one_piece {
                break;
            }
        }
        Ok(Need::Nothing)
    }
}

/// Encrypts the next piece when the one before has been sent: what a program is told was written is on its way.
fn write(
    session: &mut dyn Session,
    bytes: &[u8],
    in_flight: &mut usize,
    done: &mut Done,
) -> Result<Need, Failure> {
    if !session.outgoing().is_empty() {
        return Ok(Need::Output);
    }
    let written = (*in_flight).min(bytes.len().saturating_sub(done.count));
    done.count += written;
    *in_flight -= written;
    let rest = bytes.get(done.count..).unwrap_or(&[]);
    if rest.is_empty() {
        return Ok(Need::Nothing);
    }
    match session.seal(&rest[..rest.len().min(PIECE)])? {
        0 => Err(ProtocolError::INTERNAL_ERROR.into()),
        count => {
            *in_flight += count;
            Ok(Need::Output)
        }
    }
}
