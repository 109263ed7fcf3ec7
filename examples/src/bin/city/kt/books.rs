//! What the KT lot writes down of a car: when it came, what third parties took off, its orders, and
//! what was paid for them.
use super::{ALREADY_PAID, EXPIRED, FEN_A_MINUTE, OTHER_ORDER, PARK, WRONG_AMOUNT};
use kt_proto::{
    DateTime, Fen, Minutes, Outcome, Seconds, Timestamp,
    flow::*,
    model::{BILL_LIFETIME, BillPayment, DEFAULT_DELAY, EntryReport, SHORT_CARD},
    refuse,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One stay of a car.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Stay {
    /// Number plate.
    pub plate: String,
    /// When it came.
    pub came: DateTime,
    /// When it left.
    pub left: Option<DateTime>,
    /// What third parties took off its time, by the number of the voucher.
    pub free: BTreeMap<String, Seconds>,
    /// What it was asked to pay: bills, and orders of machines.
    pub orders: Vec<Order>,
    /// What was paid at the booth or in coins.
    pub collected: Fen,
    /// From the entry on, in case that it pays without password (section 4).
    pub auto: AutoPayFlow,
    /// Until when its time is paid, and when that was paid.
    settled: Option<(DateTime, DateTime)>,
}

/// One order of a stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Order {
    /// Its number.
    pub no: String,
    /// When it was made.
    pub made: DateTime,
    /// What is to be paid.
    pub amount: Fen,
    /// By what it was paid (3.2).
    pub paid: Option<BillPayment>,
    /// How it is paid.
    pub way: Way,
}

/// How an order is paid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Way {
    /// The third party asked for the bill (3.1).
    Bill,
    /// A machine shows a code (chapter 1, section 5).
    Code(PayCodeFlow),
    /// A scanner reads the driver's (section 6).
    Scan(ScanFlow),
}

impl Stay {
    /// A stay that begins.
    pub(crate) fn new(entry: EntryReport) -> Self {
        Self {
            plate: entry.plate_no.to_string(),
            came: entry.entry_time.into(),
            left: None,
            free: BTreeMap::new(),
            orders: Vec::new(),
            collected: Fen(0),
            auto: AutoPayFlow::new(entry),
            settled: None,
        }
    }

    /// Whether a card number stands for the plate that the car does not have.
    pub(crate) fn is_of_card(&self) -> bool {
        self.plate.chars().count() > SHORT_CARD
    }

    /// How long it has been inside.
    pub(crate) fn inside(&self, now: DateTime) -> Seconds {
        Seconds(self.left.unwrap_or(now).timestamp().seconds() - self.came.timestamp().seconds())
    }

    /// What its time costs. Who has paid has some minutes to drive out.
    pub(crate) fn fee(&self, now: DateTime) -> Fen {
        let settled = self
            .settled
            .filter(|(_, paid)| now <= after(*paid, DEFAULT_DELAY));
        self.fee_until(settled.map_or(now, |(until, _)| until))
    }

    /// What was paid for it by 3.2, and debited.
    pub(crate) fn paid_before(&self) -> Fen {
        let debited = self
            .auto
            .debited()
            .filter(|_| !self.auto.is_reversed())
            .unwrap_or(Fen(0));
        Fen(debited.0 + self.orders.iter().map(Order::covered).sum::<i64>())
    }

    /// What it still has to pay.
    pub(crate) fn due(&self, now: DateTime) -> Fen {
        Fen((self.fee(now).0 - self.paid_before().0 - self.collected.0).max(0))
    }

    /// What the free time is worth.
    pub(crate) fn given(&self, now: DateTime) -> Fen {
        let inside = self.inside(now).0;
        Fen(price(inside) - price(inside - self.freed()))
    }

    /// The bill's order: the last, if it still counts and nothing has changed since, else a new
    /// one.
    pub(crate) fn bill(&mut self, now: DateTime) -> Order {
        let due = self.due(now);
        let counts = |order: &&Order| {
            order.way == Way::Bill
                && order.paid.is_none()
                && order.amount == due
                && now <= after(order.made, BILL_LIFETIME)
        };
        match self.orders.last().filter(counts) {
            Some(order) => order.clone(),
            None => self.order(now, |_| Way::Bill),
        }
    }

    /// A new order of all that is due, paid the way that `way` makes of its number.
    pub(crate) fn order(&mut self, now: DateTime, way: impl FnOnce(&str) -> Way) -> Order {
        let no = format!("{}{:03}", self.number(), self.orders.len() + 1);
        let way = way(&no);
        let amount = self.due(now);
        let order = Order {
            no,
            made: now,
            amount,
            paid: None,
            way,
        };
        self.orders.push(order.clone());
        order
    }

    /// What numbers of orders begin with, as those of the document do: lot, time and plate.
    pub(crate) fn number(&self) -> String {
        let time: String = self
            .came
            .to_string()
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        let plate: String = self.plate.chars().filter(char::is_ascii).collect();
        format!("{PARK}{time}{plate}")
    }

    /// The order of this number.
    pub(crate) fn order_mut(&mut self, no: &str) -> Option<&mut Order> {
        self.orders.iter_mut().find(|order| order.no == no)
    }

    /// Takes a payment that the third party tells (3.2). The same may come again.
    pub(crate) fn pay(&mut self, payment: &BillPayment, now: DateTime) -> Outcome<()> {
        let due = self.due(now);
        let Some(order) = self.order_mut(&payment.order_no) else {
            return Err(refuse(OTHER_ORDER));
        };
        if order.paid.is_none() && due == Fen(0) {
            return Err(refuse(ALREADY_PAID));
        }
        let until = order.made;
        if order.pay(payment, now)? {
            self.settle(until, now);
        }
        Ok(())
    }

    /// The driver pays what is left for the time until then, at the booth or in coins; `false` if
    /// it is something else.
    pub(crate) fn collect(&mut self, fen: Fen, until: DateTime, now: DateTime) -> bool {
        let right = fen == self.rest(until);
        if right {
            self.collected.0 += fen.0;
            self.auto.apply(AutoPayEvent::Collected(fen), now);
            for order in &mut self.orders {
                match &mut order.way {
                    Way::Bill => {}
                    Way::Code(flow) => _ = flow.apply(PayCodeEvent::Collected(fen), now),
                    Way::Scan(flow) => _ = flow.apply(ScanEvent::Collected(fen), now),
                }
            }
            self.settle(until, now);
        }
        right
    }

    /// Remembers it if the time until then is paid.
    pub(crate) fn settle(&mut self, until: DateTime, now: DateTime) {
        if self.rest(until).0 <= 0 {
            self.settled = Some((until, now));
        }
    }

    fn fee_until(&self, until: DateTime) -> Fen {
        Fen(price(self.inside(until).0 - self.freed()))
    }

    fn rest(&self, until: DateTime) -> Fen {
        Fen(self.fee_until(until).0 - self.paid_before().0 - self.collected.0)
    }

    fn freed(&self) -> i64 {
        self.free.values().map(|time| time.0).sum()
    }
}

impl Order {
    /// What of it is paid, with all that was taken off.
    fn covered(&self) -> i64 {
        self.paid
            .as_ref()
            .map_or(0, |paid| worth(paid).min(self.amount.0))
    }

    /// Whether it is news.
    fn pay(&mut self, payment: &BillPayment, now: DateTime) -> Outcome<bool> {
        let step = match &mut self.way {
            Way::Bill if self.paid.as_ref() == Some(payment) => Step::Duplicate,
            Way::Bill if self.paid.is_some() => Step::Contradiction(Contradiction::AlreadyPaid),
            Way::Bill if now > after(self.made, BILL_LIFETIME) => return Err(refuse(EXPIRED)),
            Way::Bill if worth(payment) != self.amount.0 => {
                Step::Contradiction(Contradiction::Amount)
            }
            Way::Bill => Step::Taken,
            Way::Code(flow) => flow.apply(PayCodeEvent::Paid(payment.clone()), now),
            Way::Scan(flow) => flow.apply(ScanEvent::Paid(payment.clone()), now),
        };
        match step {
            Step::Contradiction(Contradiction::AlreadyPaid) => return Err(refuse(ALREADY_PAID)),
            Step::Contradiction(Contradiction::Amount) => return Err(refuse(WRONG_AMOUNT)),
            Step::Contradiction(_) => return Err(refuse(OTHER_ORDER)),
            Step::Duplicate => return Ok(false),
            Step::Taken => self.paid = Some(payment.clone()),
        }
        if payment.free_time.0 > 0 {
            let time = Fen(payment.free_time.0.saturating_mul(FEN_A_MINUTE));
            match &mut self.way {
                Way::Bill => {}
                Way::Code(flow) => _ = flow.apply(PayCodeEvent::TimeWorth(time), now),
                Way::Scan(flow) => _ = flow.apply(ScanEvent::TimeWorth(time), now),
            }
        }
        Ok(true)
    }
}

/// What a payment pays and takes off.
fn worth(payment: &BillPayment) -> i64 {
    let time = payment.free_time.0.saturating_mul(FEN_A_MINUTE);
    [payment.discount.0, payment.free_money.0, time]
        .into_iter()
        .fold(payment.amount.0, i64::saturating_add)
}

/// What so many seconds cost, in fen.
pub(crate) fn price(seconds: i64) -> i64 {
    FEN_A_MINUTE * (seconds.max(0) + 59).div_euclid(60)
}

/// So many minutes later.
pub(crate) fn after(time: DateTime, wait: Minutes) -> DateTime {
    Timestamp::from_seconds(time.timestamp().seconds() + wait.0 * 60).date_time()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> DateTime {
        after(
            "2026-03-25 08:00:00".parse().expect("a time"),
            Minutes(minutes),
        )
    }

    fn stay() -> Stay {
        Stay::new(EntryReport::new(PARK, "粤B10001", at(0), "入口1"))
    }

    fn payment(order: &Order) -> BillPayment {
        super::super::payment(&order.no, order.amount, kt_proto::code::PaidWith::WECHAT)
    }

    #[test]
    fn who_has_paid_has_a_quarter_of_an_hour() {
        let mut stay = stay();
        let order = stay.bill(at(60));
        assert_eq!(order.amount, Fen(60 * FEN_A_MINUTE));
        stay.pay(&payment(&order), at(62)).expect("it counts");
        assert_eq!(stay.due(at(75)), Fen(0));
        assert_eq!(stay.due(at(78)), Fen(18 * FEN_A_MINUTE));
    }

    #[test]
    fn a_bill_stays_the_same_for_five_minutes_while_nothing_changes() {
        let mut stay = stay();
        let first = stay.bill(at(60));
        assert_eq!(stay.bill(at(60)), first);
        stay.free.insert("V1".into(), Seconds(600));
        let second = stay.bill(at(60));
        assert_eq!(second.amount, Fen(50 * FEN_A_MINUTE));
        assert!(
            stay.pay(&payment(&second), at(66)).is_err(),
            "six minutes later"
        );
        assert!(stay.pay(&payment(&second), at(65)).is_ok());
        assert!(
            stay.pay(&payment(&second), at(90)).is_ok(),
            "the same again"
        );
        assert_eq!(stay.paid_before(), second.amount, "counts once");
        assert!(
            stay.pay(&payment(&first), at(62)).is_err(),
            "nothing is due any more"
        );
    }
}
