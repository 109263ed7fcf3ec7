//! Lines that break and peers that never answer: what acts twice is on the wire once.
use crate::common::{raw::*, *};
use kt_proto::{endpoint::*, *};
use std::time::{Duration, Instant};

/// The sample of a reply, in its envelope.
fn whole_reply<E: Endpoint>() -> Do {
    let text = encode(&reply::<E>()).expect("a model");
    html(match E::SHAPE {
        Shape::Nothing => envelope::seal_reply(0, "", []),
        Shape::Each => envelope::seal_reply(0, "", [&*text]),
        _ => format!(r#"{{"resCode":0,"resMsg":"","data":{text}}}"#),
    })
}

fn whole_reply_of(name: &str) -> Do {
    struct Replies<'a>(&'a str, Option<Do>);
    impl Visit for Replies<'_> {
        fn visit<E: Endpoint>(&mut self) {
            if E::NAME == self.0 {
                self.1 = Some(whole_reply::<E>());
            }
        }
    }
    let mut replies = Replies(name, None);
    each_lot_interface(&mut replies);
    each_cloud_interface(&mut replies);
    replies.1.expect("an interface")
}

/// A peer that fails the first time, whatever it is asked for.
async fn failing(fault: Do) -> (LotClient, CloudClient, Asked) {
    let (base, asked) = peer(move |name, number| match number {
        1 => fault.clone(),
        _ => whole_reply_of(name),
    })
    .await;
    // As many repetitions as there are interfaces.
    let budget = |options: &mut CallOptions| options.budget = RetryBudget::new(100);
    (lot(&base).with(budget), cloud(&base).with(budget), asked)
}

#[tokio::test]
async fn every_interface_is_repeated_as_its_class_says() {
    for (fault, blame) in [
        (Do::Close, ErrorKind::Network),
        (Do::Reset, ErrorKind::Network),
        (
            Do::Cut(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{".to_vec()),
            ErrorKind::Network,
        ),
        (answer(503, "text/html", "<html>"), ErrorKind::Network),
        (answer(408, "text/html", ""), ErrorKind::Timeout),
    ] {
        let (lot, cloud, asked) = failing(fault.clone()).await;
        let (mut once, mut twice) = (0, 0);
        macro_rules! drive {
            ([$client:ident] $($(#[$doc:meta])* $name:literal $title:literal $marker:ident:
                $method:ident($request:ty) -> $reply:ty,
                $class:ident $(, $shape:ident)? $(at $at:tt)?;)*) => {$(
                let outcome = $client.$method(&request::<$marker>()).await;
                if $marker::RETRY == Retry::Never {
                    let error = outcome.expect_err("not repeated");
                    assert_eq!((error.kind(), error.sent()), (blame, Sent::Maybe),
                        "{fault:?} {error}");
                    assert_eq!(asked.take(), [$marker::NAME], "{fault:?}");
                    once += 1;
                } else {
                    assert_eq!(outcome.expect("repeated"), reply::<$marker>());
                    assert_eq!(asked.take(), [$marker::NAME; 2], "{fault:?}");
                    twice += 1;
                }
            )*};
        }
        for_each_lot_interface!(drive[lot]);
        for_each_cloud_interface!(drive[cloud]);
        assert_eq!((once, twice), (10, 33));
    }
}

#[tokio::test]
async fn repetitions_end_with_policy_budget_and_class() {
    let (base, asked) = peer(|_, _| Do::Close).await;
    for (set, requests) in [
        ((|_| ()) as fn(&mut CallOptions), 3),
        (|o| o.retry.attempts = 5, 5),
        (|o| o.retry = RetryPolicy::off(), 1),
        (|o| o.class = Some(Retry::Never), 1),
        (|o| o.budget = RetryBudget::new(1), 2),
    ] {
        let error = lot(&base)
            .with(set)
            .pay_bill(&request::<PayParkingFee>())
            .await
            .expect_err("closed");
        assert_eq!(
            (error.kind(), error.sent(), asked.take().len()),
            (ErrorKind::Network, Sent::Maybe, requests)
        );
    }
    let insisting = lot(&base).with(CallOptions::dangerous_repeat_anything);
    let error = insisting
        .control_gate(&request::<GateControl>())
        .await
        .expect_err("closed");
    assert_eq!((error.sent(), asked.take().len()), (Sent::Maybe, 3));
}

#[tokio::test]
async fn a_peer_that_never_answers_costs_the_deadline_and_nothing_more() {
    let (base, asked) = peer(|_, _| Do::Silence).await;
    let hasty = |options: &mut CallOptions| options.deadline = Duration::from_millis(300);
    let (lot, cloud) = (lot(&base).with(hasty), cloud(&base).with(hasty));
    let began = Instant::now();
    for (outcome, name) in [
        (
            lot.control_gate(&request::<GateControl>()).await.map(drop),
            "GateControl",
        ),
        (
            lot.pay_bill(&request::<PayParkingFee>()).await.map(drop),
            "PayParkingFee",
        ),
        (
            cloud
                .request_auto_pay(&request::<PostCarOutInfo>())
                .await
                .map(drop),
            "PostCarOutInfo",
        ),
        (
            cloud
                .query_fee(&request::<AutonomousCalfee>())
                .await
                .map(drop),
            "AutonomousCalfee",
        ),
    ] {
        let error = outcome.expect_err("no answer");
        assert_eq!(
            (error.kind(), error.sent(), error.endpoint()),
            (ErrorKind::Timeout, Sent::Maybe, Some(name))
        );
        assert!(
            error.to_string().ends_with("(the peer may have acted)"),
            "{error}"
        );
    }
    assert_eq!(
        asked.take(),
        [
            "GateControl",
            "PayParkingFee",
            "PostCarOutInfo",
            "AutonomousCalfee"
        ]
    );
    assert!(began.elapsed() < Duration::from_secs(5));
    // A line that breaks early leaves time for a peer that is silent afterwards.
    let (base, asked) = peer(|_, number| if number == 1 { Do::Close } else { Do::Silence }).await;
    let error = self::lot(&base)
        .with(hasty)
        .pay_bill(&request::<PayParkingFee>())
        .await
        .expect_err("no answer");
    assert_eq!((error.kind(), asked.take().len()), (ErrorKind::Timeout, 2));
    let late = self::lot(&base).with(|options| options.deadline = Duration::ZERO);
    let error = late
        .pay_bill(&request::<PayParkingFee>())
        .await
        .expect_err("too late");
    assert_eq!(
        (error.kind(), error.sent(), asked.take().len()),
        (ErrorKind::Timeout, Sent::No, 0)
    );
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("bound"));
    drop(listener);
    let error = lot(&base)
        .control_gate(&request::<GateControl>())
        .await
        .expect_err("nobody");
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Network, Sent::No));
}

#[test]
fn an_address_that_cannot_be_used_is_told_at_once() {
    for base in [
        "",
        "220.160.111.118:8010",
        "ftp://a",
        "http://u:canary@a",
        "http://a?x=1",
        "http://a#x",
    ] {
        let error = LotClient::new(base, credentials()).expect_err(base);
        assert_eq!(
            (error.kind(), error.sent()),
            (ErrorKind::Caller, Sent::No),
            "{base}"
        );
        assert!(!chain(&error).contains("canary"), "{error:?}");
    }
}
