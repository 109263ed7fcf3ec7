//! The password of 1001, 1002 and 1004: DES-CBC with PKCS7 padding, Base64 (Tables 34, 36, 40).
//!
//! DES keeps nobody out today; the connection's TLS does. It is here because the document has it.
use base64::{Engine, prelude::BASE64_STANDARD};
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit, block_padding::Pkcs7};
use des::Des;
use park_core::Secret;
use std::fmt;
use zeroize::Zeroizing;

/// The key that the platform gave out for passwords, and the initialization vector, which the
/// document does not state: the key again by default.
#[derive(Clone)]
pub struct PasswordKey {
    key: Zeroizing<[u8; 8]>,
    iv: Zeroizing<[u8; 8]>,
}

/// A password that cannot be sealed or opened. The reasons for not opening are not told apart, so
/// that nobody can probe for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// The key does not have eight bytes.
    #[error(
        "a DES key has 8 bytes; if yours is longer, the peer uses its first 8 (Java's DESKeySpec \
            does): pass those"
    )]
    Key,
    /// The initialization vector does not have eight bytes.
    #[error("a DES initialization vector has 8 bytes")]
    Iv,
    /// Wrong key, wrong vector, damaged text or padding.
    #[error("the sealed password cannot be opened with this key and vector")]
    Open,
}

impl PasswordKey {
    /// A key of eight bytes that is also the initialization vector.
    ///
    /// # Errors
    /// A key of another length.
    pub fn new(key: impl AsRef<[u8]>) -> Result<Self, PasswordError> {
        let key: [u8; 8] = key.as_ref().try_into().map_err(|_| PasswordError::Key)?;
        Ok(Self {
            key: key.into(),
            iv: key.into(),
        })
    }

    /// The same key with another initialization vector of eight bytes.
    ///
    /// # Errors
    /// A vector of another length.
    pub fn iv(self, iv: impl AsRef<[u8]>) -> Result<Self, PasswordError> {
        let iv: [u8; 8] = iv.as_ref().try_into().map_err(|_| PasswordError::Iv)?;
        Ok(Self {
            iv: iv.into(),
            ..self
        })
    }

    /// Seals a password for the wire.
    pub fn seal(&self, password: &str) -> String {
        let cipher = cbc::Encryptor::<Des>::new((&*self.key).into(), (&*self.iv).into());
        BASE64_STANDARD.encode(cipher.encrypt_padded_vec::<Pkcs7>(password.as_bytes()))
    }

    /// Opens a sealed password.
    ///
    /// # Errors
    /// [`PasswordError::Open`], whatever the reason.
    pub fn open(&self, sealed: &str) -> Result<Secret, PasswordError> {
        let bytes = BASE64_STANDARD
            .decode(sealed.trim())
            .map_err(|_| PasswordError::Open)?;
        let cipher = cbc::Decryptor::<Des>::new((&*self.key).into(), (&*self.iv).into());
        let plain = cipher
            .decrypt_padded_vec::<Pkcs7>(&bytes)
            .map_err(|_| PasswordError::Open)?;
        String::from_utf8(plain)
            .map(Secret::new)
            .map_err(|_| PasswordError::Open)
    }
}

impl fmt::Debug for PasswordKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordKey(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cipher_is_des_cbc_with_pkcs7() {
        // Computed with
        // `openssl enc -des-cbc -provider legacy -K 3132333435363738 -iv 3132333435363738 | base64`.
        let key = PasswordKey::new("12345678").expect("eight bytes");
        assert_eq!(key.seal("password"), SEALED);
        assert_eq!(key.open(SEALED).expect("own key").expose(), "password");
        let other = key.clone().iv([0; 8]).expect("eight bytes");
        assert_ne!(other.seal("password"), SEALED);
        assert_eq!(
            other.open(&other.seal("密码")).expect("own key").expose(),
            "密码"
        );
    }

    const SEALED: &str = "FZz3LAvSqBjRKk7RbJ2cAQ==";

    #[test]
    fn every_kind_of_damage_looks_the_same() {
        let key = PasswordKey::new("12345678").expect("eight bytes");
        let wrong = PasswordKey::new("87654321").expect("eight bytes");
        for damaged in ["", "####", "AAAA", &SEALED[..12], &wrong.seal("password")] {
            assert!(
                matches!(key.open(damaged), Err(PasswordError::Open)),
                "{damaged}"
            );
        }
        assert_eq!(PasswordKey::new("123").err(), Some(PasswordError::Key));
        assert_eq!(
            PasswordKey::new("123456789").err(),
            Some(PasswordError::Key)
        );
    }

    #[test]
    fn keys_are_never_printed() {
        assert_eq!(
            format!("{:?}", PasswordKey::new("canary12")),
            "Ok(PasswordKey(***))"
        );
    }
}
