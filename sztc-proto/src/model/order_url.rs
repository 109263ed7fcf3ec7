use crate::code::OrderKind;
use park_core::{AnyText, Rule, Text, Violation, check};

/// A link to the payment page of the lot's system (订单接口地址), which the city platform's app
/// opens: the parameters that Table 34 agrees for `onlineOrderUrl` of 1001.
///
/// ```
/// use sztc_proto::{code::OrderKind, model::OrderLink};
///
/// let link = OrderLink {
///     park_code: "44030400100101000010".into(),
///     plate_no: "粤B88888".into(),
///     app_param: None,
///     callback_url: Some("https://app.example.com/paid".into()),
///     kind: OrderKind::PARKING,
/// };
/// let url = link.to_url("https://pay.example.com/order");
/// assert!(url.contains("plateNo=%E7%B2%A4B88888"));
/// assert_eq!(OrderLink::from_url(&url)?, link);
/// # Ok::<(), sztc_proto::Violation>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderLink {
    /// Lot code (停车场编号).
    pub park_code: Text<20>,
    /// Plate number (车牌号码).
    pub plate_no: Text<10>,
    /// What the app wants back (app自带参数). Absent: nothing.
    pub app_param: Option<AnyText>,
    /// Where the app continues after the payment (app回调地址). Absent: nowhere.
    pub callback_url: Option<AnyText>,
    /// What the payer came for (业务类型).
    pub kind: OrderKind,
}

check!(OrderLink {
    park_code "parkCode", plate_no "plateNo", app_param "appParam", callback_url "callbackUrl",
    kind "bizType",
});

/// The agreed parameters, in their order.
const NAMES: [&str; 5] = ["parkCode", "plateNo", "appParam", "callbackUrl", "bizType"];

impl OrderLink {
    /// The link on `base`, the address from the login. Other parameters of `base` stay; agreed ones
    /// that stand in it already, as placeholders, are replaced.
    pub fn to_url(&self, base: &str) -> String {
        let (base, fragment) = base.find('#').map_or((base, ""), |at| base.split_at(at));
        let (page, query) = base.split_once('?').unwrap_or((base, ""));
        let stays = |pair: &&str| {
            !pair.is_empty() && !NAMES.contains(&pair.split('=').next().unwrap_or_default().trim())
        };
        let mut pairs: Vec<String> = query.split('&').filter(stays).map(str::to_owned).collect();
        let values = [
            Some(&*self.park_code),
            Some(&*self.plate_no),
            self.app_param.as_deref(),
            self.callback_url.as_deref(),
            Some(self.kind.as_str()),
        ];
        for (name, value) in NAMES.into_iter().zip(values) {
            pairs.extend(value.map(|value| format!("{name}={}", percent_encode(value))));
        }
        format!("{page}?{}{fragment}", pairs.join("&"))
    }

    /// Reads the link that the city platform's app opened. Other parameters are passed over.
    ///
    /// # Errors
    /// A parameter that is absent, stands twice or is not percent-encoded UTF-8.
    pub fn from_url(url: &str) -> Result<Self, Violation> {
        let url = url.split('#').next().unwrap_or_default();
        let query = url.split_once('?').map_or("", |(_, query)| query);
        let mut values: [Option<String>; 5] = Default::default();
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let Some(at) = NAMES.iter().position(|known| *known == name) else {
                continue;
            };
            let encoding = Rule::Range {
                expected: "percent-encoded UTF-8",
            };
            let value = percent_decode(value).ok_or_else(|| Violation::new(name, encoding))?;
            if values[at].replace(value).is_some() {
                return Err(Violation::new(name, Rule::Duplicate));
            }
        }
        let [park_code, plate_no, app_param, callback_url, kind] = values;
        let required = |value: Option<String>, name: &str| {
            value.ok_or_else(|| Violation::new(name, Rule::Missing))
        };
        Ok(Self {
            park_code: required(park_code, "parkCode")?.into(),
            plate_no: required(plate_no, "plateNo")?.into(),
            app_param: app_param.map(Into::into),
            callback_url: callback_url.map(Into::into),
            kind: required(kind, "bizType")?.into(),
        })
    }
}

fn percent_encode(text: &str) -> String {
    use std::fmt::Write;
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

fn percent_decode(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let mut nibble = || char::from(bytes.next()?).to_digit(16);
                (nibble()? << 4 | nibble()?) as u8
            }
            // Form encoding, which many libraries use in queries.
            b'+' => b' ',
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{Check, Violations};
    use proptest::prelude::*;

    fn link() -> OrderLink {
        OrderLink {
            park_code: "4403".into(),
            plate_no: "粤B1".into(),
            app_param: Some("a b&c=+".into()),
            callback_url: None,
            kind: OrderKind::RESERVATION,
        }
    }

    #[test]
    fn a_link_is_put_on_any_base() {
        let query = "parkCode=4403&plateNo=%E7%B2%A4B1&appParam=a%20b%26c%3D%2B&bizType=bookStall";
        for (base, before, after) in [
            (
                "https://pay.example.com/o",
                "https://pay.example.com/o?",
                "",
            ),
            (
                "https://pay.example.com/o?",
                "https://pay.example.com/o?",
                "",
            ),
            (
                "https://pay.example.com/o?v=1",
                "https://pay.example.com/o?v=1&",
                "",
            ),
            (
                "https://pay.example.com/o?v=1&#/p?x",
                "https://pay.example.com/o?v=1&",
                "#/p?x",
            ),
            (
                "https://pay.example.com/o?parkCode=XXX&v=1&plateNo={车牌号码}&bizType=tempPay",
                "https://pay.example.com/o?v=1&",
                "",
            ),
        ] {
            assert_eq!(link().to_url(base), format!("{before}{query}{after}"));
        }
    }

    #[test]
    fn a_link_that_cannot_be_read_names_the_parameter() {
        let encoding = Rule::Range {
            expected: "percent-encoded UTF-8",
        };
        for (url, path, rule) in [
            ("https://x", "parkCode", Rule::Missing),
            (
                "https://x?parkCode=1&plateNo=2#&bizType=tempPay",
                "bizType",
                Rule::Missing,
            ),
            (
                "https://x?parkCode=1&parkCode=1",
                "parkCode",
                Rule::Duplicate,
            ),
            ("https://x?plateNo=%D4%C1B1", "plateNo", encoding.clone()),
            ("https://x?plateNo=%E7%B", "plateNo", encoding.clone()),
            ("https://x?plateNo=%+1", "plateNo", encoding),
        ] {
            assert_eq!(
                OrderLink::from_url(url),
                Err(Violation::new(path, rule)),
                "{url}"
            );
        }
    }

    #[test]
    fn form_encoding_and_unencoded_text_are_read() {
        let read = OrderLink::from_url(
            "https://x?plateNo=粤B1&parkCode=4403&v=%zz&bizType=bookStall&appParam=a+b%26c=%2b",
        );
        assert_eq!(read, Ok(link()));
    }

    #[test]
    fn only_what_the_payer_needs_is_required() {
        let empty =
            OrderLink::from_url("https://x?parkCode=&plateNo=&appParam=&callbackUrl=&bizType=toll")
                .expect("all parameters");
        let mut v = Violations::default();
        empty.check(&mut v);
        let found: Vec<&str> = v
            .list()
            .iter()
            .map(|violation| violation.path.as_str())
            .collect();
        assert_eq!(found, ["parkCode", "plateNo", "bizType"]);
    }

    proptest! {
        #[test]
        fn what_is_built_is_read(park in ".*", plate in ".*", app in proptest::option::of(".*"),
            callback in proptest::option::of(".*"), kind in ".*") {
            let link = OrderLink {
                park_code: park.into(),
                plate_no: plate.into(),
                app_param: app.map(Into::into),
                callback_url: callback.map(Into::into),
                kind: kind.into(),
            };
            for base in ["https://pay.example.com/o", "https://pay.example.com/o?v=1#top"] {
                let url = link.to_url(base);
                prop_assert!(url.is_ascii());
                prop_assert_eq!(OrderLink::from_url(&url), Ok(link.clone()));
            }
        }
    }
}
