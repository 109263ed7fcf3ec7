//! The same messages in the charging envelope.
use crate::common::*;
use evcs_proto::{Credentials, Keys};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};
use xingxing_park::{code::*, model::*, *};

const OPERATOR: &str = "MA5DA0053";

fn keys(last: char) -> Keys {
    let secret = format!("canary-12345678{last}");
    Keys::new(secret.clone(), secret.clone(), secret.clone(), secret).expect("sixteen characters")
}

fn known() -> HashMap<String, Keys> {
    HashMap::from([(OPERATOR.to_owned(), keys('1'))])
}

fn credentials(last: char) -> Credentials {
    Credentials::new(OPERATOR, keys(last))
}

/// A query in the name of the operator whose envelope it travels in.
fn own_query(order_id: &str) -> ChargeQuery {
    ChargeQuery {
        operator_id: OPERATOR.into(),
        ..query(order_id)
    }
}

#[tokio::test]
async fn every_interface_crosses_sealed() {
    let platform = Platform::default();
    let ledger = Ledger::default();
    let charging_base = serve_on(
        ChargingRouter::sealed(platform.clone(), known()).into_router(),
        None,
    )
    .await;
    let parking_base = serve_on(
        ParkingRouter::sealed(ledger.clone(), known()).into_router(),
        None,
    )
    .await;
    for dialect in [
        Dialect::strict(),
        Dialect::default().body(BodyStyle::Form),
        Dialect::default()
            .body(BodyStyle::Wrapped)
            .query_name(QueryName::Park),
    ] {
        let peer = |base: &str| {
            let builder = PeerHttp::builder(format!("{base}/parking")).sealed(credentials('1'));
            builder.dialect(dialect.clone()).build().expect("a client")
        };
        let counter = Arc::new(Counter);
        let charging_client = peer(&charging_base).charging().sequence(counter.clone());
        let parking_client = peer(&parking_base).parking().sequence(counter);
        let receipt = parking_client
            .notification_parking_charge_result(&charging())
            .await
            .expect("answered");
        assert!(receipt.is_accepted());
        assert_eq!(
            charging_client
                .query_parking_charge_result(&own_query(ORDER))
                .await
                .expect("answered"),
            Some(ended())
        );
        assert_eq!(
            charging_client
                .query_parking_charge_result(&own_query("other"))
                .await
                .expect("answered"),
            None
        );
        assert!(
            charging_client
                .query_parking_discount_result(&report(0))
                .await
                .expect("answered")
                .is_accepted()
        );
        let asked = std::mem::take(&mut *platform.asked.lock().expect("not poisoned"));
        assert!(
            asked.len() == 2 && asked.iter().all(|(peer, _)| peer == OPERATOR),
            "{asked:?}"
        );
        assert_eq!(
            std::mem::take(&mut *platform.reports.lock().expect("not poisoned")),
            [report(0)]
        );
    }
    assert!(ledger.order(&ORDER.into()).await.expect("memory").is_some());
}

/// One counter for every client that speaks as this operator.
struct Counter;

impl evcs_proto::Sequence for Counter {
    fn next(&self, now: Timestamp) -> BoxFuture<'_, Option<evcs_proto::sequence::Stamp>> {
        static LAST: Mutex<u16> = Mutex::new(100);
        let mut last = LAST.lock().expect("not poisoned");
        *last += 1;
        let stamp = evcs_proto::sequence::Stamp {
            second: now,
            number: *last,
        };
        Box::pin(async move { Some(stamp) })
    }
}

/// Keeps what crosses it.
#[derive(Clone)]
struct Tap(PeerHttp, Arc<Mutex<Vec<(String, String)>>>);

impl Transport for Tap {
    type Code = Ret;

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
            let request = text(&call.body);
            let answer = self.0.exchange(call).await?;
            self.1
                .lock()
                .expect("not poisoned")
                .push((request, text(&answer.body)));
            Ok(answer)
        })
    }
}

#[tokio::test]
async fn nothing_readable_crosses_and_nothing_is_played_again() {
    let base = serve_on(
        ParkingRouter::sealed(Ledger::default(), known()).into_router(),
        None,
    )
    .await;
    let url = format!("{base}/parking");
    let tap = Tap(
        PeerHttp::builder(&url).build().expect("a way"),
        Arc::default(),
    );
    let client = ParkingClient::over(tap.clone()).sealed(credentials('1'));
    assert!(
        client
            .notification_parking_charge_result(&charging())
            .await
            .expect("answered")
            .is_accepted()
    );
    let (request, answer) = tap.1.lock().expect("not poisoned")[0].clone();
    assert!(
        request.contains(OPERATOR) && !request.contains("3005") && !request.contains(ORDER),
        "{request}"
    );
    assert!(
        answer.starts_with(r#"{"Ret":0,"#) && !answer.contains("Status"),
        "{answer}"
    );
    let (status, again) = post(
        &format!("{url}/notification_parking_charge_result"),
        "",
        request.as_bytes(),
    )
    .await;
    assert!(
        status == 200 && again.starts_with(r#"{"Ret":4003,"#),
        "{again}"
    );
}

#[tokio::test]
async fn what_is_not_sealed_as_it_has_to_be_is_refused() {
    let clock = ManualClock::new(SystemTime::now());
    let mut options = ServerOptions::default();
    options.clock = Arc::new(clock.clone());
    let base = serve_on(
        ParkingRouter::sealed(Ledger::default(), known())
            .options(options)
            .into_router(),
        None,
    )
    .await;
    let url = format!("{base}/parking");
    let parking = |credentials| {
        PeerHttp::builder(&url)
            .sealed(credentials)
            .build()
            .expect("a client")
            .parking()
    };
    let refused = async |client: ParkingClient| {
        client
            .notification_parking_charge_result(&charging())
            .await
            .expect_err("refused")
    };
    let ret = |error: &Error| error.refusal().and_then(|refusal| refusal.code);
    let wrong = refused(parking(credentials('2'))).await;
    // The server signs with its own keys, which are not the client's.
    assert_eq!(
        (ret(&wrong), wrong.is_unauthenticated()),
        (Some(Ret::WRONG_SIGNATURE), true)
    );
    let stranger = refused(parking(Credentials::new("000000000", keys('1')))).await;
    assert_eq!(
        (ret(&stranger), stranger.is_unauthenticated()),
        (Some(Ret::WRONG_PARAMETERS), true)
    );
    clock.advance(Duration::from_secs(3600));
    let late = refused(parking(credentials('1'))).await;
    assert_eq!(
        (ret(&late), late.is_unauthenticated()),
        (Some(Ret::WRONG_ENVELOPE), false)
    );
    // Readable, where everything has to be sealed.
    let plain = refused(ParkingClient::new(&url).expect("a client")).await;
    assert_eq!(ret(&plain), Some(Ret::WRONG_ENVELOPE));
    for error in [wrong, stranger, late, plain] {
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_sealed_is_no_answer() {
    for body in [
        r#"{"Ret":0,"Msg":"","Data":{"Status":0},"Sig":null}"#,
        r#"{"Ret":0,"Msg":"","Data":"","Sig":"00000000000000000000000000000000"}"#,
        r#"{"Status":0}"#,
        r#"{"Ret":200,"Msg":"","Data":null,"Sig":null}"#,
    ] {
        let base = answers(200, body).await;
        let peer = || PeerHttp::builder(&base).sealed(credentials('1'));
        let error = peer()
            .build()
            .expect("a client")
            .parking()
            .notification_parking_charge_result(&charging())
            .await
            .expect_err(body);
        assert_eq!(
            (error.kind(), error.sent()),
            (ErrorKind::PeerBytes, Sent::Answered),
            "{body}"
        );
    }
}

#[tokio::test]
async fn the_printed_answer_that_found_nothing_needs_no_signature() {
    let printed = fixture("4.2.5-not-found.json");
    let sealed = r#"{"Ret":0,"Msg":"","Data":"AAAAAAAAAAAAAAAAAAAAAA==","Sig":null}"#;
    for (body, dialect, found_nothing) in [
        (&*printed, Dialect::default(), true),
        (&*printed, Dialect::strict(), false),
        (sealed, Dialect::default(), false),
    ] {
        let tally = Tally::default();
        let builder = PeerHttp::builder(answers(200, body).await).sealed(credentials('1'));
        let client = builder
            .dialect(dialect)
            .observer(tally.observer())
            .build()
            .expect("a client")
            .charging();
        let outcome = client.query_parking_charge_result(&query(ORDER)).await;
        if found_nothing {
            assert_eq!(outcome.expect("not found"), None);
            let kinds: Vec<DeviationKind> = tally
                .counts()
                .into_iter()
                .map(|(counted, _)| counted.kind)
                .collect();
            assert_eq!(
                kinds,
                [
                    DeviationKind::NULL_FOR_ABSENT,
                    evcs_proto::deviation::UNSIGNED
                ]
            );
        } else {
            let error = outcome.expect_err(body);
            assert_eq!(
                (error.kind(), error.sent()),
                (ErrorKind::PeerBytes, Sent::Answered),
                "{body}"
            );
        }
    }
}

#[tokio::test]
async fn a_query_in_another_operator_s_name_is_refused() {
    let platform = Platform::default();
    let base = serve_on(
        ChargingRouter::sealed(platform.clone(), known()).into_router(),
        None,
    )
    .await;
    let builder = PeerHttp::builder(format!("{base}/parking")).sealed(credentials('1'));
    let client = builder.build().expect("a client").charging();
    let error = client
        .query_parking_charge_result(&query(ORDER))
        .await
        .expect_err("another's name");
    assert_eq!(
        error.refusal().and_then(|refusal| refusal.code),
        Some(Ret::WRONG_PARAMETERS)
    );
    assert!(platform.asked.lock().expect("not poisoned").is_empty());
}

#[tokio::test]
async fn each_operator_has_its_own_dialect() {
    const STRICT: &str = "MA5DA0054";
    let operators = HashMap::from([
        (OPERATOR.to_owned(), keys('1')),
        (STRICT.to_owned(), keys('1')),
    ]);
    let tally = Tally::default();
    let mut options = ServerOptions::default();
    options.observer = Some(tally.observer());
    options
        .dialects
        .insert(STRICT.to_owned(), Arc::new(Dialect::strict()));
    let base = serve_on(
        ParkingRouter::sealed(Ledger::default(), operators)
            .options(options)
            .into_router(),
        None,
    )
    .await;
    let unlisted = ParkChargeResult {
        start_charge_seq_stat: ChargeState(9),
        ..charging()
    };
    for (operator, ret) in [(OPERATOR, None), (STRICT, Some(Ret::WRONG_PARAMETERS))] {
        let builder = PeerHttp::builder(format!("{base}/parking"))
            .sealed(Credentials::new(operator, keys('1')));
        let dialect = Dialect::default().waive(["StartChargeSeqStat"]);
        let client = builder
            .dialect(dialect)
            .build()
            .expect("a client")
            .parking();
        let outcome = client.notification_parking_charge_result(&unlisted).await;
        let refusal = outcome
            .err()
            .and_then(|error| error.refusal().and_then(|refusal| refusal.code));
        assert_eq!(refusal, ret, "{operator}");
    }
    let told: Vec<_> = tally
        .counts()
        .into_iter()
        .map(|(counted, count)| (counted.peer, counted.kind, count))
        .collect();
    assert_eq!(
        told,
        [(OPERATOR.to_owned(), DeviationKind::UNKNOWN_CODE, 1)]
    );
}

/// Has no number left.
struct UsedUp;

impl evcs_proto::Sequence for UsedUp {
    fn next(&self, _: Timestamp) -> BoxFuture<'_, Option<evcs_proto::sequence::Stamp>> {
        Box::pin(async { None })
    }
}

#[tokio::test]
async fn without_a_number_nothing_is_sent_and_the_deadline_holds() {
    let peer = PeerHttp::builder("http://127.0.0.1:9/parking").sealed(credentials('1'));
    let peer = peer
        .with(|options| options.deadline = Duration::from_millis(300))
        .build()
        .expect("a client");
    let client = peer.parking().sequence(Arc::new(UsedUp));
    let error = client
        .notification_parking_charge_result(&charging())
        .await
        .expect_err("used up");
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::Busy, Sent::No),
        "{error}"
    );
}
