//! What a platform offers for encrypted connections. A platform need not: then there are no contexts.
//!
//! The protocol is a data structure here, as the scheduler is: a [`Session`] is given what has come from the other side
//! and says what is to be sent there, and somebody else does both. What must always hold: nothing here waits, and what
//! a session was given it keeps until it is asked for.

use super::failure::Failure;
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use wigwag_vm::heap::Tracer;
use wigwag_vm::run::{Extension, Vm};

/// How the certificate of the other side is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// Not at all; a server does not ask for one.
    None,
    /// A server asks for one and goes on without; nobody looks who vouches for it.
    Optional,
    /// There is no connection without a good one.
    Required,
}

/// A certificate, those that vouch for it, and its key.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificates: DER or PEM.
    pub certificates: Vec<u8>,
    /// The key: DER or PEM.
    pub key: Vec<u8>,
}

/// What a program has set for its connections.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether they are the server's ends.
    pub server: bool,
    /// What is asked of the other side.
    pub verification: Verification,
    /// Who one is.
    pub identity: Option<Identity>,
    /// Who is trusted: certificates, DER or PEM.
    pub authorities: Vec<Vec<u8>>,
    /// The ciphers that may be used, by name; none for all.
    pub ciphers: Option<Vec<String>>,
}

/// Encrypted connections.
pub trait Tls {
    /// The names of all ciphers, the best first.
    fn ciphers(&self) -> Vec<String>;

    /// Whether this is a key, of whatever kind.
    fn is_key(&self, data: &[u8]) -> bool;

    /// Whether these are certificates.
    fn is_certificates(&self, data: &[u8]) -> bool;

    /// What keeps this identity from being used, if anything: a sentence.
    fn objection(&self, identity: &Identity) -> Option<&'static str>;

    /// What connections with these settings are made from.
    fn endpoint(&self, settings: &Settings) -> Result<Rc<dyn Endpoint>, Failure>;
}

/// One end of connections, with all that is set for it.
pub trait Endpoint {
    /// A new connection; for a client, to a server of this name.
    fn session(&self, host: Option<&str>) -> Result<Box<dyn Session>, Failure>;
}

/// One end of one connection.
pub trait Session {
    /// Takes what has come. After a failure there is perhaps something to send still, and nothing else; one behind
    /// something for the program is told when the program has taken that.
    fn feed(&mut self, bytes: &[u8]) -> Result<(), Failure>;

    /// Nothing more will come.
    fn input_ended(&mut self) -> Result<(), Failure>;

    /// What has come for the program.
    fn plaintext(&self) -> &[u8];

    /// The program has taken so many bytes of it.
    fn consume(&mut self, count: usize);

    /// Whether there is nothing for the program, and will be nothing.
    fn has_ended(&self) -> Result<bool, Failure>;

    /// Takes something to send from the program; says how much of it. Not before the handshake is over.
    fn seal(&mut self, bytes: &[u8]) -> Result<usize, Failure>;

    /// What is to be sent.
    fn outgoing(&self) -> &[u8];

    /// So many bytes of it have been sent.
    fn sent(&mut self, count: usize);

    /// Whether the two do not know each other yet.
    fn is_handshaking(&self) -> bool;

    /// Says goodbye: that is what is to be sent then.
    fn close(&mut self);

    /// The certificates that the other side has shown, its own first: DER.
    fn peer_certificates(&self) -> Vec<Vec<u8>>;

    /// Cipher and version, once they are agreed upon.
    fn cipher(&self) -> Option<(String, &'static str)>;
}

struct Provided(Rc<dyn Tls>);

impl Extension for Provided {
    fn trace(&self, _tracer: &mut Tracer<'_>) {}
}

/// Gives a machine encrypted connections.
pub fn provide(vm: &mut Vm, tls: Rc<dyn Tls>) {
    match vm.extension::<Provided>() {
        Some(provided) => provided.0 = tls,
        None => vm.extensions.push(Box::new(Provided(tls))),
    }
}

/// The encrypted connections of a machine, if it has them.
pub fn tls(vm: &mut Vm) -> Option<Rc<dyn Tls>> {
    vm.extension::<Provided>().map(|provided| Rc::clone(&provided.0))
}
