//! TLS for programs, by rustls: versions 1.2 and 1.3, with the cryptography of `ring`.
//!
//! | module | what |
//! |---|---|
//! | `session` | one end of a connection, as rustls has it |
//! | `judge` | who is trusted: by the rules that MicroPython's programs expect |
//! | `certificate` | what a certificate says that rustls does not ask for |
//! | `ciphers` | ciphers and the names they go by |
//!
//! Nothing is made, and no table initialised, before a program asks for its first context.

mod certificate;
mod ciphers;
mod judge;
mod session;

use std::rc::Rc;
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::{NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, ClientConnection, ServerConfig, ServerConnection};
use wigwag_modules::tls::failure::{Failure, ProtocolError};
use wigwag_modules::tls::system::{Endpoint, Identity, Session, Settings, Tls, Verification};

use judge::Judge;
use session::RustlsSession;

/// The mark of certificates and keys in text.
const PEM: &[u8] = b"-----BEGIN ";

/// TLS by rustls.
#[derive(Clone, Copy, Debug)]
pub struct HostTls;

fn is_pem(data: &[u8]) -> bool {
    data.windows(PEM.len()).any(|window| window == PEM)
}

/// The certificates in text or in bytes; none if there are none that can be read.
fn certificates(data: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    let found: Vec<_> = if is_pem(data) {
        CertificateDer::pem_slice_iter(data).collect::<Result<_, _>>().ok()?
    } else {
        vec![CertificateDer::from(data.to_vec())]
    };
    let readable = found.iter().all(|certificate| certificate::Facts::read(certificate).is_some());
    (!found.is_empty() && readable).then_some(found)
}

fn key(data: &[u8]) -> Option<PrivateKeyDer<'static>> {
    if is_pem(data) {
        return PrivateKeyDer::from_pem_slice(data).ok();
    }
    PrivateKeyDer::try_from(data).ok().map(|key| key.clone_key())
}

/// An identity as rustls has it, or what keeps it from being used.
fn certified(identity: &Identity, provider: &CryptoProvider) -> Result<CertifiedKey, &'static str> {
    let certificates = certificates(&identity.certificates).ok_or("invalid cert")?;
    let key = key(&identity.key).ok_or("invalid key")?;
    let key = provider.key_provider.load_private_key(key).map_err(|_| UNSUITABLE)?;
    // Whether the two belong together the other side finds out, as upstream has it.
    Ok(CertifiedKey::new(certificates, key))
}

const UNSUITABLE: &str = "invalid key: RSA has 2048 bits or more here, ECDSA the curves P-256 and P-384";

impl Tls for HostTls {
    fn ciphers(&self) -> Vec<String> {
        ciphers::all().iter().map(|suite| ciphers::name(suite.suite())).collect()
    }

    fn is_key(&self, data: &[u8]) -> bool {
        key(data).is_some()
    }

    fn is_certificates(&self, data: &[u8]) -> bool {
        certificates(data).is_some()
    }

    fn objection(&self, identity: &Identity) -> Option<&'static str> {
        certified(identity, &rustls::crypto::ring::default_provider()).err()
    }

    fn endpoint(&self, settings: &Settings) -> Result<Rc<dyn Endpoint>, Failure> {
        let endpoint = if settings.server { server(settings) } else { client(settings) };
        endpoint.ok_or(ProtocolError::BAD_CONFIG.into())
    }
}

/// The cryptography, with the ciphers that may be used.
fn provider(settings: &Settings) -> Arc<CryptoProvider> {
    let mut provider = rustls::crypto::ring::default_provider();
    if let Some(chosen) = &settings.ciphers {
        provider.cipher_suites = ciphers::choose(chosen);
    }
    Arc::new(provider)
}

fn judge(settings: &Settings, provider: &CryptoProvider) -> Arc<Judge> {
    let authorities = settings.authorities.iter().filter_map(|data| certificates(data)).flatten().collect();
    Arc::new(Judge::new(authorities, settings.verification, provider.signature_verification_algorithms))
}

fn client(settings: &Settings) -> Option<Rc<dyn Endpoint>> {
    let provider = provider(settings);
    let versions = ciphers::versions(&provider.cipher_suites);
    let judge = judge(settings, &provider);
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&versions)
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(judge);
    let mut config = match &settings.identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let certified = certified(identity, &provider).ok()?;
            builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(certified)))
        }
    };
    // Every connection is looked at for itself, as upstream does.
    config.resumption = Resumption::disabled();
    Some(Rc::new(Client(Arc::new(config))))
}

/// A server without a certificate can be made; it has none to show.
#[derive(Debug)]
struct Nobody;

impl ResolvesServerCert for Nobody {
    fn resolve(&self, _: rustls::server::ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        None
    }
}

fn server(settings: &Settings) -> Option<Rc<dyn Endpoint>> {
    let provider = provider(settings);
    let mut versions = ciphers::versions(&provider.cipher_suites);
    if settings.verification == Verification::Required {
        // In 1.3 a client has done its part before the server sees its certificate: whatever it writes then seems to go
        // well. In 1.2, which is all that upstream speaks, its handshake says that it was refused.
        versions.retain(|version| *version == &rustls::version::TLS12);
    }
    let builder =
        ServerConfig::builder_with_provider(Arc::clone(&provider)).with_protocol_versions(&versions).ok()?;
    let builder = match settings.verification {
        Verification::None => builder.with_no_client_auth(),
        _ => builder.with_client_cert_verifier(judge(settings, &provider)),
    };
    let resolver: Arc<dyn ResolvesServerCert> = match &settings.identity {
        None => Arc::new(Nobody),
        Some(identity) => Arc::new(SingleCertAndKey::from(certified(identity, &provider).ok()?)),
    };
    let mut config = builder.with_cert_resolver(resolver);
    // Nobody resumes, so there is nothing to remember and no ticket to send: a client that only writes, and closes
    // with tickets unread, would reset the connection and lose what it has written.
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Some(Rc::new(Server(Arc::new(config))))
}

struct Client(Arc<ClientConfig>);

impl Endpoint for Client {
    fn session(&self, host: Option<&str>) -> Result<Box<dyn Session>, Failure> {
        let name = match host {
            Some(host) => ServerName::try_from(host.to_owned()).map_err(|_| ProtocolError::BAD_INPUT_DATA)?,
            // A number is not sent, and without a name nobody looks for it in the certificate.
            None => ServerName::IpAddress(std::net::Ipv4Addr::UNSPECIFIED.into()),
        };
        let connection =
            ClientConnection::new(Arc::clone(&self.0), name).map_err(|error| session::failure(&error))?;
        Ok(Box::new(RustlsSession::new(connection.into())))
    }
}

struct Server(Arc<ServerConfig>);

impl Endpoint for Server {
    fn session(&self, _: Option<&str>) -> Result<Box<dyn Session>, Failure> {
        let connection =
            ServerConnection::new(Arc::clone(&self.0)).map_err(|error| session::failure(&error))?;
        Ok(Box::new(RustlsSession::new(connection.into())))
    }
}
