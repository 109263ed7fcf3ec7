use crate::{
    Fen,
    code::{CarType, RechargeUnit},
};
use park_core::{Rule, Violations};
use serde::{Deserialize, Serialize};

/// A number whose unit another field tells (数额): no money, days or times before [`Quantity::of`]
/// or [`Balance::of`] was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Unitless(
    /// The number on the wire.
    pub i64,
);

impl park_core::Check for Unitless {}

/// How much a recharge rule takes or gives (充值数额、赠送数额), with its unit; `rechargeAmount`
/// with `rechargeType` and `sentAmount` with `sentType` of 4.7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Quantity {
    /// Money.
    Money(Fen),
    /// Months.
    Months(i64),
    /// Days.
    Days(i64),
    /// Hours.
    Hours(i64),
    /// Times of parking.
    Times(i64),
    /// In a unit that the document does not list.
    Other(RechargeUnit, i64),
}

impl Quantity {
    /// `amount` counted in `unit`.
    pub fn of(amount: Unitless, unit: RechargeUnit) -> Self {
        let number = amount.0;
        match unit {
            RechargeUnit::MONEY => Self::Money(Fen(number)),
            RechargeUnit::MONTHS => Self::Months(number),
            RechargeUnit::DAYS => Self::Days(number),
            RechargeUnit::HOURS => Self::Hours(number),
            RechargeUnit::TIMES => Self::Times(number),
            other => Self::Other(other, number),
        }
    }

    /// The number and the unit, as the two fields have them.
    pub fn parts(self) -> (Unitless, RechargeUnit) {
        let (number, unit) = match self {
            Self::Money(fen) => (fen.0, RechargeUnit::MONEY),
            Self::Months(number) => (number, RechargeUnit::MONTHS),
            Self::Days(number) => (number, RechargeUnit::DAYS),
            Self::Hours(number) => (number, RechargeUnit::HOURS),
            Self::Times(number) => (number, RechargeUnit::TIMES),
            Self::Other(unit, number) => (number, unit),
        };
        (Unitless(number), unit)
    }
}

/// What is left on a card (卡内余额), with its unit; `validValue` with `carType` of 4.5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Balance {
    /// Money, of a car that pays from what was put on its card (充值车).
    Money(Fen),
    /// Times of parking, of a car that pays by the time (计次车).
    Times(i64),
    /// Of a car whose card holds no value by the document.
    Other(CarType, i64),
}

impl Balance {
    /// `value` of a card for `car_type`.
    pub fn of(value: Unitless, car_type: CarType) -> Self {
        match car_type {
            CarType::STORED_VALUE => Self::Money(Fen(value.0)),
            CarType::COUNTED => Self::Times(value.0),
            other => Self::Other(other, value.0),
        }
    }
}

/// What is given needs its unit.
pub(super) fn unit_of_gift(
    amount: Option<Unitless>,
    unit: Option<RechargeUnit>,
    v: &mut Violations,
) {
    if amount.is_some_and(|amount| amount.0 != 0) && unit.is_none() {
        v.add_at(
            "sentType",
            Rule::Condition("needed with sentAmount, which has no unit without it"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantity_keeps_number_and_unit() {
        for (unit, quantity) in [
            (0, Quantity::Money(Fen(12))),
            (1, Quantity::Months(12)),
            (2, Quantity::Days(12)),
            (3, Quantity::Hours(12)),
            (4, Quantity::Times(12)),
            (9, Quantity::Other(RechargeUnit(9), 12)),
        ] {
            assert_eq!(Quantity::of(Unitless(12), RechargeUnit(unit)), quantity);
            assert_eq!(quantity.parts(), (Unitless(12), RechargeUnit(unit)));
        }
    }

    #[test]
    fn what_is_left_on_a_card_is_fen_or_times_by_its_kind() {
        for (car_type, balance) in [
            (3, Balance::Money(Fen(12))),
            (6, Balance::Times(12)),
            (2, Balance::Other(CarType(2), 12)),
        ] {
            assert_eq!(Balance::of(Unitless(12), CarType(car_type)), balance);
        }
    }
}
