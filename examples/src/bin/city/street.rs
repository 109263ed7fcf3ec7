//! The street parking operator (路内停车运营商, a third-party platform of its own): spaces along a
//! road with magnetic detectors and no barrier, so that cars leave whether they have paid or not.
//! It reports under an account of its own and keeps what is owed.
mod road;
mod service;

use crate::{
    bank::Bank,
    clock::DayClock,
    lot::books::{due, order, paid},
    store::{Kept, Shelf, Store},
};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use sztc_proto::{
    DateTime, Money,
    code::{CreditSubject, IdDocument},
    model::{Car, CreditReport, ParkingOrder, ParkingRecord, PaymentRecord},
};

/// The road.
pub(crate) const ROAD: &str = "44030400100201000010";

/// How many spaces it has.
const SPACES: u32 = 40;
/// Who leaves within them pays nothing.
const FREE_MINUTES: i64 = 15;
/// What a begun half hour costs, in fen.
const FEN_A_HALF_HOUR: i64 = 250;
/// In which a driver may repay before it is reported (C.2.2.6).
pub(crate) const DAYS_TO_REPAY: i64 = 30;

/// One stay of a car, from when a detector saw it come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stay {
    /// As it was reported last.
    pub record: ParkingRecord,
    /// What was paid for it, each once.
    pub payments: Vec<PaymentRecord>,
    /// Whether it is debited after it left.
    pub auto_pay: bool,
    /// The report that it was not paid in time, if there had to be one.
    pub overdue: Option<Overdue>,
}

/// The report of an overdue stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Overdue {
    /// The report: until it is answered it goes out again as it is.
    pub report: CreditReport,
    /// Whether the city has answered it.
    pub told: bool,
}

/// Whose a car is, as its driver registered with the operator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Owner {
    /// A person or an organisation.
    pub category: CreditSubject,
    /// Its name.
    pub name: String,
    /// Which document, of a person.
    pub id_type: Option<IdDocument>,
    /// Its number, or the organisation's code.
    pub id_no: String,
}

impl Stay {
    /// What it costs: until it left, or until `now`.
    pub(crate) fn order(&self, now: DateTime) -> ParkingOrder {
        let until = self.record.leave_time.unwrap_or(now);
        let mut order = order(ROAD, &self.record, &self.payments, until, price);
        order.leave_time = self.record.leave_time;
        order.free_minute = Some(FREE_MINUTES as i32);
        order
    }

    /// What was received for it.
    pub(crate) fn paid(&self) -> Money {
        paid(&self.payments)
    }

    /// Whether nothing is left to pay.
    pub(crate) fn is_settled(&self, now: DateTime) -> bool {
        due(&self.order(now)).value().is_zero()
    }

    /// Whether the time to repay is over.
    pub(crate) fn is_overdue(&self, now: DateTime) -> bool {
        let over = |left: DateTime| {
            now.timestamp().seconds() > left.timestamp().seconds() + DAYS_TO_REPAY * 24 * 3600
        };
        self.record.leave_time.is_some_and(over) && !self.is_settled(now)
    }

    /// Keeps a payment; the same may come again. Whether there was anything to pay.
    fn is_paid(&mut self, payment: PaymentRecord, now: DateTime) -> bool {
        if self.payments.iter().any(|known| known.id == payment.id) {
            return true;
        }
        if self.is_settled(now) {
            return false;
        }
        self.payments.push(payment);
        true
    }

    fn is_of(&self, plate: &str) -> bool {
        self.record
            .park_car_info
            .as_ref()
            .is_some_and(|car: &Car| *car.plate_no == *plate)
    }
}

/// The street parking operator.
#[derive(Clone)]
pub(crate) struct Street(Arc<State>);

struct State {
    clock: DayClock,
    /// Stays, by the id of their record.
    stays: Shelf<Stay>,
    /// Taken spaces, by their code: the id of the record.
    spaces: Shelf<String>,
    /// Who registered, by plate.
    owners: Shelf<Owner>,
    counts: Shelf<u64>,
    /// Through which its hand-held devices are paid.
    bank: Bank,
}

impl Street {
    /// With what is kept in `store`.
    pub(crate) fn new(store: &Store, clock: DayClock) -> Self {
        Self(Arc::new(State {
            clock,
            stays: store.shelf("street.stays"),
            spaces: store.shelf("street.spaces"),
            owners: store.shelf("street.owners"),
            counts: store.shelf("street.counts"),
            bank: Bank::new(store),
        }))
    }

    /// A stay by the id of its record.
    pub(crate) fn stay(&self, record_id: &str) -> Kept<Option<Stay>> {
        self.0.stays.get(record_id)
    }

    /// The cars that stand there now.
    pub(crate) fn standing(&self) -> Kept<Vec<Stay>> {
        let mut standing = Vec::new();
        for record_id in self.0.spaces.all()? {
            standing.extend(self.0.stays.get(&record_id)?);
        }
        Ok(standing)
    }

    /// A driver registers, and so the operator knows whose the car is.
    pub(crate) fn registers(&self, plate: &str, owner: Owner) -> Kept<()> {
        self.0.owners.put(plate, owner)
    }

    /// No car stands there any more.
    pub(crate) fn clears(&self) -> Kept<()> {
        for space_no in (1..=SPACES).map(space) {
            if self.0.spaces.get(&space_no)?.is_some() {
                self.0.spaces.take(&space_no)?;
            }
        }
        Ok(())
    }

    /// An id of 32 characters that it has not used before.
    fn next_id(&self, kind: &str) -> Kept<String> {
        self.0.counts.next_id(kind)
    }

    fn now(&self) -> DateTime {
        self.0.clock.time()
    }
}

/// The code of a space.
fn space(number: u32) -> String {
    format!("{ROAD}00{number:06}")
}

/// What a stay of `minutes` costs.
fn price(minutes: i64) -> Money {
    let half_hours = if minutes <= FREE_MINUTES {
        0
    } else {
        (minutes + 29) / 30
    };
    Money::fen(half_hours * FEN_A_HALF_HOUR)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sztc_proto::code::PayMethod;

    fn time(text: &str) -> DateTime {
        text.parse().expect("a time")
    }

    /// A stay of an hour on the second of March, which costs five yuan.
    fn stay() -> Stay {
        let mut record = ParkingRecord::new(
            "R1",
            time("2026-03-02 08:00:00"),
            Money::ZERO,
            Money::ZERO,
            Money::ZERO,
        );
        record.leave_time = Some(time("2026-03-02 09:00:00"));
        Stay {
            record,
            payments: Vec::new(),
            auto_pay: false,
            overdue: None,
        }
    }

    fn payment(id: &str, fen: i64) -> PaymentRecord {
        PaymentRecord {
            id: id.into(),
            order_no: None,
            record_id: "R1".into(),
            park_car_info: None,
            pay_time: time("2026-03-02 10:00:00"),
            receivables: Money::fen(500),
            discount: Money::ZERO,
            received: Money::fen(fen),
            pay_type: PayMethod::CASH,
            pay_from: "手持终端".into(),
            list_discounts: None,
        }
    }

    #[test]
    fn a_begun_half_hour_costs_two_and_a_half_yuan_after_a_free_quarter() {
        for (minutes, fen) in [
            (0, 0),
            (15, 0),
            (16, 250),
            (30, 250),
            (31, 500),
            (60, 500),
            (61, 750),
        ] {
            assert_eq!(price(minutes), Money::fen(fen), "{minutes}");
        }
    }

    #[test]
    fn a_stay_is_overdue_after_thirty_days_unless_all_of_it_is_paid() {
        let last = time("2026-04-01 09:00:00");
        let after = time("2026-04-01 09:00:01");
        let mut stay = stay();
        assert!(!stay.is_overdue(last) && stay.is_overdue(after));
        assert!(stay.is_paid(payment("A", 300), last) && stay.is_overdue(after));
        assert!(stay.is_paid(payment("B", 200), last) && !stay.is_overdue(after));
        let mut standing = self::stay();
        standing.record.leave_time = None;
        assert!(!standing.is_overdue(after));
    }

    #[test]
    fn a_payment_counts_once_and_none_counts_after_the_last() {
        let now = time("2026-03-02 10:00:00");
        let mut stay = stay();
        assert!(stay.is_paid(payment("A", 500), now) && stay.is_paid(payment("A", 500), now));
        assert!(!stay.is_paid(payment("B", 500), now));
        assert_eq!(stay.paid(), Money::fen(500));
    }
}
