//! What goes wrong with TLS, and what to do about it.

use std::error::Error as StdError;
use std::io;

use rustls::{AlertDescription, CertificateError, Error as Rustls};

/// TLS could not be configured. The text names the remedy; it never holds key material.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// The crate was compiled with `tls` but without a crypto provider.
    #[error(
        "no TLS crypto provider is compiled in: enable the cargo feature `rustls-ring` or \
            `rustls-aws-lc`"
    )]
    NoProvider,
    /// The PEM text holds no section of the kind that is needed, or a broken one.
    #[error("cannot read {what} from PEM: {hint}")]
    Pem {
        /// What was looked for.
        what: &'static str,
        /// What the text must look like.
        hint: &'static str,
        /// The reader's own reason.
        #[source]
        source: Option<Box<dyn StdError + Send + Sync>>,
    },
    /// The private key and the certificate do not go together, or the key's kind is not supported.
    #[error(
        "the private key cannot be used with the certificate: it must belong to the first \
            certificate of the chain and be RSA (2048 bits or more), ECDSA or Ed25519"
    )]
    Identity(#[source] Box<dyn StdError + Send + Sync>),
    /// The TLS library refused the configuration.
    #[error("the TLS library refused this configuration")]
    Refused(#[source] Box<dyn StdError + Send + Sync>),
}

impl TlsError {
    pub(super) fn refused(source: impl StdError + Send + Sync + 'static) -> Self {
        Self::Refused(Box::new(source))
    }
}

impl From<TlsError> for io::Error {
    fn from(error: TlsError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}

/// What to do about a failed handshake: looks through the causes of any error (of a socket, of an
/// HTTP client) for a TLS failure with a known remedy.
pub fn tls_advice(error: &(dyn StdError + 'static)) -> Option<&'static str> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(advice) = error.downcast_ref::<Rustls>().and_then(advice) {
            return Some(advice);
        }
        // `source()` of an io::Error skips the very error it wraps.
        next = match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

fn advice(error: &Rustls) -> Option<&'static str> {
    Some(match error {
        Rustls::InvalidCertificate(CertificateError::UnknownIssuer) => {
            "the issuer of the peer's certificate is not trusted: add its CA certificate as a \
                root, or pin the certificate"
        }
        Rustls::InvalidCertificate(CertificateError::BadSignature) => {
            "a signature of the peer does not verify: the CA was renewed and the trusted root of \
                the same name is the old one, or the peer does not hold its certificate's key"
        }
        Rustls::InvalidCertificate(CertificateError::Other(other))
            if format!("{:?}", other.0) == "CaUsedAsEndEntity" =>
        {
            "the peer uses a self-signed CA certificate as its own: pin its SHA-256, or let the \
                peer use a certificate with CA:FALSE"
        }
        Rustls::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => {
            "the peer's certificate is for another host name: call it by a name in the \
                certificate, or pin the certificate"
        }
        Rustls::InvalidCertificate(
            CertificateError::Expired
            | CertificateError::ExpiredContext { .. }
            | CertificateError::NotValidYet
            | CertificateError::NotValidYetContext { .. },
        ) => {
            "the peer's certificate is outside its dates: renew it, and check this machine's clock"
        }
        Rustls::AlertReceived(AlertDescription::CertificateRequired)
        | Rustls::NoCertificatesPresented => {
            "the server asks for a client certificate (mutual TLS) and none was shown"
        }
        Rustls::AlertReceived(
            AlertDescription::ProtocolVersion | AlertDescription::HandshakeFailure,
        )
        | Rustls::PeerIncompatible(_) => {
            "no common TLS version or cipher suite: TLS 1.2 with ECDHE and AES-GCM, or TLS 1.3, is \
                needed"
        }
        Rustls::InvalidMessage(_) => {
            "the peer does not speak TLS here: check the port, and whether it wants plain text"
        }
        _ => return None,
    })
}

#[cfg(all(test, not(any(feature = "rustls-ring", feature = "rustls-aws-lc"))))]
mod tests {
    use super::TlsError;
    use crate::tls::ClientTls;

    #[test]
    fn without_a_provider_the_features_are_named() {
        let error = ClientTls::default()
            .rustls_config()
            .err()
            .map(|e| (e.to_string(), e));
        assert!(matches!(error, Some((text,
                TlsError::NoProvider)) if text.contains("`rustls-ring` or `rustls-aws-lc`")));
    }
}
