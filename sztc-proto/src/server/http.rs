//! What both routers share: who calls, what they send, what they get.
use crate::{
    Ctx, Refusal, TransportKind, code::BusinessCode, service::Pipeline,
    session::config::LONGEST_BODY,
};
use axum::{
    Router,
    body::Bytes,
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use park_core::{
    number_of,
    server::{self, Caller, NoBody, body_of},
};
use std::sync::Arc;

/// The context of a call of `peer` over HTTPS.
pub(super) fn context(pipeline: &Pipeline, caller: &Caller, peer: Arc<str>) -> Ctx {
    let mut cx = pipeline.context(peer, TransportKind::Https);
    cx.address = caller.address;
    if let Some(style) = caller.style() {
        cx.deviations.note(style, || "Authorization".to_owned());
    }
    cx
}

pub(super) fn json(text: String) -> Response {
    server::reply("application/json; charset=UTF-8", text)
}

pub(super) async fn body(request: Request) -> Result<Bytes, Refusal> {
    body_of(request).await.map_err(|problem| match problem {
        NoBody::TooLong => Refusal::new(
            BusinessCode::TOO_LONG,
            "the request is longer than allowed (一次发送数据不应超过10M字节)",
        ),
        NoBody::Incomplete => {
            Refusal::new(BusinessCode::MALFORMED_CODE, problem.message(LONGEST_BODY))
        }
    })
}

/// What the routes of both roles end with.
pub(super) fn finish<S: Clone + Send + Sync + 'static>(
    routes: Router<S>,
    pipeline: Pipeline,
) -> Router<S> {
    let not_posted = move || async move {
        let refusal = Refusal::new(BusinessCode::NO_OBJECT, "interfaces are called by POST");
        (
            StatusCode::METHOD_NOT_ALLOWED,
            json(pipeline.refuse(&refusal)),
        )
            .into_response()
    };
    server::finish(routes, LONGEST_BODY, not_posted)
}

/// Answers a call of the interface named by the path.
pub(super) async fn call(pipeline: &Pipeline, cx: Ctx, request: Request) -> Response {
    let path = request.uri().path();
    let Some(number) = number_of(&path[path.rfind('/').map_or(0, |slash| slash + 1)..]) else {
        return json(pipeline.refuse(&Refusal::new(
            BusinessCode::NO_OBJECT,
            "the path ends in the number of an interface",
        )));
    };
    // As a command over TCP is named too: a service finds its own interfaces by it.
    let name = number.to_string();
    match body(request).await {
        Ok(body) => json(pipeline.answer(cx, &name, &body).await),
        Err(refusal) => json(pipeline.refuse(&refusal)),
    }
}
