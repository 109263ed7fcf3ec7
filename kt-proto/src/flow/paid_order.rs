use super::{
    patience::{Patience, pause},
    step::{Failure, Step, taken_if},
};
use crate::{
    Fen,
    code::OrderStatus,
    model::{BillPayment, OrderStatusQuery},
};
use park_core::DateTime;
use serde::{Deserialize, Serialize};

/// A payment that the lot has to learn of, on the third party's side (chapter 1, sections 5 and 6;
/// a bill paid by downward 3.1 and 3.2 too): the driver paid, downward 3.2 is sent until it is
/// answered; if the lot does not want it, the money goes back.
///
/// A refusal alone does not say that: it can be the answer to a repetition of what the lot took
/// already. So after one the order's state is asked for (3.4), and money goes back only if the lot
/// does not have it.
///
/// ```
/// use kt_proto::{Fen, code::OrderStatus,
///     flow::{Failure, PaidOrder, PaidOrderEvent, PaidOrderNext}};
/// # let read = |text: &str| kt_proto::decode::<kt_proto::model::BillPayment>(text,
/// #     &Default::default()).expect("a payment").0;
/// # let payment = read(r#"{"parkCode":"1","orderNo":"D1","amount":1000,"discount":0,"payType":4,"payMethod":4,"freeMoney":0,"freeTime":0}"#);
/// # let now = "2019-03-25 10:01:00".parse().expect("a time");
/// let mut order = PaidOrder::new(payment.clone());
/// assert_eq!(order.next(now, Default::default()), PaidOrderNext::Send(payment));
/// order.apply(PaidOrderEvent::Failed(Failure::Refused), now);
/// assert!(matches!(order.next(now, Default::default()), PaidOrderNext::Query(_)));
/// order.apply(PaidOrderEvent::Status(OrderStatus::UNPAID), now);
/// assert_eq!(order.next(now, Default::default()), PaidOrderNext::Refund(Fen(1000)));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PaidOrder {
    payment: BillPayment,
    stage: Stage,
    failed: Option<DateTime>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Stage {
    Untold,
    Refused,
    Unwanted,
    Told,
    Refunded,
}

/// What happened in a [`PaidOrder`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum PaidOrderEvent {
    /// The lot took the payment (3.2).
    Told,
    /// It did not, or did not answer; to a query (3.4) or a refund too.
    Failed(Failure),
    /// What the lot says of the order (3.4).
    Status(OrderStatus),
    /// The driver has the money again.
    Refunded,
}

/// What the third party does next.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum PaidOrderNext {
    /// Tell the lot (3.2). It may be sent again.
    Send(BillPayment),
    /// Ask for the order's state (3.4).
    Query(OrderStatusQuery),
    /// Give so much back. After [`PaidOrderEvent::Failed`] it comes again: use one refund number,
    /// by which platforms know a repetition.
    Refund(Fen),
    /// Look again then.
    WaitUntil(DateTime),
    /// Nothing any more.
    Done,
}

impl PaidOrder {
    /// A payment that the driver made.
    pub fn new(payment: BillPayment) -> Self {
        Self {
            payment,
            stage: Stage::Untold,
            failed: None,
        }
    }

    /// The payment.
    pub fn payment(&self) -> &BillPayment {
        &self.payment
    }

    /// Whether the money went back.
    pub fn is_refunded(&self) -> bool {
        self.stage == Stage::Refunded
    }

    /// Takes in what happened at `now`.
    pub fn apply(&mut self, event: PaidOrderEvent, now: DateTime) -> Step {
        let stage = match (event, self.stage) {
            // Once money goes back, nothing that comes late can stop it.
            (PaidOrderEvent::Refunded, Stage::Unwanted) => Stage::Refunded,
            (PaidOrderEvent::Told, Stage::Untold | Stage::Refused) => Stage::Told,
            (PaidOrderEvent::Failed(Failure::Refused), Stage::Untold) => Stage::Refused,
            (PaidOrderEvent::Status(status), Stage::Untold | Stage::Refused)
                if status == OrderStatus::PAID =>
            {
                Stage::Told
            }
            (PaidOrderEvent::Status(status), Stage::Refused) if status == OrderStatus::UNPAID => {
                Stage::Unwanted
            }
            (PaidOrderEvent::Failed(_), Stage::Told | Stage::Refunded) => return Step::Duplicate,
            (PaidOrderEvent::Failed(_) | PaidOrderEvent::Status(_), stage) => {
                self.failed = Some(now);
                return taken_if(matches!(
                    stage,
                    Stage::Untold | Stage::Refused | Stage::Unwanted
                ));
            }
            (PaidOrderEvent::Told | PaidOrderEvent::Refunded, _) => return Step::Duplicate,
        };
        (self.stage, self.failed) = (stage, None);
        Step::Taken
    }

    /// What to do at `now`. Call it after each event, and when the time that it names has come.
    pub fn next(&self, now: DateTime, patience: Patience) -> PaidOrderNext {
        let next = match self.stage {
            Stage::Told | Stage::Refunded => return PaidOrderNext::Done,
            Stage::Untold => PaidOrderNext::Send(self.payment.clone()),
            Stage::Refused => PaidOrderNext::Query(OrderStatusQuery {
                park_code: self.payment.park_code.clone(),
                order_no: self.payment.order_no.clone(),
            }),
            Stage::Unwanted => PaidOrderNext::Refund(self.payment.amount),
        };
        pause(self.failed, patience, now).map_or(next, PaidOrderNext::WaitUntil)
    }
}
