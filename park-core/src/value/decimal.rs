use crate::{Check, Rule, Violations};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::value::RawValue;
use std::{fmt, str::FromStr};

/// The name under which the decoder and the encoder of this crate know a decimal number.
pub(crate) const DECIMAL: &str = "park::Decimal";

/// An exact decimal number that is written as a JSON number with `SCALE` decimals.
///
/// It never passes through binary floating point: `20.00` is read as 20.00 and written as `20.00`.
/// More than `SCALE` decimals are a violation, found by [`Check`](crate::Check); they are never
/// rounded silently.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Fixed<const SCALE: u32>(Decimal);

/// An amount of money in yuan (元) with two decimals.
pub type Money = Fixed<2>;

impl<const SCALE: u32> Fixed<SCALE> {
    /// Zero.
    pub const ZERO: Self = Self(Decimal::ZERO);

    /// So many units of the last decimal: `Fixed::<2>::of_units(2050)` is 20.50.
    pub fn of_units(units: i64) -> Self {
        Self(Decimal::new(units, SCALE))
    }

    /// The number.
    pub fn value(self) -> Decimal {
        self.0
    }

    fn literal(self) -> String {
        let mut number = self.0;
        if number.scale() < SCALE {
            number.rescale(SCALE);
        } else {
            number = number.normalize();
            if number.scale() < SCALE {
                number.rescale(SCALE);
            }
        }
        number.to_string()
    }
}

impl Money {
    /// An amount in fen (分): `Money::fen(2050)` is 20.50 yuan.
    pub fn fen(fen: i64) -> Self {
        Self::of_units(fen)
    }

    /// A whole amount in yuan (元): `Money::yuan(20)` is 20.00.
    pub fn yuan(yuan: i64) -> Self {
        Self(Decimal::from(yuan))
    }
}

impl<const SCALE: u32> From<Decimal> for Fixed<SCALE> {
    fn from(number: Decimal) -> Self {
        Self(number)
    }
}

impl<const SCALE: u32> From<Fixed<SCALE>> for Decimal {
    fn from(number: Fixed<SCALE>) -> Self {
        number.0
    }
}

impl<const SCALE: u32> FromStr for Fixed<SCALE> {
    type Err = rust_decimal::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map(Self)
    }
}

impl<const SCALE: u32> fmt::Display for Fixed<SCALE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.literal())
    }
}

impl<const SCALE: u32> fmt::Debug for Fixed<SCALE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.literal())
    }
}

impl<const SCALE: u32> Check for Fixed<SCALE> {
    fn check(&self, v: &mut Violations) {
        if self.0.scale() > SCALE && self.0.normalize().scale() > SCALE {
            v.add(Rule::Decimals { max: SCALE });
        }
    }
}

impl<const SCALE: u32> Serialize for Fixed<SCALE> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(DECIMAL, &Literal(self.literal()))
    }
}

impl<'de, const SCALE: u32> Deserialize<'de> for Fixed<SCALE> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_newtype_struct(DECIMAL, DecimalVisitor)
            .map(Self)
    }
}

/// A decimal number that the document transports as text of at most `CHARS` characters with at most
/// `SCALE` decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct DecimalText<const CHARS: usize, const SCALE: u32>(Decimal);

impl<const CHARS: usize, const SCALE: u32> DecimalText<CHARS, SCALE> {
    /// The number.
    pub fn value(self) -> Decimal {
        self.0
    }
}

impl<const CHARS: usize, const SCALE: u32> From<Decimal> for DecimalText<CHARS, SCALE> {
    fn from(number: Decimal) -> Self {
        Self(number)
    }
}

impl<const CHARS: usize, const SCALE: u32> FromStr for DecimalText<CHARS, SCALE> {
    type Err = rust_decimal::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).map(Self)
    }
}

impl<const CHARS: usize, const SCALE: u32> fmt::Debug for DecimalText<CHARS, SCALE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<const CHARS: usize, const SCALE: u32> fmt::Display for DecimalText<CHARS, SCALE> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl<const CHARS: usize, const SCALE: u32> Check for DecimalText<CHARS, SCALE> {
    fn check(&self, v: &mut Violations) {
        if self.0.scale() > SCALE {
            v.add(Rule::Decimals { max: SCALE });
        }
        let found = self.0.to_string().len();
        if found > CHARS {
            v.add(Rule::TooLong { max: CHARS, found });
        }
    }
}

impl<const CHARS: usize, const SCALE: u32> Serialize for DecimalText<CHARS, SCALE> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, const CHARS: usize, const SCALE: u32> Deserialize<'de> for DecimalText<CHARS, SCALE> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(DecimalVisitor).map(Self)
    }
}

/// A number literal, handed to the serializer as it is to be written.
pub(crate) struct Literal(pub(crate) String);

impl Serialize for Literal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.clone())
            .map_err(ser::Error::custom)?
            .serialize(serializer)
    }
}

fn parse(text: &str) -> Result<Decimal, rust_decimal::Error> {
    let text = text.trim();
    // Decimal itself takes 1_000 and .5 too: no number of any document.
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.starts_with(|first: char| first.is_ascii_digit()) || digits.contains('_') {
        return Err("a number begins with a digit and has no separators".into());
    }
    if text.contains(['e', 'E']) {
        Decimal::from_scientific(text)
    } else {
        Decimal::from_str_exact(text)
    }
}

struct DecimalVisitor;

impl<'de> de::Visitor<'de> for DecimalVisitor {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Decimal, E> {
        parse(text).map_err(|_| E::invalid_value(de::Unexpected::Other("text"), &self))
    }

    // serde_json: take the literal itself, since its own numbers are binary floating point.
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Decimal, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        let text = text
            .strip_prefix('"')
            .and_then(|text| text.strip_suffix('"'))
            .unwrap_or(text);
        self.visit_str(text)
    }
}

#[cfg(feature = "schema")]
mod schema {
    use super::{DecimalText, Fixed};
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
    use std::borrow::Cow;

    impl<const SCALE: u32> JsonSchema for Fixed<SCALE> {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            format!("Fixed{SCALE}").into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            // `multipleOf` would make validators that count in binary refuse 20.05.
            json_schema!({"type": "number", "format": "decimal", "x-decimals": SCALE})
        }
    }

    impl<const CHARS: usize, const SCALE: u32> JsonSchema for DecimalText<CHARS, SCALE> {
        fn inline_schema() -> bool {
            true
        }

        fn schema_name() -> Cow<'static, str> {
            format!("DecimalText{CHARS}_{SCALE}").into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({"type": "string", "maxLength": CHARS,
                "pattern": format!("^-?\\d+(\\.\\d{{1,{SCALE}}})?$")})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json;

    #[test]
    fn a_number_keeps_its_scale_through_both_readers() {
        for (read, written) in [
            ("20.00", "20.00"),
            ("20", "20.00"),
            ("20.5", "20.50"),
            ("0.1", "0.10"),
            ("-3.10", "-3.10"),
            ("1e2", "100.00"),
            ("20.000", "20.00"),
            ("1.005", "1.005"),
        ] {
            let strict: Money = serde_json::from_str(read).expect(read);
            let tolerant: Money = json::decode(read, &Default::default()).expect(read).0;
            assert_eq!(strict, tolerant);
            assert_eq!(serde_json::to_string(&strict).expect(read), written);
            assert_eq!(json::encode(&strict).expect(read), written);
        }
    }

    #[test]
    fn more_decimals_than_the_document_allows_are_found() {
        let mut v = Violations::default();
        Money::from_str("1.005").expect("a number").check(&mut v);
        assert_eq!(v.list()[0].rule, Rule::Decimals { max: 2 });
        let mut v = Violations::default();
        Money::from_str("1.500").expect("a number").check(&mut v);
        assert!(v.list().is_empty());
    }

    #[test]
    fn what_no_document_writes_is_no_number() {
        for bad in [".5", "+1", "1_000", "-", "", "--1", "1,5"] {
            assert!(bad.parse::<Money>().is_err(), "{bad}");
            assert!(
                serde_json::from_str::<DecimalText<12, 2>>(&format!("\"{bad}\"")).is_err(),
                "{bad}"
            );
            assert!(
                json::decode::<Money>(&format!("\"{bad}\""), &Default::default()).is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn decimals_in_text_stay_text() {
        let amount: DecimalText<12, 2> = json::decode("\"106.00\"", &Default::default())
            .expect("text")
            .0;
        assert_eq!(json::encode(&amount).expect("text"), "\"106.00\"");
        let mut v = Violations::default();
        DecimalText::<12, 6>::from_str("12345.1234567")
            .expect("a number")
            .check(&mut v);
        assert_eq!(v.list().len(), 2);
    }
}
