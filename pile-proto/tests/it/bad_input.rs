//! What goes wrong, on both sides, and how it is told.
use crate::common::*;
use pile_proto::{code::*, model::*, *};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::net::TcpListener;

fn quick(base: &str) -> VendorClient {
    vendor_at(base, &plain())
        .expect("a client")
        .token("canary-token")
        .with(|options| {
            options.retry = RetryPolicy::off();
            options.deadline = Duration::from_millis(300);
        })
}

async fn asked(base: &str) -> Error {
    quick(base)
        .get_order_info(&request("getOrderInfo"))
        .await
        .expect_err(base)
}

#[tokio::test]
async fn whatever_comes_instead_of_a_reply_is_a_typed_error() {
    let html = "<html><body>canary</body></html>";
    for (status, body, kind, sent) in [
        (200, html, ErrorKind::PeerBytes, Sent::Answered),
        (200, "", ErrorKind::PeerBytes, Sent::Answered),
        (
            200,
            "{\"OrderId\":\"canary\"}",
            ErrorKind::PeerBytes,
            Sent::Answered,
        ),
        (
            200,
            "{\"code\":1001,\"message\":\"params error\"}",
            ErrorKind::Refused,
            Sent::Answered,
        ),
        (
            200,
            "{\"msg\":\"no such order\"}",
            ErrorKind::Refused,
            Sent::Answered,
        ),
        (
            400,
            "{\"code\":\"E1\",\"msg\":\"no\"}",
            ErrorKind::Refused,
            Sent::Answered,
        ),
        (500, html, ErrorKind::Network, Sent::Maybe),
        (502, "{\"code\":0}", ErrorKind::Network, Sent::Maybe),
        (404, html, ErrorKind::PeerBytes, Sent::Answered),
        (401, html, ErrorKind::Refused, Sent::Answered),
        (302, "", ErrorKind::PeerBytes, Sent::Answered),
    ] {
        let (base, _) = answers(status, body).await;
        let error = asked(&base).await;
        assert_eq!(
            (error.kind(), error.sent()),
            (kind, sent),
            "{status} {body}: {error}"
        );
        assert_eq!(error.endpoint(), Some("getOrderInfo"));
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
    let (base, _) = answers(200, b"\xff\xfe{}".to_vec()).await;
    assert_eq!(asked(&base).await.kind(), ErrorKind::PeerBytes);
    let (base, _) = answers(200, r#"[{"Id":"1","stubGroupName":"a"},{"Id":"2"}]"#).await;
    let error = quick(&base)
        .sync_stub_group_info(&request("syncStubGroupInfo"))
        .await
        .expect_err("a group without a name");
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::PeerBytes, Some("[1].stubGroupName"))
    );
}

#[tokio::test]
async fn nobody_there_and_nobody_answering_are_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!(
        "http://127.0.0.1:{}",
        listener.local_addr().expect("bound").port()
    );
    let silent = asked(&base).await;
    assert_eq!(
        (silent.kind(), silent.sent()),
        (ErrorKind::Timeout, Sent::Maybe),
        "{silent}"
    );
    drop(listener);
    let gone = asked(&base).await;
    assert_eq!(
        (gone.kind(), gone.sent()),
        (ErrorKind::Network, Sent::No),
        "{gone}"
    );
}

#[tokio::test]
async fn control_is_never_repeated_and_never_redirected() {
    for (status, body) in [(502, ""), (500, ""), (429, ""), (302, ""), (200, "<html>")] {
        let (base, requests) =
            stub(move |_, _| Canned::new(status, body).header("location", "/chargeStop")).await;
        let client = vendor_at(&base, &plain())
            .expect("a client")
            .with(|options| options.retry.first = Duration::from_millis(1));
        client
            .charge_start(&request("chargeStart"))
            .await
            .expect_err("a failure");
        client
            .charge_stop(&request("chargeStop"))
            .await
            .expect_err("a failure");
        assert_eq!(requests.take().len(), 2, "{status}");
        // A question may come again, where the failure is one of the line.
        client
            .get_order_info(&request("getOrderInfo"))
            .await
            .expect_err("a failure");
        let again = if matches!(status, 429 | 500..) { 3 } else { 1 };
        assert_eq!(requests.take().len(), again, "{status}");
    }
}

#[tokio::test]
async fn an_address_or_a_value_that_cannot_be_used_is_the_caller_s() {
    for base in [
        "",
        "piles",
        "http://piles.example",
        "https://user:canary@x",
        "https://x/?token=canary",
    ] {
        let error = vendor_at(base, &HttpOptions::default()).expect_err(base);
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Caller, Sent::No));
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
    let client = quick("http://127.0.0.1:9");
    let mut start: ChargeStart = request("chargeStart");
    (start.org, start.gun_id) = ("".into(), "".into());
    let error = client
        .charge_start(&start)
        .await
        .expect_err("two empty parameters");
    let paths: Vec<&str> = error
        .violations()
        .iter()
        .map(|violation| violation.path.as_str())
        .collect();
    assert_eq!(
        (error.kind(), error.sent(), paths),
        (ErrorKind::Caller, Sent::No, vec!["gunId", "org"])
    );
    // No header can carry it, and no log shows it.
    let client = client
        .token("canary\n")
        .dialect(Dialect::default().token(TokenPlace::Bearer));
    let error = client
        .get_order_info(&request("getOrderInfo"))
        .await
        .expect_err("a line break");
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Caller, Sent::No));
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
}

#[tokio::test]
async fn a_vendor_refuses_with_code_and_status() {
    struct Refuses;
    impl VendorService for Refuses {
        async fn get_order_info(&self, _: &Ctx, query: OrderQuery) -> Outcome<Order> {
            assert_ne!(&*query.order_id, "panics");
            Err(Refusal::new("2004".into(), "不存在该条订单"))
        }
    }
    let base = serve_on(
        VendorRouter::new(Refuses, CallbackAuth::token(TOKEN)).into_router(),
        None,
    )
    .await;
    for (path, status, code) in [
        ("/getOrderInfo?token=TOKEN&orderId=1", 200, "2004"),
        ("/getOrderInfo?token=TOKEN&orderId=panics", 500, "1"),
        ("/getOrderInfo?token=canary&orderId=1", 401, "401"),
        ("/getOrderInfo?orderId=1", 401, "401"),
        ("/getOrderInfo?token=TOKEN", 400, "400"),
        ("/getOrderInfo?token=TOKEN&orderId=", 400, "400"),
        ("/getOrderInfo?token=TOKEN&orderId=%zz", 400, "400"),
        ("/getOrderInfo?token=TOKEN&orderId=1&orderId=2", 400, "400"),
        ("/syncStubInfo?token=TOKEN&stubGroupId=1", 404, "404"),
    ] {
        let (got, _, body) = send(&base, "GET", path, "", "").await;
        assert_eq!(got, status, "{path} {body}");
        assert!(
            body.starts_with(&format!("{{\"code\":{code},\"message\":\""))
                && !body.contains("canary"),
            "{body}"
        );
    }
    let error = vendor_at(&base, &plain())
        .expect("a client")
        .token(TOKEN)
        .get_order_info(&request("getOrderInfo"))
        .await;
    assert_eq!(
        error.expect_err("refused").to_string(),
        "getOrderInfo: refused by the peer: 2004: 不存在该条订单"
    );
    let long = format!(
        "{{\"token\":\"TOKEN\",\"orderId\":\"{}\"}}",
        "x".repeat(70_000)
    );
    assert_eq!(send(&base, "POST", "/getOrderInfo", "", &long).await.0, 400);
}

#[tokio::test]
async fn a_callback_without_the_right_proof_reaches_nobody() {
    let aggregator = Aggregator::default();
    let signed = AggregatorRouter::signed(aggregator.clone(), CallbackSigner::new("canary-1"));
    let base = serve_on(signed.into_router(), None).await;
    let client = aggregator_at(&format!("{base}/orderCallback"), &plain()).expect("a client");
    for (client, what) in [
        (client.clone(), "required"),
        (
            client.clone().signer(CallbackSigner::new("canary-2")),
            "signature",
        ),
        (
            client
                .clone()
                .body(CallbackBody::Json)
                .signer(CallbackSigner::new("canary-2")),
            "signature",
        ),
    ] {
        let error = client.order_callback(&charging()).await.expect_err(what);
        assert!(
            error.kind() == ErrorKind::Refused && error.to_string().contains(what),
            "{error}"
        );
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
    }
    let tokened = AggregatorRouter::new(aggregator.clone(), CallbackAuth::token("right"));
    let base = serve_on(tokened.into_router(), None).await;
    let client = aggregator_at(&format!("{base}/orderCallback"), &plain())
        .expect("a client")
        .token("canary");
    assert_eq!(
        client
            .order_callback(&charging())
            .await
            .expect_err("a wrong token")
            .kind(),
        ErrorKind::Refused
    );
    for (body, status) in [
        ("<html>", 400),
        ("{", 400),
        ("OrderId=1&status=1&soc=7000", 400),
        ("", 400),
    ] {
        let (got, _, text) = send(
            &base,
            "POST",
            "/orderCallback",
            "authorization: Bearer right\r\n",
            body,
        )
        .await;
        assert_eq!(got, status, "{body} {text}");
    }
    assert_eq!(*aggregator.told.lock().expect("not poisoned"), []);
    // What a real vendor sends while an order waits, in a body that is a form.
    let (status, _, text) = send(
        &base,
        "POST",
        "/orderCallback",
        "authorization: Bearer right\r\n",
        "OrderId=1&status=3&timeEnd=",
    )
    .await;
    assert_eq!((status, &*text), (200, r#"{"code":0,"message":"ok"}"#));
    assert_eq!(
        aggregator.told.lock().expect("not poisoned")[0].status,
        OrderStatus::WAITING
    );
}

#[tokio::test]
async fn a_callback_that_is_not_taken_is_told_again() {
    struct Third(Mutex<u32>);
    impl AggregatorService for Third {
        async fn order_callback(&self, _: &Ctx, _: Order) -> Outcome<Nothing> {
            let mut calls = self.0.lock().expect("not poisoned");
            *calls += 1;
            if *calls < 3 {
                Err(Refusal::message("disk full"))
            } else {
                Ok(Nothing {})
            }
        }
    }
    let service = Arc::new(Third(Mutex::default()));
    let base = serve_on(
        AggregatorRouter::new(
            service.clone(),
            CallbackAuth::dangerous_accept_unauthenticated(),
        )
        .into_router(),
        None,
    )
    .await;
    let (status, _, text) = send(&base, "POST", "/orderCallback", "", "OrderId=1&status=2").await;
    assert_eq!(
        (status, &*text),
        (500, r#"{"code":1,"message":"disk full"}"#)
    );
    for _ in 0..2 {
        let (status, _, _) = send(&base, "GET", "/orderCallback?OrderId=1&status=2", "", "").await;
        assert_eq!(
            status,
            if *service.0.lock().expect("not poisoned") < 3 {
                500
            } else {
                200
            }
        );
    }
}

/// A peer without a socket that gives the same outcome each time, and counts.
struct Scripted<F>(F, Arc<Mutex<Vec<String>>>);

impl<F: Fn() -> Result<Answer, Error> + Send + Sync + 'static> Transport for Scripted<F> {
    type Code = AnyText;

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        self.1
            .lock()
            .expect("not poisoned")
            .push(call.path.to_owned());
        Box::pin(async { self.0() })
    }
}

fn answer(status: u16, text: &'static str) -> Answer {
    let mut answer = Answer::new(text);
    answer.status = status;
    answer
}

#[tokio::test(start_paused = true)]
async fn control_is_not_repeated_even_when_nothing_was_sent() {
    let calls = Arc::<Mutex<Vec<String>>>::default();
    let nobody = || Err(Error::new(ErrorKind::Network, Sent::No, "nobody there"));
    let client = VendorClient::over(Scripted(nobody, calls.clone()));
    let count = || std::mem::take(&mut *calls.lock().expect("not poisoned")).len();
    let error = client
        .charge_start(&request("chargeStart"))
        .await
        .expect_err("nobody there");
    assert_eq!(
        (error.endpoint(), error.sent(), count()),
        (Some("chargeStart"), Sent::No, 1)
    );
    client
        .charge_stop(&request("chargeStop"))
        .await
        .expect_err("nobody there");
    assert_eq!(count(), 1);
    client
        .get_order_info(&request("getOrderInfo"))
        .await
        .expect_err("nobody there");
    assert_eq!(count(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_status_of_a_callback_s_answer_says_whether_it_is_told_again() {
    let no = r#"{"code":"E7","message":"later"}"#;
    for (status, text, kind, times) in [
        (200, "success", None, 1),
        (201, "", None, 1),
        (202, r#"{"code":0}"#, None, 1),
        (204, "", None, 1),
        (200, no, Some(ErrorKind::Refused), 1),
        (400, no, Some(ErrorKind::Refused), 1),
        (500, no, Some(ErrorKind::Busy), 3),
        (503, no, Some(ErrorKind::Busy), 3),
        (429, no, Some(ErrorKind::Busy), 3),
    ] {
        let calls = Arc::<Mutex<Vec<String>>>::default();
        let client =
            AggregatorClient::over(Scripted(move || Ok(answer(status, text)), calls.clone()));
        let outcome = client.order_callback(&charging()).await;
        assert_eq!(
            outcome.as_ref().err().map(Error::kind),
            kind,
            "{status} {text}"
        );
        assert_eq!(
            calls.lock().expect("not poisoned").len(),
            times,
            "{status} {text}"
        );
        if let Err(error) = outcome {
            assert!(error.to_string().contains("E7: later"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_path_for_no_interface_is_the_caller_s_error() {
    let dialect = Dialect::default().path("getOrderInfos", "orders");
    let calls = Arc::<Mutex<Vec<String>>>::default();
    let client = VendorClient::over(Scripted(|| Ok(Answer::new("{}")), calls.clone()))
        .dialect(dialect.clone());
    let error = client
        .get_order_info(&request("getOrderInfo"))
        .await
        .expect_err("a typing error");
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Caller, Sent::No));
    assert!(error.to_string().contains("getOrderInfos"), "{error}");
    assert!(calls.lock().expect("not poisoned").is_empty());
    let router = VendorRouter::new(Vendor::default(), CallbackAuth::token(TOKEN)).dialect(dialect);
    assert!(
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| router.into_router())).is_err()
    );
}

#[tokio::test]
async fn decimals_of_a_state_of_charge_lose_no_order() {
    let aggregator = Aggregator::default();
    for (strict, soc, status) in [
        (false, "52.35", 200),
        (false, "152.35", 400),
        (true, "52.35", 400),
    ] {
        let tally = Tally::default();
        let mut options = speaking(if strict {
            Dialect::strict()
        } else {
            Dialect::default()
        });
        options.observer = Some(tally.observer());
        let router = AggregatorRouter::new(
            aggregator.clone(),
            CallbackAuth::dangerous_accept_unauthenticated(),
        )
        .options(options);
        let base = serve_on(router.into_router(), None).await;
        let (got, _, text) = send(
            &base,
            "POST",
            "/orderCallback",
            "",
            &format!("OrderId=1&status=2&soc={soc}"),
        )
        .await;
        assert_eq!(got, status, "{soc} {text}");
        if status == 200 {
            let kinds: Vec<DeviationKind> = tally
                .counts()
                .into_iter()
                .map(|(counted, _)| counted.kind)
                .collect();
            assert_eq!(kinds, [DeviationKind::WAIVED_LIMIT]);
            assert_eq!(
                aggregator.told.lock().expect("not poisoned")[0].soc,
                soc.parse().ok()
            );
        }
    }
}
