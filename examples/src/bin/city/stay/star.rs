//! The charging platform of Star Charge. As its customers' operator it hears from the piles how
//! their orders go (T/CEC 102); to the operators of lots it tells what of that they have to know,
//! and it hears from them what parking discount each order brought. It answers every interface of
//! both from its state.
use crate::{
    clock::DayClock,
    store::{Kept, Shelf, Store},
};
use evcs_proto::{
    Conversation, EmspService,
    code::{ConfirmResult, ConnectorStatus, NoticeStatus, ReceiptFailure},
    conversation::{Event, Stage},
    model::{
        ChargeOrder, ChargeOrderInfo, ChargeStatus, ChargeStatusReceipt, CheckOrders,
        CheckOrdersReply, OrderReceipt, ResultReceipt, StartResult, StatusNotice, StatusReceipt,
        StopResult,
    },
    reconcile::reconcile,
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use sztc_proto::DateTime;
use xingxing_park::{
    ChargingService, Fixed, Money, Outcome, Refusal,
    code::ChargeState,
    model::{ChargeQuery, ChargingOperatorId, DiscountReport, ParkChargeResult, Receipt},
};

/// The charging platform's services, with the state that their answers depend on.
#[derive(Clone)]
pub(crate) struct Star(Arc<State>);

struct State {
    clock: DayClock,
    /// By number.
    orders: Shelf<Order>,
    /// By id.
    connectors: Shelf<ConnectorStatus>,
    /// By the number of the order.
    reports: Shelf<DiscountReport>,
}

/// An order of a customer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Order {
    /// How far it has come.
    pub conversation: Conversation,
    /// What the lot's operator is told of it.
    pub result: ParkChargeResult,
    /// Whether that has to be told, and was not yet.
    #[serde(default)]
    untold: bool,
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
                (result.total_power, result.total_money) = (
                    status.total_power,
                    status.total_money.unwrap_or(result.total_money),
                );
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
    pub(crate) fn new(store: &Store, clock: DayClock) -> Self {
        Self(Arc::new(State {
            clock,
            orders: store.shelf("star.orders"),
            connectors: store.shelf("star.connectors"),
            reports: store.shelf("star.reports"),
        }))
    }

    /// A customer asks to charge at a connector of a lot.
    pub(crate) fn expect(&self, serial: &str, plug: &str, plate: &str, park: &str) -> Kept<()> {
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
        let order = Order {
            conversation,
            result,
            untold: false,
        };
        self.0.orders.put(serial, order)
    }

    /// Something happened to an order: whether it is to be answered with success. Where it begins
    /// or is settled, the lot's operator has to be told.
    pub(crate) fn hear<'a>(&self, serial: &str, event: impl Into<Event<'a>>) -> Kept<bool> {
        let (event, now) = (event.into(), self.now().timestamp());
        self.0.orders.change(serial, |order| {
            let Some(order) = order else { return false };
            let before = order.conversation.stage();
            let accepted = order.conversation.apply(event, now).is_accepted();
            if accepted {
                order.learns(event);
            }
            let after = order.conversation.stage();
            let passes = |stage| before < stage && stage <= after;
            order.untold |= passes(Stage::Charging) || passes(Stage::Settled);
            accepted
        })
    }

    /// An order.
    pub(crate) fn order(&self, serial: &str) -> Kept<Option<Order>> {
        self.0.orders.get(serial)
    }

    /// The next order of which the lot's operator has to be told.
    pub(crate) fn untold(&self) -> Kept<Option<ParkChargeResult>> {
        let untold = self.0.orders.all()?.into_iter().find(|order| order.untold);
        Ok(untold.map(|order| order.result))
    }

    /// The lot's operator was told this of an order, or is not to be told it any more. An order
    /// that has come further meanwhile has to be told again.
    pub(crate) fn told(&self, told: &ParkChargeResult) -> Kept<()> {
        self.0.orders.change(&told.order_id, |order| {
            if let Some(order) = order
                && order.result.start_charge_seq_stat == told.start_charge_seq_stat
            {
                order.untold = false;
            }
        })
    }

    /// The parking discount that an order brought, as the lot's operator says.
    pub(crate) fn report(&self, serial: &str) -> Kept<Option<DiscountReport>> {
        self.0.reports.get(serial)
    }

    /// The state of a connector that was pushed last.
    pub(crate) fn connector(&self, plug: &str) -> Kept<Option<ConnectorStatus>> {
        self.0.connectors.get(plug)
    }

    fn now(&self) -> DateTime {
        self.0.clock.time()
    }
}

impl EmspService for Star {
    async fn notification_station_status(
        &self,
        _: &evcs_proto::Ctx,
        notice: StatusNotice,
    ) -> evcs_proto::Outcome<StatusReceipt> {
        let connector = notice.connector_status_info;
        self.0
            .connectors
            .put(&connector.connector_id, connector.status)?;
        let status = NoticeStatus::ACCEPTED;
        Ok(StatusReceipt { status })
    }

    async fn notification_start_charge_result(
        &self,
        _: &evcs_proto::Ctx,
        start: StartResult,
    ) -> evcs_proto::Outcome<ResultReceipt> {
        let serial = start.start_charge_seq.as_str();
        Ok(receipt(serial, self.hear(serial, &start)?))
    }

    async fn notification_equip_charge_status(
        &self,
        _: &evcs_proto::Ctx,
        status: ChargeStatus,
    ) -> evcs_proto::Outcome<ChargeStatusReceipt> {
        let serial = status.start_charge_seq.as_str();
        Ok(match self.hear(serial, &status)? {
            true => ChargeStatusReceipt::ok(serial),
            false => ChargeStatusReceipt::failed(serial),
        })
    }

    async fn notification_stop_charge_result(
        &self,
        _: &evcs_proto::Ctx,
        stop: StopResult,
    ) -> evcs_proto::Outcome<ResultReceipt> {
        let serial = stop.start_charge_seq.as_str();
        Ok(receipt(serial, self.hear(serial, &stop)?))
    }

    async fn notification_charge_order_info(
        &self,
        _: &evcs_proto::Ctx,
        order: ChargeOrderInfo,
    ) -> evcs_proto::Outcome<OrderReceipt> {
        let accepted = self.hear(order.start_charge_seq.as_str(), &order)?;
        Ok(OrderReceipt::new(
            &order,
            if accepted {
                ConfirmResult::OK
            } else {
                ConfirmResult::DISPUTED
            },
        ))
    }

    async fn check_charge_orders(
        &self,
        _: &evcs_proto::Ctx,
        account: CheckOrders,
    ) -> evcs_proto::Outcome<CheckOrdersReply> {
        let within = |result: &ParkChargeResult| {
            result.start_charge_seq_stat == ChargeState::ENDED
                && (account.start_time..=account.end_time).contains(&result.end_time)
        };
        let order = |result: ParkChargeResult| ChargeOrder {
            start_charge_seq: (&*result.order_id).into(),
            total_power: result.total_power,
            total_money: result.total_money,
        };
        let results = self.0.orders.all()?.into_iter().map(|order| order.result);
        Ok(reconcile(&account, results.filter(within).map(order)).reply)
    }
}

fn receipt(serial: &str, accepted: bool) -> ResultReceipt {
    match accepted {
        true => ResultReceipt::ok(serial),
        false => ResultReceipt::failed(serial, ReceiptFailure(2)),
    }
}

impl ChargingService for Star {
    async fn query_parking_charge_result(
        &self,
        _: &xingxing_park::Ctx,
        query: ChargeQuery,
    ) -> Outcome<Option<ParkChargeResult>> {
        Ok(self.order(&query.order_id)?.map(|order| order.result))
    }

    async fn query_parking_discount_result(
        &self,
        _: &xingxing_park::Ctx,
        report: DiscountReport,
    ) -> Outcome<Receipt> {
        // The same may come again; each order is reported once.
        let known = self.0.reports.change(&report.order_id, |known| {
            known.get_or_insert_with(|| report.clone()).clone()
        })?;
        if known != report {
            return Err(Refusal::message("该订单的停车费减免已反馈"));
        }
        Ok(Receipt::ACCEPTED)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xingxing_park::Ctx;

    const SERIAL: &str = "313744932000000000000000001";

    fn star() -> Star {
        Star::new(&Store::in_memory().expect("memory"), DayClock::default())
    }

    fn at(minutes: i64) -> DateTime {
        evcs_proto::Timestamp::from_seconds(1_700_000_000 + 60 * minutes).date_time()
    }

    #[test]
    fn what_happens_while_the_operator_is_told_is_told_too() {
        let star = star();
        star.expect(SERIAL, "1", "苏D10001", "1").expect("kept");
        assert_eq!(star.untold().expect("kept"), None);
        let begin = StartResult {
            start_charge_seq: SERIAL.into(),
            start_charge_seq_stat: evcs_proto::code::ChargeState::CHARGING,
            connector_id: "1".into(),
            start_time: at(0),
            ident_code: None,
        };
        assert!(star.hear(SERIAL, &begin).expect("kept"));
        let begun = star.untold().expect("kept").expect("it charges");
        let end = ChargeOrderInfo {
            start_charge_seq: SERIAL.into(),
            connector_id: "1".into(),
            start_time: at(0),
            end_time: at(9),
            total_power: Fixed::ZERO,
            total_elec_money: Money::ZERO,
            total_sevice_money: Money::ZERO,
            total_money: Money::ZERO,
            stop_reason: evcs_proto::code::StopReason::USER,
            sum_period: None,
            charge_details: None,
        };
        assert!(star.hear(SERIAL, &end).expect("kept"));
        star.told(&begun).expect("kept");
        let ended = star
            .untold()
            .expect("kept")
            .expect("it has ended meanwhile");
        assert_eq!(ended.start_charge_seq_stat, ChargeState::ENDED);
        star.told(&ended).expect("kept");
        assert_eq!(star.untold().expect("kept"), None);
    }

    #[tokio::test]
    async fn an_order_is_reported_once() {
        let star = star();
        let report = |fen| DiscountReport {
            order_id: SERIAL.into(),
            discount_money: Money::fen(fen),
        };
        let ctx = Ctx::new("operator", ());
        for _ in 0..2 {
            let receipt = star
                .query_parking_discount_result(&ctx, report(500))
                .await
                .expect("taken");
            assert_eq!(receipt, Receipt::ACCEPTED);
        }
        assert!(
            star.query_parking_discount_result(&ctx, report(600))
                .await
                .is_err()
        );
        assert_eq!(star.report(SERIAL).expect("kept"), Some(report(500)));
    }
}
