//! 1101 to 1106 from client to service and back, the bytes between them against the fixtures.
use super::sites::*;
use park_core::json::canonical::canonical;
use sztc_proto::{
    ErrorKind, Rule, Sent, Violation,
    charging::{
        evcs::{
            CpoService, Ctx, Dialect, EmspService, Outcome, Refusal,
            code::{NoticeStatus, Ret},
            decode,
            endpoint::Endpoint,
            model::*,
        },
        *,
    },
};

pub(super) fn fixture(name: &str) -> String {
    let path = format!(
        "{}/fixtures/charging/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(&path).expect(&path)
}

pub(super) fn sample<T: Model>(name: &str) -> T {
    decode(&fixture(name), &dialect().read)
        .unwrap_or_else(|problem| panic!("{name}: {problem}"))
        .0
}

macro_rules! replay {
    ($($method:ident $name:literal: $request:ty => $reply:ty;)*) => {$(
        async fn $method(&self, cx: &Ctx, request: $request) -> Outcome<$reply> {
            assert!([CITY, OPERATOR].contains(&&*cx.peer));
            assert_eq!(request, sample(concat!($name, ".request")));
            Ok(sample(concat!($name, ".reply")))
        }
    )*};
}

/// A charging platform that answers with the samples.
struct ReplayPlatform;

impl CpoService for ReplayPlatform {
    replay! {
        query_stations_info "query_stations_info": StationsQuery => StationsPage;
        query_station_status "query_station_status": StationStatusQuery => StationStatusReply;
        query_equip_auth "query_equip_auth": ConnectorAuth => ConnectorAuthReply;
        query_start_charge "query_start_charge": StartCharge => StartChargeReply;
        query_stop_charge "query_stop_charge": StopCharge => StopChargeReply;
    }
}

impl ChargingService for ReplayPlatform {
    replay! { query_orders_of_car "query_orderInfo": CarOrderQuery => CarOrders; }
}

/// A city that answers with the samples.
struct ReplayCity;

impl EmspService for ReplayCity {
    replay! {
        notification_station_status "notification_stationstate": StatusNotice => StatusReceipt;
        notification_charge_order_info "notification_charge_order_info": ChargeOrderInfo =>
            OrderReceipt;
        check_charge_orders "check_charge_orders": CheckOrders => CheckOrdersReply;
    }
}

impl CityChargingService for ReplayCity {
    replay! {
        push_station "notification_stationInfo": StationPush => StationPushReply;
        push_order "notification_orderInfo": CarOrder => OrderPushReply;
    }
}

/// What crosses when `name` is called, told from its fixtures.
fn printed(name: &str) -> Vec<(String, String, String)> {
    let text = |side: &str| canonical(&fixture(&format!("{name}.{side}"))).expect("JSON");
    vec![(name.to_owned(), text("request"), text("reply"))]
}

fn crossed(records: &Records) -> Vec<(String, String, String)> {
    let text = |text: &str| canonical(text).expect("JSON");
    let told = |crossed: Crossed| {
        (
            crossed.interface,
            text(&crossed.request),
            text(&crossed.reply),
        )
    };
    records.take().into_iter().map(told).collect()
}

macro_rules! drive {
    ($client:ident, $records:ident; $($name:literal: $method:ident;)*) => {$(
        let reply = $client.$method(&sample(concat!($name, ".request"))).await.expect($name);
        assert_eq!(reply, sample(concat!($name, ".reply")));
        assert_eq!(crossed(&$records), printed($name));
    )*};
}

#[tokio::test]
async fn what_the_city_asks_crosses_as_the_document_prints_it() {
    let (client, records) = platform(ReplayPlatform, dialect(), as_printed()).await;
    drive! { client, records;
        "query_stations_info": query_stations_info;
        "query_station_status": query_station_status;
        "query_equip_auth": query_equip_auth;
        "query_start_charge": query_start_charge;
        "query_stop_charge": query_stop_charge;
        "query_orderInfo": query_orders_of_car;
    }
}

#[tokio::test]
async fn what_the_charging_platform_pushes_crosses_as_the_document_prints_it() {
    let (client, records) = city(ReplayCity, dialect(), as_printed()).await;
    drive! { client, records;
        "notification_stationstate": notification_station_status;
        "notification_charge_order_info": notification_charge_order_info;
        "check_charge_orders": check_charge_orders;
        "notification_orderInfo": push_order;
    }
    let StationPush { station_info } = sample("notification_stationInfo.request");
    assert_eq!(
        client
            .push_station(station_info)
            .await
            .expect("answered")
            .state,
        NoticeStatus::ACCEPTED
    );
    assert_eq!(crossed(&records), printed("notification_stationInfo"));
}

#[tokio::test]
async fn the_clients_and_routers_speak_this_document_unless_told_otherwise() {
    // What `new` sets up by themselves; nothing is sent to the address.
    let credentials = || evcs::Credentials::new(CITY, keys());
    ChargingClient::new("https://cpo.example/evcs/v1", credentials()).expect("a client");
    CityChargingClient::new("https://city.example/evcs/v1", credentials()).expect("a client");
    assert_eq!(
        server_options()
            .dialect
            .write
            .interface("notification_stationStatus"),
        "notification_stationstate"
    );
    // A caller that writes as T/CEC 102 has it is understood.
    let (client, records) = city(ReplayCity, Dialect::default(), server_options()).await;
    let receipt = client
        .notification_station_status(&sample("notification_stationstate.request"))
        .await;
    assert_eq!(receipt.expect("answered").status, NoticeStatus::ACCEPTED);
    let crossed = &records.take()[0];
    assert_eq!(crossed.interface, "notification_stationStatus");
    assert!(
        crossed.request.contains(r#""ParkStatus":50"#),
        "{}",
        crossed.request
    );
    assert_eq!(crossed.reply, r#"{"State":0}"#);
}

#[tokio::test]
async fn what_the_document_does_not_name_has_the_name_that_was_agreed() {
    let agreed = || {
        dialect()
            .interface(PushStation::NAME, "supervise_station")
            .interface(PushOrder::NAME, "supervise_order")
            .interface(QueryOrdersOfCar::NAME, "orders")
    };
    let (client, records) = platform(ReplayPlatform, agreed(), answering_in(agreed())).await;
    client
        .query_orders_of_car(&sample("query_orderInfo.request"))
        .await
        .expect("answered");
    let (city, of_city) = city(ReplayCity, agreed(), answering_in(agreed())).await;
    city.push_order(&sample("notification_orderInfo.request"))
        .await
        .expect("answered");
    let push: StationPush = sample("notification_stationInfo.request");
    city.push_station(push.station_info)
        .await
        .expect("answered");
    let names: Vec<String> = [records.take(), of_city.take()]
        .concat()
        .into_iter()
        .map(|crossed| crossed.interface)
        .collect();
    assert_eq!(names, ["orders", "supervise_order", "supervise_station"]);
    // A peer that was not told is refused, and hears which interface is not there.
    let (client, _) = platform(ReplayPlatform, agreed(), as_printed()).await;
    let error = client
        .query_orders_of_car(&sample("query_orderInfo.request"))
        .await
        .expect_err("not told");
    let refusal = error.refusal().expect("a refusal");
    assert_eq!(refusal.code, Some(Ret::WRONG_PARAMETERS));
    assert!(
        refusal.message.contains("orders is not offered"),
        "{refusal}"
    );
}

#[tokio::test]
async fn lengths_that_contradict_are_waived_in_both_directions() {
    struct City;
    impl EmspService for City {}
    impl CityChargingService for City {
        async fn push_order(&self, _: &Ctx, order: CarOrder) -> Outcome<OrderPushReply> {
            Ok(OrderPushReply::new(&order, PushResult::OK))
        }
    }
    // As long as Appendix B allows, which made both names.
    let order = CarOrder {
        station_name: "站".repeat(50).into(),
        connector_name: "枪".repeat(30).into(),
        ..sample("notification_orderInfo.request")
    };
    let (strict, _) = city(City, dialect(), as_printed()).await;
    let error = strict.push_order(&order).await.expect_err("too long");
    let too_long = |path: &str, max, found| Violation::new(path, Rule::TooLong { max, found });
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Caller, Sent::No));
    assert_eq!(
        error.violations(),
        [
            too_long("stationName", 20, 50),
            too_long("connectorName", 10, 30)
        ]
    );

    let waived = || dialect().waive(KNOWN_SLIPS);
    let (waiving, _) = city(City, waived(), as_printed()).await;
    let error = waiving
        .push_order(&order)
        .await
        .expect_err("the city keeps to the table");
    assert_eq!(
        error.refusal().and_then(|refusal| refusal.code),
        Some(Ret::WRONG_PARAMETERS)
    );
    let (both, _) = city(City, waived(), answering_in(waived())).await;
    assert_eq!(
        both.push_order(&order)
            .await
            .expect("answered")
            .confirm_result,
        PushResult::OK
    );
    // A name that is missing stays missed.
    let nameless = CarOrder {
        station_name: "".into(),
        ..order
    };
    let error = both.push_order(&nameless).await.expect_err("no name");
    assert_eq!(
        error.violations(),
        [Violation::new("stationName", Rule::Missing)]
    );
}

#[tokio::test]
async fn what_an_order_push_came_to_is_no_error() {
    struct City;
    impl EmspService for City {}
    impl CityChargingService for City {
        async fn push_order(&self, _: &Ctx, order: CarOrder) -> Outcome<OrderPushReply> {
            let result = order
                .plate_num
                .strip_prefix("粤B")
                .and_then(|number| number.parse().ok());
            result
                .map(|result| OrderPushReply::new(&order, PushResult(result)))
                .ok_or_else(|| Refusal::message("no such car"))
        }
    }
    let order: CarOrder = sample("notification_orderInfo.request");
    let (client, _) = city(City, dialect(), as_printed()).await;
    let push = async |plate: &str| {
        let order = CarOrder {
            plate_num: plate.into(),
            ..order.clone()
        };
        client.push_order(&order).await
    };
    for code in [0, 1, 2, 99] {
        assert_eq!(
            push(&format!("粤B{code}"))
                .await
                .expect("answered")
                .confirm_result,
            PushResult(code)
        );
    }
    let error = push("粤A").await.expect_err("refused");
    assert_eq!(
        error.refusal().and_then(|refusal| refusal.code),
        Some(Ret::SYSTEM_ERROR)
    );
}

#[tokio::test]
async fn an_interface_that_nobody_implements_is_not_offered() {
    struct Nobody;
    impl CpoService for Nobody {}
    impl EmspService for Nobody {}
    impl ChargingService for Nobody {}
    impl CityChargingService for Nobody {}
    let (platform, _) = platform(std::sync::Arc::new(Nobody), dialect(), as_printed()).await;
    let (city, _) = city(std::sync::Arc::new(Nobody), dialect(), as_printed()).await;
    let push: StationPush = sample("notification_stationInfo.request");
    let errors = [
        platform
            .query_orders_of_car(&sample("query_orderInfo.request"))
            .await
            .expect_err("not offered"),
        platform
            .query_equip_auth(&sample("query_equip_auth.request"))
            .await
            .expect_err("not offered"),
        city.push_station(push.station_info)
            .await
            .expect_err("not offered"),
        city.push_order(&sample("notification_orderInfo.request"))
            .await
            .expect_err("not offered"),
    ];
    for (error, name) in errors.iter().zip([
        "query_orderInfo",
        "query_equip_auth",
        "notification_stationInfo",
        "notification_orderInfo",
    ]) {
        let refusal = error.refusal().expect("a refusal");
        assert_eq!(
            (refusal.code, error.endpoint()),
            (Some(Ret::WRONG_PARAMETERS), Some(name))
        );
        assert!(
            refusal
                .message
                .starts_with(&format!("{name} is not offered")),
            "{refusal}"
        );
    }
}
