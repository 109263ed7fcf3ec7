//! The document's cryptography once more, written without the crate's.

use aes::{
    Aes128,
    cipher::{Array, BlockModeEncrypt, KeyIvInit},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;

/// HMAC-MD5 over `parts`, in capital hexadecimal digits.
pub(crate) fn sign(sig_secret: &str, parts: &[&str]) -> String {
    let mut mac = Hmac::<Md5>::new_from_slice(sig_secret.as_bytes()).expect("any length");
    mac.update(parts.concat().as_bytes());
    mac.finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02X}"))
        .collect()
}

/// Base64 of AES-128-CBC over whole blocks, padded by whoever calls.
pub(crate) fn encrypt(key: &str, iv: &str, blocks: &[u8]) -> String {
    let key: [u8; 16] = key.as_bytes().try_into().expect("16 bytes");
    let iv: [u8; 16] = iv.as_bytes().try_into().expect("16 bytes");
    let mut bytes = blocks.to_vec();
    let (whole, rest) = Array::slice_as_chunks_mut(&mut bytes);
    assert!(rest.is_empty(), "whole blocks");
    cbc::Encryptor::<Aes128>::new(&key.into(), &iv.into()).encrypt_blocks(whole);
    STANDARD.encode(bytes)
}

/// `text` padded with PKCS#7.
pub(crate) fn padded(text: &str) -> Vec<u8> {
    let padding = 16 - text.len() % 16;
    let mut bytes = text.as_bytes().to_vec();
    bytes.resize(text.len() + padding, padding as u8);
    bytes
}
