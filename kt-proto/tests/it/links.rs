//! The two page links (upward 5.1 and 5.2): what is built is read, and whatever a driver's
//! telephone sends is read or refused by name.
use kt_proto::model::{ChangePage, PayPage};
use proptest::prelude::*;

#[test]
fn a_request_is_read_as_address_or_target_with_what_browsers_add() {
    let page = ChangePage {
        park_code: "1".into(),
        order_no: "A/闽 2".into(),
    };
    for text in [
        "https://a.cn/p?parkCode=1&orderNo=A%2f%E9%97%BD%202",
        "/p?from=singlemessage&orderNo=A%2F%E9%97%BD%202&parkCode=1#top",
        "?parkCode=1&orderNo=A/闽%202&isappinstalled=0",
    ] {
        assert_eq!(ChangePage::from_url(text).as_ref(), Ok(&page), "{text}");
    }
}

#[test]
fn what_is_wrong_with_a_request_is_named() {
    let (missing, duplicate) = ("required, but absent or empty", "stands twice");
    for (text, field, rule) in [
        ("", "parkCode", missing),
        ("/p?parkCode=1", "orderNo", missing),
        ("/p?parkCode=&orderNo=1", "parkCode", missing),
        ("/p?parkcode=1&orderNo=1", "parkCode", missing),
        ("/p?parkCode=1&orderNo=1&parkCode=2", "parkCode", duplicate),
        (
            "/p?parkCode=%2&orderNo=1",
            "parkCode",
            "percent-encoded UTF-8",
        ),
        (
            "/p?parkCode=1&orderNo=%C3%F6",
            "orderNo",
            "percent-encoded UTF-8",
        ),
    ] {
        let told = ChangePage::from_url(text).expect_err(text).to_string();
        assert!(
            told.starts_with(field) && told.ends_with(rule),
            "{text}: {told}"
        );
    }
}

proptest! {
    #[test]
    fn what_is_built_is_read(park_code in ".+", order_no in ".+",
        base in "http://[a-z]{1,5}(/[a-z]{0,3})?(\\?(x=1&?)?)?(#[a-z?&=]{0,5})?") {
        let page = ChangePage { park_code: park_code.clone().into(), order_no: order_no.into() };
        prop_assert_eq!(ChangePage::from_url(&page.to_url(&base)), Ok(page));
        let page = PayPage { park_code: park_code.into() };
        prop_assert_eq!(PayPage::from_url(&page.to_url(&base)), Ok(page));
    }

    #[test]
    fn any_text_is_read_or_refused(text in ".*") {
        if let Ok(page) = ChangePage::from_url(&text) {
            prop_assert_eq!(PayPage::from_url(&text).map(|page| page.park_code),
                Ok(page.park_code));
        }
    }
}
