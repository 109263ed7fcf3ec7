//! Nothing that is secret is told: not by `Debug`, not by the traces of a whole conversation.
#![cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
#[path = "it/common/mod.rs"]
mod common;

use common::*;
use testkit::canary::{Look, failed, listen, shown};
use xingxing_park::*;

#[tokio::test]
async fn no_trace_holds_a_token_or_a_plate() {
    listen();
    let router = ParkingRouter::new(Ledger::default(), CallbackAuth::token(TOKEN));
    let base = serve_on(router.into_router(), None).await;
    for token in [TOKEN, "canary-wrong"] {
        let peer = PeerHttp::builder(format!("{base}/parking"))
            .token(token)
            .build()
            .expect("a client");
        let outcome = peer
            .parking()
            .notification_parking_charge_result(&charging())
            .await;
        shown((&peer, peer.parking()));
        match token {
            TOKEN => shown(outcome.expect("accepted")),
            _ => drop(failed(outcome)),
        }
    }
    let look = Look {
        secrets: &["canary", "3005", ORDER],
        payload: "3005",
        logged: &["notification_parking_charge_result", "refused"],
        shown: 3,
    };
    look.finds_nothing();
}
