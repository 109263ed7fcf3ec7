//! The interfaces of the document (section 4).
use park_core::Retry;

/// Who serves an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The charging platform (充电设备归属运营商平台).
    Charging,
    /// The parking platform (停车场运营商平台).
    Parking,
}

/// One interface, for catalogues and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Info {
    /// Its name, the last part of its address.
    pub name: &'static str,
    /// Method name in clients and services.
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

/// Tells the parking side of an order, 4.1. Repeating it is harmless: the order's number is its key.
pub(crate) const NOTIFICATION: Info = Info {
    name: "notification_parking_charge_result",
    method: "notification_parking_charge_result",
    title: "停车充电订单信息推送",
    about: "Tells that a car is charging, and that it has ended, 4.1.",
    request: "ParkChargeResult",
    reply: "Receipt",
    role: Role::Parking,
    retry: Retry::IdempotentByKey,
};

/// Asks for an order, 4.2.
pub(crate) const QUERY: Info = Info {
    name: "query_parking_charge_result",
    method: "query_parking_charge_result",
    title: "补偿查询",
    about: "Asks what became of an order whose end was never told, 4.2.",
    request: "ChargeQuery",
    reply: "Option<ParkChargeResult>",
    role: Role::Charging,
    retry: Retry::Safe,
};

/// Reports a discount, 4.3. The same report for the same order may be sent again.
pub(crate) const DISCOUNT: Info = Info {
    name: "query_parking_discount_result",
    method: "query_parking_discount_result",
    title: "停车费减免反馈",
    about: "Reports the parking discount that an order brought, 4.3.",
    request: "DiscountReport",
    reply: "Receipt",
    role: Role::Charging,
    retry: Retry::IdempotentByKey,
};

/// Every interface of the document.
pub const ENDPOINTS: &[Info] = &[NOTIFICATION, QUERY, DISCOUNT];

/// The other name of query_parking_charge_result, in the text of 4.1.1. Servers answer to both.
pub const QUERY_ALIAS: &str = "query_park_charge_result";

impl Info {
    /// The interface that an address calls `name`.
    pub fn of(name: &str) -> Option<&'static Self> {
        let name = if name == QUERY_ALIAS { QUERY.name } else { name };
        ENDPOINTS.iter().find(|info| info.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_is_found_by_both_of_its_names() {
        for (name, found) in [
            ("query_park_charge_result", Some(QUERY)),
            ("query_parking_charge_result", Some(QUERY)),
            ("query_parking_discount_result", Some(DISCOUNT)),
            ("notification_parking_charge_result", Some(NOTIFICATION)),
            ("query_token", None),
        ] {
            assert_eq!(Info::of(name), found.as_ref(), "{name}");
        }
    }
}
