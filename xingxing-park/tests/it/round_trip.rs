//! Every interface: client -> socket -> service -> back.
use crate::common::*;
use std::sync::{Arc, Mutex};
use xingxing_park::{endpoint::*, model::*, *};

/// Every interface of both roles between clients and servers that speak this dialect.
async fn drive(dialect: &Dialect, tls: Option<&Certificate>) {
    let platform = Platform::default();
    let ledger = Ledger::default();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let observer = {
        let seen = seen.clone();
        Observer::new(move |observed| {
            seen.lock()
                .expect("not poisoned")
                .extend(observed.deviations.list().to_vec())
        })
    };
    let mut options = ServerOptions::default();
    options.dialect = Arc::new(dialect.clone());
    options.observer = Some(observer.clone());
    let charging_side =
        ChargingRouter::new(platform.clone(), CallbackAuth::token(TOKEN)).options(options.clone());
    let parking_side =
        ParkingRouter::new(ledger.clone(), CallbackAuth::token(TOKEN)).options(options);
    let server = || tls.map(Certificate::server);
    let bases = [
        serve_on(charging_side.into_router(), server()).await,
        serve_on(parking_side.into_router(), server()).await,
    ];
    let peer = |base: &str| {
        let http = tls.map_or_else(HttpOptions::default, Certificate::http);
        let builder = PeerHttp::builder(format!("{base}/parking"))
            .token(TOKEN)
            .http(http);
        builder
            .dialect(dialect.clone())
            .observer(observer.clone())
            .build()
            .expect("a client")
    };
    let (charging_client, parking_client) = (peer(&bases[0]).charging(), peer(&bases[1]).parking());

    let receipt = parking_client
        .notification_parking_charge_result(&charging())
        .await
        .expect("answered");
    assert!(receipt.is_accepted());
    let order = ledger
        .order(&ORDER.into())
        .await
        .expect("memory")
        .expect("kept");
    assert_eq!(order.result, charging());

    let found = charging_client
        .query_parking_charge_result(&query(ORDER))
        .await
        .expect("answered");
    assert_eq!(found, Some(ended()));
    let none = charging_client
        .query_parking_charge_result(&query("other"))
        .await
        .expect("not found is an answer");
    assert_eq!(none, None);
    let asked = std::mem::take(&mut *platform.asked.lock().expect("not poisoned"));
    assert_eq!(
        asked,
        [
            ("parking".to_owned(), query(ORDER)),
            ("parking".to_owned(), query("other"))
        ]
    );

    for fen in [0, 8_05] {
        let receipt = charging_client
            .query_parking_discount_result(&report(fen))
            .await
            .expect("answered");
        assert!(receipt.is_accepted());
    }
    assert_eq!(
        *platform.reports.lock().expect("not poisoned"),
        [report(0), report(8_05)]
    );
    let kinds: Vec<DeviationKind> = seen
        .lock()
        .expect("not poisoned")
        .iter()
        .map(|found| found.kind)
        .collect();
    let expected = if dialect.write.body == BodyStyle::Form {
        vec![DeviationKind::BODY_STYLE; 5]
    } else {
        vec![]
    };
    assert_eq!(kinds, expected, "{dialect:?}");
}

#[tokio::test]
async fn every_interface_crosses_plain_http_in_every_style() {
    for body in [BodyStyle::Fields, BodyStyle::Wrapped, BodyStyle::Form] {
        for answer in [
            AnswerStyle::Printed,
            AnswerStyle::Envelope,
            AnswerStyle::Bare,
        ] {
            for name in [QueryName::Parking, QueryName::Park] {
                drive(
                    &Dialect::default()
                        .body(body)
                        .answer(answer)
                        .query_name(name),
                    None,
                )
                .await;
            }
        }
    }
}

#[tokio::test]
async fn every_interface_crosses_https() {
    drive(&Dialect::strict(), Some(&Certificate::localhost())).await;
}

#[tokio::test]
async fn the_document_s_answers_are_read_as_printed() {
    let base = answers(200, fixture("4.2.5-not-found.json")).await;
    let client = ChargingClient::new(&base)
        .expect("a client")
        .dialect(Dialect::strict());
    assert_eq!(
        client
            .query_parking_charge_result(&query(ORDER))
            .await
            .expect("an answer"),
        None
    );
    let base = answers(200, fixture("3.1-park-charge-result.json")).await;
    let client = ChargingClient::new(&base)
        .expect("a client")
        .dialect(Dialect::strict());
    assert_eq!(
        client
            .query_parking_charge_result(&query(ORDER))
            .await
            .expect("an answer"),
        Some(charging())
    );
}

#[tokio::test]
async fn a_real_receiver_s_answer_is_read() {
    let tally = Tally::default();
    let base = answers(200, r#"{"result_code":"success"}"#).await;
    let peer = PeerHttp::builder(base)
        .observer(tally.observer())
        .build()
        .expect("a client");
    let receipt = peer
        .parking()
        .notification_parking_charge_result(&ended())
        .await
        .expect("taken");
    assert!(receipt.is_accepted());
    let counts: Vec<_> = tally
        .counts()
        .into_iter()
        .map(|(counted, _)| (counted.kind, counted.path))
        .collect();
    assert_eq!(
        counts,
        [(DeviationKind::BODY_STYLE, "result_code".to_owned())]
    );
}

#[tokio::test]
async fn both_names_of_the_query_and_several_paths_are_served() {
    let router = ChargingRouter::new(
        Platform::default(),
        CallbackAuth::dangerous_accept_unauthenticated(),
    )
    .base_path("/parking")
    .base_path("evcs/v1/");
    let base = serve_on(router.into_router(), None).await;
    let body = br#"{"OperatorID":"7","OrderID":"1"}"#;
    let printed: String = fixture("4.2.5-not-found.json").split_whitespace().collect();
    for path in [
        "parking/query_park_charge_result",
        "parking/query_parking_charge_result",
        "evcs/v1/query_park_charge_result",
    ] {
        assert_eq!(
            post(&format!("{base}/{path}"), "", body).await,
            (200, printed.clone()),
            "{path}"
        );
    }
    // A PHP client's form.
    let form = b"OperatorID=7&OrderID=1";
    let (status, answer) = post(
        &format!("{base}/parking/query_parking_charge_result"),
        "content-type: application/x-www-form-urlencoded\r\n",
        form,
    )
    .await;
    assert_eq!((status, answer), (200, printed));
}

#[tokio::test]
async fn an_interface_may_lie_at_an_address_of_its_own() {
    let router = ParkingRouter::new(
        Ledger::default(),
        CallbackAuth::dangerous_accept_unauthenticated(),
    )
    .base_path("/star/v2");
    let base = serve_on(router.into_router(), None).await;
    let peer = PeerHttp::builder("http://127.0.0.1:9/nobody")
        .address(
            "notification_parking_charge_result",
            format!("{base}/star/v2/notification_parking_charge_result"),
        )
        .build()
        .expect("a client");
    assert!(
        peer.parking()
            .notification_parking_charge_result(&charging())
            .await
            .expect("answered")
            .is_accepted()
    );
}

#[tokio::test]
async fn both_roles_are_served_by_one_router() {
    let platform = Platform::default();
    let charging_side =
        ChargingRouter::new(platform.clone(), CallbackAuth::token(TOKEN)).into_router();
    let parking_side =
        ParkingRouter::new(Ledger::default(), CallbackAuth::token(TOKEN)).into_router();
    let base = serve_on(charging_side.merge(parking_side), None).await;
    let peer = PeerHttp::builder(format!("{base}/parking"))
        .token(TOKEN)
        .build()
        .expect("a client");
    assert!(
        peer.parking()
            .notification_parking_charge_result(&charging())
            .await
            .expect("answered")
            .is_accepted()
    );
    for name in [QueryName::Parking, QueryName::Park] {
        let client = peer.charging().dialect(Dialect::default().query_name(name));
        assert_eq!(
            client
                .query_parking_charge_result(&query(ORDER))
                .await
                .expect("answered"),
            Some(ended())
        );
    }
}

/// An interface that the document does not have.
struct QueryTariff;

impl Endpoint for QueryTariff {
    const NAME: &'static str = "query_tariff";
    const METHOD: &'static str = "query_tariff";
    const TITLE: &'static str = "查询资费";
    type Request = ChargeQuery;
    type Reply = DiscountReport;
}

#[tokio::test]
async fn an_interface_of_one_s_own_is_called_like_the_document_s() {
    let tariff = r#"{"OrderID":"1","DiscountMoney":0.50}"#;
    for (body, found) in [
        (tariff.to_owned(), true),
        (
            format!(r#"{{"Ret":200,"Msg":"","Data":{tariff},"Sig":null}}"#),
            true,
        ),
        (fixture("4.2.5-not-found.json"), false),
        (r#"{"result_code":"success"}"#.to_owned(), false),
    ] {
        let client = ChargingClient::new(answers(200, body.clone()).await).expect("a client");
        let outcome = client.call::<QueryTariff>(&query(ORDER)).await;
        match outcome {
            Ok(reply) => assert!(found && reply.discount_money == Money::fen(50), "{body}"),
            Err(error) => assert!(
                !found && error.kind() == ErrorKind::PeerBytes && error.path() == Some("Data"),
                "{error}"
            ),
        }
    }
}

#[tokio::test]
async fn an_interface_is_called_by_its_name_with_json() {
    let router = ChargingRouter::new(
        Platform::default(),
        CallbackAuth::dangerous_accept_unauthenticated(),
    );
    let base = serve_on(router.into_router(), None).await;
    let client = ChargingClient::new(format!("{base}/parking")).expect("a client");
    let ask = |order: &str| format!(r#"{{"OperatorID":"7","OrderID":"{order}"}}"#);
    for (name, json, reply) in [
        (QUERY_ALIAS, ask("other"), "null".to_owned()),
        (
            QueryParkingChargeResult::NAME,
            ask(ORDER),
            encode(&ended()).expect("a model"),
        ),
        (
            QueryParkingDiscountResult::NAME,
            r#"{"OrderID":"1","DiscountMoney":0}"#.to_owned(),
            r#"{"Status":0}"#.to_owned(),
        ),
    ] {
        client.check_text(name, &json).expect(name);
        assert_eq!(client.call_text(name, &json).await.expect(name), reply);
    }
    let error = client
        .call_text(NotificationParkingChargeResult::NAME, "{}")
        .await
        .expect_err("the other side's");
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Caller, Sent::No));
}
