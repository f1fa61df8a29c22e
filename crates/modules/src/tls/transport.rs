//! How the bytes of a connection travel over a socket: as far as that goes without waiting.

use super::failure::Failure;
use super::socket::SslSocket;
use super::system::Session;
use crate::errno::{EAGAIN, EBADF, ENOMEM};
use crate::net::system::Socket;
use crate::socket::SocketObject;
use crate::vfs::system::Errno;
use alloc::vec::Vec;
use wigwag_vm::heap::{Heap, Value};

/// How much is received at once at the most.
const PIECE: usize = 1 << 14;

/// How far it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Travel {
    /// Something has come, or all has been sent.
    Done,
    /// Not now.
    Blocked,
}

/// Takes session and socket out of their objects meanwhile.
fn with_both<T>(
    heap: &mut Heap,
    connection: Value,
    work: impl FnOnce(&mut dyn Session, &mut dyn Socket) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let Some(object) = heap.as_native_mut::<SslSocket>(connection) else {
        return Err(Failure::System(EBADF));
    };
    let (transport, session) = (object.transport, object.session.take());
    let socket =
        heap.as_native_mut::<SocketObject>(transport).and_then(|object| object.socket.as_deref_mut());
    let (result, session) = match (session, socket) {
        (Some(mut session), Some(socket)) => (work(&mut *session, socket), Some(session)),
        (session, _) => (Err(Failure::System(EBADF)), session),
    };
    if let Some(object) = heap.as_native_mut::<SslSocket>(connection) {
        object.session = session;
    }
    result
}

/// Sends what is to be sent.
pub fn send(heap: &mut Heap, connection: Value) -> Result<Travel, Failure> {
    with_both(heap, connection, |session, socket| {
        while !session.outgoing().is_empty() {
            match socket.send(session.outgoing(), 0, None) {
                Ok(count) => session.sent(count),
                Err(EAGAIN) => return Ok(Travel::Blocked),
                Err(errno) => return Err(Failure::System(errno)),
            }
        }
        Ok(Travel::Done)
    })
}

/// Receives a piece, or the end.
pub fn receive(heap: &mut Heap, connection: Value) -> Result<Travel, Failure> {
    with_both(heap, connection, |session, socket| {
        let mut piece: Vec<u8> = Vec::new();
        piece.try_reserve_exact(PIECE).map_err(|_| Failure::System(ENOMEM))?;
        piece.resize(PIECE, 0);
        match socket.receive(&mut piece, 0) {
            Ok((count, _)) => take(session, Ok(&piece[..count])),
            Err(errno) => take(session, Err(errno)),
        }
    })
}

/// Gives a session what has come: nothing is the end.
pub fn take(session: &mut dyn Session, came: Result<&[u8], Errno>) -> Result<Travel, Failure> {
    match came {
        Ok([]) => session.input_ended(),
        Ok(bytes) => session.feed(bytes),
        Err(EAGAIN) => return Ok(Travel::Blocked),
        Err(errno) => Err(Failure::System(errno)),
    }?;
    Ok(Travel::Done)
}
