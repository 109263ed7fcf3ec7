use crate::{Check, Rule, Violations};
use serde::{Deserialize, Serialize};
use std::{borrow::Borrow, fmt, ops::Deref};

/// Text of at most `N` characters (字符长度).
///
/// The type is the declaration of the limit: checks, schema and documentation read it from here.
/// Building a longer one is allowed and found by [`Check`](crate::Check), so that a value received
/// from a peer can still be shown. The text itself is never changed: ids keep case, length and
/// leading zeros. A required text must not be empty.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text<const N: usize>(String);

impl<const N: usize> Text<N> {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text, owned.
    pub fn into_string(self) -> String {
        self.0
    }
}

impl<const N: usize, S: Into<String>> From<S> for Text<N> {
    fn from(text: S) -> Self {
        Self(text.into())
    }
}

impl<const N: usize> Deref for Text<N> {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> AsRef<str> for Text<N> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> Borrow<str> for Text<N> {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<const N: usize> PartialEq<str> for Text<N> {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl<const N: usize> PartialEq<&str> for Text<N> {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl<const N: usize> fmt::Debug for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<const N: usize> fmt::Display for Text<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl<const N: usize> Check for Text<N> {
    #[inline]
    fn check(&self, v: &mut Violations) {
        if self.0.is_empty() {
            v.add(Rule::Missing);
        }
        self.check_optional(v);
    }

    #[inline]
    fn check_optional(&self, v: &mut Violations) {
        // Bytes bound characters from above, so counting is needed only for long texts.
        if self.0.len() > N {
            let found = self.0.chars().count();
            if found > N {
                v.add(Rule::TooLong { max: N, found });
            }
        }
    }
}

#[cfg(feature = "schema")]
impl<const N: usize> schemars::JsonSchema for Text<N> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Text{N}").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        if N == usize::MAX {
            schemars::json_schema!({"type": "string"})
        } else {
            schemars::json_schema!({"type": "string", "maxLength": N})
        }
    }
}

/// Text for which the document gives no limit.
pub type AnyText = Text<{ usize::MAX }>;
