//! Published vectors, to the byte.
use super::*;

#[test]
fn published_texts_are_encrypted_and_decrypted_to_the_byte() {
    for id in ["cec102.4-appB-aes", "aes-hello-world"] {
        let vector = vector(id);
        let text = |name: &str| vector[name].as_str().expect("text");
        assert_eq!((text("key"), text("iv")), (KEY, KEY));
        let (plaintext, ciphertext) = (text("plaintext"), text("ciphertext_b64"));
        let sealed: Value = serde_json::from_str(&seal_request(
            &keys(),
            OPERATOR,
            stamp(),
            plaintext,
            Form::default(),
        ))
        .expect("JSON");
        assert_eq!(sealed["Data"], ciphertext, "{id}");
        assert_eq!(
            open(&around(ciphertext)),
            Ok((plaintext.to_owned(), vec![])),
            "{id}"
        );
        assert_eq!(
            encrypt(KEY, KEY, &padded(plaintext)),
            ciphertext,
            "{id}: the test's own"
        );
    }
}

#[test]
fn published_requests_are_written_and_read_to_the_byte() {
    let appendix = vector("cec102.4-appC3-request-sig");
    let plaintext = vector("cec102.4-appB-aes")["plaintext"]
        .as_str()
        .expect("text")
        .to_owned();
    let platform = vector("xiaoju-query_token-request");
    for (envelope, plaintext) in [
        (&appendix, plaintext.as_str()),
        (
            &platform["envelope"],
            platform["plaintext"].as_str().expect("text"),
        ),
    ] {
        let part = |name: &str| envelope[name].as_str().expect("text");
        let names = ["OperatorID", "Data", "TimeStamp", "Seq", "Sig"];
        let text = format!(
            "{{{}}}",
            names
                .map(|name| format!(r#""{name}":"{}""#, part(name)))
                .join(",")
        );
        let mut deviations = Deviations::default();
        let request = read_request(&text, &Rules::strict(), &mut deviations).expect("conforming");
        assert_eq!(
            (&*request.operator_id, &*request.seq),
            (part("OperatorID"), "0001")
        );
        let stamp = Stamp {
            second: request.moment,
            number: 1,
        };
        assert_eq!(
            seal_request(
                &keys(),
                part("OperatorID"),
                stamp,
                plaintext,
                Form::default()
            ),
            text
        );
        let opened = open_with(&text, &keys(), Accept::default(), &Rules::strict());
        assert_eq!(opened, Ok((plaintext.to_owned(), vec![])));
    }
}

#[test]
fn the_draft_of_2016_signed_otherwise_and_is_neither_written_nor_accepted() {
    let draft = vector("legacy-draft-2016-07-sig");
    let part = |name: &str| draft[name].as_str().expect("text");
    let (operator, data, time, sig) = (
        part("OperatorID"),
        part("Data"),
        part("TimeStamp"),
        part("Sig"),
    );
    let theirs = sign(
        "key",
        &[&format!(
            "OperatorId={operator}&Data={data}&TimeStamp={time}"
        )],
    );
    assert_eq!(theirs.to_lowercase(), sig, "what the vector documents");
    let keys = keys_of(KEY, "key");
    let text = format!(
        r#"{{"OperatorID":"{operator}","Data":"{data}","TimeStamp":"{time}","Seq":"0001","Sig":"{sig}"}}"#
    );
    for text in [text.clone(), text.replace(sig, &theirs)] {
        assert_eq!(
            open_with(&text, &keys, Accept::default(), &Rules::default()),
            Err(OpenError::Signature)
        );
    }
    let without = text.replace(r#""Seq":"0001","#, "");
    assert_eq!(
        broken(open_with(
            &without,
            &keys,
            Accept::default(),
            &Rules::default()
        )),
        ("Seq".to_owned(), Rule::Missing)
    );
    for lower_case in [false, true] {
        let form = form(|form| form.lower_case_signature = lower_case);
        let sealed = seal_request(&keys, operator, stamp(), part("data_plaintext"), form);
        assert!(
            !sealed.contains(sig) && !sealed.contains(&theirs),
            "{sealed}"
        );
    }
}

#[test]
fn the_printed_sample_of_b33_is_no_base64_even_with_a_good_signature() {
    let sample = vector("db4403-b33-misprinted-ciphertext");
    let data = sample["data"].as_str().expect("text");
    assert_eq!(open(&around(data)), Err(OpenError::Base64));
}

#[test]
fn data_that_is_cut_short_or_no_base64_is_told_before_a_key_is_used() {
    let plaintext = r#"{"StationID":"1"}"#;
    let whole = encrypt(KEY, KEY, &padded(plaintext));
    for length in 1..whole.trim_end_matches('=').len() {
        let cut = &whole[..length];
        let expected = match open(&around(cut)) {
            // Cut between blocks: nothing of that shows before decryption.
            Err(OpenError::Sealed) => (cut.trim_end_matches('=').len() * 3 / 4).is_multiple_of(16),
            Err(OpenError::Base64) => true,
            other => panic!("{length}: {other:?}"),
        };
        assert!(expected, "{length}");
    }
    for data in [
        "====",
        "*",
        "il7B0BSEjFdzpyKzfOFpvg-_",
        "AAAA",
        &whole.replace('=', "é"),
        " ",
        "\n",
    ] {
        assert_eq!(open(&around(data)), Err(OpenError::Base64), "{data:?}");
    }
    let without_padding = whole.trim_end_matches('=');
    assert!(without_padding.len() < whole.len());
    assert_eq!(
        open(&around(without_padding)),
        Ok((plaintext.to_owned(), vec![]))
    );
}
