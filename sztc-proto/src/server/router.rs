use super::{
    Accounts, City, CityService, Ctx, Desk, ImageStream, MemoryTokens, Partner, PartnerService, ServerOptions, Tokens, Transport, Verifier,
    accounts::TOKEN_LIFE, answer_entries, text_of, upload::NextPiece,
};
use crate::{
    BusinessCode, Endpoint, ImageUpload, Login, LoginReply, Nothing, Refusal, ResultCode, TokenRefreshReply, code,
    endpoint::{LogIn, LogOut, RefreshToken},
    envelope::open_request,
    error::refuse,
};
use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Multipart, Path, Request, State, multipart::Field},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use park_core::{BoxFuture, Kind, Secret};
use std::{net::SocketAddr, sync::Arc, time::Duration};

/// 6.1.1 i: at most 10 MB at once; the envelope is around it.
const LIMIT: usize = 10 * 1024 * 1024 + 64 * 1024;
/// A login is short, and whoever sends it is not known yet.
const LOGIN_LIMIT: usize = 64 * 1024;

/// Serves a [`CityService`] over HTTPS at `{base}/{code}`: login and tokens (1001-1003), the image upload (2001) and every upward interface.
///
/// Refusals are HTTP 200 with the document's envelope, because that is what clients written from the document read.
pub struct CityRouter {
    desk: Desk,
    door: Door,
}

/// Who comes in.
struct Door {
    accounts: Arc<dyn Accounts>,
    tokens: Arc<dyn Tokens>,
    life: Duration,
}

impl CityRouter {
    /// Serves `service` to the partners in `accounts`.
    pub fn new(service: impl CityService, accounts: impl Accounts) -> Self {
        Self {
            desk: Desk::new(City(service), ServerOptions::default()),
            door: Door {
                accounts: Arc::new(accounts),
                tokens: Arc::new(MemoryTokens::default()),
                life: TOKEN_LIFE,
            },
        }
    }

    /// The same, answering as `options` say.
    #[must_use]
    pub fn options(mut self, options: ServerOptions) -> Self {
        self.desk.options = Arc::new(options);
        self
    }

    /// The same, keeping tokens in `tokens`, for example in a store that several instances share.
    #[must_use]
    pub fn tokens(mut self, tokens: impl Tokens) -> Self {
        self.door.tokens = Arc::new(tokens);
        self
    }

    /// The same, with tokens that live this long (expiresIn). Default two hours.
    #[must_use]
    pub fn token_life(mut self, life: Duration) -> Self {
        self.door.life = life;
        self
    }

    /// The routes, to be nested under the base path and served by [`serve`](crate::serve).
    pub fn into_router(self) -> Router {
        let login = Router::new().route("/1001", post(log_in)).layer(DefaultBodyLimit::max(LOGIN_LIMIT));
        Router::new()
            .route("/1002", post(refresh))
            .route("/1003", post(log_out))
            .route("/2001", post(upload))
            .route("/{code}", post(city_call))
            .layer(DefaultBodyLimit::max(LIMIT))
            .merge(login)
            .with_state(Arc::new(self))
    }
}

/// Serves a [`PartnerService`] over HTTPS at `{base}/{code}`: the callback address (callbackServer) that the city platform calls.
pub struct PartnerRouter {
    desk: Desk,
    verifier: Verifier,
}

impl PartnerRouter {
    /// Serves `service` to whom `verifier` accepts.
    pub fn new(service: impl PartnerService, verifier: Verifier) -> Self {
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
        Router::new()
            .route("/{code}", post(partner_call))
            .layer(DefaultBodyLimit::max(LIMIT))
            .with_state(Arc::new(self))
    }
}

fn context(peer: Arc<str>, request: &Request) -> Ctx {
    let mut cx = Ctx::new(peer, Transport::Https);
    cx.address = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    cx
}

/// The token of `Authorization: bearer X`, also as the samples print it: `bearerX`.
fn bearer(headers: &HeaderMap) -> Option<(&str, Option<Kind>)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    let Some(scheme) = value.get(..6).filter(|scheme| scheme.eq_ignore_ascii_case("bearer")) else {
        return Some((value, Some(Kind::HeaderStyle)));
    };
    let token = &value[scheme.len()..];
    let style = (!token.starts_with(' ')).then_some(Kind::HeaderStyle);
    Some((token.trim(), style))
}

fn json(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json; charset=UTF-8")], text).into_response()
}

async fn body_of(request: Request) -> Result<axum::body::Bytes, Refusal> {
    axum::body::Bytes::from_request(request, &()).await.map_err(|problem| {
        if problem.status() == StatusCode::PAYLOAD_TOO_LARGE {
            Refusal::new(BusinessCode::TOO_LONG, "the request is longer than allowed (一次发送数据不应超过10M字节)")
        } else {
            Refusal::new(BusinessCode::MALFORMED_CODE, "the body did not arrive whole")
        }
    })
}

impl CityRouter {
    /// The partner whose token the request carries.
    async fn peer(&self, request: &Request) -> Result<Ctx, Refusal> {
        let wrong = || Refusal::new(BusinessCode::WRONG_TOKEN, "访问令牌错误: log in again (1001)");
        let (token, style) = bearer(request.headers()).ok_or_else(wrong)?;
        let peer = self.door.tokens.find(token).await.ok_or_else(wrong)?;
        let mut cx = context(peer, request);
        if let Some(style) = style {
            cx.deviations.note(style, || "Authorization".to_owned());
        }
        Ok(cx)
    }

    async fn issue(&self, user_id: &str) -> Result<(Secret, Secret, i64), Refusal> {
        let now = self.desk.options.clock.now();
        let (access, refresh) = (random()?, random()?);
        self.door.tokens.put(access.clone(), user_id, now + self.door.life).await;
        Ok((access, refresh, i64::try_from(self.door.life.as_secs()).unwrap_or(i64::MAX)))
    }

    async fn admit(&self, user_id: &str, sealed: &str) -> Result<(), Refusal> {
        let account = self.door.accounts.find(user_id).await;
        // The same answer for a user that does not exist and for a wrong password.
        match account.filter(|account| account.admits(sealed)) {
            Some(_) => Ok(()),
            None => Err(Refusal::new(BusinessCode::WRONG_PASSWORD, "用户名或密码错误")),
        }
    }

    /// One of the interfaces that the router answers itself: the same envelope, signature and entries as every other.
    async fn own<E: Endpoint, F>(&self, mut cx: Ctx, body: &[u8], serve: impl FnOnce(Ctx, Vec<E::Request>) -> F) -> Response
    where
        F: Future<Output = Result<Vec<Result<E::Reply, Refusal>>, Refusal>>,
    {
        let dialect = self.desk.options.dialect_of(&cx.peer).clone();
        let answering = async {
            let text = text_of(body)?;
            let envelope = open_request(text, &dialect.read, &mut cx.deviations).map_err(|violation| refuse(&[violation], E::CODE))?;
            self.desk.verify(&envelope, &mut cx).map_err(|violation| refuse(&[violation], E::CODE))?;
            self.desk.tell(&cx, E::CODE);
            answer_entries::<E, _, _>(cx, &envelope.items, &dialect, serve).await
        };
        match answering.await {
            Ok(entries) => json(self.desk.seal(ResultCode::SUCCESS, "成功", &entries)),
            Err(refusal) => json(self.desk.refuse(&refusal)),
        }
    }
}

/// 128 random bits as text.
fn random() -> Result<Secret, Refusal> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|_| Refusal::message("no random numbers"))?;
    Ok(Secret::new(bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}

async fn log_in(State(city): State<Arc<CityRouter>>, request: Request) -> Response {
    let cx = context("".into(), &request);
    let body = match body_of(request).await {
        Ok(body) => body,
        Err(refusal) => return json(city.desk.refuse(&refusal)),
    };
    let serve = |cx: Ctx, items: Vec<Login>| {
        let city = city.clone();
        async move {
            let mut outcomes = Vec::with_capacity(items.len());
            for login in items {
                outcomes.push(city.one_login(&cx, login).await);
            }
            Ok(outcomes)
        }
    };
    city.own::<LogIn, _>(cx, &body, serve).await
}

impl CityRouter {
    async fn one_login(&self, cx: &Ctx, login: Login) -> Result<LoginReply, Refusal> {
        self.admit(&login.user_id, login.password.expose()).await?;
        let mut cx = cx.clone();
        cx.peer = login.user_id.as_str().into();
        self.desk.service.logged_in(&cx, &login).await?;
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
}

async fn refresh(State(city): State<Arc<CityRouter>>, request: Request) -> Response {
    let cx = match city.peer(&request).await {
        Ok(cx) => cx,
        Err(refusal) => return json(city.desk.refuse(&refusal)),
    };
    let body = match body_of(request).await {
        Ok(body) => body,
        Err(refusal) => return json(city.desk.refuse(&refusal)),
    };
    let serve = |cx: Ctx, items: Vec<crate::TokenRefresh>| {
        let city = city.clone();
        async move {
            let mut outcomes = Vec::with_capacity(items.len());
            for item in items {
                outcomes.push(city.one_refresh(&cx, item).await);
            }
            Ok(outcomes)
        }
    };
    city.own::<RefreshToken, _>(cx, &body, serve).await
}

impl CityRouter {
    async fn one_refresh(&self, cx: &Ctx, item: crate::TokenRefresh) -> Result<TokenRefreshReply, Refusal> {
        self.admit(&item.user_id, item.password.expose()).await?;
        let owner = self.door.tokens.find(item.access_token.expose()).await;
        if owner.as_deref() != Some(item.user_id.as_str()) || *cx.peer != *item.user_id.as_str() {
            return Err(Refusal::new(BusinessCode::WRONG_TOKEN, "the token is not this user's"));
        }
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
}

async fn log_out(State(city): State<Arc<CityRouter>>, request: Request) -> Response {
    let cx = match city.peer(&request).await {
        Ok(cx) => cx,
        Err(refusal) => return json(city.desk.refuse(&refusal)),
    };
    let body = match body_of(request).await {
        Ok(body) => body,
        Err(refusal) => return json(city.desk.refuse(&refusal)),
    };
    let serve = |cx: Ctx, items: Vec<crate::Logout>| {
        let city = city.clone();
        async move {
            let mut outcomes = Vec::with_capacity(items.len());
            for item in items {
                let token = item.access_token.expose();
                let owner = city.door.tokens.find(token).await;
                outcomes.push(if owner.as_deref() == Some(&*cx.peer) {
                    city.door.tokens.revoke(token).await;
                    Ok(Nothing {})
                } else {
                    Err(Refusal::new(BusinessCode::WRONG_TOKEN, "the token is not this user's"))
                });
            }
            Ok(outcomes)
        }
    };
    city.own::<LogOut, _>(cx, &body, serve).await
}

async fn city_call(State(city): State<Arc<CityRouter>>, Path(code): Path<String>, request: Request) -> Response {
    let cx = match city.peer(&request).await {
        Ok(cx) => cx,
        Err(refusal) => return json(city.desk.refuse(&refusal)),
    };
    call(&city.desk, cx, &code, request).await
}

async fn partner_call(State(partner): State<Arc<PartnerRouter>>, Path(code): Path<String>, request: Request) -> Response {
    let token = bearer(request.headers());
    if !partner.verifier.accepts(token.map(|(token, _)| token)) {
        return json(partner.desk.refuse(&Refusal::new(BusinessCode::WRONG_TOKEN, "访问令牌错误")));
    }
    let mut cx = context("city".into(), &request);
    if let Some((_, Some(style))) = token {
        cx.deviations.note(style, || "Authorization".to_owned());
    }
    call(&partner.desk, cx, &code, request).await
}

async fn call(desk: &Desk, cx: Ctx, code: &str, request: Request) -> Response {
    let Ok(code) = code.parse::<u16>() else {
        return json(desk.refuse(&Refusal::new(BusinessCode::NO_OBJECT, "the path ends in the number of an interface")));
    };
    match body_of(request).await {
        Ok(body) => json(desk.answer(cx, code, &body).await),
        Err(refusal) => json(desk.refuse(&refusal)),
    }
}

/// The fields of a form are short; whoever sends longer ones is not describing an image.
const FIELD_LIMIT: usize = 8 * 1024;

async fn upload(State(city): State<Arc<CityRouter>>, request: Request<Body>) -> Response {
    let outcome = match city.peer(&request).await {
        Ok(cx) => city.receive(cx, request).await,
        Err(refusal) => Err(refusal),
    };
    match outcome {
        Ok(()) => json(city.desk.seal(ResultCode::SUCCESS, "成功", "")),
        Err(refusal) => json(city.desk.refuse(&refusal)),
    }
}

impl CityRouter {
    async fn receive(&self, mut cx: Ctx, request: Request) -> Result<(), Refusal> {
        let mut form = Multipart::from_request(request, &())
            .await
            .map_err(|problem| Refusal::new(BusinessCode::WRONG_TYPE, format!("2001 is a multipart form: {}", problem.body_text())))?;
        let mut fields = Vec::new();
        let mut early = None;
        while let Some(field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            if name != "file" {
                fields.push((name, short(field).await?));
            } else if described(&fields) {
                let image = self.image(&mut cx, fields)?;
                return self.desk.service.upload(cx, image, ImageStream::stream(Pieces(field))).await;
            } else {
                // D.8 prints the file first: it has to be kept until its description comes.
                early = Some(field.bytes().await.map_err(broken)?);
            }
        }
        let file = early.ok_or_else(|| Refusal::new(BusinessCode::MALFORMED_CODE, "file: required, but absent"))?;
        let image = self.image(&mut cx, fields)?;
        self.desk.service.upload(cx, image, ImageStream::memory(file)).await
    }

    fn image(&self, cx: &mut Ctx, fields: Vec<(String, String)>) -> Result<ImageUpload, Refusal> {
        let (image, deviations) = ImageUpload::from_fields(fields.into_iter()).map_err(|violation| refuse(&[violation], 2001))?;
        cx.deviations.append(deviations);
        let mut violations = park_core::Violations::default();
        park_core::Check::check(&image, &mut violations);
        let dialect = self.desk.options.dialect_of(&cx.peer).clone();
        let violations = violations.on_receipt(&dialect.read, &mut cx.deviations);
        if !violations.is_empty() {
            return Err(refuse(&violations, 2001));
        }
        self.desk.tell(cx, 2001);
        Ok(image)
    }
}

/// Whether the fields that have come describe the image, so that the file can be handed on as it arrives.
fn described(fields: &[(String, String)]) -> bool {
    ["imageBizType", "destPath", "timestamp", "pickTime"]
        .iter()
        .all(|name| fields.iter().any(|(field, _)| field == name))
        && fields.iter().any(|(field, _)| field.eq_ignore_ascii_case("fileName"))
}

async fn short(mut field: Field<'_>) -> Result<String, Refusal> {
    let mut value = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(broken)? {
        if value.len() + piece.len() > FIELD_LIMIT {
            return Err(Refusal::new(BusinessCode::TOO_LONG, "a field of the form is too long"));
        }
        value.extend_from_slice(&piece);
    }
    String::from_utf8(value).map_err(|_| Refusal::new(BusinessCode::MALFORMED_CODE, "a field of the form is not UTF-8"))
}

fn broken(problem: axum::extract::multipart::MultipartError) -> Refusal {
    let code = match problem.status() {
        StatusCode::PAYLOAD_TOO_LARGE => code::BusinessCode::TOO_LONG,
        _ => code::BusinessCode::MALFORMED_CODE,
    };
    Refusal::new(code, format!("the form cannot be read: {}", problem.body_text()))
}

struct Pieces<'a>(Field<'a>);

impl NextPiece for Pieces<'_> {
    fn next_piece(&mut self) -> BoxFuture<'_, Result<Option<bytes::Bytes>, Refusal>> {
        Box::pin(async { self.0.chunk().await.map_err(broken) })
    }
}
