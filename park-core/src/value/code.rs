/// Declares open codes: a newtype over the wire value with one named constant per listed value. An
/// unknown value survives a round trip, prints, and is reported by [`Check`](crate::Check) as
/// [`Rule::UnknownCode`](crate::Rule::UnknownCode).
///
/// ```
/// # use park_core::codes;
/// codes! {
///     /// Kind of lot (停车场类型), Table 3.
///     pub struct LotKind(i32) {
///         /// On-street zone.
///         ON_STREET = 0, "路内停车区";
///         /// Indoor lot.
///         INDOOR = 1, "室内停车场";
///     }
/// }
/// assert_eq!(LotKind::INDOOR.name(), Some("室内停车场"));
/// assert_eq!(LotKind(9).to_string(), "9");
/// ```
#[macro_export]
macro_rules! codes {
    ($($(#[$doc:meta])* pub struct $name:ident($repr:ident) { $($(#[$value_doc:meta])* $value:ident =
        $wire:literal, $title:literal;)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(
            /// The value on the wire.
            pub $repr,
        );

        impl $name {
            $($(#[$value_doc])* #[doc = concat!("(", $title, ", ", stringify!($wire),
                ")")] pub const $value: Self = Self($wire);)*

            /// Every listed value with its Chinese name.
            pub const LIST: &'static [(Self, &'static str)] = &[$((Self($wire), $title)),*];

            /// The Chinese name, if the document lists the value.
            pub fn name(self) -> Option<&'static str> {
                Self::LIST.iter().find(|(value, _)| *value == self).map(|(_, name)| *name)
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self.name() {
                    Some(name) => write!(f, "{} {name}", self.0),
                    None => ::std::fmt::Display::fmt(&self.0, f),
                }
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl $crate::Check for $name {
            #[inline]
            fn check(&self, violations: &mut $crate::Violations) {
                if !matches!(self.0, $($wire)|*) {
                    violations.add($crate::Rule::UnknownCode);
                }
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self,
                serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                $crate::serde::Serialize::serialize(&self.0, serializer)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D)
                -> ::std::result::Result<Self, D::Error> {
                $crate::serde::Deserialize::deserialize(deserializer).map(Self)
            }
        }

        $crate::code_schema! { $name $repr $($wire = $title),* }
    )*};
}

/// Declares open codes whose wire value is text of at most the given number of characters; else as
/// [`codes!`].
#[macro_export]
macro_rules! text_codes {
    ($($(#[$doc:meta])* pub struct $name:ident($max:literal) { $($(#[$value_doc:meta])* $value:ident = $wire:literal, $title:literal;)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(::std::borrow::Cow<'static, str>);

        impl $name {
            $($(#[$value_doc])* #[doc = concat!("(", $title, ", `", stringify!($wire),
                "`)")] pub const $value: Self = Self(::std::borrow::Cow::Borrowed($wire));)*

            /// Every listed value with its Chinese name.
            pub const LIST: &'static [(&'static str, &'static str)] = &[$(($wire, $title)),*];

            /// The value on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The Chinese name, if the document lists the value.
            pub fn name(&self) -> Option<&'static str> {
                match self.as_str() {
                    $($wire => Some($title),)*
                    _ => None,
                }
            }
        }

        impl<S: Into<String>> From<S> for $name {
            fn from(value: S) -> Self {
                Self(::std::borrow::Cow::Owned(value.into()))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                match self.name() {
                    Some(name) => write!(f, "{} {name}", self.0),
                    None => f.write_str(&self.0),
                }
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl $crate::Check for $name {
            fn check(&self, violations: &mut $crate::Violations) {
                if self.0.is_empty() {
                    violations.add($crate::Rule::Missing);
                }
                self.check_optional(violations);
            }

            fn check_optional(&self, violations: &mut $crate::Violations) {
                let found = self.0.chars().count();
                if found > $max {
                    violations.add($crate::Rule::TooLong { max: $max, found });
                } else if !self.0.is_empty() && self.name().is_none() {
                    violations.add($crate::Rule::UnknownCode);
                }
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self,
                serializer: S) -> ::std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D)
                -> ::std::result::Result<Self, D::Error> {
                <String as $crate::serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }

        $crate::code_schema! { $name String [$max] $($wire = $title),* }
    )*};
}

/// The JSON Schema of a code: its values as `anyOf` constants with titles, so that an unknown value
/// stays valid against the type.
#[doc(hidden)]
#[macro_export]
#[cfg(feature = "schema")]
macro_rules! code_schema {
    ($name:ident $repr:ident $([$max:literal])? $($wire:literal = $title:literal),*) => {
        impl $crate::schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut $crate::schemars::SchemaGenerator)
                -> $crate::schemars::Schema {
                let mut schema = <$repr as $crate::schemars::JsonSchema>::json_schema(generator);
                $(schema.insert("maxLength".into(), $max.into());)?
                schema.insert("enum".into(), $crate::serde_json::json!([$($wire),*]));
                schema.insert("x-enum-descriptions".into(),
                    $crate::serde_json::json!([$($title),*]));
                schema
            }
        }
    };
}

/// Without the feature `schema` a code has no schema.
#[doc(hidden)]
#[macro_export]
#[cfg(not(feature = "schema"))]
macro_rules! code_schema {
    ($($tokens:tt)*) => {};
}

#[cfg(test)]
#[allow(unreachable_pub, reason = "the macros declare what a crate publishes")]
mod tests {
    use crate::{Check, Rule, Violation, Violations, json};

    codes! {
        /// Kind of lot.
        pub struct LotKind(i32) {
            /// On-street.
            ON_STREET = 0, "路内";
            /// Unknown.
            UNKNOWN = -1, "未知";
        }
    }
    text_codes! {
        /// Support.
        pub struct Support(1) {
            /// Yes.
            YES = "0", "支持";
        }
    }

    #[test]
    fn an_unknown_code_survives_and_is_reported() {
        let (kind, _) = json::decode::<LotKind>("7", &Default::default()).expect("a number");
        assert_eq!(json::encode(&kind).expect("a number"), "7");
        let mut v = Violations::default();
        v.at("parkType", |v| kind.check(v));
        LotKind::ON_STREET.check(&mut v);
        assert_eq!(v.list(), [Violation::new("parkType", Rule::UnknownCode)]);
        assert_eq!(LotKind::UNKNOWN.to_string(), "-1 未知");
        assert_eq!(LotKind::LIST.len(), 2);
    }

    #[test]
    fn a_text_code_is_text_on_the_wire() {
        let (yes, deviations) = json::decode::<Support>("0", &Default::default()).expect("a code");
        assert_eq!((yes.clone(), deviations.count()), (Support::YES, 1));
        assert_eq!(Support::LIST, [("0", "支持")]);
        assert_eq!(json::encode(&yes).expect("a code"), "\"0\"");
        let mut v = Violations::default();
        Support::from("12").check(&mut v);
        assert_eq!(v.list()[0].rule, Rule::TooLong { max: 1, found: 2 });
    }
}
