use super::pipeline::{Gate, Pipeline, text_of};
use crate::{
    Outcome, Refusal,
    code::Ret,
    endpoint::{Info, Role},
    envelope::write_refusal,
    protocol::{Params, Want, Xingxing},
};
use axum::{body::Bytes, http::StatusCode};
use park_core::{
    CallbackAuth, Protocol,
    server::{Caller, answer_span, answering},
};

impl Pipeline {
    /// Answers one request of an interface.
    pub(super) async fn answer(
        &self,
        caller: Caller,
        info: &Info,
        body: Outcome<Bytes>,
    ) -> (StatusCode, String) {
        let span = answer_span(Xingxing::NAME, || Some(info), "http");
        match &self.gate {
            Gate::Plain(auth) => {
                match answering(span, self.plain(auth, caller, info, body)).await {
                    Ok(answer) => (StatusCode::OK, answer),
                    Err(refusal) => (status_of(&refusal), write_refusal(&refusal)),
                }
            }
            #[cfg(feature = "sealed")]
            Gate::Sealed(operators) => {
                let mut seal_for = None;
                let outcome = answering(
                    span,
                    self.sealed(&**operators, caller, info, body, &mut seal_for),
                )
                .await;
                (
                    StatusCode::OK,
                    super::seal::seal(outcome, seal_for, &self.options),
                )
            }
        }
    }

    async fn plain(
        &self,
        auth: &CallbackAuth,
        caller: Caller,
        info: &Info,
        body: Outcome<Bytes>,
    ) -> Outcome<String> {
        if !auth.accepts(caller.token()) {
            return Err(Refusal::new(
                Ret::WRONG_TOKEN,
                "Token错误: the token that both sides agreed on is missing or wrong",
            ));
        }
        let mut cx = self.context(match self.role {
            Role::Charging => "parking",
            Role::Parking => "charging",
        });
        cx.address = caller.address;
        if let Some(style) = caller.style() {
            let tolerated = cx
                .dialect
                .read
                .tolerate(style, "Authorization", &mut cx.deviations);
            tolerated
                .map_err(|violation| Refusal::new(Ret::WRONG_ENVELOPE, violation.to_string()))?;
        }
        let body = body?;
        let params = Params {
            text: text_of(&body)?,
            want: Want::Text,
        };
        self.service.dispatch(cx, info.name, params).await
    }
}

/// The document has no way to refuse, so a peer that knows nothing of our envelope shall see by the
/// status that its message was not taken.
fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal.code {
        Some(Ret::WRONG_TOKEN) => StatusCode::UNAUTHORIZED,
        Some(Ret::BUSY) => StatusCode::SERVICE_UNAVAILABLE,
        Some(Ret::SYSTEM_ERROR) | None => StatusCode::INTERNAL_SERVER_ERROR,
        Some(_) => StatusCode::BAD_REQUEST,
    }
}
