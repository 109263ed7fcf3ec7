//! Any bytes as a charging envelope, and any Data correctly signed: what opens is what plain
//! RustCrypto makes of it, and sealed again it opens the same.
#![no_main]
use aes::Aes128;
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use cbc::cipher::{
    BlockModeDecrypt, BlockModeEncrypt, KeyIvInit,
    block_padding::{NoPadding, Pkcs7},
};
use evcs_proto::{
    Deviations, Dialect, Keys, Timestamp,
    code::Ret,
    envelope::{Accept, Form, Verified, read_reply, read_request, seal_reply, seal_request},
    sequence::Stamp,
};
use hmac::{Hmac, KeyInit, Mac};
use libfuzzer_sys::fuzz_target;
use md5::Md5;

const OPERATOR: &str = "MA5DM667X";
const SECOND: i64 = 1_469_773_440;
const STAMP: (&str, &str) = ("20160729142400", "0001");

/// With or without `=` at its end.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

const STRICT: u8 = 1;
const PLAIN_DATA: u8 = 2;
const ZERO_PADDING: u8 = 4;
const UNSIGNED: u8 = 8;
/// The rest is the text of Data.
const DATA: u8 = 16;
/// The rest is what Data decrypts to, whole blocks of it.
const BLOCKS: u8 = 32;

// One byte of flags, one for the keys; the rest is the whole envelope, or what is put into one and
// signed.
fuzz_target!(|input: &[u8]| {
    let [flags, secret, rest @ ..] = input else {
        return;
    };
    let has = |flag| flags & flag != 0;
    let secrets = Secrets(
        [*secret; 16]
            .map(|byte| char::from(byte % 26 + b'a'))
            .iter()
            .collect(),
    );
    let keys = Keys::new("secret", &*secrets.0, &*secrets.0, &*secrets.0).expect("16 bytes");
    let rules = if has(STRICT) {
        Dialect::strict().read
    } else {
        Dialect::default().read
    };
    let mut accept = Accept::default();
    accept.plain_data = has(PLAIN_DATA);
    accept.zero_padding = has(ZERO_PADDING);
    accept.unsigned_replies = has(UNSIGNED);
    let look = |verified: Verified<'_>| {
        let opened = verified.open(&keys, accept, &rules, &mut Deviations::default());
        if let Ok(plaintext) = &opened {
            again(&keys, plaintext);
        }
        opened
    };

    if !has(DATA | BLOCKS) {
        let Ok(text) = std::str::from_utf8(rest) else {
            return;
        };
        if let Ok(request) = read_request(text, &rules, &mut Deviations::default())
            && let Ok(verified) = request.verify(&keys, &rules, &mut Deviations::default())
        {
            let _ = look(verified);
        }
        if let Ok(reply) = read_reply(text, &rules, &mut Deviations::default()) {
            let signed = reply.is_signed(&keys);
            let verified = reply.verify(&keys, accept, &rules, &mut Deviations::default());
            assert!(
                signed || verified.is_err() || has(UNSIGNED) && !has(STRICT),
                "without a signature, nothing counts"
            );
            if let Ok(Some(verified)) = verified {
                let _ = look(verified);
            }
        }
        return;
    }

    let data = if has(BLOCKS) {
        secrets.encrypt(&rest[..rest.len() / 16 * 16])
    } else {
        String::from_utf8_lossy(rest).into_owned()
    };
    let request = format!(
        r#"{{"OperatorID":"{OPERATOR}","Data":{},"TimeStamp":"{}","Seq":"{}","Sig":"{}"}}"#,
        serde_json::to_string(&data).expect("a string is JSON"),
        STAMP.0,
        STAMP.1,
        secrets.sign(&[OPERATOR, &data, STAMP.0, STAMP.1])
    );
    let read = read_request(&request, &rules, &mut Deviations::default());
    assert_eq!(read.is_ok(), !data.is_empty(), "{request}");
    let Ok(read) = read else { return };
    assert!(read.operator_id == OPERATOR && read.moment.seconds() == SECOND && read.seq == STAMP.1);
    let verified = read
        .verify(&keys, &rules, &mut Deviations::default())
        .expect("signed above");
    let opened = look(verified);
    if !has(ZERO_PADDING)
        && !data.trim_start().starts_with('{')
        && !data.contains(|c: char| c.is_ascii_whitespace())
    {
        assert_eq!(opened.ok(), secrets.decrypt(&data), "{data}");
    }

    let reply = format!(
        r#"{{"Ret":0,"Msg":"","Data":{},"Sig":"{}"}}"#,
        serde_json::to_string(&data).expect("a string is JSON"),
        secrets.sign(&["0", "", &data])
    );
    let read = read_reply(&reply, &rules, &mut Deviations::default()).expect("an envelope");
    assert!(read.is_signed(&keys));
    let verified = read.verify(&keys, Accept::default(), &rules, &mut Deviations::default());
    let _ = verified.expect("signed above").map(look);
});

/// What was opened can be sealed, and under strict rules opens to the same.
fn again(keys: &Keys, plaintext: &str) {
    let strict = Dialect::strict().read;
    let (accept, mut deviations) = (Accept::default(), Deviations::default());
    let stamp = Stamp {
        second: Timestamp::from_seconds(SECOND),
        number: 1,
    };
    let request = seal_request(keys, OPERATOR, stamp, plaintext, Form::default());
    let read = read_request(&request, &strict, &mut deviations).expect("sealed here");
    let verified = read
        .verify(keys, &strict, &mut deviations)
        .expect("sealed here");
    assert_eq!(
        verified
            .open(keys, accept, &strict, &mut deviations)
            .as_deref(),
        Ok(plaintext)
    );
    let reply = seal_reply(
        Some(keys),
        Ret::OK,
        "请求成功",
        Some(plaintext),
        Form::default(),
    );
    let read = read_reply(&reply, &strict, &mut deviations).expect("sealed here");
    let verified = read
        .verify(keys, accept, &strict, &mut deviations)
        .expect("sealed here")
        .expect("it has Data");
    assert_eq!(
        verified
            .open(keys, accept, &strict, &mut deviations)
            .as_deref(),
        Ok(plaintext)
    );
    assert!(deviations.is_empty());
}

/// One text as key, IV and signature secret, used as anybody would use RustCrypto.
struct Secrets(String);

impl Secrets {
    fn sign(&self, parts: &[&str]) -> String {
        let mut mac = Hmac::<Md5>::new_from_slice(self.0.as_bytes()).expect("any length");
        parts.iter().for_each(|part| mac.update(part.as_bytes()));
        mac.finalize()
            .into_bytes()
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect()
    }

    /// Base64 of whole blocks, whatever their padding.
    fn encrypt(&self, blocks: &[u8]) -> String {
        let cipher =
            cbc::Encryptor::<Aes128>::new_from_slices(self.0.as_bytes(), self.0.as_bytes())
                .expect("16 bytes");
        BASE64.encode(cipher.encrypt_padded_vec::<NoPadding>(blocks))
    }

    fn decrypt(&self, data: &str) -> Option<String> {
        let bytes = BASE64.decode(data).ok().filter(|bytes| !bytes.is_empty())?;
        let cipher =
            cbc::Decryptor::<Aes128>::new_from_slices(self.0.as_bytes(), self.0.as_bytes())
                .expect("16 bytes");
        String::from_utf8(cipher.decrypt_padded_vec::<Pkcs7>(&bytes).ok()?).ok()
    }
}
