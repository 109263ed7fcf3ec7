//! The strict encoder: a serde `Serializer` that writes compact JSON exactly as the document has
//! it.
//!
//! Absent fields are left out, decimals keep the document's scale, and a dialect may rename fields
//! for a peer that knows them under other names.
use super::lexer::plain_end;
use crate::{Spelling, value::DECIMAL};
use serde::ser::{self, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer};
use std::{fmt, fmt::Write};

/// Writes `value` as compact JSON.
///
/// # Errors
/// A type that JSON cannot express (a number that is not finite, bytes, an enum with data). The
/// models of these crates have none.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<String, EncodeError> {
    let mut out = String::new();
    encode_to(value, &[], &mut out)?;
    Ok(out)
}

/// Appends `value` to `out`; a field that stands as `right` in `names` is written as its `wrong`.
///
/// # Errors
/// As [`encode`].
pub fn encode_to<T: Serialize + ?Sized>(
    value: &T,
    names: &[Spelling],
    out: &mut String,
) -> Result<(), EncodeError> {
    value
        .serialize(Encoder {
            out,
            names,
            literal: false,
        })
        .map(|_| ())
}

/// A value that JSON cannot express.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodeError(String);

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for EncodeError {}

impl ser::Error for EncodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

/// Appends `text` as a JSON string with the fewest escapes.
pub fn quote(text: &str, out: &mut String) {
    out.push('"');
    let mut plain = 0;
    loop {
        let at = plain_end(text.as_bytes(), plain);
        out.push_str(&text[plain..at]);
        let Some(&byte) = text.as_bytes().get(at) else {
            break;
        };
        plain = at + 1;
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            8 => out.push_str("\\b"),
            12 => out.push_str("\\f"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\t' => out.push_str("\\t"),
            // Writing to a String cannot fail.
            _ => drop(write!(out, "\\u{byte:04x}")),
        }
    }
    out.push('"');
}

struct Encoder<'a> {
    out: &'a mut String,
    names: &'a [Spelling],
    /// Inside a decimal number: its text goes out without quotes, whatever wraps it for other
    /// serializers.
    literal: bool,
}

/// Whether something was written: `None` writes nothing in a field, so that the field can be left
/// out.
#[derive(PartialEq)]
enum Written {
    Value,
    Nothing,
}

type Outcome = Result<Written, EncodeError>;

impl Encoder<'_> {
    fn put(self, value: impl fmt::Display) -> Outcome {
        // Writing to a String cannot fail.
        let _ = write!(self.out, "{value}");
        Ok(Written::Value)
    }
}

fn unsupported<T>(what: &str) -> Result<T, EncodeError> {
    Err(EncodeError(format!(
        "{what} has no form in this wire format"
    )))
}

macro_rules! numbers {
    ($($method:ident $type:ty;)*) => {
        $(fn $method(self, number: $type) -> Outcome { self.put(number) })*
    };
}

impl<'a> Serializer for Encoder<'a> {
    type Ok = Written;
    type Error = EncodeError;
    type SerializeSeq = Items<'a>;
    type SerializeTuple = ser::Impossible<Written, EncodeError>;
    type SerializeTupleStruct = ser::Impossible<Written, EncodeError>;
    type SerializeTupleVariant = ser::Impossible<Written, EncodeError>;
    type SerializeMap = Items<'a>;
    type SerializeStruct = Items<'a>;
    type SerializeStructVariant = ser::Impossible<Written, EncodeError>;

    numbers! {
        serialize_i8 i8; serialize_i16 i16; serialize_i32 i32; serialize_i64 i64;
        serialize_u8 u8; serialize_u16 u16; serialize_u32 u32; serialize_u64 u64;
        serialize_bool bool;
    }

    fn serialize_f32(self, number: f32) -> Outcome {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Outcome {
        if !number.is_finite() {
            return unsupported("a number that is not finite");
        }
        self.put(number)
    }

    fn serialize_char(self, c: char) -> Outcome {
        self.serialize_str(c.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, text: &str) -> Outcome {
        if self.literal {
            self.out.push_str(text);
        } else {
            quote(text, self.out);
        }
        Ok(Written::Value)
    }

    fn serialize_bytes(self, _: &[u8]) -> Outcome {
        unsupported("bytes")
    }

    fn serialize_none(self) -> Outcome {
        Ok(Written::Nothing)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Outcome {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Outcome {
        self.put("null")
    }

    fn serialize_unit_struct(self, _: &'static str) -> Outcome {
        self.put("{}")
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Outcome {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Outcome {
        value.serialize(Encoder {
            literal: self.literal || name == DECIMAL,
            ..self
        })
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Outcome {
        unsupported("an enum with data")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items<'a>, EncodeError> {
        self.out.push('[');
        Ok(Items::new(self, "", "]"))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, EncodeError> {
        unsupported("a tuple")
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, EncodeError> {
        unsupported("a tuple")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, EncodeError> {
        unsupported("an enum with data")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Items<'a>, EncodeError> {
        self.out.push('{');
        Ok(Items::new(self, "", "}"))
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Items<'a>, EncodeError> {
        if self.literal {
            return Ok(Items::new(self, name, ""));
        }
        self.out.push('{');
        Ok(Items::new(self, name, "}"))
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, EncodeError> {
        unsupported("an enum with data")
    }
}

/// The entries of a list or the fields of an object.
struct Items<'a> {
    out: &'a mut String,
    names: &'a [Spelling],
    owner: &'static str,
    close: &'static str,
    first: bool,
    literal: bool,
}

impl<'a> Items<'a> {
    fn new(encoder: Encoder<'a>, owner: &'static str, close: &'static str) -> Self {
        Self {
            out: encoder.out,
            names: encoder.names,
            literal: encoder.literal,
            owner,
            close,
            first: true,
        }
    }

    fn comma(&mut self) {
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Outcome {
        value.serialize(Encoder {
            out: &mut *self.out,
            names: self.names,
            literal: self.literal,
        })
    }

    fn close(self) -> Outcome {
        self.out.push_str(self.close);
        Ok(Written::Value)
    }
}

impl SerializeSeq for Items<'_> {
    type Ok = Written;
    type Error = EncodeError;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.comma();
        if self.value(value)? == Written::Nothing {
            self.out.push_str("null");
        }
        Ok(())
    }

    fn end(self) -> Outcome {
        self.close()
    }
}

impl SerializeMap for Items<'_> {
    type Ok = Written;
    type Error = EncodeError;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), EncodeError> {
        self.comma();
        self.value(key)?;
        self.out.push(':');
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), EncodeError> {
        if self.value(value)? == Written::Nothing {
            self.out.push_str("null");
        }
        Ok(())
    }

    fn end(self) -> Outcome {
        self.close()
    }
}

impl SerializeStruct for Items<'_> {
    type Ok = Written;
    type Error = EncodeError;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        field: &'static str,
        value: &T,
    ) -> Result<(), EncodeError> {
        if self.literal {
            return self.value(value).map(|_| ());
        }
        let (start, first) = (self.out.len(), self.first);
        self.comma();
        let written = self
            .names
            .iter()
            .find(|name| name.right == field && (name.owner.is_empty() || name.owner == self.owner))
            .map_or(field, |name| &*name.wrong);
        self.out.push('"');
        self.out.push_str(written);
        self.out.push_str("\":");
        if self.value(value)? == Written::Nothing {
            self.out.truncate(start);
            self.first = first;
        }
        Ok(())
    }

    fn end(self) -> Outcome {
        self.close()
    }
}
