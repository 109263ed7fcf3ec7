//! The entries of lists and the members of objects.
use super::{Decoder, Outcome, Problem};
use crate::{DeviationKind, Spelling, violation::Step};
use serde::de::{DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess};

pub(super) struct List<'b, 'a, 'de> {
    pub(super) decoder: &'b mut Decoder<'a, 'de>,
    pub(super) read: usize,
}

impl<'de> SeqAccess<'de> for List<'_, '_, 'de> {
    type Error = Problem;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Outcome<Option<T::Value>> {
        let decoder = &mut *self.decoder;
        if decoder.lexer.peek() == b']' {
            return Ok(None);
        }
        if self.read > 0 {
            decoder
                .lexer
                .expect(b',')
                .map_err(|fault| decoder.fault(fault))?;
        }
        if let Some(step) = decoder.steps.last_mut() {
            *step = Step::Index(self.read);
        }
        self.read += 1;
        seed.deserialize(decoder).map(Some)
    }
}

/// One object read as a list of one, or `null` as a list of none.
pub(super) struct Single<'b, 'a, 'de>(pub(super) Option<&'b mut Decoder<'a, 'de>>);

impl<'de> SeqAccess<'de> for Single<'_, '_, 'de> {
    type Error = Problem;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Outcome<Option<T::Value>> {
        self.0
            .take()
            .map(|decoder| seed.deserialize(decoder))
            .transpose()
    }
}

pub(super) struct Object<'b, 'a, 'de> {
    pub(super) decoder: &'b mut Decoder<'a, 'de>,
    pub(super) name: &'static str,
    pub(super) fields: &'static [&'static str],
    pub(super) first: bool,
    /// The field that comes next if the peer keeps the table's order.
    pub(super) next: usize,
}

impl<'de> Object<'_, '_, 'de> {
    /// The table's name of the field that the peer calls `key`.
    #[inline]
    fn field(&mut self, key: &'de str) -> Outcome<&'de str> {
        if self.fields.get(self.next) == Some(&key) {
            self.next += 1;
            return Ok(key);
        }
        if let Some(at) = self.fields.iter().position(|field| *field == key) {
            self.next = at + 1;
            return Ok(key);
        }
        self.other_name(key)
    }

    #[cold]
    fn other_name(&mut self, key: &'de str) -> Outcome<&'de str> {
        let rules = self.decoder.rules;
        if let Some(field) = self.meant(&rules.agreed, key) {
            return Ok(field);
        }
        if let Some(field) = self.meant(&rules.spellings, key) {
            self.decoder.note(DeviationKind::SPELLING)?;
            return Ok(field);
        }
        let mut like = self
            .fields
            .iter()
            .filter(|field| field.eq_ignore_ascii_case(key.trim()));
        if let (Some(field), None) = (like.next(), like.next()) {
            self.decoder.note(DeviationKind::KEY_STYLE)?;
            return Ok(field);
        }
        Ok(key)
    }
}

impl Object<'_, '_, '_> {
    /// The field that `key` means by one of `names`.
    fn meant(&self, names: &[Spelling], key: &str) -> Option<&'static str> {
        names
            .iter()
            .filter(|known| {
                known.wrong == key && (known.owner.is_empty() || known.owner == self.name)
            })
            .find_map(|known| {
                self.fields
                    .iter()
                    .copied()
                    .find(|field| *field == known.right)
            })
    }
}

impl<'de> MapAccess<'de> for Object<'_, '_, 'de> {
    type Error = Problem;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Outcome<Option<K::Value>> {
        let decoder = &mut *self.decoder;
        if decoder.lexer.peek() == b'}' {
            return Ok(None);
        }
        if !self.first {
            decoder
                .lexer
                .expect(b',')
                .map_err(|fault| decoder.fault(fault))?;
        }
        self.first = false;
        let key = decoder.lexer.key().map_err(|fault| decoder.fault(fault))?;
        let Some(plain) = key.plain() else {
            // An escaped key is rare; its path shows it as it is written, its name is matched
            // decoded.
            decoder.steps.push(Step::Key(key.raw()));
            let decoded = key.decode().into_owned();
            return seed.deserialize(decoded.into_deserializer()).map(Some);
        };
        decoder.steps.push(Step::Key(plain));
        let name = if self.fields.is_empty() {
            plain
        } else {
            self.field(plain)?
        };
        seed.deserialize(name.into_deserializer()).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Outcome<V::Value> {
        let value = seed.deserialize(&mut *self.decoder)?;
        self.decoder.steps.pop();
        Ok(value)
    }
}
