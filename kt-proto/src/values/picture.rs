use base64::{Engine, prelude::BASE64_STANDARD};
use park_core::{Check, Rule, Violations};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A picture that the lot took (抓拍图片): its address or, as Base64, the picture itself; which of
/// the two is set up in the lot.
///
/// ```
/// use kt_proto::Picture;
///
/// let sent = Picture::of_bytes(b"\xFF\xD8\xFF");
/// assert_eq!((sent.url(), sent.bytes().as_deref()), (None, Some(&b"\xFF\xD8\xFF"[..])));
/// assert_eq!(Picture::at("http://lot.example/1.jpg").url(), Some("http://lot.example/1.jpg"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Picture(String);

impl Picture {
    /// The picture at an address, `http://` or `https://`.
    pub fn at(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The picture itself.
    pub fn of_bytes(picture: &[u8]) -> Self {
        Self(BASE64_STANDARD.encode(picture))
    }

    /// What stands on the wire.
    pub fn as_wire(&self) -> &str {
        &self.0
    }

    /// The address, if it is one.
    pub fn url(&self) -> Option<&str> {
        let scheme = self.0.split_once("://")?.0;
        ["http", "https"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known))
            .then_some(&self.0)
    }

    /// The picture, if it was sent.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        BASE64_STANDARD
            .decode(&self.0)
            .ok()
            .filter(|picture| !picture.is_empty())
    }
}

impl fmt::Debug for Picture {
    /// An address as it is, of a picture only its length.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.url() {
            Some(url) => write!(f, "Picture({url:?})"),
            None => write!(f, "Picture({} characters)", self.0.chars().count()),
        }
    }
}

impl Check for Picture {
    fn check(&self, violations: &mut Violations) {
        if self.0.is_empty() {
            violations.add(Rule::Missing);
        }
        self.check_optional(violations);
    }

    fn check_optional(&self, violations: &mut Violations) {
        if !self.0.is_empty() && self.url().is_none() && self.bytes().is_none() {
            violations.add(Rule::Range {
                expected: "a URL or Base64",
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_a_url_or_base64() {
        for (wire, ok) in [
            ("http://lot.example/a.jpg", true),
            ("HTTPS://lot.example/a.jpg", true),
            ("/9j/4AAQ", true),
            ("", true),
            ("xxxxxxx.jpg", false),
            ("ftp://lot.example/a.jpg", false),
        ] {
            let mut violations = Violations::default();
            Some(Picture::at(wire)).check(&mut violations);
            assert_eq!(violations.list().is_empty(), ok, "{wire}");
            assert!(
                violations.list().iter().all(|found| found.rule.is_limit()),
                "a dialect can waive it"
            );
        }
    }

    #[test]
    fn a_sent_picture_is_not_printed() {
        let sent = Picture::of_bytes(&[0xFF; 30]);
        assert_eq!(format!("{sent:?}"), "Picture(40 characters)");
        assert_eq!(
            format!("{:?}", Picture::at("http://a/b")),
            "Picture(\"http://a/b\")"
        );
        assert_eq!(sent.bytes(), Some(vec![0xFF; 30]));
    }
}
