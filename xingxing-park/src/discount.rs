//! What charging is worth at the barrier: the document leaves it to the parking side (section 1).
use crate::{ledger::stay::Stay, sessions::ChargingSessions};
use park_core::{
    Fixed, Money,
    rust_decimal::{Decimal, RoundingStrategy},
};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How charging lowers the parking fee; the lot's own choice, which the document does not know.
/// Reads from a configuration in JSON, too:
///
/// ```
/// use xingxing_park::{DiscountRule, Money};
/// let rule: DiscountRule = serde_json::from_str(r#"{"per_kwh": {"credit": 0.50, "most": 10}}"#)?;
/// assert_eq!(rule, DiscountRule::PerKwh { credit: Money::fen(50), most: Some(Money::yuan(10)) });
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// A started minute counts as one, in favour of the customer. Negative amounts count as 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum DiscountRule {
    /// The first `minutes` of a stay in which the car charged are free, at most the whole stay. An
    /// order that began is enough, even if no time of it is known: its end may have been lost, and
    /// the query for it have failed.
    ///
    /// ```
    /// # use xingxing_park::{ChargingSession, ChargingSessions, DateTime, Discount, DiscountRule,
    /// #     Fixed, Stay};
    /// # let at = |time: &str| format!("2018-07-11 {time}").parse::<DateTime>().expect("a time");
    /// let stay = Stay::new("苏DR3005", at("10:00:00"), at("13:00:00"));
    /// let charged: ChargingSessions = [ChargingSession { begins: at("10:05:00"),
    ///     ends: at("10:45:00") }].into_iter().collect();
    /// let rule = DiscountRule::FirstMinutes { minutes: 120 };
    /// assert_eq!(rule.discount(&stay, true, &charged, Fixed::ZERO), Discount::Minutes(120));
    /// assert_eq!(rule.discount(&stay, false, &ChargingSessions::default(), Fixed::ZERO),
    ///     Discount::Minutes(0));
    /// ```
    FirstMinutes {
        /// How many.
        minutes: u32,
    },
    /// Free while charging, and for `grace_minutes` after each session to drive away. What overlaps
    /// counts once; the stay is the limit.
    ///
    /// ```
    /// # use xingxing_park::{ChargingSession, ChargingSessions, DateTime, Discount, DiscountRule,
    /// #     Fixed, Stay};
    /// # let at = |time: &str| format!("2018-07-11 {time}").parse::<DateTime>().expect("a time");
    /// let stay = Stay::new("苏DR3005", at("10:00:00"), at("13:00:00"));
    /// let charged: ChargingSessions = [
    ///     ChargingSession { begins: at("10:05:00"), ends: at("10:45:00") }, // 40 minutes and 15
    ///     // 20 minutes and the 10 that are left
    ///     ChargingSession { begins: at("12:30:00"), ends: at("12:50:00") },
    /// ]
    /// .into_iter()
    /// .collect();
    /// let rule = DiscountRule::WhileCharging { grace_minutes: 15 };
    /// assert_eq!(rule.discount(&stay, true, &charged, Fixed::ZERO), Discount::Minutes(85));
    /// ```
    WhileCharging {
        /// How many after each session.
        grace_minutes: u32,
    },
    /// A car that charged parks free up to this amount. An order that began is enough, as for
    /// [`FirstMinutes`](Self::FirstMinutes).
    ///
    /// ```
    /// # use xingxing_park::{ChargingSession, ChargingSessions, DateTime, Discount, DiscountRule,
    /// #     Fixed, Money, Stay};
    /// # let at = |time: &str| format!("2018-07-11 {time}").parse::<DateTime>().expect("a time");
    /// let stay = Stay::new("苏DR3005", at("10:00:00"), at("13:00:00"));
    /// let charged: ChargingSessions = [ChargingSession { begins: at("10:05:00"),
    ///     ends: at("10:45:00") }].into_iter().collect();
    /// let discount = DiscountRule::UpTo { amount: Money::yuan(10) }.discount(&stay, true,
    ///     &charged, Fixed::ZERO);
    /// assert_eq!(discount, Discount::Money(Money::yuan(10)));
    /// assert_eq!(discount.at_most(Money::yuan(6)), Discount::Money(Money::yuan(6)));
    /// ```
    UpTo {
        /// The most that is taken off, yuan.
        amount: Money,
    },
    /// A credit for each kWh charged, rounded to the fen (四舍五入), at most `most` if that is
    /// given.
    ///
    /// ```
    /// # use xingxing_park::{ChargingSession, ChargingSessions, DateTime, Discount, DiscountRule,
    /// #     Fixed, Money, Stay};
    /// # let at = |time: &str| format!("2018-07-11 {time}").parse::<DateTime>().expect("a time");
    /// let stay = Stay::new("苏DR3005", at("10:00:00"), at("13:00:00"));
    /// let charged: ChargingSessions = [ChargingSession { begins: at("10:05:00"),
    ///     ends: at("10:45:00") }].into_iter().collect();
    /// let rule = DiscountRule::PerKwh { credit: Money::fen(50), most: Some(Money::yuan(10)) };
    /// assert_eq!(rule.discount(&stay, true, &charged, Fixed::of_units(15_25)),
    ///     Discount::Money(Money::fen(7_63)));
    /// assert_eq!(rule.discount(&stay, true, &charged, Fixed::of_units(40_00)),
    ///     Discount::Money(Money::yuan(10)));
    /// ```
    PerKwh {
        /// The credit for one kWh, yuan.
        credit: Money,
        /// The most that is taken off a stay, yuan.
        most: Option<Money>,
    },
}

impl DiscountRule {
    /// What a stay is given for `charged`, the merged sessions within it, and `energy`, kWh.
    /// `counts` is whether any order counts for it at all: one that began during the stay does,
    /// though no time of it may be known.
    pub fn discount(
        &self,
        stay: &Stay,
        counts: bool,
        charged: &ChargingSessions,
        energy: Fixed<2>,
    ) -> Discount {
        let has_charged = counts || !charged.total().is_zero();
        match *self {
            Self::FirstMinutes { minutes } if has_charged => {
                Discount::Minutes(minutes.min(started_minutes(stay.span().duration())))
            }
            Self::FirstMinutes { .. } => Discount::Minutes(0),
            Self::WhileCharging { grace_minutes } => {
                let grace = Duration::from_secs(u64::from(grace_minutes) * 60);
                Discount::Minutes(started_minutes(
                    charged.extended(grace).within(stay.span()).total(),
                ))
            }
            Self::UpTo { amount } if has_charged => Discount::Money(amount.max(Money::ZERO)),
            Self::UpTo { .. } => Discount::Money(Money::ZERO),
            Self::PerKwh { credit, most } => {
                let credit = energy.value().saturating_mul(credit.value());
                let credit = Money::from(
                    credit.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero),
                );
                Discount::Money(
                    most.map_or(credit, |most| credit.min(most))
                        .max(Money::ZERO),
                )
            }
        }
    }

    /// Whether it goes by energy rather than by time.
    pub(crate) fn goes_by_energy(&self) -> bool {
        matches!(self, Self::PerKwh { .. })
    }
}

/// What a stay is given for charging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Discount {
    /// So many minutes of the stay are free; what that is in money, the lot's tariff says.
    Minutes(u32),
    /// So much is taken off the fee, yuan.
    Money(Money),
}

impl Discount {
    /// The same, but not more money than is owed. Minutes are never more than the stay has and
    /// remain.
    pub fn at_most(self, owed: Money) -> Self {
        match self {
            Self::Money(money) => Self::Money(money.min(owed).max(Money::ZERO)),
            minutes @ Self::Minutes(_) => minutes,
        }
    }
}

fn started_minutes(time: Duration) -> u32 {
    u32::try_from(time.as_secs().div_ceil(60)).unwrap_or(u32::MAX)
}

/// An amount in whole fen, rounded; negative ones are 0.
pub(crate) fn fen(money: Money) -> u64 {
    let fen = money.value().saturating_mul(Decimal::ONE_HUNDRED);
    let fen = fen
        .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
        .max(Decimal::ZERO);
    // What `Money::fen` can hold.
    i64::try_from(fen).unwrap_or(i64::MAX).unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ChargingSession;
    use park_core::DateTime;

    fn at(time: &str) -> DateTime {
        format!("2018-07-11 {time}").parse().expect(time)
    }

    fn charged(sessions: &[(&str, &str)]) -> ChargingSessions {
        let session = |(begins, ends): &(&str, &str)| ChargingSession {
            begins: at(begins),
            ends: at(ends),
        };
        sessions.iter().map(session).collect()
    }

    #[test]
    fn minutes_are_started_ones_and_never_more_than_the_stay() {
        let stay = Stay::new("苏DR3005", at("10:00:00"), at("11:00:30"));
        let whole = [("10:00:00", "11:00:30")];
        let gap = [("10:00:00", "10:20:00"), ("10:30:00", "10:40:00")];
        for (rule, sessions, minutes) in [
            (DiscountRule::FirstMinutes { minutes: 30 }, &gap[..], 30),
            (DiscountRule::FirstMinutes { minutes: 600 }, &gap, 61),
            (DiscountRule::FirstMinutes { minutes: u32::MAX }, &[], 0),
            (DiscountRule::WhileCharging { grace_minutes: 0 }, &whole, 61),
            (DiscountRule::WhileCharging { grace_minutes: 0 }, &gap, 30),
            (DiscountRule::WhileCharging { grace_minutes: 5 }, &gap, 40),
            // The grace time of the first reaches into the second.
            (DiscountRule::WhileCharging { grace_minutes: 15 }, &gap, 55),
            (
                DiscountRule::WhileCharging {
                    grace_minutes: u32::MAX,
                },
                &gap,
                61,
            ),
            (DiscountRule::WhileCharging { grace_minutes: 15 }, &[], 0),
            (
                DiscountRule::WhileCharging { grace_minutes: 0 },
                &[("10:00:00", "10:00:01")],
                1,
            ),
        ] {
            let discount =
                rule.discount(&stay, !sessions.is_empty(), &charged(sessions), Fixed::ZERO);
            assert_eq!(discount, Discount::Minutes(minutes), "{rule:?}");
        }
    }

    #[test]
    fn an_order_that_began_is_enough_where_time_is_not_what_is_given() {
        let stay = Stay::new("苏DR3005", at("10:00:00"), at("11:00:00"));
        for (rule, discount) in [
            (
                DiscountRule::FirstMinutes { minutes: 30 },
                Discount::Minutes(30),
            ),
            (
                DiscountRule::UpTo {
                    amount: Money::fen(800),
                },
                Discount::Money(Money::fen(800)),
            ),
            (
                DiscountRule::WhileCharging { grace_minutes: 15 },
                Discount::Minutes(0),
            ),
        ] {
            assert_eq!(
                rule.discount(&stay, true, &ChargingSessions::default(), Fixed::ZERO),
                discount,
                "{rule:?}"
            );
        }
    }

    #[test]
    fn money_is_rounded_to_the_fen_capped_and_never_negative() {
        let stay = Stay::new("苏DR3005", at("10:00:00"), at("11:00:00"));
        let sessions = charged(&[("10:00:00", "10:20:00")]);
        let per_kwh = |credit, most: Option<i64>| DiscountRule::PerKwh {
            credit: Money::fen(credit),
            most: most.map(Money::fen),
        };
        let largest = Fixed::from(Decimal::MAX);
        for (rule, energy, fen) in [
            (per_kwh(50, None), Fixed::of_units(40), 20),
            (per_kwh(50, None), Fixed::of_units(1), 1),
            (per_kwh(49, None), Fixed::of_units(1), 0),
            (per_kwh(50, Some(15)), Fixed::of_units(40), 15),
            (per_kwh(50, Some(-15)), Fixed::of_units(40), 0),
            (per_kwh(-50, None), Fixed::of_units(40), 0),
            (per_kwh(50_000, Some(100)), largest, 100),
            (
                DiscountRule::UpTo {
                    amount: Money::fen(800),
                },
                Fixed::ZERO,
                800,
            ),
            (
                DiscountRule::UpTo {
                    amount: Money::fen(-1),
                },
                Fixed::ZERO,
                0,
            ),
        ] {
            assert_eq!(
                rule.discount(&stay, true, &sessions, energy),
                Discount::Money(Money::fen(fen)),
                "{rule:?}"
            );
        }
        let not_charged = DiscountRule::UpTo {
            amount: Money::fen(800),
        }
        .discount(&stay, false, &ChargingSessions::default(), largest);
        assert_eq!(not_charged, Discount::Money(Money::ZERO));
    }

    #[test]
    fn no_more_is_taken_off_than_is_owed() {
        for (discount, owed, expected) in [
            (
                Discount::Money(Money::fen(800)),
                500,
                Discount::Money(Money::fen(500)),
            ),
            (
                Discount::Money(Money::fen(800)),
                900,
                Discount::Money(Money::fen(800)),
            ),
            (
                Discount::Money(Money::fen(800)),
                -1,
                Discount::Money(Money::ZERO),
            ),
            (Discount::Minutes(30), 0, Discount::Minutes(30)),
        ] {
            assert_eq!(discount.at_most(Money::fen(owed)), expected);
        }
    }

    #[test]
    fn an_amount_becomes_whole_fen() {
        for (amount, expected) in [
            ("7.625", 763),
            ("7.624", 762),
            ("-3", 0),
            ("0", 0),
            ("79228162514264337593543950335", i64::MAX.unsigned_abs()),
        ] {
            assert_eq!(fen(amount.parse().expect(amount)), expected, "{amount}");
        }
    }

    #[test]
    fn every_rule_survives_a_configuration() {
        for (rule, text) in [
            (
                DiscountRule::FirstMinutes { minutes: 120 },
                r#"{"first_minutes":{"minutes":120}}"#,
            ),
            (
                DiscountRule::WhileCharging { grace_minutes: 15 },
                r#"{"while_charging":{"grace_minutes":15}}"#,
            ),
            (
                DiscountRule::UpTo {
                    amount: Money::yuan(10),
                },
                r#"{"up_to":{"amount":10.00}}"#,
            ),
            (
                DiscountRule::PerKwh {
                    credit: Money::fen(50),
                    most: None,
                },
                r#"{"per_kwh":{"credit":0.50,"most":null}}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&rule).expect("JSON"), text);
            assert_eq!(
                serde_json::from_str::<DiscountRule>(text).expect(text),
                rule
            );
        }
    }
}
