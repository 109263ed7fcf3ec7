use super::{CloudClient, LotClient, call::Core};
use crate::{Credentials, Dialect, Error, code::ResCode, protocol::Kt};
use park_core::client::{Caller, HttpSetup};
use std::sync::Arc;

/// How a [`PeerHttp`] is set up.
#[derive(Clone)]
pub struct PeerHttpBuilder {
    setup: HttpSetup<Kt>,
    credentials: Credentials,
}

park_core::http_transport! { Kt, ResCode, (credentials: Credentials)
    /// The peer over HTTP, whichever role it has, called with the headers `user` and `pwd`. Plain
    /// `http://` is the document's own transport and allowed; put `https://` in front wherever the
    /// peer can do it, since `pwd` and every reply are readable on a plain line.
    PeerHttp {
        lot: LotClient, "lot", ", with the credentials that KT gave out";
        cloud: CloudClient, "third party", ", with the credentials that it gave out";
    }
}
park_core::http_builder_verbs!(PeerHttpBuilder, Dialect);

impl PeerHttp {
    /// The peer at `base`, before the interface's own address: `http://IP:port` of a lot,
    /// `https://host/anything` of a third party. It is called with the credentials that KT gave out
    /// for the lot, or that the third party gave out.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use kt_proto::{Credentials, Keys, PeerHttp};
    ///
    /// let credentials = Credentials::new("ktapi", "pwd", Keys::new("693207DB8148FBC9D8410179")?);
    /// let peer = PeerHttp::builder("http://192.168.1.20:8010",
    ///     credentials).named("lot 1").build()?;
    /// let lot = peer.lot();
    /// # Ok(()) }
    /// ```
    pub fn builder(base: impl Into<String>, credentials: Credentials) -> PeerHttpBuilder {
        PeerHttpBuilder {
            setup: HttpSetup::new(base),
            credentials,
        }
    }
}

impl PeerHttpBuilder {
    /// Sets it up. Nothing is sent before the first call.
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn build(mut self) -> Result<PeerHttp, Error> {
        let Credentials { user, pwd, keys } = self.credentials;
        let transport = self
            .setup
            .transport(true)?
            .headers(vec![("user", user.into()), ("pwd", pwd)]);
        let caller = Caller {
            settings: self.setup.settings,
            transport: Arc::new(transport.clone()),
        };
        Ok(PeerHttp {
            transport,
            core: Core::new(caller, keys),
        })
    }
}
