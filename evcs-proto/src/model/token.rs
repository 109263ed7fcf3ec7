use super::{OperatorId, SecretText, reason_of_failure};
use crate::code::{SuccessStatus, TokenFailure};
use park_core::{Rule, Violations, check};
use serde::{Deserialize, Serialize};

/// Request of `query_token`: a token for the calls that follow (获取Token), Table B.23.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct TokenQuery {
    /// Who asks (运营商标识); the same as in the envelope.
    #[serde(rename = "OperatorID")]
    pub operator_id: OperatorId,
    /// The secret that the other side gave the operator (运营商密钥).
    pub operator_secret: SecretText,
}

check!(TokenQuery { operator_id "OperatorID", operator_secret "OperatorSecret" });

/// Reply of `query_token`, Table B.24. Made by [`ok`](Self::ok) and [`failed`](Self::failed).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "PascalCase")]
pub struct TokenReply {
    /// Who asked (运营商标识).
    #[serde(rename = "OperatorID")]
    pub operator_id: OperatorId,
    /// Whether there is a token (成功状态).
    pub succ_stat: SuccessStatus,
    /// The token (获取的凭证); required unless refused.
    pub access_token: Option<SecretText>,
    /// For how long it is valid, seconds, at most 7 days (凭证有效期); required unless refused.
    pub token_available_time: Option<i64>,
    /// Why there is none (失败原因).
    pub fail_reason: Option<TokenFailure>,
}

impl TokenReply {
    /// `token` for `operator_id`, valid for `seconds`.
    pub fn ok(
        operator_id: impl Into<OperatorId>,
        token: impl Into<SecretText>,
        seconds: i64,
    ) -> Self {
        Self {
            operator_id: operator_id.into(),
            succ_stat: SuccessStatus::OK,
            access_token: Some(token.into()),
            token_available_time: Some(seconds),
            fail_reason: Some(TokenFailure::NONE),
        }
    }

    /// No token for `operator_id`. The table wants the other two fields too: an empty token, valid
    /// for no time.
    pub fn failed(operator_id: impl Into<OperatorId>, reason: TokenFailure) -> Self {
        Self {
            operator_id: operator_id.into(),
            succ_stat: SuccessStatus::FAILED,
            access_token: Some("".into()),
            token_available_time: Some(0),
            fail_reason: Some(reason),
        }
    }
}

check!(TokenReply {
    operator_id "OperatorID", succ_stat "SuccStat", access_token "AccessToken",
    token_available_time "TokenAvailableTime",
    fail_reason "FailReason",
}; token_or_reason);

fn token_or_reason(reply: &TokenReply, v: &mut Violations) {
    reason_of_failure(reply.succ_stat, &reply.fail_reason, v);
    if reply.succ_stat == SuccessStatus::OK {
        let rule = Rule::Condition("required when SuccStat is 0");
        if reply
            .access_token
            .as_ref()
            .is_none_or(|token| token.expose().is_empty())
        {
            v.add_at("AccessToken", rule.clone());
        }
        if reply.token_available_time.is_none() {
            v.add_at("TokenAvailableTime", rule);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::found;
    use park_core::json;

    #[test]
    fn secrets_travel_but_are_never_printed() {
        let text = r#"{"OperatorID":"MA5DM667X","OperatorSecret":"canary-1"}"#;
        let (query, deviations) =
            json::decode::<TokenQuery>(text, &Default::default()).expect("conforming");
        assert!(deviations.is_empty());
        assert_eq!(json::encode(&query).expect("plain fields"), text);
        let reply = TokenReply::ok("MA5DM667X", "canary-2", 7200);
        assert!(
            json::encode(&reply)
                .expect("plain fields")
                .contains("canary-2")
        );
        assert!(!format!("{query:?}{reply:?}").contains("canary"));
        assert_eq!(query.operator_secret.into_secret().expose(), "canary-1");
    }

    #[test]
    fn a_reply_has_a_token_or_a_reason() {
        let paths = |reply: &TokenReply| {
            found(reply)
                .into_iter()
                .map(|violation| violation.path)
                .collect::<Vec<_>>()
        };
        let (ok, failed) = (
            TokenReply::ok("MA5DM667X", "token", 7200),
            TokenReply::failed("MA5DM667X", TokenFailure::WRONG_SECRET),
        );
        for (reply, without_token, without_reason) in [
            (ok, vec!["AccessToken", "TokenAvailableTime"], vec![]),
            (failed, vec![], vec!["FailReason"]),
        ] {
            assert!(paths(&reply).is_empty());
            let tokenless = TokenReply {
                access_token: None,
                token_available_time: None,
                ..reply.clone()
            };
            assert_eq!(paths(&tokenless), without_token);
            let reasonless = TokenReply {
                fail_reason: None,
                ..reply
            };
            assert_eq!(paths(&reasonless), without_reason);
        }
        assert_eq!(
            paths(&TokenReply::ok("MA5DM667X", "", 7200)),
            ["AccessToken"]
        );
    }
}
