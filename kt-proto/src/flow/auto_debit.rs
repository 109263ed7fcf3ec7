use super::{
    patience::{Patience, pause},
    step::{Contradiction, Step, taken_if},
};
use crate::{
    Fen, KtDateTime,
    model::{AutoPayReply, AutoPayRequest, AutoPayReversal},
};
use park_core::{AnyText, DateTime};
use serde::{Deserialize, Serialize};

/// What tells debits apart (2.2, 2.6), which have no order number: lot, plate, entry and exit.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct StayKey {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Plate number (车牌号).
    pub plate_no: AnyText,
    /// When it came in (入场时间).
    pub entry_time: KtDateTime,
    /// When it left (出场时间).
    pub leave_time: KtDateTime,
}

macro_rules! keys {
    ($($message:ident)*) => {$(
        impl From<&$message> for StayKey {
            fn from(message: &$message) -> Self {
                Self {
                    park_code: message.park_code.clone(),
                    plate_no: message.plate_no.clone(),
                    entry_time: message.entry_time,
                    leave_time: message.leave_time,
                }
            }
        }
    )*};
}
keys!(AutoPayRequest AutoPayReversal);

/// Paying without password on the third party's side: at most one debit for a [`StayKey`], and at
/// most one refund. Found by [`StayKey`] when 2.2 or 2.6 comes in, and made if there is none: a
/// reversal can come before the request that it takes back, which is then refused.
///
/// ```
/// use kt_proto::flow::{AutoDebit, AutoDebitEvent, AutoDebitNext, Step};
/// # let read = |text: &str| kt_proto::decode::<kt_proto::model::AutoPayReversal>(text,
/// #     &Default::default()).expect("a reversal").0;
/// # let reversal = read(r#"{"parkCode":"1","plateNo":"A","entryTime":"2019/03/25 08:00:00","leaveTime":"2019/03/25 10:00:00","totalMoney":1000,"leavePlace":"1"}"#);
/// # let now = "2019-03-25 10:01:00".parse().expect("a time");
/// let mut debit = AutoDebit::new(&reversal);
/// assert_eq!(debit.apply(AutoDebitEvent::Reversal(reversal.clone()), now), Step::Taken);
/// // answered with success too
/// assert_eq!(debit.apply(AutoDebitEvent::Reversal(reversal), now), Step::Duplicate);
/// assert_eq!(debit.next(now, Default::default()), AutoDebitNext::Done); // nothing was debited
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AutoDebit {
    key: StayKey,
    fee: Option<Fen>,
    debit: Debit,
    reversed: bool,
    refunded: bool,
    /// When the debit's outcome was asked for in vain, or the refund failed.
    failed: Option<DateTime>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Debit {
    None,
    Begun,
    Done(Fen),
}

/// What happened in an [`AutoDebit`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AutoDebitEvent {
    /// The lot asks for the debit (2.2).
    Request(AutoPayRequest),
    /// The payment platform is about to be asked: store the flow, and ask only if the step is
    /// [`Step::Taken`].
    Debiting,
    /// So much was debited, from 0 to the fee; also what the platform says when it is asked later.
    Debited(Fen),
    /// No answer of the platform, to the debit, the question or the refund. A refused debit is 0.
    Failed,
    /// The lot takes the debit back (2.6).
    Reversal(AutoPayReversal),
    /// The driver has the money again that was debited and taken back.
    Refunded,
}

/// What the third party does next.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AutoDebitNext {
    /// Wait for the lot's request.
    AwaitRequest,
    /// Apply [`AutoDebitEvent::Debiting`], store the flow, debit so much. Once.
    Debit(Fen),
    /// The debit was begun and its outcome is not known: ask the platform for it, never debit
    /// again. Refuse the request meanwhile: the lot takes it back.
    AskPlatform,
    /// Answer every request of this stay so (2.2).
    Answer(AutoPayReply),
    /// Give so much back. After [`AutoDebitEvent::Failed`] it comes again: use one refund number,
    /// by which platforms know a repetition.
    Refund(Fen),
    /// Look again then.
    WaitUntil(DateTime),
    /// It was taken back: nothing any more. Keep it, to refuse a request that comes late.
    Done,
}

impl AutoDebit {
    /// Nothing yet of the stay of a request or a reversal, which is applied next.
    pub fn new(key: impl Into<StayKey>) -> Self {
        Self {
            key: key.into(),
            fee: None,
            debit: Debit::None,
            reversed: false,
            refunded: false,
            failed: None,
        }
    }

    /// Which stay this is.
    pub fn key(&self) -> &StayKey {
        &self.key
    }

    /// What the driver has lost by now, if that is known.
    pub fn debited(&self) -> Option<Fen> {
        match self.debit {
            Debit::None => Some(Fen(0)),
            Debit::Begun => None,
            Debit::Done(_) if self.refunded => Some(Fen(0)),
            Debit::Done(fen) => Some(fen),
        }
    }

    /// Takes in what happened at `now`.
    pub fn apply(&mut self, event: AutoDebitEvent, now: DateTime) -> Step {
        match event {
            AutoDebitEvent::Request(request) => self.request(&request),
            AutoDebitEvent::Debiting => match (self.debit, self.fee) {
                _ if self.reversed => Step::Contradiction(Contradiction::TakenBack),
                (Debit::None, Some(_)) => {
                    self.debit = Debit::Begun;
                    Step::Taken
                }
                (Debit::None, None) => Step::Contradiction(Contradiction::NotNow),
                _ => Step::Duplicate,
            },
            AutoDebitEvent::Debited(fen) => match (self.debit, self.fee) {
                (Debit::Done(known), _) if known == fen => Step::Duplicate,
                (Debit::Begun, Some(fee)) if (0..=fee.0).contains(&fen.0) => {
                    (self.debit, self.failed) = (Debit::Done(fen), None);
                    Step::Taken
                }
                (Debit::None, _) => Step::Contradiction(Contradiction::NotNow),
                _ => Step::Contradiction(Contradiction::Amount),
            },
            AutoDebitEvent::Failed => {
                self.failed = Some(now);
                Step::Taken
            }
            AutoDebitEvent::Reversal(reversal) if StayKey::from(&reversal) != self.key => {
                Step::Contradiction(Contradiction::OtherOrder)
            }
            AutoDebitEvent::Reversal(_) => taken_if(!std::mem::replace(&mut self.reversed, true)),
            AutoDebitEvent::Refunded => match self.debit {
                Debit::Done(fen) if self.reversed && fen.0 > 0 => {
                    taken_if(!std::mem::replace(&mut self.refunded, true))
                }
                _ => Step::Contradiction(Contradiction::NotNow),
            },
        }
    }

    fn request(&mut self, request: &AutoPayRequest) -> Step {
        if StayKey::from(request) != self.key {
            return Step::Contradiction(Contradiction::OtherOrder);
        }
        if self.reversed {
            return Step::Contradiction(Contradiction::TakenBack);
        }
        match self.fee {
            Some(known) if known == request.total_money => Step::Duplicate,
            None if request.total_money.0 >= 0 => {
                self.fee = Some(request.total_money);
                Step::Taken
            }
            _ => Step::Contradiction(Contradiction::Amount),
        }
    }

    /// What to do at `now`. Call it after each event, and when the time that it names has come.
    pub fn next(&self, now: DateTime, patience: Patience) -> AutoDebitNext {
        let pause = pause(self.failed, patience, now).map(AutoDebitNext::WaitUntil);
        match (self.debit, self.fee) {
            (Debit::Begun, _) => pause.unwrap_or(AutoDebitNext::AskPlatform),
            (Debit::Done(fen), _) if self.reversed && fen.0 > 0 && !self.refunded => {
                pause.unwrap_or(AutoDebitNext::Refund(fen))
            }
            _ if self.reversed => AutoDebitNext::Done,
            (Debit::Done(fen), _) => AutoDebitNext::Answer(AutoPayReply { density_money: fen }),
            (Debit::None, Some(fee)) => AutoDebitNext::Debit(fee),
            (Debit::None, None) => AutoDebitNext::AwaitRequest,
        }
    }
}
