//! A charging and a parking platform, and the sockets between them.
#![allow(dead_code, unused_imports, reason = "secrets.rs uses a part")]

use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use xingxing_park::*;

pub const TOKEN: &str = "canary-token";
pub const ORDER: &str = "201807111622529304";

pub fn fixture(name: &str) -> String {
    let path = format!("{}/fixtures/document/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).expect(&path)
}

/// The sample of section 3.1.
pub fn charging() -> ParkChargeResult {
    let (result, deviations) = decode(&fixture("3.1-park-charge-result.json"), &Rules::strict()).expect("as printed");
    assert!(deviations.is_empty());
    result
}

pub fn ended() -> ParkChargeResult {
    ParkChargeResult {
        start_charge_seq_stat: ChargeState::ENDED,
        end_time: "2018-07-11 17:38:55".parse().expect("a time"),
        total_power: Fixed::of_units(20_50),
        ..charging()
    }
}

pub fn query(order_id: &str) -> ChargeQuery {
    ChargeQuery {
        operator_id: "停车场-7".into(),
        order_id: order_id.into(),
    }
}

pub fn report(fen: i64) -> DiscountReport {
    DiscountReport {
        order_id: ORDER.into(),
        discount_money: Money::fen(fen),
    }
}

/// A charging platform that knows one order, and keeps what it is told.
#[derive(Clone, Default)]
pub struct Platform {
    pub asked: Arc<Mutex<Vec<(String, ChargeQuery)>>>,
    pub reports: Arc<Mutex<Vec<DiscountReport>>>,
}

impl ChargingService for Platform {
    async fn query_parking_charge_result(&self, cx: &Ctx, query: ChargeQuery) -> Outcome<Option<ParkChargeResult>> {
        let found = (&*query.order_id == ORDER).then(ended);
        self.asked.lock().expect("not poisoned").push((cx.peer.to_string(), query));
        Ok(found)
    }

    async fn query_parking_discount_result(&self, _: &Ctx, report: DiscountReport) -> Outcome<Receipt> {
        self.reports.lock().expect("not poisoned").push(report);
        Ok(Receipt::ACCEPTED)
    }
}

/// Serves `router` on a free port; the address in front of the base path.
pub async fn serve_on(router: axum::Router, tls: Option<ServerTls>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    let scheme = if tls.is_some() { "https" } else { "http" };
    let mut options = ServeOptions::default();
    options.tls = tls;
    tokio::spawn(serve(listener, router, options, std::future::pending()));
    format!("{scheme}://localhost:{port}")
}

/// A peer that answers every request with these bytes.
pub async fn answers(status: &str, body: impl Into<Vec<u8>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    let body = body.into();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = [head.as_bytes(), &body].concat();
            tokio::spawn(async move {
                let mut request = [0; 16_384];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(&answer).await;
                let _ = stream.shutdown().await;
            });
        }
    });
    format!("http://127.0.0.1:{port}/parking")
}

/// A certificate for localhost.
pub struct Certificate {
    pub chain: String,
    pub key: String,
    pub authority: String,
}

pub fn certificate() -> Certificate {
    let authority_key = rcgen::KeyPair::generate().expect("a key");
    let mut authority = rcgen::CertificateParams::new(Vec::new()).expect("no names");
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority_cert = authority.self_signed(&authority_key).expect("self-signed");
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let key = rcgen::KeyPair::generate().expect("a key");
    let leaf = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let leaf = leaf.signed_by(&key, &issuer).expect("signed");
    Certificate {
        chain: leaf.pem(),
        key: key.serialize_pem(),
        authority: authority_cert.pem(),
    }
}

impl Certificate {
    pub fn server(&self) -> ServerTls {
        ServerTls::from_pem(self.chain.as_bytes(), self.key.as_bytes()).expect("our own certificate")
    }

    pub fn http(&self) -> HttpOptions {
        let mut options = HttpOptions::default();
        options.tls = ClientTls::default().only_root_pem(self.authority.as_bytes()).expect("our own authority");
        options
    }
}

/// Posts raw bytes to our server; status and body.
pub async fn post(url: &str, headers: &str, body: &[u8]) -> (u16, String) {
    let (host, path) = url.trim_start_matches("http://").split_once('/').expect("a path");
    let mut stream = tokio::net::TcpStream::connect(host.replace("localhost", "127.0.0.1"))
        .await
        .expect("a server");
    let head = format!(
        "POST /{path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream.write_all(body).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    let status = answer[9..12].parse().expect("a status");
    let body = answer.split_once("\r\n\r\n").expect("a body").1.to_owned();
    (status, body)
}
