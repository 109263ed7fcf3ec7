//! The payment platforms (第三方支付平台): through them goes all that is not paid in cash. They
//! book what they are told, and give the file of a day (对账文件, C.5).
use crate::store::{Kept, Shelf, Store};
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::{fmt::Write, sync::Arc};
use sztc_proto::{
    Date, DateTime, Money,
    code::{OrderAction, PayMethod},
    model::{PaymentRecord, Refund},
};

/// The channels, each with a file of its own.
pub(crate) const CHANNELS: [PayMethod; 4] = [
    PayMethod::WECHAT,
    PayMethod::ALIPAY,
    PayMethod::UNION_PAY,
    PayMethod::ETC,
];

/// The first line of a file; each further one is an order.
pub(crate) const HEADINGS: &str = "时间,订单编号,类型,金额";

/// All of them.
#[derive(Clone)]
pub(crate) struct Bank(Arc<State>);

struct State {
    /// What was moved, by action and the id that the payee gave it.
    booked: Shelf<Movement>,
    /// Orders whose next payment will be booked with this amount, by number.
    mistakes: Shelf<Money>,
}

/// A payment or a refund.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Movement {
    /// Its id at the payee.
    pub id: String,
    /// Number of the order.
    pub order_no: String,
    /// Payment or refund.
    pub action: OrderAction,
    /// How much.
    pub amount: Money,
    /// By which channel.
    pub channel: PayMethod,
    /// When.
    pub time: DateTime,
}

impl From<&PaymentRecord> for Movement {
    fn from(payment: &PaymentRecord) -> Self {
        Self {
            id: payment.id.to_string(),
            order_no: payment.order_no.as_deref().unwrap_or_default().to_owned(),
            action: OrderAction::PAYMENT,
            amount: payment.received,
            channel: payment.pay_type,
            time: payment.pay_time,
        }
    }
}

impl From<&Refund> for Movement {
    fn from(refund: &Refund) -> Self {
        Self {
            id: refund.id.to_string(),
            order_no: refund.order_no.to_string(),
            action: OrderAction::REFUND,
            amount: refund.refund_money,
            channel: refund.refund_type,
            time: refund.time,
        }
    }
}

impl Bank {
    /// With what is kept in `store`.
    pub(crate) fn new(store: &Store) -> Self {
        Self(Arc::new(State {
            booked: store.shelf("bank.booked"),
            mistakes: store.shelf("bank.mistakes"),
        }))
    }

    /// Somebody pays, or gets back: that is booked, once, if it goes through a channel. Cash does
    /// not.
    pub(crate) fn books(&self, movement: impl Into<Movement>) -> Kept<()> {
        let mut movement = movement.into();
        if !CHANNELS.contains(&movement.channel) {
            return Ok(());
        }
        if movement.action == OrderAction::PAYMENT
            && let Some(amount) = self.0.mistakes.get(&movement.order_no)?
        {
            self.0.mistakes.take(&movement.order_no)?;
            movement.amount = amount;
        }
        let key = format!("{} {}", movement.action.0, movement.id);
        self.0.booked.change(&key, |booked| {
            booked.get_or_insert(movement);
        })
    }

    /// A mistake that is going to be made: the next payment of the order is booked with another
    /// amount.
    pub(crate) fn will_book(&self, order_no: &str, amount: Money) -> Kept<()> {
        self.0.mistakes.put(order_no, amount)
    }

    /// A mistake is put right: what was booked for the payment of this id becomes `amount`. Whether
    /// it is known.
    pub(crate) fn corrects(&self, payment_id: &str, amount: Money) -> Kept<bool> {
        let key = format!("{} {payment_id}", OrderAction::PAYMENT.0);
        self.0.booked.change(&key, |booked| {
            let booked = booked.as_mut();
            booked.map(|movement| movement.amount = amount).is_some()
        })
    }

    /// The file of a channel for one day.
    ///
    /// # Errors
    /// The state cannot be read.
    pub(crate) fn file(&self, channel: PayMethod, day: Date) -> Result<String> {
        let mut file = format!("{HEADINGS}\n");
        for movement in self.0.booked.all()? {
            if movement.channel != channel || movement.time.date() != day {
                continue;
            }
            let Movement {
                time,
                order_no,
                amount,
                action,
                ..
            } = movement;
            let action = action.name().context("it is a payment or a refund")?;
            writeln!(file, "{time},{order_no},{action},{amount}")?;
        }
        Ok(file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn movement(id: &str, channel: PayMethod, fen: i64) -> Movement {
        Movement {
            id: id.to_owned(),
            order_no: format!("{id}-1"),
            action: OrderAction::PAYMENT,
            amount: Money::fen(fen),
            channel,
            time: "2026-03-02 08:00:00".parse().expect("a time"),
        }
    }

    #[test]
    fn a_file_has_what_went_through_its_channel_on_its_day_once() {
        let bank = Bank::new(&Store::in_memory().expect("memory"));
        let day: Date = "2026-03-02".parse().expect("a day");
        bank.will_book("b-1", Money::fen(100)).expect("kept");
        for _ in 0..2 {
            bank.books(movement("a", PayMethod::WECHAT, 500))
                .expect("kept");
            bank.books(movement("b", PayMethod::WECHAT, 500))
                .expect("kept");
            bank.books(movement("c", PayMethod::CASH, 500))
                .expect("kept");
            bank.books(movement("d", PayMethod::ALIPAY, 500))
                .expect("kept");
        }
        let given = bank.file(PayMethod::WECHAT, day).expect("kept");
        let lines =
            format!("{HEADINGS}\n2026-03-02 08:00:00,a-1,支付,5.00\n2026-03-02 08:00:00,b-1,支付,");
        assert_eq!(given, format!("{lines}1.00\n"));
        assert!(
            bank.corrects("b", Money::fen(500)).expect("kept")
                && !bank.corrects("c", Money::fen(500)).expect("kept")
        );
        assert_eq!(
            bank.file(PayMethod::WECHAT, day).expect("kept"),
            format!("{lines}5.00\n")
        );
        for other in [PayMethod::CASH, PayMethod::ETC] {
            assert_eq!(
                bank.file(other, day).expect("kept"),
                format!("{HEADINGS}\n")
            );
        }
        let next = "2026-03-03".parse().expect("a day");
        assert_eq!(
            bank.file(PayMethod::WECHAT, next).expect("kept"),
            format!("{HEADINGS}\n")
        );
    }
}
