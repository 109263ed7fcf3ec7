//! What the table does not have, and what a service says in place of a result.
use crate::common::*;
use kt_proto::{code::*, endpoint::*, model::*, *};
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, sync::Arc};

/// Passages through an area: an interface that newer systems have and the document has not.
struct GetTrafficNum;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TrafficQuery {
    park_code: AnyText,
    area_name: Text<4>,
}

check!(TrafficQuery { park_code "parkCode", area_name "areaName" });

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Traffic {
    car_num: i64,
}

check!(Traffic { car_num "carNum" });

impl Endpoint for GetTrafficNum {
    const NAME: &'static str = "GetTrafficNum";
    const METHOD: &'static str = "traffic";
    const TITLE: &'static str = "车流量查询";
    const PATHS: &'static [&'static str] = &["/api/ParkingInfo", "/api/pay2"];
    const SHAPE: Shape = Shape::Many;
    type Request = TrafficQuery;
    type Reply = Vec<Traffic>;
}

fn query(area: &str) -> TrafficQuery {
    TrafficQuery {
        park_code: "1".into(),
        area_name: area.into(),
    }
}

struct Extended;

impl LotService for Extended {
    async fn other(&self, cx: &Ctx, interface: &str, plaintext: &str) -> Outcome<String> {
        match interface {
            "GetTrafficNum" => {
                answer_plaintext::<GetTrafficNum, _, _>(cx, plaintext, async |_, query| {
                    match &*query.area_name {
                        "地库" => Ok(vec![Traffic { car_num: 7 }, Traffic { car_num: 8 }]),
                        "空" => Ok(Vec::new()),
                        _ => Err(refuse("没有该区域")),
                    }
                })
                .await
            }
            "Echo" => Ok(format!("[{plaintext}]")),
            "Nothing" => Ok("  ".to_owned()),
            "NoList" => Ok("canary".to_owned()),
            _ => Err(refuse(format!("没有 {interface}"))),
        }
    }
}

async fn extended(dialect: Dialect) -> (LotClient, Wire, Told) {
    let (wire, told, clock) = (Wire::default(), Told::default(), clock(NOON));
    let router = LotRouter::new(Extended, credentials()).options(options(&dialect, &clock, &told));
    let address = serve_on(wire.watch(router.into_router()), None).await;
    let client = LotClient::new(format!("http://{address}"), credentials()).expect("a client");
    (client.clock(Arc::new(clock)).dialect(dialect), wire, told)
}

#[tokio::test]
async fn an_interface_of_one_s_own_is_one_more_type() {
    for (dialect, path) in [
        (Dialect::default(), "/api/ParkingInfo/GetTrafficNum"),
        (Dialect::default().legacy_paths(), "/api/pay2/GetTrafficNum"),
        (
            Dialect::default()
                .legacy_paths()
                .folder("/api/pay2", "/api/pay"),
            "/api/pay/GetTrafficNum",
        ),
        (
            Dialect::default().path("GetTrafficNum", "traffic/v2/count"),
            "/traffic/v2/count",
        ),
        (Dialect::strict(), "/api/ParkingInfo/GetTrafficNum"),
    ] {
        let (client, wire, told) = extended(dialect).await;
        let found = client
            .call::<GetTrafficNum>(&query("地库"))
            .await
            .expect("answered");
        assert_eq!(found, [Traffic { car_num: 7 }, Traffic { car_num: 8 }]);
        assert_eq!(wire.one().path, path);
        assert_eq!(
            client
                .call::<GetTrafficNum>(&query("空"))
                .await
                .expect("none"),
            []
        );
        assert_eq!(
            wire.one().reply,
            r#"{"resCode":0,"resMsg":"成功","data":null}"#
        );
        let error = client
            .call::<GetTrafficNum>(&query("地面"))
            .await
            .expect_err("refused");
        assert_eq!(
            error.to_string(),
            "GetTrafficNum: refused by the peer: 1 错误: 没有该区域"
        );
        // Its rules are checked before it is sent, and again when it comes.
        let error = client
            .call::<GetTrafficNum>(&query("地下停车库"))
            .await
            .expect_err("too long");
        assert_eq!(
            (error.kind(), error.sent(), error.path()),
            (ErrorKind::Caller, Sent::No, Some("areaName"))
        );
        assert_eq!(wire.take().len(), 1);
        assert_eq!(told.take(), []);
    }
    let (client, ..) = extended(Dialect::default()).await;
    let mut careless = Dialect::default();
    careless.write.waived.add("areaName");
    let error = client
        .dialect(careless)
        .call::<GetTrafficNum>(&query("地下停车库"))
        .await
        .expect_err("too long");
    assert_eq!(
        error.refusal().map(|refusal| &*refusal.message),
        Some("areaName: 5 characters, at most 4 allowed")
    );
}

/// Any interface, its parameters and reply as they are.
macro_rules! any {
    ($($name:ident),*) => {$(
        struct $name;
        impl Endpoint for $name {
            const NAME: &'static str = stringify!($name);
            const METHOD: &'static str = stringify!($name);
            const TITLE: &'static str = stringify!($name);
            const SHAPE: Shape = Shape::Many;
            type Request = TrafficQuery;
            type Reply = Vec<TrafficQuery>;
        }
    )*};
}
any!(Echo, Nothing, NoList, Elsewhere);

#[tokio::test]
async fn the_catch_all_gets_name_and_text_of_everything_else() {
    let (client, wire, _) = extended(Dialect::default()).await;
    let sent = query("地库");
    assert_eq!(
        client.call::<Echo>(&sent).await.expect("echoed"),
        std::slice::from_ref(&sent)
    );
    assert_eq!(wire.one().path, "/Echo");
    assert_eq!(client.call::<Nothing>(&sent).await.expect("nothing"), []);
    let error = client.call::<Elsewhere>(&sent).await.expect_err("refused");
    assert_eq!(
        error.refusal().map(|refusal| &*refusal.message),
        Some("没有 Elsewhere")
    );
    // What is no list never goes out.
    wire.take();
    let error = client.call::<NoList>(&sent).await.expect_err("refused");
    assert_eq!(
        error.refusal().map(|refusal| &*refusal.message),
        Some("internal error (系统内部错误)")
    );
    assert!(!wire.one().reply.contains("canary"));
    // An interface of the table that the service does not offer, and one of the other role.
    for message in [
        client
            .control_gate(&request::<GateControl>())
            .await
            .map(drop),
        client
            .call::<PostParkingInfo>(&request::<PostParkingInfo>())
            .await
            .map(drop),
    ]
    .map(|outcome| {
        outcome
            .expect_err("refused")
            .refusal()
            .expect("a refusal")
            .message
            .clone()
    }) {
        assert!(
            [
                "GateControl is not offered here (接口未提供)",
                "没有 PostParkingInfo"
            ]
            .contains(&&*message),
            "{message}"
        );
    }
}

struct Moods;

impl LotService for Moods {
    async fn query_order(&self, _: &Ctx, query: OrderStatusQuery) -> Outcome<OrderStatusReply> {
        match &*query.order_no {
            "panic" => panic!("a bug in the application with canary"),
            "zero" => Err(Refusal::new(ResCode::OK, "没有订单")),
            "none" => Err(Refusal::message("没有订单")),
            "own" => Err(Refusal::new(ResCode(7), "没有订单")),
            "long" => Err(refuse("满\"\n".repeat(1000))),
            _ => Ok(reply::<GetPaymentStatus>()),
        }
    }
}

#[tokio::test]
async fn a_service_refuses_in_its_own_words_and_never_with_success() {
    let clock = clock(NOON);
    let router = LotRouter::new(
        Arc::new(Moods),
        HashMap::from([(USER.to_owned(), credentials())]),
    );
    let router = router.options(options(&Dialect::default(), &clock, &Told::default()));
    let address = serve_on(router.into_router(), None).await;
    let client = LotClient::new(format!("http://{address}"), credentials())
        .expect("a client")
        .clock(Arc::new(clock));
    for (order, code, message) in [
        ("panic", 1, "internal error (系统内部错误)".to_owned()),
        ("zero", 1, "没有订单".to_owned()),
        ("none", 1, "没有订单".to_owned()),
        ("own", 7, "没有订单".to_owned()),
        ("long", 1, "满\"\n".repeat(1000).chars().take(512).collect()),
    ] {
        let query = OrderStatusQuery {
            park_code: "1".into(),
            order_no: order.into(),
        };
        let error = client.query_order(&query).await.expect_err(order);
        let refusal = error.refusal().expect("a refusal");
        assert_eq!(
            (error.kind(), error.sent()),
            (ErrorKind::Refused, Sent::Answered),
            "{order}"
        );
        assert_eq!(
            (refusal.code, &*refusal.message),
            (Some(ResCode(code)), &*message),
            "{order}"
        );
    }
    assert_eq!(
        client
            .query_order(&request::<GetPaymentStatus>())
            .await
            .expect("answered"),
        reply::<GetPaymentStatus>()
    );
}

#[tokio::test]
async fn a_user_may_have_any_name_and_a_base_any_slashes() {
    for (user, base) in [
        ("科拓-停车场", "/kt"),
        ("a b", "kt/"),
        ("ktapi", "/kt/"),
        ("ktapi", "/"),
        ("ktapi", ""),
    ] {
        let own = Credentials::new(user, PWD, keys());
        let clock = clock(NOON);
        let router = CloudRouter::new(ReplayCloud::default(), own.clone()).base_path(base);
        let address = serve_on(
            router
                .options(options(&Dialect::default(), &clock, &Told::default()))
                .into_router(),
            None,
        )
        .await;
        let base = format!("http://{address}/{}", base.trim_start_matches('/'));
        let client = CloudClient::new(&base, own)
            .expect("a client")
            .clock(Arc::new(clock));
        client
            .report_lot(&request::<PostParkingInfo>())
            .await
            .unwrap_or_else(|error| panic!("{user} {base}: {error}"));
    }
}
