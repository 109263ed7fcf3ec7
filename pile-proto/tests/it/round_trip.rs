//! Every interface: client -> socket -> service -> back.
use crate::common::*;
use pile_proto::{endpoint::*, model::*, schedule::Task, *};
use std::sync::Arc;

const ALL: [&str; 6] = [
    "syncStubGroupInfo",
    "syncStubInfo",
    "getOrderInfo",
    "checkChargeOrders",
    "chargeStart",
    "chargeStop",
];

/// Every interface of a vendor that talks as `dialect` says, between a client and a server.
async fn drive(dialect: Dialect, tls: Option<&Certificate>) {
    let vendor = Vendor::default();
    let tally = Tally::default();
    let mut options = speaking(dialect.clone());
    options.observer = Some(tally.observer());
    let router = VendorRouter::new(vendor.clone(), CallbackAuth::token(TOKEN))
        .options(options)
        .base_path("/api/v1");
    let base = serve_on(router.into_router(), tls.map(Certificate::server)).await;
    let http = tls.map_or_else(plain, Certificate::http);
    let client = vendor_at(&format!("{base}/api/v1"), &http).expect("a client");
    let client = client
        .token(TOKEN)
        .dialect(dialect)
        .observer(tally.observer());
    call_all(&client).await;
    assert_eq!(vendor.taken(), ALL);
    assert_eq!(tally.counts(), []);
}

#[tokio::test]
async fn every_interface_crosses_in_every_way() {
    let enveloped = ReplyShape::default()
        .under("data")
        .code("status")
        .success(["100"])
        .message("msg")
        .group_list("list")
        .pile_list("stubs");
    for method in [Method::Get, Method::PostForm, Method::PostJson] {
        for place in [
            TokenPlace::default(),
            TokenPlace::Parameter("access_token".into()),
            TokenPlace::Header("X-Token".into()),
            TokenPlace::Bearer,
        ] {
            for shape in [ReplyShape::default(), enveloped.clone()] {
                let dialect = Dialect::default()
                    .method(method)
                    .token(place.clone())
                    .reply(shape);
                drive(dialect, None).await;
            }
        }
    }
}

#[tokio::test]
async fn every_interface_crosses_https() {
    drive(Dialect::strict(), Some(&Certificate::localhost())).await;
}

#[tokio::test]
async fn a_vendor_s_own_paths_and_names_are_used_on_both_sides() {
    let mut dialect = Dialect::strict()
        .path("chargeStart", "/dic/order/start")
        .path("syncStubInfo", "stub");
    dialect
        .write
        .names
        .to_mut()
        .push(Spelling::new("BillQuery", "startTime", "startTim"));
    dialect
        .read
        .spellings
        .to_mut()
        .push(Spelling::new("BillQuery", "startTime", "startTim"));
    let mut tolerant = dialect.clone();
    tolerant.read.strictness = Strictness::Tolerant;
    let vendor = Vendor::default();
    let router =
        VendorRouter::new(vendor.clone(), CallbackAuth::token(TOKEN)).dialect(tolerant.clone());
    let base = serve_on(router.into_router(), None).await;
    let client = vendor_at(&base, &plain())
        .expect("a client")
        .token(TOKEN)
        .dialect(tolerant);
    call_all(&client).await;
    assert_eq!(vendor.taken(), ALL);
    assert_eq!(
        send(&base, "GET", "/chargeStart?token=TOKEN", "", "")
            .await
            .0,
        404
    );
    // What goes over the line.
    let (base, requests) = answers(200, fixture("checkChargeOrders.reply.json")).await;
    let client = vendor_at(&base, &plain())
        .expect("a client")
        .token(TOKEN)
        .dialect(dialect);
    client
        .check_charge_orders(&request("checkChargeOrders"))
        .await
        .expect("a bill");
    let sent = requests.take_requests()[0].1.clone();
    let line = "GET /checkChargeOrders?token=TOKEN&startTime=2017-01-16%2000%3A00%3A00&endTim=2017-01-16%2023%3A59%3A59 HTTP/1.1\r\n";
    assert!(sent.starts_with(line), "{sent}");
}

#[tokio::test]
async fn control_is_a_get_that_nothing_may_keep_and_head_does_nothing() {
    let (base, requests) = answers(200, fixture("chargeStart.reply.json")).await;
    let client = vendor_at(&base, &plain()).expect("a client").token(TOKEN);
    client
        .charge_start(&request("chargeStart"))
        .await
        .expect("an order");
    let sent = requests.take_requests()[0].1.to_ascii_lowercase();
    let line = format!(
        "get /chargestart?{} http/1.1\r\n",
        fixture("chargeStart.request.txt").to_ascii_lowercase()
    );
    assert!(
        sent.starts_with(&line) && sent.contains("cache-control: no-store\r\n"),
        "{sent}"
    );

    let vendor = Vendor::default();
    let base = serve_on(
        VendorRouter::new(vendor.clone(), CallbackAuth::token(TOKEN)).into_router(),
        None,
    )
    .await;
    let path = format!("/chargeStart?{}", fixture("chargeStart.request.txt"));
    for method in ["HEAD", "PUT", "OPTIONS", "DELETE"] {
        assert_eq!(send(&base, method, &path, "", "").await.0, 405, "{method}");
    }
    assert_eq!(vendor.taken(), [""; 0]);
    let (status, head, _) = send(&base, "GET", &path, "", "").await;
    assert!(
        status == 200 && head.contains("cache-control: no-store"),
        "{head}"
    );
    assert_eq!(vendor.taken(), ["chargeStart"]);
}

#[tokio::test]
async fn what_comes_otherwise_than_the_dialect_says_is_read_and_noted() {
    let query = fixture("getOrderInfo.request.txt");
    let json = r#"{"token":"TOKEN","orderId":"V20170117000123"}"#;
    for (method, path, body, noted) in [
        ("GET", format!("/getOrderInfo?{query}"), "", false),
        ("POST", "/getOrderInfo".to_owned(), &*query, true),
        ("POST", "/getOrderInfo".to_owned(), json, true),
        ("POST", format!("/getOrderInfo?{query}"), "", true),
        (
            "POST",
            "/getOrderInfo?token=TOKEN".to_owned(),
            "orderId=V20170117000123",
            true,
        ),
        (
            "POST",
            "/getOrderInfo?token=TOKEN".to_owned(),
            r#"{"orderId":"V20170117000123"}"#,
            true,
        ),
    ] {
        for strict in [false, true] {
            let tally = Tally::default();
            let mut options = speaking(if strict {
                Dialect::strict()
            } else {
                Dialect::default()
            });
            options.observer = Some(tally.observer());
            let router =
                VendorRouter::new(Vendor::default(), CallbackAuth::token(TOKEN)).options(options);
            let base = serve_on(router.into_router(), None).await;
            let (status, _, text) = send(&base, method, &path, "", body).await;
            assert_eq!(
                status,
                if strict && noted { 400 } else { 200 },
                "{method} {path} {text}"
            );
            if !strict {
                let kinds: Vec<DeviationKind> = tally
                    .counts()
                    .into_iter()
                    .map(|(counted, _)| counted.kind)
                    .collect();
                assert_eq!(
                    kinds,
                    if noted {
                        vec![DeviationKind::BODY_STYLE]
                    } else {
                        vec![]
                    },
                    "{method} {path}"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_parameter_in_the_address_and_in_the_body_is_refused() {
    let base = serve_on(
        VendorRouter::new(Vendor::default(), CallbackAuth::token(TOKEN)).into_router(),
        None,
    )
    .await;
    let body = "token=TOKEN&orderId=V20170117000123";
    let (status, _, text) = send(
        &base,
        "POST",
        "/getOrderInfo?orderId=V20170117000123",
        "",
        body,
    )
    .await;
    assert!(
        status == 400 && text.contains("orderId: stands twice"),
        "{text}"
    );
}

#[tokio::test]
async fn a_path_with_a_query_of_its_own_keeps_it() {
    let (base, requests) = answers(200, fixture("getOrderInfo.reply.json")).await;
    let dialect = Dialect::default().path("getOrderInfo", "gate?method=getOrderInfo");
    let client = vendor_at(&base, &plain())
        .expect("a client")
        .dialect(dialect);
    client
        .get_order_info(&request("getOrderInfo"))
        .await
        .expect("an order");
    let request = requests.take_requests()[0].1.clone();
    assert!(
        request.starts_with("GET /gate?method=getOrderInfo&orderId=V20170117000123 HTTP"),
        "{request}"
    );
}

#[tokio::test]
async fn the_callback_crosses_in_every_form_signed_and_unsigned() {
    let certificate = Certificate::localhost();
    for body in [CallbackBody::Form, CallbackBody::Json] {
        for tls in [false, true] {
            let aggregator = Aggregator::default();
            let signer = || CallbackSigner::new("canary-secret");
            let routers = [
                AggregatorRouter::new(aggregator.clone(), CallbackAuth::token(TOKEN))
                    .path("/notify/wm"),
                AggregatorRouter::signed(aggregator.clone(), signer()).path("/notify/wm"),
            ];
            for (number, router) in routers.into_iter().enumerate() {
                let mut options = speaking(Dialect::strict());
                options.peer = "wm".into();
                let router = router.options(options);
                let base = serve_on(router.into_router(), tls.then(|| certificate.server())).await;
                let http = if tls { certificate.http() } else { plain() };
                let client = aggregator_at(&format!("{base}/notify/wm"), &http)
                    .expect("a client")
                    .body(body);
                let client = if number == 0 {
                    client.token(TOKEN)
                } else {
                    client.signer(signer())
                };
                client.order_callback(&charging()).await.expect("taken");
                assert_eq!(
                    std::mem::take(&mut *aggregator.told.lock().expect("not poisoned")),
                    [charging()]
                );
            }
        }
    }
}

#[tokio::test]
async fn a_callback_feeds_the_schedule_once_the_service_took_it() {
    for refuses in [false, true] {
        let clock = ManualClock::new(std::time::SystemTime::now());
        let schedule = SharedSchedule::default().clock(Arc::new(clock.clone()));
        let order_id = charging().order_id;
        schedule.change(|schedule, now| schedule.charging(order_id.clone(), now));
        clock.advance(std::time::Duration::from_secs(299));
        let aggregator = Aggregator {
            refuses,
            ..Aggregator::default()
        };
        let router =
            AggregatorRouter::new(aggregator, CallbackAuth::dangerous_accept_unauthenticated())
                .schedule(schedule.clone());
        let base = serve_on(router.into_router(), None).await;
        let client = aggregator_at(&format!("{base}/orderCallback"), &plain()).expect("a client");
        let outcome = client
            .with(|options| options.retry = RetryPolicy::off())
            .order_callback(&charging())
            .await;
        assert_eq!(outcome.is_err(), refuses);
        clock.advance(std::time::Duration::from_secs(2));
        let due = schedule.change(|schedule, now| schedule.due(now));
        assert_eq!(
            due,
            if refuses {
                vec![Task::Order(order_id)]
            } else {
                vec![]
            }
        );
    }
}

#[tokio::test]
async fn any_interface_is_called_by_its_name_or_its_marker_under_every_base_path() {
    let router = VendorRouter::new(Vendor::default(), CallbackAuth::token(TOKEN))
        .base_path("/v1")
        .base_path("v2/");
    let base = serve_on(router.into_router(), None).await;
    let json = r#"{"orderId":"V20170117000123"}"#;
    for path in ["v1", "v2"] {
        let client = vendor_at(&format!("{base}/{path}"), &plain())
            .expect("a client")
            .token(TOKEN);
        let order = client
            .call::<GetOrderInfo>(&request("getOrderInfo"))
            .await
            .expect("an order");
        let text = client
            .call_text("GETORDERINFO", json)
            .await
            .expect("an order");
        assert_eq!(
            decode::<Order>(&text, &Rules::strict()).map(|(order, _)| order),
            Ok(order)
        );
        let error = client
            .call_text("orderCallback", json)
            .await
            .expect_err("the aggregator's");
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Caller, Sent::No));
    }
    assert_eq!(
        send(&base, "GET", "/getOrderInfo?token=TOKEN", "", "")
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn a_city_may_have_many_groups_with_empty_numbers() {
    let groups: Vec<String> = (0..100)
        .map(|number| {
            format!(r#"{{"Id":"{number}","stubGroupName":"a","stubAcCnt":"","stubDcCnt":""}}"#)
        })
        .collect();
    let (base, _) = answers(200, format!("[{}]", groups.join(","))).await;
    let client = vendor_at(&base, &plain()).expect("a client");
    let groups = client
        .sync_stub_group_info(&request("syncStubGroupInfo"))
        .await
        .expect("groups");
    assert_eq!((groups.len(), groups[99].stub_ac_cnt), (100, None));
}
