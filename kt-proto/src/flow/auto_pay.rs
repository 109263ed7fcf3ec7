use super::{
    auto_debit::StayKey,
    patience::{Patience, later, pause},
    step::{Contradiction, Failure, Step, taken_if},
};
use crate::{
    Fen, KtDateTime,
    code::AutoPay,
    model::{AutoPayReply, AutoPayRequest, AutoPayReversal, EntryReply, EntryReport},
};
use park_core::{AnyText, DateTime};
use serde::{Deserialize, Serialize};

/// Paying without password (免密支付, chapter 1, section 4) on the lot's side: one stay, from the
/// entry to the reversal.
///
/// - The entry (2.1) is reported until it is answered, if need be after the car has left; what is
///   due at the exit goes first. Its reply, or a sign-up during the stay (downward 2.5), says
///   whether the fee can be debited.
/// - At the exit the debit (2.2) is asked for once. Less than the fee may be debited; the rest is
///   collected at the booth.
/// - No reply, or one that cannot be read: the driver pays at the booth, and once the car has left,
///   2.6 takes back whatever was debited, repeated until it is answered. A reply that comes late
///   still counts until the driver has paid.
/// - A refusal is reversed like no reply: the third party may have failed after it debited. Who
///   debits nothing answers 0.
/// - A reply with less than nothing or more than the fee counts as no reply.
///
/// ```
/// use kt_proto::{Fen, flow::{AutoPayEvent, AutoPayFlow, AutoPayNext, Failure, Step},
///     model::{AutoPayReply, AutoPayRequest}};
/// # let time = |text: &str| text.parse::<kt_proto::DateTime>().expect("a time");
/// let (came, leaves) = (time("2019-03-25 08:00:00"), time("2019-03-25 10:00:00"));
/// let request = AutoPayRequest {
///     park_code: "1".into(),
///     plate_no: "粤B88888".into(),
///     card_no: None,
///     entry_time: came.into(),
///     leave_time: leaves.into(),
///     total_money: Fen(1000),
///     leave_place: "出口1".into(),
///     img_name: None,
/// };
/// let mut flow = AutoPayFlow::at_exit(request.clone());
/// assert_eq!(flow.next(leaves, Default::default()), AutoPayNext::Send(request));
/// assert_eq!(flow.apply(AutoPayEvent::Sending, leaves), Step::Taken); // store the flow, then send
/// flow.apply(AutoPayEvent::Answered(AutoPayReply { density_money: Fen(700) }), leaves);
/// assert_eq!(flow.next(leaves, Default::default()), AutoPayNext::CollectAtBooth(Fen(300)));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AutoPayFlow {
    park_code: AnyText,
    plate_no: AnyText,
    entry_time: KtDateTime,
    /// Until it is answered.
    entry: Option<EntryReport>,
    /// When its report failed last.
    entry_failed: Option<DateTime>,
    signed: bool,
    exit: Option<AutoPayRequest>,
    debit: Debit,
    collected: Option<Fen>,
    left: bool,
    reversal: Reversal,
    /// When the reversal failed last.
    failed: Option<DateTime>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Debit {
    NotAsked,
    Asked(DateTime),
    Done(Fen),
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Reversal {
    Open,
    Answered,
    Refused,
}

/// What happened in an [`AutoPayFlow`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AutoPayEvent {
    /// The entry was answered (2.1).
    EntryAnswered(EntryReply),
    /// It was not.
    EntryFailed(Failure),
    /// The third party signed the car up during its stay (downward 2.5).
    SignedUp,
    /// The car stands at the exit. One that comes again before the debit was asked for takes the
    /// place of the first.
    Exit(AutoPayRequest),
    /// The debit is about to be sent: store the flow, and send only if the step is [`Step::Taken`].
    Sending,
    /// The debit was answered (2.2).
    Answered(AutoPayReply),
    /// It was not.
    Failed(Failure),
    /// The driver paid so much at the booth: what [`AutoPayNext::CollectAtBooth`] named, or the
    /// whole fee.
    Collected(Fen),
    /// The car has left.
    Left,
    /// The reversal was answered (2.6).
    Reversed,
    /// It was not.
    ReversalFailed(Failure),
}

/// What the lot does next.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AutoPayNext {
    /// Report the entry (2.1).
    ReportEntry(EntryReport),
    /// Nothing, until the car stands at the exit.
    AwaitExit,
    /// Apply [`AutoPayEvent::Sending`], store the flow, ask for the debit (2.2). Once.
    Send(AutoPayRequest),
    /// Take so much from the driver.
    CollectAtBooth(Fen),
    /// The fee is paid: open the barrier.
    LetOut,
    /// Take the debit back (2.6). It may be sent again.
    Reverse(AutoPayReversal),
    /// Look again then, or after an event.
    WaitUntil(DateTime),
    /// A person has to look: the car left without paying as far as is known, or the reversal was
    /// refused.
    LookInto,
    /// Nothing any more.
    Done,
}

impl AutoPayFlow {
    /// A stay that begins.
    pub fn new(entry: EntryReport) -> Self {
        let flow = Self::of(&entry.park_code, &entry.plate_no, entry.entry_time);
        Self {
            entry: Some(entry),
            ..flow
        }
    }

    /// A car at the exit that is known to be signed up, and whose entry was reported otherwise.
    pub fn at_exit(exit: AutoPayRequest) -> Self {
        let flow = Self::of(&exit.park_code, &exit.plate_no, exit.entry_time);
        Self {
            exit: Some(exit),
            signed: true,
            ..flow
        }
    }

    fn of(park_code: &AnyText, plate_no: &AnyText, entry_time: KtDateTime) -> Self {
        Self {
            park_code: park_code.clone(),
            plate_no: plate_no.clone(),
            entry_time,
            entry: None,
            entry_failed: None,
            signed: false,
            exit: None,
            debit: Debit::NotAsked,
            collected: None,
            left: false,
            reversal: Reversal::Open,
            failed: None,
        }
    }

    /// What 2.2 and 2.6 are told apart by, once the car stands at the exit.
    pub fn key(&self) -> Option<StayKey> {
        self.exit.as_ref().map(StayKey::from)
    }

    /// What was debited, if that is known.
    pub fn debited(&self) -> Option<Fen> {
        match self.debit {
            Debit::NotAsked => Some(Fen(0)),
            Debit::Done(fen) => Some(fen),
            Debit::Asked(_) | Debit::Unknown => None,
        }
    }

    /// What the driver paid at the booth.
    pub fn collected(&self) -> Option<Fen> {
        self.collected
    }

    /// Whether the debit was taken back; then what was debited is with the driver again.
    pub fn is_reversed(&self) -> bool {
        self.reversal == Reversal::Answered
    }

    /// Takes in what happened at `now`.
    pub fn apply(&mut self, event: AutoPayEvent, now: DateTime) -> Step {
        match event {
            AutoPayEvent::EntryAnswered(reply) => match self.entry.take() {
                Some(_) => {
                    self.signed |= reply.is_density_pay == AutoPay::ON;
                    Step::Taken
                }
                None => Step::Duplicate,
            },
            AutoPayEvent::EntryFailed(Failure::Refused) => taken_if(self.entry.take().is_some()),
            AutoPayEvent::EntryFailed(_) => fail(&mut self.entry_failed, self.entry.is_some(), now),
            AutoPayEvent::SignedUp => taken_if(!std::mem::replace(&mut self.signed, true)),
            AutoPayEvent::Exit(exit) => self.exit(exit),
            AutoPayEvent::Sending => match self.debit {
                Debit::NotAsked if self.may_ask() => {
                    self.debit = Debit::Asked(now);
                    // It is not sent again, and the reversal has none.
                    if let Some(exit) = &mut self.exit {
                        exit.img_name = None;
                    }
                    Step::Taken
                }
                Debit::NotAsked => Step::Contradiction(Contradiction::NotNow),
                _ => Step::Duplicate,
            },
            AutoPayEvent::Answered(reply) => self.answered(reply.density_money),
            AutoPayEvent::Failed(failure) => match self.debit {
                Debit::NotAsked | Debit::Asked(_) => {
                    self.debit = match failure {
                        Failure::NotSent => Debit::Done(Fen(0)),
                        Failure::Refused | Failure::Unknown => Debit::Unknown,
                    };
                    Step::Taken
                }
                Debit::Done(_) | Debit::Unknown => Step::Duplicate,
            },
            AutoPayEvent::Collected(fen) => self.collect(fen),
            AutoPayEvent::Left => taken_if(!std::mem::replace(&mut self.left, true)),
            AutoPayEvent::Reversed => {
                let known = std::mem::replace(&mut self.reversal, Reversal::Answered);
                taken_if(known != Reversal::Answered)
            }
            AutoPayEvent::ReversalFailed(failure) => match (self.reversal, failure) {
                (Reversal::Open, Failure::Refused) => {
                    self.reversal = Reversal::Refused;
                    Step::Taken
                }
                (reversal, _) => fail(&mut self.failed, reversal == Reversal::Open, now),
            },
        }
    }

    fn exit(&mut self, mut exit: AutoPayRequest) -> Step {
        if (&exit.park_code, &exit.plate_no, exit.entry_time)
            != (&self.park_code, &self.plate_no, self.entry_time)
        {
            return Step::Contradiction(Contradiction::OtherOrder);
        }
        if exit.total_money.0 < 0 {
            return Step::Contradiction(Contradiction::Amount);
        }
        if let Some(known) = &self.exit {
            if self.debit != Debit::NotAsked || self.collected.is_some() {
                exit.img_name = None;
                let same =
                    (exit.leave_time, exit.total_money) == (known.leave_time, known.total_money);
                return if same {
                    Step::Duplicate
                } else {
                    Step::Contradiction(Contradiction::NotNow)
                };
            }
            if exit == *known {
                return Step::Duplicate;
            }
        }
        self.exit = Some(exit);
        Step::Taken
    }

    fn may_ask(&self) -> bool {
        self.signed
            && self.fee().is_some_and(|fee| fee.0 > 0)
            && self.collected.is_none()
            && !self.left
    }

    fn fee(&self) -> Option<Fen> {
        self.exit.as_ref().map(|exit| exit.total_money)
    }

    fn answered(&mut self, fen: Fen) -> Step {
        let Some(fee) = self.fee() else {
            return Step::Contradiction(Contradiction::NotNow);
        };
        match self.debit {
            Debit::Done(known) if known == fen => Step::Duplicate,
            // A call that was never sent, and yet answered: money counts.
            Debit::Done(known) if known.0 > 0 => Step::Contradiction(Contradiction::Amount),
            _ if !(0..=fee.0).contains(&fen.0) => {
                self.debit = Debit::Unknown;
                Step::Contradiction(Contradiction::Amount)
            }
            _ => {
                self.debit = Debit::Done(fen);
                Step::Taken
            }
        }
    }

    fn collect(&mut self, fen: Fen) -> Step {
        let Some(fee) = self.fee() else {
            return Step::Contradiction(Contradiction::NotNow);
        };
        let rest = self.debited().map(|debited| Fen(fee.0 - debited.0));
        match self.collected {
            Some(known) if known == fen => Step::Duplicate,
            Some(_) => Step::Contradiction(Contradiction::AlreadyPaid),
            // The whole fee too: the debit may have been answered while the driver was paying.
            None if fen.0 > 0 && (fen == fee || Some(fen) == rest) => {
                self.collected = Some(fen);
                Step::Taken
            }
            None => Step::Contradiction(Contradiction::Amount),
        }
    }

    /// What to do at `now`. Call it after each event, and when the time that it names has come.
    pub fn next(&self, now: DateTime, patience: Patience) -> AutoPayNext {
        match (self.pay(now, patience), &self.entry) {
            (AutoPayNext::AwaitExit | AutoPayNext::Done, Some(entry)) => {
                let until = pause(self.entry_failed, patience, now);
                until.map_or_else(
                    || AutoPayNext::ReportEntry(entry.clone()),
                    AutoPayNext::WaitUntil,
                )
            }
            (next, _) => next,
        }
    }

    fn pay(&self, now: DateTime, patience: Patience) -> AutoPayNext {
        let Some(exit) = &self.exit else {
            return if self.left {
                AutoPayNext::Done
            } else {
                AutoPayNext::AwaitExit
            };
        };
        if let (None, Debit::Asked(at)) = (self.collected, self.debit)
            && now < later(at, patience.answer)
        {
            return AutoPayNext::WaitUntil(later(at, patience.answer));
        }
        let fee = exit.total_money;
        match (self.collected, self.debited()) {
            (Some(_), _) if !self.left => AutoPayNext::LetOut,
            (Some(collected), Some(debited)) if collected.0 + debited.0 <= fee.0 => {
                AutoPayNext::Done
            }
            (Some(_), _) => self.reverse(exit, now, patience),
            (None, _) if self.debit == Debit::NotAsked && self.may_ask() => {
                AutoPayNext::Send(exit.clone())
            }
            (None, Some(debited)) if debited.0 >= fee.0 && self.left => AutoPayNext::Done,
            (None, Some(debited)) if debited.0 >= fee.0 => AutoPayNext::LetOut,
            (None, _) if self.left => AutoPayNext::LookInto,
            (None, debited) => {
                AutoPayNext::CollectAtBooth(Fen(fee.0 - debited.map_or(0, |fen| fen.0)))
            }
        }
    }

    fn reverse(&self, exit: &AutoPayRequest, now: DateTime, patience: Patience) -> AutoPayNext {
        match (self.reversal, pause(self.failed, patience, now)) {
            (Reversal::Answered, _) => AutoPayNext::Done,
            (Reversal::Refused, _) => AutoPayNext::LookInto,
            (Reversal::Open, Some(until)) => AutoPayNext::WaitUntil(until),
            (Reversal::Open, None) => AutoPayNext::Reverse(AutoPayReversal::of(exit)),
        }
    }
}

fn fail(failed: &mut Option<DateTime>, open: bool, now: DateTime) -> Step {
    if open {
        *failed = Some(now);
    }
    taken_if(open)
}
