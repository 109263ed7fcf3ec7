use super::{Answer, Call, CpoClient, EmspClient, Transport, call::Core, token::QueryTokens};
use crate::{Credentials, Dialect, Error, Refusal, Ret, Sequence, envelope::read_reply};
use park_core::{
    BoxFuture, CallOptions, Clock, Deviations, ErrorKind, Observer, RetryPolicy, Secret, Sent,
    client::TokenCache,
    client::{Body, Http, HttpOptions, base_url},
};
use std::{
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

/// The way to a peer over HTTPS, whichever role it has: asks for a token (`query_token`), renews it before it expires, and asks again when it is
/// refused (4002).
#[derive(Clone)]
pub struct PeerHttp {
    line: Line,
    tokens: TokenCache<Ret>,
    core: Core,
}

/// How a [`PeerHttp`] is set up.
#[derive(Clone)]
pub struct PeerHttpBuilder {
    base: String,
    core: Core,
    http: HttpOptions,
    token_deadline: Duration,
}

impl PeerHttp {
    /// The peer whose interfaces lie at `{base}/{interface}`, called with the credentials it gave out.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use evcs_proto::{Credentials, Keys, PeerHttp};
    ///
    /// let keys = Keys::new("operator secret", "1234567890abcdef", "1234567890abcdef", "1234567890abcdef")?;
    /// let peer = PeerHttp::builder("https://cpo.example/evcs/v1", Credentials::new("MA5DM667X", keys)).build()?;
    /// let cpo = peer.cpo();
    /// # Ok(()) }
    /// ```
    pub fn builder(base: impl Into<String>, credentials: Credentials) -> PeerHttpBuilder {
        PeerHttpBuilder {
            base: base.into(),
            core: Core::new(Arc::new(Nowhere), credentials),
            http: HttpOptions::default(),
            token_deadline: Duration::from_secs(20),
        }
    }

    /// A client of the peer as charge point operator.
    pub fn cpo(&self) -> CpoClient {
        CpoClient { core: self.core() }
    }

    /// A client of the peer as customer's operator.
    pub fn emsp(&self) -> EmspClient {
        EmspClient { core: self.core() }
    }

    /// Asks for a new token now; it otherwise renews itself before it expires.
    ///
    /// # Errors
    /// As every call.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.tokens.refresh(Instant::now() + CallOptions::default().deadline).await.map(|_| ())
    }

    fn core(&self) -> Core {
        self.core.by(self.clone())
    }
}

impl PeerHttpBuilder {
    /// TLS, time-outs, proxy.
    #[must_use]
    pub fn http(mut self, options: HttpOptions) -> Self {
        self.http = options;
        self
    }

    /// The peer's dialect.
    #[must_use]
    pub fn dialect(mut self, dialect: impl Into<Arc<Dialect>>) -> Self {
        self.core.dialect = dialect.into();
        self
    }

    /// Where TimeStamp and Seq come from. All clients that speak as one operator to the same peer need the same.
    #[must_use]
    pub fn sequence(mut self, sequence: Arc<dyn Sequence>) -> Self {
        self.core.sequence = sequence;
        self
    }

    /// Where the time comes from, for messages and the tokens' life.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.core.clock = clock;
        self
    }

    /// Told about every tolerated deviation in the peer's replies.
    #[must_use]
    pub fn observer(mut self, observer: Observer) -> Self {
        self.core.observer = Some(observer);
        self
    }

    /// How long getting a token may take. Default 20 s.
    #[must_use]
    pub fn token_deadline(mut self, deadline: Duration) -> Self {
        self.token_deadline = deadline;
        self
    }

    /// Sets it up. Nothing is sent before the first call.
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn build(self) -> Result<PeerHttp, Error> {
        let line = Line {
            base: base_url(&self.base, self.http.allows_plain_http())?,
            http: Http::new(&self.http)?,
        };
        let mut core = self.core.by(Anonymous(line.clone()));
        core.peer = line.base.clone();
        let mut once = core.clone();
        // The call that needs the token is repeated, and this with it; attempts of both would multiply.
        once.options.retry = RetryPolicy::off();
        Ok(PeerHttp {
            line,
            tokens: TokenCache::new(QueryTokens(once), core.clock.clone(), self.token_deadline),
            core,
        })
    }
}

impl CpoClient {
    /// A client of the charge point operator at `base`; for everything that may be set see [`PeerHttp::builder`].
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn https(base: impl Into<String>, credentials: Credentials) -> Result<Self, Error> {
        PeerHttp::builder(base, credentials).build().map(|peer| peer.cpo())
    }
}

impl EmspClient {
    /// A client of the customer's operator at `base`; for everything that may be set see [`PeerHttp::builder`].
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn https(base: impl Into<String>, credentials: Credentials) -> Result<Self, Error> {
        PeerHttp::builder(base, credentials).build().map(|peer| peer.emsp())
    }
}

/// The peer whose interfaces lie at `{base}/{interface}`.
#[derive(Clone)]
struct Line {
    http: Http,
    base: Arc<str>,
}

impl Line {
    async fn post(&self, call: Call<'_>, token: Option<&Secret>) -> Result<String, Error> {
        let url = format!("{}/{}", self.base, call.interface);
        let mut headers = vec![("content-type", "application/json;charset=utf-8".to_owned())];
        if let Some(token) = token {
            headers.push(("authorization", format!("Bearer {}", token.expose())));
        }
        let mut reply = self.http.post(&url, &headers, Body::Text(call.body.to_owned()), call.deadline).await?;
        let is_reply = |text: &str| read_reply(text, &Dialect::default().read, &mut Deviations::default()).is_ok();
        match String::from_utf8(std::mem::take(&mut reply.body)) {
            // A reply counts whatever the status, since some peers refuse with 4xx or 5xx and the document's envelope.
            Ok(text) if reply.status == 200 || is_reply(&text) => Ok(text),
            _ if reply.status == 401 => Err(Error::refused(Refusal::new(Ret::WRONG_TOKEN, "HTTP 401")).unauthenticated()),
            // Only where the bytes went wrong: the whole error holds the reply.
            Err(cause) if reply.status == 200 => {
                Err(Error::new(ErrorKind::PeerBytes, Sent::Answered, "the reply is not UTF-8").caused_by(cause.utf8_error()))
            }
            _ => Err(reply.error()),
        }
    }
}

/// Before [`PeerHttpBuilder::build`].
struct Nowhere;

impl Transport for Nowhere {
    fn exchange<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async { Err(Error::new(ErrorKind::Closed, Sent::No, "there is no way to the peer yet")) })
    }
}

/// Without a token, for `query_token`.
struct Anonymous(Line);

impl Transport for Anonymous {
    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move { self.0.post(call, None).await.map(Answer::new) })
    }
}

/// A token that could not be got ends the call before anything of it was sent, however far the question for it got.
fn unsent(error: Error) -> Error {
    error.having_sent(Sent::No)
}

impl Transport for PeerHttp {
    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let grant = self.tokens.get(call.deadline).await.map_err(unsent)?;
            let sent = self.line.post(call, Some(&grant.token)).await;
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

impl fmt::Debug for PeerHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerHttp({})", self.line.base)
    }
}

impl fmt::Debug for PeerHttpBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerHttpBuilder({})", self.base)
    }
}
