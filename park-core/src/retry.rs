use crate::{ErrorKind, Sent};
use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// Whether an interface may be called again when its outcome is unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Retry {
    /// It changes nothing: repeat freely.
    Safe,
    /// The peer recognises a repetition by the record's id: repeat with the same record.
    IdempotentByKey,
    /// A repetition could act twice: never repeated on its own once bytes have left.
    Never,
}

/// How often and how patiently a call is repeated.
///
/// The wait before attempt n is a random part (full jitter) of `first * 2^(n-1)`, at most
/// `longest`, or what the peer asked for (`Retry-After`). The call's deadline bounds all attempts
/// together.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Attempts in all; 1 switches repetition off. Default 3.
    pub attempts: u32,
    /// The upper bound of the first wait. Default 500 ms.
    pub first: Duration,
    /// The upper bound of any wait. Default 10 s.
    pub longest: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            first: Duration::from_millis(500),
            longest: Duration::from_secs(10),
        }
    }
}

impl RetryPolicy {
    /// One attempt only.
    pub fn off() -> Self {
        Self {
            attempts: 1,
            ..Self::default()
        }
    }

    /// The wait before the attempt that follows `failed` failures; `random` is in 0..1.
    pub fn wait(&self, failed: u32, random: f64) -> Duration {
        let bound = self
            .first
            .saturating_mul(
                1u32.checked_shl(failed.saturating_sub(1))
                    .unwrap_or(u32::MAX),
            )
            .min(self.longest);
        bound.mul_f64(random.clamp(0.0, 1.0))
    }

    /// Whether a call of class `retry` may be repeated after a failure that blames `blame` and got
    /// as far as `sent`.
    pub fn allows(&self, retry: Retry, failed: u32, blame: ErrorKind, sent: Sent) -> bool {
        let temporary = matches!(
            blame,
            ErrorKind::Network | ErrorKind::Timeout | ErrorKind::Busy
        );
        let harmless = sent == Sent::No || retry != Retry::Never;
        failed < self.attempts && temporary && harmless
    }
}

/// How many repetitions may still be made: a bucket of tokens that the clones of a client share. It
/// keeps an outage of the peer from being met with a multiple of the usual traffic, which would
/// prolong it.
///
/// A repetition takes one token; each call that the peer answers gives a tenth of one back. With an
/// empty bucket nothing is repeated.
#[derive(Debug, Clone)]
pub struct RetryBudget(Arc<Bucket>);

#[derive(Debug)]
struct Bucket {
    tenths: AtomicU32,
    most: u32,
}

/// What a repetition costs, in tenths.
const COST: u32 = 10;

impl RetryBudget {
    /// A full bucket of `tokens`.
    pub fn new(tokens: u32) -> Self {
        let most = tokens.saturating_mul(COST);
        Self(Arc::new(Bucket {
            tenths: AtomicU32::new(most),
            most,
        }))
    }

    /// Takes the token for one repetition; `false` if there is none left.
    pub fn take(&self) -> bool {
        self.change(|tenths| tenths.checked_sub(COST))
    }

    /// A call was answered: a tenth of a token comes back.
    pub fn answered(&self) {
        self.change(|tenths| (tenths < self.0.most).then_some(tenths + 1));
    }

    fn change(&self, by: impl FnMut(u32) -> Option<u32>) -> bool {
        self.0
            .tenths
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, by)
            .is_ok()
    }
}

impl Default for RetryBudget {
    /// Ten tokens.
    fn default() -> Self {
        Self::new(10)
    }
}

/// A number in 0..1 that differs between processes and calls; good enough to spread retries, not
/// for secrets.
#[doc(hidden)]
pub fn jitter() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    // The standard library seeds each RandomState differently.
    let bits = RandomState::new().hash_one(0);
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_and_is_bounded() {
        let policy = RetryPolicy::default();
        let waits: Vec<u64> = (1..8)
            .map(|failed| policy.wait(failed, 1.0).as_millis() as u64)
            .collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 10000, 10000]);
        assert_eq!(policy.wait(u32::MAX, 1.0), policy.longest);
        assert_eq!(policy.wait(3, 0.0), Duration::ZERO);
    }

    #[test]
    fn ten_answers_pay_for_one_repetition_and_clones_share_the_bucket() {
        let budget = RetryBudget::new(2);
        let shared = budget.clone();
        assert_eq!(
            [budget.take(), shared.take(), budget.take()],
            [true, true, false]
        );
        for _ in 0..9 {
            shared.answered();
        }
        assert!(!budget.take());
        shared.answered();
        assert_eq!([budget.take(), shared.take()], [true, false]);
        for _ in 0..1000 {
            budget.answered();
        }
        assert_eq!(
            [budget.take(), budget.take(), budget.take()],
            [true, true, false]
        );
        assert!(!RetryBudget::new(0).take());
    }

    #[test]
    fn what_must_not_happen_twice_is_repeated_only_if_nothing_was_sent() {
        let policy = RetryPolicy::default();
        for (retry, failed, blame, sent, allowed) in [
            (Retry::Never, 1, ErrorKind::Timeout, Sent::Maybe, false),
            (Retry::Never, 1, ErrorKind::Network, Sent::No, true),
            (
                Retry::IdempotentByKey,
                1,
                ErrorKind::Timeout,
                Sent::Maybe,
                true,
            ),
            (Retry::Safe, 2, ErrorKind::Network, Sent::Maybe, true),
            (Retry::Safe, 3, ErrorKind::Network, Sent::Maybe, false),
            (Retry::Safe, 1, ErrorKind::Refused, Sent::Answered, false),
            (Retry::Safe, 1, ErrorKind::PeerBytes, Sent::Answered, false),
            (Retry::Safe, 1, ErrorKind::Caller, Sent::No, false),
        ] {
            assert_eq!(
                policy.allows(retry, failed, blame, sent),
                allowed,
                "{retry:?} {failed} {blame:?} {sent:?}"
            );
        }
    }
}
