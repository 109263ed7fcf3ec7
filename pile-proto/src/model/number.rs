use park_core::{Check, Fixed, rust_decimal::Decimal};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// An exact decimal number (number) for which the document gives no number of decimals, such as an
/// energy in kWh.
///
/// It never passes through binary floating point and is never rounded. Written without trailing
/// zeros.
///
/// ```
/// # use pile_proto::model::Number;
/// let energy: Number = "12.340".parse()?;
/// assert_eq!(energy.to_string(), "12.34");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
// A `Fixed` without decimals of its own writes any number as it is; only its `Check` would mind,
// which is not asked here.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Number(Fixed<0>);

impl Number {
    /// The number.
    pub fn value(self) -> Decimal {
        self.0.value()
    }
}

impl From<Decimal> for Number {
    fn from(number: Decimal) -> Self {
        Self(number.into())
    }
}

impl FromStr for Number {
    type Err = park_core::rust_decimal::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Check for Number {}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Number {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "number"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{DeviationKind, Violations, json};

    #[test]
    fn any_number_of_decimals_is_kept_through_both_readers() {
        for (read, written) in [
            ("12.340", "12.34"),
            ("0.123456789012", "0.123456789012"),
            ("20.00", "20"),
            ("7", "7"),
            ("-1.5", "-1.5"),
        ] {
            let strict: Number = serde_json::from_str(read).expect(read);
            let (tolerant, none) =
                json::decode::<Number>(read, &park_core::Rules::strict()).expect(read);
            assert_eq!((strict, none.count()), (tolerant, 0));
            assert_eq!(serde_json::to_string(&strict).expect(read), written);
            assert_eq!(json::encode(&strict).expect(read), written);
            let mut v = Violations::default();
            strict.check(&mut v);
            assert_eq!(v.list(), []);
        }
    }

    #[test]
    fn text_is_read_and_named_and_empty_text_is_absent() {
        let (number, found) =
            json::decode::<Option<Number>>("\"1.25\"", &Default::default()).expect("a number");
        assert_eq!(
            (number, found.list()[0].kind),
            ("1.25".parse().ok(), DeviationKind::TEXT_FOR_NUMBER)
        );
        let (number, found) =
            json::decode::<Option<Number>>("\"\"", &Default::default()).expect("absent");
        assert_eq!(
            (number, found.list()[0].kind),
            (None, DeviationKind::EMPTY_FOR_ABSENT)
        );
    }
}
