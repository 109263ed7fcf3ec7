//! What the routers of all protocols share: who calls, what they send, what they get.
use crate::DeviationKind;
use axum::{
    Router,
    body::{Body, BodyDataStream, Bytes},
    extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Request},
    handler::Handler,
    http::{HeaderMap, StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use futures_util::{Stream, StreamExt};
use std::{
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

/// The caller, not yet authorised.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The token of `Authorization`, and the deviation if it was written otherwise than `Bearer X`.
    pub token: Option<(String, Option<DeviationKind>)>,
    /// Where the connection comes from, if known.
    pub address: Option<SocketAddr>,
}

impl Caller {
    /// Who sends `request`.
    pub fn of(request: &Request) -> Self {
        Self {
            token: bearer(request.headers()),
            address: address(request),
        }
    }

    /// The token alone.
    pub fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|(token, _)| token.as_str())
    }

    /// How the token was written otherwise.
    pub fn style(&self) -> Option<DeviationKind> {
        self.token.as_ref().and_then(|(_, style)| *style)
    }
}

/// Why there is no body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoBody {
    /// It is longer than the router's limit.
    TooLong,
    /// The connection broke.
    Incomplete,
}

impl NoBody {
    /// The words for the peer; `limit` is the router's.
    pub fn message(self, limit: usize) -> String {
        match self {
            Self::TooLong if limit < 1024 * 1024 => {
                format!("the request is longer than {} KB", limit / 1024)
            }
            Self::TooLong => format!("the request is longer than {} MB", limit / (1024 * 1024)),
            Self::Incomplete => "the body did not arrive whole".to_owned(),
        }
    }
}

/// The body of `request`.
///
/// # Errors
/// It is too long, or did not arrive whole.
pub async fn body_of(request: Request) -> Result<Bytes, NoBody> {
    Bytes::from_request(request, &())
        .await
        .map_err(|problem| match problem.status() {
            StatusCode::PAYLOAD_TOO_LARGE => NoBody::TooLong,
            _ => NoBody::Incomplete,
        })
}

/// The body of `request`, at most `longest` bytes; what cannot be had is `refused`.
///
/// # Errors
/// As [`body_of`].
pub async fn body_or<R>(
    request: Request,
    longest: usize,
    refused: impl FnOnce(String) -> R,
) -> Result<Bytes, R> {
    body_of(request)
        .await
        .map_err(|problem| refused(problem.message(longest)))
}

/// A reply with this Content-Type.
pub fn reply(content_type: &'static str, text: String) -> Response {
    ([(header::CONTENT_TYPE, content_type)], text).into_response()
}

/// What the routes of every router end with: `not_posted` answers whoever does not post, bodies
/// have a `limit`, and the rest of a body is read whatever was answered.
pub fn finish<S, H, T>(routes: Router<S>, limit: usize, not_posted: H) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
    H: Handler<T, S>,
    T: 'static,
{
    routes
        .method_not_allowed_fallback(not_posted)
        .layer(DefaultBodyLimit::max(limit))
        .layer(from_fn(move |request, next| {
            to_the_end(request, next, limit)
        }))
}

/// The answer to whoever does not post, where the document's envelope has none.
pub async fn not_posted() -> Response {
    (
        StatusCode::METHOD_NOT_ALLOWED,
        "interfaces are called by POST",
    )
        .into_response()
}

/// Where a router's interfaces lie: under each base path that was set, or the default one.
#[derive(Debug, Clone, Default)]
pub struct BasePaths(Vec<String>);

impl BasePaths {
    /// One more base path.
    pub fn add(&mut self, base: &str) {
        let base = format!("/{}", base.trim_matches('/'));
        if !self.0.contains(&base) {
            self.0.push(base);
        }
    }

    /// The routes of `path` under each of them, or under `default`.
    pub fn each<'a>(&'a self, default: &'a str) -> impl Iterator<Item = &'a str> {
        let default = self.0.is_empty().then_some(default);
        self.0
            .iter()
            .map(String::as_str)
            .chain(default)
            .map(|base| base.trim_end_matches('/'))
    }
}

/// Where the connection comes from, if `serve` accepted it.
pub fn address(request: &Request) -> Option<SocketAddr> {
    request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0)
}

/// The token of `Authorization: bearer X`, also in other usual forms: `bearerX`, and without the
/// word.
pub fn bearer(headers: &HeaderMap) -> Option<(String, Option<DeviationKind>)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    let Some(scheme) = value
        .get(..6)
        .filter(|scheme| scheme.eq_ignore_ascii_case("bearer"))
    else {
        return Some((value.to_owned(), Some(DeviationKind::HEADER_STYLE)));
    };
    let token = &value[scheme.len()..];
    let style = (!token.starts_with(' ')).then_some(DeviationKind::HEADER_STYLE);
    Some((token.trim().to_owned(), style))
}

/// Reads what was left of the request's body before the answer goes out. Otherwise the connection
/// ends in the middle of what the peer is still sending, and it sees a broken line instead of the
/// refusal: an upload with an expired token would never learn that it has to log in again.
pub async fn to_the_end(request: Request, next: Next, limit: usize) -> Response {
    let (head, body) = request.into_parts();
    let body = Shared(Arc::new(Mutex::new(body.into_data_stream())));
    let mut rest = body.clone();
    let response = next
        .run(Request::from_parts(head, Body::from_stream(body)))
        .await;
    // Whoever sends much more than is allowed is cut off after all.
    let mut left = limit;
    while left > 0
        && let Some(Ok(piece)) = rest.next().await
    {
        left = left.saturating_sub(piece.len());
    }
    response
}

/// A body that two read one after the other.
#[derive(Clone)]
struct Shared(Arc<Mutex<BodyDataStream>>);

impl Stream for Shared {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .poll_next_unpin(cx)
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
            (
                "bearerYWRtaW46YWRtaW4",
                "YWRtaW46YWRtaW4",
                Some(DeviationKind::HEADER_STYLE),
            ),
            ("abc", "abc", Some(DeviationKind::HEADER_STYLE)),
        ] {
            let headers =
                HeaderMap::from_iter([(header::AUTHORIZATION, header.parse().expect("a header"))]);
            assert_eq!(bearer(&headers), Some((token.to_owned(), style)));
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
