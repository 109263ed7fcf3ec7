use super::{
    CpoService, EmspService,
    dispatch::{Both, Cpo, Emsp},
    pipeline::Pipeline,
};
use crate::{Keys, Refusal, ServerOptions, Tokens, code::Ret};
use axum::{
    Router,
    extract::{Path, Request, State},
    response::Response,
    routing::post,
};
use park_core::{
    Lookup,
    server::{BasePaths, Caller, body_or, finish, not_posted, reply},
};

/// Where the interfaces lie unless a base path is set.
const BASE: &str = "/evcs/v1";

/// Longest request: the documents name none, 10 MB is what the city platform takes.
const LONGEST_BODY: usize = 10 * 1024 * 1024;

park_core::router! { ["/evcs/v1", pipeline.issuer]
    /// Serves a [`CpoService`] over HTTPS.
    ///
    /// It answers `query_token` by itself; a token (TokenAvailableTime) lives at most seven days.
    /// Refusals are HTTP 200 with the document's envelope; which Ret answers what stands at
    /// [`refusal_of`](crate::refusal_of).
    CpoRouter
}
park_core::router! { ["/evcs/v1", pipeline.issuer]
    /// Serves an [`EmspService`] over HTTPS.
    ///
    /// It answers `query_token` by itself; a token (TokenAvailableTime) lives at most seven days.
    /// Refusals are HTTP 200 with the document's envelope; which Ret answers what stands at
    /// [`refusal_of`](crate::refusal_of).
    EmspRouter
}
park_core::router! { ["/evcs/v1", pipeline.issuer]
    /// Serves a [`CpoService`] and an [`EmspService`] under one address, for an operator that is
    /// both: one `query_token`, one store of tokens.
    ///
    /// It answers `query_token` by itself; a token (TokenAvailableTime) lives at most seven days.
    /// Refusals are HTTP 200 with the document's envelope; which Ret answers what stands at
    /// [`refusal_of`](crate::refusal_of).
    PlatformRouter
}

impl CpoRouter {
    /// Serves `service` to the operators in `operators`.
    pub fn new(service: impl CpoService, operators: impl Lookup<Found = Keys>) -> Self {
        Self::around(Pipeline::new(Cpo(service), operators))
    }
}

impl EmspRouter {
    /// Serves `service` to the operators in `operators`.
    pub fn new(service: impl EmspService, operators: impl Lookup<Found = Keys>) -> Self {
        Self::around(Pipeline::new(Emsp(service), operators))
    }
}

impl PlatformRouter {
    /// Serves both services to the operators in `operators`. An interface outside the tables goes
    /// to `emsp` if its name begins with `notification_` or `check_`, otherwise to `cpo`.
    pub fn new(
        cpo: impl CpoService,
        emsp: impl EmspService,
        operators: impl Lookup<Found = Keys>,
    ) -> Self {
        Self::around(Pipeline::new(Both(Cpo(cpo), Emsp(emsp)), operators))
    }
}

fn routes(pipeline: Pipeline, bases: &BasePaths) -> Router {
    let mut routes = Router::new();
    for base in bases.each(BASE) {
        routes = routes.route(&format!("{base}/{{interface}}"), post(answer));
    }
    finish(routes, LONGEST_BODY, not_posted).with_state(pipeline)
}

async fn answer(
    State(pipeline): State<Pipeline>,
    Path(interface): Path<String>,
    request: Request,
) -> Response {
    let caller = Caller::of(&request);
    let body = body_or(request, LONGEST_BODY, |problem| {
        Refusal::new(Ret::WRONG_ENVELOPE, problem)
    })
    .await;
    reply(
        "application/json;charset=utf-8",
        pipeline.answer(caller, &interface, body).await,
    )
}
