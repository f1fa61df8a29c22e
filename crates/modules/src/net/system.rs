//! What a platform offers programs that talk to others: sockets, names, and whether a descriptor is ready.
//!
//! What must always hold: nothing here waits. A socket that would have to answers [`EAGAIN`](crate::errno::EAGAIN), and whoever called it waits
//! for its descriptor; so does whoever asks for a name whose addresses others know ([`Lookup`]). A [`Socket`] that is dropped
//! is closed.

use super::address::Address;
use crate::vfs::system::Errno;
use alloc::boxed::Box;
use alloc::vec::Vec;
use wigwag_vm::heap::Tracer;
use wigwag_vm::run::{Extension, Vm};

/// What a descriptor is waited for, or ready for: bits, with the numbers that `select` gives them.
pub type Events = u32;
/// It can be read.
pub const READ: Events = 1;
/// It can be written.
pub const WRITE: Events = 4;
/// It is in error; reported whether asked for or not.
pub const ERROR: Events = 8;
/// The other end is gone; reported whether asked for or not.
pub const HANG_UP: Events = 0x10;
/// It is no descriptor; reported whether asked for or not.
pub const INVALID: Events = 0x20;

/// A descriptor that is asked about.
#[derive(Clone, Copy, Debug)]
pub struct Polled {
    /// Its number.
    pub descriptor: i32,
    /// What is asked for.
    pub wanted: Events,
    /// The answer.
    pub found: Events,
}

/// What addresses are asked for; zeroes stand for any.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// A name or a number in text.
    pub host: &'a str,
    /// The port.
    pub port: u16,
    /// The family of the addresses.
    pub family: i32,
}

/// The addresses of a host; the error numbers are those of `getaddrinfo`.
pub type Addresses = Result<Vec<Address>, i32>;

/// What a question is answered with.
pub enum Answer {
    /// This is known.
    Now(Addresses),
    /// Somebody else has to be asked.
    Later(Box<dyn Lookup>),
}

/// A question that somebody else is being asked. Dropping it gives it up.
pub trait Lookup {
    /// Can be read as soon as there is an answer.
    fn descriptor(&self) -> i32;

    /// The answer, if it is there.
    fn take(&mut self) -> Option<Addresses>;
}

/// A network.
pub trait Network {
    /// Makes a socket, which will never wait.
    fn open(&mut self, family: i32, kind: i32, protocol: i32) -> Result<Box<dyn Socket>, Errno>;

    /// The addresses of a host. Numbers and the names of this machine are known at once.
    fn resolve(&mut self, question: &Question<'_>) -> Answer;

    /// Which of these descriptors are ready now.
    fn poll(&mut self, polled: &mut [Polled]) -> Result<(), Errno>;
}

/// A socket. Dropping it closes it.
pub trait Socket {
    /// The number by which the system knows it.
    fn descriptor(&self) -> i32;

    /// Gives it an address of its own.
    fn bind(&mut self, address: &Address) -> Result<(), Errno>;

    /// Lets others connect to it.
    fn listen(&mut self, backlog: i32) -> Result<(), Errno>;

    /// Begins to connect; [`EINPROGRESS`](crate::errno::EINPROGRESS) where that goes on in the background.
    fn connect(&mut self, address: &Address) -> Result<(), Errno>;

    /// Takes one who has connected, with its address.
    fn accept(&mut self) -> Result<(Box<dyn Socket>, Address), Errno>;

    /// Takes what has come, up to the length of the buffer, and says who sent it where that is known; zero bytes of a
    /// stream are its end.
    fn receive(&mut self, buffer: &mut [u8], flags: u32) -> Result<(usize, Address), Errno>;

    /// Sends some of the bytes, to an address if one is given; says how many.
    fn send(&mut self, bytes: &[u8], flags: u32, to: Option<&Address>) -> Result<usize, Errno>;

    /// No more is sent (`1`), or received (`0`), or neither (`2`).
    fn shut_down(&mut self, how: i32) -> Result<(), Errno>;

    /// Sets an option: the layout of its value is the system's.
    fn set_option(&mut self, level: i32, option: i32, value: &[u8]) -> Result<(), Errno>;

    /// The error that the socket has met in the background, if any; it is forgotten then.
    fn take_error(&mut self) -> Option<Errno>;

    /// Its own address.
    fn local_address(&self) -> Result<Address, Errno>;

    /// The address that it is connected to.
    fn peer_address(&self) -> Result<Address, Errno>;
}

/// The network of a machine.
struct Provided(Box<dyn Network>);

impl Extension for Provided {
    fn trace(&self, _tracer: &mut Tracer<'_>) {}
}

/// Gives a machine a network.
pub fn provide(vm: &mut Vm, network: Box<dyn Network>) {
    match vm.extension::<Provided>() {
        Some(provided) => provided.0 = network,
        None => vm.extensions.push(Box::new(Provided(network))),
    }
}

/// The network of a machine, if it has one.
pub fn network(vm: &mut Vm) -> Option<&mut dyn Network> {
    match vm.extension::<Provided>() {
        Some(provided) => Some(&mut *provided.0),
        None => None,
    }
}
