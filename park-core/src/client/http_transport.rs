use super::{
    Answer, Body, Call, CallOptions, Content, Http, HttpOptions, Settings, TokenCache, TokenSource,
    Transport, base_url,
};
use crate::{BoxFuture, Clock, Error, Protocol, Secret, Sent};
use std::{
    collections::HashMap,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

/// HTTPS (or HTTP) to one peer, whose interfaces lie at `{base}/{path}`.
pub struct HttpTransport<P: Protocol> {
    http: Http,
    /// The base address, without the slash at its end.
    pub base: Arc<str>,
    /// The whole addresses of interfaces that lie elsewhere, by their names in the document.
    addresses: Arc<HashMap<&'static str, Arc<str>>>,
    headers: Arc<Vec<(&'static str, Secret)>>,
    authorization: Authorization<P>,
}

/// What `Authorization` holds.
enum Authorization<P: Protocol> {
    None,
    Fixed(Secret),
    Cached(TokenCache<P::Code>),
}

impl<P: Protocol> Clone for Authorization<P> {
    fn clone(&self) -> Self {
        match self {
            Self::None => Self::None,
            Self::Fixed(token) => Self::Fixed(token.clone()),
            Self::Cached(tokens) => Self::Cached(tokens.clone()),
        }
    }
}

impl<P: Protocol> Clone for HttpTransport<P> {
    fn clone(&self) -> Self {
        Self {
            http: self.http.clone(),
            base: self.base.clone(),
            addresses: self.addresses.clone(),
            headers: self.headers.clone(),
            authorization: self.authorization.clone(),
        }
    }
}

impl<P: Protocol> HttpTransport<P> {
    /// The peer at `base`, called without a token. `plain` allows an address that begins with
    /// `http://`.
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn new(base: &str, options: &HttpOptions, plain: bool) -> Result<Self, Error<P::Code>> {
        Ok(Self {
            base: base_url(base, plain || options.allows_plain_http())?,
            http: Http::new(options)?,
            addresses: Arc::default(),
            headers: Arc::default(),
            authorization: Authorization::None,
        })
    }

    /// Sends these headers with each call.
    #[must_use]
    pub fn headers(mut self, headers: Vec<(&'static str, Secret)>) -> Self {
        self.headers = Arc::new(headers);
        self
    }

    /// Calls these interfaces at addresses of their own.
    #[must_use]
    pub fn addresses(mut self, addresses: HashMap<&'static str, Arc<str>>) -> Self {
        self.addresses = Arc::new(addresses);
        self
    }

    /// Sends `token` with each call.
    #[must_use]
    pub fn token(mut self, token: Option<Secret>) -> Self {
        self.authorization = token.map_or(Authorization::None, Authorization::Fixed);
        self
    }

    /// Gets tokens from `source`, which may take `limit` each time.
    #[must_use]
    pub fn tokens(
        mut self,
        source: impl TokenSource<P::Code>,
        clock: Arc<dyn Clock>,
        limit: Duration,
    ) -> Self {
        self.authorization = Authorization::Cached(TokenCache::new(source, clock, limit));
        self
    }

    /// Replaces the token now; it otherwise renews itself before it expires.
    ///
    /// # Errors
    /// As every call.
    pub async fn refresh(&self) -> Result<(), Error<P::Code>> {
        match &self.authorization {
            Authorization::Cached(tokens) => tokens
                .refresh(Instant::now() + CallOptions::default().deadline)
                .await
                .map(|_| ()),
            _ => Ok(()),
        }
    }

    /// Forgets the token and returns it, to give it back to the peer.
    pub fn take_token(&self) -> Option<Secret> {
        match &self.authorization {
            Authorization::Cached(tokens) => tokens.take(),
            _ => None,
        }
    }

    /// Makes one call with `body` as it is, a form for instance.
    ///
    /// # Errors
    /// The network, the deadline, a failed login.
    pub async fn send(&self, call: &Call<'_>, body: Body) -> Result<Answer, Error<P::Code>> {
        let mut grant = None;
        let token = match &self.authorization {
            Authorization::None => None,
            Authorization::Fixed(token) => Some(token.clone()),
            Authorization::Cached(tokens) => {
                // If it fails, the call itself was not sent, whatever happened to the login.
                let got = tokens.get(call.deadline).await.map_err(unsent)?;
                grant = Some(got.number);
                Some(got.token)
            }
        };
        let bearer = token.map(|token| Secret::new(format!("{} {}", P::BEARER, token.expose())));
        let mut headers = Vec::with_capacity(call.headers.len() + self.headers.len() + 2);
        if let (Content::Post(content_type), Body::Text(_)) = (call.content, &body) {
            headers.push(("content-type", content_type));
        }
        headers.extend(
            bearer
                .as_ref()
                .map(|bearer| ("authorization", bearer.expose())),
        );
        headers.extend(
            self.headers
                .iter()
                .map(|(name, value)| (*name, value.expose())),
        );
        headers.extend(call.headers);
        let elsewhere = self.addresses.get(call.endpoint);
        let url = match elsewhere {
            Some(url) => url.to_string(),
            None if call.path.is_empty() => self.base.to_string(),
            None => format!("{}/{}", self.base, call.path),
        };
        let mut answer = match call.content {
            Content::Query => {
                // A peer may choose its interface by a parameter of the address.
                let between = if url.contains('?') { '&' } else { '?' };
                let query = String::from_utf8_lossy(&call.body);
                self.http
                    .get(&format!("{url}{between}{query}"), &headers, call.deadline)
                    .await?
            }
            Content::Post(_) => self.http.post(&url, &headers, body, call.deadline).await?,
        };
        answer.grant = grant;
        Ok(answer)
    }
}

/// If getting a token fails, the call itself was not sent, whatever happened to the login.
fn unsent<C>(error: Error<C>) -> Error<C> {
    error.having_sent(Sent::No)
}

impl<P: Protocol> Transport for HttpTransport<P> {
    type Code = P::Code;

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error<P::Code>>> {
        Box::pin(async move {
            let body = Body::Text(call.body.clone());
            self.send(&call, body).await
        })
    }

    fn name(&self) -> &'static str {
        if self.base.starts_with("https:") {
            "https"
        } else {
            "http"
        }
    }

    fn renew<'a>(
        &'a self,
        grant: u64,
        deadline: Instant,
    ) -> BoxFuture<'a, Result<bool, Error<P::Code>>> {
        Box::pin(async move {
            match &self.authorization {
                Authorization::Cached(tokens) => tokens
                    .renew(grant, deadline)
                    .await
                    .map(|_| true)
                    .map_err(unsent),
                _ => Ok(false),
            }
        })
    }
}

impl<P: Protocol> fmt::Debug for HttpTransport<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpTransport({})", self.base)
    }
}

/// How the transport to a peer is set up: address, HTTP, and the settings that its clients begin
/// with.
#[derive(Clone)]
pub struct HttpSetup<P: Protocol> {
    /// The base address as it was given.
    pub base: String,
    /// TLS, time-outs, proxy.
    pub http: HttpOptions,
    /// What the clients begin with.
    pub settings: Settings<P>,
}

impl<P: Protocol> fmt::Debug for HttpSetup<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpSetup")
            .field("http", &self.http)
            .finish_non_exhaustive()
    }
}

impl<P: Protocol> HttpSetup<P> {
    /// The peer at `base`, everything else as it is by default.
    pub fn new(base: impl Into<String>) -> Self {
        Self {
            base: base.into(),
            http: HttpOptions::default(),
            settings: Settings::default(),
        }
    }

    /// The transport, without a token yet; from then on the settings name the peer after its
    /// address.
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn transport(&mut self, plain: bool) -> Result<HttpTransport<P>, Error<P::Code>> {
        let transport = HttpTransport::new(&self.base, &self.http, plain)?;
        if self.settings.peer.is_empty() {
            self.settings.peer = transport.base.clone();
        }
        Ok(transport)
    }
}

/// The verbs that the builder of every HTTP transport has; its field `setup` is an [`HttpSetup`].
#[doc(hidden)]
#[macro_export]
macro_rules! http_builder_verbs {
    ($builder:ident, $dialect:ty) => {
        impl $builder {
            /// TLS, time-outs, proxy.
            #[must_use]
            pub fn http(mut self, options: $crate::client::HttpOptions) -> Self {
                self.setup.http = options;
                self
            }

            /// Names the peer, for logs and the observer. Default its address.
            #[must_use]
            pub fn named(mut self, peer: impl Into<::std::sync::Arc<str>>) -> Self {
                self.setup.settings.peer = peer.into();
                self
            }

            /// The peer's dialect.
            #[must_use]
            pub fn dialect(mut self, dialect: impl Into<::std::sync::Arc<$dialect>>) -> Self {
                self.setup.settings.dialect = dialect.into();
                self
            }

            /// Where the time comes from, for messages and the life of tokens.
            #[must_use]
            pub fn clock(mut self, clock: ::std::sync::Arc<dyn $crate::Clock>) -> Self {
                self.setup.settings.clock = clock;
                self
            }

            /// Told of every tolerated deviation in the peer's replies.
            #[must_use]
            pub fn observer(mut self, observer: $crate::Observer) -> Self {
                self.setup.settings.observer = Some(observer);
                self
            }

            /// What may be set for calls: `builder.with(|o| o.deadline = Duration::from_secs(3))`.
            #[must_use]
            pub fn with(mut self, set: impl FnOnce(&mut $crate::CallOptions)) -> Self {
                set(&mut self.setup.settings.options);
                self
            }
        }

        impl ::std::fmt::Debug for $builder {
            /// Without the address, which may hold a password by mistake.
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(stringify!($builder))
            }
        }
    };
}

/// That a transport of a crate is the [`HttpTransport`] in its field `transport`; with roles, the
/// transport itself and the clients of what it leads to.
#[doc(hidden)]
#[macro_export]
macro_rules! http_transport {
    (@role ($($arg:ident: $type:ty)?) $transport:ident $role:ident $client:ident $as:literal $at:literal) => {
        impl $transport {
            #[doc = concat!("A client of the peer as ", $as, ".")]
            pub fn $role(&self) -> $client {
                $client { core: self.core.clone() }
            }
        }

        impl $client {
            #[doc = concat!("A client of the ", $as, " at `base`", $at,
                "; for everything that may be set see [`PeerHttp::builder`].")]
            ///
            /// # Errors
            /// TLS or an address that cannot be used.
            pub fn new(base: impl Into<String> $(, $arg: $type)?) -> Result<Self, Error> {
                $transport::builder(base $(, $arg)?).build().map(|peer| peer.$role())
            }
        }
    };
    ($protocol:ty, $code:ty, $new:tt $(#[$doc:meta])* $transport:ident {
        $($role:ident: $client:ident, $as:literal, $at:literal;)*
    }) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $transport {
            transport: $crate::client::HttpTransport<$protocol>,
            core: Core,
        }

        $($crate::http_transport!(@role $new $transport $role $client $as $at);)*
        $crate::http_transport!($transport, $code);
    };
    ($transport:ident, $code:ty) => {
        impl $crate::client::Transport for $transport {
            type Code = $code;

            fn exchange<'a>(&'a self, call: $crate::client::Call<'a>) -> $crate::BoxFuture<'a,
            Result<$crate::client::Answer, $crate::Error<$code>>> {
                self.transport.exchange(call)
            }

            fn name(&self) -> &'static str {
                $crate::client::Transport::name(&self.transport)
            }

            fn renew<'a>(&'a self, grant: u64,
                deadline: ::std::time::Instant) -> $crate::BoxFuture<'a, Result<bool,
                $crate::Error<$code>>> {
                self.transport.renew(grant, deadline)
            }
        }

        impl ::std::fmt::Debug for $transport {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, concat!(stringify!($transport), "({})"), self.transport.base)
            }
        }
    };
}
