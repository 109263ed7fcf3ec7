//! Canaries in everything that is secret, and a look at everything that is printed.
#![cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
#[path = "it/common/mod.rs"]
mod common;

use common::{cipher::*, raw::*, *};
use kt_proto::{code::*, endpoint::*, model::*, *};
use std::{collections::HashMap, sync::Arc, time::Duration};
use testkit::canary::{Look, failed, listen, shown};

/// A plate that must not be in any log from INFO on, nor in any error.
const PLATE: &str = "粤CANARY8";

struct Service;

impl LotService for Service {
    async fn query_bill(&self, cx: &Ctx, query: BillQuery) -> Outcome<Bill> {
        shown(cx);
        match query.plate_no.as_deref() {
            Some(PLATE) => Ok(Bill {
                plate_no: Some(PLATE.into()),
                ..reply::<GetParkingPaymentInfo>()
            }),
            _ => Err(refuse("无此车")),
        }
    }

    async fn query_order(&self, _: &Ctx, _: OrderStatusQuery) -> Outcome<OrderStatusReply> {
        panic!("a bug in the application with {PLATE}")
    }
}

/// A way of one's own.
struct Own;

impl Transport for Own {
    type Code = ResCode;

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<kt_proto::Answer, Error>> {
        shown(call);
        let reply = format!(r#"{{"resCode":0,"data":[{{"orderNo":{{"{PLATE}":"canary"}}}}]}}"#);
        Box::pin(async { Ok(kt_proto::Answer::new(reply)) })
    }
}

#[tokio::test]
async fn no_secret_is_printed_and_no_payload_from_info_on() {
    listen();
    let (certificate, clock) = (Certificate::localhost(), clock(NOON));
    let own = HashMap::from([(USER.to_owned(), credentials())]);
    shown((&own, credentials(), keys(), Secret::from(PWD)));
    let mut options = options(&Dialect::default(), &clock, &Told::default());
    options.observer = Some(Observer::new(|observed| shown(observed)));
    shown(&options);
    let router = LotRouter::new(Service, own).options(options);
    shown(&router);
    let router = router.into_router();
    let plain = serve_on(router.clone(), None).await;
    let tls = serve_on(router, Some(certificate.server())).await;
    let way = PeerHttp::builder(format!("https://localhost:{}", tls.port()), credentials())
        .http(certificate.http());
    shown(&way);
    let way = way.build().expect("a client");
    shown(&way);
    let secure = LotClient::over(way, keys()).clock(Arc::new(clock.clone()));
    let client = LotClient::new(format!("http://{plain}"), credentials())
        .expect("a client")
        .clock(Arc::new(clock.clone()));
    shown((&secure, &client));

    // What goes well, and what the service refuses.
    let query = |plate: &str| BillQuery::by_plate("1", plate);
    for client in [&secure, &client] {
        client.query_bill(&query(PLATE)).await.expect("answered");
        failed(client.query_bill(&query("another")).await);
        failed(client.query_order(&request::<GetPaymentStatus>()).await);
        failed(
            client
                .query_bill(&BillQuery {
                    card_no: Some(PLATE.into()),
                    ..query(PLATE)
                })
                .await,
        );
        failed(client.query_bill(&query("canary-镕")).await);
        failed(
            client
                .with(|o| o.deadline = Duration::ZERO)
                .query_bill(&query(PLATE))
                .await,
        );
        failed(
            client
                .clone()
                .clock(Arc::new(common::clock("2019-02-24 12:00:00")))
                .query_bill(&query(PLATE))
                .await,
        );
    }
    // Wrong credentials of every kind, and a server that is not trusted.
    let other = Keys::new("canary-other-24-bytes-ok").expect("24 bytes");
    for own in [
        Credentials::new(USER, "canary-wrong-pwd", keys()),
        Credentials::new("nobody", PWD, keys()),
        Credentials::new(USER, PWD, other),
        Credentials::new(USER, "canary\npwd", keys()),
    ] {
        let client = LotClient::new(format!("http://{plain}"), own)
            .expect("a client")
            .clock(Arc::new(clock.clone()));
        failed(client.query_bill(&query(PLATE)).await);
    }
    let stranger = LotClient::new(format!("https://localhost:{}", tls.port()), credentials())
        .expect("a client");
    failed(
        stranger
            .with(|o| o.retry = RetryPolicy::off())
            .query_bill(&query(PLATE))
            .await,
    );
    failed(LotClient::over(Own, keys()).query_bill(&query(PLATE)).await);
    shown(Keys::new("canary-too-short").expect_err("16 bytes"));

    // Bytes by hand, and replies by hand.
    let head = "user: ktapi\r\npwd: canary-pwd\r\n";
    let gb = encoding_rs::GBK.encode(PLATE).0.into_owned();
    for text in [
        format!(r#"{{"parkCode":"1","plateNo":{{"{PLATE}":1}}}}"#).into_bytes(),
        format!(r#"{{"parkCode":"1","plateNo":"{PLATE}"}}"#).into_bytes(),
        [b"{\"parkCode\":\"1\",\"plateNo\":[\"", &*gb, b"\"]}"].concat(),
        [
            b"{\"parkCode\":\"1\",\"x\":1,\"plateNo\":\"",
            &*gb,
            b"\",\"cardNo\":\"canary\"}",
        ]
        .concat(),
        [b"{\"parkCode\":\"1\",\"plateNo\":\"", &*gb].concat(),
        gb,
    ] {
        let body = format!(r#"{{"data":"{}"}}"#, seal_bytes(KEY, "20190225", &text));
        let answer = send(
            plain,
            "POST /api/ParkingPay/GetParkingPaymentInfo",
            head,
            body.as_bytes(),
        )
        .await;
        assert!(answer.body.contains(r#""resCode":1"#), "{}", answer.body);
        shown(answer);
    }
    for text in [
        format!(r#"{{"resCode":0,"data":[{{"orderNo":"1","payable":"{PLATE}"}}]}}"#),
        format!(r#"{{"resCode":0,"data":[{{"orderNo":"{PLATE}""#),
        format!("<html>{PLATE} canary"),
        format!("{PLATE} canary"),
    ] {
        let (base, _) = stub(move |_, _| html(&*text)).await;
        failed(lot(&base).query_bill(&query(PLATE)).await);
    }
    let text = format!(r#"{{"resCode":0,"resMsg":"canary","data":[{{"plateNo":"{PLATE}"}}]}}"#);
    let mut deviations = Deviations::default();
    shown(envelope::open_reply(&text, &Rules::default(), &mut deviations).expect("an envelope"));
    let sealed = keys()
        .seal(
            &format!(r#"{{"parkCode":"canary","plateNo":"{PLATE}"}}"#),
            today(&clock),
        )
        .expect("GB2312");
    shown(
        keys()
            .open(&sealed, [today(&clock)], &["parkCode"])
            .expect("opened"),
    );

    let look = Look {
        secrets: &["canary"],
        payload: PLATE,
        // The log is worth looking at: ours, and those of the layers below.
        logged: &[
            "kt_proto",
            "park_core",
            "reqwest",
            "rustls",
            "hyper_util",
            "data cannot be opened",
            "the service panicked",
        ],
        shown: 35,
    };
    look.finds_nothing();
}
