use super::{Ctx, ServerOptions};
use crate::{Outcome, Refusal, code::Ret, endpoint::Role, protocol::Xingxing};
use park_core::{CallbackAuth, message::utf8, server::Dispatch};
use std::sync::Arc;

/// Who may call, and in what messages travel.
#[derive(Clone)]
pub(super) enum Gate {
    /// As they are, with whatever token the two sides agreed on.
    Plain(CallbackAuth),
    /// In the charging envelope, whose signature says who calls.
    #[cfg(feature = "sealed")]
    Sealed(Arc<dyn park_core::Lookup<Found = evcs_proto::Keys>>),
}

/// Where requests are answered.
#[derive(Clone)]
pub(super) struct Pipeline {
    pub(super) service: Arc<dyn Dispatch<Xingxing>>,
    pub(super) role: Role,
    pub(super) gate: Gate,
    pub(super) options: Arc<ServerOptions>,
}

impl Pipeline {
    pub(super) fn new(role: Role, service: impl Dispatch<Xingxing> + 'static, gate: Gate) -> Self {
        Self {
            role,
            service: Arc::new(service),
            gate,
            options: Arc::default(),
        }
    }

    /// The context of a call of `peer`.
    pub(super) fn context(&self, peer: &str) -> Ctx {
        tracing::Span::current().record("peer", peer);
        let mut cx = Ctx::new(peer, ());
        cx.dialect = self.options.dialect_of(peer).clone();
        cx.observed_by(&self.options.observer);
        cx
    }
}

/// The UTF-8 text of a body.
pub(super) fn text_of(body: &[u8]) -> Outcome<&str> {
    utf8(body).map_err(|what| Refusal::new(Ret::WRONG_ENVELOPE, what))
}
