//! A vendor of charging piles: its group, its pile, its orders. Whatever is asked twice is done
//! once. It answers every interface from its state.
use crate::{
    clock::DayClock,
    store::{Kept, Shelf, Store},
};
use pile_proto::{
    AnyText, Clock, Ctx, DateTime, Money, Outcome, Refusal, VendorService,
    code::{ChargeType, OrderStatus, StubStatus},
    model::{
        Bill, BillQuery, ChargeStart, ChargeStop, Number, Order, OrderQuery, Stub, StubGroup,
        StubGroupDetail, StubGroupQuery, StubQuery,
    },
    rust_decimal::Decimal,
};
use std::sync::Arc;

/// The city of its group.
pub(crate) const CITY: &str = "440300";
/// The group.
pub(crate) const GROUP: &str = "G0001";
/// The pile in it.
pub(crate) const PILE: &str = "S0001";

/// The vendor's service, with the state that its answers depend on.
#[derive(Clone)]
pub(crate) struct Works(Arc<State>);

struct State {
    clock: DayClock,
    /// By number.
    orders: Shelf<Order>,
    /// The numbers of orders that the aggregator started, by its own.
    started: Shelf<AnyText>,
    counts: Shelf<u64>,
}

impl Works {
    /// With what is kept in `store`.
    pub(crate) fn new(store: &Store, clock: DayClock) -> Self {
        Self(Arc::new(State {
            clock,
            orders: store.shelf("vendor.orders"),
            started: store.shelf("vendor.started"),
            counts: store.shelf("vendor.counts"),
        }))
    }

    /// Its orders.
    pub(crate) fn orders(&self) -> Kept<Vec<Order>> {
        self.0
            .orders
            .all()?
            .into_iter()
            .map(|order| Ok(self.metered(order)))
            .collect()
    }

    /// A driver begins at the pile itself.
    pub(crate) fn begins(&self) -> Kept<Order> {
        let id = self.next_id()?;
        self.begun(&id, None)
    }

    /// A driver begins through the aggregator, whose number stands for one order, however often and
    /// on however many connections it comes.
    fn starts(&self, start: ChargeStart) -> Kept<Order> {
        // A number that is not needed is left out.
        let next = self.next_id()?;
        let id = self.0.started.change(&start.out_order_id, |known| {
            known.get_or_insert(next.into()).clone()
        })?;
        self.begun(&id, Some(start))
    }

    /// The order of this number; where there is none it begins now.
    fn begun(&self, id: &str, start: Option<ChargeStart>) -> Kept<Order> {
        let begin = || {
            let mut order = Order::new(id, OrderStatus::CHARGING);
            order.stub_id = Some(PILE.into());
            order.out_order_id = start.as_ref().map(|start| start.out_order_id.clone());
            order.driver_id = start.map(|start| start.driver_id);
            order.time_start = Some(self.now());
            order.charge_type = Some(ChargeType::DIRECT);
            order.city_code = Some(CITY.into());
            self.metered(order)
        };
        let order = self
            .0
            .orders
            .change(id, |known| known.get_or_insert_with(begin).clone())?;
        Ok(self.metered(order))
    }

    /// An order as it is now.
    pub(crate) fn order(&self, order_id: &str) -> Kept<Option<Order>> {
        Ok(self
            .0
            .orders
            .get(order_id)?
            .map(|order| self.metered(order)))
    }

    /// An order ends, if it has not before: as it is then.
    pub(crate) fn ends(&self, order_id: &str) -> Kept<Option<Order>> {
        self.0.orders.change(order_id, |order| {
            let order = order.as_mut()?;
            if order.status == OrderStatus::CHARGING {
                *order = self.metered(order.clone());
                order.status = OrderStatus::ENDED;
                order.time_end = self.now().into();
                order.end_info = Some("用户停止".into());
            }
            Some(order.clone())
        })
    }

    /// What the meter says of an order that is charged: one kWh a minute, 0.45 yuan for the service
    /// and 0.82 for the energy.
    fn metered(&self, mut order: Order) -> Order {
        if order.status == OrderStatus::CHARGING {
            let now = self.now().timestamp().seconds();
            let seconds = order
                .time_start
                .map_or(0, |began| now - began.timestamp().seconds())
                .max(0);
            let minutes = seconds / 60;
            order.time_charge = Some(seconds);
            order.power = Some(Decimal::from(minutes).into());
            order.fee_service = Some(Money::fen(45 * minutes));
            order.fee_electric = Some(Money::fen(82 * minutes));
            order.fee_total = Some(Money::fen(127 * minutes));
        }
        order
    }

    fn next_id(&self) -> Kept<String> {
        Ok(format!("V{:06}", self.0.counts.next("orders")?))
    }

    fn now(&self) -> DateTime {
        DateTime::at(self.0.clock.now())
    }
}

fn unknown() -> Refusal {
    Refusal::new("1001".into(), "订单不存在")
}

impl VendorService for Works {
    async fn sync_stub_group_info(
        &self,
        _: &Ctx,
        query: StubGroupQuery,
    ) -> Outcome<Vec<StubGroup>> {
        let mut group = StubGroup::new(GROUP, "科技园南区充电站");
        group.city_code = Some(CITY.into());
        group.stub_dc_cnt = Some(1);
        Ok(Vec::from_iter((query.city_code == CITY).then_some(group)))
    }

    async fn sync_stub_info(&self, _: &Ctx, query: StubQuery) -> Outcome<StubGroupDetail> {
        let busy = self
            .orders()?
            .iter()
            .any(|order| order.status == OrderStatus::CHARGING);
        Ok(StubGroupDetail {
            stub_group_id: query.stub_group_id,
            stub_ac_idle_cnt: None,
            stub_dc_idle_cnt: Some(i32::from(!busy)),
            stub_info: vec![Stub::new(
                PILE,
                if busy {
                    StubStatus::CHARGING
                } else {
                    StubStatus::IDLE
                },
            )],
        })
    }

    async fn get_order_info(&self, _: &Ctx, query: OrderQuery) -> Outcome<Order> {
        self.order(&query.order_id)?.ok_or_else(unknown)
    }

    async fn check_charge_orders(&self, _: &Ctx, query: BillQuery) -> Outcome<Bill> {
        let within = |order: &Order| {
            order
                .time_end
                .0
                .is_some_and(|end| query.start_tim <= end && end <= query.end_tim)
        };
        let orders: Vec<Order> = self.orders()?.into_iter().filter(within).collect();
        let power: Decimal = orders
            .iter()
            .filter_map(|order| order.power)
            .map(Number::value)
            .sum();
        let fee: Decimal = orders
            .iter()
            .filter_map(|order| order.fee_total)
            .map(Money::value)
            .sum();
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
        Ok(self.starts(start)?)
    }

    async fn charge_stop(&self, _: &Ctx, stop: ChargeStop) -> Outcome<Order> {
        self.ends(&stop.order_id)?.ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn a_start_that_comes_on_several_connections_at_once_is_one_order() {
        let works = Works::new(&Store::in_memory().expect("memory"), DayClock::default());
        works
            .0
            .clock
            .freeze("2026-03-25 08:00:00".parse().expect("a time"));
        let start = ChargeStart {
            out_order_id: "CC1".into(),
            driver_id: "D1".into(),
            stub_id: PILE.into(),
            gun_id: "1".into(),
            org: "park".into(),
            time: works.now().timestamp(),
        };
        let all = thread::scope(|scope| {
            let starting: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| works.starts(start.clone()).expect("kept")))
                .collect();
            starting
                .into_iter()
                .map(|one| one.join().expect("it starts"))
                .collect::<Vec<_>>()
        });
        assert_eq!(works.orders().expect("kept"), all[..1]);
        assert!(all.iter().all(|order| *order == all[0]), "{all:?}");
        let ended = works
            .ends(&all[0].order_id)
            .expect("kept")
            .expect("it is there");
        assert_eq!(
            works.starts(start).expect("kept"),
            ended,
            "late, it is answered as it is"
        );
    }
}
