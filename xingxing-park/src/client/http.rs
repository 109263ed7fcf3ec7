use super::{ChargingClient, ParkingClient, call::Core};
use crate::{Dialect, Error, code::Ret, endpoint::Info, protocol::Xingxing};
use park_core::{
    ErrorKind, Secret, Sent,
    client::{Caller, HttpSetup, base_url},
};
use std::{collections::HashMap, sync::Arc};

/// How a [`PeerHttp`] is set up.
#[derive(Clone)]
pub struct PeerHttpBuilder {
    setup: HttpSetup<Xingxing>,
    /// Of interfaces that lie elsewhere.
    addresses: Vec<(String, String)>,
    token: Option<Secret>,
    #[cfg(feature = "sealed")]
    seal: Option<super::seal::Seal>,
}

park_core::http_transport! { Xingxing, Ret, ()
    /// The peer over HTTP or HTTPS, whichever role it has.
    PeerHttp {
        charging: ChargingClient, "charging platform", "";
        parking: ParkingClient, "parking platform", "";
    }
}
park_core::http_builder_verbs!(PeerHttpBuilder, Dialect);

impl PeerHttp {
    /// The peer whose interfaces lie at `{base}/{interface}`; base is `http://host/parking` at the
    /// sandbox.
    ///
    /// Plain HTTP is the document's own transport (section 4) and needs nothing said. Over it
    /// anybody on the line can read plates and invent discounts: ask for HTTPS in production, or
    /// seal the messages (feature `sealed`).
    ///
    /// ```no_run
    /// # fn main() -> Result<(), xingxing_park::Error> {
    /// let charging =
    ///     xingxing_park::PeerHttp::builder("https://charging.example/parking").token("agreed").build()?.charging();
    /// # Ok(()) }
    /// ```
    pub fn builder(base: impl Into<String>) -> PeerHttpBuilder {
        PeerHttpBuilder {
            setup: HttpSetup::new(base),
            addresses: Vec::new(),
            token: None,
            #[cfg(feature = "sealed")]
            seal: None,
        }
    }
}

impl PeerHttpBuilder {
    /// Sends `Authorization: Bearer {token}`. The document has no authentication of plain calls;
    /// this is what two sides may agree on.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Calls the interface `name` at `url` and not at `{base}/{name}`. With a name that
    /// [`ENDPOINTS`](crate::endpoint::ENDPOINTS) does not have, it cannot be [built](Self::build).
    #[must_use]
    pub fn address(mut self, name: impl Into<String>, url: impl Into<String>) -> Self {
        self.addresses.push((name.into(), url.into()));
        self
    }

    /// Seals requests in the charging envelope with the keys that the peer gave out, and opens
    /// answers with them.
    #[cfg(feature = "sealed")]
    #[must_use]
    pub fn sealed(mut self, credentials: evcs_proto::Credentials) -> Self {
        self.seal = Some(super::seal::Seal::new(credentials));
        self
    }

    /// Sets it up. Nothing is sent before the first call.
    ///
    /// # Errors
    /// TLS or an address that cannot be used, an address for an interface that there is none of.
    pub fn build(mut self) -> Result<PeerHttp, Error> {
        let mut addresses = HashMap::new();
        for (name, url) in self.addresses {
            let unknown = || {
                let what = format!("{name:?} has an address and is no interface of the document");
                Error::new(ErrorKind::Caller, Sent::No, what)
            };
            addresses.insert(
                Info::of(&name).ok_or_else(unknown)?.name,
                base_url(&url, true)?,
            );
        }
        let transport = self
            .setup
            .transport(true)?
            .token(self.token)
            .addresses(addresses);
        let core = Core {
            caller: Caller {
                settings: self.setup.settings,
                transport: Arc::new(transport.clone()),
            },
            #[cfg(feature = "sealed")]
            seal: self.seal,
        };
        Ok(PeerHttp { transport, core })
    }
}
