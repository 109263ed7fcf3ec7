//! The crypto provider, and certificates and keys out of PEM text.

use std::sync::Arc;

use rustls::RootCertStore;
use rustls::crypto::CryptoProvider;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use super::TlsError;

/// A certificate chain with the loaded private key; the PEM and DER of the key are not kept.
pub(super) type Identity = Arc<CertifiedKey>;

/// The provider chosen by cargo features: ring first, so that both features together are no
/// conflict.
#[cfg(feature = "rustls-ring")]
pub(super) fn provider() -> Result<Arc<CryptoProvider>, TlsError> {
    Ok(Arc::new(rustls::crypto::ring::default_provider()))
}

#[cfg(all(feature = "rustls-aws-lc", not(feature = "rustls-ring")))]
pub(super) fn provider() -> Result<Arc<CryptoProvider>, TlsError> {
    Ok(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
}

#[cfg(not(any(feature = "rustls-ring", feature = "rustls-aws-lc")))]
pub(super) fn provider() -> Result<Arc<CryptoProvider>, TlsError> {
    Err(TlsError::NoProvider)
}

/// Adds every certificate of `pem` to `roots`.
pub(super) fn add_roots(roots: &mut RootCertStore, pem: &[u8]) -> Result<(), TlsError> {
    for certificate in certificates(pem)? {
        roots.add(certificate).map_err(|e| TlsError::Pem {
            what: "a root certificate",
            hint: "the section is no X.509 version 3 certificate",
            source: Some(Box::new(e)),
        })?;
    }
    Ok(())
}

/// Loads a certificate chain and its private key, and checks that they belong together.
pub(super) fn identity(cert_chain: &[u8], key: &[u8]) -> Result<Identity, TlsError> {
    let chain = certificates(cert_chain)?;
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|e| TlsError::Pem {
        what: "a private key",
        hint: "expected one unencrypted `PRIVATE KEY`, `RSA PRIVATE KEY` or `EC PRIVATE KEY` \
            section; `openssl pkey` decrypts a key with a password",
        source: Some(Box::new(e)),
    })?;
    let certified = CertifiedKey::from_der(chain, key, &*provider()?)
        .map_err(|e| TlsError::Identity(Box::new(e)))?;
    Ok(Arc::new(certified))
}

/// The certificates of `pem` in order; at least one.
fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let failed = |source| TlsError::Pem {
        what: "a certificate",
        hint: "expected at least one `-----BEGIN CERTIFICATE-----` section with base64; convert \
            DER with `openssl x509 -inform DER`",
        source,
    };
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let found = found.map_err(|e| failed(Some(Box::new(e))))?;
    if found.is_empty() {
        Err(failed(None))
    } else {
        Ok(found)
    }
}
