//! Tokens that are renewed before they expire, and renewals that never come back.
use super::faults::*;
use crate::common::{credentials, sample};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use sztc_proto::*;

/// A token that lives `expires_in` units.
fn token<T: From<Canned>>(name: &str, expires_in: i64) -> T {
    done(&format!(
        r#"{{"scope":"x","id":"x","tokenType":"bearer","expiresIn":{expires_in},"accessToken":"{name}","refreshToken":"r"}}"#
    ))
}

fn free<T: From<Canned>>() -> T {
    done(r#"{"state":"0"}"#)
}

async fn ask(client: &CityClient) {
    client
        .query_auto_pay(sample(5010, "request"))
        .await
        .expect("answered");
}

fn clock() -> ManualClock {
    ManualClock::new(std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_677_628_800))
}

#[tokio::test]
async fn a_token_is_replaced_before_it_expires_and_no_call_waits_for_it() {
    let (base, asked) = stub(|code, _| match code {
        1001 => token("first", 100),
        1002 => token("second", 100),
        _ => free(),
    })
    .await;
    let clock = clock();
    let http = CityHttp::builder(&*base, credentials())
        .http(plain())
        .clock(Arc::new(clock.clone()))
        .build()
        .expect("a client");
    let client = http.client().with(quick);
    ask(&client).await;
    clock.advance(Duration::from_secs(91));
    ask(&client).await;
    assert!(asked.last(5010).contains("bearer first"));
    asked.wait_for(1002).await;
    let renewal = asked.last(1002);
    assert!(
        renewal.contains("bearer first") && renewal.contains(r#""accessToken":"first""#),
        "{renewal}"
    );
    // Calls go on with the old one until the new one is there.
    while !asked.last(5010).contains("bearer second") {
        ask(&client).await;
        assert_eq!(asked.count(1001), 1, "no second login");
    }
    assert_eq!(asked.count(1002), 1);
    asked.take();
    // The new one has its own life.
    clock.advance(Duration::from_secs(89));
    ask(&client).await;
    assert_eq!(asked.take(), [5010]);
}

#[tokio::test]
async fn the_unit_of_the_expiry_can_be_set() {
    for (unit, lives) in [(1, 7_200), (60, 432_000)] {
        let (base, asked) = stub(|code, _| {
            if code == 5010 {
                free()
            } else {
                token("x", 7_200)
            }
        })
        .await;
        let clock = clock();
        let client = CityHttp::builder(&*base, credentials())
            .http(plain())
            .clock(Arc::new(clock.clone()))
            .expiry_unit(Duration::from_secs(unit))
            .build()
            .expect("a client")
            .client();
        ask(&client).await;
        clock.advance(Duration::from_secs(lives / 2));
        ask(&client).await;
        assert_eq!(asked.take(), [1001, 5010, 5010], "{unit}");
        clock.advance(Duration::from_secs(lives / 2));
        ask(&client).await;
        assert_eq!(asked.take(), [1001, 5010], "{unit}");
    }
}

#[tokio::test]
async fn a_renewal_that_never_answers_locks_nobody_out() {
    let (base, asked) = peer(|code, _| match code {
        1001 => token("x", 100),
        1002 => Do::Silence,
        _ => free(),
    })
    .await;
    let clock = clock();
    let http = CityHttp::builder(&*base, credentials())
        .http(plain())
        .clock(Arc::new(clock.clone()))
        .login_deadline(Duration::from_secs(1))
        .build()
        .expect("a client");
    let client = http.client();
    ask(&client).await;
    // It has half of the time; the login has the rest.
    let began = Instant::now();
    http.refresh().await.expect("logged in instead");
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "{:?}",
        began.elapsed()
    );
    ask(&client).await;
    assert_eq!(asked.take(), [1001, 5010, 1002, 1001, 5010]);
    // A token that has expired renews nothing, so nobody waits for it.
    clock.advance(Duration::from_secs(100));
    ask(&client).await;
    assert_eq!(asked.take(), [1001, 5010]);
}
