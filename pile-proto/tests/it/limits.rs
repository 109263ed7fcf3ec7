//! The document's frequencies, kept by the client.
use crate::common::*;
use pile_proto::*;
use std::{
    error::Error as _,
    sync::Arc,
    time::{Duration, SystemTime},
};

#[tokio::test]
async fn a_call_that_comes_too_early_is_refused_with_the_time_to_wait() {
    let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(1_484_616_600));
    let vendor = Vendor::default();
    let base = serve_on(
        VendorRouter::new(vendor.clone(), CallbackAuth::token(TOKEN)).into_router(),
        None,
    )
    .await;
    let client = vendor_at(&base, &plain()).expect("a client").token(TOKEN);
    let client = client
        .limiter(Limiter::default())
        .clock(Arc::new(clock.clone()));
    call_all(&client).await;
    assert_eq!(vendor.taken().len(), 6);
    clock.advance(Duration::from_secs(60));
    // A clone shares what was counted.
    let error = client
        .clone()
        .get_order_info(&request("getOrderInfo"))
        .await
        .expect_err("four minutes early");
    assert_eq!(
        (error.kind(), error.sent(), error.wait_hint()),
        (ErrorKind::Busy, Sent::No, Some(Duration::from_secs(240)))
    );
    assert!(error.source().is_some_and(|source| source.is::<TooOften>()));
    assert_eq!(error.endpoint(), Some("getOrderInfo"));
    assert_eq!(vendor.taken(), [""; 0]);
    // Control has no frequency.
    client
        .charge_stop(&request("chargeStop"))
        .await
        .expect("an order");
    clock.advance(Duration::from_secs(240));
    client
        .get_order_info(&request("getOrderInfo"))
        .await
        .expect("in time");
}

#[tokio::test]
async fn a_call_that_never_left_does_not_count() {
    let client = vendor_at("http://127.0.0.1:9", &plain())
        .expect("a client")
        .limiter(Limiter::default());
    let client = client.with(|options| options.retry = RetryPolicy::off());
    for _ in 0..2 {
        let error = client
            .check_charge_orders(&request("checkChargeOrders"))
            .await
            .expect_err("nobody there");
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Network, Sent::No));
    }
}
