use encoding_rs::GB18030;
use park_core::{Check, Rule, Violations};
use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// The characters whose bytes are percent-encoded. The document says "URL encoding"
/// (含中文，URL编码) and names none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum UrlCharset {
    /// UTF-8, as URLs have it today.
    #[default]
    Utf8,
    /// GB 18030, of which GB2312 is a part: the charset of the encrypted messages.
    Gb18030,
}

/// Text that is percent-encoded inside the JSON (URL编码): `plateNum` of upward 4.1, `carNo` of
/// 4.2.
///
/// It keeps what stands on the wire, since only the peer's dialect tells the charset: 鲁 in GB2312
/// is a valid character of UTF-8 too.
///
/// ```
/// use kt_proto::{PercentText, UrlCharset};
///
/// let plate = PercentText::new("京A12345", UrlCharset::Utf8);
/// assert_eq!(plate.as_wire(), "%E4%BA%ACA12345");
/// assert_eq!(plate.text(UrlCharset::Utf8).as_deref(), Some("京A12345"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct PercentText(String);

impl PercentText {
    /// Encodes `text`.
    pub fn new(text: &str, charset: UrlCharset) -> Self {
        Self(match charset {
            UrlCharset::Utf8 => percent_encode(text.as_bytes()),
            UrlCharset::Gb18030 => percent_encode(&GB18030.encode(text).0),
        })
    }

    /// What stands on the wire.
    pub fn as_wire(&self) -> &str {
        &self.0
    }

    /// The text. A peer that does not encode is understood: without `%` it is the text itself.
    /// `None`: not percent-encoded text of this charset.
    pub fn text(&self, charset: UrlCharset) -> Option<String> {
        if !self.0.contains('%') {
            return Some(self.0.clone());
        }
        let bytes = percent_decode(&self.0)?;
        match charset {
            UrlCharset::Utf8 => String::from_utf8(bytes).ok(),
            UrlCharset::Gb18030 => GB18030
                .decode_without_bom_handling_and_without_replacement(&bytes)
                .map(Into::into),
        }
    }
}

impl Check for PercentText {
    fn check(&self, violations: &mut Violations) {
        if self.0.is_empty() {
            violations.add(Rule::Missing);
        }
    }

    fn check_optional(&self, _: &mut Violations) {}
}

pub(crate) fn percent_encode(bytes: &[u8]) -> String {
    let mut encoded = String::with_capacity(bytes.len());
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            encoded.push(char::from(*byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

pub(crate) fn percent_decode(text: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let mut nibble = || char::from(bytes.next()?).to_digit(16);
                (nibble()? << 4 | nibble()?) as u8
            }
            byte => byte,
        });
    }
    Some(decoded)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_wire_differs_by_charset() {
        for (charset, wire) in [
            (UrlCharset::Utf8, "%E9%B2%81A12345"),
            (UrlCharset::Gb18030, "%C2%B3A12345"),
        ] {
            let plate = PercentText::new("鲁A12345", charset);
            assert_eq!(plate.as_wire(), wire);
            assert_eq!(plate.text(charset).as_deref(), Some("鲁A12345"));
        }
    }

    #[test]
    fn raw_text_is_read_as_it_is() {
        for raw in ["京A12345", "A12345", ""] {
            assert_eq!(
                PercentText(raw.into()).text(UrlCharset::Gb18030).as_deref(),
                Some(raw)
            );
        }
    }

    #[test]
    fn what_is_not_of_the_charset_is_not_guessed() {
        for (wire, charset) in [
            ("%BE%A9A12345", UrlCharset::Utf8),
            ("%FF", UrlCharset::Gb18030),
            ("%E4%BA%A", UrlCharset::Utf8),
            ("%ZZ", UrlCharset::Utf8),
        ] {
            assert_eq!(PercentText(wire.into()).text(charset), None, "{wire}");
        }
        assert_eq!(
            PercentText("%e4%ba%acA1".into())
                .text(UrlCharset::Utf8)
                .as_deref(),
            Some("京A1")
        );
    }

    #[test]
    fn a_required_text_is_not_empty() {
        let mut violations = Violations::default();
        violations.at("carNo", |v| PercentText::default().check(v));
        violations.at("plateNum", |v| Some(PercentText::default()).check(v));
        assert_eq!(
            violations
                .list()
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>(),
            ["carNo: required, but absent or empty"]
        );
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text: String, gb: bool) {
            let charset = if gb { UrlCharset::Gb18030 } else { UrlCharset::Utf8 };
            let wire = PercentText::new(&text, charset);
            prop_assert!(wire.as_wire().is_ascii());
            prop_assert_eq!(wire.text(charset), Some(text));
        }
    }
}
