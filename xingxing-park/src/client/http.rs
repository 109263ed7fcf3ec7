use super::{Call, ChargingClient, ParkingClient, Transport, call::Core};
use crate::{Dialect, Error, Info, envelope::is_answer};
use park_core::{
    BoxFuture, Clock, ErrorKind, Observer, Secret, Sent,
    client::{Body, Http, HttpOptions, base_url},
};
use std::{collections::HashMap, fmt, sync::Arc};

/// The way to a peer over HTTP or HTTPS, whichever role it has.
#[derive(Clone)]
pub struct PeerHttp {
    http: Http,
    base: Arc<str>,
    /// Of interfaces that lie elsewhere.
    addresses: Arc<HashMap<&'static str, Arc<str>>>,
    token: Option<Secret>,
    core: Core,
}

/// How a [`PeerHttp`] is set up.
#[derive(Clone)]
pub struct PeerHttpBuilder {
    base: String,
    addresses: Vec<(String, String)>,
    token: Option<Secret>,
    http: HttpOptions,
    core: Core,
}

impl PeerHttp {
    /// The peer whose interfaces lie at `{base}/{interface}`; base is `http://host/parking` at the sandbox.
    ///
    /// Plain HTTP is the document's own transport (section 4) and needs nothing said. Over it anybody on the line can read plates and invent discounts:
    /// ask for HTTPS in production, or seal the messages (feature `sealed`).
    ///
    /// ```no_run
    /// # fn main() -> Result<(), xingxing_park::Error> {
    /// let charging = xingxing_park::PeerHttp::builder("https://charging.example/parking").token("agreed").build()?.charging();
    /// # Ok(()) }
    /// ```
    pub fn builder(base: impl Into<String>) -> PeerHttpBuilder {
        PeerHttpBuilder {
            base: base.into(),
            addresses: Vec::new(),
            token: None,
            http: HttpOptions::default(),
            core: Core::new(Arc::new(Nowhere)),
        }
    }

    /// A client of the peer as charging platform.
    pub fn charging(&self) -> ChargingClient {
        ChargingClient { core: self.core() }
    }

    /// A client of the peer as parking platform.
    pub fn parking(&self) -> ParkingClient {
        ParkingClient { core: self.core() }
    }

    fn core(&self) -> Core {
        Core {
            via: Arc::new(self.clone()),
            ..self.core.clone()
        }
    }
}

impl PeerHttpBuilder {
    /// TLS, time-outs, proxy.
    #[must_use]
    pub fn http(mut self, options: HttpOptions) -> Self {
        self.http = options;
        self
    }

    /// Sends `Authorization: Bearer {token}`. The document has no authentication of plain calls; this is what two sides may agree on.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// The interface `name` lies at `url` and not at `{base}/{name}`. With a name that [`ENDPOINTS`](crate::ENDPOINTS) does not have, it cannot be
    /// [built](Self::build).
    #[must_use]
    pub fn address(mut self, name: impl Into<String>, url: impl Into<String>) -> Self {
        self.addresses.push((name.into(), url.into()));
        self
    }

    /// The peer's dialect.
    #[must_use]
    pub fn dialect(mut self, dialect: impl Into<Arc<Dialect>>) -> Self {
        self.core.dialect = dialect.into();
        self
    }

    /// Where the time comes from; only sealed messages have one.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.core.clock = clock;
        self
    }

    /// Told about every tolerated deviation in the peer's answers.
    #[must_use]
    pub fn observer(mut self, observer: Observer) -> Self {
        self.core.observer = Some(observer);
        self
    }

    /// Seals requests in the charging envelope with the keys that the peer gave out, and opens answers with them.
    #[cfg(feature = "sealed")]
    #[must_use]
    pub fn sealed(mut self, credentials: evcs_proto::Credentials) -> Self {
        self.core.seal = Some(crate::seal::Sender::new(credentials));
        self
    }

    /// Sets it up. Nothing is sent before the first call.
    ///
    /// # Errors
    /// TLS or an address that cannot be used, an address for an interface that there is none of.
    pub fn build(self) -> Result<PeerHttp, Error> {
        let base = base_url(&self.base, true)?;
        let mut addresses = HashMap::new();
        for (name, url) in self.addresses {
            let unknown = || {
                Error::new(
                    ErrorKind::Caller,
                    Sent::No,
                    format!("{name:?} has an address and is no interface of the document"),
                )
            };
            let info = Info::of(&name).ok_or_else(unknown)?;
            addresses.insert(info.name, base_url(&url, true)?);
        }
        let mut core = self.core;
        core.peer = base.clone();
        Ok(PeerHttp {
            http: Http::new(&self.http)?,
            base,
            addresses: Arc::new(addresses),
            token: self.token,
            core,
        })
    }
}

impl ChargingClient {
    /// A client of the charging platform at `base`; for everything that may be set see [`PeerHttp::builder`].
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn http(base: impl Into<String>) -> Result<Self, Error> {
        PeerHttp::builder(base).build().map(|peer| peer.charging())
    }
}

impl ParkingClient {
    /// A client of the parking platform at `base`; for everything that may be set see [`PeerHttp::builder`].
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn http(base: impl Into<String>) -> Result<Self, Error> {
        PeerHttp::builder(base).build().map(|peer| peer.parking())
    }
}

impl Transport for PeerHttp {
    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<String, Error>> {
        Box::pin(async move {
            let own = Info::of(call.interface).and_then(|info| self.addresses.get(info.name));
            let url = own.map_or_else(|| format!("{}/{}", self.base, call.interface), |url| url.to_string());
            let mut headers = vec![("content-type", call.content_type.to_owned())];
            if let Some(token) = &self.token {
                headers.push(("authorization", format!("Bearer {}", token.expose())));
            }
            let mut reply = self.http.post(&url, &headers, Body::Text(call.body.to_owned()), call.deadline).await?;
            match String::from_utf8(std::mem::take(&mut reply.body)) {
                // An answer counts whatever the status, since it may refuse with 4xx or 5xx.
                Ok(text) if reply.status == 200 || is_answer(&text) => Ok(text),
                // Only where the bytes went wrong: the whole error holds the answer.
                Err(cause) if reply.status == 200 => {
                    Err(Error::new(ErrorKind::PeerBytes, Sent::Answered, "the reply is not UTF-8").caused_by(cause.utf8_error()))
                }
                _ => Err(reply.error()),
            }
        })
    }
}

/// Before [`PeerHttpBuilder::build`].
struct Nowhere;

impl Transport for Nowhere {
    fn exchange<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, Result<String, Error>> {
        Box::pin(async { Err(Error::new(ErrorKind::Closed, Sent::No, "there is no way to the peer yet")) })
    }
}

impl fmt::Debug for PeerHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerHttp({})", self.base)
    }
}

impl fmt::Debug for PeerHttpBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerHttpBuilder({})", self.addresses.len())
    }
}
