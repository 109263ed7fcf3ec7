use super::{
    Ctx, ServerOptions,
    incoming::{Incoming, LONGEST_BODY},
};
use crate::{
    CallbackSigner, Dialect, Method, Outcome, Params, Refusal, SharedSchedule, TokenPlace,
    endpoint::{Info, Role},
    error::{refuse, wrong_token},
    message::Message,
    model::Order,
    protocol::Pile,
};
use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::any,
};
use park_core::{
    CallbackAuth, DeviationKind, Deviations, Protocol, Rule, Violation,
    message::{LONGEST_MESSAGE, clip},
    server::{BasePaths, Caller, Dispatch, answer_span, answering, finish, reply},
};
use std::sync::Arc;

/// Where requests are answered: text, caller, fields, service, reply.
#[derive(Clone)]
pub(super) struct Pipeline {
    pub(super) service: Arc<dyn Dispatch<Pile>>,
    pub(super) verifier: CallbackAuth,
    /// Who signs callbacks, if anybody does.
    pub(super) signer: Option<CallbackSigner>,
    /// Is told of every order that the service took.
    pub(super) schedule: Option<SharedSchedule>,
    pub(super) options: Arc<ServerOptions>,
}

impl Pipeline {
    pub(super) fn new(service: impl Dispatch<Pile> + 'static, verifier: CallbackAuth) -> Self {
        Self {
            service: Arc::new(service),
            verifier,
            signer: None,
            schedule: None,
            options: Arc::default(),
        }
    }

    pub(super) fn dialect(&self) -> &Arc<Dialect> {
        self.options.dialect_of(&self.options.peer)
    }

    /// The routes of the interfaces that `role` serves, each at its `path` under each of the
    /// `bases`.
    pub(super) fn routes(
        &self,
        bases: &BasePaths,
        role: Role,
        path: impl Fn(&'static Info) -> String,
    ) -> Router {
        let mut routes = Router::new();
        for base in bases.each("/") {
            for info in crate::endpoint::ENDPOINTS
                .iter()
                .filter(|info| info.role == role)
            {
                let pipeline = self.clone();
                let answer =
                    any(
                        move |request: Request| async move { pipeline.answer(info, request).await },
                    );
                routes = routes.route(&format!("{base}/{}", path(info)), answer);
            }
        }
        finish(routes, LONGEST_BODY, not_allowed)
    }

    async fn answer(&self, info: &'static Info, request: Request) -> Response {
        let place = match info.role {
            Role::Vendor => &self.dialect().token,
            Role::Aggregator => &TokenPlace::Bearer,
        };
        let Some(incoming) = Incoming::of(request, place).await else {
            return not_allowed().await;
        };
        let span = answer_span(Pile::NAME, || Some(info), "https");
        span.record("peer", &*self.options.peer);
        match answering(span, self.outcome(info, incoming)).await {
            Ok(text) => answered(StatusCode::OK, text),
            Err(mut refusal) => {
                refusal.message = clip(&refusal.message, LONGEST_MESSAGE).to_owned();
                answered(
                    status_of(&refusal, info.role),
                    self.dialect().seal_refusal(&refusal),
                )
            }
        }
    }

    async fn outcome(&self, info: &'static Info, incoming: Incoming) -> Outcome<String> {
        let mut cx = Ctx::new(self.options.peer.clone(), ());
        cx.address = incoming.caller.address;
        cx.dialect = self.dialect().clone();
        cx.observed_by(&self.options.observer);
        let message = match info.role {
            Role::Vendor => self.admit_query(&incoming, &mut cx.deviations),
            Role::Aggregator => self.admit_callback(&incoming, &mut cx.deviations),
        };
        let message = message.inspect_err(|_| cx.report(info.label))?;
        let text = self.service.dispatch(cx, info.name, &message).await?;
        if let Some(schedule) = &self.schedule
            && let Ok(order) =
                message.read::<Order>(&self.dialect().read, &mut Deviations::default())
        {
            schedule.callback(&order);
        }
        Ok(text)
    }

    /// The parameters of a query. They come before the caller, as the token may be among them.
    fn admit_query(
        &self,
        incoming: &Incoming,
        deviations: &mut Deviations,
    ) -> Outcome<Message<'static>> {
        let dialect = self.dialect();
        let text = incoming.text()?;
        let unmarked = text.trim_start_matches('\u{feff}').trim_start();
        let json = unmarked.starts_with('{');
        let params = if json {
            Params::parse_json(unmarked)
        } else {
            Params::parse(text.trim())
        };
        let mut params = params.map_err(violated)?;
        if let Some(query) = &incoming.beside {
            for (name, value) in Params::parse(query).map_err(violated)?.iter() {
                if params.get(name).is_some() {
                    return Err(violated(Violation::new(name, Rule::Duplicate)));
                }
                params.push(name, value);
            }
        }
        let mut caller = incoming.caller.clone();
        if let TokenPlace::Parameter(name) = &dialect.token {
            caller.token = params.take(name).map(|token| (token, None));
        }
        self.admit(&caller, deviations)?;
        let expected = match dialect.method {
            Method::Get => !incoming.posted,
            Method::PostForm => incoming.posted && !json,
            Method::PostJson => incoming.posted && json,
        };
        if !expected || incoming.beside.is_some() {
            dialect
                .read
                .tolerate(DeviationKind::BODY_STYLE, "", deviations)
                .map_err(violated)?;
        }
        Ok(Message::Params(params))
    }

    /// A callback whose sender and signature are right.
    fn admit_callback<'a>(
        &self,
        incoming: &'a Incoming,
        deviations: &mut Deviations,
    ) -> Outcome<Message<'a>> {
        self.admit(&incoming.caller, deviations)?;
        self.dialect()
            .open_signed(incoming.text()?, self.signer.as_ref(), deviations)
            .map_err(violated)
    }

    fn admit(&self, caller: &Caller, deviations: &mut Deviations) -> Outcome<()> {
        if !self.verifier.accepts(caller.token()) {
            return Err(wrong_token());
        }
        match caller.style() {
            Some(style) => self
                .dialect()
                .read
                .tolerate(style, "Authorization", deviations)
                .map_err(violated),
            None => Ok(()),
        }
    }
}

fn violated(violation: Violation) -> Refusal {
    refuse(&[violation])
}

/// The status that goes with a refusal of ours. A service's own code goes with 200, but for a
/// callback: a vendor that knows no code tells it again.
fn status_of(refusal: &Refusal, role: Role) -> StatusCode {
    match (refusal.code.as_deref(), role) {
        (Some("400"), _) => StatusCode::BAD_REQUEST,
        (Some("401"), _) => StatusCode::UNAUTHORIZED,
        (Some("404"), _) => StatusCode::NOT_FOUND,
        (Some(_), Role::Vendor) => StatusCode::OK,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// A reply that nobody on the way may keep: it answers a GET, and may be that of chargeStart.
fn answered(status: StatusCode, text: String) -> Response {
    let mut response = reply("application/json;charset=utf-8", text);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn not_allowed() -> Response {
    let allow = [(header::ALLOW, "GET, POST")];
    (
        StatusCode::METHOD_NOT_ALLOWED,
        allow,
        "interfaces are called by GET or POST",
    )
        .into_response()
}
