use super::{Decoder, Outcome, Problem, SCALAR, WHOLE};
use crate::value::{DECIMAL, time};
use serde::de::{self, Visitor};

/// `""` in a field that may be absent.
pub(super) struct EmptyText<'b, 'a, 'de>(pub(super) &'b mut Decoder<'a, 'de>);

impl<'de> EmptyText<'_, '_, 'de> {
    fn text<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        let at = self.0.lexer.at();
        self.0.string()?;
        // What is written as text but is none, such as an amount, has no empty value.
        visitor
            .visit_borrowed_str("")
            .inspect_err(|_: &Problem| self.0.empty = Some(at))
    }

    fn no_text(self, expected: &dyn de::Expected) -> Problem {
        self.0.empty = Some(self.0.lexer.at());
        Problem::of_type(expected, "empty text")
    }
}

macro_rules! empty {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
            Err(self.no_text(&visitor))
        })*
    };
}

impl<'de> de::Deserializer<'de> for EmptyText<'_, '_, 'de> {
    type Error = Problem;

    empty! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128 deserialize_u8
        deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64 deserialize_char deserialize_bytes
        deserialize_byte_buf deserialize_unit deserialize_seq deserialize_map deserialize_option deserialize_ignored_any
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        self.text(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        self.text(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Outcome<V::Value> {
        match name {
            DECIMAL
            | SCALAR
            | WHOLE
            | time::SLASH_DATE_TIME
            | time::DATE
            | time::TIME
            | time::DATE_TIME
            | time::TIMESTAMP => Err(self.no_text(&visitor)),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Outcome<V::Value> {
        self.deserialize_any(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Outcome<V::Value> {
        self.deserialize_any(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Outcome<V::Value> {
        self.deserialize_any(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Outcome<V::Value> {
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Outcome<V::Value> {
        self.deserialize_any(visitor)
    }
}
