use super::{
    AggregatorService, Ctx, ServerOptions,
    http::{Incoming, LONGEST_BODY, incoming, not_allowed, refuse, reply, short, status_of, wrong_token},
};
use crate::{CallbackSigner, Order, Outcome, SharedSchedule, TokenPlace, codec::checked, endpoint::CALLBACK};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::StatusCode,
    middleware::from_fn,
    response::Response,
    routing::any,
};
use park_core::{
    BoxFuture, CallbackAuth, Violation,
    server::{answering, to_the_end},
};
use std::{fmt, sync::Arc};

/// Serves an [`AggregatorService`]: the callback of one vendor, as a form or JSON, whichever comes.
///
/// A callback that is not taken is answered with a code of the dialect's [`ReplyShape`](crate::ReplyShape) and an HTTP status that is not 200, so that a
/// vendor that knows no code tells it again.
pub struct AggregatorRouter {
    desk: Desk,
    path: String,
}

#[derive(Clone)]
struct Desk {
    service: Arc<dyn Dispatch>,
    verifier: CallbackAuth,
    signer: Option<CallbackSigner>,
    schedule: Option<SharedSchedule>,
    options: Arc<ServerOptions>,
}

impl AggregatorRouter {
    /// Serves `service` to whom `verifier` accepts by `Authorization: Bearer {token}`. The document has no authentication; what cannot be known of the
    /// sender is that of [`CallbackAuth::dangerous_accept_unauthenticated`].
    pub fn new(service: impl AggregatorService, verifier: CallbackAuth) -> Self {
        Self {
            desk: Desk {
                service: Arc::new(Aggregator(service)),
                verifier,
                signer: None,
                schedule: None,
                options: Arc::default(),
            },
            path: format!("/{}", CALLBACK.name),
        }
    }

    /// Serves `service` to whoever signs as `signer` does. A signed callback has no time in it: whoever has read one can send it again.
    pub fn signed(service: impl AggregatorService, signer: CallbackSigner) -> Self {
        let mut router = Self::new(service, CallbackAuth::dangerous_accept_unauthenticated());
        router.desk.signer = Some(signer);
        router
    }

    /// The same, telling `schedule` of every order that the service took, so that it is not asked for while callbacks come.
    #[must_use]
    pub fn schedule(mut self, schedule: SharedSchedule) -> Self {
        self.desk.schedule = Some(schedule);
        self
    }

    /// The same, answering as `options` say.
    #[must_use]
    pub fn options(mut self, options: impl Into<ServerOptions>) -> Self {
        self.desk.options = Arc::new(options.into());
        self
    }

    /// The same at `path`; several vendors have one each. Default `/orderCallback`.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        self.path = format!("/{}", path.trim_matches('/'));
        self
    }

    /// The route, to be served by [`serve`](crate::serve).
    ///
    /// # Panics
    /// The path is none.
    pub fn into_router(self) -> Router {
        let Self { desk, path } = self;
        Router::new()
            .route(&path, any(move |request: Request| async move { desk.answer(request).await }))
            .layer(DefaultBodyLimit::max(LONGEST_BODY))
            .layer(from_fn(|request, next| to_the_end(request, next, LONGEST_BODY)))
    }
}

impl fmt::Debug for AggregatorRouter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AggregatorRouter({})", self.path)
    }
}

impl Desk {
    async fn answer(&self, request: Request) -> Response {
        let dialect = &self.options.dialect;
        let Some(incoming) = incoming(request, &TokenPlace::Bearer).await else {
            return not_allowed();
        };
        let span = tracing::info_span!(
            "answer",
            proto = "pile",
            endpoint = CALLBACK.name,
            peer = &*self.options.peer,
            transport = "https",
            outcome = tracing::field::Empty
        );
        match answering(span, self.outcome(incoming)).await {
            Ok(()) => reply(StatusCode::OK, dialect.seal_acknowledgement()),
            Err(refusal) => {
                let status = status_of(&refusal, StatusCode::INTERNAL_SERVER_ERROR);
                reply(status, dialect.seal_refusal(&short(refusal)))
            }
        }
    }

    async fn outcome(&self, incoming: Incoming) -> Outcome<()> {
        let (token, style) = incoming.token.unzip();
        if !self.verifier.accepts(token.as_deref()) {
            return Err(wrong_token());
        }
        let text = incoming.text?;
        let mut cx = self.options.context(incoming.address);
        let order = self.order(&text, style.flatten(), &mut cx);
        cx.tell(CALLBACK.name);
        let order = order.map_err(|violations| refuse(&violations))?;
        let (order_id, status) = (order.order_id.clone(), order.status);
        self.service.dispatch(cx, order).await?;
        if let Some(schedule) = &self.schedule {
            schedule.change(|schedule, now| schedule.callback(&order_id, status, now));
        }
        Ok(())
    }

    /// The signature first, then the fields, then the document's rules.
    fn order(&self, text: &str, style: Option<park_core::DeviationKind>, cx: &mut Ctx) -> Result<Order, Vec<Violation>> {
        let dialect = &self.options.dialect;
        let single = |violation| vec![violation];
        if let Some(style) = style {
            dialect.read.tolerate(style, "Authorization", &mut cx.deviations).map_err(single)?;
        }
        let order = dialect.open_callback(text, self.signer.as_ref(), &mut cx.deviations).map_err(single)?;
        checked(order, dialect, &mut cx.deviations)
    }
}

/// A service with its type erased.
trait Dispatch: Send + Sync {
    fn dispatch(&self, cx: Ctx, order: Order) -> BoxFuture<'_, Outcome<()>>;
}

struct Aggregator<S>(S);

impl<S: AggregatorService> Dispatch for Aggregator<S> {
    fn dispatch(&self, cx: Ctx, order: Order) -> BoxFuture<'_, Outcome<()>> {
        Box::pin(async move { self.0.order_callback(&cx, order).await })
    }
}
