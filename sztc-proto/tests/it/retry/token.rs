//! Tokens that are refused, and logins that fail: the call is what counts.
use super::faults::*;
use crate::common::{credentials, sample};
use park_core::BoxFuture;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use sztc_proto::{code::*, model::*, *};

const REFUSED: &str = r#"{"code":3002,"message":"x"}"#;

fn logged_in<T: From<Canned>>() -> T {
    done(
        r#"{"scope":"x","tokenType":"bearer","expiresIn":7200,"accessToken":"a","refreshToken":"r"}"#,
    )
}

fn city(base: &str) -> (CityClient, CityHttp) {
    let http = CityHttp::builder(base, credentials())
        .http(plain())
        .build()
        .expect("a client");
    (CityClient::over(http.clone()).with(quick), http)
}

fn image() -> ImageUpload {
    ImageUpload {
        file_name: "entry.jpg".into(),
        image_biz_type: ImageKind(1),
        dest_path: "/20230301/44030400100101000010/581fba5ae28431e275ea3aa4f676fc68/".into(),
        timestamp: Timestamp::from_seconds(1_677_628_800),
        pick_time: Timestamp::from_seconds(1_677_628_799),
    }
}

/// Every way in which peers say that the token is wrong.
fn refusals() -> Vec<Canned> {
    vec![
        status(401),
        answer(401, "", reply(1, REFUSED)),
        answer(200, "", reply(1, REFUSED)),
        answer(200, "", reply(0, REFUSED)),
        answer(
            200,
            "",
            reply(0, REFUSED)
                .replace("3002", "\"3002\"")
                .replace("code", "Code"),
        ),
    ]
}

#[tokio::test]
async fn a_refused_token_costs_one_login_and_one_repetition_of_any_call() {
    for refusal in refusals() {
        let once = refusal.clone();
        let (base, asked) = stub(move |code, number| match (code, number) {
            (1001, _) => logged_in(),
            (_, 1) => once.clone(),
            (5010, _) => done(r#"{"state":"0"}"#),
            (5007, _) => done(r#"{"orderNo":"1"}"#),
            _ => answer(200, "", reply(0, "")),
        })
        .await;
        let (client, http) = city(&base);
        client
            .query_auto_pay(sample(5010, "request"))
            .await
            .expect("after a new login");
        assert_eq!(asked.take(), [1001, 5010, 1001, 5010], "{refusal:?}");
        // Nothing was done, so even a payment is repeated.
        let payment = client.request_payment(sample(5007, "request")).await;
        assert!(payment.is_ok(), "{payment:?}");
        assert_eq!(asked.take(), [5007, 1001, 5007], "{refusal:?}");
        http.upload_image(&image(), &ImageBody::memory(b"picture".to_vec()))
            .await
            .expect("after a new login");
        assert_eq!(asked.take(), [2001, 1001, 2001], "{refusal:?}");
    }
}

#[tokio::test]
async fn a_token_that_is_refused_for_ever_is_not_asked_for_for_ever() {
    for refusal in refusals() {
        let always = refusal.clone();
        let (base, asked) = stub(move |code, _| {
            if code == 1001 {
                logged_in()
            } else {
                always.clone()
            }
        })
        .await;
        let (client, http) = city(&base);
        let error = client
            .request_payment(sample(5007, "request"))
            .await
            .expect_err("refused");
        assert_eq!(
            error.refusal().and_then(|refusal| refusal.code),
            Some(BusinessCode::WRONG_TOKEN),
            "{error}"
        );
        assert_eq!(asked.take(), [1001, 5007, 1001, 5007], "{refusal:?}");
        let error = http
            .upload_image(&image(), &ImageBody::memory(b"picture".to_vec()))
            .await
            .expect_err("refused");
        assert_eq!(
            error.refusal().and_then(|refusal| refusal.code),
            Some(BusinessCode::WRONG_TOKEN),
            "{error}"
        );
        assert_eq!(asked.take(), [2001, 1001, 2001], "{refusal:?}");
        // A token that was agreed on cannot be renewed.
        let error = partner(&base)
            .lock_car(sample(6003, "request"))
            .await
            .expect_err("refused");
        assert_eq!(
            error.refusal().and_then(|refusal| refusal.code),
            Some(BusinessCode::WRONG_TOKEN),
            "{error}"
        );
        assert_eq!(asked.take(), [6003], "{refusal:?}");
    }
}

#[tokio::test]
async fn a_login_that_fails_for_a_while_costs_its_call_a_repetition_and_not_three_times_three() {
    for fault in [status(503), Do::Reset, Do::Close] {
        let failing = fault.clone();
        let (base, asked) = peer(move |code, number| match (code, number) {
            (1001, 1 | 2) => failing.clone(),
            (1001, _) => logged_in(),
            _ => done(r#"{"orderNo":"1"}"#),
        })
        .await;
        // A payment too: nothing of it was sent while there was no token.
        city(&base)
            .0
            .request_payment(sample(5007, "request"))
            .await
            .expect("paid");
        assert_eq!(asked.take(), [1001, 1001, 1001, 5007], "{fault:?}");

        let (base, asked) = peer(move |_, _| fault.clone()).await;
        let error = city(&base)
            .0
            .request_payment(sample(5007, "request"))
            .await
            .expect_err("no token");
        assert_eq!(
            (error.kind(), error.sent(), error.endpoint()),
            (ErrorKind::Network, Sent::No, Some("1001 login")),
            "{error}"
        );
        assert_eq!(asked.take(), [1001, 1001, 1001]);
    }
}

#[tokio::test]
async fn a_renewal_that_fails_once_is_tried_again() {
    let (base, asked) = stub(|code, number| match (code, number) {
        (1001, 2) => status(503),
        (1001, _) => logged_in(),
        (_, 1) => answer(200, "", reply(1, REFUSED)),
        _ => done(r#"{"orderNo":"1"}"#),
    })
    .await;
    city(&base)
        .0
        .request_payment(sample(5007, "request"))
        .await
        .expect("paid");
    assert_eq!(asked.take(), [1001, 5007, 1001, 1001, 5007]);
}

#[tokio::test]
async fn the_deadline_covers_the_login_and_nothing_was_sent_then() {
    for (silent, sent, seen) in [
        (1001, Sent::No, vec![1001]),
        (5007, Sent::Maybe, vec![1001, 5007]),
    ] {
        let (base, asked) = peer(move |code, _| {
            if code == silent {
                Do::Silence
            } else {
                logged_in()
            }
        })
        .await;
        let client = city(&base)
            .0
            .with(|o| o.deadline = Duration::from_millis(200));
        let began = Instant::now();
        let error = client
            .request_payment(sample(5007, "request"))
            .await
            .expect_err("silence");
        assert_eq!(
            (error.kind(), error.sent()),
            (ErrorKind::Timeout, sent),
            "{error}"
        );
        assert!(began.elapsed() < Duration::from_secs(3));
        assert_eq!(asked.take(), seen);
    }
}

#[tokio::test]
async fn wrong_credentials_are_told_once() {
    let (base, asked) = stub(|_, _| answer(200, "", reply(1, r#"{"code":3001}"#))).await;
    let error = city(&base)
        .0
        .request_payment(sample(5007, "request"))
        .await
        .expect_err("refused");
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::Refused, Sent::No),
        "{error}"
    );
    assert_eq!(
        error.refusal().and_then(|refusal| refusal.code),
        Some(BusinessCode::WRONG_PASSWORD)
    );
    assert_eq!(asked.take(), [1001]);
}

#[tokio::test]
async fn an_upload_follows_the_builder_too() {
    let (base, asked) = peer(|code, number| match (code, number) {
        (1001, _) => logged_in(),
        (_, 1) => answer(200, "", reply(0, r#"{"code":"0"}"#)),
        _ => Do::Silence,
    })
    .await;
    let tally = Tally::default();
    let http = CityHttp::builder(&*base, credentials())
        .http(plain())
        .dialect(Dialect::default().waive(["destPath"]))
        .observer(tally.observer())
        .upload_deadline(Duration::from_millis(500))
        .build()
        .expect("a client");
    let elsewhere = ImageUpload {
        dest_path: "elsewhere".into(),
        ..image()
    };
    let picture = ImageBody::memory(b"picture".to_vec());
    http.upload_image(&elsewhere, &picture)
        .await
        .expect("the form is waived");
    assert!(
        tally
            .counts()
            .iter()
            .any(|(counted, _)| counted.kind == sztc_proto::deviation::ZERO_CODE),
        "{tally:?}"
    );
    let error = http
        .upload_image(&image(), &picture)
        .await
        .expect_err("silence");
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::Timeout, Sent::Maybe),
        "{error}"
    );
    assert_eq!(asked.take(), [1001, 2001, 2001]);
    // A strict dialect is strict about uploads as about everything.
    let (base, _) = stub(|code, _| match code {
        1001 => logged_in(),
        _ => answer(200, "", reply(0, r#"{"code":"0"}"#)),
    })
    .await;
    let strict = CityHttp::builder(base, credentials())
        .http(plain())
        .dialect(Dialect::strict())
        .build()
        .expect("a client");
    let error = strict
        .upload_image(&image(), &picture)
        .await
        .expect_err("a code as text");
    assert_eq!(error.kind(), ErrorKind::PeerBytes, "{error}");
}

/// Never gets anything onto its line, and has no tokens.
struct Down;

impl Transport for Down {
    type Code = BusinessCode;

    fn exchange<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async { Err(Error::new(ErrorKind::Network, Sent::No, "down")) })
    }
}

/// Carries nothing but renews whatever it is asked to.
struct Eager(Arc<AtomicUsize>);

impl Transport for Eager {
    type Code = BusinessCode;

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Down.exchange(call)
    }

    fn renew<'a>(&'a self, _: u64, _: Instant) -> BoxFuture<'a, Result<bool, Error>> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async { Ok(true) })
    }
}

#[tokio::test]
async fn of_several_ways_the_one_whose_token_was_refused_renews_it() {
    for refusal in refusals() {
        let once = refusal.clone();
        let (base, asked) = stub(move |code, number| match (code, number) {
            (1001, _) => logged_in(),
            (_, 1) => once.clone(),
            _ => done(r#"{"orderNo":"1"}"#),
        })
        .await;
        let others = Arc::new(AtomicUsize::new(0));
        let inner = Fallback::new(Eager(others.clone()))
            .or(city(&base).1)
            .or(Eager(others.clone()));
        assert_eq!(inner.name(), "several");
        let ways = Fallback::new(Eager(others.clone()))
            .or(Down)
            .or(inner)
            .or(Eager(others.clone()));
        let client = CityClient::over(ways).with(quick);
        client
            .request_payment(sample(5007, "request"))
            .await
            .expect("after a new login");
        assert_eq!(asked.take(), [1001, 5007, 1001, 5007], "{refusal:?}");
        assert_eq!(others.load(Ordering::SeqCst), 0, "{refusal:?}");
    }
}
