use crate::Rule;
use serde::de;
use std::fmt;

/// What serde and the decoder tell each other about; the path is still on the decoder's stack when
/// it is caught.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) rule: Rule,
    pub(super) field: Option<&'static str>,
}

impl Problem {
    pub(super) fn of_type(expected: impl ToString, found: &'static str) -> Self {
        Self {
            rule: Rule::Type {
                expected: expected.to_string(),
                found,
            },
            field: None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.rule.fmt(f)
    }
}

impl std::error::Error for Problem {}

impl de::Error for Problem {
    #[cold]
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::of_type(message, "something else")
    }

    #[cold]
    fn invalid_type(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        Self::invalid_value(found, expected)
    }

    #[cold]
    fn invalid_value(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        use de::Unexpected::*;
        let found = match found {
            Bool(_) => "true or false",
            Unsigned(_) | Signed(_) | Float(_) => "another number",
            Str(_) | Other("text") => "other text",
            Seq => "a list",
            Map => "an object",
            _ => "something else",
        };
        Self::of_type(expected, found)
    }

    #[cold]
    fn missing_field(field: &'static str) -> Self {
        Self {
            rule: Rule::Missing,
            field: Some(field),
        }
    }

    #[cold]
    fn duplicate_field(_: &'static str) -> Self {
        // The path stands on the second one already.
        Self {
            rule: Rule::Duplicate,
            field: None,
        }
    }
}
