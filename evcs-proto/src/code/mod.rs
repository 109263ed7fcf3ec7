//! Status and type codes: open newtypes with the document's values as constants. A value that the
//! document does not list survives.
//!
//! One type per list, never per field name: `FailReason` is another list in nearly every interface.

/// As [`codes!`](crate::codes), for lists that the parties may extend (扩展): a value of the range
/// beside the name is no unknown code.
macro_rules! extended_codes {
    ($($(#[$doc:meta])* pub struct $name:ident($low:literal..=$high:literal) {
        $($(#[$value_doc:meta])* $value:ident = $wire:literal, $title:literal;)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize,
            serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(
            /// The value on the wire.
            pub i32,
        );

        impl $name {
            $($(#[$value_doc])* #[doc = concat!("(", $title, ", ", stringify!($wire),
                ")")] pub const $value: Self = Self($wire);)*

            /// Every listed value with its Chinese name.
            pub const LIST: &'static [(Self, &'static str)] = &[$((Self($wire), $title)),*];

            /// What the parties may define between themselves (扩展).
            pub const EXTENSION: std::ops::RangeInclusive<i32> = $low..=$high;

            /// The Chinese name, if the document lists the value.
            pub fn name(self) -> Option<&'static str> {
                Self::LIST.iter().find(|(value, _)| *value == self).map(|(_, name)| *name)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self.name() {
                    Some(name) => write!(f, "{} {name}", self.0),
                    None => self.0.fmt(f),
                }
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl park_core::Check for $name {
            #[inline]
            fn check(&self, violations: &mut park_core::Violations) {
                if self.name().is_none() && !Self::EXTENSION.contains(&self.0) {
                    violations.add(park_core::Rule::UnknownCode);
                }
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({
                    "type": "integer",
                    "anyOf": [{"enum": [$($wire),*]}, {"minimum": $low, "maximum": $high}],
                    "x-enum-descriptions": [$($title),*],
                })
            }
        }
    )*};
}

mod charge;
mod failure;
mod ret;
mod station;

pub use charge::*;
pub use failure::*;
pub use ret::*;
pub use station::*;
