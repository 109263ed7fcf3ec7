//! Messages that come again or late, memories that are full, bodies that are too long.
use super::*;

#[tokio::test]
async fn a_request_that_comes_again_is_refused() {
    for guard in [
        ReplayGuard::Everything,
        ReplayGuard::Actions,
        ReplayGuard::Off,
    ] {
        let hand = Hand::of(options(Dialect::default().guard(guard))).await;
        let order =
            r#"{"StartChargeSeq":"MA5EQ42K7000020230301101030","ConnectorID":"1","QRCode":""}"#;
        let both = r#"{"StartChargeSeq":"MA5EQ42K7000020230301101030","ConnectorID":"1","QRCode":"","StationIDs":["1"]}"#;
        let (query, action, either) = (hand.seal(GOOD), hand.seal(order), hand.seal(both));
        let refused = |refused: bool| {
            if refused {
                (4003, "重复的请求")
            } else {
                (0, "请求成功")
            }
        };
        for (interface, text, is_refused) in [
            (STATUS, &query, false),
            (STATUS, &query, guard == ReplayGuard::Everything),
            ("query_start_charge", &action, false),
            ("query_start_charge", &action, guard != ReplayGuard::Off),
            (STATUS, &query, guard == ReplayGuard::Everything),
            ("query_start_charge", &action, guard != ReplayGuard::Off),
            // The signature covers no interface: a question must not come again as an order.
            (STATUS, &either, false),
            ("query_start_charge", &either, guard != ReplayGuard::Off),
        ] {
            hand.calls.take();
            let told = hand.send(interface, hand.bearer(), text.clone()).await;
            let (ret, part) = refused(is_refused);
            told.is(&format!("{guard:?} {interface}"), ret, part, true);
            assert_eq!(
                hand.calls.take().len(),
                usize::from(!is_refused),
                "{guard:?} {interface}"
            );
        }
        // With the parts cut elsewhere, or written otherwise, it is the same message.
        let text = hand.seal(order);
        let told = hand
            .send("query_start_charge", hand.bearer(), text.clone())
            .await;
        told.is("first", 0, "", true);
        if guard != ReplayGuard::Off {
            let (before, sig) = text.rsplit_once(":\"").expect("Sig is the last");
            for other in [
                format!(" {text} "),
                format!("{before}:\"{}", sig.to_lowercase()),
                text.replace("Seq", "seq"),
                text.replace("0000\",\"Seq\":\"", "\",\"Seq\":\"0000"),
                text.replace("00\",\"Seq\":\"", "\",\"Seq\":\"00"),
            ] {
                assert_ne!(other, text);
                hand.send("query_start_charge", hand.bearer(), other.clone())
                    .await
                    .is(&other, 4003, "", true);
            }
        }
        hand.goes_on().await;
    }
}

#[tokio::test]
async fn a_constant_sequence_is_no_repetition_and_an_old_message_is_stale() {
    let clock = clock();
    let mut options = options(Dialect::default());
    options.clock = Arc::new(clock.clone());
    let hand = Hand::of(options).await;
    let at = |seconds: i64, plaintext: &str| {
        let data = block(&padded(plaintext));
        let time = Stamp {
            second: Timestamp::from_seconds(seconds),
            number: 1,
        }
        .timestamp();
        let sig = sign(SIG_SECRET, &[OPERATOR, &data, &time, "0001"]);
        format!(
            r#"{{"OperatorID":"{OPERATOR}","Data":"{data}","TimeStamp":"{time}","Seq":"0001","Sig":"{sig}"}}"#
        )
    };
    let other = GOOD.replace("11", "12");
    for (text, ret, part) in [
        (at(NOW, GOOD), 0, ""),
        (at(NOW, &other), 0, ""),
        (at(NOW + 1, GOOD), 0, ""),
        (at(NOW, &other), 4003, "重复的请求"),
    ] {
        hand.post(text).await.is("constant", ret, part, true);
    }
    // As long as its time is accepted it is remembered, and no moment longer is it accepted.
    let text = at(NOW + 300, GOOD);
    for (seconds, part) in [
        (0, "请求成功"),
        (0, "重复的请求"),
        (599, "重复的请求"),
        (1, "重复的请求"),
        (1, "TimeStamp is -301 s"),
    ] {
        clock.advance(Duration::from_secs(seconds));
        hand.post(text.clone()).await.is(
            "old",
            if part == "请求成功" { 0 } else { 4003 },
            part,
            true,
        );
    }
}

#[tokio::test]
async fn a_memory_that_is_full_answers_busy() {
    struct Full;
    impl Replays for Full {
        fn remember<'a>(
            &'a self,
            seen: Seen,
            now: SystemTime,
            until: SystemTime,
        ) -> BoxFuture<'a, Memory> {
            assert_eq!(
                (&*seen.operator, until.duration_since(now).expect("later")),
                (OPERATOR, Duration::from_secs(601))
            );
            Box::pin(async { Memory::Full })
        }
    }
    let mut options = options(Dialect::default());
    options.replays = Arc::new(Full);
    let certificate = Certificate::localhost();
    let router = CpoRouter::new(Tolerant::default(), operators()).options(options);
    let (base, paths) = serve_https(router.into_router(), &certificate).await;
    let way = PeerHttp::builder(format!("{base}/evcs/v1"), credentials())
        .http(certificate.http())
        .clock(Arc::new(clock()))
        .build()
        .expect("a client");
    let error = way
        .cpo()
        .with(quick)
        .query_station_status(&sample(STATUS, "request"))
        .await
        .expect_err("full");
    assert_eq!(
        (
            error.kind(),
            error.refusal().and_then(|refusal| refusal.code)
        ),
        (ErrorKind::Busy, Some(Ret::BUSY)),
        "{error}"
    );
    assert_eq!(
        paths.take().len(),
        3,
        "no token, and three attempts to get one"
    );
}

#[tokio::test]
async fn ten_megabytes_are_read_and_more_is_refused() {
    const LIMIT: usize = 10 * 1024 * 1024;
    let hand = Hand::of(options(Dialect::default())).await;
    let filled = |length: usize| {
        let text = hand.seal(GOOD);
        let space = " ".repeat(length - text.len());
        text.replacen('{', &format!("{{{space}"), 1)
    };
    for (length, ret, part) in [
        (LIMIT, 0, ""),
        (LIMIT + 1, 4003, "longer than 10 MB"),
        (LIMIT * 3 / 2, 4003, "longer than 10 MB"),
    ] {
        hand.post(filled(length))
            .await
            .is(&length.to_string(), ret, part, ret == 0);
        hand.goes_on().await;
    }
}

#[tokio::test]
async fn what_is_no_call_is_answered_by_http() {
    let hand = Hand::of(options(Dialect::default())).await;
    let url = |path: &str| format!("{}/{path}", hand.base);
    for (request, status) in [
        (hand.client.get(url(STATUS)), 405),
        (hand.client.put(url(STATUS)).body(hand.seal(GOOD)), 405),
        (hand.client.delete(url("nothing_known")), 405),
        (hand.client.post(url("x/y")).body(hand.seal(GOOD)), 404),
        (
            hand.client
                .post(hand.base.replace("/evcs/v1", "/query_station_status"))
                .body(hand.seal(GOOD)),
            404,
        ),
        (hand.client.post(url("%ff")).body(hand.seal(GOOD)), 400),
    ] {
        let response = request
            .header("authorization", hand.bearer().expect("a token"))
            .send()
            .await
            .expect("an answer");
        assert_eq!(response.status().as_u16(), status);
        hand.goes_on().await;
    }
}
