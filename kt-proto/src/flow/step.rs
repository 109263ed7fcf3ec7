//! What an event did to a flow, and why a call got no result.
use crate::Error;
use park_core::Sent;

/// What an event did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// It is news.
    Taken,
    /// It is known already. A call that was to be made is not made.
    Duplicate,
    /// It cannot be together with what is known, and changed nothing but what the contradiction
    /// says.
    Contradiction(Contradiction),
}

impl Step {
    /// Whether to answer the peer that told it with success. Also for duplicates, so that the peer
    /// stops repeating them.
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

pub(super) fn taken_if(news: bool) -> Step {
    if news { Step::Taken } else { Step::Duplicate }
}
