//! The city's charging desk: what the charging platform pushes.
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};
use sztc_proto::charging::{
    evcs::{Ctx, EmspService, Outcome, model::*, *},
    *,
};

/// The city's service for charging operators, with what it was told.
#[derive(Clone, Default)]
pub struct Desk(Arc<State>);

#[derive(Default)]
struct State {
    served: AtomicUsize,
    stations: tokio::sync::Mutex<StationBook>,
    connectors: Mutex<BTreeMap<Text<26>, ConnectorStatus>>,
    conversation: Mutex<Option<Conversation>>,
    own: Mutex<Vec<ChargeOrder>>,
    cars: Mutex<Vec<CarOrder>>,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// How many pushes it answered.
    pub fn served(&self) -> usize {
        self.0.served.load(Ordering::SeqCst)
    }

    fn count(&self) {
        self.0.served.fetch_add(1, Ordering::SeqCst);
    }

    /// The operator's stations.
    pub async fn stations(&self) -> tokio::sync::MutexGuard<'_, StationBook> {
        self.0.stations.lock().await
    }

    /// The last state of a connector that was pushed.
    pub fn connector(&self, id: &str) -> Option<ConnectorStatus> {
        locked(&self.0.connectors).get(id).copied()
    }

    /// The desk asks to charge: from now on it listens for this order.
    pub fn expect(&self, serial: &SerialNo, now: Timestamp) {
        *locked(&self.0.conversation) = Some(Conversation::new(serial.as_str(), now));
    }

    /// Something happened to the order: whether it is to be answered with success.
    pub fn hear<'a>(&self, event: impl Into<Event<'a>>, now: Timestamp) -> bool {
        let mut conversation = locked(&self.0.conversation);
        conversation
            .as_mut()
            .is_some_and(|conversation| conversation.apply(event, now).is_accepted())
    }

    /// How far the order has come.
    pub fn stage(&self) -> Option<Stage> {
        locked(&self.0.conversation).as_ref().map(Conversation::stage)
    }

    /// The orders of cars that were pushed.
    pub fn cars(&self) -> Vec<CarOrder> {
        locked(&self.0.cars).clone()
    }
}

impl EmspService for Desk {
    async fn notification_station_status(&self, _: &Ctx, notice: StatusNotice) -> Outcome<StatusReceipt> {
        self.count();
        let connector = notice.connector_status_info;
        locked(&self.0.connectors).insert(connector.connector_id, connector.status);
        Ok(StatusReceipt {
            status: NoticeStatus::ACCEPTED,
        })
    }

    async fn notification_equip_charge_status(&self, cx: &Ctx, status: ChargeStatus) -> Outcome<ChargeStatusReceipt> {
        self.count();
        let serial = status.start_charge_seq.as_str();
        Ok(if self.hear(&status, cx.moment) {
            ChargeStatusReceipt::ok(serial)
        } else {
            ChargeStatusReceipt::failed(serial)
        })
    }

    async fn notification_charge_order_info(&self, cx: &Ctx, order: ChargeOrderInfo) -> Outcome<OrderReceipt> {
        self.count();
        if !self.hear(&order, cx.moment) {
            return Ok(OrderReceipt::new(&order, ConfirmResult::DISPUTED));
        }
        locked(&self.0.own).push(ChargeOrder {
            start_charge_seq: order.start_charge_seq.clone(),
            total_power: order.total_power,
            total_money: order.total_money,
        });
        Ok(OrderReceipt::new(&order, ConfirmResult::OK))
    }

    async fn check_charge_orders(&self, _: &Ctx, account: CheckOrders) -> Outcome<CheckOrdersReply> {
        self.count();
        Ok(reconcile(&account, locked(&self.0.own).clone()).reply)
    }
}

impl CityChargingService for Desk {
    async fn push_station(&self, _: &Ctx, push: StationPush) -> Outcome<StationPushReply> {
        self.count();
        self.stations().await.pushed(push.station_info);
        Ok(StationPushReply {
            state: NoticeStatus::ACCEPTED,
        })
    }

    async fn push_order(&self, _: &Ctx, order: CarOrder) -> Outcome<OrderPushReply> {
        self.count();
        let reply = OrderPushReply::new(&order, PushResult::OK);
        locked(&self.0.cars).push(order);
        Ok(reply)
    }
}
