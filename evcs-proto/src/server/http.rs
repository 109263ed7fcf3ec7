//! What both routers share: who calls, what they send, what they get.
use super::desk::Desk;
use crate::{Refusal, Ret};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Path, Request, State},
    http::{StatusCode, header},
    middleware::from_fn,
    response::{IntoResponse, Response},
    routing::post,
};
use park_core::{
    DeviationKind,
    server::{address, bearer, to_the_end},
};
use std::net::SocketAddr;

/// Longest request: the documents name none, 10 MB is what the city platform takes.
const LONGEST_BODY: usize = 10 * 1024 * 1024;

/// Who calls, before it is known whether they may.
pub(super) struct Caller {
    /// The token of `Authorization`, and whether it was written otherwise than `Bearer X`.
    pub(super) token: Option<(String, Option<DeviationKind>)>,
    pub(super) address: Option<SocketAddr>,
}

/// The routes `{base}/{interface}` under each of `bases`.
pub(super) fn routes(desk: Desk, bases: &[String]) -> Router {
    let not_posted = || async { (StatusCode::METHOD_NOT_ALLOWED, "interfaces are called by POST") };
    let mut router = Router::new();
    for base in bases {
        router = router.route(&format!("{}/{{interface}}", base.trim_end_matches('/')), post(answer));
    }
    router
        .method_not_allowed_fallback(not_posted)
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(from_fn(|request, next| to_the_end(request, next, LONGEST_BODY)))
        .with_state(desk)
}

async fn answer(State(desk): State<Desk>, Path(interface): Path<String>, request: Request) -> Response {
    let caller = Caller {
        token: bearer(request.headers()),
        address: address(&request),
    };
    let body = Bytes::from_request(request, &()).await.map_err(|problem| {
        let what = match problem.status() {
            StatusCode::PAYLOAD_TOO_LARGE => "the request is longer than 10 MB",
            _ => "the body did not arrive whole",
        };
        Refusal::new(Ret::WRONG_ENVELOPE, what)
    });
    let body = body.as_ref().map(|body| &**body).map_err(Clone::clone);
    let reply = desk.answer(caller, &interface, body).await;
    ([(header::CONTENT_TYPE, "application/json;charset=utf-8")], reply).into_response()
}
