//! Calls of the third party to the lot (下行接口), one file per chapter of the document's part
//! three.
mod balance;
mod blacklist;
mod booking;
mod card;
mod change;
mod info;
mod manage;
mod pay;
mod plate;
mod unlicensed;

pub use balance::*;
pub use blacklist::*;
pub use booking::*;
pub use card::*;
pub use change::*;
pub use info::*;
pub use manage::*;
pub use pay::*;
pub use plate::*;
pub use unlicensed::*;

use park_core::{DateTime, Rule, Violations};

/// The entry time by which a lot says that it does not know it (异常数据时间),
/// `1972-01-01 00:00:00`; 3.7, and the sample of 3.5.
pub const UNKNOWN_ENTRY: &str = "1972-01-01 00:00:00";

/// The entry time, if the lot knows it: neither absent nor [`UNKNOWN_ENTRY`].
pub fn known_entry(time: Option<DateTime>) -> Option<DateTime> {
    time.filter(|time| time.to_string() != UNKNOWN_ENTRY)
}

/// Pages and their lengths count from 1 (1.1, 1.2, 3.7).
fn paging(index: i64, count: i64, v: &mut Violations) {
    for (field, number) in [("pageIndex", index), ("pageCount", count)] {
        if number < 1 {
            v.add_at(
                field,
                Rule::Range {
                    expected: "1 or more",
                },
            );
        }
    }
}

/// Money and time that were paid or taken off, with their fields.
fn not_negative(amounts: impl IntoIterator<Item = (&'static str, i64)>, v: &mut Violations) {
    for (field, amount) in amounts {
        if amount < 0 {
            v.add_at(
                field,
                Rule::Range {
                    expected: "0 or more",
                },
            );
        }
    }
}

/// The broken rules of `value`, as `path: rule`.
#[cfg(test)]
fn broken(value: &impl park_core::Check) -> Vec<String> {
    let mut violations = Violations::default();
    value.check(&mut violations);
    violations.list().iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_year_1972_means_unknown() {
        let time = |text: &str| text.parse::<DateTime>().ok();
        assert_eq!(known_entry(time(UNKNOWN_ENTRY)), None);
        assert_eq!(known_entry(None), None);
        for known in ["1972-01-01 00:00:01", "2019-03-25 16:08:26"] {
            assert_eq!(known_entry(time(known)), time(known));
        }
    }
}
