use super::{
    Ctx, ServerOptions,
    dispatch::{Dispatch, Want},
    http::Caller,
};
use crate::{Info, Outcome, Refusal, Ret, Role, envelope::write_refusal};
use axum::http::StatusCode;
use park_core::{CallbackAuth, Deviations, server::answering};
use std::sync::Arc;

/// Who may call, and in what messages travel.
#[derive(Clone)]
pub(super) enum Gate {
    /// As they are, with whatever token the two sides agreed on.
    Plain(CallbackAuth),
    /// In the charging envelope, whose signature says who calls.
    #[cfg(feature = "sealed")]
    Sealed(crate::seal::Receiver),
}

/// Where requests are answered.
#[derive(Clone)]
pub(super) struct Desk {
    pub(super) service: Arc<dyn Dispatch>,
    pub(super) gate: Gate,
    pub(super) options: Arc<ServerOptions>,
}

impl Desk {
    /// Answers one request of an interface.
    pub(super) async fn answer(&self, caller: Caller, info: &Info, body: Outcome<&[u8]>) -> (StatusCode, String) {
        let span = tracing::info_span!(
            "answer",
            proto = "xingxing",
            endpoint = info.name,
            peer = tracing::field::Empty,
            transport = "http",
            outcome = tracing::field::Empty
        );
        match &self.gate {
            Gate::Plain(verifier) => {
                let outcome = answering(span, self.plain(verifier, caller, info, body)).await;
                match outcome {
                    Ok(answer) => (StatusCode::OK, answer.unwrap_or_default()),
                    Err(refusal) => (status_of(&refusal), write_refusal(&refusal)),
                }
            }
            #[cfg(feature = "sealed")]
            Gate::Sealed(receiver) => {
                let mut keys = None;
                let outcome = answering(span, self.sealed(receiver, caller, info, body, &mut keys)).await;
                (StatusCode::OK, crate::seal::seal(outcome, keys.as_ref(), &self.options.dialect))
            }
        }
    }

    async fn plain(&self, verifier: &CallbackAuth, caller: Caller, info: &Info, body: Outcome<&[u8]>) -> Outcome<Option<String>> {
        let (token, style) = caller.token.unzip();
        if !verifier.accepts(token.as_deref()) {
            return Err(Refusal::new(
                Ret::WRONG_TOKEN,
                "Token错误: the token that both sides agreed on is missing or wrong",
            ));
        }
        let mut deviations = Deviations::default();
        if let Some(style) = style.flatten() {
            self.tolerate(style, &mut deviations)?;
        }
        let text = utf8(body?)?;
        let peer = match self.service.role() {
            Role::Charging => "parking",
            Role::Parking => "charging",
        };
        let cx = self.context(peer, caller.address, deviations);
        self.service.dispatch(cx, info.name, text, &self.options.dialect, Want::Text).await
    }

    #[cfg(feature = "sealed")]
    async fn sealed(
        &self,
        receiver: &crate::seal::Receiver,
        caller: Caller,
        info: &Info,
        body: Outcome<&[u8]>,
        keys: &mut Option<evcs_proto::Keys>,
    ) -> Outcome<Option<String>> {
        let mut deviations = Deviations::default();
        let opened = receiver.open(utf8(body?)?, &self.options, keys, &mut deviations).await?;
        let cx = self.context(&opened.peer, caller.address, deviations);
        self.service
            .dispatch(cx, info.name, &opened.plaintext, &self.options.dialect, Want::Payload)
            .await
    }

    fn context(&self, peer: &str, address: Option<std::net::SocketAddr>, deviations: Deviations) -> Ctx {
        tracing::Span::current().record("peer", peer);
        let mut cx = Ctx::new(peer);
        cx.address = address;
        cx.deviations = deviations;
        cx.observer = self.options.observer.clone();
        cx
    }

    fn tolerate(&self, style: park_core::DeviationKind, deviations: &mut Deviations) -> Outcome<()> {
        let rules = &self.options.dialect.read;
        rules
            .tolerate(style, "Authorization", deviations)
            .map_err(|violation| Refusal::new(Ret::WRONG_ENVELOPE, violation.to_string()))
    }
}

fn utf8(body: &[u8]) -> Outcome<&str> {
    std::str::from_utf8(body).map_err(|problem| {
        let what = format!("the body is not UTF-8 (编码格式应为UTF-8): byte {}", problem.valid_up_to());
        Refusal::new(Ret::WRONG_ENVELOPE, what)
    })
}

/// The document has no way to refuse, so a peer that knows nothing of our envelope shall see by the status that its message was not taken.
fn status_of(refusal: &Refusal) -> StatusCode {
    match refusal.code {
        Some(Ret::WRONG_TOKEN) => StatusCode::UNAUTHORIZED,
        Some(Ret::BUSY) => StatusCode::SERVICE_UNAVAILABLE,
        Some(Ret::SYSTEM_ERROR) | None => StatusCode::INTERNAL_SERVER_ERROR,
        Some(_) => StatusCode::BAD_REQUEST,
    }
}
