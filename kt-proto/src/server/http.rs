//! What both routers share: who calls, what they send, what they get.
use super::desk::Desk;
use crate::{Outcome, refuse};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::from_fn,
    response::{IntoResponse, Response},
    routing::post,
};
use park_core::server::{address, to_the_end};
use std::net::SocketAddr;

/// Longest request: pictures travel inside as Base64.
const LONGEST_BODY: usize = 10 * 1024 * 1024;

/// Who says to call.
pub(super) struct Caller {
    pub(super) user: String,
    pub(super) pwd: String,
    pub(super) address: Option<SocketAddr>,
}

/// Every address under `base`: the interface is told by its last part, whether the path before it is the modern, the legacy or one of the peer's own.
pub(super) fn routes(desk: Desk, base: &str) -> Router {
    let base = base.trim_matches('/');
    let slash = if base.is_empty() { "" } else { "/" };
    let not_posted = || async { (StatusCode::METHOD_NOT_ALLOWED, "interfaces are called by POST") };
    Router::new()
        .route(&format!("{slash}{base}/{{*path}}"), post(answer))
        .method_not_allowed_fallback(not_posted)
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(from_fn(|request, next| to_the_end(request, next, LONGEST_BODY)))
        .with_state(desk)
}

async fn answer(State(desk): State<Desk>, request: Request) -> Response {
    let headers = request.headers();
    let caller = Caller {
        user: text(headers, "user"),
        pwd: text(headers, "pwd"),
        address: address(&request),
    };
    let path = request.uri().path().to_owned();
    let body = Bytes::from_request(request, &()).await.map_err(|problem| {
        refuse(match problem.status() {
            StatusCode::PAYLOAD_TOO_LARGE => "the request is longer than 10 MB",
            _ => "the body did not arrive whole",
        })
    });
    let body: Outcome<&[u8]> = body.as_ref().map(|body| &**body).map_err(Clone::clone);
    let reply = desk.answer(caller, &path, body).await;
    ([(header::CONTENT_TYPE, "application/json;charset=UTF-8")], reply).into_response()
}

fn text(headers: &HeaderMap, name: &str) -> String {
    // A user may have a Chinese name, which clients send as it is.
    let value = headers.get(name).map(|value| value.as_bytes()).unwrap_or_default();
    std::str::from_utf8(value).unwrap_or_default().to_owned()
}
