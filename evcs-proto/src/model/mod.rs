//! Requests, replies and the objects in them, grouped as the document groups them. Plain serde
//! structs, built by literals.
//!
//! The types are written by [`encode`](crate::encode) and read by the tolerant decoder; read by
//! plain serde_json they are strict. Names are those of T/CEC 102, its misspellings (`Sevice`,
//! `BusineHours`) included.
mod auth;
mod charging;
mod exact;
mod order;
mod policy;
mod receipt;
mod reconciliation;
mod secret;
mod start;
mod station;
mod stats;
mod status;
mod stop;
mod token;

pub use auth::*;
pub use charging::*;
pub use exact::*;
pub use order::*;
pub use policy::*;
pub use receipt::*;
pub use reconciliation::*;
pub use secret::*;
pub use start::*;
pub use station::*;
pub use stats::*;
pub use status::*;
pub use stop::*;
pub use token::*;

use crate::code::SuccessStatus;
use park_core::{Rule, Violations};

pub use park_core::Model;

/// A failure says why. The document wants a reason always; real peers leave it out where nothing
/// failed.
fn reason_of_failure<R>(status: SuccessStatus, reason: &Option<R>, v: &mut Violations) {
    if status == SuccessStatus::FAILED && reason.is_none() {
        v.add_at("FailReason", Rule::Condition("required when SuccStat is 1"));
    }
}

/// There are 0 to 32 periods (时段数 N), as many as are listed.
fn periods(count: Option<i32>, listed: Option<usize>, v: &mut Violations) {
    let Some(count) = count else { return };
    if !(0..=32).contains(&count) {
        v.add_at(
            "SumPeriod",
            Rule::Range {
                expected: "0 to 32",
            },
        );
    } else if listed.is_some_and(|listed| usize::try_from(count) != Ok(listed)) {
        v.add_at(
            "SumPeriod",
            Rule::Condition("has to be the number of periods listed"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{Check, Violation};

    /// What `value` breaks.
    pub(super) fn found(value: &impl Check) -> Vec<Violation> {
        let mut v = Violations::default();
        value.check(&mut v);
        v.list().to_vec()
    }

    #[test]
    fn a_number_of_periods_is_that_of_the_list_and_at_most_32() {
        let (range, differs) = (
            Rule::Range {
                expected: "0 to 32",
            },
            Rule::Condition("has to be the number of periods listed"),
        );
        for (count, listed, rule) in [
            (None, None, None),
            (None, Some(2), None),
            (Some(0), None, None),
            (Some(32), None, None),
            (Some(32), Some(32), None),
            (Some(2), Some(1), Some(&differs)),
            (Some(0), Some(1), Some(&differs)),
            (Some(-1), None, Some(&range)),
            (Some(33), Some(33), Some(&range)),
        ] {
            let mut v = Violations::default();
            periods(count, listed, &mut v);
            let expected: Vec<Violation> = rule
                .map(|rule| Violation::new("SumPeriod", rule.clone()))
                .into_iter()
                .collect();
            assert_eq!(v.list(), expected, "{count:?} {listed:?}");
        }
    }
}
