use super::{
    Answer, Call, CityClient, PartnerClient, Transport,
    line::{Anonymous, Bearer, HTTPS, Line},
    login::Login1001,
};
use crate::{BusinessCode, Credentials, Dialect, Error, endpoint::LogOut, model::*};
use park_core::{
    BoxFuture, CallOptions, Clock, Observer, RetryPolicy, Secret, Sent, SystemClock, Text,
    client::TokenCache,
    client::{Body, HttpOptions},
};
use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

/// The way to a city platform over HTTPS: logs in (1001), renews its tokens (1002), and logs in again when a token is refused (3002).
#[derive(Clone)]
pub struct CityHttp {
    pub(super) line: Line,
    pub(super) tokens: TokenCache<BusinessCode>,
    /// Has the dialect, clock and observer of everything that is said to this platform; its own way has no token.
    pub(super) client: CityClient,
    pub(super) upload_deadline: Duration,
}

/// The way to an external system's callback address over HTTPS.
#[derive(Clone)]
pub struct PartnerHttp {
    line: Line,
    token: Option<Secret>,
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
    observer: Option<Observer>,
    expiry_unit: Duration,
    login_deadline: Duration,
    upload_deadline: Duration,
}

impl CityHttp {
    /// The platform at `base`, whose interfaces lie at `{base}/{code}`, with the credentials it gave out.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), sztc_proto::Error> {
    /// use sztc_proto::{CityClient, CityHttp, Credentials, PasswordKey};
    ///
    /// let credentials = Credentials::new("lot-7", "secret", PasswordKey::new("12345678").expect("eight bytes"));
    /// let line = CityHttp::builder("https://abc.com/api/1.0", credentials).build()?;
    /// let city: CityClient = line.client();
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
            observer: None,
            expiry_unit: Duration::from_secs(1),
            login_deadline: Duration::from_secs(20),
            // Up to 10 MB over a booth's line may take longer than a call.
            upload_deadline: Duration::from_secs(120),
        }
    }

    /// A client over this way with the builder's dialect, clock and observer, named after the platform's address.
    pub fn client(&self) -> CityClient {
        self.client.by(self.clone())
    }

    /// Renews the token now (1002); it otherwise renews itself before it expires.
    ///
    /// # Errors
    /// As every call.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.tokens.refresh(Instant::now() + CallOptions::default().deadline).await.map(|_| ())
    }

    /// Gives the token back (1003). The next call logs in again.
    ///
    /// # Errors
    /// As every call.
    pub async fn logout(&self) -> Result<(), Error> {
        let Some(token) = self.tokens.take() else { return Ok(()) };
        let item = Logout {
            access_token: token.expose().into(),
        };
        let client = self.client.by(Bearer {
            line: self.line.clone(),
            token,
        });
        client.core.one::<LogOut>(item).await.map(|_| ())
    }
}

/// A failed login ends the call before anything of it was sent, however far the login itself got.
pub(super) fn unsent(error: Error) -> Error {
    error.having_sent(Sent::No)
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

    /// The platform's dialect, for logins, uploads and [`CityHttp::client`].
    #[must_use]
    pub fn dialect(mut self, dialect: impl Into<Arc<Dialect>>) -> Self {
        self.dialect = dialect.into();
        self
    }

    /// Where the time comes from, for logins, the tokens' life and [`CityHttp::client`].
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Told about every tolerated deviation in the platform's replies, those to logins and uploads among them.
    #[must_use]
    pub fn observer(mut self, observer: Observer) -> Self {
        self.observer = Some(observer);
        self
    }

    /// How long getting a token may take, 1002 and 1001 together. Default 20 s.
    #[must_use]
    pub fn login_deadline(mut self, deadline: Duration) -> Self {
        self.login_deadline = deadline;
        self
    }

    /// How long an upload (2001) may take, a login included. Default 120 s.
    #[must_use]
    pub fn upload_deadline(mut self, deadline: Duration) -> Self {
        self.upload_deadline = deadline;
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
        let mut client = CityClient::over(Anonymous(line.clone()))
            .dialect(self.dialect)
            .clock(self.clock.clone())
            .named(line.base.clone());
        if let Some(observer) = self.observer {
            client = client.observer(observer);
        }
        let mut once = CallOptions::default();
        once.retry = RetryPolicy::off();
        let source = Login1001 {
            login: client.with(|options| *options = once),
            line: line.clone(),
            credentials: self.credentials,
            callback: self.callback,
            order_url: self.order_url,
            expiry_unit: self.expiry_unit,
        };
        Ok(CityHttp {
            line,
            tokens: TokenCache::new(source, self.clock, self.login_deadline),
            client,
            upload_deadline: self.upload_deadline,
        })
    }

    /// Sets it up and returns its [`client`](CityHttp::client), for whoever neither uploads nor logs out.
    ///
    /// # Errors
    /// As [`build`](Self::build).
    pub fn client(self) -> Result<CityClient, Error> {
        self.build().map(|http| http.client())
    }
}

impl CityClient {
    /// A client that calls the platform at `base` over HTTPS; for everything that may be set see [`CityHttp::builder`].
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn https(base: impl Into<String>, credentials: Credentials) -> Result<Self, Error> {
        CityHttp::builder(base, credentials).client()
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

impl Transport for CityHttp {
    fn transport(&self) -> &'static str {
        HTTPS
    }

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let grant = self.tokens.get(call.deadline).await.map_err(unsent)?;
            let body = Body::Text(call.body.to_owned());
            let sent = self.line.post(call.code, body, Some(&grant.token), call.deadline).await;
            let text = sent.map_err(|error| error.with_grant(Some(grant.number)))?;
            let mut answer = Answer::new(text);
            answer.grant = Some(grant.number);
            Ok(answer)
        })
    }

    fn renew<'a>(&'a self, grant: u64, deadline: Instant) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move { self.tokens.renew(grant, deadline).await.map(|_| true).map_err(unsent) })
    }
}

impl Transport for PartnerHttp {
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
