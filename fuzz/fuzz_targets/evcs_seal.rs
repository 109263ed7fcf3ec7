//! Sealed in any form, by any operator, at any time: what is opened is what was sealed, and every
//! departure of the form has its name.
#![no_main]
use arbitrary::Arbitrary;
use evcs_proto::{
    DeviationKind, Deviations, Dialect, Keys, Timestamp,
    code::Ret,
    envelope::{Accept, Form, read_reply, read_request, seal_reply, seal_request},
    sequence::{LAST_SEQ, Stamp},
};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use std::{collections::BTreeSet, sync::LazyLock};

#[derive(Arbitrary, Debug)]
struct Input {
    plain_data: bool,
    lower_case_signature: bool,
    zero_padding: bool,
    operator: String,
    second: u64,
    number: u16,
    ret: i32,
    msg: String,
    text: String,
}

/// From 1970 to the end of 9999.
const SECONDS: u64 = 253_402_271_999;

fuzz_target!(|input: Input| {
    static KEYS: LazyLock<Keys> = LazyLock::new(|| {
        Keys::new(
            "operator secret",
            "1234567890abcdef",
            "fedcba0987654321",
            "sig",
        )
        .expect("16 bytes")
    });
    let mut form = Form::default();
    form.plain_data = input.plain_data;
    form.lower_case_signature = input.lower_case_signature;
    form.zero_padding = input.zero_padding;
    let mut accept = Accept::default();
    accept.plain_data = form.plain_data;
    accept.zero_padding = form.zero_padding;
    // Readable data is JSON, and the end of zero padding is found by the end of an object: only for
    // these do the forms promise anything.
    let text = if form.plain_data || form.zero_padding {
        let Ok(json) = serde_json::from_str::<&RawValue>(&input.text) else {
            return;
        };
        if !json.get().starts_with('{') {
            return;
        }
        json.get()
    } else {
        &*input.text
    };
    let departs = |kinds: &Deviations| {
        let found: BTreeSet<DeviationKind> = kinds
            .list()
            .iter()
            .map(|deviation| deviation.kind)
            .collect();
        let padded = form.zero_padding && !form.plain_data && text.len() % 16 != 0;
        let expected = [
            (evcs_proto::deviation::PLAIN_DATA, form.plain_data),
            (evcs_proto::deviation::ZERO_PADDING, padded),
        ];
        for (kind, expected) in expected {
            assert_eq!(found.contains(&kind), expected, "{kind:?}");
        }
        assert!(
            found
                .iter()
                .all(|kind| *kind == evcs_proto::deviation::LOWER_CASE_SIGNATURE
                    && form.lower_case_signature
                    || expected.iter().any(|(other, _)| other == kind))
        );
    };
    let rules = Dialect::default().read;

    let stamp = Stamp {
        second: Timestamp::from_seconds((input.second % SECONDS) as i64),
        number: input.number % LAST_SEQ + 1,
    };
    let sealed = seal_request(&KEYS, &input.operator, stamp, text, form);
    let mut deviations = Deviations::default();
    match read_request(&sealed, &rules, &mut deviations) {
        Ok(request) => {
            assert_eq!(
                (&*request.operator_id, request.moment, &*request.seq),
                (&*input.operator, stamp.second, &*stamp.seq())
            );
            let verified = request
                .verify(&KEYS, &rules, &mut deviations)
                .expect("sealed above");
            assert_eq!(
                verified
                    .open(&KEYS, accept, &rules, &mut deviations)
                    .as_deref(),
                Ok(text)
            );
            departs(&deviations);
        }
        Err(_) => assert!(input.operator.is_empty(), "{sealed}"),
    }

    let sealed = seal_reply(Some(&KEYS), Ret(input.ret), &input.msg, Some(text), form);
    let mut deviations = Deviations::default();
    let reply = read_reply(&sealed, &rules, &mut deviations).expect("sealed above");
    assert_eq!((reply.ret, &*reply.msg), (Ret(input.ret), &*input.msg));
    let verified = reply
        .verify(&KEYS, accept, &rules, &mut deviations)
        .expect("sealed above")
        .expect("it has Data");
    assert_eq!(
        verified
            .open(&KEYS, accept, &rules, &mut deviations)
            .as_deref(),
        Ok(text)
    );
    departs(&deviations);

    for keys in [None, Some(&*KEYS)] {
        let sealed = seal_reply(keys, Ret(input.ret), &input.msg, None, form);
        let reply = read_reply(&sealed, &rules, &mut Deviations::default()).expect("sealed above");
        assert_eq!(reply.is_signed(&KEYS), keys.is_some());
        let verified = reply.verify(&KEYS, accept, &rules, &mut Deviations::default());
        assert_eq!(
            verified.is_ok_and(|verified| verified.is_none()),
            keys.is_some()
        );
    }
});
