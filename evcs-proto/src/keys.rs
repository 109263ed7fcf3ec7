use aes::{
    Aes128Dec, Aes128Enc,
    cipher::{Array, BlockModeDecrypt, BlockModeEncrypt, InnerIvInit, KeyInit},
};
use cbc::{Decryptor, Encryptor};
use hmac::{Hmac, Mac};
use md5::Md5;
use park_core::Secret;
use std::{fmt, sync::Arc};
use thiserror::Error;
use zeroize::Zeroizing;

pub(crate) const BLOCK: usize = 16;

/// The four secrets of one direction (OperatorSecret 运营商密钥, DataSecret 消息密钥, DataSecretIV
/// 初始化向量, SigSecret 签名密钥), B.3.
///
/// Each side gives a set to the other: calls to a peer are sealed with the set that it gave out, in
/// both ways, request and reply; calls from it with the set that we gave it. Setting up ciphers is
/// done once, so keep one value for each peer; clones share it. Wiped from memory with the last of
/// them, and never printed.
#[derive(Clone)]
pub struct Keys(Arc<Inner>);

struct Inner {
    operator_secret: Secret,
    encrypt: Aes128Enc,
    decrypt: Aes128Dec,
    iv: Zeroizing<[u8; BLOCK]>,
    mac: Hmac<Md5>,
}

/// Secrets that cannot be used. The text never has any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum KeyError {
    /// AES-128 needs a key of 16 characters.
    #[error(
        "DataSecret has {0} bytes, 16 are needed; it is used as it is written, not decoded from \
            hex or Base64"
    )]
    DataSecret(usize),
    /// CBC needs an IV of 16 characters.
    #[error(
        "DataSecretIV has {0} bytes, 16 are needed; it is used as it is written, not decoded from \
            hex or Base64"
    )]
    DataSecretIv(usize),
    /// A signature without a key proves nothing.
    #[error("SigSecret is empty")]
    SigSecret,
}

impl Keys {
    /// Sets up the ciphers of one direction.
    ///
    /// ```
    /// let keys = evcs_proto::Keys::new("operator secret", "1234567890abcdef", "1234567890abcdef",
    ///     "1234567890abcdef")?;
    /// assert_eq!(format!("{keys:?}"), "Keys");
    /// # Ok::<(), evcs_proto::KeyError>(())
    /// ```
    ///
    /// # Errors
    /// A DataSecret or DataSecretIV that has not 16 bytes, an empty SigSecret.
    pub fn new(
        operator_secret: impl Into<Secret>,
        data_secret: impl Into<Secret>,
        data_secret_iv: impl Into<Secret>,
        sig_secret: impl Into<Secret>,
    ) -> Result<Self, KeyError> {
        let (data_secret, data_secret_iv, sig_secret) =
            (data_secret.into(), data_secret_iv.into(), sig_secret.into());
        let (key, iv, sig) = (
            data_secret.expose().as_bytes(),
            data_secret_iv.expose().as_bytes(),
            sig_secret.expose().as_bytes(),
        );
        let wrong = |_| KeyError::DataSecret(key.len());
        let encrypt = Aes128Enc::new_from_slice(key).map_err(wrong)?;
        let decrypt = Aes128Dec::new_from_slice(key).map_err(wrong)?;
        let iv = <[u8; BLOCK]>::try_from(iv).map_err(|_| KeyError::DataSecretIv(iv.len()))?;
        if sig.is_empty() {
            return Err(KeyError::SigSecret);
        }
        let mac =
            <Hmac<Md5> as hmac::KeyInit>::new_from_slice(sig).map_err(|_| KeyError::SigSecret)?;
        Ok(Self(Arc::new(Inner {
            operator_secret: operator_secret.into(),
            encrypt,
            decrypt,
            iv: Zeroizing::new(iv),
            mac,
        })))
    }

    /// The secret with which a token is asked for.
    #[cfg_attr(
        not(any(feature = "client", feature = "server")),
        allow(dead_code, reason = "nobody asks for tokens then")
    )]
    pub(crate) fn operator_secret(&self) -> &Secret {
        &self.0.operator_secret
    }

    /// HMAC-MD5 over `parts`, one after another.
    pub(crate) fn sign(&self, parts: &[&str]) -> [u8; 16] {
        let mut mac = self.0.mac.clone();
        for part in parts {
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }

    /// AES-128-CBC over whole blocks, in place.
    pub(crate) fn encrypt(&self, bytes: &mut [u8]) {
        let (blocks, rest) = Array::slice_as_chunks_mut(bytes);
        debug_assert!(rest.is_empty(), "padded before");
        Encryptor::inner_iv_init(&self.0.encrypt, &(*self.0.iv).into()).encrypt_blocks(blocks);
    }

    /// The reverse.
    pub(crate) fn decrypt(&self, bytes: &mut [u8]) {
        let (blocks, rest) = Array::slice_as_chunks_mut(bytes);
        debug_assert!(rest.is_empty(), "measured before");
        Decryptor::inner_iv_init(&self.0.decrypt, &(*self.0.iv).into()).decrypt_blocks(blocks);
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}
