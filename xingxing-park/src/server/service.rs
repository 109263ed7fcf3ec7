use crate::{Ctx, Refusal, code::Ret, model::*};

/// What an interface that a service does not offer is answered with.
pub(super) fn not_offered(name: &str) -> Refusal {
    Refusal::new(
        Ret::WRONG_PARAMETERS,
        format!("{name} is not offered here (接口未提供)"),
    )
}

crate::for_each_charging_interface!(park_core::service [one
    /// What the charging platform serves (充电设备归属运营商平台): implement the methods you need,
    /// the others are refused.
    ///
    /// That an order is not known (未找到订单数据) is the answer `None` and no error. The same
    /// discount report may come again.
    ChargingService
]);
crate::for_each_parking_interface!(park_core::service [one
    /// What the parking platform serves (停车场运营商平台). [`Ledger`](crate::Ledger) is one.
    ///
    /// The same notification may come again, late, or in the wrong order. Accept it only when it is
    /// kept: what is accepted is not sent again.
    ParkingService
]);
