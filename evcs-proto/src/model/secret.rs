use park_core::{Check, Rule, Secret, Violations};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A secret or token without a limit: text on the wire like [`AnyText`](crate::AnyText), never
/// printed, wiped from memory when dropped, compared in constant time. A required one must not be
/// empty.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText(Secret);

impl SecretText {
    /// The text itself. Keep it out of logs, errors and debug output.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The secret, owned.
    pub fn into_secret(self) -> Secret {
        self.0
    }
}

impl<S: Into<String>> From<S> for SecretText {
    fn from(text: S) -> Self {
        Self(Secret::new(text))
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl Check for SecretText {
    fn check(&self, v: &mut Violations) {
        if self.expose().is_empty() {
            v.add(Rule::Missing);
        }
    }

    fn check_optional(&self, _: &mut Violations) {}
}

impl Serialize for SecretText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for SecretText {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SecretText".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "password"})
    }
}
