//! What every typed client shares: one HTTP client with time-outs, limits and explicit TLS.
use super::Answer;
use crate::{Error, ErrorKind, Sent, tls::ClientTls};
use bytes::Bytes;
use std::{
    error::Error as StdError,
    fmt,
    sync::Arc,
    time::{Duration, Instant},
};

/// How a client talks HTTP.
#[derive(Clone)]
#[non_exhaustive]
pub struct HttpOptions {
    /// Whom to trust. Default: the public certificate authorities.
    pub tls: ClientTls,
    /// Time to reach the peer, TLS included. Default 5 s.
    pub connect_timeout: Duration,
    /// A proxy, `http://host:port`. Default none, and proxies of the environment are not followed.
    pub proxy: Option<String>,
    /// Use the system's TLS library (feature `native-tls`) for peers that rustls refuses. It knows
    /// nothing of `tls`, which has to be the default then.
    pub native_tls: bool,
    /// Longest reply in bytes. Default 10 MiB and 64 KiB for what is around the 10 MB of the
    /// documents.
    pub limit: usize,
    /// How the client calls itself. Default this library and its version.
    pub user_agent: String,
    plain: bool,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            tls: ClientTls::default(),
            connect_timeout: Duration::from_secs(5),
            proxy: None,
            native_tls: false,
            limit: 10 * 1024 * 1024 + 64 * 1024,
            user_agent: concat!("park-core/", env!("CARGO_PKG_VERSION")).to_owned(),
            plain: false,
        }
    }
}

impl HttpOptions {
    /// Allows addresses that begin with `http://` where the protocol's own transport is https:
    /// passwords and payments then cross the line readable and changeable. For a laboratory, or a
    /// TLS proxy on the same machine.
    pub fn dangerous_plain_http(&mut self) {
        self.plain = true;
    }

    /// Whether [`dangerous_plain_http`](Self::dangerous_plain_http) was said.
    pub fn allows_plain_http(&self) -> bool {
        self.plain
    }
}

impl fmt::Debug for HttpOptions {
    /// Without the proxy's address, which may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpOptions")
            .field("tls", &self.tls)
            .field("connect_timeout", &self.connect_timeout)
            .field("proxy", &self.proxy.is_some())
            .field("native_tls", &self.native_tls)
            .field("limit", &self.limit)
            .field("user_agent", &self.user_agent)
            .field("plain", &self.plain)
            .finish()
    }
}

/// The address before which no interface's name stands yet, without the slash at its end. `plain`
/// allows `http://`.
///
/// # Errors
/// What is no such address, and what would be sent or logged by mistake: a password, a query.
pub fn base_url<C>(base: &str, plain: bool) -> Result<Arc<str>, Error<C>> {
    let wrong = |what| Error::new(ErrorKind::Caller, Sent::No, what);
    let url = reqwest::Url::parse(base).map_err(|cause| {
        wrong("the base URL has to be an address like https://host/path").caused_by(cause)
    })?;
    match url.scheme() {
        "https" => {}
        "http" if plain => {}
        "http" => {
            return Err(wrong(
                "the base URL has to begin with https://; for a laboratory see \
                    HttpOptions::dangerous_plain_http",
            ));
        }
        _ => return Err(wrong("the base URL has to begin with https://")),
    }
    // It would be sent in place of the token, and it would stand in logs.
    if !url.username().is_empty() || url.password().is_some() {
        return Err(wrong("the base URL must not hold a user name or password"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(wrong(
            "the base URL must not hold `?` or `#`: the interface's name is put behind it",
        ));
    }
    Ok(url.as_str().trim_end_matches('/').into())
}

/// An HTTP client; clones share its connections.
#[derive(Clone)]
pub struct Http {
    client: reqwest::Client,
    limit: usize,
}

/// A request's body.
pub enum Body {
    /// Text in one piece.
    Text(Bytes),
    /// A multipart form.
    Form(reqwest::multipart::Form),
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body")
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}

impl Http {
    /// A client with these options.
    ///
    /// # Errors
    /// TLS that cannot be set up: no provider feature, an unreadable certificate, `native_tls`
    /// beside a `tls` of one's own; a bad proxy address.
    pub fn new<C>(options: &HttpOptions) -> Result<Self, Error<C>> {
        let wrong = |what: &str, cause: Box<dyn StdError + Send + Sync>| {
            Error::new(ErrorKind::Caller, Sent::No, what).caused_by(cause)
        };
        let mut builder = reqwest::Client::builder()
            .connect_timeout(options.connect_timeout)
            // A redirect would repeat a payment somewhere else.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .tcp_nodelay(true)
            .pool_idle_timeout(Duration::from_secs(50))
            .user_agent(&options.user_agent);
        if let Some(proxy) = &options.proxy {
            let proxy = reqwest::Proxy::all(proxy).map_err(|cause| {
                wrong(
                    "the proxy address cannot be used",
                    cause.without_url().into(),
                )
            })?;
            builder = builder.proxy(proxy);
        }
        builder = if options.native_tls {
            // A pin or an authority that is silently dropped would be worse than no connection.
            if !options.tls.is_default() {
                let what = "the system's TLS library does not follow `tls`: set either \
                    `native_tls` or `tls`";
                return Err(Error::new(ErrorKind::Caller, Sent::No, what));
            }
            native(builder)?
        } else {
            let config = options
                .tls
                .rustls_config()
                .map_err(|cause| wrong("TLS cannot be set up", cause.into()))?;
            let mut config = Arc::unwrap_or_clone(config);
            config.alpn_protocols = vec![b"http/1.1".to_vec()];
            builder.tls_backend_preconfigured(config)
        };
        let client = builder
            .build()
            .map_err(|cause| wrong("the HTTP client cannot be set up", cause.into()))?;
        Ok(Self {
            client,
            limit: options.limit,
        })
    }

    /// Posts `body` and reads the whole reply, all before `deadline`.
    ///
    /// # Errors
    /// The line failed or the reply is too long. A status is no error here.
    pub async fn post<C>(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        body: Body,
        deadline: Instant,
    ) -> Result<Answer, Error<C>> {
        let request = self.client.post(url);
        let request = match body {
            Body::Text(text) => request.body(text),
            Body::Form(form) => request.multipart(form),
        };
        self.send(request, headers, deadline).await
    }

    /// Gets `url` and reads the whole reply, all before `deadline`.
    ///
    /// # Errors
    /// As [`post`](Self::post).
    pub async fn get<C>(
        &self,
        url: &str,
        headers: &[(&str, &str)],
        deadline: Instant,
    ) -> Result<Answer, Error<C>> {
        self.send(self.client.get(url), headers, deadline).await
    }

    async fn send<C>(
        &self,
        mut request: reqwest::RequestBuilder,
        headers: &[(&str, &str)],
        deadline: Instant,
    ) -> Result<Answer, Error<C>> {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Error::new(
                ErrorKind::Timeout,
                Sent::No,
                "the deadline passed before the request was sent",
            ));
        }
        request = request.timeout(left);
        for (name, value) in headers {
            request = request.header(*name, header(name, value)?);
        }
        let mut response = request.send().await.map_err(fault)?;
        let status = response.status().as_u16();
        let retry_after = response
            .headers()
            .get("retry-after")
            .and_then(|value| value.to_str().ok()?.trim().parse().ok())
            .map(Duration::from_secs);
        let mut body = Vec::new();
        while let Some(piece) = response.chunk().await.map_err(fault)? {
            if body.len() + piece.len() > self.limit {
                let what = format!("the reply has more than {} bytes", self.limit);
                return Err(Error::new(ErrorKind::PeerBytes, Sent::Answered, what));
            }
            body.extend_from_slice(&piece);
        }
        let mut answer = Answer::new(body);
        (answer.status, answer.retry_after) = (status, retry_after);
        Ok(answer)
    }
}

#[cfg(feature = "native-tls")]
fn native<C>(builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error<C>> {
    Ok(builder.tls_backend_native())
}

#[cfg(not(feature = "native-tls"))]
fn native<C>(_: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error<C>> {
    Err(Error::new(
        ErrorKind::Caller,
        Sent::No,
        "the system's TLS library needs the feature `native-tls`",
    ))
}

/// A header's value; whatever may be a token is marked so that no log of the layers below prints
/// it.
fn header<C>(name: &str, value: &str) -> Result<reqwest::header::HeaderValue, Error<C>> {
    let mut header = reqwest::header::HeaderValue::from_str(value).map_err(|_| {
        let what = format!(
            "the value for the header {name} has characters that no header can carry, such \
                as a line break"
        );
        Error::new(ErrorKind::Caller, Sent::No, what)
    })?;
    header.set_sensitive(!name.eq_ignore_ascii_case("content-type"));
    Ok(header)
}

fn fault<C>(cause: reqwest::Error) -> Error<C> {
    // Connecting is the one step after which nothing can have been sent.
    let sent = if cause.is_connect() || cause.is_builder() {
        Sent::No
    } else {
        Sent::Maybe
    };
    let cause = cause.without_url();
    let (blame, what) = if cause.is_timeout() {
        (ErrorKind::Timeout, "no reply within the deadline")
    } else if cause.is_builder() {
        (ErrorKind::Caller, "the address cannot be used")
    } else if cause.is_connect() {
        (ErrorKind::Network, "the peer cannot be reached")
    } else {
        (ErrorKind::Network, "the connection broke")
    };
    let advice = crate::tls::tls_advice(&cause).map(|advice| format!("{what}: {advice}"));
    Error::new(blame, sent, advice.unwrap_or_else(|| what.to_owned())).caused_by(cause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_s_tls_library_would_not_follow_is_refused() {
        let mut options = HttpOptions {
            native_tls: true,
            tls: ClientTls::default().pin_sha256([7; 32]),
            ..HttpOptions::default()
        };
        let error = Http::new::<u16>(&options).expect_err("a pin that would be dropped");
        assert_eq!((error.kind(), error.sent()), (ErrorKind::Caller, Sent::No));
        assert!(
            error.to_string().contains("does not follow `tls`"),
            "{error}"
        );
        options.tls = ClientTls::default();
        let built = Http::new::<u16>(&options)
            .map(drop)
            .map_err(|error| error.to_string());
        assert_eq!(built.is_ok(), cfg!(feature = "native-tls"), "{built:?}");
    }
}
