use super::{
    balance::Balance,
    patience::{Patience, pause},
    step::{Failure, Step, taken_if},
};
use crate::{
    Fen,
    code::OrderStatus,
    model::{BillPayment, PayCode, PayCodeRequest},
};
use park_core::DateTime;
use serde::{Deserialize, Serialize};

/// The pay code (支付二维码, chapter 1, section 5) on the lot's side: one order of a payment
/// machine.
///
/// The machine asks for a code (4.1) until it gets one and shows it; what the driver paid comes by
/// downward 3.2, which the document's own remark calls 1.2. The driver may pay otherwise instead:
/// then a payment that comes after all is [`AlreadyPaid`](super::Contradiction::AlreadyPaid) and
/// refused, so that the third party gives the money back.
///
/// ```
/// use kt_proto::{Fen, Minutes, code::{PaidAt, PaidWith, PayPlatform},
///     flow::{PayCodeEvent, PayCodeFlow, PayCodeNext, Step},
///     model::{BillPayment, PayCode, PayCodeRequest}};
/// # let time = |text: &str| text.parse::<kt_proto::DateTime>().expect("a time");
/// let now = time("2019-03-25 10:00:00");
/// let request = PayCodeRequest {
///     park_code: "1".into(),
///     order_no: "D20190325100000".into(),
///     device_code: "7".into(),
///     plate_num: None,
///     card_no: Some("123456".into()),
///     in_time: time("2019-03-25 08:00:00"),
///     elapsed_time: Minutes(120),
///     amount: Fen(1000),
///     out_time: now,
/// };
/// let mut flow = PayCodeFlow::new(request.clone());
/// assert_eq!(flow.next(now, Default::default()), PayCodeNext::Send(request));
/// let code = PayCode { qrcode: "https://pay.example.com/x7".into(), order_no: "P1".into(),
///     pay_type: PayPlatform::WECHAT };
/// flow.apply(PayCodeEvent::Answered(code.clone()), now);
/// assert_eq!(flow.next(now, Default::default()), PayCodeNext::Show(code));
/// let payment = BillPayment {
///     park_code: "1".into(),
///     order_no: "D20190325100000".into(),
///     amount: Fen(1000),
///     discount: Fen(0),
///     pay_type: PaidAt::WECHAT,
///     pay_method: PaidWith::WECHAT,
///     free_money: Fen(0),
///     free_time: Minutes(0),
///     free_detail: None,
/// };
/// assert_eq!(flow.apply(PayCodeEvent::Paid(payment.clone()), now), Step::Taken);
/// // answered with success again
/// assert_eq!(flow.apply(PayCodeEvent::Paid(payment), now), Step::Duplicate);
/// assert_eq!(flow.next(now, Default::default()), PayCodeNext::Done);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PayCodeFlow {
    request: PayCodeRequest,
    code: Option<PayCode>,
    refused: bool,
    failed: Option<DateTime>,
    balance: Balance,
}

/// What happened in a [`PayCodeFlow`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum PayCodeEvent {
    /// There is a code (4.1).
    Answered(PayCode),
    /// There is none.
    Failed(Failure),
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
pub enum PayCodeNext {
    /// Ask for a code (4.1). It may be asked for again.
    Send(PayCodeRequest),
    /// Show this code until something happens.
    Show(PayCode),
    /// Take so much from the driver: there is no code, or it paid for a part.
    CollectAtBooth(Fen),
    /// Look again then.
    WaitUntil(DateTime),
    /// The fee is paid. Keep the flow while the third party may repeat 3.2.
    Done,
}

impl PayCodeFlow {
    /// An order that a machine shows. The order number has to be the lot's own and new.
    pub fn new(request: PayCodeRequest) -> Self {
        Self {
            balance: Balance::new(&request.park_code, &request.order_no, request.amount),
            request,
            code: None,
            refused: false,
            failed: None,
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
    pub fn apply(&mut self, event: PayCodeEvent, now: DateTime) -> Step {
        match event {
            PayCodeEvent::Answered(code) => {
                let known = self.code.as_ref() == Some(&code);
                self.code = Some(code);
                taken_if(!known)
            }
            PayCodeEvent::Failed(_) if self.code.is_some() => Step::Duplicate,
            PayCodeEvent::Failed(failure) => {
                self.refused |= failure == Failure::Refused;
                self.failed = Some(now);
                Step::Taken
            }
            PayCodeEvent::Paid(payment) => self.balance.pay(&payment),
            PayCodeEvent::TimeWorth(fen) => self.balance.time_worth(fen),
            PayCodeEvent::Collected(fen) => self.balance.collect(fen),
        }
    }

    /// What to do at `now`. Call it after each event, and when the time that it names has come.
    pub fn next(&self, now: DateTime, patience: Patience) -> PayCodeNext {
        match (&self.code, pause(self.failed, patience, now)) {
            _ if self.balance.is_settled() => PayCodeNext::Done,
            _ if self.balance.paid_online().is_some() => {
                PayCodeNext::CollectAtBooth(self.balance.rest())
            }
            (Some(code), _) => PayCodeNext::Show(code.clone()),
            _ if self.refused => PayCodeNext::CollectAtBooth(self.balance.rest()),
            (None, Some(until)) => PayCodeNext::WaitUntil(until),
            (None, None) => PayCodeNext::Send(self.request.clone()),
        }
    }
}
