//! Nothing that is secret is told: not by `Debug`, not by the traces of a whole conversation.
#![cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
#[path = "it/common/mod.rs"]
mod common;

use common::*;
use pile_proto::*;
use testkit::canary::{Look, failed, listen, shown};

#[tokio::test]
async fn no_trace_holds_a_token_or_a_driver() {
    listen();
    let token = "canary-token";
    for place in [
        TokenPlace::default(),
        TokenPlace::Header("X-Token".into()),
        TokenPlace::Bearer,
    ] {
        let dialect = Dialect::default().token(place);
        let router = VendorRouter::new(Vendor::default(), CallbackAuth::token(token))
            .dialect(dialect.clone());
        let base = serve_on(router.into_router(), None).await;
        for given in [token, "canary-wrong"] {
            let client = vendor_at(&base, &plain())
                .expect("a client")
                .dialect(dialect.clone())
                .token(given);
            let outcome = client.charge_start(&request("chargeStart")).await;
            shown(&client);
            match given == token {
                true => drop(outcome.expect("begun")),
                false => drop(failed(outcome)),
            }
        }
    }
    let signer = || CallbackSigner::new("canary-secret");
    let router = AggregatorRouter::signed(Aggregator::default(), signer());
    let base = serve_on(router.into_router(), None).await;
    let client = aggregator_at(&format!("{base}/orderCallback"), &plain())
        .expect("a client")
        .signer(signer());
    client.order_callback(&charging()).await.expect("taken");
    let look = Look {
        secrets: &["canary", "D10086", "CC20170117093000001"],
        payload: "D10086",
        logged: &["chargeStart", "refused"],
        shown: 8,
    };
    look.finds_nothing();
}
