//! Accepting a peer by the fingerprint of its certificate, or without looking.

use std::fmt;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::{CertificateError, DigitallySignedStruct, Error, OtherError, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use sha2::{Digest, Sha256};

/// What makes a peer's certificate acceptable.
#[derive(Clone)]
pub(super) enum Acceptance {
    /// A chain to a trusted root, the host name, the dates: rustls' own check.
    Chain,
    /// One of these SHA-256 over the certificate's DER.
    Pinned(Vec<[u8; 32]>),
    /// No condition.
    Anything,
}

impl fmt::Debug for Acceptance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chain => f.write_str("Chain"),
            Self::Pinned(pins) => f
                .debug_list()
                .entries(pins.iter().map(|p| Fingerprint(*p)))
                .finish(),
            Self::Anything => f.write_str("DANGEROUS: any certificate"),
        }
    }
}

/// Replaces the chain check by pins (or nothing); the handshake's signatures stay verified, so a
/// copied certificate without its key is of no use.
#[derive(Debug)]
pub(super) struct PeerVerifier {
    acceptance: Acceptance,
    algorithms: WebPkiSupportedAlgorithms,
}

impl PeerVerifier {
    pub(super) fn new(acceptance: Acceptance, provider: &CryptoProvider) -> Self {
        Self {
            acceptance,
            algorithms: provider.signature_verification_algorithms,
        }
    }
}

impl ServerCertVerifier for PeerVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let pins: &[[u8; 32]] = match &self.acceptance {
            Acceptance::Anything => return Ok(ServerCertVerified::assertion()),
            Acceptance::Pinned(pins) => pins,
            Acceptance::Chain => &[], // never built this way; if it were, it would refuse
        };
        let seen: [u8; 32] = Sha256::digest(end_entity.as_ref()).into();
        if pins.contains(&seen) {
            return Ok(ServerCertVerified::assertion());
        }
        let reason = PinMismatch {
            seen: Fingerprint(seen),
        };
        Err(CertificateError::Other(OtherError(Arc::new(reason))).into())
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

/// A SHA-256 in hexadecimal, as `sha256sum` prints it.
struct Fingerprint([u8; 32]);

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The certificate is not among the pins. A fingerprint is public, so the one seen is told.
#[derive(thiserror::Error)]
#[error("the peer's certificate has SHA-256 {seen}, which is not pinned")]
struct PinMismatch {
    seen: Fingerprint,
}

// rustls prints the cause of a refused certificate with Debug.
impl fmt::Debug for PinMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
