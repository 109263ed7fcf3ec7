use super::Ctx;
use crate::{
    Bill, BillQuery, ChargeStart, ChargeStop, Info, Order, OrderQuery, Outcome, Refusal, StubGroup, StubGroupDetail, StubGroupQuery, StubQuery,
    endpoint,
};

fn not_offered<T>(info: &Info) -> Outcome<T> {
    Err(Refusal::new("404".into(), format!("{} is not offered here (接口未提供)", info.name)))
}

macro_rules! vendor_service {
    ($($(#[doc = $doc:literal])* $method:ident: $info:ident, $request:ty => $reply:ty;)*) => {
        /// What a vendor of charging piles serves (桩企): implement the methods you need, the others are refused.
        ///
        /// What breaks the document's rules is answered before it comes here. An error refuses the call, with the vendor's own code.
        pub trait VendorService: Send + Sync + 'static {$(
            $(#[doc = $doc])*
            fn $method(&self, cx: &Ctx, request: $request) -> impl Future<Output = Outcome<$reply>> + Send {
                let _ = (cx, request);
                async { not_offered(&endpoint::$info) }
            }
        )*}

        impl<S: VendorService> VendorService for std::sync::Arc<S> {$(
            fn $method(&self, cx: &Ctx, request: $request) -> impl Future<Output = Outcome<$reply>> + Send {
                (**self).$method(cx, request)
            }
        )*}
    };
}
vendor_service! {
    /// The groups of piles of a city (根据城市编号查询桩群信息), 2.1.
    sync_stub_group_info: STUB_GROUPS, StubGroupQuery => Vec<StubGroup>;
    /// The piles of a group (根据桩群编号查询桩群详情), 2.2.
    sync_stub_info: STUBS, StubQuery => StubGroupDetail;
    /// An order (根据订单号查询订单详情), 2.3.
    get_order_info: ORDER, OrderQuery => Order;
    /// The totals of a time (查询时间间隔内的订单汇总信息), 2.4.
    check_charge_orders: BILL, BillQuery => Bill;
    /// Starts to charge (开始充电), 3.1. The same outOrderId may come again; it should start once.
    charge_start: START, ChargeStart => Order;
    /// Stops to charge (结束充电), 3.2.
    charge_stop: STOP, ChargeStop => Order;
}

/// What the aggregator serves (我方): the order callback.
pub trait AggregatorService: Send + Sync + 'static {
    /// A vendor tells of an order (订单回调), 3.3. The same may come again, late, or in the wrong order. Take it only when it is kept: what is taken may
    /// not be told again.
    fn order_callback(&self, cx: &Ctx, order: Order) -> impl Future<Output = Outcome<()>> + Send;
}

impl<S: AggregatorService> AggregatorService for std::sync::Arc<S> {
    fn order_callback(&self, cx: &Ctx, order: Order) -> impl Future<Output = Outcome<()>> + Send {
        (**self).order_callback(cx, order)
    }
}
