//! The idea of an interface, and the table: the only list of interfaces in this crate.
//!
//! A row holds what differs between interfaces: source, method, marker, wire name, Chinese title, request and reply, and behind them its retry class.
//! `for_each_cpo_interface!` and `for_each_emsp_interface!` hand all rows of a role to a macro; from them come the client methods, the service methods,
//! the dispatch, [`ENDPOINTS`] and the round-trip tests.
use crate::model::*;
use park_core::Retry;

/// One interface: a marker type.
///
/// An interface that the document does not have is one more type that implements this trait; see [`CpoClient::call`](crate::CpoClient::call) and
/// [`CpoService::other`](crate::CpoService::other).
pub trait Endpoint: Send + Sync + 'static {
    /// Its name (接口名称), the last part of the address.
    const NAME: &'static str;
    /// Name of its method in clients and services.
    const METHOD: &'static str;
    /// Chinese name.
    const TITLE: &'static str;
    /// Whether a call may be repeated; never unless it is said.
    const RETRY: Retry = Retry::Never;

    /// What Data of the request holds.
    type Request: Model;
    /// What Data of the reply holds.
    type Reply: Model;
}

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

/// One interface, for catalogues and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Info {
    /// Its name (接口名称).
    pub name: &'static str,
    /// Method name.
    pub method: &'static str,
    /// Chinese name.
    pub title: &'static str,
    /// What it does, in English, and where it is described.
    pub about: &'static str,
    /// Rust type of the request.
    pub request: &'static str,
    /// Rust type of the reply.
    pub reply: &'static str,
    /// Who serves it.
    pub role: Role,
    /// Whether a call may be repeated.
    pub retry: Retry,
}

impl Info {
    /// The row of the interface `name`, by any capitals and by the names that [`ALIASES`] lists.
    pub fn of(name: &str) -> Option<&'static Self> {
        let alias = ALIASES.iter().find(|(alias, _)| alias.eq_ignore_ascii_case(name));
        let name = alias.map_or(name, |(_, name)| name);
        ENDPOINTS.iter().find(|info| info.name.eq_ignore_ascii_case(name))
    }
}

/// Other names of interfaces, and what they mean: DB4403/T 313 prints `state` for `Status`.
pub const ALIASES: &[(&str, &str)] = &[
    ("notification_stationstate", "notification_stationStatus"),
    ("query_station_state", "query_station_status"),
    ("query_equip_charge_state", "query_equip_charge_status"),
    ("notification_equip_charge_state", "notification_equip_charge_status"),
];

/// Hands the interfaces that the charge point operator serves to the macro `$apply`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_cpo_interface {
    ($apply:ident) => {
        $apply! {
            /// Asks for the stations, page by page, B.1.2.1, Tables B.6, B.7.
            query_stations_info: QueryStationsInfo = "query_stations_info" "查询充电站信息", StationsQuery => StationsPage, Safe;
            /// Asks for the state of the connectors of some stations, T/CEC 102.2.
            query_station_status: QueryStationStatus = "query_station_status" "设备接口状态查询", StationStatusQuery => StationStatusReply, Safe;
            /// Asks how much a station charged in some days, T/CEC 102.2.
            query_station_stats: QueryStationStats = "query_station_stats" "查询统计信息", StationStatsQuery => StationStatsReply, Safe;
            /// Asks whether a connector is ready for a customer, B.2.1, Tables B.10, B.11.
            query_equip_auth: QueryEquipAuth = "query_equip_auth" "请求设备认证", ConnectorAuth => ConnectorAuthReply, IdempotentByKey;
            /// Asks what charging costs at a connector, T/CEC 102.3.
            query_equip_business_policy: QueryEquipBusinessPolicy = "query_equip_business_policy" "查询业务策略信息", PolicyQuery => PolicyReply, IdempotentByKey;
            /// Starts to charge, B.2.2, Tables B.12, B.13. After a time-out ask for the status; it is never repeated on its own.
            query_start_charge: QueryStartCharge = "query_start_charge" "请求启动充电", StartCharge => StartChargeReply, Never;
            /// Asks how charging goes, T/CEC 102.3.
            query_equip_charge_status: QueryEquipChargeStatus = "query_equip_charge_status" "查询充电状态", ChargeStatusQuery => ChargeStatus, Safe;
            /// Stops to charge, B.2.3, Tables B.14, B.15. Never repeated on its own.
            query_stop_charge: QueryStopCharge = "query_stop_charge" "请求停止充电", StopCharge => StopChargeReply, Never;
        }
    };
}

/// Hands the interfaces that the customer's operator serves to the macro `$apply`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_emsp_interface {
    ($apply:ident) => {
        $apply! {
            /// Tells the new state of a connector, B.1.2.2, Tables B.8, B.9.
            notification_station_status: NotificationStationStatus = "notification_stationStatus" "设备状态变化推送", StatusNotice => StatusReceipt, IdempotentByKey;
            /// Tells whether charging began, T/CEC 102.3.
            notification_start_charge_result: NotificationStartChargeResult = "notification_start_charge_result" "推送启动充电结果", StartResult => ResultReceipt, IdempotentByKey;
            /// Tells how charging goes, T/CEC 102.3.
            notification_equip_charge_status: NotificationEquipChargeStatus = "notification_equip_charge_status" "推送充电状态", ChargeStatus => ChargeStatusReceipt, IdempotentByKey;
            /// Tells whether charging was stopped, T/CEC 102.3.
            notification_stop_charge_result: NotificationStopChargeResult = "notification_stop_charge_result" "推送停止充电结果", StopResult => ResultReceipt, IdempotentByKey;
            /// Tells what was charged and what it costs, B.2.4, Tables B.16, B.18.
            notification_charge_order_info: NotificationChargeOrderInfo = "notification_charge_order_info" "推送订单信息", ChargeOrderInfo => OrderReceipt, IdempotentByKey;
            /// Compares the orders of a period, B.2.5, Tables B.19, B.21.
            check_charge_orders: CheckChargeOrders = "check_charge_orders" "推送订单对账结果信息", CheckOrders => CheckOrdersReply, IdempotentByKey;
        }
    };
}

/// The interface that clients and routers speak themselves.
macro_rules! for_each_session_interface {
    ($apply:ident) => {
        $apply! {
            /// Asks for a token, B.3.1.3, Tables B.23, B.24.
            query_token: QueryToken = "query_token" "获取Token", TokenQuery => TokenReply, Safe;
        }
    };
}

macro_rules! markers {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $name:literal $title:literal, $request:ty => $reply:ty, $retry:ident;)*) => {$(
        $(#[doc = $doc])*
        #[doc = concat!("(", $title, ")")]
        #[doc(alias = $title)]
        #[doc(alias = $name)]
        #[derive(Debug, Clone, Copy)]
        pub struct $marker;

        impl Endpoint for $marker {
            const NAME: &'static str = $name;
            const METHOD: &'static str = stringify!($method);
            const TITLE: &'static str = $title;
            const RETRY: Retry = Retry::$retry;
            type Request = $request;
            type Reply = $reply;
        }
    )*};
}
for_each_session_interface!(markers);
for_each_cpo_interface!(markers);
for_each_emsp_interface!(markers);

macro_rules! infos {
    ($role:expr; $($(#[doc = $doc:literal])* $method:ident: $marker:ident = $name:literal $title:literal, $request:ty => $reply:ty, $retry:ident;)*) => {
        &[$(Info {
            name: $name,
            method: stringify!($method),
            title: $title,
            about: concat!($($doc),*),
            request: stringify!($request),
            reply: stringify!($reply),
            role: $role,
            retry: Retry::$retry,
        }),*]
    };
}
macro_rules! session_infos { ($($rows:tt)*) => { infos! { Role::Both; $($rows)* } }; }
macro_rules! cpo_infos { ($($rows:tt)*) => { infos! { Role::Cpo; $($rows)* } }; }
macro_rules! emsp_infos { ($($rows:tt)*) => { infos! { Role::Emsp; $($rows)* } }; }

const SESSION: &[Info] = for_each_session_interface!(session_infos);
const CPO: &[Info] = for_each_cpo_interface!(cpo_infos);
const EMSP: &[Info] = for_each_emsp_interface!(emsp_infos);

/// Every interface: the token, those the charge point operator serves, those the customer's operator serves.
pub const ENDPOINTS: &[Info] = &{
    let mut all = [SESSION[0]; SESSION.len() + CPO.len() + EMSP.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = if at < SESSION.len() {
            SESSION[at]
        } else if at < SESSION.len() + CPO.len() {
            CPO[at - SESSION.len()]
        } else {
            EMSP[at - SESSION.len() - CPO.len()]
        };
        at += 1;
    }
    all
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_twice_is_never_repeated() {
        let never: Vec<_> = ENDPOINTS.iter().filter(|info| info.retry == Retry::Never).map(|info| info.name).collect();
        assert_eq!(never, ["query_start_charge", "query_stop_charge"]);
        assert_eq!(ENDPOINTS.len(), 15);
    }

    #[test]
    fn an_interface_is_found_by_any_of_its_names() {
        for (name, found) in [
            ("query_token", Some("query_token")),
            ("notification_stationStatus", Some("notification_stationStatus")),
            ("notification_stationstate", Some("notification_stationStatus")),
            ("Notification_StationState", Some("notification_stationStatus")),
            ("notification_stationFee", None),
        ] {
            assert_eq!(Info::of(name).map(|info| info.name), found);
        }
        for (alias, name) in ALIASES {
            assert!(ENDPOINTS.iter().any(|info| info.name == *name) && Info::of(alias).is_some(), "{alias}");
        }
    }
}
