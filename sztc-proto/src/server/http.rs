//! What both routers share: who calls, what they send, what they get.
use super::{Ctx, Desk, TransportKind};
use crate::{BusinessCode, Refusal, session::config::LONGEST_BODY};
use axum::{
    Router,
    body::Bytes,
    extract::{FromRequest, Request},
    http::{StatusCode, header},
    middleware::from_fn,
    response::{IntoResponse, Response},
};
use park_core::{
    DeviationKind,
    server::{address, bearer, to_the_end},
};
use std::{net::SocketAddr, sync::Arc};

/// Who calls, before it is known whether they may.
pub(super) struct Caller {
    /// The token of `Authorization`, and whether it was written otherwise than `bearer X`.
    pub(super) token: Option<(String, Option<DeviationKind>)>,
    address: Option<SocketAddr>,
}

impl Caller {
    pub(super) fn of(request: &Request) -> Self {
        Self {
            token: bearer(request.headers()),
            address: address(request),
        }
    }

    /// The context of a call of `peer`.
    pub(super) fn context(&self, peer: Arc<str>) -> Ctx {
        let mut cx = Ctx::new(peer, TransportKind::Https);
        cx.address = self.address;
        if let Some((_, Some(style))) = self.token {
            cx.deviations.note(style, || "Authorization".to_owned());
        }
        cx
    }
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
    routes
        .method_not_allowed_fallback(not_posted)
        .layer(from_fn(|request, next| to_the_end(request, next, LONGEST_BODY)))
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
