use park_core::{AnyText, Check, Rule, Secret, Text, Violations, check};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A password or token of at most `N` characters: text on the wire like [`Text`], never printed,
/// wiped from memory when dropped, compared in constant time. A required one must not be empty.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretText<const N: usize>(Secret);

/// A secret for which the document gives no limit, such as a token.
pub type AnySecret = SecretText<{ usize::MAX }>;

impl<const N: usize> SecretText<N> {
    /// The text itself. Keep it out of logs, errors and debug output.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The secret, owned.
    pub fn into_secret(self) -> Secret {
        self.0
    }
}

impl<const N: usize, S: Into<String>> From<S> for SecretText<N> {
    fn from(text: S) -> Self {
        Self(Secret::new(text))
    }
}

impl<const N: usize> fmt::Debug for SecretText<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<const N: usize> Check for SecretText<N> {
    fn check(&self, v: &mut Violations) {
        if self.expose().is_empty() {
            v.add(Rule::Missing);
        }
        self.check_optional(v);
    }

    fn check_optional(&self, v: &mut Violations) {
        let found = self.expose().chars().count();
        if found > N {
            v.add(Rule::TooLong { max: N, found });
        }
    }
}

impl<const N: usize> Serialize for SecretText<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

impl<'de, const N: usize> Deserialize<'de> for SecretText<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(feature = "schema")]
impl<const N: usize> schemars::JsonSchema for SecretText<N> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("SecretText{N}").into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let mut schema = Text::<N>::json_schema(generator);
        schema.insert("format".into(), "password".into());
        schema
    }
}

/// An object without fields, `{}`: the request and reply of 1005 (登出) and 1006 (心跳), and the
/// reply of 1003, 1004, 6007 and 6008, Tables 39 and 41.
pub use park_core::Nothing;

/// Request of 1001: log in over HTTPS (登录), Table 34.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// User id (用户唯一标识).
    pub user_id: Text<32>,
    /// Password, encrypted with the key from the city platform by DES-CBC with PKCS7 padding, as
    /// Base64 (用户密码).
    pub password: SecretText<64>,
    /// HTTPS address at which the user answers the city platform's calls (回调服务器地址). Absent:
    /// the one filed with the platform.
    pub callback_server: Option<Text<200>>,
    /// Address of the user's payment page (订单接口地址), see
    /// [`OrderLink`](crate::model::OrderLink). Absent: no online payment.
    pub online_order_url: Option<Text<512>>,
}

check!(Login { user_id "userId", password "password", callback_server "callbackServer",
    online_order_url "onlineOrderUrl" });

/// Reply of 1001, Table 35.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LoginReply {
    /// What the token is good for (范围).
    pub scope: AnyText,
    /// Kind of token (鉴权token类型), `bearer` by default.
    pub token_type: AnyText,
    /// For how long the access token is valid, seconds (有效时间).
    pub expires_in: i64,
    /// Access token, OAuth 2.0 (权限Token).
    pub access_token: AnySecret,
    /// Refresh token, OAuth 2.0 (刷新Token).
    pub refresh_token: AnySecret,
}

impl LoginReply {
    /// The tokens of a peer that has logged in.
    pub fn new(
        scope: impl Into<AnyText>,
        token_type: impl Into<AnyText>,
        expires_in: i64,
        access_token: impl Into<AnySecret>,
        refresh_token: impl Into<AnySecret>,
    ) -> Self {
        Self {
            scope: scope.into(),
            token_type: token_type.into(),
            expires_in,
            access_token: access_token.into(),
            refresh_token: refresh_token.into(),
        }
    }
}

check!(LoginReply {
    scope "scope", token_type "tokenType", expires_in "expiresIn", access_token "accessToken",
    refresh_token "refreshToken",
});

/// Request of 1002: a new token before the old one expires (刷新 Token), Table 36.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TokenRefresh {
    /// User id (用户唯一标识).
    pub user_id: Text<32>,
    /// Password (用户密码), encrypted as in [`Login`].
    pub password: SecretText<64>,
    /// The access token that is about to expire (Token).
    pub access_token: AnySecret,
}

check!(TokenRefresh { user_id "userId", password "password", access_token "accessToken" });

/// Reply of 1002, Table 37.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TokenRefreshReply {
    /// Business id (业务ID).
    pub id: Text<32>,
    /// Kind of token (鉴权token类型), `bearer` by default.
    pub token_type: AnyText,
    /// For how long the access token is valid, seconds (有效时间).
    pub expires_in: i64,
    /// The new access token, OAuth 2.0 (权限Token).
    pub access_token: AnySecret,
    /// The new refresh token, OAuth 2.0 (刷新Token).
    pub refresh_token: AnySecret,
}

impl TokenRefreshReply {
    /// The new tokens.
    pub fn new(
        id: impl Into<Text<32>>,
        token_type: impl Into<AnyText>,
        expires_in: i64,
        access_token: impl Into<AnySecret>,
        refresh_token: impl Into<AnySecret>,
    ) -> Self {
        Self {
            id: id.into(),
            token_type: token_type.into(),
            expires_in,
            access_token: access_token.into(),
            refresh_token: refresh_token.into(),
        }
    }
}

check!(TokenRefreshReply {
    id "id", token_type "tokenType", expires_in "expiresIn", access_token "accessToken",
    refresh_token "refreshToken",
});

/// Request of 1003: give the token back (登出), Table 38.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Logout {
    /// The access token (Token).
    pub access_token: AnySecret,
}

check!(Logout { access_token "accessToken" });

/// Request of 1004: the first message on a TCP connection (登录), Table 40.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TcpLogin {
    /// User id (用户唯一标识).
    pub user_id: Text<32>,
    /// Password (用户密码), encrypted as in [`Login`].
    pub password: SecretText<64>,
}

check!(TcpLogin { user_id "userId", password "password" });

#[cfg(test)]
mod tests {
    use super::*;
    use park_core::{Violation, json};

    #[test]
    fn secrets_travel_but_are_never_printed() {
        let text = r#"{"userId":"u","password":"canary-1","accessToken":"canary-2"}"#;
        let (refresh, deviations) =
            json::decode::<TokenRefresh>(text, &Default::default()).expect("conforming");
        assert!(deviations.is_empty());
        assert_eq!(json::encode(&refresh).expect("plain fields"), text);
        assert!(!format!("{refresh:?}").contains("canary"));
        assert_eq!(refresh.access_token.into_secret().expose(), "canary-2");
    }

    #[test]
    fn a_secret_is_limited_like_text() {
        let found = |secret: SecretText<4>| {
            let mut v = Violations::default();
            secret.check(&mut v);
            v.list().to_vec()
        };
        assert_eq!(found("粤粤粤粤".into()), []);
        assert_eq!(found("".into()), [Violation::new("", Rule::Missing)]);
        assert_eq!(
            found("12345".into()),
            [Violation::new("", Rule::TooLong { max: 4, found: 5 })]
        );
    }

    #[test]
    fn nothing_is_an_empty_object() {
        assert_eq!(json::encode(&Nothing::default()).expect("no fields"), "{}");
        assert!(
            json::decode::<Nothing>("{ }", &Default::default())
                .is_ok_and(|(_, deviations)| deviations.is_empty())
        );
    }
}
