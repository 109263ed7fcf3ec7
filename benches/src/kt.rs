//! KT's sealed texts: messages of a given length, and the work that one would write with the usual
//! crates.
use base64::{Engine, prelude::BASE64_STANDARD};
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use des::TdesEde3;
use encoding_rs::GBK;

/// The key of the document's example.
pub const KEY: &str = "693207DB8148FBC9D8410179";
/// The day of the document's example.
pub const DATE: &str = "2019-02-25";
/// The first field of a message.
pub const FIELDS: &[&str] = &["parkCode"];
/// The lengths that are measured, in bytes of GB2312.
pub const LENGTHS: [usize; 3] = [512, 4096, 65_536];

/// A report of free spaces of exactly `length` bytes in GB2312, about a tenth of them Chinese.
pub fn message(length: usize) -> String {
    const AREA: &str = r#"{"areaCode":"A01","areaName":"地下一层东区","totalNum":120,"freeSpaceNum":37,"lastUpdateTime":"2019-02-25 12:00:00"}"#;
    const START: &str = r#"{"parkCode":"1","areaInfo":["#;
    const END: (&str, &str) = (r#"],"remark":""#, r#""}"#);
    // Six characters of two bytes, three in UTF-8.
    let area = AREA.len() - 6;
    let rest = length - START.len() - END.0.len() - END.1.len();
    let count = (rest + 1) / (area + 1);
    let fill = rest + usize::from(count > 0) - count * (area + 1);
    [
        START,
        &vec![AREA; count].join(","),
        END.0,
        &"x".repeat(fill),
        END.1,
    ]
    .concat()
}

/// Seals with RustCrypto's crates.
pub fn seal(text: &str) -> String {
    let (bytes, _, lossy) = GBK.encode(text);
    assert!(!lossy);
    let cipher = cbc::Encryptor::<TdesEde3>::new_from_slices(KEY.as_bytes(), b"20190225")
        .expect("24 and 8 bytes");
    BASE64_STANDARD.encode(cipher.encrypt_padded_vec::<Pkcs7>(&bytes))
}

/// Opens with RustCrypto's crates.
pub fn open(data: &str) -> String {
    let bytes = BASE64_STANDARD.decode(data).expect("Base64");
    let cipher = cbc::Decryptor::<TdesEde3>::new_from_slices(KEY.as_bytes(), b"20190225")
        .expect("24 and 8 bytes");
    let plain = cipher
        .decrypt_padded_vec::<Pkcs7>(&bytes)
        .expect("sealed above");
    let text = GBK
        .decode_without_bom_handling_and_without_replacement(&plain)
        .expect("GBK");
    text.into_owned()
}
