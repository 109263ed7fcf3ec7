//! The certificate of all servers of the sandbox, from an authority of its own that is kept with the state, so that software which trusts it once trusts
//! it after a restart.
use crate::{line::Tls, store::Store};
use anyhow::{Context, Result};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde::{Deserialize, Serialize};
use sztc_proto::{ClientTls, ServerTls};

/// Where software finds the authority.
pub const WHERE: &str = "/authority.pem of the page";

#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    authority: String,
    chain: String,
    key: String,
}

/// The certificates, and the authority as PEM.
///
/// # Errors
/// The state cannot be read or written.
pub fn of(store: &Store) -> Result<(Tls, String)> {
    let shelf = store.shelf::<Kept>("certificates");
    let kept = match shelf.get("localhost")? {
        Some(kept) => kept,
        None => {
            let made = make().context("no certificate can be made")?;
            shelf.put("localhost", made.clone())?;
            made
        }
    };
    let tls = Tls {
        server: ServerTls::from_pem(kept.chain.as_bytes(), kept.key.as_bytes())?,
        client: ClientTls::default().only_root_pem(kept.authority.as_bytes())?,
    };
    Ok((tls, kept.authority))
}

fn make() -> Result<Kept, rcgen::Error> {
    let key = KeyPair::generate()?;
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority.self_signed(&key)?.pem();
    let issuer = Issuer::new(authority, key);
    let key = KeyPair::generate()?;
    let leaf = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?.signed_by(&key, &issuer)?;
    Ok(Kept {
        authority: root,
        chain: leaf.pem(),
        key: key.serialize_pem(),
    })
}
