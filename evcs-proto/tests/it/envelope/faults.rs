//! What is refused: parts, padding, keys.
use super::*;

/// Every other spelling of the five names is told, and none of the five may be away or there twice.
#[test]
fn each_of_the_five_parts_is_there_once() {
    let whole = seal_request(&keys(), OPERATOR, stamp(), PLAINTEXT, Form::default());
    let parts: serde_json::Map<String, Value> = serde_json::from_str(&whole).expect("JSON");
    assert_eq!(parts.len(), 5);
    for (name, value) in &parts {
        let member = format!("\"{name}\":{value}");
        assert!(whole.contains(&member));
        for (text, rule) in [
            (whole.replace(&member, "\"x\":1"), Some(Rule::Missing)),
            (
                whole.replace(&member, &format!("\"{name}\":\"\"")),
                Some(Rule::Missing),
            ),
            (whole.replace(&member, &format!("\"{name}\":null")), None),
            (
                whole.replace(&member, &format!("{member},{member}")),
                Some(Rule::Duplicate),
            ),
            (
                whole.replace(&member, &format!("{member},{}", member.to_lowercase())),
                Some(Rule::Duplicate),
            ),
        ] {
            let (path, found) = broken(open(&text));
            assert_eq!(path, *name, "{text}");
            assert!(rule.is_none_or(|rule| rule == found), "{text}: {found:?}");
        }
        let other = whole.replace(name, &name.to_lowercase());
        assert_eq!(
            open(&other),
            Ok((PLAINTEXT.to_owned(), vec![DeviationKind::KEY_STYLE])),
            "{other}"
        );
    }
    let more = whole.replacen('{', r#"{"Version":"1.0","#, 1);
    assert_eq!(
        open(&more),
        Ok((PLAINTEXT.to_owned(), vec![DeviationKind::UNKNOWN_FIELD]))
    );
    assert_eq!(
        open(&format!("\u{feff}{whole}")),
        Ok((PLAINTEXT.to_owned(), vec![DeviationKind::BYTE_ORDER_MARK]))
    );
}

/// What every wrong key and every wrong padding is told as.
fn is_sealed<T: std::fmt::Debug>(outcome: Result<T, OpenError>) {
    let error = outcome.expect_err("cannot be decrypted");
    assert_eq!(error, OpenError::Sealed);
    assert_eq!(
        format!("{error} {error:?}"),
        "Data cannot be decrypted to JSON: are DataSecret and DataSecretIV those of this \
            direction? Sealed"
    );
}

#[test]
fn every_fault_of_the_padding_is_the_same_error() {
    let fifteen = r#"{"a":123456789}"#;
    for last in (0..=255).filter(|last| *last != 1) {
        let block = [fifteen.as_bytes(), &[last]].concat();
        is_sealed(open(&around(&encrypt(KEY, KEY, &block))));
        is_sealed(open(&around(&encrypt(
            KEY,
            KEY,
            &[padded(PLAINTEXT), block].concat(),
        ))));
    }
    let mut faults = 0;
    for padding in 2..=16_u8 {
        let mut block = vec![b'x'; 16 - usize::from(padding)];
        block.resize(16, padding);
        assert!(
            open(&around(&encrypt(KEY, KEY, &block))).is_ok(),
            "{padding}"
        );
        for index in 16 - usize::from(padding)..15 {
            for wrong in [0, 1, padding - 1, padding + 1, padding ^ 0x80, 255] {
                let mut block = block.clone();
                block[index] = wrong;
                is_sealed(open(&around(&encrypt(KEY, KEY, &block))));
                faults += 1;
            }
        }
    }
    assert_eq!(faults, 6 * (1..=15).sum::<i32>());
    // Padded well, but no UTF-8.
    for bytes in [&b"\xff\xfe"[..], b"{\"a\":\"\xe6\xbb\"}", b"\xc0\xaf"] {
        let mut block = bytes.to_vec();
        block.resize(16, 16 - bytes.len() as u8);
        is_sealed(open(&around(&encrypt(KEY, KEY, &block))));
    }
}

#[test]
fn a_wrong_key_is_the_same_error_also_where_its_padding_looks_good() {
    let text = seal_request(&keys(), OPERATOR, stamp(), PLAINTEXT, Form::default());
    let zeros = accept(|accept| accept.zero_padding = true);
    let mut well_padded = 0;
    for number in 0..3000 {
        let key = format!("wrong-key-{number:06}");
        let wrong = keys_of(&key, KEY);
        is_sealed(open_with(
            &text,
            &wrong,
            Accept::default(),
            &Rules::default(),
        ));
        // With any padding accepted, it is what was decrypted that is wrong.
        is_sealed(open_with(&text, &wrong, zeros, &Rules::default()));
        well_padded += usize::from(looks_padded(&key, &text));
    }
    assert!(
        well_padded > 3,
        "{well_padded} of 3000, and one in 256 is to be expected"
    );
    let iv = Keys::new("", KEY, "0000000000000000", KEY).expect("16 bytes");
    let one_block = seal_request(&keys(), OPERATOR, stamp(), "\u{e9}", Form::default());
    is_sealed(open_with(
        &one_block,
        &iv,
        Accept::default(),
        &Rules::default(),
    ));
}

/// Whether Data of `text`, decrypted with another key, ends in good padding.
fn looks_padded(key: &str, text: &str) -> bool {
    use aes::cipher::{Array, BlockModeDecrypt, KeyIvInit};
    use base64::{Engine, engine::general_purpose::STANDARD};
    let envelope: Value = serde_json::from_str(text).expect("JSON");
    let mut bytes = STANDARD
        .decode(envelope["Data"].as_str().expect("text"))
        .expect("Base64");
    let key: [u8; 16] = key.as_bytes().try_into().expect("16 bytes");
    let iv: [u8; 16] = KEY.as_bytes().try_into().expect("16 bytes");
    let (blocks, _) = Array::slice_as_chunks_mut(&mut bytes);
    cbc::Decryptor::<aes::Aes128>::new(&key.into(), &iv.into()).decrypt_blocks(blocks);
    let padding = usize::from(*bytes.last().expect("a block"));
    (1..=16).contains(&padding)
        && bytes[bytes.len() - padding..]
            .iter()
            .all(|byte| usize::from(*byte) == padding)
}

#[test]
fn nothing_of_a_message_is_printed() {
    let text = seal_request(
        &keys(),
        OPERATOR,
        stamp(),
        r#"{"canary":1}"#,
        form(|form| form.plain_data = true),
    );
    let mut deviations = Deviations::default();
    let request = read_request(&text, &Rules::default(), &mut deviations).expect("read");
    let mut printed = format!("{request:?}");
    let verified = request
        .verify(&keys(), &Rules::default(), &mut deviations)
        .expect("signed");
    printed += &format!("{verified:?}");
    let text = seal_reply(
        Some(&keys()),
        Ret::OK,
        "canary",
        Some("{}"),
        Form::default(),
    );
    printed += &format!(
        "{:?}",
        read_reply(&text, &Rules::default(), &mut deviations).expect("read")
    );
    assert_eq!(printed, "RequestVerifiedReply");
}
