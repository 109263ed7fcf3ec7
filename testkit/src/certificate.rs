use park_core::{
    client::HttpOptions,
    tls::{ClientTls, ServerTls},
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

/// A certificate, its key, and the authority to trust, each as PEM.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The certificate of the server.
    pub chain: String,
    /// Its key.
    pub key: String,
    /// The authority that signed it.
    pub authority: String,
}

impl Certificate {
    /// A new one for localhost.
    pub fn localhost() -> Self {
        Self::of("localhost")
    }

    /// A new one for a host name or an address.
    pub fn of(host: &str) -> Self {
        let authority_key = KeyPair::generate().expect("a key");
        let mut authority = CertificateParams::new(Vec::new()).expect("no names");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority_cert = authority.self_signed(&authority_key).expect("self-signed");
        let issuer = Issuer::new(authority, authority_key);
        let key = KeyPair::generate().expect("a key");
        let leaf = CertificateParams::new(vec![host.to_owned()]).expect("a name");
        let leaf = leaf.signed_by(&key, &issuer).expect("signed");
        Self {
            chain: leaf.pem(),
            key: key.serialize_pem(),
            authority: authority_cert.pem(),
        }
    }

    /// A server that shows it.
    pub fn server(&self) -> ServerTls {
        ServerTls::from_pem(self.chain.as_bytes(), self.key.as_bytes())
            .expect("our own certificate")
    }

    /// A client that trusts its authority and no other.
    pub fn client(&self) -> ClientTls {
        ClientTls::default()
            .only_root_pem(self.authority.as_bytes())
            .expect("our own authority")
    }

    /// The same for a client over HTTPS.
    pub fn http(&self) -> HttpOptions {
        let mut options = HttpOptions::default();
        options.tls = self.client();
        options
    }
}
