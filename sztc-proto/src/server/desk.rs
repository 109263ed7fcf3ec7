use super::{
    Ctx, ServerOptions, TransportKind, clip,
    dispatch::{Dispatch, push_refusal, text_at},
    refuse,
};
use crate::{
    BusinessCode, Info, Refusal, ResultCode,
    dialect::Dialect,
    envelope::{RequestEnvelope, open_request, seal_reply},
};
use futures_util::FutureExt;
use park_core::{DeviationKind, Deviations, Strictness, Timestamp, Violation};
use std::{panic::AssertUnwindSafe, sync::Arc};
use tracing::Instrument;

/// Where requests are answered, whichever way they came: envelope, signature, clock, service, reply.
#[derive(Clone)]
pub(crate) struct Desk {
    pub(crate) service: Arc<dyn Dispatch>,
    pub(crate) options: Arc<ServerOptions>,
}

impl Desk {
    pub(crate) fn new(service: impl Dispatch + 'static, options: ServerOptions) -> Self {
        Self {
            service: Arc::new(service),
            options: Arc::new(options),
        }
    }

    /// Answers one request of the interface `code`.
    pub(crate) fn answer(&self, cx: Ctx, code: u16, body: &[u8]) -> impl Future<Output = String> {
        let (peer, transport) = (cx.peer.clone(), cx.transport);
        self.reply(&peer, transport, code, self.entries(cx, code, body))
    }

    /// The reply to a call, whose entries `answering` makes: in a span of its own, and a service that panics answers with a refusal and nothing else
    /// suffers.
    pub(crate) fn reply<'a, F>(&'a self, peer: &str, transport: TransportKind, code: u16, answering: F) -> impl Future<Output = String> + use<'a, F>
    where
        F: Future<Output = Result<String, Refusal>>,
    {
        // In a box, because each future around it would keep the room for it twice, and carry it along whenever it is moved.
        let answering = Box::pin(AssertUnwindSafe(answering).catch_unwind());
        let replying = async {
            let outcome = answering.await;
            let outcome = outcome.unwrap_or_else(|_| {
                tracing::error!("the service panicked");
                Err(Refusal::message("internal error (系统内部错误)"))
            });
            tracing::Span::current().record("outcome", if outcome.is_ok() { "answered" } else { "refused" });
            match outcome {
                Ok(entries) => self.seal(ResultCode::SUCCESS, "成功", &entries),
                Err(refusal) => {
                    tracing::debug!(%refusal, "refused");
                    self.refuse(&refusal)
                }
            }
        };
        replying.instrument(span(peer, transport, code))
    }

    async fn entries(&self, mut cx: Ctx, code: u16, body: &[u8]) -> Result<String, Refusal> {
        let dialect = self.options.dialect_of(&cx.peer).clone();
        let envelope = self.open(&mut cx, &dialect, code, body)?;
        self.service.dispatch(cx, code, &envelope.items, &dialect).await
    }

    /// Envelope, signature and clock of a request. What the whole of it departed in is told when its entries have been read.
    pub(crate) fn open<'a>(&self, cx: &mut Ctx, dialect: &Dialect, code: u16, body: &'a [u8]) -> Result<RequestEnvelope<'a>, Refusal> {
        let broken = |violation| refuse(&[violation], code);
        let envelope = open_request(text_of(body)?, &dialect.read, &mut cx.deviations).map_err(broken)?;
        self.verify(&envelope, dialect, cx).map_err(broken)?;
        cx.observer = self.options.observer.clone();
        Ok(envelope)
    }

    /// The dialect of whom a login (1001, 1004) says it is from, to read it by. Until the password is checked it counts for nothing else.
    pub(crate) fn claimed(&self, body: &[u8]) -> Arc<Dialect> {
        let options = &self.options;
        if options.dialects.is_empty() {
            return options.dialect.clone();
        }
        // Whose rules count is not known yet, so what can be understood is.
        let tolerant = Dialect::default();
        let envelope = text_of(body)
            .ok()
            .and_then(|text| open_request(text, &tolerant.read, &mut Deviations::default()).ok());
        let user = envelope.and_then(|envelope| text_at(envelope.items.first()?, &["userId"], &tolerant));
        options.dialect_of(user.as_deref().unwrap_or_default()).clone()
    }

    /// Signature and clock of a request.
    pub(crate) fn verify(&self, envelope: &RequestEnvelope<'_>, dialect: &Dialect, cx: &mut Ctx) -> Result<(), Violation> {
        // Only the header was read before it was known whose dialect counts.
        dialect.read.tolerate_noted(&cx.deviations)?;
        let written = dialect.write.scheme;
        let mut scheme = envelope.verify(&[written]);
        if dialect.read.strictness == Strictness::Tolerant {
            scheme = scheme.or_else(|_| envelope.verify(&self.options.accept));
        }
        let scheme = scheme?;
        if scheme != self.options.accept.first().copied().unwrap_or_default() && scheme != written {
            cx.deviations.note(DeviationKind::OTHER_SIGNATURE, || "sign".to_owned());
        }
        let now = Timestamp::at(self.options.clock.now());
        if !self.options.skew.accepts(envelope.timestamp, now) {
            dialect.read.tolerate(DeviationKind::CLOCK_SKEW, "timestamp", &mut cx.deviations)?;
        }
        Ok(())
    }

    /// Tells the observer what the message departed in.
    pub(crate) fn tell(&self, cx: &Ctx, code: u16) {
        let name = Info::of(code).map_or_else(|| code.to_string(), |info| format!("{} {}", info.code, info.method));
        let observer = self.options.observer.clone();
        Ctx { observer, ..cx.clone() }.tell(&name);
    }

    /// The reply that refuses a whole call: resultCode 1, the text, and the business code in one entry of data where there is one.
    pub(crate) fn refuse(&self, refusal: &Refusal) -> String {
        let mut entry = String::new();
        if refusal.code.is_some() {
            entry.push('{');
            push_refusal(refusal, &mut entry);
            entry.push('}');
        }
        self.seal(ResultCode::FAILURE, &refusal.message, &entry)
    }

    pub(crate) fn seal(&self, result: ResultCode, message: &str, entries: &str) -> String {
        let entries = (!entries.is_empty()).then_some(entries);
        seal_reply(result, clip(message), entries.into_iter(), Timestamp::at(self.options.clock.now()))
    }
}

/// The span in which a request is answered; `outcome` is recorded at its end.
pub(crate) fn span(peer: &str, transport: TransportKind, code: u16) -> tracing::Span {
    let name = Info::of(code).map_or("other", |info| info.method);
    tracing::info_span!(
        "answer",
        proto = "sztc",
        endpoint = code,
        name,
        peer,
        transport = transport.name(),
        outcome = tracing::field::Empty
    )
}

/// The UTF-8 text of a body.
pub(crate) fn text_of(body: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(body).map_err(|problem| {
        Refusal::new(
            BusinessCode::MALFORMED_CODE,
            format!("the body is not UTF-8 (编码格式应为UTF-8): byte {}", problem.valid_up_to()),
        )
    })
}
