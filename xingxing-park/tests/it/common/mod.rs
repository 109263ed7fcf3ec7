//! A charging and a parking platform, and the sockets between them.
#![allow(dead_code, unused_imports, reason = "secrets.rs uses a part")]

use std::sync::{Arc, Mutex};
pub(crate) use testkit::Certificate;
use testkit::{Canned, send, stub};
use xingxing_park::{code::*, endpoint::*, model::*, *};

pub(crate) const TOKEN: &str = "canary-token";
pub(crate) const ORDER: &str = "201807111622529304";

pub(crate) fn fixture(name: &str) -> String {
    let path = format!("{}/fixtures/document/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).expect(&path)
}

/// The sample of section 3.1.
pub(crate) fn charging() -> ParkChargeResult {
    let (result, deviations) =
        decode(&fixture("3.1-park-charge-result.json"), &Rules::strict()).expect("as printed");
    assert!(deviations.is_empty());
    result
}

pub(crate) fn ended() -> ParkChargeResult {
    ParkChargeResult {
        start_charge_seq_stat: ChargeState::ENDED,
        end_time: "2018-07-11 17:38:55".parse().expect("a time"),
        total_power: Fixed::of_units(20_50),
        ..charging()
    }
}

pub(crate) fn query(order_id: &str) -> ChargeQuery {
    ChargeQuery {
        operator_id: "停车场-7".into(),
        order_id: order_id.into(),
    }
}

pub(crate) fn report(fen: i64) -> DiscountReport {
    DiscountReport {
        order_id: ORDER.into(),
        discount_money: Money::fen(fen),
    }
}

/// A charging platform that knows one order, and keeps what it is told.
#[derive(Clone, Default)]
pub(crate) struct Platform {
    pub asked: Arc<Mutex<Vec<(String, ChargeQuery)>>>,
    pub reports: Arc<Mutex<Vec<DiscountReport>>>,
}

impl ChargingService for Platform {
    async fn query_parking_charge_result(
        &self,
        cx: &Ctx,
        query: ChargeQuery,
    ) -> Outcome<Option<ParkChargeResult>> {
        let found = (&*query.order_id == ORDER).then(ended);
        self.asked
            .lock()
            .expect("not poisoned")
            .push((cx.peer.to_string(), query));
        Ok(found)
    }

    async fn query_parking_discount_result(
        &self,
        _: &Ctx,
        report: DiscountReport,
    ) -> Outcome<Receipt> {
        self.reports.lock().expect("not poisoned").push(report);
        Ok(Receipt::ACCEPTED)
    }
}

/// Serves `router` on a free port; the address in front of the base path.
pub(crate) async fn serve_on(router: axum::Router, tls: Option<ServerTls>) -> String {
    let scheme = if tls.is_some() { "https" } else { "http" };
    let address = testkit::serve_on(router, tls).await;
    format!("{scheme}://localhost:{}", address.port())
}

/// A peer that answers every request with this.
pub(crate) async fn answers(status: u16, body: impl Into<Vec<u8>>) -> String {
    let canned = Canned::new(status, body);
    let (base, _) = stub(move |_, _| canned.clone()).await;
    format!("{base}/parking")
}

/// Posts raw bytes to our server; status and body.
pub(crate) async fn post(url: &str, headers: &str, body: &[u8]) -> (u16, String) {
    let (host, path) = url
        .trim_start_matches("http://localhost:")
        .split_once('/')
        .expect("a path");
    let address = ([127, 0, 0, 1], host.parse().expect("a port")).into();
    let received = send(address, &format!("POST /{path}"), headers, body).await;
    (received.status, received.body)
}
