//! What both routers share: who calls, what they send, what they get.
use super::{Ctx, Desk, Transport};
use crate::{BusinessCode, Refusal, session::config::LONGEST_BODY};
use axum::{
    Router,
    body::{Body, BodyDataStream, Bytes},
    extract::{ConnectInfo, FromRequest, Request},
    http::{HeaderMap, StatusCode, header},
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
};
use futures_util::{Stream, StreamExt};
use park_core::Kind;
use std::{
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

/// Who calls, before it is known whether they may.
pub(super) struct Caller {
    /// The token of `Authorization`, and whether it was written otherwise than `bearer X`.
    pub(super) token: Option<(String, Option<Kind>)>,
    address: Option<SocketAddr>,
}

impl Caller {
    pub(super) fn of(request: &Request) -> Self {
        Self {
            token: bearer(request.headers()),
            address: request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0),
        }
    }

    /// The context of a call of `peer`.
    pub(super) fn context(&self, peer: Arc<str>) -> Ctx {
        let mut cx = Ctx::new(peer, Transport::Https);
        cx.address = self.address;
        if let Some((_, Some(style))) = self.token {
            cx.deviations.note(style, || "Authorization".to_owned());
        }
        cx
    }
}

/// The token of `Authorization: bearer X`, also as the samples print it: `bearerX`.
fn bearer(headers: &HeaderMap) -> Option<(String, Option<Kind>)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    let Some(scheme) = value.get(..6).filter(|scheme| scheme.eq_ignore_ascii_case("bearer")) else {
        return Some((value.to_owned(), Some(Kind::HeaderStyle)));
    };
    let token = &value[scheme.len()..];
    let style = (!token.starts_with(' ')).then_some(Kind::HeaderStyle);
    Some((token.trim().to_owned(), style))
}

pub(super) fn json(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json; charset=UTF-8")], text).into_response()
}

pub(super) async fn body_of(request: Request) -> Result<Bytes, Refusal> {
    Bytes::from_request(request, &()).await.map_err(|problem| {
        if problem.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Refusal::new(BusinessCode::TOO_LONG, "the request is longer than allowed (一次发送数据不应超过10M字节)")
        } else {
            Refusal::new(BusinessCode::MALFORMED_CODE, "the body did not arrive whole")
        }
    })
}

/// What the routes of both roles end with: an answer to whoever does not post, and the rest of the body read whatever was answered.
pub(super) fn finish(routes: Router, desk: Desk) -> Router {
    let not_posted = move || async move {
        let refusal = Refusal::new(BusinessCode::NO_OBJECT, "interfaces are called by POST");
        (StatusCode::METHOD_NOT_ALLOWED, json(desk.refuse(&refusal)))
    };
    routes.method_not_allowed_fallback(not_posted).layer(from_fn(to_the_end))
}

/// Reads what was left of the request's body before the answer goes out. Otherwise the connection ends in the middle of what the peer is still sending,
/// and it sees a broken line instead of the refusal: an upload with an expired token would never learn that it has to log in again.
async fn to_the_end(request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let body = Shared(Arc::new(Mutex::new(body.into_data_stream())));
    let mut rest = body.clone();
    let response = next.run(Request::from_parts(head, Body::from_stream(body))).await;
    // Whoever sends much more than is allowed is cut off after all.
    let mut left = LONGEST_BODY;
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
        self.0.lock().unwrap_or_else(PoisonError::into_inner).poll_next_unpin(cx)
    }
}

/// The interface that the path names, in digits only: `parse` alone would take `+5001` too.
fn interface(request: &Request) -> Option<u16> {
    let code = request.uri().path().rsplit('/').next()?;
    code.parse().ok().filter(|_| code.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Answers a call of the interface named by the path.
pub(super) async fn call(desk: &Desk, cx: Ctx, request: Request) -> Response {
    let Some(code) = interface(&request) else {
        return json(desk.refuse(&Refusal::new(BusinessCode::NO_OBJECT, "the path ends in the number of an interface")));
    };
    match body_of(request).await {
        Ok(body) => json(desk.answer(cx, code, &body).await),
        Err(refusal) => json(desk.refuse(&refusal)),
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
            ("bearerYWRtaW46YWRtaW4", "YWRtaW46YWRtaW4", Some(Kind::HeaderStyle)),
            ("abc", "abc", Some(Kind::HeaderStyle)),
        ] {
            let headers = HeaderMap::from_iter([(header::AUTHORIZATION, header.parse().expect("a header"))]);
            assert_eq!(bearer(&headers), Some((token.to_owned(), style)));
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
