use crate::values::percent::{percent_decode, percent_encode};
use park_core::{AnyText, Rule, Violation, check};
use serde::{Deserialize, Serialize};

/// The link of 5.1, printed as a code on the ticket taken at the entry (入场小票二维码页面跳转): a
/// page of the third party where the driver pays.
///
/// A page, no call: neither encrypted nor with headers.
///
/// ```
/// use kt_proto::model::PayPage;
///
/// let page = PayPage { park_code: "1".into() };
/// let url = page.to_url("https://pay.example.com/lot");
/// assert_eq!(url, "https://pay.example.com/lot?parkCode=1");
/// assert_eq!(PayPage::from_url(&url)?, page);
/// # Ok::<(), kt_proto::Violation>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PayPage {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
}

check!(PayPage { park_code "parkCode" });

/// The link of 5.2, printed as a code on the receipt for change (找零小票二维码页面跳转): a page of
/// the third party where the driver gets it.
///
/// A page, no call: neither encrypted nor with headers. What is due is asked by downward 3.5, what
/// was given told by 3.6.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ChangePage {
    /// Lot code (停车场编号).
    pub park_code: AnyText,
    /// Order number of the change (找零订单号).
    pub order_no: AnyText,
}

check!(ChangePage { park_code "parkCode", order_no "orderNo" });

impl PayPage {
    /// The link on `base`, the page's address.
    pub fn to_url(&self, base: &str) -> String {
        link(base, &[("parkCode", &self.park_code)])
    }

    /// Reads the link that the driver opened; other parameters are passed over.
    ///
    /// # Errors
    /// The parameter is absent, stands twice or is not percent-encoded UTF-8.
    pub fn from_url(url: &str) -> Result<Self, Violation> {
        Ok(Self {
            park_code: parameter(url, "parkCode")?,
        })
    }
}

impl ChangePage {
    /// The link on `base`, the page's address.
    pub fn to_url(&self, base: &str) -> String {
        link(
            base,
            &[("parkCode", &self.park_code), ("orderNo", &self.order_no)],
        )
    }

    /// Reads the link that the driver opened; other parameters are passed over.
    ///
    /// # Errors
    /// A parameter is absent, stands twice or is not percent-encoded UTF-8.
    pub fn from_url(url: &str) -> Result<Self, Violation> {
        Ok(Self {
            park_code: parameter(url, "parkCode")?,
            order_no: parameter(url, "orderNo")?,
        })
    }
}

/// `base` with `parameters` behind those it has.
fn link(base: &str, parameters: &[(&str, &AnyText)]) -> String {
    let (page, fragment) = base.find('#').map_or((base, ""), |at| base.split_at(at));
    let mut url = page.to_owned();
    for (name, value) in parameters {
        if !url.ends_with(['?', '&']) {
            url.push(if url.contains('?') { '&' } else { '?' });
        }
        url.push_str(name);
        url.push('=');
        url.push_str(&percent_encode(value.as_bytes()));
    }
    url + fragment
}

fn parameter(url: &str, name: &'static str) -> Result<AnyText, Violation> {
    let query = url
        .split('#')
        .next()
        .unwrap_or_default()
        .split_once('?')
        .map_or("", |(_, query)| query);
    let mut values = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter(|(key, _)| *key == name);
    let broken = |rule| Violation::new(name, rule);
    let (_, value) = values
        .next()
        .filter(|(_, value)| !value.is_empty())
        .ok_or_else(|| broken(Rule::Missing))?;
    if values.next().is_some() {
        return Err(broken(Rule::Duplicate));
    }
    let encoding = Rule::Range {
        expected: "percent-encoded UTF-8",
    };
    let text = percent_decode(value).and_then(|bytes| String::from_utf8(bytes).ok());
    text.map(Into::into).ok_or_else(|| broken(encoding))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_read_as_it_was_written() {
        let page = ChangePage {
            park_code: "厦门 1&2".into(),
            order_no: "0215#6".into(),
        };
        for base in [
            "https://a.example/p",
            "https://a.example/p?x=1&y",
            "https://a.example/p?",
            "https://a.example/p#top",
        ] {
            let url = page.to_url(base);
            assert!(url.is_ascii() && url.matches('?').count() == 1, "{url}");
            assert_eq!(url.contains("#top"), base.ends_with("#top"), "{url}");
            assert_eq!(ChangePage::from_url(&url), Ok(page.clone()), "{url}");
            assert_eq!(
                PayPage::from_url(&url).map(|read| read.park_code),
                Ok(page.park_code.clone()),
                "{url}"
            );
        }
    }

    #[test]
    fn a_link_that_does_not_tell_the_change_is_refused() {
        let encoding = Rule::Range {
            expected: "percent-encoded UTF-8",
        };
        for (query, field, rule) in [
            ("", "parkCode", Rule::Missing),
            ("?parkCode=1", "orderNo", Rule::Missing),
            ("?parkCode=&orderNo=1", "parkCode", Rule::Missing),
            (
                "?parkCode=1&orderNo=1&orderNo=2",
                "orderNo",
                Rule::Duplicate,
            ),
            ("?parkCode=%C3%F6&orderNo=1", "parkCode", encoding),
        ] {
            let refused = ChangePage::from_url(&format!("https://a.example/p{query}"));
            assert_eq!(refused, Err(Violation::new(field, rule)), "{query}");
        }
    }
}
