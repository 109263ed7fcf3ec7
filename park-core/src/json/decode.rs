//! The tolerant decoder: a serde `Deserializer` over JSON text whose type hints are the schema.
//!
//! It knows what type is expected and what stands in the text, so it can bridge the two, name each
//! bridge, and tell the path of everything. A type that asks for "anything" (`flatten`, `untagged`)
//! erases that knowledge and is refused.
mod access;
mod empty;
mod integer;
mod moment;
mod problem;

use super::lexer::{Fault, Lexer, Str};
use crate::{
    DeviationKind, Deviations, Rule, Rules, Strictness, Violation,
    value::{DECIMAL, time},
    violation::{Step, path},
};
use access::{List, Object, Single};
use empty::EmptyText;
use integer::integer_of;
use problem::Problem;
use serde::de::{self, DeserializeOwned, Visitor};
use std::borrow::Cow;

/// The name under which a whole number asks for digits alone: a point in an amount of the smallest
/// unit says that another unit may be meant.
pub const WHOLE: &str = "park::Whole";

/// The name under which a type asks for the literal of a number or the text of a string, whichever
/// stands there.
pub const SCALAR: &str = "park::Scalar";

/// Decodes one complete JSON text.
///
/// # Errors
/// The first thing that cannot be read as `T`, with its path.
pub fn decode<T: DeserializeOwned>(
    text: &str,
    rules: &Rules,
) -> Result<(T, Deviations), Violation> {
    let mut deviations = Deviations::default();
    let value = Place::default().decode(text, rules, &mut deviations)?;
    Ok((value, deviations))
}

/// Where in its message a text stands, and which fields beside the type's own are known there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    /// The list it is an entry of, and its index.
    pub item: Option<(&'static str, usize)>,
    /// Fields that the envelope has read already; passed over in silence.
    pub known: &'static [&'static str],
}

impl Place {
    /// Decodes the text that stands here.
    ///
    /// # Errors
    /// The first thing that cannot be read as `T`, with its path.
    pub fn decode<'de, T: de::Deserialize<'de>>(
        self,
        text: &'de str,
        rules: &Rules,
        deviations: &mut Deviations,
    ) -> Result<T, Violation> {
        let mut steps = Vec::with_capacity(8);
        if let Some((key, index)) = self.item {
            steps.extend([Step::Key(key), Step::Index(index)]);
        }
        let mark = deviations.mark();
        let mut decoder = Decoder {
            lexer: Lexer::new(text),
            top: steps.len(),
            steps,
            rules,
            known: self.known,
            deviations,
            absent: Vec::new(),
            empty: None,
            optional: None,
        };
        loop {
            let outcome = T::deserialize(&mut decoder).and_then(|value| {
                decoder
                    .lexer
                    .end()
                    .map(|()| value)
                    .map_err(|fault| decoder.fault(fault))
            });
            let Problem { rule, field } = match outcome {
                Ok(value) => return Ok(value),
                Err(problem) => problem,
            };
            if let Some(empty) = decoder.empty.take()
                && decoder.absent.len() < MOST_EMPTY
            {
                decoder.absent.push(empty);
                decoder.steps.truncate(decoder.top);
                decoder.lexer = Lexer::new(text);
                decoder.deviations.rewind(mark);
                continue;
            }
            if let Some(field) = field {
                decoder.steps.push(Step::Key(field));
            }
            return Err(Violation::new(path(&decoder.steps), rule));
        }
    }
}

/// How many digits a number that stands where text belongs may have before its fraction.
const LONGEST_WHOLE: usize = 6;

/// How many `""` of one item may mean absent; each costs a second look at the item.
const MOST_EMPTY: usize = 64;

struct Decoder<'a, 'de> {
    lexer: Lexer<'de>,
    steps: Vec<Step<'de>>,
    /// How many steps lead to the item itself.
    top: usize,
    rules: &'a Rules,
    known: &'static [&'static str],
    deviations: &'a mut Deviations,
    /// Offsets of `""` that stand where no text belongs, so they mean absent.
    absent: Vec<usize>,
    /// Such a `""` that was just found; the item is then read once more.
    empty: Option<usize>,
    /// Where the value begins that may be absent and was looked at last.
    optional: Option<usize>,
}

type Outcome<T> = Result<T, Problem>;

impl<'de> Decoder<'_, 'de> {
    #[cold]
    fn note(&mut self, kind: DeviationKind) -> Outcome<()> {
        if self.rules.strictness == Strictness::Strict {
            return Err(Problem {
                rule: Rule::Deviates(kind),
                field: None,
            });
        }
        self.deviations.note(kind, || path(&self.steps));
        Ok(())
    }

    #[cold]
    fn fault(&self, fault: Fault) -> Problem {
        Problem {
            rule: Rule::Syntax {
                problem: fault.to_string(),
            },
            field: None,
        }
    }

    /// The problem of finding what stands here where `expected` belongs.
    #[cold]
    fn unlike(&mut self, expected: &dyn de::Expected) -> Problem {
        let found = match self.lexer.peek() {
            b'"' => "text",
            b'{' => "an object",
            b'[' => "a list",
            b't' | b'f' => "true or false",
            b'n' => "null",
            b'-' | b'0'..=b'9' => "a number",
            _ => return self.fault(self.lexer.unexpected()),
        };
        Problem::of_type(expected, found)
    }

    #[inline]
    fn string(&mut self) -> Outcome<Str<'de>> {
        self.lexer.string().map_err(|fault| self.fault(fault))
    }

    fn number(&mut self) -> Outcome<&'de str> {
        self.lexer.number().map_err(|fault| self.fault(fault))
    }

    fn word(&mut self, word: &str) -> Outcome<()> {
        self.lexer.word(word).map_err(|fault| self.fault(fault))
    }

    /// The literal of the number that stands here, or of what peers write instead.
    #[inline]
    fn literal(&mut self, expected: &dyn de::Expected) -> Outcome<Cow<'de, str>> {
        match self.lexer.peek() {
            b'-' | b'0'..=b'9' => self.number().map(Cow::Borrowed),
            b'"' => {
                let text = self.string()?.decode();
                let trimmed = match text {
                    Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
                    Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
                };
                if !trimmed.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
                    return Err(Problem::of_type(expected, "other text"));
                }
                self.note(DeviationKind::TEXT_FOR_NUMBER)?;
                Ok(trimmed)
            }
            b't' => {
                self.word("true")?;
                self.note(DeviationKind::BOOL_FOR_NUMBER)?;
                Ok("1".into())
            }
            b'f' => {
                self.word("false")?;
                self.note(DeviationKind::BOOL_FOR_NUMBER)?;
                Ok("0".into())
            }
            _ => Err(self.unlike(expected)),
        }
    }

    fn enter(&mut self) -> Outcome<()> {
        self.lexer.enter().map_err(|fault| self.fault(fault))
    }

    fn object<V: Visitor<'de>>(
        &mut self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Outcome<V::Value> {
        if self.lexer.peek() != b'{' {
            return Err(self.unlike(&visitor));
        }
        self.enter()?;
        let value = visitor.visit_map(Object {
            decoder: self,
            name,
            fields,
            first: true,
            next: 0,
        })?;
        // A visitor that stops early has left members behind.
        if self.lexer.peek() != b'}' {
            return Err(self.fault(self.lexer.unexpected()));
        }
        self.lexer.leave();
        Ok(value)
    }
}

macro_rules! integers {
    ($($method:ident $visit:ident;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
            let number = self.integer(&visitor)?;
            visitor.$visit(number)
        })*
    };
}

impl<'de> de::Deserializer<'de> for &mut Decoder<'_, 'de> {
    type Error = Problem;

    integers! {
        deserialize_i8 visit_i8; deserialize_i16 visit_i16; deserialize_i32 visit_i32;
        deserialize_i64 visit_i64;
        deserialize_u8 visit_u8; deserialize_u16 visit_u16; deserialize_u32 visit_u32;
        deserialize_u64 visit_u64;
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        let literal = self.literal(&visitor)?;
        match literal.parse::<f64>() {
            Ok(number) if number.is_finite() => visitor.visit_f64(number),
            _ => Err(Problem::of_type(
                &visitor as &dyn de::Expected,
                "another number",
            )),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        let value = match self.lexer.peek() {
            b't' => self.word("true").map(|()| true)?,
            b'f' => self.word("false").map(|()| false)?,
            b'-' | b'0'..=b'9' | b'"' => {
                let text = if self.lexer.peek() == b'"' {
                    self.string()?.decode()
                } else {
                    self.number()?.into()
                };
                let value = match text.trim() {
                    "1" | "true" | "True" | "TRUE" => true,
                    "0" | "false" | "False" | "FALSE" => false,
                    _ => {
                        return Err(Problem::of_type(
                            &visitor as &dyn de::Expected,
                            "another value",
                        ));
                    }
                };
                self.note(DeviationKind::NUMBER_FOR_BOOL)?;
                value
            }
            _ => return Err(self.unlike(&visitor)),
        };
        visitor.visit_bool(value)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        match self.lexer.peek() {
            b'"' => match self.string()?.decode() {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            },
            b'-' | b'0'..=b'9' => {
                let digits = self.number()?;
                // A sender that rounds makes two ids into one. What has a fraction of its own, such
                // as a coordinate, is short before it.
                let is_rounded = digits.contains(['e', 'E'])
                    || digits.find('.').is_some_and(|whole| whole > LONGEST_WHOLE);
                if is_rounded {
                    let found = "a number with a fraction or exponent";
                    return Err(Problem::of_type(&visitor as &dyn de::Expected, found));
                }
                self.note(DeviationKind::NUMBER_FOR_TEXT)?;
                visitor.visit_borrowed_str(digits)
            }
            _ => Err(self.unlike(&visitor)),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        match self.lexer.peek() {
            b'n' => {
                self.word("null")?;
                self.note(DeviationKind::NULL_FOR_ABSENT)?;
                visitor.visit_none()
            }
            // `""` stays text where text belongs; elsewhere it can only mean absent. Which it is
            // shows when the type asks.
            b'"' if self.lexer.text().as_bytes()[self.lexer.at()..].starts_with(b"\"\"") => {
                if self.absent.contains(&self.lexer.at()) {
                    self.string()?;
                    self.note(DeviationKind::EMPTY_FOR_ABSENT)?;
                    visitor.visit_none()
                } else {
                    visitor.visit_some(EmptyText(self))
                }
            }
            b'0' if self.absent.contains(&self.lexer.at()) => {
                self.number()?;
                self.note(DeviationKind::ZERO_FOR_ABSENT)?;
                visitor.visit_none()
            }
            _ => {
                self.optional = Some(self.lexer.at());
                visitor.visit_some(self)
            }
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Outcome<V::Value> {
        match name {
            DECIMAL => {
                let literal = self.literal(&visitor)?;
                visitor.visit_str(&literal)
            }
            WHOLE => {
                if matches!(self.lexer.peek(), b't' | b'f') {
                    return Err(self.unlike(&visitor));
                }
                let literal = self.literal(&visitor)?;
                let number = match literal.contains('.') {
                    true => None,
                    false => literal.parse().ok().or_else(|| integer_of(&literal)),
                };
                if literal.contains(['e', 'E']) {
                    self.note(DeviationKind::FRACTION_FOR_INTEGER)?;
                }
                let number = number.ok_or_else(|| {
                    Problem::of_type(&visitor as &dyn de::Expected, "another number")
                })?;
                visitor.visit_i64(number)
            }
            time::TIMESTAMP => {
                let seconds = self.timestamp(&visitor)?;
                visitor.visit_i64(seconds)
            }
            time::DATE_TIME => {
                if self.lexer.peek().is_ascii_digit() {
                    return self.moment_of_number(visitor);
                }
                self.moment(time::read_date_time, visitor)
            }
            time::SLASH_DATE_TIME => {
                if self.lexer.peek().is_ascii_digit() {
                    return self.moment_of_number(visitor);
                }
                self.moment(time::read_slash_date_time, visitor)
            }
            time::DATE => self.moment(time::read_date, visitor),
            time::TIME => self.moment(time::read_time, visitor),
            SCALAR => match self.lexer.peek() {
                b'-' | b'0'..=b'9' => visitor.visit_borrowed_str(self.number()?),
                b'"' => visitor.visit_str(&self.string()?.decode()),
                _ => Err(self.unlike(&visitor)),
            },
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        match self.lexer.peek() {
            b'[' => {
                self.enter()?;
                self.steps.push(Step::Index(0));
                let value = visitor.visit_seq(List {
                    decoder: self,
                    read: 0,
                })?;
                self.steps.pop();
                if self.lexer.peek() != b']' {
                    return Err(self.fault(self.lexer.unexpected()));
                }
                self.lexer.leave();
                Ok(value)
            }
            b'{' => {
                self.note(DeviationKind::OBJECT_FOR_LIST)?;
                visitor.visit_seq(Single(Some(self)))
            }
            b'n' => {
                self.word("null")?;
                self.note(DeviationKind::NULL_FOR_ABSENT)?;
                visitor.visit_seq(Single(None))
            }
            _ => Err(self.unlike(&visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Outcome<V::Value> {
        self.object(name, fields, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        self.object("", &[], visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        let silent = match self.steps.last() {
            Some(Step::Key(key)) => self.steps.len() == self.top + 1 && self.known.contains(key),
            _ => false,
        };
        if !silent {
            self.note(DeviationKind::UNKNOWN_FIELD)?;
        }
        self.lexer.value().map_err(|fault| self.fault(fault))?;
        visitor.visit_unit()
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        self.deserialize_str(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Outcome<V::Value> {
        Err(Problem::of_type(
            &visitor as &dyn de::Expected,
            "a type that does not say what it is (flatten, untagged)",
        ))
    }

    serde::forward_to_deserialize_any! { i128 u128 char bytes byte_buf unit unit_struct tuple tuple_struct enum }
}
