//! Charging envelopes: messages of a given length, and the three primitives that sealing and
//! opening cannot do without.
use aes::{
    Aes128Dec, Aes128Enc,
    cipher::{BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit, block_padding::Pkcs7},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use evcs_proto::{Timestamp, sequence::Stamp};
use hmac::{Hmac, Mac};
use md5::Md5;

/// The sandbox's key, IV and signature secret.
pub const KEY: &str = "1234567890abcdef";
/// Who sends.
pub const OPERATOR: &str = "MA5DM667X";
/// The lengths that are measured, in bytes of the parameters.
pub const LENGTHS: [(&str, usize); 3] = [("512 B", 512), ("4 KB", 4096), ("64 KB", 65_536)];

/// The stamp of the document's example.
pub fn stamp() -> Stamp {
    Stamp {
        second: Timestamp::from_seconds(1_469_773_440),
        number: 1,
    }
}

/// The state of many connectors in exactly `length` bytes.
pub fn message(length: usize) -> String {
    const ENTRY: &str = r#"{"ConnectorID":"1100000000000000000000101","ConnectorName":"一号桩","Status":3,"ParkStatus":50,"LockStatus":10}"#;
    const START: &str = r#"{"Total":1,"ConnectorStatusInfos":["#;
    const END: (&str, &str) = (r#"],"Remark":""#, r#""}"#);
    let rest = length - START.len() - END.0.len() - END.1.len();
    let count = (rest + 1) / (ENTRY.len() + 1);
    let fill = rest + usize::from(count > 0) - count * (ENTRY.len() + 1);
    [
        START,
        &vec![ENTRY; count].join(","),
        END.0,
        &"x".repeat(fill),
        END.1,
    ]
    .concat()
}

/// The primitives with all that can be kept: key schedules, the keyed state of HMAC, and buffers
/// that are long enough.
pub struct Bare {
    encrypt: Aes128Enc,
    decrypt: Aes128Dec,
    mac: Hmac<Md5>,
    encrypted: Vec<u8>,
    decoded: Vec<u8>,
    decrypted: Vec<u8>,
    text: String,
}

impl Bare {
    /// Ready for messages of up to `length` bytes.
    pub fn new(length: usize) -> Self {
        Self {
            encrypt: Aes128Enc::new_from_slice(KEY.as_bytes()).expect("16 bytes"),
            decrypt: Aes128Dec::new_from_slice(KEY.as_bytes()).expect("16 bytes"),
            mac: <Hmac<Md5> as hmac::KeyInit>::new_from_slice(KEY.as_bytes()).expect("any length"),
            encrypted: vec![0; length + 16],
            decoded: vec![0; length + 32],
            decrypted: vec![0; length + 16],
            text: String::with_capacity((length + 18) * 4 / 3 + 4),
        }
    }

    /// AES-128-CBC with PKCS#7 from one buffer to the other.
    pub fn encrypt(&mut self, plain: &[u8]) -> &[u8] {
        let cipher =
            cbc::Encryptor::inner_iv_slice_init(&self.encrypt, KEY.as_bytes()).expect("16 bytes");
        cipher
            .encrypt_padded_b2b::<Pkcs7>(plain, &mut self.encrypted)
            .expect("long enough")
    }

    /// The reverse.
    pub fn decrypt(&mut self, sealed: &[u8]) -> &[u8] {
        let cipher =
            cbc::Decryptor::inner_iv_slice_init(&self.decrypt, KEY.as_bytes()).expect("16 bytes");
        cipher
            .decrypt_padded_b2b::<Pkcs7>(sealed, &mut self.decrypted)
            .expect("sealed before")
    }

    /// Base64 into the kept text.
    pub fn encode(&mut self, bytes: &[u8]) -> &str {
        self.text.clear();
        BASE64_STANDARD.encode_string(bytes, &mut self.text);
        &self.text
    }

    /// Base64 into the kept buffer.
    pub fn decode(&mut self, text: &str) -> &[u8] {
        let length = BASE64_STANDARD
            .decode_slice(text, &mut self.decoded)
            .expect("Base64");
        &self.decoded[..length]
    }

    /// HMAC-MD5 over `text`.
    pub fn sign(&self, text: &str) -> [u8; 16] {
        let mut mac = self.mac.clone();
        mac.update(text.as_bytes());
        mac.finalize().into_bytes().into()
    }
}

impl std::fmt::Debug for Bare {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bare")
    }
}
