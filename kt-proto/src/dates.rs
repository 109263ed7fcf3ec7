//! Which day a message may be sealed with: the initialization vector is the sender's date (加密IV,
//! chapter 1, section 2).
use crate::tdes::Block;
use park_core::{
    Date, DateTime,
    chrono::{Datelike, Days, Timelike},
};

/// For how long around midnight the neighbouring day is tried too. The sender's clock, a slow line
/// and a repetition can all put a message on the other side of midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DateWindow {
    /// Yesterday until so many minutes after midnight, tomorrow from so many minutes before it; 0
    /// is today only.
    Minutes(u16),
    /// Yesterday and tomorrow at any time: for peers whose clock shows another zone, or that repeat
    /// what they sealed hours ago. Whoever recorded a message can play it again for as long.
    Always,
}

impl Default for DateWindow {
    /// Half an hour: more than a lot's clock should be wrong.
    fn default() -> Self {
        Self::Minutes(30)
    }
}

impl DateWindow {
    /// The days that a message received at `now` may be sealed with, the likeliest first: today,
    /// then yesterday, then tomorrow.
    pub fn candidates(self, now: DateTime) -> impl Iterator<Item = Date> + Clone + use<> {
        let (today, minute) = (
            now.date().naive(),
            now.naive().hour() * 60 + now.naive().minute(),
        );
        let (early, late) = match self {
            Self::Minutes(span) => (
                minute < u32::from(span),
                minute + u32::from(span) >= 24 * 60,
            ),
            Self::Always => (true, true),
        };
        let yesterday = today.pred_opt().filter(|_| early);
        let tomorrow = today.succ_opt().filter(|_| late);
        [Some(today), yesterday, tomorrow]
            .into_iter()
            .flatten()
            .map(Date::from)
    }
}

/// The initialization vector of a day, `yyyyMMdd`; of a year beyond 9999 the last four digits.
pub(crate) fn vector(date: Date) -> Block {
    let date = date.naive();
    let year = date.year().rem_euclid(10_000).unsigned_abs();
    let mut rest = (year * 100 + date.month()) * 100 + date.day();
    let mut digits = Block::default();
    for digit in digits.iter_mut().rev() {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
    }
    digits
}

/// The days up to `span` before and after `date`, the nearest first.
pub(crate) fn around(date: Date, span: u64) -> impl Iterator<Item = Date> {
    let date = date.naive();
    let beside = move |days: u64| {
        [
            date.checked_sub_days(Days::new(days)),
            date.checked_add_days(Days::new(days)),
        ]
    };
    (1..=span).flat_map(beside).flatten().map(Date::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_count_only_around_midnight() {
        let half = DateWindow::default();
        for (window, now, days) in [
            (half, "2019-03-01 12:00:00", &["2019-03-01"][..]),
            (half, "2019-03-01 00:00:00", &["2019-03-01", "2019-02-28"]),
            (half, "2019-03-01 00:29:59", &["2019-03-01", "2019-02-28"]),
            (half, "2019-03-01 00:30:00", &["2019-03-01"]),
            (half, "2019-12-31 23:29:59", &["2019-12-31"]),
            (half, "2019-12-31 23:30:00", &["2019-12-31", "2020-01-01"]),
            (
                DateWindow::Minutes(0),
                "2019-03-01 00:00:00",
                &["2019-03-01"],
            ),
            (
                DateWindow::Minutes(0),
                "2019-03-01 23:59:59",
                &["2019-03-01"],
            ),
            (
                DateWindow::Always,
                "2020-02-29 12:00:00",
                &["2020-02-29", "2020-02-28", "2020-03-01"],
            ),
            (
                DateWindow::Minutes(u16::MAX),
                "2020-02-29 12:00:00",
                &["2020-02-29", "2020-02-28", "2020-03-01"],
            ),
        ] {
            let candidates: Vec<String> = window
                .candidates(now.parse().expect("a moment"))
                .map(|day| day.to_string())
                .collect();
            assert_eq!(candidates, days, "{window:?} at {now}");
        }
    }

    #[test]
    fn a_vector_is_eight_digits() {
        for (date, digits) in [
            ("2019-02-25", b"20190225"),
            ("0001-12-31", b"00011231"),
            ("9999-01-01", b"99990101"),
        ] {
            let date: Date = date.parse().expect("a day");
            assert_eq!(vector(date), *digits);
        }
    }

    #[test]
    fn the_nearest_days_come_first() {
        let days: Vec<String> = around("2020-02-29".parse().expect("a day"), 2)
            .map(|day| day.to_string())
            .collect();
        assert_eq!(
            days,
            ["2020-02-28", "2020-03-01", "2020-02-27", "2020-03-02"]
        );
    }
}
