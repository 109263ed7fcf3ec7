//! Handshakes between `ClientTls` and `ServerTls` over an in-memory pipe, with certificates made on
//! the spot.

#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests are not covered by clippy.toml"
)]

use std::io;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::{ClientTls, ServerTls, TlsError, tls_advice, tls_connect};

/// A private certificate authority.
pub(crate) struct Authority {
    pub(crate) pem: String,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate with its key, in PEM, and its fingerprint.
pub(crate) struct Leaf {
    pub(crate) cert: String,
    pub(crate) key: String,
    pub(crate) fingerprint: [u8; 32],
}

impl Leaf {
    fn new(cert: &rcgen::Certificate, key: &KeyPair) -> Self {
        Self {
            cert: cert.pem(),
            key: key.serialize_pem(),
            fingerprint: Sha256::digest(cert.der()).into(),
        }
    }

    pub(crate) fn server(&self) -> ServerTls {
        ServerTls::from_pem(self.cert.as_bytes(), self.key.as_bytes()).unwrap()
    }
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let (params, key) = (authority_params(name), KeyPair::generate().unwrap());
        let pem = params.self_signed(&key).unwrap().pem();
        Self {
            pem,
            issuer: Issuer::new(params, key),
        }
    }

    pub(crate) fn issue(&self, name: &str) -> Leaf {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let key = KeyPair::generate().unwrap();
        Leaf::new(&params.signed_by(&key, &self.issuer).unwrap(), &key)
    }

    pub(crate) fn trusting(&self) -> ClientTls {
        ClientTls::default()
            .only_root_pem(self.pem.as_bytes())
            .unwrap()
    }
}

/// As platforms on site have them: a CA's own certificate used as the server's.
pub(crate) fn self_signed_ca() -> Leaf {
    let key = KeyPair::generate().unwrap();
    Leaf::new(
        &authority_params("platform.test").self_signed(&key).unwrap(),
        &key,
    )
}

/// Connects, says `ping`, hears `pong`. With TLS 1.3 a server's refusal of the client's certificate
/// only shows when reading.
async fn talk(client: &ClientTls, server: &ServerTls, host: &str) -> io::Result<()> {
    let (near, far) = duplex(64 * 1024);
    let client = async {
        let mut stream = tls_connect(client, host, near).await?;
        stream.write_all(b"ping").await?;
        stream.flush().await?;
        let mut reply = [0; 4];
        stream.read_exact(&mut reply).await?;
        assert_eq!(&reply, b"pong");
        Ok(())
    };
    let server = async {
        let mut stream = server.accept(far).await?;
        let mut heard = [0; 4];
        stream.read_exact(&mut heard).await?;
        assert_eq!(&heard, b"ping");
        stream.write_all(b"pong").await?;
        stream.flush().await
    };
    let (client, server) = tokio::join!(client, server);
    client.and(server)
}

/// The whole chain of causes, as a log shows it.
fn told(error: &io::Error) -> String {
    let mut text = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        text += &format!(": {cause}");
        next = cause.source();
    }
    text
}

#[tokio::test]
async fn who_is_accepted() {
    let (ours, other, renewed) = (
        Authority::new("ca.test"),
        Authority::new("other.test"),
        Authority::new("ca.test"),
    );
    let (leaf, on_site) = (ours.issue("park.test"), self_signed_ca());
    let roots = |pem: &str| ClientTls::default().add_root_pem(pem.as_bytes()).unwrap();
    let pin = |pin| ClientTls::default().pin_sha256(pin);
    let any = ClientTls::default().dangerous_accept_any_certificate();
    let cases = [
        ("private CA", ours.trusting(), &leaf, "park.test", None),
        (
            "private CA beside the web's",
            roots(&ours.pem),
            &leaf,
            "park.test",
            None,
        ),
        (
            "another CA",
            other.trusting(),
            &leaf,
            "park.test",
            Some("not trusted"),
        ),
        (
            "a CA of the same name",
            renewed.trusting(),
            &leaf,
            "park.test",
            Some("the CA was renewed"),
        ),
        (
            "only the web's CAs",
            ClientTls::default(),
            &leaf,
            "park.test",
            Some("not trusted"),
        ),
        (
            "another host",
            ours.trusting(),
            &leaf,
            "parking.test",
            Some("another host name"),
        ),
        (
            "an address",
            ours.trusting(),
            &leaf,
            "[::1]",
            Some("another host name"),
        ),
        (
            "no host",
            ours.trusting(),
            &leaf,
            "park.test:443",
            Some("without port"),
        ),
        (
            "CA:TRUE added as a root",
            roots(&on_site.cert),
            &on_site,
            "platform.test",
            Some("pin its SHA-256"),
        ),
        (
            "CA:TRUE pinned",
            pin(on_site.fingerprint),
            &on_site,
            "10.0.0.7",
            None,
        ),
        (
            "second pin",
            pin([0; 32]).pin_sha256(on_site.fingerprint),
            &on_site,
            "10.0.0.7",
            None,
        ),
        (
            "another pin",
            pin(on_site.fingerprint),
            &leaf,
            "park.test",
            Some("is not pinned"),
        ),
        (
            "a pin outranks a root",
            ours.trusting().pin_sha256([0; 32]),
            &leaf,
            "park.test",
            Some("is not pinned"),
        ),
        ("anything", any, &on_site, "10.0.0.7", None),
    ];
    for (case, client, server, host, refusal) in cases {
        match (talk(&client, &server.server(), host).await, refusal) {
            (Ok(()), None) => {}
            (Err(error), Some(part)) => {
                assert!(told(&error).contains(part), "{case}: {}", told(&error))
            }
            (outcome, _) => panic!("{case}: {outcome:?}"),
        }
    }
}

#[tokio::test]
async fn mutual_tls() {
    let (ours, other) = (Authority::new("ca.test"), Authority::new("other.test"));
    let server = ours
        .issue("park.test")
        .server()
        .require_client_root_pem(ours.pem.as_bytes())
        .unwrap();
    let with = |leaf: Leaf| {
        ours.trusting()
            .identity_pem(leaf.cert.as_bytes(), leaf.key.as_bytes())
            .unwrap()
    };

    talk(&with(ours.issue("lot.test")), &server, "park.test")
        .await
        .unwrap();
    talk(&with(other.issue("lot.test")), &server, "park.test")
        .await
        .unwrap_err();
    let missing = talk(&ours.trusting(), &server, "park.test")
        .await
        .unwrap_err();
    assert!(
        tls_advice(&missing).unwrap().contains("client certificate"),
        "{}",
        told(&missing)
    );
    // With a pin the client still shows its own certificate.
    let leaf = ours.issue("park.test");
    let server = leaf
        .server()
        .require_client_root_pem(ours.pem.as_bytes())
        .unwrap();
    talk(
        &with(ours.issue("lot.test")).pin_sha256(leaf.fingerprint),
        &server,
        "park.test",
    )
    .await
    .unwrap();
}

#[tokio::test]
async fn a_copied_certificate_without_its_key_is_of_no_use() {
    use rustls::sign::{CertifiedKey, SingleCertAndKey};
    let (real, thief) = (self_signed_ca(), self_signed_ca());
    let own = super::material::identity(thief.cert.as_bytes(), thief.key.as_bytes()).unwrap();
    let copied = super::material::identity(real.cert.as_bytes(), real.key.as_bytes()).unwrap();
    let forged = CertifiedKey::new(copied.cert.clone(), own.key.clone());
    let config = rustls::ServerConfig::builder_with_provider(super::material::provider().unwrap())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(std::sync::Arc::new(SingleCertAndKey::from(forged)));
    for client in [
        ClientTls::default().pin_sha256(real.fingerprint),
        ClientTls::default().dangerous_accept_any_certificate(),
    ] {
        let (near, far) = duplex(64 * 1024);
        let acceptor = tokio_rustls::TlsAcceptor::from(std::sync::Arc::new(config.clone()));
        let (outcome, _) = tokio::join!(
            tls_connect(&client, "platform.test", near),
            acceptor.accept(far)
        );
        assert!(told(&outcome.unwrap_err()).contains("BadSignature"));
    }
}

#[tokio::test]
async fn plain_text_is_told_apart() {
    let (near, mut far) = duplex(1024);
    let (outcome, _) = tokio::join!(
        async {
            tls_connect(&ClientTls::default(), "park.test", near)
                .await
                .map(drop)
        },
        far.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    );
    assert!(told(&outcome.unwrap_err()).contains("does not speak TLS"));
}

#[test]
fn broken_material_is_refused_with_a_remedy() {
    let (ours, leaf, other) = (
        Authority::new("ca.test"),
        self_signed_ca(),
        self_signed_ca(),
    );
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let server =
        |cert: &str, key: &str| ServerTls::from_pem(cert.as_bytes(), key.as_bytes()).map(drop);
    let root = |pem: &str| ClientTls::default().add_root_pem(pem.as_bytes()).map(drop);
    let sealed =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let cases = [
        (root(""), "BEGIN CERTIFICATE"),
        (root(&leaf.key), "BEGIN CERTIFICATE"),
        (root(broken), "X.509"),
        (server("", &leaf.key), "BEGIN CERTIFICATE"),
        (server(&leaf.cert, ""), "PRIVATE KEY"),
        (server(&leaf.cert, sealed), "decrypts"),
        (server(&leaf.cert, &other.key), "must belong"),
        (
            ours.issue("a.test")
                .server()
                .require_client_root_pem(b"")
                .map(drop),
            "BEGIN CERTIFICATE",
        ),
    ];
    for (outcome, part) in cases {
        let error: TlsError = outcome.unwrap_err();
        assert!(error.to_string().contains(part), "{error}");
    }
}

#[test]
fn debug_shows_no_key() {
    let leaf = self_signed_ca();
    let client = ClientTls::default()
        .identity_pem(leaf.cert.as_bytes(), leaf.key.as_bytes())
        .unwrap();
    assert!(
        format!("{client:?}").ends_with("acceptance: Chain, identity: true }"),
        "{client:?}"
    );
    let client = client.pin_sha256([0xab; 32]);
    assert!(
        format!("{client:?}").contains(&format!("acceptance: [{}]", "ab".repeat(32))),
        "{client:?}"
    );
    assert_eq!(
        format!("{:?}", leaf.server()),
        "ServerTls { certificates: 1, asks_clients: false, .. }"
    );
}

/// With ring and aws-lc in one program the provider-less builders of rustls panic; ours must not
/// look at the process.
#[test]
fn no_process_default_is_read_or_installed() {
    let client = ClientTls::default();
    let first = client.rustls_config().unwrap();
    assert!(std::sync::Arc::ptr_eq(
        &first,
        &client.clone().rustls_config().unwrap()
    ));
    assert!(!std::sync::Arc::ptr_eq(
        &first,
        &client.pin_sha256([0; 32]).rustls_config().unwrap()
    ));
    let _server = self_signed_ca().server().rustls_config();
    assert!(rustls::crypto::CryptoProvider::get_default().is_none());
}
