//! How long a flow waits.
use park_core::{DateTime, chrono::TimeDelta};
use std::time::Duration;

/// How long to wait. The document gives no times but the five minutes of a bill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Patience {
    /// For the reply to a debit at the exit, where a driver waits. Default 10 seconds.
    pub answer: Duration,
    /// Before a call that failed is repeated. Default a minute.
    pub repeat: Duration,
    /// For the money after a code was scanned; the driver may have to type a password. Default 90
    /// seconds.
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

/// `wait` after `from`, or `from` where the calendar ends.
pub(super) fn later(from: DateTime, wait: Duration) -> DateTime {
    let later = TimeDelta::from_std(wait)
        .ok()
        .and_then(|wait| from.naive().checked_add_signed(wait));
    later.map_or(from, Into::into)
}

/// Until when to wait before a call is repeated that failed at `failed`; `None` if that is past, or
/// it did not fail.
pub(super) fn pause(
    failed: Option<DateTime>,
    patience: Patience,
    now: DateTime,
) -> Option<DateTime> {
    failed
        .map(|at| later(at, patience.repeat))
        .filter(|until| now < *until)
}
