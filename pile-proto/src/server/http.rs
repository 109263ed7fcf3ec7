//! What both routers share: what came, and what goes out.
use super::{Ctx, ServerOptions};
use crate::{Outcome, Refusal, TokenPlace};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use park_core::{
    DeviationKind, Violation,
    server::{address, bearer},
};
use std::net::SocketAddr;

/// Longest request: what the tables have is less than 2 KB.
pub(super) const LONGEST_BODY: usize = 64 * 1024;

/// What came, before it is known whether it may.
pub(super) struct Incoming {
    pub(super) posted: bool,
    /// The query of a GET, the body of a POST; the query too for a POST without a body.
    pub(super) text: Outcome<String>,
    /// The query of a POST with a body, if it has one.
    pub(super) beside: Option<String>,
    /// The token, where it is a header, and whether it was written otherwise.
    pub(super) token: Option<(String, Option<DeviationKind>)>,
    pub(super) address: Option<SocketAddr>,
}

/// Reads a GET or POST; `None` for anything else. HEAD above all: what answers GET answers it too in most servers, and would start to charge.
pub(super) async fn incoming(request: Request, place: &TokenPlace) -> Option<Incoming> {
    let posted = match *request.method() {
        Method::GET => false,
        Method::POST => true,
        _ => return None,
    };
    let headers = request.headers();
    let token = match place {
        TokenPlace::Bearer => bearer(headers),
        TokenPlace::Header(name) => headers
            .get(&**name)
            .and_then(|value| value.to_str().ok())
            .map(|token| (token.trim().to_owned(), None)),
        TokenPlace::Parameter(_) => None,
    };
    let address = address(&request);
    let query = request.uri().query().unwrap_or_default().to_owned();
    let text = if posted { posted_text(request).await } else { Ok(String::new()) };
    let has_body = text.as_ref().is_ok_and(|text| !text.trim().is_empty());
    let (text, beside) = match text {
        Ok(_) if !has_body => (Ok(query), None),
        text => (text, Some(query).filter(|query| !query.is_empty())),
    };
    Some(Incoming {
        posted,
        text,
        beside,
        token,
        address,
    })
}

async fn posted_text(request: Request) -> Outcome<String> {
    let wrong = |what: String| Refusal::new("400".into(), what);
    let body = Bytes::from_request(request, &()).await.map_err(|problem| match problem.status() {
        StatusCode::PAYLOAD_TOO_LARGE => wrong("the request is longer than 64 KB".to_owned()),
        _ => wrong("the body did not arrive whole".to_owned()),
    })?;
    String::from_utf8(body.into()).map_err(|problem| wrong(format!("the body is not UTF-8: byte {}", problem.utf8_error().valid_up_to())))
}

impl ServerOptions {
    pub(super) fn context(&self, address: Option<SocketAddr>) -> Ctx {
        let mut cx = Ctx::new(self.peer.clone());
        cx.address = address;
        cx.observer = self.observer.clone();
        cx
    }
}

/// The refusal that tells a peer about broken rules, all of them.
pub(super) fn refuse(violations: &[Violation]) -> Refusal {
    let text: Vec<String> = violations.iter().map(ToString::to_string).collect();
    Refusal::new("400".into(), text.join("; "))
}

pub(super) fn wrong_token() -> Refusal {
    Refusal::new("401".into(), "the token is missing or wrong (token错误)")
}

/// The status that goes with a refusal of ours; a service's own codes go with `otherwise`.
pub(super) fn status_of(refusal: &Refusal, otherwise: StatusCode) -> StatusCode {
    match refusal.code.as_deref() {
        Some("400") => StatusCode::BAD_REQUEST,
        Some("401") => StatusCode::UNAUTHORIZED,
        Some("404") => StatusCode::NOT_FOUND,
        None => StatusCode::INTERNAL_SERVER_ERROR,
        Some(_) => otherwise,
    }
}

/// Longest text of a refusal that goes out, in characters.
const LONGEST_MESSAGE: usize = 512;

/// The same with a message that is not endless.
pub(super) fn short(mut refusal: Refusal) -> Refusal {
    if let Some((end, _)) = refusal.message.char_indices().nth(LONGEST_MESSAGE) {
        refusal.message.truncate(end);
    }
    refusal
}

/// A reply that nobody on the way may keep: it answers a GET, and may be that of chargeStart.
pub(super) fn reply(status: StatusCode, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json;charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, text).into_response()
}

pub(super) fn not_allowed() -> Response {
    let allow = [(header::ALLOW, "GET, POST")];
    (StatusCode::METHOD_NOT_ALLOWED, allow, "interfaces are called by GET or POST").into_response()
}
