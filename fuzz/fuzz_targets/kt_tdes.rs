//! Any key and bytes: sealing and opening are what the crates `des` and `cbc` do.
#![no_main]
use base64::{Engine, prelude::BASE64_STANDARD};
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use des::TdesEde3;
use encoding_rs::GB18030;
use kt_proto::{
    Charset, Date, Keys, OpenError,
    chrono::{Duration, NaiveDate},
};
use libfuzzer_sys::fuzz_target;

// The key, two bytes for the day, and the text or the ciphertext.
fuzz_target!(|input: &[u8]| {
    let Some((key, [high, low, rest @ ..])) = input.split_at_checked(24) else {
        return;
    };
    let first = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a day");
    let date: Date = (first + Duration::days(u16::from_be_bytes([*high, *low]).into())).into();
    let vector = date.naive().format("%Y%m%d").to_string();
    let keys = Keys::new(key).expect("24 bytes").charset(Charset::Gb18030);

    let text = String::from_utf8_lossy(rest);
    let (bytes, _, lossy) = GB18030.encode(&text);
    assert!(!lossy);
    let cipher = cbc::Encryptor::<TdesEde3>::new_from_slices(key, vector.as_bytes())
        .expect("24 and 8 bytes");
    let expected = cipher.encrypt_padded_vec::<Pkcs7>(&bytes);
    assert_eq!(
        keys.seal(&text, date).expect("all of Unicode"),
        BASE64_STANDARD.encode(expected)
    );

    let blocks = &rest[..rest.len() / 8 * 8];
    let cipher = cbc::Decryptor::<TdesEde3>::new_from_slices(key, vector.as_bytes())
        .expect("24 and 8 bytes");
    let plain = cipher.decrypt_padded_vec::<Pkcs7>(blocks).ok();
    let plain = plain.and_then(|plain| {
        GB18030
            .decode_without_bom_handling_and_without_replacement(&plain)
            .map(|text| text.into_owned())
    });
    let opened = keys.open_with(&BASE64_STANDARD.encode(blocks), [date], |_| true);
    // What looks like UTF-8 is refused by that name.
    if !matches!(opened, Err(OpenError::Charset { utf8: true })) {
        assert_eq!(opened.ok().map(|opened| opened.text), plain);
    }
});
