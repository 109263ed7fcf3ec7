//! Tokens that the vendor hands out, and refuses.
use crate::common::*;
use pile_proto::*;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant, SystemTime},
};

/// Hands out `token-1`, `token-2` and so on.
#[derive(Clone, Default)]
struct Login(Arc<AtomicU32>);

impl TokenProvider for Login {
    fn fetch(&self, _: Instant) -> BoxFuture<'_, Result<IssuedToken, Error>> {
        let number = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        Box::pin(async move {
            Ok(IssuedToken {
                token: Secret::new(format!("token-{number}")),
                lives: Some(Duration::from_secs(600)),
            })
        })
    }
}

/// A vendor that accepts this token only; who says no as it likes.
async fn vendor(accepted: &'static str, dialect: &Dialect) -> (String, Vendor) {
    let vendor = Vendor::default();
    let router =
        VendorRouter::new(vendor.clone(), CallbackAuth::token(accepted)).dialect(dialect.clone());
    (serve_on(router.into_router(), None).await, vendor)
}

#[tokio::test]
async fn one_token_serves_many_calls_and_is_got_again_before_it_expires() {
    let login = Login::default();
    let clock = ManualClock::new(SystemTime::now());
    let router = VendorRouter::new(
        Vendor::default(),
        CallbackAuth::ask(|token| token.starts_with("token-")),
    );
    let base = serve_on(router.into_router(), None).await;
    let client = vendor_at(&base, &plain())
        .expect("a client")
        .tokens(login.clone())
        .clock(Arc::new(clock.clone()));
    let calls = (0..20).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.get_order_info(&request("getOrderInfo")).await })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.expect("ran").expect("an order");
    }
    assert_eq!(login.0.load(Ordering::SeqCst), 1);
    clock.advance(Duration::from_secs(601));
    client
        .get_order_info(&request("getOrderInfo"))
        .await
        .expect("an order");
    assert_eq!(login.0.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_and_only_a_question_is_repeated() {
    let dialect = Dialect::default();
    let (base, vendor) = vendor("token-2", &dialect).await;
    for (tokens_used, control) in [(2, false), (2, true)] {
        let login = Login::default();
        let client = vendor_at(&base, &plain())
            .expect("a client")
            .tokens(login.clone());
        if control {
            let error = client
                .charge_start(&request("chargeStart"))
                .await
                .expect_err("not repeated");
            assert_eq!(
                (error.kind(), vendor.taken().len()),
                (ErrorKind::Refused, 0)
            );
            // The next call has the new one.
            client
                .charge_start(&request("chargeStart"))
                .await
                .expect("an order");
            assert_eq!(vendor.taken(), ["chargeStart"]);
        } else {
            client
                .get_order_info(&request("getOrderInfo"))
                .await
                .expect("repeated with the new one");
            assert_eq!(vendor.taken(), ["getOrderInfo"]);
        }
        assert_eq!(login.0.load(Ordering::SeqCst), tokens_used);
    }
}

#[tokio::test]
async fn a_token_that_is_refused_again_is_the_end() {
    let (base, _) = vendor("token-9", &Dialect::default()).await;
    let login = Login::default();
    let client = vendor_at(&base, &plain())
        .expect("a client")
        .tokens(login.clone());
    let error = client
        .get_order_info(&request("getOrderInfo"))
        .await
        .expect_err("refused twice");
    assert_eq!(
        (error.kind(), login.0.load(Ordering::SeqCst)),
        (ErrorKind::Refused, 2)
    );
    // One that stays is not asked for again.
    let client = vendor_at(&base, &plain())
        .expect("a client")
        .token("token-1");
    assert_eq!(
        client
            .get_order_info(&request("getOrderInfo"))
            .await
            .expect_err("refused")
            .kind(),
        ErrorKind::Refused
    );
}

#[tokio::test]
async fn the_vendor_s_own_codes_mean_a_refused_token() {
    for (code, fetched) in [("40001", 2), ("40002", 1)] {
        let (base, requests) = answers(
            200,
            format!("{{\"errcode\":{code},\"errmsg\":\"bad token\"}}"),
        )
        .await;
        let login = Login::default();
        let dialect = Dialect::default().token_codes(["40001"]);
        let client = vendor_at(&base, &plain())
            .expect("a client")
            .dialect(dialect)
            .tokens(login.clone());
        client
            .get_order_info(&request("getOrderInfo"))
            .await
            .expect_err("refused");
        assert_eq!(login.0.load(Ordering::SeqCst), fetched, "{code}");
        assert_eq!(requests.take().len(), fetched as usize, "{code}");
    }
}

#[tokio::test]
async fn without_a_token_nothing_is_sent() {
    struct Refused;
    impl TokenProvider for Refused {
        fn fetch(&self, _: Instant) -> BoxFuture<'_, Result<IssuedToken, Error>> {
            Box::pin(async { Err(Error::refused(Refusal::message("no such partner"))) })
        }
    }
    let (base, requests) = answers(200, "{}").await;
    let client = vendor_at(&base, &plain())
        .expect("a client")
        .tokens(Refused);
    let error = client
        .charge_start(&request("chargeStart"))
        .await
        .expect_err("no token");
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Refused, Sent::No));
    assert_eq!(requests.take().len(), 0);
}
