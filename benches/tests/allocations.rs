//! What one more attempt of an HTTP call allocates, counted and not timed. Each attempt seals its
//! own message, since it has the time of its own moment; beyond that the body is copied nowhere.
use allocation_counter::measure;
use benches::net::{Everybody, Spaces, credentials, runtime, start, states};
use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};
use sztc_proto::{
    CityClient, CityHttp, CityRouter, RetryBudget, ServeOptions,
    axum::{extract::Request, http::StatusCode, middleware::from_fn, response::IntoResponse},
    encode,
    endpoint::ReportSpaceState,
    serve,
};

/// So many attempts are refused before one is answered.
const REFUSED: u64 = 8;

#[test]
fn an_attempt_writes_its_body_once() {
    let refusals = Arc::new(AtomicU64::new(0));
    let left = refusals.clone();
    let address = start(async move |listener| {
        let busy = from_fn(
            move |request: Request, next: sztc_proto::axum::middleware::Next| {
                let refused = request.uri().path().ends_with("/5001")
                    && left
                        .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
                            left.checked_sub(1)
                        })
                        .is_ok();
                async move {
                    match refused {
                        true => StatusCode::SERVICE_UNAVAILABLE.into_response(),
                        false => next.run(request).await,
                    }
                }
            },
        );
        let router = CityRouter::new(Spaces, Everybody).into_router().layer(busy);
        let _ = serve(listener, router, ServeOptions::default(), pending()).await;
    });
    let http = CityHttp::builder(format!("http://{address}"), credentials("lot-7".into()))
        .callback_server("https://localhost/callback")
        .online_order_url("https://localhost/pay")
        .http(testkit::plain())
        .build()
        .expect("a client");
    let client = CityClient::over(http).with(|options| {
        testkit::quick(options);
        options.retry.attempts = REFUSED as u32 + 1;
        options.retry.longest = options.retry.first;
        options.budget = RetryBudget::new(10_000);
    });
    let runtime = runtime();
    // The least of several, because a connection's buffers grow and timers are set up now and then.
    let bytes = |copies: usize, refused: u64| {
        let entries: Vec<_> = (0..copies).flat_map(|_| states()).collect();
        let once = || {
            refusals.store(refused, Ordering::SeqCst);
            let counted = measure(|| {
                let outcomes = runtime
                    .block_on(client.call::<ReportSpaceState>(&entries))
                    .expect("answered in the end");
                assert_eq!(outcomes.len(), entries.len());
            });
            assert_eq!(refusals.load(Ordering::SeqCst), 0);
            counted.bytes_total
        };
        (0..5).map(|_| once()).min().expect("five")
    };
    let per_attempt = |copies| (bytes(copies, REFUSED) - bytes(copies, 0)) / REFUSED;
    let body = |copies: u64| {
        copies
            * states()
                .iter()
                .map(|state| encode(state).expect("plain fields").len() as u64 + 1)
                .sum::<u64>()
    };
    let (short, long) = (per_attempt(10), per_attempt(160));
    println!(
        "one more attempt allocates {short} B with a body of {} B, {long} B with one of {} B",
        body(10),
        body(160)
    );
    let more = body(160) - body(10);
    assert!(
        long - short < more + more / 4,
        "{} B more for a body that is {more} B longer",
        long - short
    );
}
