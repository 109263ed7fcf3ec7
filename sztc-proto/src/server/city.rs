use super::http::{body, call, context, finish, json};
use crate::{
    Account, CityService, Ctx, Dialect, Outcome, Refusal, ServerOptions, Tokens, TransportKind,
    code::BusinessCode,
    endpoint::{Endpoint, LogIn, LogOut, Numbered, RefreshToken, UploadImage},
    model::*,
    service::{City, CityDispatch, Pipeline, answer_entries, check_password},
    session::config::{LONGEST_BODY, LONGEST_LOGIN},
};
use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    response::Response,
    routing::post,
};
use park_core::{
    Lookup, Secret,
    server::{BasePaths, Caller, TokenIssuer, random_token},
};
use std::{sync::Arc, time::Duration};

/// Longer than any system lives, and short enough for every clock.
const LONGEST_LIFE: Duration = Duration::from_secs(100 * 365 * 86_400);

/// Serves a [`CityService`] over HTTPS at `{base}/{code}`: login and tokens (1001-1003), the image
/// upload (2001) and every upward interface.
///
/// Refusals are HTTP 200 with the document's envelope, because that is what clients written from
/// the document read.
pub struct CityRouter {
    pub(super) pipeline: Pipeline,
    pub(super) service: Arc<dyn CityDispatch>,
    bases: BasePaths,
    accounts: Arc<dyn Lookup<Found = Account>>,
    issuer: TokenIssuer,
}

impl CityRouter {
    /// Serves `service` to the partners in `accounts`.
    pub fn new(service: impl CityService, accounts: impl Lookup<Found = Account>) -> Self {
        let service: Arc<dyn CityDispatch> = Arc::new(City(service));
        Self {
            pipeline: Pipeline {
                service: service.clone(),
                options: Arc::default(),
            },
            service,
            bases: BasePaths::default(),
            accounts: Arc::new(accounts),
            issuer: TokenIssuer::new(LONGEST_LIFE),
        }
    }

    /// The routes, to be served by [`serve`](crate::serve).
    pub fn into_router(self) -> Router {
        let pipeline = self.pipeline.clone();
        let (mut login, mut routes) = (Router::new(), Router::new());
        for base in self.bases.each("/") {
            login = login.route(&format!("{base}/1001"), post(log_in));
            routes = routes
                .route(&format!("{base}/1002"), post(refresh))
                .route(&format!("{base}/1003"), post(log_out))
                .route(&format!("{base}/2001"), post(upload))
                .route(&format!("{base}/{{code}}"), post(answer));
        }
        let login = login.layer(DefaultBodyLimit::max(LONGEST_LOGIN));
        finish(
            routes
                .layer(DefaultBodyLimit::max(LONGEST_BODY))
                .merge(login),
            pipeline,
        )
        .with_state(Arc::new(self))
    }

    /// The partner whose token the request carries.
    async fn admit(&self, caller: Caller) -> Result<Ctx, Refusal> {
        let wrong = || {
            Refusal::new(
                BusinessCode::WRONG_TOKEN,
                "访问令牌错误: log in again (1001)",
            )
        };
        let token = caller.token().ok_or_else(wrong)?;
        let peer = self.issuer.owner(token).await.ok_or_else(wrong)?;
        Ok(context(&self.pipeline, &caller, peer))
    }

    /// New tokens for `user_id`: access, refresh, and for how many seconds they are valid.
    async fn issue(&self, user_id: &str) -> Result<(Secret, Secret, i64), Refusal> {
        let refresh = random()?;
        let issued = self
            .issuer
            .issue(user_id, &*self.pipeline.options.clock)
            .await;
        let (access, seconds) = issued.ok_or_else(|| Refusal::message("no random numbers"))?;
        Ok((access, refresh, seconds))
    }

    async fn log_in(self: Arc<Self>, mut cx: Ctx, login: Login) -> Outcome<LoginReply> {
        check_password(&*self.accounts, &login.user_id, login.password.expose()).await?;
        cx.peer = login.user_id.as_str().into();
        self.service.logged_in(&cx, &login).await?;
        let (access, refresh, expires_in) = self.issue(&login.user_id).await?;
        tracing::info!(proto = "sztc", peer = %login.user_id, "logged in");
        Ok(LoginReply {
            scope: "default".into(),
            token_type: "bearer".into(),
            expires_in,
            access_token: access.expose().into(),
            refresh_token: refresh.expose().into(),
        })
    }

    async fn refresh(self: Arc<Self>, cx: Ctx, item: TokenRefresh) -> Outcome<TokenRefreshReply> {
        check_password(&*self.accounts, &item.user_id, item.password.expose()).await?;
        self.check_owner(&cx, item.access_token.expose()).await?;
        let (access, refresh, expires_in) = self.issue(&item.user_id).await?;
        // The old token stays valid until it expires: calls that carry it may be on their way.
        Ok(TokenRefreshReply {
            id: random()?.expose().into(),
            token_type: "bearer".into(),
            expires_in,
            access_token: access.expose().into(),
            refresh_token: refresh.expose().into(),
        })
    }

    async fn log_out(self: Arc<Self>, cx: Ctx, item: Logout) -> Outcome<Nothing> {
        let token = item.access_token.expose();
        self.check_owner(&cx, token).await?;
        self.issuer.revoke(token).await;
        Ok(Nothing {})
    }

    async fn check_owner(&self, cx: &Ctx, token: &str) -> Result<(), Refusal> {
        if self.issuer.admits(Some(token), &cx.peer).await {
            Ok(())
        } else {
            Err(Refusal::new(
                BusinessCode::WRONG_TOKEN,
                "the token is not this user's",
            ))
        }
    }

    /// One of the interfaces that the router answers itself: the same envelope, signature and
    /// entries as every other.
    async fn own<E: Endpoint, F>(
        self: Arc<Self>,
        cx: Result<Ctx, Refusal>,
        request: Request,
        dialect: impl Fn(&Pipeline, &Ctx, &[u8]) -> Arc<Dialect>,
        serve: impl Fn(Arc<Self>, Ctx, E::Request) -> F,
    ) -> Response
    where
        F: Future<Output = Outcome<E::Reply>>,
    {
        let peer = peer_of(&cx);
        let answering = async {
            let mut cx = cx?;
            let body = body(request).await?;
            cx.dialect = dialect(&self.pipeline, &cx, &body);
            let envelope = self.pipeline.open(&mut cx, E::CODE, &body)?;
            let each = |cx: Ctx, items: Vec<E::Request>| {
                let serve = &serve;
                let city = &self;
                async move {
                    let mut outcomes = Vec::with_capacity(items.len());
                    for item in items {
                        outcomes.push(serve(city.clone(), cx.clone(), item).await);
                    }
                    Ok(outcomes)
                }
            };
            answer_entries::<E, _, _>(cx, &envelope.items, each).await
        };
        json(
            self.pipeline
                .reply(&peer, TransportKind::Https, E::NAME, answering)
                .await,
        )
    }
}

park_core::router_verbs!(CityRouter, "/", issuer);

fn random() -> Result<Secret, Refusal> {
    random_token().ok_or_else(|| Refusal::message("no random numbers"))
}

async fn log_in(State(city): State<Arc<CityRouter>>, request: Request) -> Response {
    // Ignore any token: this is the login.
    let caller = Caller {
        token: None,
        ..Caller::of(&request)
    };
    let cx = context(&city.pipeline, &caller, "".into());
    city.own::<LogIn, _>(
        Ok(cx),
        request,
        |pipeline, _, body| pipeline.claimed(body),
        CityRouter::log_in,
    )
    .await
}

/// The dialect of a user who is logged in.
fn known(_: &Pipeline, cx: &Ctx, _: &[u8]) -> Arc<Dialect> {
    cx.dialect.clone()
}

async fn refresh(State(city): State<Arc<CityRouter>>, request: Request) -> Response {
    let cx = city.admit(Caller::of(&request)).await;
    city.own::<RefreshToken, _>(cx, request, known, CityRouter::refresh)
        .await
}

async fn log_out(State(city): State<Arc<CityRouter>>, request: Request) -> Response {
    let cx = city.admit(Caller::of(&request)).await;
    city.own::<LogOut, _>(cx, request, known, CityRouter::log_out)
        .await
}

async fn answer(State(city): State<Arc<CityRouter>>, request: Request) -> Response {
    match city.admit(Caller::of(&request)).await {
        Ok(cx) => call(&city.pipeline, cx, request).await,
        Err(refusal) => json(city.pipeline.refuse(&refusal)),
    }
}

async fn upload(State(city): State<Arc<CityRouter>>, request: Request) -> Response {
    let cx = city.admit(Caller::of(&request)).await;
    let peer = peer_of(&cx);
    let answering = async { city.receive(cx?, request).await.map(|()| String::new()) };
    json(
        city.pipeline
            .reply(&peer, TransportKind::Https, UploadImage::NAME, answering)
            .await,
    )
}

fn peer_of(cx: &Result<Ctx, Refusal>) -> Arc<str> {
    cx.as_ref().map_or_else(|_| "".into(), |cx| cx.peer.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Account, PasswordKey, Scheme, Timestamp,
        envelope::{open_reply, seal_request},
    };
    use park_core::{Clock, Deviations, SystemClock};
    use std::collections::HashMap;

    #[tokio::test]
    async fn a_login_is_read_by_the_dialect_of_whom_it_names() {
        struct Idle;
        impl CityService for Idle {}
        let account = Account::new("right", PasswordKey::new("12345678").expect("eight bytes"));
        let sealed = account.key.seal("right");
        let item = format!(
            r#"{{" UserId":"lot-7","password":"{sealed}","callbackServer":"https://localhost/c","onlineOrderUrl":"https://localhost/o"}}"#
        );
        let now = Timestamp::at(SystemClock.now());
        for (user, default, own, admitted) in [
            ("lot-7", Dialect::default(), Dialect::strict(), false),
            ("lot-7", Dialect::strict(), Dialect::default(), true),
            ("lot-8", Dialect::strict(), Dialect::default(), false),
            ("lot-8", Dialect::default(), Dialect::strict(), true),
        ] {
            let mut options = ServerOptions::default();
            options.dialect = Arc::new(default);
            options.dialects = HashMap::from([(user.to_owned(), Arc::new(own))]);
            let city =
                CityRouter::new(Idle, HashMap::from([("lot-7".to_owned(), account.clone())]))
                    .options(options);
            let body =
                seal_request([item.as_str()].into_iter(), now, Scheme::default()).expect("JSON");
            let response = log_in(State(Arc::new(city)), Request::new(body.into())).await;
            let body = axum::body::to_bytes(response.into_body(), LONGEST_LOGIN)
                .await
                .expect("in memory");
            let text = std::str::from_utf8(&body).expect("UTF-8");
            let reply = open_reply(text, &Dialect::strict().read, &mut Deviations::default())
                .expect("a reply");
            assert_eq!(
                reply.items[0].contains("accessToken"),
                admitted,
                "{user} {text}"
            );
        }
    }
}
