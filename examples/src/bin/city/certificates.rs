//! The certificate of all servers of the sandbox, from an authority of its own that is kept with
//! the state, so that software which trusts it once trusts it after a restart.
use crate::{line::Tls, store::Store};
use anyhow::{Context, Result};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, date_time_ymd,
};
use serde::{Deserialize, Serialize};
use sztc_proto::{
    ClientTls, ServerTls,
    chrono::{Datelike, Days, NaiveDate, Utc},
};

/// Where software finds the authority.
pub(crate) const WHERE: &str = "/authority.pem of the page";

/// How long they are good: some systems trust none that is good for longer than 825.
const DAYS: u64 = 820;

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
pub(crate) fn of(store: &Store) -> Result<(Tls, String)> {
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
    let today = Utc::now().date_naive();
    let day = |day: NaiveDate| {
        // Months and days are below 32.
        date_time_ymd(day.year(), day.month() as u8, day.day() as u8)
    };
    let named = |name: &str, names: &[&str]| {
        let mut params = CertificateParams::new(
            names
                .iter()
                .map(|name| (*name).to_owned())
                .collect::<Vec<_>>(),
        )?;
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        // A clock that is a day behind is no reason to distrust it.
        params.not_before = day(today - Days::new(1));
        params.not_after = day(today + Days::new(DAYS));
        Ok::<_, rcgen::Error>(params)
    };
    let key = KeyPair::generate()?;
    let mut authority = named("authority of the city sandbox", &[])?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let root = authority.self_signed(&key)?.pem();
    let issuer = Issuer::new(authority, key);
    let key = KeyPair::generate()?;
    let mut leaf = named("city sandbox", &["localhost", "127.0.0.1"])?;
    leaf.use_authority_key_identifier_extension = true;
    leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let leaf = leaf.signed_by(&key, &issuer)?;
    Ok(Kept {
        authority: root,
        chain: leaf.pem(),
        key: key.serialize_pem(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::{Engine, engine::general_purpose::STANDARD};

    fn der(pem: &str) -> Vec<u8> {
        let body: String = pem
            .lines()
            .filter(|line| !line.starts_with("-----"))
            .collect();
        STANDARD.decode(body).expect("Base64")
    }

    #[test]
    fn authority_and_certificate_have_names_of_their_own() {
        // OpenSSL takes a certificate whose subject is its issuer for one that signed itself.
        let made = make().expect("certificates");
        let names = |pem: &str, name: &str| {
            der(pem)
                .windows(name.len())
                .filter(|window| *window == name.as_bytes())
                .count()
        };
        let (authority, leaf) = ("authority of the city sandbox", "city sandbox");
        assert_eq!(names(&made.authority, authority), 2);
        assert_eq!(names(&made.chain, authority), 1);
        // Once in the issuer's name, once as its own.
        assert_eq!(names(&made.chain, leaf), 2);
    }

    #[test]
    fn a_state_keeps_them() {
        let store = Store::in_memory().expect("memory");
        let (_, first) = of(&store).expect("certificates");
        assert_eq!(of(&store).expect("certificates").1, first);
    }
}
