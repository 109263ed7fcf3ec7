//! TLS for clients and servers, with no rustls type in a public signature.
//!
//! Every configuration is built with an explicit crypto provider (ring when the feature
//! `rustls-ring` is on, otherwise aws-lc with `rustls-aws-lc`). The process-wide default of rustls
//! is neither read nor installed, so nothing here panics when other crates of the same program
//! bring the other provider along.
//!
//! ```
//! # fn main() -> Result<(), park_core::tls::TlsError> {
//! use park_core::tls::ClientTls;
//!
//! let public = ClientTls::default(); // the web's certificate authorities
//! // exactly this certificate, self-signed or not
//! let on_site = ClientTls::default().pin_sha256([0x5a; 32]);
//! # let _ = (public, on_site);
//! # Ok(())
//! # }
//! ```

mod error;
mod material;
mod server;
mod stream;
mod verifier;

#[cfg(all(test, any(feature = "rustls-ring", feature = "rustls-aws-lc")))]
pub(crate) mod tests;

use std::fmt;
use std::sync::{Arc, OnceLock};

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::sign::SingleCertAndKey;
use rustls::{ClientConfig, RootCertStore};

pub use error::{TlsError, tls_advice};
pub use server::ServerTls;
pub use stream::{TlsStream, tls_connect};

use material::Identity;
use verifier::{Acceptance, PeerVerifier};

/// How a client checks its peer, and which certificate it shows.
///
/// The default trusts the certificate authorities of the public web (the `webpki-roots` list
/// compiled in; the operating system's store is not read) and shows no certificate. The built
/// configuration is kept, and clones made after the first use share it, so sessions are resumed.
#[derive(Clone)]
pub struct ClientTls {
    roots: RootCertStore,
    acceptance: Acceptance,
    identity: Option<Identity>,
    built: OnceLock<Arc<ClientConfig>>,
}

impl Default for ClientTls {
    fn default() -> Self {
        let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
        Self {
            roots,
            acceptance: Acceptance::Chain,
            identity: None,
            built: OnceLock::new(),
        }
    }
}

impl ClientTls {
    /// Whether nothing was set: no authority added or removed, no pin, no certificate of its own.
    #[cfg(feature = "client")]
    pub(crate) fn is_default(&self) -> bool {
        matches!(self.acceptance, Acceptance::Chain)
            && self.identity.is_none()
            && self.roots.roots == webpki_roots::TLS_SERVER_ROOTS
    }

    /// Trusts the certificate authorities of `pem` (one or several `CERTIFICATE` sections) in
    /// addition to those trusted so far.
    ///
    /// # Errors
    /// When `pem` holds no certificate or one that cannot be read.
    pub fn add_root_pem(mut self, pem: &[u8]) -> Result<Self, TlsError> {
        material::add_roots(&mut self.roots, pem)?;
        Ok(self.changed())
    }

    /// Trusts the certificate authorities of `pem` and no other: for a private CA.
    ///
    /// # Errors
    /// As [`add_root_pem`](Self::add_root_pem).
    pub fn only_root_pem(mut self, pem: &[u8]) -> Result<Self, TlsError> {
        self.roots = RootCertStore::empty();
        self.add_root_pem(pem)
    }

    /// Accepts exactly the peer whose own certificate (DER) has this SHA-256; call it again to
    /// allow several, as when a certificate is about to be replaced.
    ///
    /// A pin takes the place of every other check of the certificate: issuer, host name and dates
    /// are not looked at, the trusted roots are not used. So it fits the self-signed `CA:TRUE`
    /// certificate of an on-premise platform, which is refused otherwise even when it is added as a
    /// root. That the peer holds the private key is still proven.
    ///
    /// Take the value from `openssl x509 -in cert.pem -outform DER | sha256sum`.
    pub fn pin_sha256(mut self, fingerprint: [u8; 32]) -> Self {
        match &mut self.acceptance {
            Acceptance::Pinned(pins) => pins.push(fingerprint),
            other => *other = Acceptance::Pinned(vec![fingerprint]),
        }
        self.changed()
    }

    /// Shows this certificate to servers that ask for one (mutual TLS). `cert_chain` is the own
    /// certificate followed by its intermediates, `key` an unencrypted private key (PKCS#8, PKCS#1
    /// or SEC1), both PEM.
    ///
    /// # Errors
    /// When one of them cannot be read, the key does not belong to the certificate, or no crypto
    /// provider is compiled in.
    pub fn identity_pem(mut self, cert_chain: &[u8], key: &[u8]) -> Result<Self, TlsError> {
        self.identity = Some(material::identity(cert_chain, key)?);
        Ok(self.changed())
    }

    /// Accepts every certificate of every peer: whoever sits on the line can read and change all
    /// traffic.
    ///
    /// For a laboratory only; on site use [`pin_sha256`](Self::pin_sha256). It replaces pins set
    /// before.
    pub fn dangerous_accept_any_certificate(mut self) -> Self {
        self.acceptance = Acceptance::Anything;
        self.changed()
    }

    /// The rustls configuration, without ALPN, built at the first call.
    ///
    /// # Errors
    /// [`TlsError::NoProvider`], or what rustls refuses.
    #[doc(hidden)]
    pub fn rustls_config(&self) -> Result<Arc<ClientConfig>, TlsError> {
        if let Some(built) = self.built.get() {
            return Ok(built.clone());
        }
        let built = Arc::new(self.build()?);
        Ok(self.built.get_or_init(|| built).clone())
    }

    fn build(&self) -> Result<ClientConfig, TlsError> {
        let provider = material::provider()?;
        let verifier: Arc<dyn ServerCertVerifier> = match &self.acceptance {
            Acceptance::Chain => WebPkiServerVerifier::builder_with_provider(
                Arc::new(self.roots.clone()),
                provider.clone(),
            )
            .build()
            .map_err(TlsError::refused)?,
            other => Arc::new(PeerVerifier::new(other.clone(), &provider)),
        };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TlsError::refused)?
            // rustls' word for "own verifier"; the chain rule above is its standard one
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        Ok(match &self.identity {
            None => builder.with_no_client_auth(),
            Some(own) => {
                builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(own.clone())))
            }
        })
    }

    fn changed(mut self) -> Self {
        self.built = OnceLock::new();
        self
    }
}

impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientTls")
            .field("roots", &self.roots.len())
            .field("acceptance", &self.acceptance)
            .field("identity", &self.identity.is_some())
            .finish()
    }
}
