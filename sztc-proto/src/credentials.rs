use crate::{PasswordKey, model::SecretText};
use park_core::{Secret, Text};

/// How one partner logs in.
#[derive(Debug, Clone)]
pub struct Account {
    /// Its password.
    pub password: Secret,
    /// The key that the platform gave it for sealing the password.
    pub key: PasswordKey,
}

impl Account {
    /// The account that `password` opens, sealed with `key` on its way.
    pub fn new(password: impl Into<Secret>, key: PasswordKey) -> Self {
        Self {
            password: password.into(),
            key,
        }
    }

    /// Whether `sealed` is this account's password, sealed with its key. The time taken does not
    /// tell where it differs.
    pub fn admits(&self, sealed: &str) -> bool {
        self.key
            .open(sealed)
            .is_ok_and(|password| self.password.matches(password.expose()))
    }
}

/// How this system logs in at a city platform, over HTTPS (1001) and over TCP (1004) alike.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// User id (用户唯一标识).
    pub user_id: Text<32>,
    /// Password and the key that seals it.
    pub account: Account,
}

impl Credentials {
    /// The user `user_id`, whose `password` travels sealed with `key`.
    pub fn new(
        user_id: impl Into<Text<32>>,
        password: impl Into<Secret>,
        key: PasswordKey,
    ) -> Self {
        Self {
            user_id: user_id.into(),
            account: Account::new(password, key),
        }
    }

    /// The password as it travels in 1001, 1002 and 1004 (Tables 34, 37, 40): sealed and in Base64.
    /// The clients do this by themselves; it is for logins that are built by hand.
    pub fn sealed_password(&self) -> SecretText<64> {
        self.account.key.seal(self.account.password.expose()).into()
    }
}
