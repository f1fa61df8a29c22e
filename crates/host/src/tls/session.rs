//! One end of a connection: rustls's, with its input and output in buffers.

use std::io::{BufRead, Write};

use rustls::{CertificateError, Connection, Error, InvalidMessage, PeerIncompatible, ProtocolVersion};
use wigwag_modules::tls::failure::{Failure, ProtocolError};
use wigwag_modules::tls::system::Session;

use super::ciphers;
use super::judge::Refused;

/// Bytes, and how many of them have been taken from the front. All gone, they leave no buffer behind: connections are
/// idle most of the time.
#[derive(Default)]
struct Bytes {
    all: Vec<u8>,
    gone: usize,
}

impl Bytes {
    fn rest(&self) -> &[u8] {
        self.all.get(self.gone..).unwrap_or(&[])
    }

    fn take(&mut self, count: usize) {
        self.gone = self.gone.saturating_add(count);
        if self.gone >= self.all.len() {
            *self = Bytes::default();
        }
    }
}

/// A connection of rustls.
pub struct RustlsSession {
    connection: Connection,
    outgoing: Bytes,
    /// Taken out of rustls at once, because it takes nothing more while it holds much.
    plaintext: Bytes,
    ended: bool,
    /// What went wrong behind the plaintext.
    broken: Option<Failure>,
}

impl RustlsSession {
    /// A connection, perhaps with something to send.
    pub fn new(connection: Connection) -> RustlsSession {
        let mut session = RustlsSession {
            connection,
            outgoing: Bytes::default(),
            plaintext: Bytes::default(),
            ended: false,
            broken: None,
        };
        session.collect();
        session
    }

    /// Takes what rustls wants to send.
    fn collect(&mut self) {
        while self.connection.wants_write() {
            // Writing to memory does not fail.
            if !matches!(self.connection.write_tls(&mut self.outgoing.all), Ok(1..)) {
                break;
            }
        }
    }

    /// Takes what rustls has decrypted.
    fn gather(&mut self) {
        while let Ok(chunk @ [_, ..]) = self.connection.reader().into_first_chunk() {
            let count = chunk.len();
            self.plaintext.all.extend_from_slice(chunk);
            self.connection.reader().consume(count);
        }
    }

    fn take(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        while !bytes.is_empty() && !self.ended {
            // It takes something whenever it holds nothing.
            let taken = self.connection.read_tls(&mut bytes);
            let processed = self.connection.process_new_packets();
            self.gather();
            self.ended |= processed?.peer_has_closed();
            if !matches!(taken, Ok(1..)) {
                return Err(Error::General(String::from("input not taken")));
            }
        }
        Ok(())
    }
}

impl Session for RustlsSession {
    fn feed(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let result = self.take(bytes);
        self.collect();
        match result.map_err(|error| failure(&error)) {
            Err(failure) if !self.plaintext.rest().is_empty() => {
                self.broken = Some(failure);
                Ok(())
            }
            result => result,
        }
    }

    fn input_ended(&mut self) -> Result<(), Failure> {
        if self.is_handshaking() {
            return Err(ProtocolError::CONN_EOF.into());
        }
        self.ended = true;
        Ok(())
    }

    fn plaintext(&self) -> &[u8] {
        self.plaintext.rest()
    }

    fn consume(&mut self, count: usize) {
        self.plaintext.take(count);
    }

    fn has_ended(&self) -> Result<bool, Failure> {
        match self.broken {
            _ if !self.plaintext.rest().is_empty() => Ok(false),
            Some(failure) => Err(failure),
            None => Ok(self.ended),
        }
    }

    fn seal(&mut self, bytes: &[u8]) -> Result<usize, Failure> {
        let result = self.connection.writer().write(bytes);
        self.collect();
        result.map_err(|_| ProtocolError::INTERNAL_ERROR.into())
    }

    fn outgoing(&self) -> &[u8] {
        self.outgoing.rest()
    }

    fn sent(&mut self, count: usize) {
        self.outgoing.take(count);
    }

    fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    fn close(&mut self) {
        self.connection.send_close_notify();
        self.collect();
    }

    fn peer_certificates(&self) -> Vec<Vec<u8>> {
        let certificates = self.connection.peer_certificates().unwrap_or(&[]);
        certificates.iter().map(|certificate| certificate.to_vec()).collect()
    }

    fn cipher(&self) -> Option<(String, &'static str)> {
        let suite = self.connection.negotiated_cipher_suite()?;
        let version = match self.connection.protocol_version()? {
            ProtocolVersion::TLSv1_3 => "TLSv1.3",
            _ => "TLSv1.2",
        };
        Some((ciphers::name(suite.suite()), version))
    }
}

/// What programs are told of an error.
pub fn failure(error: &Error) -> Failure {
    match error {
        Error::AlertReceived(_) => ProtocolError::FATAL_ALERT_MESSAGE,
        Error::NoCertificatesPresented => ProtocolError::NO_CLIENT_CERTIFICATE,
        Error::InvalidCertificate(CertificateError::Other(other)) => {
            match other.0.downcast_ref::<Refused>() {
                Some(Refused(flaws)) => return Failure::Certificate(*flaws),
                None => ProtocolError::BAD_CERTIFICATE,
            }
        }
        Error::InvalidCertificate(_) => ProtocolError::BAD_CERTIFICATE,
        Error::InvalidMessage(
            InvalidMessage::InvalidContentType
            | InvalidMessage::UnknownProtocolVersion
            | InvalidMessage::MessageTooLarge
            | InvalidMessage::InvalidEmptyPayload,
        )
        | Error::PeerSentOversizedRecord => ProtocolError::INVALID_RECORD,
        Error::InvalidMessage(_) => ProtocolError::DECODE_ERROR,
        Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => {
            ProtocolError::UNEXPECTED_MESSAGE
        }
        Error::DecryptError => ProtocolError::INVALID_MAC,
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::Tls13RequiredForQuic,
        ) => ProtocolError::BAD_PROTOCOL_VERSION,
        // Without a certificate of one's own there is nothing to show: rustls has no name for that.
        Error::PeerIncompatible(_) | Error::General(_) => ProtocolError::HANDSHAKE_FAILURE,
        Error::PeerMisbehaved(_) => ProtocolError::ILLEGAL_PARAMETER,
        _ => ProtocolError::INTERNAL_ERROR,
    }
    .into()
}
