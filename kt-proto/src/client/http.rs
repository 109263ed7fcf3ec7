use super::{CloudClient, LotClient, call::Core};
use crate::{Credentials, Dialect, Error, code::ResCode, protocol::Kt};
use park_core::client::{Caller, HttpSetup, HttpTransport};
use std::sync::Arc;

/// The peer over HTTP, whichever role it has, called with the headers `user` and `pwd`. Plain `http://` is the document's own transport and allowed; put
/// `https://` in front wherever the peer can do it, since `pwd` and every reply are readable on a plain line.
#[derive(Clone)]
pub struct PeerHttp {
    transport: HttpTransport<Kt>,
    core: Core,
}

/// How a [`PeerHttp`] is set up.
#[derive(Clone)]
pub struct PeerHttpBuilder {
    setup: HttpSetup<Kt>,
    credentials: Credentials,
}

park_core::http_transport!(PeerHttp, ResCode);
park_core::http_builder_verbs!(PeerHttpBuilder, Dialect);

impl PeerHttp {
    /// The peer at `base`, before the interface's own address: `http://IP:port` of a lot, `https://host/anything` of a third party. It is called with the
    /// credentials that KT gave out for the lot, or that the third party gave out.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use kt_proto::{Credentials, Keys, PeerHttp};
    ///
    /// let credentials = Credentials::new("ktapi", "pwd", Keys::new("693207DB8148FBC9D8410179")?);
    /// let peer = PeerHttp::builder("http://192.168.1.20:8010", credentials).named("lot 1").build()?;
    /// let lot = peer.lot();
    /// # Ok(()) }
    /// ```
    pub fn builder(base: impl Into<String>, credentials: Credentials) -> PeerHttpBuilder {
        PeerHttpBuilder {
            setup: HttpSetup::new(base),
            credentials,
        }
    }

    /// A client of the peer as lot.
    pub fn lot(&self) -> LotClient {
        LotClient { core: self.core.clone() }
    }

    /// A client of the peer as third party.
    pub fn cloud(&self) -> CloudClient {
        CloudClient { core: self.core.clone() }
    }
}

impl PeerHttpBuilder {
    /// Sets it up. Nothing is sent before the first call.
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn build(mut self) -> Result<PeerHttp, Error> {
        let Credentials { user, pwd, keys } = self.credentials;
        let transport = self.setup.transport(true)?.headers(vec![("user", user.into()), ("pwd", pwd)]);
        let caller = Caller {
            settings: self.setup.settings,
            transport: Arc::new(transport.clone()),
        };
        Ok(PeerHttp {
            transport,
            core: Core { caller, keys },
        })
    }
}

impl LotClient {
    /// A client of the lot at `base`, with the credentials that KT gave out; for everything that may be set see [`PeerHttp::builder`].
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn new(base: impl Into<String>, credentials: Credentials) -> Result<Self, Error> {
        PeerHttp::builder(base, credentials).build().map(|peer| peer.lot())
    }
}

impl CloudClient {
    /// A client of the third party at `base`, with the credentials that it gave out; for everything that may be set see [`PeerHttp::builder`].
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn new(base: impl Into<String>, credentials: Credentials) -> Result<Self, Error> {
        PeerHttp::builder(base, credentials).build().map(|peer| peer.cloud())
    }
}
