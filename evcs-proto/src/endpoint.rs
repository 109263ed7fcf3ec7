//! The table: the only list of interfaces in this crate.
//!
//! A row has name, Chinese title, marker, method, request and reply, and behind them the retry
//! class. From it come the client method, the service method, the dispatch, the entry of
//! [`ENDPOINTS`] and the round-trip test.
use crate::model::*;

pub use park_core::{Endpoint, Shape, Transports, Visit};

/// One interface, for catalogues and tests.
pub type Info = park_core::Info<Role>;

/// Who serves an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The charge point operator (基础设施运营商), whose stations they are.
    Cpo,
    /// The customer's operator (客户归属运营商), or whoever else wants the data.
    Emsp,
    /// Whoever is called.
    Both,
}

/// Other names of interfaces, and what they mean: DB4403/T 313 prints `state` for `Status`.
pub const ALIASES: &[(&str, &str)] = &[
    ("notification_stationstate", "notification_stationStatus"),
    ("query_station_state", "query_station_status"),
    ("query_equip_charge_state", "query_equip_charge_status"),
    (
        "notification_equip_charge_state",
        "notification_equip_charge_status",
    ),
];

/// Hands the interfaces that the charge point operator serves to the macro `$apply`, behind
/// `[$with]`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_cpo_interface {
    ($($apply:ident)::+ [$($with:tt)*]) => {
        $($apply)::+! { [$($with)*]
            /// Asks for the stations, page by page, B.1.2.1, Tables B.6, B.7.
            "query_stations_info" "查询充电站信息" QueryStationsInfo: query_stations_info(StationsQuery) -> StationsPage, safe;
            /// Asks for the state of the connectors of some stations, T/CEC 102.2.
            "query_station_status" "设备接口状态查询" QueryStationStatus: query_station_status(StationStatusQuery) -> StationStatusReply, safe;
            /// Asks how much a station charged in some days, T/CEC 102.2.
            "query_station_stats" "查询统计信息" QueryStationStats: query_station_stats(StationStatsQuery) -> StationStatsReply, safe;
            /// Asks whether a connector is ready for a customer, B.2.1, Tables B.10, B.11.
            "query_equip_auth" "请求设备认证" QueryEquipAuth: query_equip_auth(ConnectorAuth) -> ConnectorAuthReply, idempotent;
            /// Asks what charging costs at a connector, T/CEC 102.3.
            "query_equip_business_policy" "查询业务策略信息" QueryEquipBusinessPolicy: query_equip_business_policy(PolicyQuery) -> PolicyReply, idempotent;
            /// Starts to charge, B.2.2, Tables B.12, B.13. After a time-out ask for the status; it
            /// is never repeated on its own.
            "query_start_charge" "请求启动充电" QueryStartCharge: query_start_charge(StartCharge) -> StartChargeReply, never;
            /// Asks how charging goes, T/CEC 102.3.
            "query_equip_charge_status" "查询充电状态" QueryEquipChargeStatus: query_equip_charge_status(ChargeStatusQuery) -> ChargeStatus, safe;
            /// Stops to charge, B.2.3, Tables B.14, B.15. Never repeated on its own.
            "query_stop_charge" "请求停止充电" QueryStopCharge: query_stop_charge(StopCharge) -> StopChargeReply, never;
        }
    };
}

/// Hands the interfaces that the customer's operator serves to the macro `$apply`, behind
/// `[$with]`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_emsp_interface {
    ($($apply:ident)::+ [$($with:tt)*]) => {
        $($apply)::+! { [$($with)*]
            /// Tells the new state of a connector, B.1.2.2, Tables B.8, B.9.
            "notification_stationStatus" "设备状态变化推送" NotificationStationStatus: notification_station_status(StatusNotice) -> StatusReceipt, idempotent;
            /// Tells whether charging began, T/CEC 102.3.
            "notification_start_charge_result" "推送启动充电结果" NotificationStartChargeResult: notification_start_charge_result(StartResult) -> ResultReceipt, idempotent;
            /// Tells how charging goes, T/CEC 102.3.
            "notification_equip_charge_status" "推送充电状态" NotificationEquipChargeStatus: notification_equip_charge_status(ChargeStatus) -> ChargeStatusReceipt, idempotent;
            /// Tells whether charging was stopped, T/CEC 102.3.
            "notification_stop_charge_result" "推送停止充电结果" NotificationStopChargeResult: notification_stop_charge_result(StopResult) -> ResultReceipt, idempotent;
            /// Tells what was charged and what it costs, B.2.4, Tables B.16, B.18.
            "notification_charge_order_info" "推送订单信息" NotificationChargeOrderInfo: notification_charge_order_info(ChargeOrderInfo) -> OrderReceipt, idempotent;
            /// Compares the orders of a period, B.2.5, Tables B.19, B.21.
            "check_charge_orders" "推送订单对账结果信息" CheckChargeOrders: check_charge_orders(CheckOrders) -> CheckOrdersReply, idempotent;
        }
    };
}

/// The interface that clients and routers speak themselves.
macro_rules! for_each_session_interface {
    ($($apply:ident)::+ [$($with:tt)*]) => {
        $($apply)::+! { [$($with)*]
            /// Asks for a token, B.3.1.3, Tables B.23, B.24.
            "query_token" "获取Token" QueryToken: query_token(TokenQuery) -> TokenReply, safe;
        }
    };
}

for_each_session_interface!(park_core::endpoints [
    /// Sees the interface that both roles serve.
    each_session_interface, SESSION, Role::Both
]);
for_each_cpo_interface!(park_core::endpoints [
    /// Sees every interface that the charge point operator serves.
    each_cpo_interface, CPO, Role::Cpo
]);
for_each_emsp_interface!(park_core::endpoints [
    /// Sees every interface that the customer's operator serves.
    each_emsp_interface, EMSP, Role::Emsp
]);

park_core::table! { [SESSION CPO EMSP] ALIASES,
    /// Every interface: the token, those the charge point operator serves, those the customer's
    /// operator serves.
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Retry;

    #[test]
    fn what_acts_twice_is_never_repeated() {
        let never: Vec<_> = ENDPOINTS
            .iter()
            .filter(|info| info.retry == Retry::Never)
            .map(|info| info.name)
            .collect();
        assert_eq!(never, ["query_start_charge", "query_stop_charge"]);
        assert_eq!(ENDPOINTS.len(), 15);
    }

    #[test]
    fn an_interface_is_found_by_any_of_its_names() {
        for (name, found) in [
            ("query_token", Some("query_token")),
            (
                "notification_stationStatus",
                Some("notification_stationStatus"),
            ),
            (
                "notification_stationstate",
                Some("notification_stationStatus"),
            ),
            (
                "Notification_StationState",
                Some("notification_stationStatus"),
            ),
            ("notification_stationFee", None),
        ] {
            assert_eq!(Info::of(name).map(|info| info.name), found);
        }
        for (alias, name) in ALIASES {
            assert!(
                ENDPOINTS.iter().any(|info| info.name == *name) && Info::of(alias).is_some(),
                "{alias}"
            );
        }
    }
}
