use super::{
    CallbackAuth, Desk, Partner, PartnerService, ServerOptions,
    http::{Caller, call, finish, json},
};
use crate::{BusinessCode, Refusal, session::config::LONGEST_BODY};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    response::Response,
    routing::post,
};
use std::{fmt, sync::Arc};

/// Serves a [`PartnerService`] over HTTPS at `{base}/{code}`: the callback address (callbackServer) that the city platform calls.
pub struct PartnerRouter {
    desk: Desk,
    verifier: CallbackAuth,
}

impl PartnerRouter {
    /// Serves `service` to whom `verifier` accepts.
    pub fn new(service: impl PartnerService, verifier: CallbackAuth) -> Self {
        Self {
            desk: Desk::new(Partner(service), ServerOptions::default()),
            verifier,
        }
    }

    /// The same, answering as `options` say.
    #[must_use]
    pub fn options(mut self, options: ServerOptions) -> Self {
        self.desk.options = Arc::new(options);
        self
    }

    /// The routes, to be nested under the path of the callback address and served by [`serve`](crate::serve).
    pub fn into_router(self) -> Router {
        let desk = self.desk.clone();
        let routes = Router::new()
            .route("/{code}", post(answer))
            .layer(DefaultBodyLimit::max(LONGEST_BODY))
            .with_state(Arc::new(self));
        finish(routes, desk)
    }
}

impl fmt::Debug for PartnerRouter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartnerRouter({:?})", self.verifier)
    }
}

async fn answer(State(partner): State<Arc<PartnerRouter>>, request: Request) -> Response {
    let caller = Caller::of(&request);
    if !partner.verifier.accepts(caller.token.as_ref().map(|(token, _)| token.as_str())) {
        return json(partner.desk.refuse(&Refusal::new(BusinessCode::WRONG_TOKEN, "访问令牌错误")));
    }
    call(&partner.desk, caller.context("city".into()), request).await
}
