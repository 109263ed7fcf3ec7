use crate::Keys;
use park_core::Secret;
#[cfg(feature = "server")]
use park_core::{BoxFuture, Lookup};
use std::fmt;
use subtle::ConstantTimeEq;

/// What one direction needs (请求头验证, chapter 1, section 1). KT gives out the set for the calls
/// to the lot (下行), the third party the set for the calls to itself (上行): a system that does
/// both has two.
#[derive(Clone)]
pub struct Credentials {
    /// The header `user` (用户名).
    pub user: String,
    /// The header `pwd` (密码).
    pub pwd: Secret,
    /// The key (密钥) of `data`.
    pub keys: Keys,
}

impl Credentials {
    /// The user `user`, whose calls carry `pwd` and are sealed with `keys`.
    pub fn new(user: impl Into<String>, pwd: impl Into<Secret>, keys: Keys) -> Self {
        Self {
            user: user.into(),
            pwd: pwd.into(),
            keys,
        }
    }

    /// Whether the two headers are these. The time taken tells neither which of them is wrong nor
    /// where.
    pub fn admits(&self, user: &str, pwd: &str) -> bool {
        (self.user.as_bytes().ct_eq(user.as_bytes()) & u8::from(self.pwd.matches(pwd)).ct_eq(&1))
            .into()
    }
}

/// One caller, as a lot has it.
#[cfg(feature = "server")]
impl Lookup for Credentials {
    type Found = Self;

    fn find<'a>(&'a self, user: &'a str) -> BoxFuture<'a, Option<Self>> {
        let found = (self.user == user).then(|| self.clone());
        Box::pin(async move { found })
    }
}

impl fmt::Debug for Credentials {
    /// Only the user.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({:?}, ***)", self.user)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_headers_count_and_only_the_user_is_printed() {
        let keys = Keys::new("canary-key-with-24-bytes").expect("24 bytes");
        let own = Credentials::new("ktapi", "canary-pwd", keys);
        for (user, pwd, admitted) in [
            ("ktapi", "canary-pwd", true),
            ("ktapi", "canary-pwE", false),
            ("ktapj", "canary-pwd", false),
            ("", "", false),
            ("ktapi", "", false),
        ] {
            assert_eq!(own.admits(user, pwd), admitted, "{user} {pwd}");
        }
        assert_eq!(format!("{own:?}"), r#"Credentials("ktapi", ***)"#);
    }
}
