//! The table: the only list of interfaces in this crate.
//!
//! A row has name, Chinese title, marker, method, request and reply, and behind them the retry
//! class. From it come the client method, the service method, the dispatch and the entry of
//! [`ENDPOINTS`].
use crate::model::*;

pub use park_core::{Endpoint, Shape, Transports, Visit};

/// One interface, for catalogues and tests. The name (示例接口名称) of the callback is ours, since
/// the document has none.
pub type Info = park_core::Info<Role>;

/// Who serves an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The vendor of charging piles (桩企, 服务商).
    Vendor,
    /// The aggregator whose drivers charge there (我方).
    Aggregator,
}

/// Hands the interfaces that the vendor serves to the macro `$apply`, behind `[$with]`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_vendor_interface {
    ($($apply:ident)::+ [$($with:tt)*]) => {
        $($apply)::+! { [$($with)*]
            /// Asks for the groups of piles of a city, 2.1. Once a day.
            "syncStubGroupInfo" "根据城市编号查询桩群信息" SyncStubGroupInfo: sync_stub_group_info(StubGroupQuery) -> Vec<StubGroup>, safe, many;
            /// Asks for the piles of a group, 2.2. Every 15 minutes, or once a day where idle piles
            /// are told otherwise.
            "syncStubInfo" "根据桩群编号查询桩群详情" SyncStubInfo: sync_stub_info(StubQuery) -> StubGroupDetail, safe;
            /// Asks for an order, 2.3. Every 5 minutes while it is charged.
            "getOrderInfo" "根据订单号查询订单详情" GetOrderInfo: get_order_info(OrderQuery) -> Order, safe;
            /// Asks for the totals of a time, 2.4. Once a day.
            "checkChargeOrders" "查询时间间隔内的订单汇总信息" CheckChargeOrders: check_charge_orders(BillQuery) -> Bill, safe;
            /// Starts to charge, 3.1. Never repeated on its own, GET though it is: when the peer
            /// may have acted, wait for the callback. The same outOrderId may still come again, and
            /// starts once.
            "chargeStart" "开始充电" StartCharging: charge_start(ChargeStart) -> Order, never;
            /// Stops to charge, 3.2. Never repeated on its own, GET though it is: when the peer may
            /// have acted, ask for the order.
            "chargeStop" "结束充电" StopCharging: charge_stop(ChargeStop) -> Order, never;
        }
    };
}

/// Hands the interface that the aggregator serves to the macro `$apply`, behind `[$with]`.
#[doc(hidden)]
#[macro_export]
macro_rules! for_each_aggregator_interface {
    ($($apply:ident)::+ [$($with:tt)*]) => {
        $($apply)::+! { [$($with)*]
            /// Tells of an order when charging begins, goes on and ends, 3.3. The same may come
            /// again, late, or in the wrong order. A service takes it only when it is kept: what is
            /// taken may not be told again.
            "orderCallback" "订单回调" OrderCallback: order_callback(Order) -> Nothing, idempotent, nothing;
        }
    };
}

for_each_vendor_interface!(park_core::endpoints [
    /// Sees every interface that the vendor serves.
    each_vendor_interface, VENDOR, Role::Vendor
]);
for_each_aggregator_interface!(park_core::endpoints [
    /// Sees the interface that the aggregator serves.
    each_aggregator_interface, AGGREGATOR, Role::Aggregator
]);

park_core::table! { [VENDOR AGGREGATOR] &[],
    /// Every interface of the document: those that the vendor serves, and the callback.
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
        assert_eq!(never, ["chargeStart", "chargeStop"]);
        assert_eq!(ENDPOINTS.len(), 7);
    }

    #[test]
    fn an_interface_is_found_by_any_capitals() {
        for (name, found) in [
            ("chargeStart", Some("chargeStart")),
            ("CHARGESTART", Some("chargeStart")),
            ("charge_start", None),
        ] {
            assert_eq!(Info::of(name).map(|info| info.name), found);
        }
    }
}
