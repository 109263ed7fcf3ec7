//! `query_token` on the serving side.
use crate::{Ctx, Keys, Outcome, Refusal, TokenFailure, TokenQuery, TokenReply, protocol::LONGEST_LIFE};
use park_core::{Clock, Tokens, server::random_token};
use std::{sync::Arc, time::Duration};

/// Issues tokens and knows whose they are.
#[derive(Clone)]
pub(super) struct TokenService {
    pub(super) tokens: Arc<dyn Tokens>,
    pub(super) life: Duration,
}

impl TokenService {
    pub(super) fn live(&mut self, life: Duration) {
        self.life = life.min(LONGEST_LIFE);
    }

    /// A token for the operator that signed the message, if it names itself and knows the secret.
    pub(super) async fn issue(&self, cx: &Ctx, keys: &Keys, clock: &dyn Clock, query: TokenQuery) -> Outcome<TokenReply> {
        if *query.operator_id != *cx.peer {
            return Ok(TokenReply::failed(query.operator_id, TokenFailure::NO_OPERATOR));
        }
        if !keys.operator_secret().matches(query.operator_secret.expose()) {
            return Ok(TokenReply::failed(query.operator_id, TokenFailure::WRONG_SECRET));
        }
        let token = random_token().ok_or_else(|| Refusal::message("no random numbers"))?;
        self.tokens.put(token.clone(), &cx.peer, clock.now() + self.life).await;
        // At most seven days.
        let seconds = i64::try_from(self.life.as_secs()).unwrap_or(i64::MAX);
        Ok(TokenReply::ok(query.operator_id, token.expose(), seconds))
    }

    /// Whether `token` is a valid one of `operator`.
    pub(super) async fn admits(&self, token: Option<&str>, operator: &str) -> bool {
        match token {
            Some(token) => self.tokens.find(token).await.as_deref() == Some(operator),
            None => false,
        }
    }
}
