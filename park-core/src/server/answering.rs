use crate::{Info, Refusal};
use futures_util::FutureExt;
use std::{cell::LazyCell, panic::AssertUnwindSafe};
use tracing::Instrument;

/// The span in which a request is answered; who asks and what became of it are recorded when they
/// are known. The interface is looked up only if somebody listens.
pub fn answer_span<'a, R: 'a>(
    proto: &str,
    info: impl FnOnce() -> Option<&'a Info<R>>,
    transport: &str,
) -> tracing::Span {
    let info = LazyCell::new(info);
    tracing::info_span!(
        "answer",
        proto,
        endpoint = (*info).map_or("other", |info| info.name),
        name = (*info).map_or("other", |info| info.method),
        peer = tracing::field::Empty,
        transport,
        outcome = tracing::field::Empty
    )
}

/// Answers a call in `span`, whose field `outcome` tells whether it was answered or refused: a
/// service that panics refuses this call, and nothing else suffers.
pub async fn answering<T, C: std::fmt::Display>(
    span: tracing::Span,
    answer: impl Future<Output = Result<T, Refusal<C>>>,
) -> Result<T, Refusal<C>> {
    // Boxed: each enclosing future would otherwise reserve space for it twice and move it.
    let answer = Box::pin(AssertUnwindSafe(answer).catch_unwind());
    let answering = async {
        let outcome = answer.await.unwrap_or_else(|_| {
            tracing::error!("the service panicked");
            Err(Refusal::message("internal error (系统内部错误)"))
        });
        let told = match &outcome {
            Ok(_) => "answered",
            Err(refusal) => {
                tracing::debug!(%refusal, "refused");
                "refused"
            }
        };
        tracing::Span::current().record("outcome", told);
        outcome
    };
    answering.instrument(span).await
}
