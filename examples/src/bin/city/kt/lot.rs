//! The KT lot's own system: who is inside, what that costs, the booth, the machines, the barrier.
//! It answers every downward interface, all but two of them from its state: the recharge rules of
//! cards (4.7) and what its cameras take (GetPhoto) are the document's samples.
mod cards;
mod lists;
mod rest;
mod service;
#[cfg(test)]
mod tests;

use super::{
    PARK,
    books::{Order, Stay, Way},
};
use crate::{
    clock::DayClock,
    store::{Kept, Shelf, Store},
};
use cards::Cards;
use kt_proto::{
    DateTime, Fen, Seconds,
    code::{CarType, ChangeState, ExitPayType, PaidType, TerminalPayType, TerminalType},
    flow::*,
    model::{
        AutoPayRequest, ChangeDue, ChangeNotice, ChangePage, EntryReport, ExitReport,
        TerminalPayment,
    },
};
use lists::Lists;
use rest::{ENTRANCE, EXIT};
use serde::{Deserialize, Serialize};

/// The lot's service for third parties, with the state that its answers depend on.
#[derive(Clone)]
pub(crate) struct Lot {
    /// By plate and time of entry.
    stays: Shelf<Stay>,
    /// The last stay of a plate.
    last: Shelf<String>,
    /// Whose stay an order is of.
    orders: Shelf<String>,
    change: Shelf<Coins>,
    cards: Cards,
    lists: Lists,
    clock: DayClock,
}

/// Coins that a machine took in, and the change that it owes for them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Coins {
    /// As it is answered.
    pub due: ChangeDue,
    /// When they were put in.
    pub paid_time: DateTime,
    /// What the third party told of the change (3.6), and when.
    pub given: Option<(ChangeNotice, DateTime)>,
}

impl Lot {
    /// The lot as `store` has it.
    pub(crate) fn new(store: &Store, clock: DayClock) -> Self {
        Self {
            stays: store.shelf("kt.lot.stays"),
            last: store.shelf("kt.lot.last"),
            orders: store.shelf("kt.lot.orders"),
            change: store.shelf("kt.lot.change"),
            cards: Cards::new(store, clock.clone()),
            lists: Lists::new(store, clock.clone()),
            clock,
        }
    }

    /// A car comes in; what to report of it.
    pub(crate) fn enters(&self, plate: &str) -> Kept<EntryReport> {
        let came = self.clock.time();
        let (key, entry) = (
            format!("{plate}/{came}"),
            EntryReport::new(PARK, plate, came, ENTRANCE),
        );
        self.stays.put(&key, Stay::new(entry.clone()))?;
        self.last.put(plate, key)?;
        Ok(entry)
    }

    /// The last stay of a plate.
    pub(crate) fn stay(&self, plate: &str) -> Kept<Option<Stay>> {
        self.last
            .get(plate)?
            .map_or(Ok(None), |key| self.stays.get(&key))
    }

    /// Changes what is written of a car that is inside; `None` if it is not.
    fn change_stay<R>(
        &self,
        plate: &str,
        change: impl FnOnce(&mut Stay, DateTime) -> R,
    ) -> Kept<Option<R>> {
        let Some(key) = self.last.get(plate)? else {
            return Ok(None);
        };
        let now = self.clock.time();
        self.stays.change(&key, |stay| {
            stay.as_mut()
                .filter(|stay| stay.left.is_none())
                .map(|stay| change(stay, now))
        })
    }

    /// Tells the flow of a plate's last stay what happened, also once the car has left.
    pub(crate) fn auto(&self, plate: &str, event: AutoPayEvent) -> Kept<Option<Step>> {
        let Some(key) = self.last.get(plate)? else {
            return Ok(None);
        };
        let now = self.clock.time();
        self.stays.change(&key, |stay| {
            stay.as_mut().map(|stay| stay.auto.apply(event, now))
        })
    }

    /// A car stands at the exit: what may be debited, in the flow of its stay.
    pub(crate) fn drives_up(&self, plate: &str) -> Kept<Option<AutoPayRequest>> {
        self.change_stay(plate, |stay, now| {
            let request = AutoPayRequest {
                park_code: PARK.into(),
                plate_no: plate.into(),
                card_no: None,
                entry_time: stay.came.into(),
                leave_time: now.into(),
                total_money: stay.due(now),
                leave_place: EXIT.into(),
                img_name: None,
            };
            stay.auto.apply(AutoPayEvent::Exit(request.clone()), now);
            request
        })
    }

    /// An order, as it stands.
    pub(crate) fn order(&self, no: &str) -> Kept<Option<Order>> {
        let Some(key) = self.orders.get(no)? else {
            return Ok(None);
        };
        Ok(self
            .stays
            .get(&key)?
            .and_then(|stay| stay.orders.into_iter().find(|order| order.no == no)))
    }

    /// Changes what is written of an order.
    pub(crate) fn change_order<R>(
        &self,
        no: &str,
        change: impl FnOnce(&mut Order, DateTime) -> R,
    ) -> Kept<Option<R>> {
        let Some(key) = self.orders.get(no)? else {
            return Ok(None);
        };
        let now = self.clock.time();
        self.stays.change(&key, |stay| {
            stay.as_mut()?.order_mut(no).map(|order| change(order, now))
        })
    }

    /// What a car has to pay.
    pub(crate) fn due(&self, plate: &str) -> Kept<Fen> {
        Ok(self
            .stay(plate)?
            .map_or(Fen(0), |stay| stay.due(self.clock.time())))
    }

    /// A new order of a machine for all that is due; `None` if the car is not inside.
    pub(crate) fn asks(
        &self,
        plate: &str,
        way: impl FnOnce(&Stay, &str, DateTime) -> Way,
    ) -> Kept<Option<Order>> {
        let order = self.change_stay(plate, |stay, now| {
            let before = stay.clone();
            stay.order(now, |no| way(&before, no, now))
        })?;
        self.index(plate, order.as_ref())?;
        Ok(order)
    }

    /// The driver pays what is left for the time until then; `false` if it is something else.
    pub(crate) fn collects(&self, plate: &str, fen: Fen, until: DateTime) -> Kept<bool> {
        Ok(self
            .change_stay(plate, |stay, now| stay.collect(fen, until, now))?
            .unwrap_or(false))
    }

    /// Opens the barrier for a car whose fee is paid (费用缴清开闸放行), and says what to report of
    /// its exit. `None`: it stays closed.
    pub(crate) fn opens(&self, plate: &str) -> Kept<Option<ExitReport>> {
        let report = self.change_stay(plate, |stay, now| {
            if stay.due(now) != Fen(0) {
                return None;
            }
            let given = Some(stay.given(now)).filter(|given| given.0 > 0);
            stay.left = Some(now);
            stay.auto.apply(AutoPayEvent::Left, now);
            Some(ExitReport {
                park_code: PARK.into(),
                plate_no: plate.into(),
                card_no: None,
                entry_time: stay.came.into(),
                leave_time: now.into(),
                pre_money: stay.paid_before(),
                pay_money: stay.collected,
                pay_type: if stay.collected.0 > 0 {
                    ExitPayType::CASH
                } else {
                    ExitPayType::THIRD_PARTY_WECHAT
                },
                ticket_money: None,
                ticket_time: None,
                free_money: given,
                car_type: CarType::VISITOR,
                leave_place: EXIT.into(),
                img_name: None,
            })
        })?;
        Ok(report.flatten())
    }

    /// The driver puts coins into a machine that has no change: what it reports (2.7), and what is
    /// on its receipt (5.2).
    pub(crate) fn takes_coins(
        &self,
        plate: &str,
        coins: Fen,
    ) -> Kept<Option<(TerminalPayment, ChangePage)>> {
        let paid = self.change_stay(plate, |stay, now| {
            let due = stay.due(now);
            let enough = due.0 > 0 && coins >= due && stay.collect(due, now, now);
            enough.then(|| {
                (
                    due,
                    stay.came,
                    format!("{}Z{:02}", stay.number(), stay.orders.len()),
                    now,
                )
            })
        })?;
        let Some((due, came, order_no, now)) = paid.flatten() else {
            return Ok(None);
        };
        let owed = ChangeDue {
            order_no: order_no.as_str().into(),
            plate_no: Some(plate.into()),
            card_no: None,
            come_time: Some(came),
            pay_money: due,
            paid_amount: coins,
            if_charge: ChangeState::DUE,
        };
        self.change.put(
            &order_no,
            Coins {
                due: owed,
                paid_time: now,
                given: None,
            },
        )?;
        let report = TerminalPayment {
            park_code: PARK.into(),
            plate_no: plate.into(),
            card_no: None,
            car_type: CarType::VISITOR,
            entry_time: Some(came.into()),
            leave_time: None,
            total_money: due,
            pay_money: due,
            free_money: Fen(0),
            self_total: Fen(coins.0 - due.0),
            self_pay: Fen(0),
            ticket_money: Fen(0),
            ticket_time: Seconds(0),
            ticket_num: 0,
            terminal_type: TerminalType::PAY_STATION,
            pay_type: TerminalPayType::CASH,
            pay_time: now.into(),
            paid_type: PaidType::CHARGED,
            remark: Some(order_no.as_str().into()),
        };
        let receipt = ChangePage {
            park_code: PARK.into(),
            order_no: order_no.into(),
        };
        Ok(Some((report, receipt)))
    }

    /// What a machine owes or owed.
    pub(crate) fn coins(&self, order_no: &str) -> Kept<Option<Coins>> {
        self.change.get(order_no)
    }

    fn index(&self, plate: &str, order: Option<&Order>) -> Kept<()> {
        match (order, self.last.get(plate)?) {
            (Some(order), Some(key)) => self.orders.put(&order.no, key),
            _ => Ok(()),
        }
    }
}
