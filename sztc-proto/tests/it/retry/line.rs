//! Lines that break, gateways that answer for the peer, and time that runs out.
use super::faults::*;
use crate::common::{calling, sample};
use park_core::BoxFuture;
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use sztc_proto::{code::*, *};

type Told = Result<(), (ErrorKind, Sent)>;

fn told<T>(outcome: Result<T, Error>) -> Told {
    outcome
        .map(drop)
        .map_err(|error| (error.kind(), error.sent()))
}

/// Calls each interface of a class once at the peer `base`; what was told, in the order of `codes`.
async fn each_of(codes: &[u16], base: &str, set: impl Fn(&mut CallOptions)) -> Vec<Told> {
    let (city, partner) = (city(base).with(&set), partner(base).with(&set));
    let mut outcomes = Vec::new();
    for code in codes {
        outcomes.push(match code {
            5007 => told(city.request_payment(sample(5007, "request")).await),
            5001 => told(city.report_space_state(sample(5001, "request")).await),
            5010 => told(city.query_auto_pay(sample(5010, "request")).await),
            6002 => told(partner.update_reservation(sample(6002, "request")).await),
            6003 => told(partner.lock_car(sample(6003, "request")).await),
            6006 => told(partner.query_fee(sample(6006, "request")).await),
            6010 => told(partner.extend_lease(sample(6010, "request")).await),
            8004 => told(partner.store_car(sample(8004, "request")).await),
            8005 => told(partner.fetch_car(sample(8005, "request")).await),
            _ => panic!("no such row here"),
        });
    }
    outcomes
}

const NEVER: &[u16] = &[5007, 6002, 6003, 6010, 8004, 8005];
const REPEATED: &[u16] = &[5001, 5010, 6006];

fn sample_reply<T: From<Canned>>(code: u16) -> T {
    let path = format!(
        "{}/fixtures/samples/{code}.reply.json",
        env!("CARGO_MANIFEST_DIR")
    );
    done(&std::fs::read_to_string(path).expect("a sample"))
}

#[tokio::test]
async fn what_acts_twice_is_on_the_wire_once_and_everything_else_gets_through() {
    let maybe = |blame| Err((blame, Sent::Maybe));
    for (fault, expected) in [
        (status(503), maybe(ErrorKind::Network)),
        (status(502), maybe(ErrorKind::Network)),
        (status(500), maybe(ErrorKind::Network)),
        (status(408), maybe(ErrorKind::Timeout)),
        (
            answer(429, "retry-after: 0\r\n", String::new()),
            maybe(ErrorKind::Network),
        ),
        (Do::Reset, maybe(ErrorKind::Network)),
        (Do::Close, maybe(ErrorKind::Network)),
        (cut(), maybe(ErrorKind::Network)),
    ] {
        let failing = fault.clone();
        let (base, asked) = peer(move |code, number| {
            if number == 1 {
                failing.clone()
            } else {
                sample_reply(code)
            }
        })
        .await;
        assert_eq!(
            each_of(NEVER, &base, |_| ()).await,
            vec![expected; NEVER.len()],
            "{fault:?}"
        );
        assert_eq!(asked.take(), NEVER, "{fault:?}");
        assert_eq!(
            each_of(REPEATED, &base, |_| ()).await,
            vec![Ok(()); REPEATED.len()],
            "{fault:?}"
        );
        assert_eq!(
            asked.take(),
            [5001, 5001, 5010, 5010, 6006, 6006],
            "{fault:?}"
        );
    }
}

#[tokio::test]
async fn a_caller_may_lower_the_class_switch_repetition_off_or_insist() {
    let (base, asked) = stub(|_, _| status(503)).await;
    for (set, code, requests) in [
        (
            (|o: &mut CallOptions| o.retry.attempts = 3) as fn(&mut CallOptions),
            5010,
            3,
        ),
        (|o| o.retry.attempts = 5, 5010, 5),
        (|o| o.retry = RetryPolicy::off(), 5010, 1),
        (|o| o.class = Some(Retry::Never), 5010, 1),
        (|o| o.class = Some(Retry::Safe), 6003, 1),
        (|o| o.budget = RetryBudget::new(0), 5010, 1),
        (CallOptions::dangerous_repeat_anything, 6003, 3),
    ] {
        assert_eq!(
            each_of(&[code], &base, set).await,
            [Err((ErrorKind::Network, Sent::Maybe))]
        );
        assert_eq!(asked.take().len(), requests, "{code}");
    }
}

#[tokio::test]
async fn a_peer_that_says_when_to_come_back_is_believed() {
    // Its word counts instead of the policy's hour.
    let (base, asked) = stub(|code, number| {
        if number == 1 {
            answer(429, "Retry-After: 0\r\n", String::new())
        } else {
            sample_reply(code)
        }
    })
    .await;
    let patient = |o: &mut CallOptions| {
        (o.retry.first, o.retry.longest) = (Duration::from_secs(3600), Duration::from_secs(3600))
    };
    assert_eq!(each_of(&[5010], &base, patient).await, [Ok(())]);
    assert_eq!(asked.take().len(), 2);
    // Later than the deadline is told at once instead of waited for.
    for (header, hint) in [
        ("retry-after: 3600\r\n", Some(Duration::from_secs(3600))),
        (
            "retry-after: 18446744073709551615\r\n",
            Some(Duration::from_secs(u64::MAX)),
        ),
    ] {
        let (base, asked) = stub(move |_, _| answer(429, header, String::new())).await;
        let began = Instant::now();
        let error = city(&base)
            .query_auto_pay(sample(5010, "request"))
            .await
            .expect_err("told to wait");
        assert_eq!(
            (error.wait_hint(), error.is_temporary(), asked.take().len()),
            (hint, true, 1),
            "{error}"
        );
        assert!(began.elapsed() < Duration::from_secs(5));
    }
    // A date, or nonsense, is no number of seconds: the policy decides.
    for header in [
        "retry-after: Wed, 21 Oct 2026 07:28:00 GMT\r\n",
        "retry-after: -1\r\n",
        "retry-after: \r\n",
    ] {
        let (base, asked) = stub(move |code, number| {
            if number == 1 {
                answer(429, header, String::new())
            } else {
                sample_reply(code)
            }
        })
        .await;
        assert_eq!(each_of(&[5010], &base, |_| ()).await, [Ok(())]);
        assert_eq!(asked.take().len(), 2);
    }
}

#[tokio::test]
async fn where_nobody_listens_nothing_was_sent_so_anything_is_repeated() {
    /// Counts the attempts, which leave no trace on the wire.
    struct Counting(PartnerHttp, Arc<AtomicUsize>);
    impl Transport for Counting {
        type Code = BusinessCode;

        fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
            self.1.fetch_add(1, Ordering::SeqCst);
            self.0.exchange(call)
        }
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let base = format!("http://{}/api", listener.local_addr().expect("bound"));
    drop(listener);
    let attempts = Arc::new(AtomicUsize::new(0));
    let http = PartnerHttp::builder(base)
        .http(plain())
        .build()
        .expect("a client");
    let client = PartnerClient::over(Counting(http, attempts.clone())).with(quick);
    assert_eq!(
        told(client.lock_car(sample(6003, "request")).await),
        Err((ErrorKind::Network, Sent::No))
    );
    assert_eq!(attempts.swap(0, Ordering::SeqCst), 3);
    let off = client.with(|o| o.retry = RetryPolicy::off());
    assert_eq!(
        told(off.lock_car(sample(6003, "request")).await),
        Err((ErrorKind::Network, Sent::No))
    );
    assert_eq!(attempts.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_silent_peer_costs_the_deadline_and_no_more() {
    let (base, asked) = peer(|_, _| Do::Silence).await;
    let began = Instant::now();
    let short = |o: &mut CallOptions| o.deadline = Duration::from_millis(200);
    for code in [6003, 5010] {
        assert_eq!(
            each_of(&[code], &base, short).await,
            [Err((ErrorKind::Timeout, Sent::Maybe))]
        );
        assert_eq!(asked.take(), [code]);
    }
    // A gateway that fails for ever: the deadline ends the repetitions, however many are allowed.
    let (base, asked) = stub(|_, _| status(503)).await;
    let stubborn = |o: &mut CallOptions| {
        o.retry.attempts = u32::MAX;
        (o.retry.first, o.retry.longest) = (Duration::from_millis(20), Duration::from_millis(20));
        o.budget = RetryBudget::new(u32::MAX);
        o.deadline = Duration::from_millis(200);
    };
    // The last attempt may be cut off by the deadline itself.
    let outcome = each_of(&[5010], &base, stubborn).await;
    assert!(
        matches!(
            outcome[..],
            [Err((ErrorKind::Network | ErrorKind::Timeout, Sent::Maybe))]
        ),
        "{outcome:?}"
    );
    assert!(asked.take().len() > 3);
    for code in [5010, 6003] {
        let passed = |o: &mut CallOptions| o.deadline = Duration::ZERO;
        assert_eq!(
            each_of(&[code], &base, passed).await,
            [Err((ErrorKind::Timeout, Sent::No))]
        );
    }
    assert!(asked.take().is_empty());
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
    // A deadline that no clock can show is no panic.
    let (base, _) = stub(|code, _| sample_reply(code)).await;
    assert_eq!(
        each_of(&[5010], &base, |o| o.deadline = Duration::MAX).await,
        [Ok(())]
    );
}

/// A way that does what a list says, then fails as its last entry does.
#[derive(Clone)]
struct Scripted(Arc<Mutex<Vec<(ErrorKind, Sent)>>>, Arc<AtomicUsize>);

impl Transport for Scripted {
    type Code = BusinessCode;

    fn exchange<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        let mut script = self.0.lock().expect("not poisoned");
        let next = if script.len() > 1 {
            Some(script.remove(0))
        } else {
            script.first().copied()
        };
        let outcome = match next {
            Some((blame, sent)) => Err(Error::new(blame, sent, "scripted")),
            None => Ok(Answer::new(reply(0, r#"{"state":"0"}"#))),
        };
        Box::pin(async { outcome })
    }
}

fn scripted(script: &[(ErrorKind, Sent)]) -> (CityClient, Scripted) {
    let way = Scripted(Arc::new(Mutex::new(script.to_vec())), Arc::default());
    (
        CityClient::over(way.clone())
            .with(quick)
            .with(|o| o.retry.longest = Duration::ZERO),
        way,
    )
}

#[tokio::test]
async fn what_may_have_happened_is_not_forgotten_by_a_later_attempt() {
    // The first attempt may have reached the peer; that the line is down now does not change it.
    for (script, expected) in [
        (
            &[
                (ErrorKind::Network, Sent::Maybe),
                (ErrorKind::Network, Sent::No),
            ][..],
            (ErrorKind::Network, Sent::Maybe),
        ),
        (
            &[
                (ErrorKind::Network, Sent::Maybe),
                (ErrorKind::Network, Sent::No),
                (ErrorKind::Network, Sent::No),
            ],
            (ErrorKind::Network, Sent::Maybe),
        ),
        (
            &[
                (ErrorKind::Network, Sent::No),
                (ErrorKind::Timeout, Sent::Maybe),
            ],
            (ErrorKind::Timeout, Sent::Maybe),
        ),
        (
            &[(ErrorKind::Busy, Sent::No), (ErrorKind::Closed, Sent::No)],
            (ErrorKind::Closed, Sent::No),
        ),
    ] {
        let (client, _) = scripted(script);
        assert_eq!(
            told(client.query_auto_pay(sample(5010, "request")).await),
            Err(expected),
            "{script:?}"
        );
    }
}

#[tokio::test]
async fn an_outage_is_not_met_with_a_multiple_of_the_traffic() {
    let (client, way) = scripted(&[(ErrorKind::Network, Sent::Maybe)]);
    let attempts = || way.1.swap(0, Ordering::SeqCst);
    for number in 0..1000 {
        // Clones, and clones with other options, draw on the same bucket.
        let client = client.with(|o| o.deadline = Duration::from_secs(1 + number % 3));
        assert!(
            client
                .query_auto_pay(sample(5010, "request"))
                .await
                .is_err()
        );
    }
    assert_eq!(attempts(), 1010);
    // The peer is back: every tenth call may be repeated again.
    way.0.lock().expect("not poisoned").clear();
    for _ in 0..20 {
        client
            .query_auto_pay(sample(5010, "request"))
            .await
            .expect("answered");
    }
    assert_eq!(attempts(), 20);
    way.0
        .lock()
        .expect("not poisoned")
        .push((ErrorKind::Network, Sent::Maybe));
    for _ in 0..10 {
        assert!(
            client
                .query_auto_pay(sample(5010, "request"))
                .await
                .is_err()
        );
    }
    assert_eq!(attempts(), 12);
}

#[tokio::test]
async fn addresses_that_would_give_something_away_are_refused_before_anything_is_sent() {
    for (base, part) in [
        ("http://localhost/api", "https://"),
        ("localhost", "https://"),
        ("ftp://lot:canary@localhost", "https://"),
        ("https://lot:canary@localhost/api", "user name or password"),
        ("http://lot:canary@localhost/api", "https://"),
        ("https://", "https://host"),
        ("https:///", "https://host"),
        ("https://lot:canary@", "https://host"),
        ("https://localhost:99999/api", "https://host"),
        (
            "https://lot%3Acanary@localhost/api",
            "user name or password",
        ),
        ("https://localhost/api?key=canary", "`?`"),
        ("https://localhost/api#canary", "`#`"),
    ] {
        let error = PartnerHttp::builder(base).build().expect_err("refused");
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Caller, Sent::No));
        assert!(
            error.to_string().contains(part) && !format!("{error:?}").contains("canary"),
            "{error:?}"
        );
    }
    let (base, asked) = peer(|_, _| Do::Silence).await;
    for token in ["with\nline break", "with\0zero"] {
        let client = calling(&base, token, plain());
        let error = client
            .query_fee(sample(6006, "request"))
            .await
            .expect_err("no header can carry it");
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Caller, Sent::No));
        assert!(error.to_string().contains("authorization"), "{error}");
    }
    assert!(asked.take().is_empty());
}
