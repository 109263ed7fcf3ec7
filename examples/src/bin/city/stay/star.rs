//! The charging platform of Star Charge: its orders, and the parking discounts that it is told of.
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};
use xingxing_park::*;

/// The charging platform's service, with the state that its answers depend on.
#[derive(Clone, Default)]
pub struct Star(Arc<State>);

#[derive(Default)]
struct State {
    served: AtomicUsize,
    orders: Mutex<BTreeMap<OrderId, ParkChargeResult>>,
    reports: Mutex<Vec<DiscountReport>>,
}

impl Star {
    /// How many requests it answered.
    pub fn served(&self) -> usize {
        self.0.served.load(Ordering::SeqCst)
    }

    /// An order begins or ends: what it is now, to be told.
    pub fn becomes(&self, order: ParkChargeResult) -> ParkChargeResult {
        let mut orders = self.0.orders.lock().unwrap_or_else(PoisonError::into_inner);
        orders.insert(order.order_id.clone(), order.clone());
        order
    }

    /// The discounts that it was told of, by order.
    pub fn reports(&self) -> Vec<DiscountReport> {
        let mut reports = self.0.reports.lock().unwrap_or_else(PoisonError::into_inner).clone();
        reports.sort_by(|one, other| one.order_id.cmp(&other.order_id));
        reports
    }

    fn count(&self) {
        self.0.served.fetch_add(1, Ordering::SeqCst);
    }
}

impl ChargingService for Star {
    async fn query_parking_charge_result(&self, _: &Ctx, query: ChargeQuery) -> Outcome<Option<ParkChargeResult>> {
        self.count();
        let orders = self.0.orders.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(orders.get(&query.order_id).cloned())
    }

    async fn query_parking_discount_result(&self, _: &Ctx, report: DiscountReport) -> Outcome<Receipt> {
        self.count();
        self.0.reports.lock().unwrap_or_else(PoisonError::into_inner).push(report);
        Ok(Receipt::ACCEPTED)
    }
}
