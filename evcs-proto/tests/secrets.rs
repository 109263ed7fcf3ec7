//! Canaries in everything that is secret, and a look at everything that is printed.
#![cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
#[path = "it/common/mod.rs"]
mod common;

use common::{
    faults::{sample_reply, stub, token},
    *,
};
use evcs_proto::{code::*, envelope::*, model::*, *};
use std::time::Duration;
use testkit::{
    Remembering,
    canary::{Look, failed, listen, shown},
};

/// A plate that must not be in any log from INFO on, nor in any error.
const PLATE: &str = "粤CANARY8";

struct Service;

impl CpoService for Service {
    async fn query_start_charge(&self, cx: &Ctx, order: StartCharge) -> Outcome<StartChargeReply> {
        shown(cx);
        match order.plate_num.as_deref() {
            Some(PLATE) => Ok(StartChargeReply::ok(&order, ChargeState::STARTING)),
            _ => panic!("a bug in the application with {PLATE}"),
        }
    }
}

fn order() -> StartCharge {
    StartCharge {
        plate_num: Some(PLATE.into()),
        ..sample("query_start_charge", "request")
    }
}

#[tokio::test]
async fn no_secret_is_printed_and_no_payload_from_info_on() {
    listen();
    let certificate = Certificate::localhost();
    let tokens = Remembering::default();
    let mut options = ServerOptions::default();
    options.observer = Some(Observer::new(|observed| shown(observed)));
    shown(&options);
    let router = CpoRouter::new(Service, operators())
        .options(options)
        .tokens(tokens.clone());
    shown((
        &router,
        keys(),
        credentials(),
        operators(),
        MemoryReplays::default(),
        MemorySequence::default(),
    ));
    let (base, _) = serve_https(router.into_router(), &certificate).await;
    let base = format!("{base}/evcs/v1");
    let way_with = |keys: Keys| {
        let builder =
            PeerHttp::builder(&*base, Credentials::new(OPERATOR, keys)).http(certificate.http());
        shown(&builder);
        builder.build().expect("a client")
    };
    let way = way_with(keys());
    let cpo = way.cpo().named("cpo").with(quick);
    shown((&way, &cpo, CallOptions::default(), Dialect::default()));

    // What goes well, and what fails on either side.
    cpo.query_start_charge(&order()).await.expect("begun");
    way.refresh().await.expect("renewed");
    cpo.query_start_charge(&order()).await.expect("begun");
    failed(
        cpo.query_start_charge(&sample("query_start_charge", "request"))
            .await,
    );
    failed(
        cpo.query_start_charge(&StartCharge::new(PLATE, PLATE.repeat(9), PLATE))
            .await,
    );
    failed(
        cpo.query_station_stats(&sample("query_station_stats", "request"))
            .await,
    );
    let careless = CpoClient::over(way.clone(), credentials())
        .dialect(Dialect::default().waive(["StartChargeSeq", "ConnectorID"]));
    failed(
        careless
            .query_start_charge(&StartCharge::new(PLATE, PLATE.repeat(9), PLATE))
            .await,
    );
    tokens.revoke_all(OPERATOR).await;
    failed(cpo.query_start_charge(&order()).await);
    failed(
        cpo.with(|o| o.deadline = Duration::ZERO)
            .query_start_charge(&order())
            .await,
    );
    // One wrong secret after another.
    let secrets = [OPERATOR_SECRET, DATA_SECRET, DATA_IV, SIG_SECRET];
    for (wrong, other) in [
        "canary-wrong-one",
        "canary-wrong-two",
        "canary-wrong-iii",
        "canary-wrong-sig",
    ]
    .into_iter()
    .enumerate()
    {
        let mut secrets = secrets;
        secrets[wrong] = other;
        let [operator_secret, data_secret, data_iv, sig_secret] = secrets;
        let keys =
            Keys::new(operator_secret, data_secret, data_iv, sig_secret).expect("16 bytes each");
        failed(way_with(keys).cpo().query_start_charge(&order()).await);
    }
    for (data_secret, data_iv, sig_secret) in [
        ("canary", DATA_IV, "x"),
        (DATA_SECRET, "canary", "x"),
        (DATA_SECRET, DATA_IV, ""),
    ] {
        let error = Keys::new("canary", data_secret, data_iv, sig_secret).expect_err("of no use");
        shown((error, error.to_string()));
    }
    let stranger = PeerHttp::builder(&*base, credentials())
        .build()
        .expect("a client");
    failed(
        stranger
            .cpo()
            .with(|o| o.retry = RetryPolicy::off())
            .query_start_charge(&order())
            .await,
    );
    failed(PeerHttp::builder("https://user:canary@localhost", credentials()).build());

    // A peer that sends back what it got, or something like it.
    for text in [
        format!(r#"{{"Ret":0,"Msg":"ok","Data":{{"{PLATE}":"canary-token"}},"Sig":"canary"}}"#),
        format!("<html>canary {PLATE}</html>"),
        format!(r#"{{"canary":"{PLATE}"}}"#),
    ] {
        let (base, _) = stub(move |name, _| match name {
            "query_token" => token("canary-token", 7200),
            _ => answer(200, text.clone()),
        })
        .await;
        failed(faults::cpo(&base).query_start_charge(&order()).await);
    }
    let (base, _) = stub(|name, _| match name {
        "query_token" => token("canary\ntoken", 7200),
        _ => sample_reply(name),
    })
    .await;
    failed(faults::cpo(&base).query_start_charge(&order()).await);
    struct Own;
    impl Transport for Own {
        type Code = Ret;

        fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
            let answer = Answer::new(seal_reply(
                Some(&keys()),
                Ret::OK,
                PLATE,
                Some("{\"canary\":1}"),
                Form::default(),
            ));
            shown((call, &answer));
            Box::pin(async { Ok(answer) })
        }
    }
    failed(
        CpoClient::over(Own, credentials())
            .query_start_charge(&order())
            .await,
    );
    let query = TokenQuery {
        operator_id: OPERATOR.into(),
        operator_secret: OPERATOR_SECRET.into(),
    };
    shown((query, TokenReply::ok(OPERATOR, "canary-token", 1)));

    let issued = tokens.issued();
    assert!(issued.len() >= 3, "tokens were issued");
    let secrets: Vec<&str> = issued
        .iter()
        .map(String::as_str)
        .chain(["canary"])
        .collect();
    let look = Look {
        secrets: &secrets,
        payload: PLATE,
        // The log is worth looking at: ours, and those of the layers below.
        logged: &[
            "proto=\"evcs\"",
            "park_core",
            "reqwest",
            "rustls",
            "hyper_util",
        ],
        shown: 25,
    };
    look.finds_nothing();
}
