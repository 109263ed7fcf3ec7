//! The charging platform of Star Charge. As its customers' operator it hears from the piles how their orders go (T/CEC 102); to the operators of lots it
//! tells what of that they have to know, and it hears from them what parking discount each order brought.
use crate::{
    clock::DayClock,
    store::{Kept, Shelf, Store},
};
use evcs_proto::{
    ChargeOrderInfo, ChargeStatus, ChargeStatusReceipt, ConfirmResult, ConnectorStatus, Conversation, EmspService, Event, NoticeStatus, OrderReceipt,
    ReceiptFailure, ResultReceipt, Stage, StartResult, StatusNotice, StatusReceipt, StopResult,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use sztc_proto::DateTime;
use xingxing_park::{
    ChargeQuery, ChargeState, ChargingOperatorId, ChargingService, DiscountReport, Fixed, Money, Outcome, ParkChargeResult, Receipt,
};

/// The charging platform's services, with the state that their answers depend on.
#[derive(Clone)]
pub struct Star(Arc<State>);

struct State {
    clock: DayClock,
    /// By number.
    orders: Shelf<Order>,
    /// Numbers of orders of which the lot's operator has to be told.
    untold: Shelf<String>,
    /// By id.
    connectors: Shelf<ConnectorStatus>,
    /// By the number of the order.
    reports: Shelf<DiscountReport>,
}

/// An order of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// How far it has come.
    pub conversation: Conversation,
    /// What the lot's operator is told of it.
    pub result: ParkChargeResult,
}

impl Order {
    fn learns(&mut self, event: Event<'_>) {
        let result = &mut self.result;
        let over = result.start_charge_seq_stat == ChargeState::ENDED;
        match event {
            Event::StartResult(start) if result.start_charge_seq_stat == ChargeState::STARTING => {
                result.start_charge_seq_stat = ChargeState::CHARGING;
                (result.start_time, result.end_time) = (start.start_time, start.start_time);
            }
            // An older state comes late.
            Event::Status(status) if !over && status.end_time >= result.end_time => {
                result.start_charge_seq_stat = ChargeState::CHARGING;
                (result.start_time, result.end_time) = (status.start_time, status.end_time);
                (result.total_power, result.total_money) = (status.total_power, status.total_money.unwrap_or(result.total_money));
            }
            Event::OrderInfo(order) if !over => {
                result.start_charge_seq_stat = ChargeState::ENDED;
                (result.start_time, result.end_time) = (order.start_time, order.end_time);
                (result.total_power, result.total_money) = (order.total_power, order.total_money);
            }
            _ => {}
        }
    }
}

impl Star {
    /// With what is kept in `store`.
    pub fn new(store: &Store, clock: DayClock) -> Self {
        Self(Arc::new(State {
            clock,
            orders: store.shelf("star.orders"),
            untold: store.shelf("star.untold"),
            connectors: store.shelf("star.connectors"),
            reports: store.shelf("star.reports"),
        }))
    }

    /// A customer asks to charge at a connector of a lot.
    pub fn expect(&self, serial: &str, plug: &str, plate: &str, park: &str) -> Kept<()> {
        let now = self.now();
        let result = ParkChargeResult {
            operator_id: ChargingOperatorId::star_charge(),
            order_id: serial.into(),
            connector_id: plug.into(),
            plate: plate.into(),
            start_charge_seq_stat: ChargeState::STARTING,
            start_time: now,
            end_time: now,
            total_power: Fixed::ZERO,
            total_money: Money::ZERO,
            park_id: park.into(),
        };
        let conversation = Conversation::new(serial, now.timestamp());
        self.0.orders.put(serial, Order { conversation, result })
    }

    /// Something happened to an order: whether it is to be answered with success. Where it begins or is settled, the lot's operator has to be told.
    pub fn hear<'a>(&self, serial: &str, event: impl Into<Event<'a>>) -> Kept<bool> {
        let (event, now) = (event.into(), self.now().timestamp());
        let heard = self.0.orders.change(serial, |order| {
            let order = order.as_mut()?;
            let before = order.conversation.stage();
            let accepted = order.conversation.apply(event, now).is_accepted();
            if accepted {
                order.learns(event);
            }
            let after = order.conversation.stage();
            let passes = |stage| before < stage && stage <= after;
            Some((accepted, passes(Stage::Charging) || passes(Stage::Settled)))
        })?;
        if let Some((_, true)) = heard {
            self.0.untold.put(serial, serial.to_owned())?;
        }
        Ok(heard.is_some_and(|(accepted, _)| accepted))
    }

    /// An order.
    pub fn order(&self, serial: &str) -> Kept<Option<Order>> {
        self.0.orders.get(serial)
    }

    /// The next order of which the lot's operator has to be told.
    pub fn untold(&self) -> Kept<Option<ParkChargeResult>> {
        let Some(serial) = self.0.untold.all()?.into_iter().next() else {
            return Ok(None);
        };
        Ok(self.order(&serial)?.map(|order| order.result))
    }

    /// The lot's operator was told of it, or is not to be told any more.
    pub fn told(&self, serial: &str) -> Kept<()> {
        self.0.untold.take(serial).map(drop)
    }

    /// The parking discount that an order brought, as the lot's operator says.
    pub fn report(&self, serial: &str) -> Kept<Option<DiscountReport>> {
        self.0.reports.get(serial)
    }

    /// The state of a connector that was pushed last.
    pub fn connector(&self, plug: &str) -> Kept<Option<ConnectorStatus>> {
        self.0.connectors.get(plug)
    }

    fn now(&self) -> DateTime {
        self.0.clock.time()
    }
}

impl EmspService for Star {
    async fn notification_station_status(&self, _: &evcs_proto::Ctx, notice: StatusNotice) -> evcs_proto::Outcome<StatusReceipt> {
        let connector = notice.connector_status_info;
        self.0.connectors.put(&connector.connector_id, connector.status)?;
        let status = NoticeStatus::ACCEPTED;
        Ok(StatusReceipt { status })
    }

    async fn notification_start_charge_result(&self, _: &evcs_proto::Ctx, start: StartResult) -> evcs_proto::Outcome<ResultReceipt> {
        let serial = start.start_charge_seq.as_str();
        Ok(receipt(serial, self.hear(serial, &start)?))
    }

    async fn notification_equip_charge_status(&self, _: &evcs_proto::Ctx, status: ChargeStatus) -> evcs_proto::Outcome<ChargeStatusReceipt> {
        let serial = status.start_charge_seq.as_str();
        Ok(match self.hear(serial, &status)? {
            true => ChargeStatusReceipt::ok(serial),
            false => ChargeStatusReceipt::failed(serial),
        })
    }

    async fn notification_stop_charge_result(&self, _: &evcs_proto::Ctx, stop: StopResult) -> evcs_proto::Outcome<ResultReceipt> {
        let serial = stop.start_charge_seq.as_str();
        Ok(receipt(serial, self.hear(serial, &stop)?))
    }

    async fn notification_charge_order_info(&self, _: &evcs_proto::Ctx, order: ChargeOrderInfo) -> evcs_proto::Outcome<OrderReceipt> {
        let accepted = self.hear(order.start_charge_seq.as_str(), &order)?;
        Ok(OrderReceipt::new(
            &order,
            if accepted { ConfirmResult::OK } else { ConfirmResult::DISPUTED },
        ))
    }
}

fn receipt(serial: &str, accepted: bool) -> ResultReceipt {
    match accepted {
        true => ResultReceipt::ok(serial),
        false => ResultReceipt::failed(serial, ReceiptFailure(2)),
    }
}

impl ChargingService for Star {
    async fn query_parking_charge_result(&self, _: &xingxing_park::Ctx, query: ChargeQuery) -> Outcome<Option<ParkChargeResult>> {
        Ok(self.order(&query.order_id)?.map(|order| order.result))
    }

    async fn query_parking_discount_result(&self, _: &xingxing_park::Ctx, report: DiscountReport) -> Outcome<Receipt> {
        self.0.reports.put(&report.order_id.clone(), report)?;
        Ok(Receipt::ACCEPTED)
    }
}
