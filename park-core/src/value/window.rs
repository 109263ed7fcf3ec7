use crate::Timestamp;
use std::time::Duration;

/// How far a message's timestamp may lie from the receiver's clock, in both directions. Both ends
/// belong to the window.
///
/// ```
/// # use park_core::{TimeWindow, Timestamp};
/// # use std::time::Duration;
/// let window = TimeWindow::both(Duration::from_secs(300));
/// let now = Timestamp::from_seconds(1_677_628_800);
/// assert!(window.accepts(Timestamp::from_seconds(1_677_628_500), now));
/// assert!(!window.accepts(Timestamp::from_seconds(1_677_629_101), now));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeWindow {
    /// How old a message may be.
    pub past: Duration,
    /// How far ahead a sender's clock may be.
    pub future: Duration,
}

impl TimeWindow {
    /// The same span in both directions.
    pub const fn both(span: Duration) -> Self {
        Self {
            past: span,
            future: span,
        }
    }

    /// Whether a message of `timestamp` lies in the window at `now`.
    pub fn accepts(self, timestamp: Timestamp, now: Timestamp) -> bool {
        let distance = now.seconds().abs_diff(timestamp.seconds());
        let allowed = if timestamp > now {
            self.future
        } else {
            self.past
        };
        distance <= allowed.as_secs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_the_window_belong_to_it() {
        let window = TimeWindow {
            past: Duration::from_secs(300),
            future: Duration::from_secs(60),
        };
        let now = Timestamp::from_seconds(1_000_000);
        for (offset, accepted) in [
            (-301, false),
            (-300, true),
            (-299, true),
            (0, true),
            (60, true),
            (61, false),
        ] {
            assert_eq!(
                window.accepts(Timestamp::from_seconds(1_000_000 + offset), now),
                accepted,
                "{offset}"
            );
        }
        assert!(
            !window.accepts(Timestamp::from_seconds(i64::MIN), now)
                && !window.accepts(Timestamp::from_seconds(i64::MAX), now)
        );
    }
}
