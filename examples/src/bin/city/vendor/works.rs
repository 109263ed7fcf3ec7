//! A vendor of charging piles: its group, its pile, its orders.
use pile_proto::{rust_decimal::Decimal, *};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

/// The city of its group.
pub const CITY: &str = "440300";
/// The group.
pub const GROUP: &str = "G0001";
/// The pile in it.
pub const PILE: &str = "S0001";

/// The vendor's service, with the state that its answers depend on.
#[derive(Clone)]
pub struct Works(Arc<State>);

struct State {
    served: AtomicUsize,
    clock: ManualClock,
    orders: Mutex<BTreeMap<AnyText, Order>>,
}

impl Works {
    /// A vendor whose meters run by `clock`.
    pub fn new(clock: ManualClock) -> Self {
        Self(Arc::new(State {
            served: AtomicUsize::default(),
            clock,
            orders: Mutex::default(),
        }))
    }

    /// How many requests it answered.
    pub fn served(&self) -> usize {
        self.0.served.load(Ordering::SeqCst)
    }

    /// How many orders it has.
    pub fn orders_in_all(&self) -> usize {
        self.orders().len()
    }

    /// A driver begins at the pile or through the aggregator.
    pub fn begins(&self, start: Option<ChargeStart>) -> Order {
        let mut orders = self.orders();
        let mut order = Order::new(format!("V{:03}", orders.len() + 1), OrderStatus::CHARGING);
        order.stub_id = Some(PILE.into());
        order.out_order_id = start.as_ref().map(|start| start.out_order_id.clone());
        order.driver_id = start.map(|start| start.driver_id);
        order.time_start = Some(self.now());
        order.charge_type = Some(ChargeType::DIRECT);
        order.city_code = Some(CITY.into());
        let order = self.metered(order);
        orders.insert(order.order_id.clone(), order.clone());
        order
    }

    /// An order as it is now.
    pub fn order(&self, order_id: &str) -> Option<Order> {
        self.orders().get(order_id).cloned().map(|order| self.metered(order))
    }

    /// An order ends.
    pub fn ends(&self, order_id: &str) -> Option<Order> {
        let mut order = self.order(order_id).filter(|order| order.status == OrderStatus::CHARGING)?;
        order.status = OrderStatus::ENDED;
        order.time_end = self.now().into();
        order.end_info = Some("用户停止".into());
        self.orders().insert(order.order_id.clone(), order.clone());
        Some(order)
    }

    /// What the meter says of an order that is charged: one kWh a minute, 0.45 yuan for the service and 0.82 for the energy.
    fn metered(&self, mut order: Order) -> Order {
        if order.status == OrderStatus::CHARGING {
            let began = order.time_start.map_or(0, |began| began.timestamp().seconds());
            let seconds = self.now().timestamp().seconds() - began;
            let minutes = seconds / 60;
            order.time_charge = Some(seconds);
            order.power = Some(Decimal::from(minutes).into());
            order.fee_service = Some(Money::fen(45 * minutes));
            order.fee_electric = Some(Money::fen(82 * minutes));
            order.fee_total = Some(Money::fen(127 * minutes));
        }
        order
    }

    fn now(&self) -> DateTime {
        DateTime::at(self.0.clock.now())
    }

    fn orders(&self) -> MutexGuard<'_, BTreeMap<AnyText, Order>> {
        self.0.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self) {
        self.0.served.fetch_add(1, Ordering::SeqCst);
    }
}

fn unknown() -> Refusal {
    Refusal::new("1001".into(), "订单不存在")
}

impl VendorService for Works {
    async fn sync_stub_group_info(&self, _: &Ctx, query: StubGroupQuery) -> Outcome<Vec<StubGroup>> {
        self.count();
        let mut group = StubGroup::new(GROUP, "科技园南区充电站");
        group.city_code = Some(CITY.into());
        group.stub_dc_cnt = Some(1);
        Ok(Vec::from_iter((query.city_code == CITY).then_some(group)))
    }

    async fn sync_stub_info(&self, _: &Ctx, query: StubQuery) -> Outcome<StubGroupDetail> {
        self.count();
        let busy = self.orders().values().any(|order| order.status == OrderStatus::CHARGING);
        Ok(StubGroupDetail {
            stub_group_id: query.stub_group_id,
            stub_ac_idle_cnt: None,
            stub_dc_idle_cnt: Some(i32::from(!busy)),
            stub_info: vec![Stub::new(PILE, if busy { StubStatus::CHARGING } else { StubStatus::IDLE })],
        })
    }

    async fn get_order_info(&self, _: &Ctx, query: OrderQuery) -> Outcome<Order> {
        self.count();
        self.order(&query.order_id).ok_or_else(unknown)
    }

    async fn check_charge_orders(&self, _: &Ctx, query: BillQuery) -> Outcome<Bill> {
        self.count();
        let within = |order: &&Order| order.time_end.0.is_some_and(|end| query.start_tim <= end && end <= query.end_tim);
        let orders = self.orders();
        let orders: Vec<&Order> = orders.values().filter(within).collect();
        let power: Decimal = orders.iter().filter_map(|order| order.power).map(Number::value).sum();
        let fee: Decimal = orders.iter().filter_map(|order| order.fee_total).map(Money::value).sum();
        Ok(Bill {
            check_order_no: None,
            // A day's orders of one vendor.
            order_count: orders.len() as i64,
            total_order_power: power.into(),
            totoal_order_fee: fee.into(),
            order_list: orders.iter().map(|order| order.order_id.clone()).collect(),
        })
    }

    async fn charge_start(&self, _: &Ctx, start: ChargeStart) -> Outcome<Order> {
        self.count();
        // The same may come again.
        let known = self
            .orders()
            .values()
            .find(|order| order.out_order_id.as_ref() == Some(&start.out_order_id))
            .cloned();
        Ok(known.unwrap_or_else(|| self.begins(Some(start))))
    }

    async fn charge_stop(&self, _: &Ctx, stop: ChargeStop) -> Outcome<Order> {
        self.count();
        self.ends(&stop.order_id).ok_or_else(unknown)
    }
}
