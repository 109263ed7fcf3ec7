//! The interfaces of the document.
use park_core::Retry;

/// Who serves an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// The vendor of charging piles (桩企, 服务商).
    Vendor,
    /// The aggregator whose drivers charge there (我方).
    Aggregator,
}

/// One interface, for catalogues and tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Info {
    /// Its name (示例接口名称); that of the callback is ours, since the document has none.
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

pub(crate) const STUB_GROUPS: Info = Info {
    name: "syncStubGroupInfo",
    method: "sync_stub_group_info",
    title: "根据城市编号查询桩群信息",
    about: "Asks for the groups of piles of a city, 2.1.",
    request: "StubGroupQuery",
    reply: "Vec<StubGroup>",
    role: Role::Vendor,
    retry: Retry::Safe,
};

pub(crate) const STUBS: Info = Info {
    name: "syncStubInfo",
    method: "sync_stub_info",
    title: "根据桩群编号查询桩群详情",
    about: "Asks for the piles of a group, 2.2.",
    request: "StubQuery",
    reply: "StubGroupDetail",
    role: Role::Vendor,
    retry: Retry::Safe,
};

pub(crate) const ORDER: Info = Info {
    name: "getOrderInfo",
    method: "get_order_info",
    title: "根据订单号查询订单详情",
    about: "Asks for an order, 2.3.",
    request: "OrderQuery",
    reply: "Order",
    role: Role::Vendor,
    retry: Retry::Safe,
};

pub(crate) const BILL: Info = Info {
    name: "checkChargeOrders",
    method: "check_charge_orders",
    title: "查询时间间隔内的订单汇总信息",
    about: "Asks for the totals of a time, 2.4.",
    request: "BillQuery",
    reply: "Bill",
    role: Role::Vendor,
    retry: Retry::Safe,
};

pub(crate) const START: Info = Info {
    name: "chargeStart",
    method: "charge_start",
    title: "开始充电",
    about: "Starts to charge, 3.1.",
    request: "ChargeStart",
    reply: "Order",
    role: Role::Vendor,
    retry: Retry::Never,
};

pub(crate) const STOP: Info = Info {
    name: "chargeStop",
    method: "charge_stop",
    title: "结束充电",
    about: "Stops to charge, 3.2.",
    request: "ChargeStop",
    reply: "Order",
    role: Role::Vendor,
    retry: Retry::Never,
};

pub(crate) const CALLBACK: Info = Info {
    name: "orderCallback",
    method: "order_callback",
    title: "订单回调",
    about: "Tells of an order when charging begins, goes on and ends, 3.3.",
    request: "Order",
    reply: "()",
    role: Role::Aggregator,
    retry: Retry::IdempotentByKey,
};

/// Every interface of the document.
pub const ENDPOINTS: &[Info] = &[STUB_GROUPS, STUBS, ORDER, BILL, START, STOP, CALLBACK];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_twice_is_never_repeated() {
        let never: Vec<_> = ENDPOINTS.iter().filter(|info| info.retry == Retry::Never).map(|info| info.name).collect();
        assert_eq!(never, ["chargeStart", "chargeStop"]);
    }
}
