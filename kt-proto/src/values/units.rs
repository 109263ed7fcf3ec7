use park_core::{Check, Money, json::WHOLE};
use serde::{Deserialize, Deserializer, Serialize, de};
use std::fmt;

/// An amount of money in fen (分), a whole number on the wire. Yuan do not become fen by
/// themselves: there is no conversion from [`Money`].
///
/// ```
/// use kt_proto::Fen;
///
/// assert_eq!(Fen(22_600).to_string(), "22600 fen");
/// assert_eq!(Fen(22_600).yuan().to_string(), "226.00");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Fen(
    /// Fen.
    pub i64,
);

impl<'de> Deserialize<'de> for Fen {
    /// A point in the number is refused, `226.00` too: whoever writes one may mean yuan.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Fen;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number of fen")
            }

            fn visit_i64<E: de::Error>(self, fen: i64) -> Result<Fen, E> {
                Ok(Fen(fen))
            }

            fn visit_u64<E: de::Error>(self, fen: u64) -> Result<Fen, E> {
                i64::try_from(fen)
                    .map(Fen)
                    .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(fen), &self))
            }

            // Only the tolerant decoder knows the name.
            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                deserializer: D,
            ) -> Result<Fen, D::Error> {
                deserializer.deserialize_i64(self)
            }
        }

        deserializer.deserialize_newtype_struct(WHOLE, Visitor)
    }
}

impl Fen {
    /// The amount in yuan (元), as people read it.
    pub fn yuan(self) -> Money {
        Money::fen(self.0)
    }
}

/// A span of time in minutes (分钟), a whole number on the wire.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Minutes(
    /// Minutes.
    pub i64,
);

/// A span of time in seconds (秒), a whole number on the wire.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Seconds(
    /// Seconds.
    pub i64,
);

impl From<Minutes> for Seconds {
    /// The same span; ends at the longest that can be written.
    fn from(span: Minutes) -> Self {
        Self(span.0.saturating_mul(60))
    }
}

impl Check for Fen {}
impl Check for Minutes {}
impl Check for Seconds {}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} fen", self.0)
    }
}

impl fmt::Display for Minutes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} min", self.0)
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::json;

    #[test]
    fn a_unit_is_a_plain_number_on_the_wire() {
        for (text, deviations) in [("300", 0), ("\"300\"", 1), ("3E+2", 1)] {
            let (fen, noted) = json::decode::<Fen>(text, &Default::default()).expect(text);
            assert_eq!((fen, noted.count()), (Fen(300), deviations), "{text}");
        }
        for text in [
            "300.5",
            "300.0",
            "\"226.00\"",
            "3.5E0",
            "true",
            "\"\"",
            "null",
        ] {
            let refused = json::decode::<Fen>(text, &Default::default()).expect_err(text);
            assert!(
                refused
                    .to_string()
                    .starts_with("expected a whole number of fen"),
                "{refused}"
            );
        }
        assert_eq!(json::encode(&(Fen(-5))).expect("a number"), "-5");
        assert_eq!(json::encode(&Minutes(15)).expect("a number"), "15");
    }

    #[test]
    fn a_unit_is_printed_with_its_name() {
        assert_eq!(
            (Fen(5).to_string(), Fen(5).yuan().to_string()),
            ("5 fen".into(), "0.05".into())
        );
        assert_eq!(
            (Minutes(15).to_string(), Seconds(900).to_string()),
            ("15 min".into(), "900 s".into())
        );
    }

    #[test]
    fn minutes_become_seconds() {
        assert_eq!(Seconds::from(Minutes(15)), Seconds(900));
        assert_eq!(Seconds::from(Minutes(i64::MAX)), Seconds(i64::MAX));
    }
}
