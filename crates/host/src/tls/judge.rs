//! Who is trusted. The rules are those that MicroPython's programs were written for: a certificate that the program has
//! loaded itself is trusted whatever it says of itself, one without alternative names is its common name's, and all
//! that is wrong is told, not only what was found first. Chains are followed by webpki, which is strict.
//!
//! What always holds: that the other side has the key of its certificate is verified in every connection, even where
//! nobody looks at the certificate.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertificateError, DigitallySignedStruct, DistinguishedName, Error, OtherError, SignatureScheme,
};
use webpki::{EndEntityCert, KeyUsage};
use wigwag_modules::tls::failure::Flaws;
use wigwag_modules::tls::system::Verification;

use super::certificate::Facts;

/// A certificate was refused, and why.
#[derive(Debug)]
pub struct Refused(pub Flaws);

impl fmt::Display for Refused {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "certificate refused: {:?}", self.0)
    }
}

impl std::error::Error for Refused {}

/// Judges the other side's certificates.
#[derive(Debug)]
pub struct Judge {
    authorities: Vec<CertificateDer<'static>>,
    anchors: Vec<TrustAnchor<'static>>,
    verification: Verification,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Judge {
    /// One who trusts these.
    pub fn new(
        authorities: Vec<CertificateDer<'static>>,
        verification: Verification,
        algorithms: WebPkiSupportedAlgorithms,
    ) -> Judge {
        let anchors = authorities
            .iter()
            .filter_map(|authority| webpki::anchor_from_trusted_cert(authority).ok())
            .map(|anchor| anchor.to_owned())
            .collect();
        Judge { authorities, anchors, verification, algorithms }
    }

    /// All that is wrong with a certificate, of a server with this name or of a client.
    fn flaws(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: Option<&ServerName<'_>>,
        now: UnixTime,
    ) -> Result<Flaws, Error> {
        let unreadable = || Error::InvalidCertificate(CertificateError::BadEncoding);
        let facts = Facts::read(certificate).ok_or_else(unreadable)?;
        let mut flaws = Flaws::default();
        let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if seconds < facts.not_before {
            flaws.add(Flaws::NOT_YET_VALID);
        } else if seconds > facts.not_after {
            flaws.add(Flaws::EXPIRED);
        }
        // Whether it was good once is another question than whether it is good still.
        let moment = seconds.clamp(facts.not_before, facts.not_after.max(facts.not_before));
        let moment = std::time::Duration::from_secs(u64::try_from(moment).unwrap_or(0));
        let end = EndEntityCert::try_from(certificate).map_err(|_| unreadable())?;
        if !self.authorities.iter().any(|authority| authority == certificate) {
            let usage = if name.is_some() { KeyUsage::server_auth() } else { KeyUsage::client_auth() };
            let moment = UnixTime::since_unix_epoch(moment);
            let path =
                end.verify_for_usage(self.algorithms.all, &self.anchors, others, moment, usage, None, None);
            match path {
                Ok(_) => {}
                Err(webpki::Error::CertExpired { .. }) => flaws.add(Flaws::EXPIRED),
                Err(webpki::Error::CertNotValidYet { .. }) => flaws.add(Flaws::NOT_YET_VALID),
                Err(_) => flaws.add(Flaws::NOT_TRUSTED),
            }
        }
        if let Some(name) = name {
            let is_its = end.verify_is_valid_for_subject_name(name).is_ok()
                || (!facts.has_alternative_names && facts.common_name_is(&name.to_str()));
            if !is_its {
                flaws.add(Flaws::OTHER_NAME);
            }
        }
        Ok(flaws)
    }

    fn judge(
        &self,
        certificate: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: Option<&ServerName<'_>>,
        now: UnixTime,
    ) -> Result<(), Error> {
        if self.verification != Verification::Required {
            return Ok(());
        }
        match self.flaws(certificate, others, name, now)? {
            flaws if flaws.is_empty() => Ok(()),
            flaws => {
                let refused = OtherError(Arc::new(Refused(flaws)));
                Err(Error::InvalidCertificate(CertificateError::Other(refused)))
            }
        }
    }
}

impl ServerCertVerifier for Judge {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        self.judge(end_entity, intermediates, Some(server_name), now)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

impl ClientCertVerifier for Judge {
    fn client_auth_mandatory(&self) -> bool {
        self.verification == Verification::Required
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.judge(end_entity, intermediates, None, now)?;
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
