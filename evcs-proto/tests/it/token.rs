//! Tokens: one whoever asks, replaced before they expire, refused, and never at the price of acting
//! twice.
use crate::common::{faults::*, *};
use evcs_proto::{code::*, endpoint::*, model::*, *};
use std::{
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

fn clock() -> ManualClock {
    ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_677_628_800))
}

fn days(days: u64) -> Duration {
    Duration::from_secs(days * 86_400)
}

/// A platform over TLS by `clock`, whose tokens are in `tokens`, and the way to it by `clock` of
/// its own.
async fn platform(
    clock: &ManualClock,
    own: &ManualClock,
    tokens: &MemoryTokens,
    life: Duration,
) -> (PeerHttp, Paths) {
    let mut options = ServerOptions::default();
    options.clock = Arc::new(clock.clone());
    let router = PlatformRouter::new(ReplayCpo::default(), ReplayEmsp::default(), operators());
    let router = router
        .options(options)
        .tokens(tokens.clone())
        .token_life(life);
    let certificate = Certificate::localhost();
    let (base, paths) = serve_https(router.into_router(), &certificate).await;
    let way = PeerHttp::builder(format!("{base}/evcs/v1"), credentials())
        .http(certificate.http())
        .clock(Arc::new(own.clone()));
    (way.build().expect("a client"), paths)
}

async fn ask(way: &PeerHttp) {
    let asked = way
        .cpo()
        .query_station_status(&sample("query_station_status", "request"))
        .await;
    asked.expect("answered");
}

async fn start(cpo: &CpoClient) -> Result<StartChargeReply, Error> {
    cpo.query_start_charge(&sample("query_start_charge", "request"))
        .await
}

async fn status(cpo: &CpoClient) -> Result<StationStatusReply, Error> {
    cpo.query_station_status(&sample("query_station_status", "request"))
        .await
}

fn code(error: &Error) -> Option<Ret> {
    error.refusal().and_then(|refusal| refusal.code)
}

#[tokio::test]
async fn one_token_is_asked_for_however_many_want_it() {
    let (clock, life) = (clock(), Duration::from_secs(600));
    let tokens = MemoryTokens::new(Arc::new(clock.clone()));
    let (way, paths) = platform(&clock, &clock, &tokens, life).await;
    for expiries in 1..=3 {
        let calls: Vec<_> = (0..50)
            .map(|number| {
                let way = way.clone();
                tokio::spawn(async move {
                    match number % 2 {
                        0 => ask(&way).await,
                        _ => drop(
                            way.emsp()
                                .check_charge_orders(&sample("check_charge_orders", "request"))
                                .await
                                .expect("answered"),
                        ),
                    }
                })
            })
            .collect();
        for call in calls {
            call.await.expect("no panic");
        }
        assert_eq!(paths.count("query_token"), expiries);
        clock.advance(life);
    }
    way.refresh().await.expect("a new one");
    ask(&way).await;
    assert_eq!(paths.count("query_token"), 4);
}

#[tokio::test]
async fn a_token_is_replaced_before_it_expires_and_no_call_waits_for_it() {
    let (base, asked) = stub(|name, number| match (name, number) {
        ("query_token", 1) => token("first", 100),
        ("query_token", _) => token("second", 100),
        _ => sample_reply(name),
    })
    .await;
    let clock = clock();
    let way = way_by(&base, &clock);
    ask(&way).await;
    clock.advance(Duration::from_secs(89));
    ask(&way).await;
    assert_eq!(asked.count("query_token"), 1);
    clock.advance(Duration::from_secs(2));
    ask(&way).await;
    assert!(
        asked
            .last("query_station_status")
            .contains("authorization: Bearer first\r\n")
    );
    while !asked.last("query_station_status").contains("Bearer second") {
        ask(&way).await;
    }
    assert_eq!(asked.count("query_token"), 2);
    assert!(!asked.last("query_token").contains("Bearer"));
    // The new one has its own life.
    asked.take();
    clock.advance(Duration::from_secs(89));
    ask(&way).await;
    assert_eq!(asked.take(), ["query_station_status"]);
}

/// Every way in which peers say that the token is wrong, and whether it is proven that they said
/// it.
fn refusals() -> Vec<(Canned, bool)> {
    let unsigned = r#"{"Ret":4002,"Msg":"Token错误","Data":"","Sig":""}"#;
    let signed = refusal::<Canned>(Ret::WRONG_TOKEN).body;
    vec![
        (refusal(Ret::WRONG_TOKEN), true),
        (answer(401, signed), true),
        (body(unsigned), false),
        (answer(401, unsigned), false),
        (body(r#"{"ret":"4002","msg":null}"#), false),
        (answer(401, b"<html>who are you?</html>".to_vec()), false),
        (answer(401, vec![0xff]), false),
    ]
}

#[tokio::test]
async fn a_refused_token_costs_one_question_and_one_repetition_unless_that_could_act_twice() {
    for (refused, signed) in refusals() {
        let once = refused.clone();
        let (base, asked) = stub(move |name, number| match (name, number) {
            ("query_token", number) => token(&format!("token-{number}"), 7200),
            (_, 1) => once.clone(),
            _ => sample_reply(name),
        })
        .await;
        let cpo = cpo(&base);
        status(&cpo).await.expect("with another token");
        let twice = [
            "query_token",
            "query_station_status",
            "query_token",
            "query_station_status",
        ];
        assert_eq!(asked.take(), twice, "{refused:?}");
        // Charging is not started again on its own; what the next call needs is there.
        let error = start(&cpo).await.expect_err("refused");
        assert_eq!(
            (error.kind(), error.sent(), code(&error)),
            (ErrorKind::Refused, Sent::Answered, Some(Ret::WRONG_TOKEN))
        );
        assert_eq!(error.is_unauthenticated(), !signed, "{error}");
        assert_eq!(
            asked.take(),
            ["query_start_charge", "query_token"],
            "{refused:?}"
        );
        start(&cpo).await.expect("with the third token");
        assert!(asked.last("query_start_charge").contains("Bearer token-3"));
        assert_eq!(asked.take(), ["query_start_charge"], "{refused:?}");
        let stop = cpo
            .query_stop_charge(&sample("query_stop_charge", "request"))
            .await;
        assert_eq!(code(&stop.expect_err("refused")), Some(Ret::WRONG_TOKEN));
        assert_eq!(
            asked.take(),
            ["query_stop_charge", "query_token"],
            "{refused:?}"
        );
        // Whoever calls may lower the class, or insist.
        let careful = cpo.with(|o| o.class = Some(Retry::Never));
        let careful = careful
            .query_stations_info(&sample("query_stations_info", "request"))
            .await;
        assert_eq!(code(&careful.expect_err("refused")), Some(Ret::WRONG_TOKEN));
        assert_eq!(
            asked.take(),
            ["query_stations_info", "query_token"],
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn whoever_insists_has_even_a_start_repeated() {
    let (base, asked) = stub(|name, number| match (name, number) {
        ("query_token", _) => token("x", 7200),
        (_, 1) => refusal(Ret::WRONG_TOKEN),
        _ => sample_reply(name),
    })
    .await;
    start(&cpo(&base).with(CallOptions::dangerous_repeat_anything))
        .await
        .expect("repeated");
    assert_eq!(
        asked.take(),
        [
            "query_token",
            "query_start_charge",
            "query_token",
            "query_start_charge"
        ]
    );
}

#[tokio::test]
async fn a_token_that_is_refused_for_ever_is_not_asked_for_for_ever() {
    for (refused, _) in refusals() {
        let (base, asked) = stub(move |name, _| {
            if name == "query_token" {
                token("x", 7200)
            } else {
                refused.clone()
            }
        })
        .await;
        let error = status(&cpo(&base)).await.expect_err("refused");
        assert_eq!(code(&error), Some(Ret::WRONG_TOKEN));
        assert_eq!(
            asked.take(),
            [
                "query_token",
                "query_station_status",
                "query_token",
                "query_station_status"
            ]
        );
    }
}

#[tokio::test]
async fn a_start_whose_token_cannot_be_renewed_tells_what_became_of_the_start() {
    let (base, asked) = stub(|name, number| match (name, number) {
        ("query_token", 1) => token("x", 7200),
        ("query_token", _) => answer(503, Vec::new()),
        _ => refusal(Ret::WRONG_TOKEN),
    })
    .await;
    let error = start(&cpo(&base)).await.expect_err("refused");
    assert_eq!(
        (error.sent(), code(&error)),
        (Sent::Answered, Some(Ret::WRONG_TOKEN)),
        "{error}"
    );
    assert_eq!(
        asked.take(),
        ["query_token", "query_start_charge", "query_token"]
    );
}

#[tokio::test]
async fn what_could_act_twice_is_on_the_wire_once_whatever_becomes_of_it() {
    for (fault, kind) in [
        (Do::Silence, ErrorKind::Timeout),
        (Do::Close, ErrorKind::Network),
        (answer(502, b"<html></html>".to_vec()), ErrorKind::Network),
        (answer(500, Vec::new()), ErrorKind::Network),
        (answer(408, Vec::new()), ErrorKind::Timeout),
    ] {
        let failing = fault.clone();
        let (base, asked) = peer(move |name, number| match (name, number) {
            ("query_token", _) => token("x", 7200),
            (_, 1) => failing.clone(),
            _ => sample_reply(name),
        })
        .await;
        let cpo = cpo(&base).with(|o| {
            o.deadline = Duration::from_millis(if kind == ErrorKind::Timeout {
                300
            } else {
                5000
            })
        });
        let error = start(&cpo).await.expect_err("failed");
        assert_eq!(
            (error.kind(), error.sent()),
            (kind, Sent::Maybe),
            "{fault:?}: {error}"
        );
        assert_eq!(
            asked.take(),
            ["query_token", "query_start_charge"],
            "{fault:?}"
        );
        let again = status(&cpo).await;
        assert_eq!(again.is_ok(), !matches!(fault, Do::Silence), "{fault:?}");
        assert_eq!(
            asked.take().len(),
            1 + usize::from(again.is_ok()),
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn a_busy_peer_is_asked_again_unless_that_could_act_twice() {
    let (base, asked) = stub(|name, number| match (name, number) {
        (_, 1 | 2) => refusal(Ret::BUSY),
        ("query_token", _) => token("x", 7200),
        _ => sample_reply(name),
    })
    .await;
    // Without a token nothing of the order was sent, so that may be waited for.
    let error = start(&cpo(&base)).await.expect_err("busy");
    assert_eq!(
        (error.kind(), error.sent(), code(&error)),
        (ErrorKind::Busy, Sent::Answered, Some(Ret::BUSY))
    );
    assert!(
        error.is_temporary() && !error.is_unauthenticated(),
        "{error}"
    );
    assert_eq!(
        asked.take(),
        [
            "query_token",
            "query_token",
            "query_token",
            "query_start_charge"
        ]
    );
    let (base, asked) = stub(|name, number| match (name, number) {
        ("query_token", _) => token("x", 7200),
        (_, 1 | 2) => refusal(Ret::BUSY),
        _ => sample_reply(name),
    })
    .await;
    status(&cpo(&base)).await.expect("at last");
    let thrice = [
        "query_token",
        "query_station_status",
        "query_station_status",
        "query_station_status",
    ];
    assert_eq!(asked.take(), thrice);
}

#[tokio::test]
async fn a_token_that_expired_or_was_revoked_is_refused_and_replaced() {
    let (theirs, ours) = (clock(), clock());
    let tokens = MemoryTokens::new(Arc::new(theirs.clone()));
    let (way, paths) = platform(&theirs, &ours, &tokens, Duration::from_secs(200)).await;
    let asked = || {
        paths
            .take()
            .into_iter()
            .map(|path| path.rsplit('/').next().expect("a name").to_owned())
            .collect::<Vec<_>>()
    };
    ask(&way).await;
    assert_eq!(asked(), ["query_token", "query_station_status"]);
    theirs.advance(Duration::from_secs(199));
    ask(&way).await;
    assert_eq!(asked(), ["query_station_status"]);
    theirs.advance(Duration::from_secs(1));
    ask(&way).await;
    assert_eq!(
        asked(),
        [
            "query_station_status",
            "query_token",
            "query_station_status"
        ]
    );
    tokens.revoke_all("another").await;
    ask(&way).await;
    assert_eq!(asked(), ["query_station_status"]);
    tokens.revoke_all(OPERATOR).await;
    ask(&way).await;
    assert_eq!(
        asked(),
        [
            "query_station_status",
            "query_token",
            "query_station_status"
        ]
    );
}

#[tokio::test]
async fn no_token_lives_longer_than_seven_days_on_either_side() {
    for (life, seconds) in [
        (days(30), 604_800),
        (days(7), 604_800),
        (Duration::from_secs(60), 60),
    ] {
        let clock = clock();
        let tokens = MemoryTokens::new(Arc::new(clock.clone()));
        let (way, _) = platform(&clock, &clock, &tokens, life).await;
        let query = TokenQuery {
            operator_id: OPERATOR.into(),
            operator_secret: OPERATOR_SECRET.into(),
        };
        let reply = way.cpo().call::<QueryToken>(&query).await.expect("a token");
        assert_eq!(
            (reply.succ_stat, reply.token_available_time),
            (SuccessStatus::OK, Some(seconds))
        );
        let token = reply.access_token.expect("a token");
        assert_eq!(tokens.find(token.expose()).await.as_deref(), Some(OPERATOR));
        clock.advance(Duration::from_secs(seconds.unsigned_abs()));
        assert_eq!(tokens.find(token.expose()).await, None);
    }
    let (base, asked) = stub(|name, _| match name {
        "query_token" => token("x", 30 * 86_400),
        _ => sample_reply(name),
    })
    .await;
    let clock = clock();
    let way = way_by(&base, &clock);
    for (day, tokens) in [(0, 1), (6, 1), (7, 2), (13, 2), (14, 3)] {
        ask(&way).await;
        assert_eq!(asked.count("query_token"), tokens, "day {day}");
        clock.advance(if day % 7 == 6 {
            days(1)
        } else if day % 7 == 0 {
            days(6)
        } else {
            days(0)
        });
    }
}

#[tokio::test]
async fn a_wrong_secret_is_told_once_and_rests() {
    let clock = clock();
    let tokens = MemoryTokens::new(Arc::new(clock.clone()));
    let (good, _) = platform(&clock, &clock, &tokens, days(1)).await;
    for (operator, secret, reason) in [
        (OPERATOR, OPERATOR_SECRET, TokenFailure::NONE),
        (OPERATOR, "canary-wrong", TokenFailure::WRONG_SECRET),
        ("MA5DM667X", OPERATOR_SECRET, TokenFailure::NO_OPERATOR),
    ] {
        let query = TokenQuery {
            operator_id: operator.into(),
            operator_secret: secret.into(),
        };
        let reply = good
            .cpo()
            .call::<QueryToken>(&query)
            .await
            .expect("a reply");
        assert_eq!(
            (&*reply.operator_id, reply.fail_reason),
            (operator, Some(reason))
        );
        let token = reply
            .access_token
            .map(|token| token.expose().to_owned())
            .unwrap_or_default();
        assert_eq!(
            (reply.succ_stat == SuccessStatus::OK, token.is_empty()),
            (reason == TokenFailure::NONE, reason != TokenFailure::NONE)
        );
    }

    let wrong = Keys::new("canary-wrong", DATA_SECRET, DATA_IV, SIG_SECRET).expect("16 bytes each");
    let mut options = ServerOptions::default();
    options.clock = Arc::new(clock.clone());
    let certificate = Certificate::localhost();
    let router = CpoRouter::new(ReplayCpo::default(), operators()).options(options);
    let (base, paths) = serve_https(router.into_router(), &certificate).await;
    let way = PeerHttp::builder(format!("{base}/evcs/v1"), Credentials::new(OPERATOR, wrong))
        .http(certificate.http())
        .clock(Arc::new(clock.clone()))
        .build()
        .expect("a client");
    for (seconds, asked) in [(0, 1), (29, 1), (1, 2), (0, 2)] {
        clock.advance(Duration::from_secs(seconds));
        for error in [
            start(&way.cpo()).await.expect_err("no token"),
            status(&way.cpo()).await.expect_err("no token"),
        ] {
            assert_eq!(
                (error.kind(), error.sent()),
                (ErrorKind::Refused, Sent::No),
                "{error}"
            );
            assert_eq!(
                error.to_string(),
                "query_token: refused by the peer: no token: FailReason 2 密钥错误 (nothing was \
                    sent)"
            );
        }
        assert_eq!(
            (paths.count("query_token"), paths.count("charge")),
            (asked, 0)
        );
    }
}

#[tokio::test]
async fn the_deadline_covers_the_question_for_a_token_and_nothing_was_sent_then() {
    let (base, asked) = peer(|_, _| Do::Silence).await;
    let cpo = cpo(&base).with(|o| o.deadline = Duration::from_millis(200));
    let began = Instant::now();
    let error = start(&cpo).await.expect_err("silence");
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::Timeout, Sent::No),
        "{error}"
    );
    assert!(began.elapsed() < Duration::from_secs(3));
    assert_eq!(asked.take(), ["query_token"]);
    // A question that fails for a while costs the call a repetition, and not three times three.
    let (base, asked) = peer(|name, number| match (name, number) {
        ("query_token", 1 | 2) => Do::Close,
        ("query_token", _) => token("x", 7200),
        _ => sample_reply(name),
    })
    .await;
    start(&faults::cpo(&base)).await.expect("begun");
    assert_eq!(
        asked.take(),
        [
            "query_token",
            "query_token",
            "query_token",
            "query_start_charge"
        ]
    );
}
