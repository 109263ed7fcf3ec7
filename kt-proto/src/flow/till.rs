use super::{Contradiction, Step};
use crate::{BillPayment, Fen, OrderStatus};
use park_core::AnyText;
use serde::{Deserialize, Serialize};

/// One order of a lot, paid once: online (downward 3.2), at the booth, or the rest of one by the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Till {
    park_code: AnyText,
    order_no: AnyText,
    amount: Fen,
    online: Option<Online>,
    collected: Option<Fen>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Online {
    paid: Fen,
    remitted: Fen,
}

impl Till {
    pub(super) fn new(park_code: &AnyText, order_no: &AnyText, amount: Fen) -> Self {
        Self {
            park_code: park_code.clone(),
            order_no: order_no.clone(),
            amount,
            online: None,
            collected: None,
        }
    }

    /// What is still to be paid.
    pub(super) fn rest(&self) -> Fen {
        let online = self.online.map_or(0, |online| online.paid.0 + online.remitted.0);
        Fen(self.amount.0 - online - self.collected.map_or(0, |fen| fen.0))
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
        if self.online.is_some() { OrderStatus::PAID } else { OrderStatus::UNPAID }
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
        let Some(reductions) = reductions.filter(|_| discount.0 >= 0 && free_money.0 >= 0 && (0..=self.amount.0).contains(&amount.0)) else {
            return Step::Contradiction(Contradiction::Amount);
        };
        let unpaid = self.amount.0 - amount.0;
        // What time is worth only the lot's tariff knows; whoever took it off asked the lot for the bill.
        let remitted = if free_time.0 > 0 { unpaid } else { unpaid.min(reductions) };
        let online = Online {
            paid: *amount,
            remitted: Fen(remitted),
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
