use super::{Decoder, Outcome, problem::Problem};
use crate::DeviationKind;
use rust_decimal::{Decimal, prelude::ToPrimitive};
use serde::de;

impl Decoder<'_, '_> {
    pub(super) fn integer<N: TryFrom<i64>>(&mut self, expected: &dyn de::Expected) -> Outcome<N> {
        let literal = self.literal(expected)?;
        if literal.contains(['e', 'E']) {
            let number = integer_of(&literal).and_then(|number| N::try_from(number).ok());
            self.note(DeviationKind::FRACTION_FOR_INTEGER)?;
            return number.ok_or_else(|| Problem::of_type(expected, "another number"));
        }
        let digits = match literal.split_once('.') {
            Some((whole, fraction))
                if !fraction.is_empty() && fraction.bytes().all(|digit| digit == b'0') =>
            {
                self.note(DeviationKind::FRACTION_FOR_INTEGER)?;
                whole
            }
            _ => &literal,
        };
        digits
            .parse::<i64>()
            .ok()
            .and_then(|number| N::try_from(number).ok())
            .ok_or_else(|| Problem::of_type(expected, "another number"))
    }
}

/// The whole number that an exponent form is.
pub(super) fn integer_of(literal: &str) -> Option<i64> {
    let number = Decimal::from_scientific(literal).ok()?.normalize();
    number.is_integer().then(|| number.to_i64()).flatten()
}
