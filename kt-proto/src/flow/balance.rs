use super::step::{Contradiction, Step};
use crate::{Fen, Minutes, code::OrderStatus, model::BillPayment};
use park_core::AnyText;
use serde::{Deserialize, Serialize};

/// One order of a lot, paid once: online (downward 3.2), at the booth, or the rest of one by the
/// other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Balance {
    park_code: AnyText,
    order_no: AnyText,
    amount: Fen,
    online: Option<Online>,
    /// What the time that the payment took off is worth.
    time_worth: Option<Fen>,
    collected: Option<Fen>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Online {
    paid: Fen,
    remitted: Fen,
    free_time: Minutes,
}

impl Balance {
    pub(super) fn new(park_code: &AnyText, order_no: &AnyText, amount: Fen) -> Self {
        Self {
            park_code: park_code.clone(),
            order_no: order_no.clone(),
            amount,
            online: None,
            time_worth: None,
            collected: None,
        }
    }

    /// What is still to be paid.
    pub(super) fn rest(&self) -> Fen {
        let online = self
            .online
            .map_or(0, |online| online.paid.0 + online.remitted.0);
        let other = |fen: Option<Fen>| fen.map_or(0, |fen| fen.0);
        Fen(self.amount.0 - online - other(self.time_worth) - other(self.collected))
    }

    pub(super) fn is_settled(&self) -> bool {
        self.rest().0 <= 0
    }

    pub(super) fn paid_online(&self) -> Option<Fen> {
        self.online.map(|online| online.paid)
    }

    pub(super) fn collected(&self) -> Option<Fen> {
        self.collected
    }

    /// Paid only if the payment came by 3.2: whoever asks by 3.4 wants to know of that.
    pub(super) fn status(&self) -> OrderStatus {
        if self.online.is_some() {
            OrderStatus::PAID
        } else {
            OrderStatus::UNPAID
        }
    }

    pub(super) fn pay(&mut self, payment: &BillPayment) -> Step {
        if (&payment.park_code, &payment.order_no) != (&self.park_code, &self.order_no) {
            return Step::Contradiction(Contradiction::OtherOrder);
        }
        let BillPayment {
            amount,
            discount,
            free_money,
            free_time,
            ..
        } = payment;
        let reductions = discount.0.checked_add(free_money.0);
        let none_negative = discount.0 >= 0 && free_money.0 >= 0 && free_time.0 >= 0;
        let Some(reductions) =
            reductions.filter(|_| none_negative && (0..=self.amount.0).contains(&amount.0))
        else {
            return Step::Contradiction(Contradiction::Amount);
        };
        // What time is worth only the lot's tariff knows: see `time_worth`.
        let online = Online {
            paid: *amount,
            remitted: Fen(reductions.min(self.amount.0 - amount.0)),
            free_time: *free_time,
        };
        match self.online {
            Some(known) if known == online => Step::Duplicate,
            Some(_) => Step::Contradiction(Contradiction::Amount),
            None if self.is_settled() => Step::Contradiction(Contradiction::AlreadyPaid),
            None => {
                self.online = Some(online);
                Step::Taken
            }
        }
    }

    /// The lot's tariff says what the time is worth that the payment took off. More than the rest
    /// settles the order too.
    pub(super) fn time_worth(&mut self, fen: Fen) -> Step {
        let took_time = self.online.is_some_and(|online| online.free_time.0 > 0);
        match self.time_worth {
            _ if !took_time => Step::Contradiction(Contradiction::NotNow),
            Some(known) if known == fen => Step::Duplicate,
            Some(_) => Step::Contradiction(Contradiction::Amount),
            None if fen.0 < 0 => Step::Contradiction(Contradiction::Amount),
            None if self.is_settled() => Step::Contradiction(Contradiction::AlreadyPaid),
            None => {
                self.time_worth = Some(fen);
                Step::Taken
            }
        }
    }

    pub(super) fn collect(&mut self, fen: Fen) -> Step {
        match self.collected {
            Some(known) if known == fen => Step::Duplicate,
            Some(_) => Step::Contradiction(Contradiction::AlreadyPaid),
            None if self.is_settled() => Step::Contradiction(Contradiction::AlreadyPaid),
            None if fen != self.rest() => Step::Contradiction(Contradiction::Amount),
            None => {
                self.collected = Some(fen);
                Step::Taken
            }
        }
    }
}
