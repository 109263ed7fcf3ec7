//! The flows of chapter 1 as state machines without I/O: paying without password (4), pay code (5), scanned code (6), third-party change (7).
//!
//! | flow | side | what it is |
//! |---|---|---|
//! | [`AutoPayFlow`] | lot | entry, sign-up, exit, debit; what was not debited is collected, what nobody knows is reversed |
//! | [`AutoDebit`] | third party | its counterpart: one debit a stay, one refund |
//! | [`PayCodeFlow`] | lot | a machine shows a code, the driver scans it |
//! | [`ScanFlow`] | lot | a scanner reads the driver's code |
//! | [`PaidOrder`] | third party | their counterpart: the driver paid, the lot has to learn of it, or the money goes back |
//! | [`ChangeFlow`] | third party | change for coins, given once |
//!
//! All of them are used in one way: [`apply`](AutoPayFlow::apply) what happened, store the flow, do what [`next`](AutoPayFlow::next) says, apply what
//! came of it. Events may come twice, late or never; a flow may be stored and read again between any two of them. Before a call that must not be made
//! twice, `Sending`, `Debiting` or `Giving` is applied and stored; only if that is [`Step::Taken`] the call is made. So whoever stops in between finds a
//! call whose outcome is unknown, and never makes it again.
//!
//! Time is an argument, from one clock throughout. A flow that says `Done` need not be kept, except where duplicates still have to be recognised:
//! keep it for as long as the peer may repeat.
mod auto_debit;
mod auto_pay;
mod change;
mod paid_order;
mod pay_code;
mod scan;
#[cfg(test)]
mod tests;
mod till;

pub use auto_debit::{AutoDebit, AutoDebitEvent, AutoDebitNext, StayKey};
pub use auto_pay::{AutoPayEvent, AutoPayFlow, AutoPayNext};
pub use change::{ChangeEvent, ChangeFlow, ChangeNext};
pub use paid_order::{PaidOrder, PaidOrderEvent, PaidOrderNext};
pub use pay_code::{PayCodeEvent, PayCodeFlow, PayCodeNext};
pub use scan::{ScanEvent, ScanFlow, ScanNext};

use crate::Error;
use park_core::{DateTime, Sent, chrono::TimeDelta};
use std::time::Duration;

/// What an event did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// It is news.
    Taken,
    /// It is known already. A call that was to be made is not made.
    Duplicate,
    /// It cannot be together with what is known, and changed nothing but what the contradiction says.
    Contradiction(Contradiction),
}

impl Step {
    /// Whether to answer the peer that told it with success. Also for duplicates, so that the peer stops repeating them.
    pub fn is_accepted(self) -> bool {
        !matches!(self, Self::Contradiction(_))
    }
}

/// How an event contradicts what is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Contradiction {
    /// It is about another order or stay.
    #[error("it is about another order")]
    OtherOrder,
    /// It names an amount that cannot be. Where a debit says so, its outcome counts as unknown.
    #[error("the amount does not fit the order's")]
    Amount,
    /// The order is paid otherwise; what was paid now has to go back.
    #[error("the order is paid already")]
    AlreadyPaid,
    /// The debit was taken back before it was asked for.
    #[error("the debit was taken back")]
    TakenBack,
    /// Nothing of the kind is due now. A call that was to be made is not made.
    #[error("it is not due now")]
    NotNow,
}

/// Why a call got no result, as far as it matters for money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    /// Nothing left this process.
    NotSent,
    /// The peer refused. That it did nothing is likely; that it failed half-way is possible.
    Refused,
    /// The peer may have acted or not: no reply, or none that can be read.
    Unknown,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        match error.sent() {
            _ if error.refusal().is_some() => Self::Refused,
            Sent::No => Self::NotSent,
            Sent::Maybe | Sent::Answered => Self::Unknown,
        }
    }
}

/// How long to wait. The document gives no times but the five minutes of a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Patience {
    /// For the reply to a debit at the exit, where a driver waits. Default 10 seconds.
    pub answer: Duration,
    /// Before a call that failed is repeated. Default a minute.
    pub repeat: Duration,
    /// For the money after a code was scanned; the driver may have to type a password. Default 90 seconds.
    pub payment: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            answer: Duration::from_secs(10),
            repeat: Duration::from_secs(60),
            payment: Duration::from_secs(90),
        }
    }
}

fn taken_if(news: bool) -> Step {
    if news { Step::Taken } else { Step::Duplicate }
}

/// `wait` after `from`, or `from` where the calendar ends.
fn later(from: DateTime, wait: Duration) -> DateTime {
    let later = TimeDelta::from_std(wait).ok().and_then(|wait| from.naive().checked_add_signed(wait));
    later.map_or(from, Into::into)
}

/// Until when to wait before a call is repeated that failed at `failed`; `None` if that is past, or it did not fail.
fn pause(failed: Option<DateTime>, patience: Patience, now: DateTime) -> Option<DateTime> {
    failed.map(|at| later(at, patience.repeat)).filter(|until| now < *until)
}
