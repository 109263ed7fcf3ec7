//! What the routers of all protocols share: who calls, and a body that is read to its end.
use crate::{DeviationKind, Refusal};
use axum::{
    body::{Body, BodyDataStream, Bytes},
    extract::{ConnectInfo, Request},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};
use futures_util::{FutureExt, Stream, StreamExt};
use std::{
    net::SocketAddr,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};
use tracing::Instrument;

/// Where the connection comes from, if [`serve`](crate::serve::serve) accepted it.
pub fn address(request: &Request) -> Option<SocketAddr> {
    request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0)
}

/// The token of `Authorization: bearer X`, also in other usual forms: `bearerX`, and without the word.
pub fn bearer(headers: &HeaderMap) -> Option<(String, Option<DeviationKind>)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    let Some(scheme) = value.get(..6).filter(|scheme| scheme.eq_ignore_ascii_case("bearer")) else {
        return Some((value.to_owned(), Some(DeviationKind::HEADER_STYLE)));
    };
    let token = &value[scheme.len()..];
    let style = (!token.starts_with(' ')).then_some(DeviationKind::HEADER_STYLE);
    Some((token.trim().to_owned(), style))
}

/// Reads what was left of the request's body before the answer goes out. Otherwise the connection ends in the middle of what the peer is still sending,
/// and it sees a broken line instead of the refusal: an upload with an expired token would never learn that it has to log in again.
pub async fn to_the_end(request: Request, next: Next, limit: usize) -> Response {
    let (head, body) = request.into_parts();
    let body = Shared(Arc::new(Mutex::new(body.into_data_stream())));
    let mut rest = body.clone();
    let response = next.run(Request::from_parts(head, Body::from_stream(body))).await;
    // Whoever sends much more than is allowed is cut off after all.
    let mut left = limit;
    while left > 0
        && let Some(Ok(piece)) = rest.next().await
    {
        left = left.saturating_sub(piece.len());
    }
    response
}

/// Answers a call in `span`, whose field `outcome` tells whether it was answered or refused: a service that panics refuses this call, and nothing else
/// suffers.
pub async fn answering<T, C: std::fmt::Display>(span: tracing::Span, answer: impl Future<Output = Result<T, Refusal<C>>>) -> Result<T, Refusal<C>> {
    // In a box, because each future around it would keep the room for it twice, and carry it along whenever it is moved.
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

/// A body that two read one after the other.
#[derive(Clone)]
struct Shared(Arc<Mutex<BodyDataStream>>);

impl Stream for Shared {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_printed_form_of_the_token_is_read() {
        for (header, token, style) in [
            ("bearer abc", "abc", None),
            ("Bearer  abc ", "abc", None),
            ("bearerYWRtaW46YWRtaW4", "YWRtaW46YWRtaW4", Some(DeviationKind::HEADER_STYLE)),
            ("abc", "abc", Some(DeviationKind::HEADER_STYLE)),
        ] {
            let headers = HeaderMap::from_iter([(header::AUTHORIZATION, header.parse().expect("a header"))]);
            assert_eq!(bearer(&headers), Some((token.to_owned(), style)));
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
