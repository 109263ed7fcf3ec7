//! The table: the only list of interfaces in this crate (section 4).
//!
//! A row has name, Chinese title, marker, method, request and reply, and behind them the retry
//! class. From it come the client method, the service method, the dispatch and the entry of
//! [`ENDPOINTS`].
use crate::model::*;

pub use park_core::{Endpoint, Shape, Transports, Visit};

/// One interface, for catalogues and tests.
pub type Info = park_core::Info<Role>;

/// Who serves an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The charging platform (充电设备归属运营商平台).
    Charging,
    /// The parking platform (停车场运营商平台).
    Parking,
}

/// The other name of query_parking_charge_result, in the text of 4.1.1. Servers answer to both.
pub const QUERY_ALIAS: &str = "query_park_charge_result";

/// Other names of interfaces, and what they mean.
pub const ALIASES: &[(&str, &str)] = &[(QUERY_ALIAS, QueryParkingChargeResult::NAME)];

/// Hands the interfaces that the parking platform serves to the macro `$apply`, behind `[$with]`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_parking_interface {
    ($($apply:ident)::+ [$($with:tt)*]) => {
        $($apply)::+! { [$($with)*]
            /// Tells that a car is charging, and that it has ended, 4.1.
            "notification_parking_charge_result" "停车充电订单信息推送" NotificationParkingChargeResult: notification_parking_charge_result(ParkChargeResult) -> Receipt, idempotent;
        }
    };
}

/// Hands the interfaces that the charging platform serves to the macro `$apply`, behind `[$with]`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_charging_interface {
    ($($apply:ident)::+ [$($with:tt)*]) => {
        $($apply)::+! { [$($with)*]
            /// Asks what became of an order whose end was never told, 4.2. An order that the
            /// charging platform does not know is `None`.
            "query_parking_charge_result" "补偿查询" QueryParkingChargeResult: query_parking_charge_result(ChargeQuery) -> Option<ParkChargeResult>, safe;
            /// Reports the parking discount that an order brought, 4.3; one of 0 too.
            "query_parking_discount_result" "停车费减免反馈" QueryParkingDiscountResult: query_parking_discount_result(DiscountReport) -> Receipt, idempotent;
        }
    };
}

for_each_parking_interface!(park_core::endpoints [
    /// Sees every interface that the parking platform serves.
    each_parking_interface, PARKING, Role::Parking
]);
for_each_charging_interface!(park_core::endpoints [
    /// Sees every interface that the charging platform serves.
    each_charging_interface, CHARGING, Role::Charging
]);

park_core::table! { [PARKING CHARGING] ALIASES,
    /// Every interface of the document: those the parking platform serves, those the charging
    /// platform serves.
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Retry;

    #[test]
    fn an_interface_is_found_by_both_of_its_names() {
        for (name, found) in [
            (
                "query_park_charge_result",
                Some("query_parking_charge_result"),
            ),
            (
                "query_parking_charge_result",
                Some("query_parking_charge_result"),
            ),
            (
                "query_parking_discount_result",
                Some("query_parking_discount_result"),
            ),
            (
                "notification_parking_charge_result",
                Some("notification_parking_charge_result"),
            ),
            ("query_token", None),
        ] {
            assert_eq!(Info::of(name).map(|info| info.name), found, "{name}");
        }
    }

    #[test]
    fn every_interface_may_be_repeated() {
        assert_eq!(ENDPOINTS.len(), 3);
        assert!(ENDPOINTS.iter().all(|info| info.retry != Retry::Never));
    }
}
