use super::{
    balance::Balance,
    patience::{Patience, later},
    step::{Contradiction, Failure, Step},
};
use crate::{
    Fen,
    code::OrderStatus,
    model::{BillPayment, ScanPayment},
};
use park_core::{AnyText, DateTime};
use serde::{Deserialize, Serialize};

/// The scanned pay code (扫码枪扫用户支付二维码, chapter 1, section 6) on the lot's side: one
/// order, paid from the driver's code.
///
/// The debit (4.2) is asked for once. Its reply says only that the third party took it on; that
/// money came says downward 3.2. While the outcome is not known no other code is scanned; after
/// [`Patience::payment`] the driver pays at the booth, and a payment that comes after all is
/// [`AlreadyPaid`](Contradiction::AlreadyPaid) and refused, so that the third party gives the money
/// back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ScanFlow {
    request: ScanPayment,
    debit: Debit,
    balance: Balance,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Debit {
    NotAsked,
    Asked(DateTime),
    /// Taken on, or not known to be refused: money may come.
    Pending(DateTime),
    Refused,
}

/// What happened in a [`ScanFlow`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ScanEvent {
    /// The debit is about to be sent: store the flow, and send only if the step is [`Step::Taken`].
    Sending,
    /// The third party took it on (4.2).
    Accepted,
    /// It did not, or did not answer.
    Failed {
        /// The code that was scanned (支付条形码数字).
        auth_code: AnyText,
        /// Why.
        failure: Failure,
    },
    /// Another code was scanned for the same order, after the first was refused.
    Scanned(ScanPayment),
    /// The third party tells a payment (downward 3.2). Answer by [`Step::is_accepted`].
    Paid(BillPayment),
    /// What the time is worth that the payment took off (`freeTime` of 3.2), by the lot's own
    /// tariff. Without it the driver pays the rest.
    TimeWorth(Fen),
    /// The driver paid so much otherwise.
    Collected(Fen),
}

/// What the lot does next.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ScanNext {
    /// Apply [`ScanEvent::Sending`], store the flow, ask for the debit (4.2). Once.
    Send(ScanPayment),
    /// Look again then, or after an event: the money may come.
    WaitUntil(DateTime),
    /// The code was refused, nothing was debited: scan another, or take so much from the driver.
    ScanAgainOrCollect(Fen),
    /// Take so much from the driver, and scan no other code.
    CollectAtBooth(Fen),
    /// The fee is paid. Keep the flow while the third party may repeat 3.2.
    Done,
}

impl ScanFlow {
    /// An order whose driver's code was scanned. The order number has to be the lot's own and new.
    pub fn new(request: ScanPayment) -> Self {
        Self {
            balance: Balance::new(&request.park_code, &request.order_no, request.amount),
            request,
            debit: Debit::NotAsked,
        }
    }

    /// What was paid by 3.2.
    pub fn paid_online(&self) -> Option<Fen> {
        self.balance.paid_online()
    }

    /// What the driver paid otherwise.
    pub fn collected(&self) -> Option<Fen> {
        self.balance.collected()
    }

    /// The answer to downward 3.4: whether the order was paid by 3.2.
    pub fn status(&self) -> OrderStatus {
        self.balance.status()
    }

    /// Takes in what happened at `now`.
    pub fn apply(&mut self, event: ScanEvent, now: DateTime) -> Step {
        match (event, self.debit) {
            (ScanEvent::Paid(payment), _) => self.balance.pay(&payment),
            (ScanEvent::TimeWorth(fen), _) => self.balance.time_worth(fen),
            (ScanEvent::Collected(fen), _) => self.balance.collect(fen),
            (ScanEvent::Scanned(request), _) => self.scan(request),
            (ScanEvent::Sending, Debit::NotAsked) if !self.may_debit() => {
                Step::Contradiction(Contradiction::NotNow)
            }
            (ScanEvent::Sending, Debit::NotAsked) => self.becomes(Debit::Asked(now)),
            (ScanEvent::Accepted, Debit::Asked(at)) => self.becomes(Debit::Pending(at)),
            // A failure that comes again may be that of a code scanned before.
            (ScanEvent::Failed { auth_code, failure }, Debit::Asked(at))
                if auth_code == self.request.auth_code =>
            {
                self.becomes(match failure {
                    Failure::NotSent | Failure::Refused => Debit::Refused,
                    Failure::Unknown => Debit::Pending(at),
                })
            }
            (ScanEvent::Sending | ScanEvent::Accepted | ScanEvent::Failed { .. }, _) => {
                Step::Duplicate
            }
        }
    }

    fn becomes(&mut self, debit: Debit) -> Step {
        self.debit = debit;
        Step::Taken
    }

    /// A scanned code is debited the whole order: never once a part of it came.
    fn may_debit(&self) -> bool {
        !self.balance.is_settled() && self.balance.paid_online().is_none()
    }

    fn scan(&mut self, request: ScanPayment) -> Step {
        let other = (&request.park_code, &request.order_no)
            != (&self.request.park_code, &self.request.order_no);
        match self.debit {
            _ if other => Step::Contradiction(Contradiction::OtherOrder),
            _ if request.auth_code == self.request.auth_code => Step::Duplicate,
            _ if request.amount != self.request.amount => {
                Step::Contradiction(Contradiction::Amount)
            }
            Debit::Refused if self.may_debit() => {
                (self.request, self.debit) = (request, Debit::NotAsked);
                Step::Taken
            }
            _ => Step::Contradiction(Contradiction::NotNow),
        }
    }

    /// What to do at `now`. Call it after each event, and when the time that it names has come.
    pub fn next(&self, now: DateTime, patience: Patience) -> ScanNext {
        let rest = self.balance.rest();
        match self.debit {
            _ if self.balance.is_settled() => ScanNext::Done,
            _ if self.balance.paid_online().is_some() => ScanNext::CollectAtBooth(rest),
            Debit::NotAsked => ScanNext::Send(self.request.clone()),
            Debit::Refused => ScanNext::ScanAgainOrCollect(rest),
            Debit::Asked(at) | Debit::Pending(at) => match later(at, patience.payment) {
                until if now < until => ScanNext::WaitUntil(until),
                _ => ScanNext::CollectAtBooth(rest),
            },
        }
    }
}
