//! What goes wrong in an encrypted connection, and the exceptions that programs see.
//!
//! Numbers, names and sentences are those of the library that upstream's boards have: programs tell errors apart by them.

use crate::vfs::system::Errno;
use wigwag_vm::heap::{Heap, Raised, TypeId, Value};

/// An error of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProtocolError {
    number: i32,
    name: &'static str,
}

macro_rules! protocol_errors {
    ($($(#[doc = $doc:literal])+ $constant:ident = $number:literal $name:literal;)+) => {
        impl ProtocolError {
            $(
                $(#[doc = $doc])+
                pub const $constant: ProtocolError = ProtocolError { number: $number, name: $name };
            )+
        }
    };
}

protocol_errors! {
    /// The settings contradict each other, or name a cipher that there is not.
    BAD_CONFIG = -24192 "MBEDTLS_ERR_SSL_BAD_CONFIG";
    /// A value in a message is not one of those that it may have.
    ILLEGAL_PARAMETER = -26112 "MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER";
    /// Something that cannot happen.
    INTERNAL_ERROR = -27648 "MBEDTLS_ERR_SSL_INTERNAL_ERROR";
    /// The two have no cipher, no curve or no certificate in common.
    HANDSHAKE_FAILURE = -28160 "MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE";
    /// The two have no version of the protocol in common.
    BAD_PROTOCOL_VERSION = -28288 "MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION";
    /// An argument that cannot be right.
    BAD_INPUT_DATA = -28928 "MBEDTLS_ERR_SSL_BAD_INPUT_DATA";
    /// What came was changed on its way.
    INVALID_MAC = -29056 "MBEDTLS_ERR_SSL_INVALID_MAC";
    /// What came is not this protocol.
    INVALID_RECORD = -29184 "MBEDTLS_ERR_SSL_INVALID_RECORD";
    /// The other side went away before the handshake was over.
    CONN_EOF = -29312 "MBEDTLS_ERR_SSL_CONN_EOF";
    /// A message that cannot be read.
    DECODE_ERROR = -29440 "MBEDTLS_ERR_SSL_DECODE_ERROR";
    /// The client has no certificate and needs one.
    NO_CLIENT_CERTIFICATE = -29824 "MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE";
    /// A message that has no place here.
    UNEXPECTED_MESSAGE = -30464 "MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE";
    /// The other side has ended the connection with an error.
    FATAL_ALERT_MESSAGE = -30592 "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE";
    /// A certificate that cannot be read, or a signature that is not its owner's.
    BAD_CERTIFICATE = -31232 "MBEDTLS_ERR_SSL_BAD_CERTIFICATE";
}

/// What is wrong with a certificate that can be read: bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flaws(pub u8);

impl Flaws {
    /// Its time is over.
    pub const EXPIRED: Flaws = Flaws(1);
    /// It is somebody else's.
    pub const OTHER_NAME: Flaws = Flaws(2);
    /// Nobody who is trusted vouches for it.
    pub const NOT_TRUSTED: Flaws = Flaws(4);
    /// Its time has not come.
    pub const NOT_YET_VALID: Flaws = Flaws(8);

    /// Puts another flaw to these.
    pub fn add(&mut self, other: Flaws) {
        self.0 |= other.0;
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

const SENTENCES: [(Flaws, &str); 4] = [
    (Flaws::EXPIRED, "The certificate validity has expired"),
    (Flaws::OTHER_NAME, "The certificate Common Name (CN) does not match with the expected CN"),
    (Flaws::NOT_TRUSTED, "The certificate is not correctly signed by the trusted CA"),
    (Flaws::NOT_YET_VALID, "The certificate validity starts in the future"),
];

/// Why a connection, or the making of one, came to an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// An error of the protocol: an `OSError` with number and name.
    Protocol(ProtocolError),
    /// The other side's certificate: a `ValueError` with a sentence for each flaw.
    Certificate(Flaws),
    /// The program's function that looks at certificates has refused one, with this number.
    Refused(i32),
    /// What carries the connection has failed: an `OSError` with the system's number.
    System(Errno),
}

impl From<ProtocolError> for Failure {
    fn from(error: ProtocolError) -> Failure {
        Failure::Protocol(error)
    }
}

fn raise_pair(heap: &mut Heap, number: i32, name: &'static str) -> Raised {
    let made = heap.intern_static(name).and_then(|name| {
        let number = heap.int(number.into())?;
        heap.new_exception(TypeId::OsError, &[number, Value::from_symbol(name)])
    });
    made.map_or_else(|raised| raised, Raised)
}

impl Failure {
    /// The exception for it.
    #[cold]
    pub fn raise(self, heap: &mut Heap) -> Raised {
        match self {
            Failure::Protocol(ProtocolError { number, name }) => raise_pair(heap, number, name),
            Failure::Refused(number) => raise_pair(heap, number, "MBEDTLS_ERR_ERROR_GENERIC_ERROR"),
            Failure::System(errno) => heap.raise_os(errno),
            Failure::Certificate(flaws) => {
                let sentences = SENTENCES.map(|(flaw, text)| if flaws.0 & flaw.0 != 0 { text } else { "" });
                let mut message = alloc::string::String::new();
                for sentence in sentences.into_iter().filter(|sentence| !sentence.is_empty()) {
                    message.push('\n');
                    message.push_str(sentence);
                    message.push('\n');
                }
                heap.raise(TypeId::ValueError, &message)
            }
        }
    }
}
