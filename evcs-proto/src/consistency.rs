//! Whether the amounts and times of an order agree with each other: what a receiver looks at before
//! it confirms one. Without I/O.
use crate::model::{ChargeDetail, ChargeOrderInfo};
use park_core::{DateTime, Fixed, Money, rust_decimal::Decimal};

/// How far amounts may differ because each was rounded on its own, for each period (时段).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounding {
    /// Energy, kWh.
    pub energy: Fixed<2>,
    /// Money, yuan.
    pub money: Money,
}

impl Default for Rounding {
    /// 0.01 kWh and 0.01 yuan.
    fn default() -> Self {
        Self {
            energy: Fixed::of_units(1),
            money: Money::fen(1),
        }
    }
}

/// Where an order disagrees with itself. Its text has the amounts and times, which are no secrets;
/// `ChargeDetails` are numbered from 0, as in the paths of violations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Inconsistency {
    /// TotalPower is not the sum over the periods.
    #[error("TotalPower: the periods have {expected} kWh, the order {found}")]
    Energy {
        /// The sum over the periods, kWh.
        expected: Fixed<2>,
        /// What the order says.
        found: Fixed<2>,
    },
    /// TotalElecMoney is not the sum over the periods.
    #[error("TotalElecMoney: the periods have {expected} yuan, the order {found}")]
    ElecMoney {
        /// The sum over the periods, yuan.
        expected: Money,
        /// What the order says.
        found: Money,
    },
    /// TotalSeviceMoney is not the sum over the periods.
    #[error("TotalSeviceMoney: the periods have {expected} yuan, the order {found}")]
    ServiceMoney {
        /// The sum over the periods, yuan.
        expected: Money,
        /// What the order says.
        found: Money,
    },
    /// TotalMoney is not TotalElecMoney and TotalSeviceMoney.
    #[error("TotalMoney: energy and service cost {expected} yuan, the order says {found}")]
    TotalMoney {
        /// The sum of both, yuan.
        expected: Money,
        /// What the order says.
        found: Money,
    },
    /// EndTime is before StartTime.
    #[error("EndTime {end} is before StartTime {start}")]
    Ends {
        /// StartTime.
        start: DateTime,
        /// EndTime.
        end: DateTime,
    },
    /// SumPeriod is not the number of periods.
    #[error("SumPeriod: {found} are said, {expected} listed")]
    Periods {
        /// How many are listed.
        expected: usize,
        /// What SumPeriod says.
        found: i32,
    },
    /// A period ends before it begins.
    #[error("ChargeDetails[{detail}]: DetailEndTime {end} is before DetailStartTime {start}")]
    DetailEnds {
        /// Which.
        detail: usize,
        /// DetailStartTime.
        start: DateTime,
        /// DetailEndTime.
        end: DateTime,
    },
    /// A period is not within the order's time.
    #[error("ChargeDetails[{detail}]: {start} to {end} is not within the order's time")]
    DetailOutside {
        /// Which.
        detail: usize,
        /// DetailStartTime.
        start: DateTime,
        /// DetailEndTime.
        end: DateTime,
    },
    /// A period stands behind one that begins later.
    #[error("ChargeDetails[{detail}]: it begins at {start}, the one before at {before}")]
    DetailUnsorted {
        /// Which.
        detail: usize,
        /// DetailStartTime.
        start: DateTime,
        /// That of the period before it in the list.
        before: DateTime,
    },
    /// A period begins before an earlier one has ended.
    #[error("ChargeDetails[{detail}]: it begins at {start}, an earlier one ends at {until}")]
    DetailOverlaps {
        /// Which.
        detail: usize,
        /// DetailStartTime.
        start: DateTime,
        /// When the earlier one ends.
        until: DateTime,
    },
    /// DetailElecMoney is not price times energy.
    #[error(
        "ChargeDetails[{detail}].DetailElecMoney: price and energy give {expected} yuan, found \
            {found}"
    )]
    DetailElecMoney {
        /// Which.
        detail: usize,
        /// ElecPrice times DetailPower, yuan, not rounded.
        expected: Money,
        /// What the period says.
        found: Money,
    },
    /// DetailSeviceMoney is not price times energy.
    #[error(
        "ChargeDetails[{detail}].DetailSeviceMoney: price and energy give {expected} yuan, found \
            {found}"
    )]
    DetailServiceMoney {
        /// Which.
        detail: usize,
        /// SevicePrice times DetailPower, yuan, not rounded.
        expected: Money,
        /// What the period says.
        found: Money,
    },
}

/// What Tables B.16 and B.17 imply but no field can tell alone.
impl ChargeOrderInfo {
    /// Where this order disagrees with itself; nothing if all is well.
    ///
    /// - TotalMoney is TotalElecMoney and TotalSeviceMoney, within one rounding.
    /// - The totals are the sums over the periods, within one rounding for each. The sums of money
    ///   are compared if every period states its part, and none is compared if no period is listed:
    ///   ChargeDetails is optional, and `[]` is taken for absent.
    /// - The money of a period is price times energy, where all three are given. Both money and
    ///   energy may be rounded, so that it may differ by the rounding of money and the price of the
    ///   rounding of energy.
    /// - Periods lie within the order's time, in the order of time, and do not overlap; one may
    ///   begin in the second in which another ends. Gaps are fine.
    ///
    /// ```
    /// use evcs_proto::{Fixed, Money, code::StopReason, consistency::{Inconsistency, Rounding},
    ///     model::ChargeOrderInfo};
    /// let order = ChargeOrderInfo {
    ///     start_charge_seq: "MA5DM667X000020230301101030".into(),
    ///     connector_id: "1".into(),
    ///     start_time: "2023-03-01 10:10:30".parse()?,
    ///     end_time: "2023-03-01 11:10:30".parse()?,
    ///     total_power: Fixed::of_units(2000),
    ///     total_elec_money: Money::yuan(20),
    ///     total_sevice_money: Money::yuan(10),
    ///     total_money: Money::yuan(20),
    ///     stop_reason: StopReason::USER,
    ///     sum_period: None,
    ///     charge_details: None,
    /// };
    /// let found = order.inconsistencies(Rounding::default());
    /// assert_eq!(found, [Inconsistency::TotalMoney { expected: Money::yuan(30),
    ///     found: Money::yuan(20) }]);
    /// assert_eq!(found[0].to_string(),
    ///     "TotalMoney: energy and service cost 30.00 yuan, the order says 20.00");
    /// # Ok::<(), evcs_proto::TimeError>(())
    /// ```
    pub fn inconsistencies(&self, rounding: Rounding) -> Vec<Inconsistency> {
        let mut list = Vec::new();
        let details = self.charge_details.as_deref().unwrap_or_default();
        if let (Some(found), Some(listed)) = (self.sum_period, &self.charge_details)
            && usize::try_from(found) != Ok(listed.len())
        {
            list.push(Inconsistency::Periods {
                expected: listed.len(),
                found,
            });
        }
        self.sums(details, rounding, &mut list);
        self.times(details, &mut list);
        for (detail, period) in details.iter().enumerate() {
            let money = |price, money| expected_money(period, price, money, rounding);
            if let Some((expected, found)) = money(period.elec_price, period.detail_elec_money) {
                list.push(Inconsistency::DetailElecMoney {
                    detail,
                    expected,
                    found,
                });
            }
            if let Some((expected, found)) = money(period.sevice_price, period.detail_sevice_money)
            {
                list.push(Inconsistency::DetailServiceMoney {
                    detail,
                    expected,
                    found,
                });
            }
        }
        list
    }

    fn sums(&self, details: &[ChargeDetail], rounding: Rounding, list: &mut Vec<Inconsistency>) {
        let (expected, found) = (
            sum([self.total_elec_money, self.total_sevice_money]),
            self.total_money,
        );
        if differ(expected, found, rounding.money.value()) {
            list.push(Inconsistency::TotalMoney { expected, found });
        }
        if details.is_empty() {
            return;
        }
        let times =
            |rounding: Fixed<2>| Decimal::from(details.len()).saturating_mul(rounding.value());
        let (expected, found) = (
            sum(details.iter().map(|detail| detail.detail_power)),
            self.total_power,
        );
        if differ(expected, found, times(rounding.energy)) {
            list.push(Inconsistency::Energy { expected, found });
        }
        let parts: Option<Vec<Money>> = details
            .iter()
            .map(|detail| detail.detail_elec_money)
            .collect();
        if let (Some(expected), found) = (parts.map(sum), self.total_elec_money)
            && differ(expected, found, times(rounding.money))
        {
            list.push(Inconsistency::ElecMoney { expected, found });
        }
        let parts: Option<Vec<Money>> = details
            .iter()
            .map(|detail| detail.detail_sevice_money)
            .collect();
        if let (Some(expected), found) = (parts.map(sum), self.total_sevice_money)
            && differ(expected, found, times(rounding.money))
        {
            list.push(Inconsistency::ServiceMoney { expected, found });
        }
    }

    fn times(&self, details: &[ChargeDetail], list: &mut Vec<Inconsistency>) {
        if self.end_time < self.start_time {
            list.push(Inconsistency::Ends {
                start: self.start_time,
                end: self.end_time,
            });
        }
        for (detail, period) in details.iter().enumerate() {
            let (start, end) = (period.detail_start_time, period.detail_end_time);
            if end < start {
                list.push(Inconsistency::DetailEnds { detail, start, end });
            }
            if start < self.start_time || end > self.end_time {
                list.push(Inconsistency::DetailOutside { detail, start, end });
            }
            if let Some(before) = detail
                .checked_sub(1)
                .map(|before| details[before].detail_start_time)
                && start < before
            {
                list.push(Inconsistency::DetailUnsorted {
                    detail,
                    start,
                    before,
                });
            }
        }
        // By time, so that periods in disorder are not taken for overlapping ones.
        let mut by_time: Vec<_> = details.iter().enumerate().collect();
        by_time.sort_by_key(|(_, period)| (period.detail_start_time, period.detail_end_time));
        let mut ended = None;
        for (detail, period) in by_time {
            if let Some(until) = ended.filter(|until| period.detail_start_time < *until) {
                list.push(Inconsistency::DetailOverlaps {
                    detail,
                    start: period.detail_start_time,
                    until,
                });
            }
            ended = ended.max(Some(period.detail_end_time));
        }
    }
}

/// The sum; the amounts are a peer's, so one that no number can hold stays at the largest.
fn sum(amounts: impl IntoIterator<Item = Fixed<2>>) -> Fixed<2> {
    let amounts = amounts.into_iter();
    amounts
        .fold(Decimal::ZERO, |sum, amount| {
            sum.saturating_add(amount.value())
        })
        .into()
}

fn differ(expected: Fixed<2>, found: Fixed<2>, rounding: Decimal) -> bool {
    expected.value().saturating_sub(found.value()).abs() > rounding
}

/// What a period costs by its price, and what it says, if that is something else.
fn expected_money(
    period: &ChargeDetail,
    price: Option<Fixed<4>>,
    money: Option<Money>,
    rounding: Rounding,
) -> Option<(Money, Money)> {
    let (price, found) = (price?.value(), money?);
    let expected = Money::from(price.saturating_mul(period.detail_power.value()));
    let allowed = rounding
        .energy
        .value()
        .saturating_mul(price.abs())
        .saturating_add(rounding.money.value());
    differ(expected, found, allowed).then_some((expected, found))
}
