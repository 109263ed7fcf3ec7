//! What both routers share: who calls, what they send, what they get.
use super::desk::Desk;
use crate::{ENDPOINTS, Info, QUERY_ALIAS, Refusal, Ret};
use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, FromRequest, Request, State},
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

/// Longest request: the longest that the tables allow has less than 2 KB.
const LONGEST_BODY: usize = 64 * 1024;

/// Who calls, before it is known whether they may.
pub(super) struct Caller {
    /// The token of `Authorization`, and whether it was written otherwise than `Bearer X`.
    pub(super) token: Option<(String, Option<DeviationKind>)>,
    pub(super) address: Option<SocketAddr>,
}

/// The routes `{base}/{interface}` of the service's own interfaces under each of `bases`: each by its name, so that the routers of both roles can be
/// merged.
pub(super) fn routes(desk: Desk, bases: &[String]) -> Router {
    let not_posted = || async { (StatusCode::METHOD_NOT_ALLOWED, "interfaces are called by POST") };
    let names = ENDPOINTS.iter().map(|info| info.name).chain([QUERY_ALIAS]);
    let own: Vec<(&str, &'static Info)> = names
        .filter_map(|name| Info::of(name).map(|info| (name, info)))
        .filter(|(_, info)| info.role == desk.service.role())
        .collect();
    let mut router = Router::new();
    for base in bases {
        for (name, info) in own.iter().copied() {
            let answer = post(move |state: State<Desk>, request: Request| answer(state, info, request)).fallback(not_posted);
            router = router.route(&format!("{}/{name}", base.trim_end_matches('/')), answer);
        }
    }
    router
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(from_fn(|request, next| to_the_end(request, next, LONGEST_BODY)))
        .with_state(desk)
}

async fn answer(State(desk): State<Desk>, info: &'static Info, request: Request) -> Response {
    let caller = Caller {
        token: bearer(request.headers()),
        address: address(&request),
    };
    let body = Bytes::from_request(request, &()).await.map_err(|problem| {
        let what = match problem.status() {
            StatusCode::PAYLOAD_TOO_LARGE => "the request is longer than 64 KB",
            _ => "the body did not arrive whole",
        };
        Refusal::new(Ret::WRONG_ENVELOPE, what)
    });
    let body = body.as_ref().map(|body| &**body).map_err(Clone::clone);
    let (status, reply) = desk.answer(caller, info, body).await;
    (status, [(header::CONTENT_TYPE, "application/json;charset=utf-8")], reply).into_response()
}
