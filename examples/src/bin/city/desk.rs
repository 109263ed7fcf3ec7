//! The city's charging desk, its role in 6.10 of DB4403/T 313 (1102 to 1105): what the charging
//! platform pushes to it, and the orders that it listens for. It answers every interface from its
//! state.
use crate::{
    clock::DayClock,
    store::{Kept, Shelf, Store},
};
use examples::meter;
use std::sync::Arc;
use sztc_proto::charging::{
    evcs::{
        Ctx, EmspService, Outcome,
        code::{ConfirmResult, ConnectorStatus, NoticeStatus, ReceiptFailure},
        conversation::{Event, Stage},
        model::*,
        reconcile::reconcile,
        *,
    },
    *,
};

/// The city's service for charging operators, with what it was told.
#[derive(Clone)]
pub(crate) struct Desk(Arc<State>);

struct State {
    clock: DayClock,
    /// By id.
    stations: Shelf<StationInfo>,
    /// By id.
    connectors: Shelf<ConnectorStatus>,
    /// By the number of the order.
    conversations: Shelf<Conversation>,
    /// What the orders came to, by number.
    orders: Shelf<ChargeOrderInfo>,
    /// Orders of cars that parked, by number.
    cars: Shelf<CarOrder>,
}

impl Desk {
    /// With what is kept in `store`.
    pub(crate) fn new(store: &Store, clock: DayClock) -> Self {
        Self(Arc::new(State {
            clock,
            stations: store.shelf("desk.stations"),
            connectors: store.shelf("desk.connectors"),
            conversations: store.shelf("desk.conversations"),
            orders: store.shelf("desk.orders"),
            cars: store.shelf("desk.cars"),
        }))
    }

    /// The operator's stations.
    pub(crate) fn stations(&self) -> Kept<Vec<StationInfo>> {
        self.0.stations.all()
    }

    /// What asking for the stations brought.
    pub(crate) fn learns(&self, news: &[StationChange]) -> Kept<()> {
        for change in news {
            match change {
                StationChange::New(station) | StationChange::Changed(station) => {
                    self.0.stations.put(&station.station_id, station.clone())?
                }
                StationChange::Gone(station) => drop(self.0.stations.take(&station.station_id)?),
            }
        }
        Ok(())
    }

    /// The state of a connector that was asked for or pushed last.
    pub(crate) fn connector(&self, id: &str) -> Kept<Option<ConnectorStatus>> {
        self.0.connectors.get(id)
    }

    /// The state of a connector is known.
    pub(crate) fn sees(&self, connector: &ConnectorStatusInfo) -> Kept<()> {
        self.0
            .connectors
            .put(&connector.connector_id, connector.status)
    }

    /// The desk asks to charge: from now on it listens for this order.
    pub(crate) fn expect(&self, serial: &str) -> Kept<()> {
        self.0
            .conversations
            .put(serial, Conversation::new(serial, self.now()))
    }

    /// Something happened to an order: whether it is to be answered with success.
    pub(crate) fn hear<'a>(&self, serial: &str, event: impl Into<Event<'a>>) -> Kept<bool> {
        let (event, now) = (event.into(), self.now());
        let heard = |conversation: &mut Conversation| conversation.apply(event, now).is_accepted();
        self.0.conversations.change(serial, |conversation| {
            conversation.as_mut().is_some_and(heard)
        })
    }

    /// How far an order has come.
    pub(crate) fn stage(&self, serial: &str) -> Kept<Option<Stage>> {
        Ok(self
            .0
            .conversations
            .get(serial)?
            .map(|conversation| conversation.stage()))
    }

    /// The orders of a car that were pushed.
    pub(crate) fn orders_of(&self, plate: &str) -> Kept<Vec<CarOrder>> {
        Ok(self
            .0
            .cars
            .all()?
            .into_iter()
            .filter(|order| *order.plate_num == *plate)
            .collect())
    }

    fn now(&self) -> Timestamp {
        self.0.clock.time().timestamp()
    }
}

impl EmspService for Desk {
    async fn notification_station_status(
        &self,
        _: &Ctx,
        notice: StatusNotice,
    ) -> Outcome<StatusReceipt> {
        self.sees(&notice.connector_status_info)?;
        Ok(StatusReceipt {
            status: NoticeStatus::ACCEPTED,
        })
    }

    async fn notification_start_charge_result(
        &self,
        _: &Ctx,
        start: StartResult,
    ) -> Outcome<ResultReceipt> {
        let serial = start.start_charge_seq.as_str();
        Ok(receipt(serial, self.hear(serial, &start)?))
    }

    async fn notification_stop_charge_result(
        &self,
        _: &Ctx,
        stop: StopResult,
    ) -> Outcome<ResultReceipt> {
        let serial = stop.start_charge_seq.as_str();
        Ok(receipt(serial, self.hear(serial, &stop)?))
    }

    async fn notification_equip_charge_status(
        &self,
        _: &Ctx,
        status: ChargeStatus,
    ) -> Outcome<ChargeStatusReceipt> {
        let serial = status.start_charge_seq.as_str();
        Ok(if self.hear(serial, &status)? {
            ChargeStatusReceipt::ok(serial)
        } else {
            ChargeStatusReceipt::failed(serial)
        })
    }

    async fn notification_charge_order_info(
        &self,
        _: &Ctx,
        order: ChargeOrderInfo,
    ) -> Outcome<OrderReceipt> {
        let serial = order.start_charge_seq.as_str();
        if !self.hear(serial, &order)? {
            return Ok(OrderReceipt::new(&order, ConfirmResult::DISPUTED));
        }
        self.0.orders.put(serial, order.clone())?;
        Ok(OrderReceipt::new(&order, ConfirmResult::OK))
    }

    async fn check_charge_orders(
        &self,
        _: &Ctx,
        account: CheckOrders,
    ) -> Outcome<CheckOrdersReply> {
        let within = |order: &&ChargeOrderInfo| {
            account.start_time <= order.end_time && order.end_time <= account.end_time
        };
        let orders: Vec<ChargeOrder> = self
            .0
            .orders
            .all()?
            .iter()
            .filter(within)
            .map(meter::entry)
            .collect();
        Ok(reconcile(&account, orders).reply)
    }
}

fn receipt(serial: &str, accepted: bool) -> ResultReceipt {
    match accepted {
        true => ResultReceipt::ok(serial),
        false => ResultReceipt::failed(serial, ReceiptFailure(2)),
    }
}

impl CityChargingService for Desk {
    async fn push_station(&self, _: &Ctx, push: StationPush) -> Outcome<StationPushReply> {
        let station = push.station_info;
        self.0.stations.put(&station.station_id.clone(), station)?;
        Ok(StationPushReply {
            state: NoticeStatus::ACCEPTED,
        })
    }

    async fn push_order(&self, _: &Ctx, order: CarOrder) -> Outcome<OrderPushReply> {
        let reply = OrderPushReply::new(&order, PushResult::OK);
        self.0
            .cars
            .put(order.start_charge_seq.clone().as_str(), order)?;
        Ok(reply)
    }
}
