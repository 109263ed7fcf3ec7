//! What goes wrong, on both sides, and how it is told.
use crate::common::*;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};
use tokio::net::TcpListener;
use xingxing_park::{
    code::*,
    ledger::{Order, PlateKey},
    model::*,
    *,
};

fn quick(client: &ChargingClient) -> ChargingClient {
    client.with(|options| {
        options.retry = RetryPolicy::off();
        options.deadline = Duration::from_millis(300);
    })
}

async fn asked(base: &str) -> Error {
    let client = quick(&ChargingClient::new(base).expect("a client"));
    client
        .query_parking_charge_result(&query(ORDER))
        .await
        .expect_err(base)
}

#[tokio::test]
async fn whatever_comes_instead_of_an_answer_is_a_typed_error() {
    let html = "<html><body>canary</body></html>";
    for (status, body, kind, sent) in [
        (200, html, ErrorKind::PeerBytes, Sent::Answered),
        (200, "", ErrorKind::PeerBytes, Sent::Answered),
        (
            200,
            "{\"Ret\":0,\"Data\":{\"OrderID\":\"canary\"}}",
            ErrorKind::PeerBytes,
            Sent::Answered,
        ),
        (
            200,
            "{\"Ret\":4001,\"Msg\":\"no\"}",
            ErrorKind::Refused,
            Sent::Answered,
        ),
        (
            200,
            "{\"Ret\":-1,\"Msg\":\"later\"}",
            ErrorKind::Busy,
            Sent::Answered,
        ),
        (
            500,
            "{\"Ret\":500,\"Msg\":\"no\"}",
            ErrorKind::Refused,
            Sent::Answered,
        ),
        (500, html, ErrorKind::Network, Sent::Maybe),
        (502, html, ErrorKind::Network, Sent::Maybe),
        (404, html, ErrorKind::PeerBytes, Sent::Answered),
        (401, html, ErrorKind::Refused, Sent::Answered),
        (302, "", ErrorKind::PeerBytes, Sent::Answered),
    ] {
        let error = asked(&answers(status, body).await).await;
        assert_eq!(
            (error.kind(), error.sent()),
            (kind, sent),
            "{status} {body}: {error}"
        );
        assert_eq!(error.endpoint(), Some("query_parking_charge_result"));
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
    let error = asked(&answers(200, b"\xff\xfe{}".to_vec()).await).await;
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::PeerBytes, Sent::Answered),
        "{error}"
    );
}

#[tokio::test]
async fn nobody_there_and_nobody_answering_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("bound").port();
    let silent = asked(&format!("http://127.0.0.1:{port}/parking")).await;
    assert_eq!(
        (silent.kind(), silent.sent()),
        (ErrorKind::Timeout, Sent::Maybe),
        "{silent}"
    );
    drop(listener);
    let gone = asked(&format!("http://127.0.0.1:{port}/parking")).await;
    assert_eq!(
        (gone.kind(), gone.sent()),
        (ErrorKind::Network, Sent::No),
        "{gone}"
    );
}

#[tokio::test]
async fn an_address_or_a_value_that_cannot_be_used_is_the_caller_s() {
    for base in [
        "",
        "parking",
        "ftp://x/parking",
        "http://user:canary@x/parking",
        "http://x/parking?token=canary",
    ] {
        let error = ChargingClient::new(base).expect_err(base);
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Caller, Sent::No));
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
    let client = ParkingClient::new("http://127.0.0.1:9/parking").expect("a client");
    let long = ParkChargeResult {
        operator_id: "1".into(),
        plate: "粤B12345678901".into(),
        ..charging()
    };
    let error = client
        .notification_parking_charge_result(&long)
        .await
        .expect_err("two broken rules");
    let paths: Vec<&str> = error
        .violations()
        .iter()
        .map(|violation| violation.path.as_str())
        .collect();
    assert_eq!(
        (error.kind(), error.sent(), paths),
        (ErrorKind::Caller, Sent::No, vec!["OperatorID", "Plate"])
    );
    // One that waives the limit gets as far as the line.
    let waiving = client
        .dialect(Dialect::default().waive(["OperatorID", "Plate"]))
        .with(|options| options.retry = RetryPolicy::off());
    assert_eq!(
        waiving
            .notification_parking_charge_result(&long)
            .await
            .expect_err("nobody")
            .kind(),
        ErrorKind::Network
    );
}

#[tokio::test]
async fn a_server_refuses_by_status_and_in_the_envelope() {
    struct Nothing;
    impl ChargingService for Nothing {}
    let base = serve_on(
        ChargingRouter::new(Nothing, CallbackAuth::token(TOKEN)).into_router(),
        None,
    )
    .await;
    let bearer = format!("authorization: Bearer {TOKEN}\r\n");
    let good = br#"{"OperatorID":"7","OrderID":"1"}"#.to_vec();
    for (path, headers, body, status, ret) in [
        ("query_parking_charge_result", "", good.clone(), 401, 4002),
        (
            "query_parking_charge_result",
            "authorization: Bearer canary\r\n",
            good.clone(),
            401,
            4002,
        ),
        (
            "query_parking_charge_result",
            &bearer,
            good.clone(),
            400,
            4004,
        ),
        (
            "query_parking_charge_result",
            &bearer,
            b"{\"OrderID\":\"1\"}".to_vec(),
            400,
            4004,
        ),
        (
            "query_parking_charge_result",
            &bearer,
            b"<html>".to_vec(),
            400,
            4004,
        ),
        (
            "query_parking_charge_result",
            &bearer,
            b"\xff".to_vec(),
            400,
            4003,
        ),
        (
            "query_parking_charge_result",
            &bearer,
            vec![b'x'; 70_000],
            400,
            4003,
        ),
        ("query_park_charge_result", &bearer, good.clone(), 400, 4004),
    ] {
        let (got, answer) = post(&format!("{base}/parking/{path}"), headers, &body).await;
        assert_eq!(got, status, "{path} {answer}");
        assert!(
            answer.starts_with(&format!("{{\"Ret\":{ret},\"Msg\":\""))
                && answer.ends_with("\"Data\":null,\"Sig\":null}"),
            "{answer}"
        );
        assert!(!answer.contains("canary"), "{answer}");
    }
    for path in ["notification_parking_charge_result", "query_token"] {
        assert_eq!(
            post(&format!("{base}/parking/{path}"), &bearer, &good)
                .await
                .0,
            404,
            "{path}"
        );
    }
    // Our own client reads the same.
    let client = PeerHttp::builder(format!("{base}/parking"))
        .token("other")
        .build()
        .expect("a client")
        .charging();
    let error = client
        .query_parking_discount_result(&report(1))
        .await
        .expect_err("refused");
    assert_eq!(
        error.refusal().and_then(|refusal| refusal.code),
        Some(Ret::WRONG_TOKEN)
    );
    let client = PeerHttp::builder(format!("{base}/parking"))
        .token(TOKEN)
        .build()
        .expect("a client")
        .charging();
    let error = client
        .query_parking_discount_result(&report(1))
        .await
        .expect_err("not offered");
    assert_eq!(
        error.to_string(),
        "query_parking_discount_result: refused by the peer: 4004 请求的业务参数不合法: \
            query_parking_discount_result is not offered here (接口未提供)"
    );
}

/// A store that fails so many times.
struct Failing(MemoryLedger, AtomicU32);

impl LedgerStore for Failing {
    fn join(&self, order: Order) -> BoxFuture<'_, Result<Option<Order>, StoreError>> {
        match self
            .1
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                left.checked_sub(1)
            }) {
            Ok(_) => Box::pin(async { Err(StoreError::new("disk full")) }),
            Err(_) => self.0.join(order),
        }
    }

    fn find<'a>(
        &'a self,
        order_id: &'a OrderId,
    ) -> BoxFuture<'a, Result<Option<Order>, StoreError>> {
        self.0.find(order_id)
    }

    fn of_plate<'a>(
        &'a self,
        plate: &'a PlateKey,
    ) -> BoxFuture<'a, Result<Vec<Order>, StoreError>> {
        self.0.of_plate(plate)
    }

    fn forget(&self, moment: DateTime) -> BoxFuture<'_, Result<usize, StoreError>> {
        self.0.forget(moment)
    }
}

#[tokio::test]
async fn what_the_store_did_not_take_is_not_accepted_and_comes_again() {
    for (failures, attempts, taken) in [(1, 1, false), (2, 3, true), (9, 3, false)] {
        let store = Arc::new(Failing(MemoryLedger::new(), AtomicU32::new(failures)));
        let router = ParkingRouter::new(
            Ledger::new(store.clone()),
            CallbackAuth::dangerous_accept_unauthenticated(),
        );
        let base = serve_on(router.into_router(), None).await;
        let client = ParkingClient::new(format!("{base}/parking"))
            .expect("a client")
            .with(|options| {
                options.retry.attempts = attempts;
                options.retry.first = Duration::from_millis(1);
            });
        let outcome = client.notification_parking_charge_result(&charging()).await;
        assert_eq!(
            store.find(&ORDER.into()).await.expect("memory").is_some(),
            taken
        );
        match outcome {
            Ok(receipt) => assert!(taken && receipt.is_accepted()),
            Err(error) => assert!(
                !taken && error.kind() == ErrorKind::Busy && !error.to_string().contains("disk"),
                "{error}"
            ),
        }
    }
}

#[tokio::test]
async fn a_service_that_panics_refuses_one_call() {
    struct Panics;
    impl ParkingService for Panics {
        async fn notification_parking_charge_result(
            &self,
            _: &Ctx,
            result: ParkChargeResult,
        ) -> Outcome<Receipt> {
            assert_ne!(result, charging(), "canary");
            Ok(Receipt::ACCEPTED)
        }
    }
    let base = serve_on(
        ParkingRouter::new(Panics, CallbackAuth::dangerous_accept_unauthenticated()).into_router(),
        None,
    )
    .await;
    let client = ParkingClient::new(format!("{base}/parking")).expect("a client");
    let error = client
        .notification_parking_charge_result(&charging())
        .await
        .expect_err("panicked");
    assert_eq!(
        error.refusal().and_then(|refusal| refusal.code),
        Some(Ret::SYSTEM_ERROR)
    );
    assert!(
        client
            .notification_parking_charge_result(&ended())
            .await
            .expect("the next")
            .is_accepted()
    );
}

#[tokio::test]
async fn strict_rules_refuse_on_both_sides() {
    let mut options = ServerOptions::default();
    options.dialect = Arc::new(Dialect::strict());
    let router = ParkingRouter::new(
        Ledger::default(),
        CallbackAuth::dangerous_accept_unauthenticated(),
    )
    .options(options);
    let base = serve_on(router.into_router(), None).await;
    let sample = fixture("3.1-park-charge-result.json");
    let url = format!("{base}/parking/notification_parking_charge_result");
    assert_eq!(
        post(&url, "", sample.as_bytes()).await,
        (200, r#"{"Status":0}"#.to_owned())
    );
    for text in [
        sample.replace("\"Plate\"", "\"plate\""),
        sample.replace("0.4", "\"0.4\""),
        sample.replace(": 2,", ": 9,"),
    ] {
        assert_eq!(post(&url, "", text.as_bytes()).await.0, 400, "{text}");
    }
    let base = answers(200, r#"{"result_code":"success"}"#).await;
    let strict = ParkingClient::new(&base)
        .expect("a client")
        .dialect(Dialect::strict());
    let error = strict
        .notification_parking_charge_result(&charging())
        .await
        .expect_err("a departure");
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::PeerBytes, Some("result_code"))
    );
}

#[test]
fn an_address_for_no_interface_is_the_caller_s_error() {
    let builder = PeerHttp::builder("https://lot.example")
        .address("query_parking_charge_results", "https://lot.example/query");
    let error = builder.build().expect_err("a typing error");
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Caller, Sent::No));
    assert!(
        error.to_string().contains("query_parking_charge_results"),
        "{error}"
    );
}
