use park_core::{Check, Rule, Violations, codes, json::SCALAR};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::{borrow::Cow, fmt};

codes! {
    /// Whom a credit report is about (当人类别), Table 30.
    pub struct CreditSubject(i32) {
        /// A natural person.
        PERSON = 0, "自然人";
        /// A legal person or other organisation.
        ORGANISATION = 1, "法人和其它组织";
    }
}

/// Kind of a person's identity document (个人证件类型, idType), Table 30.
///
/// The table gives it the type Int and then lists X for the others. So 0 to 9 are written as
/// numbers and X as the text `"X"`; both forms are read for every value. X does not fit the table's
/// type: [`Check`] reports it as a limit, which a dialect may waive (`idType`) for a peer that
/// takes it. See `SPEC-NOTES.md`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdDocument(Cow<'static, str>);

macro_rules! documents {
    ($($(#[$doc:meta])* $value:ident = $wire:literal, $title:literal;)*) => {
        impl IdDocument {
            $($(#[$doc])* #[doc = concat!("(", $title, ", `", stringify!($wire),
                "`)")] pub const $value: Self = Self(Cow::Borrowed($wire));)*

            /// Every listed value with its Chinese name.
            pub const LIST: &'static [(&'static str, &'static str)] = &[$(($wire, $title)),*];
        }
    };
}

documents! {
    /// Identity card.
    IDENTITY_CARD = "0", "身份证";
    /// Household register.
    HOUSEHOLD_REGISTER = "1", "户口簿";
    /// Passport.
    PASSPORT = "2", "护照";
    /// Officer's card.
    OFFICER_CARD = "3", "军官证";
    /// Soldier's card.
    SOLDIER_CARD = "4", "士兵证";
    /// Mainland travel permit of residents of Hong Kong and Macao.
    HONG_KONG_MACAO_PERMIT = "5", "港澳居民来往内地通行证";
    /// Mainland travel permit of residents of Taiwan.
    TAIWAN_PERMIT = "6", "台湾同胞来往内地通行证";
    /// Temporary identity card.
    TEMPORARY_IDENTITY_CARD = "7", "临时身份证";
    /// Residence permit of a foreigner.
    FOREIGNER_RESIDENCE_PERMIT = "8", "外国人居留证";
    /// Police card.
    POLICE_CARD = "9", "警官证";
    /// Another document.
    OTHER = "X", "其它证件";
}

impl IdDocument {
    /// The value, without the quotes that X carries on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The Chinese name, if the document lists the value.
    pub fn name(&self) -> Option<&'static str> {
        Self::LIST
            .iter()
            .find(|(value, _)| *value == self.0)
            .map(|(_, name)| *name)
    }
}

impl<S: Into<String>> From<S> for IdDocument {
    fn from(value: S) -> Self {
        Self(Cow::Owned(value.into()))
    }
}

impl fmt::Display for IdDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{} {name}", self.0),
            None => f.write_str(&self.0),
        }
    }
}

impl fmt::Debug for IdDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdDocument({self})")
    }
}

impl Check for IdDocument {
    fn check(&self, v: &mut Violations) {
        if *self == Self::OTHER {
            v.add(Rule::Range {
                expected: "a number; X does not fit the table's Int",
            });
        } else if self.name().is_none() {
            v.add(Rule::UnknownCode);
        }
    }
}

impl Serialize for IdDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.parse::<i64>() {
            // "07" and "+7" stay text: as numbers they would come back as something else.
            Ok(number) if number.to_string() == self.0 => serializer.serialize_i64(number),
            _ => serializer.serialize_str(&self.0),
        }
    }
}

impl<'de> Deserialize<'de> for IdDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(SCALAR, Visitor)
    }
}

struct Visitor;

impl<'de> de::Visitor<'de> for Visitor {
    type Value = IdDocument;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number or \"X\"")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<IdDocument, E> {
        Ok(text.into())
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<IdDocument, E> {
        Ok(number.to_string().into())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<IdDocument, E> {
        Ok(number.to_string().into())
    }

    // Other deserializers say themselves what stands there.
    fn visit_newtype_struct<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<IdDocument, D::Error> {
        deserializer.deserialize_any(self)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for IdDocument {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "IdDocument".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let titles: Vec<_> = Self::LIST.iter().map(|(_, title)| *title).collect();
        schemars::json_schema!({"enum": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, "X"],
            "x-enum-descriptions": titles})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{Violation, Waived, json};

    #[test]
    fn a_number_and_x_are_read_from_either_form_and_written_in_their_own() {
        for (read, document, written) in [
            ("0", IdDocument::IDENTITY_CARD, "0"),
            ("\"0\"", IdDocument::IDENTITY_CARD, "0"),
            ("\"X\"", IdDocument::OTHER, "\"X\""),
            ("9", IdDocument::POLICE_CARD, "9"),
            ("17", IdDocument::from("17"), "17"),
            ("\"07\"", IdDocument::from("07"), "\"07\""),
        ] {
            let (tolerant, _) = json::decode::<IdDocument>(read, &Default::default()).expect(read);
            let plain: IdDocument = serde_json::from_str(read).expect(read);
            assert_eq!((&tolerant, &plain), (&document, &document));
            assert_eq!(json::encode(&tolerant).expect(read), written);
            assert_eq!(serde_json::to_string(&tolerant).expect(read), written);
        }
        assert!(json::decode::<IdDocument>("true", &Default::default()).is_err());
    }

    #[test]
    fn x_is_refused_unless_the_dialect_waives_it() {
        let found = |document: &IdDocument| {
            let mut v = Violations::default();
            v.at("idType", |v| document.check(v));
            v
        };
        for (value, _) in IdDocument::LIST {
            let v = found(&IdDocument::from(*value));
            assert_eq!(v.list().is_empty(), *value != "X", "{value}");
        }
        let expected = Rule::Range {
            expected: "a number; X does not fit the table's Int",
        };
        assert_eq!(
            found(&IdDocument::OTHER).to_send(&Waived::default()),
            [Violation::new("idType", expected)]
        );
        assert_eq!(
            found(&IdDocument::OTHER).to_send(&Waived::from_iter(["idType"])),
            []
        );
        assert_eq!(
            found(&"x".into()).list(),
            [Violation::new("idType", Rule::UnknownCode)]
        );
    }
}
