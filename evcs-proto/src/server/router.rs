use super::{
    CpoService, EmspService,
    dispatch::{Both, Cpo, Emsp},
    pipeline::Pipeline,
};
use crate::{
    Keys, Outcome, Refusal, ServerOptions, Tokens,
    code::Ret,
    protocol::{Evcs, LONGEST_LIFE},
};
use axum::{
    Router,
    extract::{Path, Request, State},
    response::Response,
    routing::post,
};
use park_core::{
    Lookup,
    server::{BasePaths, Caller, Dispatch, NoBody, TokenIssuer, body_of, finish, not_posted, reply},
};
use std::sync::Arc;

/// Where the interfaces lie unless a base path is set.
const BASE: &str = "/evcs/v1";

/// Longest request: the documents name none, 10 MB is what the city platform takes.
const LONGEST_BODY: usize = 10 * 1024 * 1024;

macro_rules! router {
    ($(#[$doc:meta])* $router:ident) => {
        $(#[$doc])*
        ///
        /// It answers `query_token` by itself; a token (TokenAvailableTime) lives at most seven days. Refusals are HTTP 200 with the document's envelope; which Ret answers what stands at
        /// [`refusal_of`](crate::refusal_of).
        pub struct $router {
            pipeline: Pipeline,
            bases: BasePaths,
        }

        impl $router {
            fn with(service: impl Dispatch<Evcs> + 'static, operators: impl Lookup<Found = Keys>) -> Self {
                Self {
                    pipeline: Pipeline {
                        service: Arc::new(service),
                        operators: Arc::new(operators),
                        options: Arc::default(),
                        issuer: TokenIssuer::new(LONGEST_LIFE),
                    },
                    bases: BasePaths::default(),
                }
            }

            /// The routes, to be served by [`serve`](crate::serve).
            pub fn into_router(self) -> Router {
                let mut routes = Router::new();
                for base in self.bases.each(BASE) {
                    routes = routes.route(&format!("{base}/{{interface}}"), post(answer));
                }
                finish(routes, LONGEST_BODY, not_posted).with_state(self.pipeline)
            }
        }

        park_core::router_verbs!($router, "/evcs/v1", pipeline.issuer);
    };
}

router! {
    /// Serves a [`CpoService`] over HTTPS.
    CpoRouter
}
router! {
    /// Serves an [`EmspService`] over HTTPS.
    EmspRouter
}
router! {
    /// Serves a [`CpoService`] and an [`EmspService`] under one address, for an operator that is both: one `query_token`, one store of tokens.
    PlatformRouter
}

impl CpoRouter {
    /// Serves `service` to the operators in `operators`.
    pub fn new(service: impl CpoService, operators: impl Lookup<Found = Keys>) -> Self {
        Self::with(Cpo(service), operators)
    }
}

impl EmspRouter {
    /// Serves `service` to the operators in `operators`.
    pub fn new(service: impl EmspService, operators: impl Lookup<Found = Keys>) -> Self {
        Self::with(Emsp(service), operators)
    }
}

impl PlatformRouter {
    /// Serves both services to the operators in `operators`. An interface outside the tables goes to `emsp` if its name begins with
    /// `notification_` or `check_`, otherwise to `cpo`.
    pub fn new(cpo: impl CpoService, emsp: impl EmspService, operators: impl Lookup<Found = Keys>) -> Self {
        Self::with(Both(Cpo(cpo), Emsp(emsp)), operators)
    }
}

async fn answer(State(pipeline): State<Pipeline>, Path(interface): Path<String>, request: Request) -> Response {
    let caller = Caller::of(&request);
    let body = body_of(request).await;
    let body: Outcome<&[u8]> = body
        .as_deref()
        .map_err(|problem: &NoBody| Refusal::new(Ret::WRONG_ENVELOPE, problem.message(LONGEST_BODY)));
    reply("application/json;charset=utf-8", pipeline.answer(caller, &interface, body).await)
}
