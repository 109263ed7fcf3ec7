//! `query_token` on the serving side.
use crate::{
    Ctx, Keys, Outcome, Refusal,
    code::TokenFailure,
    model::{TokenQuery, TokenReply},
};
use park_core::{Clock, server::TokenIssuer};

/// A token for the operator that signed the message, if it names itself and knows the secret.
pub(super) async fn issue(
    issuer: &TokenIssuer,
    cx: &Ctx,
    keys: &Keys,
    clock: &dyn Clock,
    query: TokenQuery,
) -> Outcome<TokenReply> {
    if *query.operator_id != *cx.peer {
        return Ok(TokenReply::failed(
            query.operator_id,
            TokenFailure::NO_OPERATOR,
        ));
    }
    if !keys
        .operator_secret()
        .matches(query.operator_secret.expose())
    {
        return Ok(TokenReply::failed(
            query.operator_id,
            TokenFailure::WRONG_SECRET,
        ));
    }
    let (token, seconds) = issuer
        .issue(&cx.peer, clock)
        .await
        .ok_or_else(|| Refusal::message("no random numbers"))?;
    Ok(TokenReply::ok(query.operator_id, token.expose(), seconds))
}
