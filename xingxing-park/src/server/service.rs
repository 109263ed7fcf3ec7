use super::Ctx;
use crate::{ChargeQuery, DiscountReport, Info, Outcome, ParkChargeResult, Receipt, Refusal, Ret, endpoint};

/// What an interface that a service does not offer is answered with.
pub(super) fn not_offered(name: &str) -> Refusal {
    Refusal::new(Ret::WRONG_PARAMETERS, format!("{name} is not offered here (接口未提供)"))
}

fn refused<T>(info: &Info) -> Outcome<T> {
    Err(not_offered(info.name))
}

/// What the charging platform serves (充电设备归属运营商平台): implement the methods you need, the others are refused.
///
/// What breaks the document's rules is answered before it comes here. An error refuses the call.
pub trait ChargingService: Send + Sync + 'static {
    /// Finds an order (补偿查询), 4.2. `None` if it is not known (未找到订单数据), which is an answer and no error.
    #[doc(alias = "query_park_charge_result")]
    fn query_parking_charge_result(&self, cx: &Ctx, query: ChargeQuery) -> impl Future<Output = Outcome<Option<ParkChargeResult>>> + Send {
        let _ = (cx, query);
        async { refused(&endpoint::QUERY) }
    }

    /// Takes note of the parking discount that an order brought (停车费减免反馈), 4.3. The same report may come again.
    fn query_parking_discount_result(&self, cx: &Ctx, report: DiscountReport) -> impl Future<Output = Outcome<Receipt>> + Send {
        let _ = (cx, report);
        async { refused(&endpoint::DISCOUNT) }
    }
}

/// What the parking platform serves (停车场运营商平台). [`Ledger`](crate::Ledger) is one.
pub trait ParkingService: Send + Sync + 'static {
    /// Takes note of an order (停车充电订单信息), 4.1. The same may come again, late, or in the wrong order. Accept it only when it is kept: what is
    /// accepted is not sent again.
    fn notification_parking_charge_result(&self, cx: &Ctx, result: ParkChargeResult) -> impl Future<Output = Outcome<Receipt>> + Send {
        let _ = (cx, result);
        async { refused(&endpoint::NOTIFICATION) }
    }
}

impl<S: ChargingService> ChargingService for std::sync::Arc<S> {
    fn query_parking_charge_result(&self, cx: &Ctx, query: ChargeQuery) -> impl Future<Output = Outcome<Option<ParkChargeResult>>> + Send {
        (**self).query_parking_charge_result(cx, query)
    }

    fn query_parking_discount_result(&self, cx: &Ctx, report: DiscountReport) -> impl Future<Output = Outcome<Receipt>> + Send {
        (**self).query_parking_discount_result(cx, report)
    }
}

impl<S: ParkingService> ParkingService for std::sync::Arc<S> {
    fn notification_parking_charge_result(&self, cx: &Ctx, result: ParkChargeResult) -> impl Future<Output = Outcome<Receipt>> + Send {
        (**self).notification_parking_charge_result(cx, result)
    }
}
