//! The document's cipher once more, of the crates that everybody uses.
use base64::{Engine, engine::general_purpose::STANDARD};
use cbc::cipher::{Array, BlockModeEncrypt, KeyIvInit};

/// Base64 of whole blocks, sealed on the day `iv` (yyyyMMdd).
pub(crate) fn seal_blocks(key: &str, iv: &str, blocks: &[u8]) -> String {
    let key: [u8; 24] = key.as_bytes().try_into().expect("24 bytes");
    let iv: [u8; 8] = iv.as_bytes().try_into().expect("8 digits");
    let mut bytes = blocks.to_vec();
    let (whole, rest) = Array::slice_as_chunks_mut(&mut bytes);
    assert!(rest.is_empty(), "whole blocks");
    cbc::Encryptor::<des::TdesEde3>::new(&key.into(), &iv.into()).encrypt_blocks(whole);
    STANDARD.encode(bytes)
}

/// Base64 of any bytes, padded with PKCS#7 and sealed on the day `iv`.
pub(crate) fn seal_bytes(key: &str, iv: &str, bytes: &[u8]) -> String {
    let padding = 8 - bytes.len() % 8;
    let mut padded = bytes.to_vec();
    padded.resize(bytes.len() + padding, padding as u8);
    seal_blocks(key, iv, &padded)
}
