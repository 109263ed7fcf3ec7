use super::{Answer, Call, CityClient, Exchange, PartnerClient, login::Login1001};
use crate::{
    BusinessCode, Credentials, Dialect, Error, Refusal, ResultCode,
    endpoint::{Endpoint, LogOut},
    envelope::{open_reply, seal_reply},
    model::*,
};
use park_core::{
    Blame, BoxFuture, Clock, Deviations, RetryPolicy, Secret, Sent, SystemClock, Text, Timestamp,
    http::{Body, Http, HttpOptions},
    json::lexer,
    token::TokenCache,
};
use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

/// The way to a city platform over HTTPS: logs in (1001), renews its tokens (1002), and logs in again when a token is refused (3002).
#[derive(Clone)]
pub struct CityHttp {
    line: Line,
    tokens: TokenCache<BusinessCode>,
}

/// The way to an external system's callback address over HTTPS.
#[derive(Clone)]
pub struct PartnerHttp {
    line: Line,
    token: Option<Secret>,
}

/// The name of this way in logs.
pub(super) const HTTPS: &str = "https";

#[derive(Clone)]
pub(super) struct Line {
    http: Http,
    base: Arc<str>,
}

/// How a [`CityHttp`] is set up.
#[derive(Debug, Clone)]
pub struct CityHttpBuilder {
    base: String,
    credentials: Credentials,
    callback: Option<Text<200>>,
    order_url: Option<Text<512>>,
    http: HttpOptions,
    dialect: Arc<Dialect>,
    clock: Arc<dyn Clock>,
    expiry_unit: Duration,
    login_limit: Duration,
}

impl CityHttp {
    /// The platform at `base`, whose interfaces lie at `{base}/{code}`, with the credentials it gave out.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), sztc_proto::Error> {
    /// use sztc_proto::{CityClient, CityHttp, Credentials, PasswordKey};
    ///
    /// let credentials = Credentials::new("lot-7", "secret", PasswordKey::new("12345678").expect("eight bytes"));
    /// let city = CityClient::over(CityHttp::builder("https://abc.com/api/1.0", credentials).build()?);
    /// # Ok(()) }
    /// ```
    pub fn builder(base: impl Into<String>, credentials: Credentials) -> CityHttpBuilder {
        CityHttpBuilder {
            base: base.into(),
            credentials,
            callback: None,
            order_url: None,
            http: HttpOptions::default(),
            dialect: Arc::default(),
            clock: Arc::new(SystemClock),
            expiry_unit: Duration::from_secs(1),
            login_limit: Duration::from_secs(20),
        }
    }

    /// Renews the token now (1002); it otherwise renews itself before it expires.
    ///
    /// # Errors
    /// As every call.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.tokens.refresh(Instant::now() + Duration::from_secs(20)).await.map(|_| ())
    }

    /// Gives the token back (1003). The next call logs in again.
    ///
    /// # Errors
    /// As every call.
    pub async fn logout(&self) -> Result<(), Error> {
        let Some(token) = self.tokens.take() else { return Ok(()) };
        let client = CityClient::over(Bearer {
            line: self.line.clone(),
            token: token.clone(),
        });
        let item = Logout {
            access_token: token.expose().into(),
        };
        let outcome = client.call::<LogOut>(&[item]).await?.pop();
        match outcome {
            Some(Err(refusal)) => Err(Error::refused(refusal).at(LogOut::NAME)),
            _ => Ok(()),
        }
    }

    /// Posts the multipart form of 2001.
    pub(super) async fn post_form(&self, code: u16, form: impl AsyncFn() -> Result<Body, Error>, deadline: Instant) -> Result<String, Error> {
        let mut grant = self.tokens.get(deadline).await.map_err(unsent)?;
        for attempt in 0.. {
            let body = form().await?;
            let outcome = self.line.post(code, body, Some(&grant.token), deadline).await;
            let refused = match &outcome {
                Ok(text) => is_token_refused(text),
                Err(error) => error.refusal().is_some_and(|refusal| refusal.code == Some(BusinessCode::WRONG_TOKEN)),
            };
            if !refused || attempt > 0 {
                return outcome;
            }
            grant = self.tokens.renew(grant.number, deadline).await.map_err(unsent)?;
        }
        unreachable!("the loop returns at its second turn")
    }
}

/// A failed login ends the call before anything of it was sent, however far the login itself got.
fn unsent(error: Error) -> Error {
    error.having_sent(Sent::No)
}

/// Whether a reply refuses the token (3002).
fn is_token_refused(text: &str) -> bool {
    let rules = Dialect::default().read;
    open_reply(text, &rules, &mut Deviations::default()).is_ok_and(|reply| {
        let wrong = BusinessCode::WRONG_TOKEN.0.to_string();
        reply.items.iter().any(|item| {
            lexer::members(item)
                .any(|member| member.is_ok_and(|(key, value)| key.decode().eq_ignore_ascii_case("code") && value.trim_matches('"') == wrong))
        })
    })
}

impl CityHttpBuilder {
    /// Where the platform reaches this system (callbackServer), if that was not agreed before.
    #[must_use]
    pub fn callback_server(mut self, url: impl Into<Text<200>>) -> Self {
        self.callback = Some(url.into());
        self
    }

    /// The page on which orders are paid (onlineOrderUrl); see [`OrderLink`].
    #[must_use]
    pub fn online_order_url(mut self, url: impl Into<Text<512>>) -> Self {
        self.order_url = Some(url.into());
        self
    }

    /// TLS, time-outs, proxy.
    #[must_use]
    pub fn http(mut self, options: HttpOptions) -> Self {
        self.http = options;
        self
    }

    /// The platform's dialect, for the login itself. Give it to the client too.
    #[must_use]
    pub fn dialect(mut self, dialect: impl Into<Arc<Dialect>>) -> Self {
        self.dialect = dialect.into();
        self
    }

    /// Where the time comes from.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The unit of expiresIn (有效时间), which the document does not state. Default seconds.
    #[must_use]
    pub fn expiry_unit(mut self, unit: Duration) -> Self {
        self.expiry_unit = unit;
        self
    }

    /// Sets it up. Nothing is sent before the first call.
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn build(self) -> Result<CityHttp, Error> {
        let line = Line::new(&self.base, &self.http)?;
        let source = Login1001 {
            login: CityClient::over(Anonymous(line.clone()))
                .dialect(self.dialect.clone())
                .clock(self.clock.clone())
                .named(self.base.as_str())
                // The call that needs the token is repeated, and the login with it; attempts of both would multiply.
                .with(|options| options.retry = RetryPolicy::off()),
            line: line.clone(),
            credentials: self.credentials,
            callback: self.callback,
            order_url: self.order_url,
            expiry_unit: self.expiry_unit,
        };
        let tokens = TokenCache::new(source, self.clock, self.login_limit);
        Ok(CityHttp { line, tokens })
    }
}

impl PartnerHttp {
    /// The external system whose interfaces lie at `{base}/{code}`, its callbackServer.
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn new(base: &str, options: &HttpOptions) -> Result<Self, Error> {
        Ok(Self {
            line: Line::new(base, options)?,
            token: None,
        })
    }

    /// The same, sending `Authorization: bearer {token}`.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }
}

impl PartnerClient {
    /// A client that calls the system at `base` over HTTPS with an agreed token.
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn https(base: &str, token: impl Into<Secret>, options: &HttpOptions) -> Result<Self, Error> {
        Ok(Self::over(PartnerHttp::new(base, options)?.token(token)).named(base))
    }
}

impl Line {
    fn new(base: &str, options: &HttpOptions) -> Result<Self, Error> {
        let wrong = |what| Err(Error::new(Blame::Caller, Sent::No, what));
        let plain = base.strip_prefix("http://");
        let Some(rest) = base.strip_prefix("https://").or(plain) else {
            return wrong("the base URL has to begin with https:// (6.1.2)");
        };
        if plain.is_some() && !options.allows_plain_http() {
            return wrong("the base URL has to begin with https:// (6.1.2); for a laboratory see HttpOptions::dangerous_plain_http");
        }
        // It would be sent in place of the token, and it would stand in logs.
        if rest.split('/').next().is_some_and(|host| host.contains('@')) {
            return wrong("the base URL must not hold a user name or password");
        }
        Ok(Self {
            http: Http::new(options)?,
            base: base.trim_end_matches('/').into(),
        })
    }

    async fn post(&self, code: u16, body: Body, token: Option<&Secret>, deadline: Instant) -> Result<String, Error> {
        let url = format!("{}/{code}", self.base);
        let mut headers = Vec::with_capacity(2);
        if matches!(body, Body::Text(_)) {
            headers.push(("content-type", "application/json; charset=UTF-8".to_owned()));
        }
        if let Some(token) = token {
            headers.push(("authorization", format!("bearer {}", token.expose())));
        }
        let reply = self.http.post(&url, &headers, body, deadline).await?;
        let is_reply = |text: &str| open_reply(text, &Dialect::default().read, &mut Deviations::default()).is_ok();
        match std::str::from_utf8(&reply.body) {
            // A reply counts whatever the status, since some peers refuse with 4xx or 5xx and the document's envelope.
            Ok(text) if reply.status == 200 || is_reply(text) => Ok(text.to_owned()),
            _ if reply.status == 401 => {
                let refusal = Refusal::new(BusinessCode::WRONG_TOKEN, "HTTP 401");
                Err(Error::refused(refusal))
            }
            Err(cause) if reply.status == 200 => Err(Error::new(Blame::PeerBytes, Sent::Answered, "the reply is not UTF-8").caused_by(cause)),
            _ => Err(reply.error()),
        }
    }
}

/// Without a token, for 1001.
struct Anonymous(Line);

impl Exchange for Anonymous {
    fn transport(&self) -> &'static str {
        HTTPS
    }

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let text = self.0.post(call.code, Body::Text(call.body.to_owned()), None, call.deadline).await?;
            Ok(Answer::new(text))
        })
    }
}

/// With one certain token, for 1002 and 1003.
pub(super) struct Bearer {
    pub(super) line: Line,
    pub(super) token: Secret,
}

impl Exchange for Bearer {
    fn transport(&self) -> &'static str {
        HTTPS
    }

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let body = Body::Text(call.body.to_owned());
            let text = self.line.post(call.code, body, Some(&self.token), call.deadline).await?;
            Ok(Answer::new(text))
        })
    }
}

impl Exchange for CityHttp {
    fn transport(&self) -> &'static str {
        HTTPS
    }

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let grant = self.tokens.get(call.deadline).await.map_err(unsent)?;
            let body = Body::Text(call.body.to_owned());
            let sent = self.line.post(call.code, body, Some(&grant.token), call.deadline).await;
            let text = match sent {
                Ok(text) => text,
                // HTTP 401: told as the document's own refusal, so that it is met in one place.
                Err(error) if error.refusal().is_some() => {
                    let entry = format!(r#"{{"code":{}}}"#, BusinessCode::WRONG_TOKEN.0);
                    seal_reply(ResultCode::FAILURE, "HTTP 401", [entry.as_str()].into_iter(), Timestamp::from_seconds(0))
                }
                Err(error) => return Err(error),
            };
            let mut answer = Answer::new(text);
            answer.grant = Some(grant.number);
            Ok(answer)
        })
    }

    fn renew<'a>(&'a self, grant: u64, deadline: Instant) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move { self.tokens.renew(grant, deadline).await.map(|_| true).map_err(unsent) })
    }
}

impl Exchange for PartnerHttp {
    fn transport(&self) -> &'static str {
        HTTPS
    }

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let body = Body::Text(call.body.to_owned());
            let text = self.line.post(call.code, body, self.token.as_ref(), call.deadline).await?;
            Ok(Answer::new(text))
        })
    }
}

impl fmt::Debug for CityHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CityHttp({})", self.line.base)
    }
}

impl fmt::Debug for PartnerHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PartnerHttp({})", self.line.base)
    }
}
