//! Ciphers, and the names they go by in upstream: `TLS-ECDHE-RSA-WITH-AES-128-GCM-SHA256`, `TLS1-3-AES-128-GCM-SHA256`.

use rustls::{CipherSuite, SupportedCipherSuite, SupportedProtocolVersion};

/// All of them, the best first.
pub fn all() -> &'static [SupportedCipherSuite] {
    rustls::crypto::ring::ALL_CIPHER_SUITES
}

/// The name of a cipher.
pub fn name(suite: CipherSuite) -> String {
    let name = suite.as_str().unwrap_or_default().replace('_', "-");
    match name.strip_prefix("TLS13-") {
        Some(rest) => format!("TLS1-3-{rest}"),
        None => name,
    }
}

/// The ciphers with these names.
pub fn choose(names: &[String]) -> Vec<SupportedCipherSuite> {
    all().iter().filter(|suite| names.contains(&name(suite.suite()))).copied().collect()
}

/// The versions of the protocol that these ciphers are for.
pub fn versions(suites: &[SupportedCipherSuite]) -> Vec<&'static SupportedProtocolVersion> {
    let versions = rustls::ALL_VERSIONS.iter();
    versions.copied().filter(|version| suites.iter().any(|suite| suite.version() == *version)).collect()
}
