//! Laws.
use super::*;

/// JSON of parameters: what readable and zero-padded Data can carry.
fn object() -> impl Strategy<Value = String> {
    proptest::collection::btree_map("[A-Za-z\u{4e00}-\u{4eff}]{1,8}", any::<String>(), 0..4)
        .prop_map(|members| serde_json::to_string(&members).expect("text"))
}

proptest! {
    #[test]
    fn what_was_sealed_opens(plaintext in any::<String>(),
        operator in "[A-Z0-9\"\\\\\u{4e00}]{1,12}", lower_case: bool,
        seconds in 0..4_000_000_000_i64, number in 1..=LAST_SEQ) {
        let form = form(|form| form.lower_case_signature = lower_case);
        let stamp = Stamp { second: Timestamp::from_seconds(seconds), number };
        let text = seal_request(&keys(), &operator, stamp, &plaintext, form);
        let mut deviations = Deviations::default();
        let request = read_request(&text, &Rules::strict(), &mut deviations).expect("conforming");
        prop_assert_eq!((&*request.operator_id, request.moment, &*request.seq),
            (&*operator, stamp.second, &*stamp.seq()));
        let (opened, kinds) = open(&text).expect("sealed by us");
        prop_assert_eq!(&opened, &plaintext);
        prop_assert!(kinds.iter().all(|kind| lower_case
            && *kind == evcs_proto::deviation::LOWER_CASE_SIGNATURE));
        let reply = seal_reply(Some(&keys()), Ret(number.into()), &operator, Some(&plaintext),
            form);
        prop_assert_eq!(open_reply(&reply, Accept::default(),
            &Rules::default()).expect("sealed by us").0, Some(plaintext));
    }

    #[test]
    fn what_was_sealed_in_any_form_opens_where_that_is_accepted(plaintext in object(), plain: bool,
        zeros: bool, lower_case: bool) {
        let form = form(|form| (form.plain_data, form.zero_padding,
            form.lower_case_signature) = (plain, zeros, lower_case));
        let accept = accept(|accept| (accept.plain_data, accept.zero_padding) = (plain, zeros));
        let text = seal_request(&keys(), OPERATOR, stamp(), &plaintext, form);
        prop_assert_eq!(open_with(&text, &keys(), accept,
            &Rules::default()).expect("sealed by us").0, plaintext.clone());
        let text = seal_reply(Some(&keys()), Ret::OK, "", Some(&plaintext), form);
        prop_assert_eq!(open_reply(&text, accept, &Rules::default()).expect("sealed by us").0,
            Some(plaintext.clone()));
        // What is not accepted is not opened by mistake.
        if plain {
            prop_assert_eq!(open(&seal_request(&keys(), OPERATOR, stamp(), &plaintext, form)),
                Err(OpenError::Plain));
        }
    }

    #[test]
    fn a_message_that_was_changed_anywhere_does_not_open(plaintext in object(), form in 0..3,
        at in any::<prop::sample::Index>(), bit in 0..7) {
        let form = self::form(|f| match form { 1 => f.plain_data = true, 2 => f.zero_padding = true,
            _ => {} });
        let accept = accept(|accept| (accept.plain_data, accept.zero_padding) = (true, true));
        let text = seal_request(&keys(), OPERATOR, stamp(), &plaintext, form);
        let before = open_with(&text, &keys(), accept, &Rules::default()).expect("sealed by us");
        let mut bytes = text.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1_u8 << bit;
        let Ok(changed) = String::from_utf8(bytes) else { return Ok(()) };
        let sig = text.len() - 34..text.len() - 2;
        match open_with(&changed, &keys(), accept, &Rules::default()) {
            Err(_) => {}
            // The signature may be written in small letters, names in any.
            Ok((opened, kinds)) => {
                prop_assert_eq!(opened, before.0);
                let kind =
                    if sig.contains(&at) { evcs_proto::deviation::LOWER_CASE_SIGNATURE } else { DeviationKind::KEY_STYLE };
                prop_assert!(bit == 5 && kinds.contains(&kind), "{} became {}", text, changed);
                prop_assert!(open_with(&changed, &keys(), accept, &Rules::strict()).is_err());
            }
        }
    }
}
