//! The wire names of a type's fields.
use serde::de::{self, DeserializeOwned, Visitor};
use std::fmt;

/// The wire names of the fields of the struct `T`, as its table has them; empty for what is no
/// struct.
pub fn fields_of<T: DeserializeOwned>() -> &'static [&'static str] {
    match T::deserialize(Ask) {
        Err(Names(names)) => names,
        Ok(_) => &[],
    }
}

/// A deserializer that has no value, only the question for the names.
struct Ask;

#[derive(Debug)]
struct Names(&'static [&'static str]);

impl fmt::Display for Names {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no value here")
    }
}

impl std::error::Error for Names {}

impl de::Error for Names {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self(&[])
    }
}

impl<'de> de::Deserializer<'de> for Ask {
    type Error = Names;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Names> {
        Err(Names(&[]))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Names> {
        Err(Names(fields))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct newtype_struct seq tuple
        tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    #[allow(dead_code, reason = "only its names are asked for")]
    struct Entry {
        park_code: String,
        #[serde(rename = "IsDensityPay")]
        pays: i32,
    }

    #[test]
    fn names_are_those_of_the_wire() {
        assert_eq!(fields_of::<Entry>(), ["parkCode", "IsDensityPay"]);
        assert!(fields_of::<Vec<Entry>>().is_empty() && fields_of::<i32>().is_empty());
    }
}
