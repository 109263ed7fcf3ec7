use super::http::{call, context, finish, json};
use crate::{
    CallbackAuth, PartnerService, Refusal, ServerOptions,
    code::BusinessCode,
    service::{Partner, Pipeline},
};
use axum::{
    Router,
    extract::{Request, State},
    response::Response,
    routing::post,
};
use park_core::server::{BasePaths, Caller};
use std::sync::Arc;

/// Serves a [`PartnerService`] over HTTPS at `{base}/{code}`: the callback address (callbackServer)
/// that the city platform calls.
pub struct PartnerRouter {
    pipeline: Pipeline,
    auth: CallbackAuth,
    bases: BasePaths,
}

impl PartnerRouter {
    /// Serves `service` to whom `auth` accepts.
    pub fn new(service: impl PartnerService, auth: CallbackAuth) -> Self {
        Self {
            pipeline: Pipeline::new(Partner(service), ServerOptions::default()),
            auth,
            bases: BasePaths::default(),
        }
    }

    /// The routes, to be served by [`serve`](crate::serve).
    pub fn into_router(self) -> Router {
        let pipeline = self.pipeline.clone();
        let mut routes = Router::new();
        for base in self.bases.each("/") {
            routes = routes.route(&format!("{base}/{{code}}"), post(answer));
        }
        finish(routes, pipeline).with_state(Arc::new(self))
    }
}

park_core::router_verbs!(PartnerRouter, "/");

async fn answer(State(partner): State<Arc<PartnerRouter>>, request: Request) -> Response {
    let caller = Caller::of(&request);
    if !partner.auth.accepts(caller.token()) {
        return json(
            partner
                .pipeline
                .refuse(&Refusal::new(BusinessCode::WRONG_TOKEN, "访问令牌错误")),
        );
    }
    let cx = context(&partner.pipeline, &caller, "city".into());
    call(&partner.pipeline, cx, request).await
}
