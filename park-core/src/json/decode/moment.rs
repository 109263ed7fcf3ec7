use super::{Decoder, Outcome, problem::Problem};
use crate::{DeviationKind, value::time};
use serde::de::{self, Visitor};
use std::fmt;

impl<'de> Decoder<'_, 'de> {
    /// A date or time, as what `read` makes of its text.
    pub(super) fn moment<T: fmt::Display, V: Visitor<'de>>(
        &mut self,
        read: fn(&str) -> Option<time::Read<T>>,
        visitor: V,
    ) -> Outcome<V::Value> {
        if self.lexer.peek() != b'"' {
            return Err(self.unlike(&visitor));
        }
        let text = self.string()?.decode();
        let trimmed = text.trim();
        let (moment, kind) = read(trimmed)
            .ok_or_else(|| Problem::of_type(&visitor as &dyn de::Expected, "other text"))?;
        match kind.or((trimmed.len() < text.len()).then_some(DeviationKind::TIME_STYLE)) {
            None => visitor.visit_str(&text),
            Some(kind) => {
                self.note(kind)?;
                visitor.visit_str(&moment.to_string())
            }
        }
    }

    /// A date and time that was written as a number: `0` where it may be absent is none.
    pub(super) fn moment_of_number<V: Visitor<'de>>(&mut self, visitor: V) -> Outcome<V::Value> {
        let at = self.lexer.at();
        let number = self.number()?;
        let Some((moment, kind)) = time::read_digits(number) else {
            if number == "0" && self.optional == Some(at) {
                self.empty = Some(at);
            }
            let expected = &visitor as &dyn de::Expected;
            return Err(Problem::of_type(expected, "another number"));
        };
        if let Some(kind) = kind {
            self.note(kind)?;
        }
        visitor.visit_str(&moment.to_string())
    }

    pub(super) fn timestamp(&mut self, expected: &dyn de::Expected) -> Outcome<i64> {
        if self.lexer.peek() == b'"' {
            let mut ahead = self.lexer.clone();
            let text = ahead.string().map_err(|fault| self.fault(fault))?.decode();
            let text = text.trim();
            let digits = text.bytes().all(|byte| byte.is_ascii_digit());
            if let Some((moment, _)) = time::read_date_time(text).filter(|_| !digits) {
                self.lexer = ahead;
                self.note(DeviationKind::DATE_TIME_FOR_TIMESTAMP)?;
                return Ok(moment.timestamp().seconds());
            }
        }
        let literal = self.literal(expected)?;
        let (moment, kind) = time::read_timestamp(&literal)
            .ok_or_else(|| Problem::of_type(expected, "another number"))?;
        if let Some(kind) = kind {
            self.note(kind)?;
        }
        Ok(moment.seconds())
    }
}
