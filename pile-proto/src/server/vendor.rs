use super::{
    Ctx, ServerOptions, VendorService,
    http::{Incoming, LONGEST_BODY, incoming, not_allowed, refuse, reply, short, status_of, wrong_token},
};
use crate::{
    Dialect, Info, Method, Model, Outcome, Params, Refusal, TokenPlace,
    codec::{Reply, request_of},
    endpoint::{BILL, ENDPOINTS, ORDER, START, STOP, STUB_GROUPS, STUBS},
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::StatusCode,
    middleware::from_fn,
    response::Response,
    routing::any,
};
use park_core::{
    BoxFuture, CallbackAuth, DeviationKind, Rule, Violation, Violations,
    server::{answering, to_the_end},
};
use std::{fmt, sync::Arc};

/// Serves a [`VendorService`]: the queries and the control of a vendor, under the paths that the dialect has, by GET or POST.
///
/// Refusals have the codes of the dialect's [`ReplyShape`](crate::ReplyShape). Ours have an HTTP status as well, 400, 401, 404 or 500, since the document
/// has no codes; a service's own go with 200.
pub struct VendorRouter {
    desk: Desk,
    base: String,
}

#[derive(Clone)]
struct Desk {
    service: Arc<dyn Dispatch>,
    verifier: CallbackAuth,
    options: Arc<ServerOptions>,
}

impl VendorRouter {
    /// Serves `service` to whom `verifier` accepts: the token is where the dialect has it, and the vendor hands it out as it likes (3.4).
    pub fn new(service: impl VendorService, verifier: CallbackAuth) -> Self {
        Self {
            desk: Desk {
                service: Arc::new(Vendor(service)),
                verifier,
                options: Arc::default(),
            },
            base: String::new(),
        }
    }

    /// The same, answering as `options` say.
    #[must_use]
    pub fn options(mut self, options: impl Into<ServerOptions>) -> Self {
        self.desk.options = Arc::new(options.into());
        self
    }

    /// The same with the interfaces under `base`, such as `/api`. Default `/`.
    #[must_use]
    pub fn base_path(mut self, base: &str) -> Self {
        self.base = format!("/{}", base.trim_matches('/'));
        self
    }

    /// The routes, to be served by [`serve`](crate::serve).
    ///
    /// # Panics
    /// The dialect has two interfaces at one path, a path that is none, or one for an interface that there is none of.
    pub fn into_router(self) -> Router {
        let unknown = self.desk.options.dialect.unknown_path();
        assert!(
            unknown.is_none(),
            "the dialect has a path for {unknown:?}, which is no interface of the document"
        );
        let mut router = Router::new();
        for info in ENDPOINTS.iter().filter(|info| info.role == crate::Role::Vendor) {
            let desk = self.desk.clone();
            let path = format!("{}/{}", self.base.trim_end_matches('/'), self.desk.options.dialect.path_of(info.name));
            router = router.route(&path, any(move |request: Request| async move { desk.answer(info, request).await }));
        }
        router
            .layer(DefaultBodyLimit::max(LONGEST_BODY))
            .layer(from_fn(|request, next| to_the_end(request, next, LONGEST_BODY)))
    }
}

impl fmt::Debug for VendorRouter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VendorRouter")
    }
}

impl Desk {
    async fn answer(&self, info: &'static Info, request: Request) -> Response {
        let dialect = &self.options.dialect;
        let Some(incoming) = incoming(request, &dialect.token).await else {
            return not_allowed();
        };
        let span = tracing::info_span!(
            "answer",
            proto = "pile",
            endpoint = info.name,
            peer = &*self.options.peer,
            transport = "https",
            outcome = tracing::field::Empty
        );
        match answering(span, self.outcome(info, incoming)).await {
            Ok(text) => reply(StatusCode::OK, text),
            Err(refusal) => reply(status_of(&refusal, StatusCode::OK), dialect.seal_refusal(&short(refusal))),
        }
    }

    async fn outcome(&self, info: &'static Info, incoming: Incoming) -> Outcome<String> {
        let dialect = &self.options.dialect;
        let mut cx = self.options.context(incoming.address);
        let violated = |violation| refuse(&[violation]);
        let text = incoming.text?;
        let json = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
        let params = if json {
            Params::parse_json(text.trim_start_matches('\u{feff}'))
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
        let token = match &dialect.token {
            TokenPlace::Parameter(name) => params.take(name).map(|token| (token, None)),
            TokenPlace::Header(_) | TokenPlace::Bearer => incoming.token,
        };
        let (token, style) = token.unzip();
        if !self.verifier.accepts(token.as_deref()) {
            return Err(wrong_token());
        }
        if let Some(style) = style.flatten() {
            dialect.read.tolerate(style, "Authorization", &mut cx.deviations).map_err(violated)?;
        }
        let expected = match dialect.method {
            Method::Get => !incoming.posted,
            Method::PostForm => incoming.posted && !json,
            Method::PostJson => incoming.posted && json,
        };
        if !expected || incoming.beside.is_some() {
            dialect
                .read
                .tolerate(DeviationKind::BODY_STYLE, "", &mut cx.deviations)
                .map_err(violated)?;
        }
        self.service.dispatch(cx, info, params, dialect).await
    }
}

/// A service with its type erased.
trait Dispatch: Send + Sync {
    fn dispatch<'a>(&'a self, cx: Ctx, info: &'static Info, params: Params, dialect: &'a Dialect) -> BoxFuture<'a, Outcome<String>>;
}

struct Vendor<S>(S);

impl<S: VendorService> Dispatch for Vendor<S> {
    fn dispatch<'a>(&'a self, cx: Ctx, info: &'static Info, params: Params, dialect: &'a Dialect) -> BoxFuture<'a, Outcome<String>> {
        macro_rules! call {
            ($method:ident) => {
                Box::pin(async move {
                    let (cx, request) = read(cx, info, &params, dialect)?;
                    written(&self.0.$method(&cx, request).await?, info, dialect)
                })
            };
        }
        match info.name {
            name if name == STUB_GROUPS.name => call!(sync_stub_group_info),
            name if name == STUBS.name => call!(sync_stub_info),
            name if name == ORDER.name => call!(get_order_info),
            name if name == BILL.name => call!(check_charge_orders),
            name if name == START.name => call!(charge_start),
            name if name == STOP.name => call!(charge_stop),
            // Only the vendor's interfaces are routed here.
            name => Box::pin(async move { Err(Refusal::new("404".into(), format!("{name} is not offered here"))) }),
        }
    }
}

fn read<T: Model>(mut cx: Ctx, info: &Info, params: &Params, dialect: &Dialect) -> Outcome<(Ctx, T)> {
    let request = request_of(params, dialect, &mut cx.deviations);
    cx.tell(info.name);
    match request {
        Ok(request) => Ok((cx, request)),
        Err(violations) => Err(refuse(&violations)),
    }
}

fn written<R: Reply>(value: &R, info: &Info, dialect: &Dialect) -> Outcome<String> {
    // What was done cannot be undone by refusing it, so a reply that breaks the rules goes out; its author has to hear of it.
    let mut violations = Violations::default();
    value.check(&mut violations);
    for violation in violations.to_send(&dialect.write.waived) {
        tracing::warn!(proto = "pile", endpoint = info.name, %violation, "our reply breaks the document's rules");
    }
    value
        .seal(dialect)
        .map_err(|problem| Refusal::message(format!("the reply cannot be written: {problem}")))
}
