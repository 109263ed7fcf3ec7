use super::{Ctx, ServerOptions, entries::text_at, refuse};
use crate::{
    Dialect, Refusal, TransportKind,
    code::{BusinessCode, ResultCode},
    endpoint::Info,
    envelope::{LONGEST_MESSAGE, RequestEnvelope, open_request, push_refusal, seal_reply},
    protocol::Sztc,
};
use park_core::{
    DeviationKind, Deviations, Protocol, Strictness, Timestamp, Violation,
    message::{clip, utf8},
    number_of,
    server::{Dispatch, answer_span, answering},
};
use std::sync::Arc;

/// Where requests are answered, whatever they travelled over: envelope, signature, clock, service,
/// reply.
#[derive(Clone)]
pub(crate) struct Pipeline {
    pub(crate) service: Arc<dyn Dispatch<Sztc>>,
    pub(crate) options: Arc<ServerOptions>,
}

impl Pipeline {
    pub(crate) fn new(service: impl Dispatch<Sztc> + 'static, options: ServerOptions) -> Self {
        Self {
            service: Arc::new(service),
            options: Arc::new(options),
        }
    }

    /// The context of a call of `peer`.
    pub(crate) fn context(&self, peer: impl Into<Arc<str>>, transport: TransportKind) -> Ctx {
        let mut cx = Ctx::new(peer, transport);
        cx.dialect = self.options.dialect_of(&cx.peer).clone();
        cx.observed_by(&self.options.observer);
        cx
    }

    /// Answers one request of the interface `name`.
    pub(crate) fn answer<'a>(
        &'a self,
        cx: Ctx,
        name: &'a str,
        body: &'a [u8],
    ) -> impl Future<Output = String> + use<'a> {
        let (peer, transport) = (cx.peer.clone(), cx.transport);
        self.reply(&peer, transport, name, self.entries(cx, name, body))
    }

    /// The reply to a call, whose entries `entries` makes: in a span of its own, and a service that
    /// panics answers with a refusal and nothing else suffers.
    pub(crate) fn reply<'a, F>(
        &'a self,
        peer: &str,
        transport: TransportKind,
        name: &str,
        entries: F,
    ) -> impl Future<Output = String> + use<'a, F>
    where
        F: Future<Output = Result<String, Refusal>>,
    {
        let answering = answering(span(peer, transport, name), entries);
        async move {
            match answering.await {
                Ok(entries) => self.seal(ResultCode::SUCCESS, "成功", &entries),
                Err(refusal) => self.refuse(&refusal),
            }
        }
    }

    async fn entries(&self, mut cx: Ctx, name: &str, body: &[u8]) -> Result<String, Refusal> {
        let envelope = self.open(&mut cx, number_of(name).unwrap_or_default(), body)?;
        self.service.dispatch(cx, name, &envelope.items).await
    }

    /// Envelope, signature and clock of a request. What the whole of it departed in is told when
    /// its entries have been read.
    pub(crate) fn open<'a>(
        &self,
        cx: &mut Ctx,
        code: u16,
        body: &'a [u8],
    ) -> Result<RequestEnvelope<'a>, Refusal> {
        let broken = |violation| refuse(&[violation], code);
        let envelope =
            open_request(text_of(body)?, &cx.dialect.read, &mut cx.deviations).map_err(broken)?;
        self.verify(&envelope, cx).map_err(broken)?;
        Ok(envelope)
    }

    /// The dialect of whom a login (1001, 1004) says it is from, to read it by. Until the password
    /// is checked it counts for nothing else.
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
        let user =
            envelope.and_then(|envelope| text_at(envelope.items.first()?, &["userId"], &tolerant));
        options
            .dialect_of(user.as_deref().unwrap_or_default())
            .clone()
    }

    /// Signature and clock of a request.
    pub(crate) fn verify(
        &self,
        envelope: &RequestEnvelope<'_>,
        cx: &mut Ctx,
    ) -> Result<(), Violation> {
        let (dialect, deviations) = (&*cx.dialect, &mut cx.deviations);
        // Only the header was read before it was known whose dialect counts.
        dialect.read.tolerate_noted(deviations)?;
        let written = dialect.write.scheme;
        let mut scheme = envelope.verify(&[written]);
        if dialect.read.strictness == Strictness::Tolerant {
            scheme = scheme.or_else(|_| envelope.verify(&self.options.accept));
        }
        let scheme = scheme?;
        if scheme != self.options.accept.first().copied().unwrap_or_default() && scheme != written {
            deviations.note(DeviationKind::OTHER_SIGNATURE, || "sign".to_owned());
        }
        let now = Timestamp::at(self.options.clock.now());
        if !self.options.skew.accepts(envelope.timestamp, now) {
            dialect
                .read
                .tolerate(DeviationKind::CLOCK_SKEW, "timestamp", deviations)?;
        }
        Ok(())
    }

    /// The reply that refuses a whole call: resultCode 1, the text, and the business code in one
    /// entry of data where there is one.
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
        seal_reply(
            result,
            clip(message, LONGEST_MESSAGE),
            entries.into_iter(),
            Timestamp::at(self.options.clock.now()),
        )
    }
}

/// The span in which a request is answered; `outcome` is recorded at its end.
pub(crate) fn span(peer: &str, transport: TransportKind, name: &str) -> tracing::Span {
    let span = answer_span(Sztc::NAME, || Info::of(name), transport.name());
    span.record("peer", peer);
    span
}

/// The UTF-8 text of a body.
pub(crate) fn text_of(body: &[u8]) -> Result<&str, Refusal> {
    utf8(body).map_err(|what| Refusal::new(BusinessCode::MALFORMED_CODE, what))
}
