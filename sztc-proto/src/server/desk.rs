use super::{Ctx, ServerOptions, dispatch::Dispatch, dispatch::push_refusal};
use crate::{
    BusinessCode, Info, Refusal, ResultCode, Scheme,
    envelope::{RequestEnvelope, open_request, seal_reply},
    error::refuse,
};
use park_core::{Kind, Observed, Strictness, Timestamp, Violation};
use futures_util::FutureExt;
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
    pub(crate) async fn answer(&self, cx: Ctx, code: u16, body: &[u8]) -> String {
        let name = Info::of(code).map_or("other", |info| info.method);
        let span = tracing::info_span!(
            "answer",
            proto = "sztc",
            endpoint = code,
            name,
            peer = %cx.peer,
            transport = cx.transport.name(),
            outcome = tracing::field::Empty
        );
        let answering = async {
            // A service that panics answers its call with a refusal and nothing else suffers.
            let outcome = AssertUnwindSafe(self.entries(cx, code, body)).catch_unwind().await;
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
        answering.instrument(span).await
    }

    async fn entries(&self, mut cx: Ctx, code: u16, body: &[u8]) -> Result<String, Refusal> {
        let dialect = self.options.dialect_of(&cx.peer).clone();
        let text = text_of(body)?;
        let envelope = open_request(text, &dialect.read, &mut cx.deviations).map_err(|violation| refuse(&[violation], code))?;
        self.verify(&envelope, &mut cx).map_err(|violation| refuse(&[violation], code))?;
        self.tell(&cx, code);
        self.service.dispatch(cx, code, &envelope.items, &dialect).await
    }

    /// Signature and clock of a request.
    pub(crate) fn verify(&self, envelope: &RequestEnvelope<'_>, cx: &mut Ctx) -> Result<(), Violation> {
        let dialect = self.options.dialect_of(&cx.peer);
        let strict = dialect.read.strictness == Strictness::Strict;
        let written = dialect.write.scheme;
        let accept: &[Scheme] = if strict { std::slice::from_ref(&written) } else { &self.options.accept };
        let scheme = envelope.verify(accept)?;
        if scheme != self.options.accept.first().copied().unwrap_or_default() && scheme != written {
            cx.deviations.note(Kind::OtherSignature, || "sign".to_owned());
        }
        let now = Timestamp::at(self.options.clock.now());
        if now.seconds().abs_diff(envelope.timestamp.seconds()) > self.options.skew.as_secs() {
            if strict {
                return Err(Violation::new("timestamp", park_core::Rule::Deviates(Kind::ClockSkew)));
            }
            cx.deviations.note(Kind::ClockSkew, || "timestamp".to_owned());
        }
        Ok(())
    }

    /// Tells the observer what the message departed in.
    pub(crate) fn tell(&self, cx: &Ctx, code: u16) {
        if let Some(observer) = &self.options.observer
            && !cx.deviations.is_empty()
        {
            let name = Info::of(code).map_or_else(|| code.to_string(), |info| format!("{} {}", info.code, info.method));
            observer.tell(Observed::new(&cx.peer, &name, &cx.deviations));
        }
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
        seal_reply(result, message, entries.into_iter(), Timestamp::at(self.options.clock.now()))
    }
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
