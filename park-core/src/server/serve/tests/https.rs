//! The server behind TLS, and the HTTP client in front of it.

use super::*;
use crate::tls::tests::self_signed_ca;

#[tokio::test]
async fn a_handshake_must_come_in_time_and_does_not_hold_up_the_shutdown() {
    let tls = self_signed_ca().server();
    let mut options = ServeOptions::with_tls(tls.clone());
    options.handshake_timeout = Duration::from_millis(200);
    let server = start(router(), options).await;
    let mut silent = server.connect(b"").await;
    assert_eq!(silent.read(&mut [0; 16]).await.unwrap(), 0);
    server.end().await;

    let server = start(router(), ServeOptions::with_tls(tls)).await;
    let mut silent = server.connect(b"").await;
    let since = std::time::Instant::now();
    server.end().await;
    assert!(matches!(silent.read(&mut [0; 16]).await, Ok(0) | Err(_)));
    assert!(since.elapsed() < Duration::from_secs(5));
}

#[cfg(feature = "client")]
#[tokio::test]
async fn reqwest_round_trip() {
    use crate::tls::tests::Authority;
    use crate::tls::{ClientTls, tls_advice};
    let ours = Authority::new("ca.test");
    let leaf = ours.issue("127.0.0.1");
    let mutual = leaf
        .server()
        .require_client_root_pem(ours.pem.as_bytes())
        .unwrap();
    let lot = ours.issue("lot.test");
    let shown = ours
        .trusting()
        .identity_pem(lot.cert.as_bytes(), lot.key.as_bytes())
        .unwrap();
    let on_site = self_signed_ca();
    let pinned = ClientTls::default().pin_sha256(on_site.fingerprint);
    let cases = [
        ("private CA", leaf.server(), ours.trusting(), None),
        (
            "no such root",
            leaf.server(),
            ClientTls::default(),
            Some("not trusted"),
        ),
        ("pinned", on_site.server(), pinned, None),
        (
            "other pin",
            on_site.server(),
            ClientTls::default().pin_sha256([1; 32]),
            Some(""),
        ),
        ("mutual", mutual.clone(), shown, None),
        (
            "mutual, none shown",
            mutual,
            ours.trusting(),
            Some("client certificate"),
        ),
    ];
    for (case, tls, client, refusal) in cases {
        let server = start(router(), ServeOptions::with_tls(tls)).await;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured((*client.rustls_config().unwrap()).clone())
            .https_only(true)
            .no_proxy()
            .build()
            .unwrap();
        let url = format!("https://{}/echo", server.address);
        let outcome = client.post(url).body("over TLS").send().await;
        match (outcome, refusal) {
            (Ok(answer), None) => {
                assert_eq!(answer.text().await.unwrap(), "over TLS", "{case}")
            }
            (Err(error), Some(part)) => {
                let advice = tls_advice(&error).unwrap_or_default();
                assert!(advice.contains(part), "{case}: {advice} {error:?}");
            }
            (outcome, _) => panic!("{case}: {outcome:?}"),
        }
        server.end().await;
    }
}
