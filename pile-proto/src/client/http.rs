use super::{AggregatorClient, VendorClient, call::Core};
use crate::{Dialect, Error, protocol::Pile};
use park_core::{
    AnyText,
    client::{Caller, HttpSetup, HttpTransport, Settings},
};
use std::sync::Arc;

/// A peer over HTTPS, whichever role it has. Redirects are not followed, and nothing on the way is
/// asked to remember an answer.
#[derive(Clone)]
pub struct PeerHttp {
    transport: HttpTransport<Pile>,
    settings: Settings<Pile>,
}

/// How a [`PeerHttp`] is set up.
#[derive(Clone)]
pub struct PeerHttpBuilder {
    setup: HttpSetup<Pile>,
}

park_core::http_transport!(PeerHttp, AnyText);
park_core::http_builder_verbs!(PeerHttpBuilder, Dialect);

impl PeerHttp {
    /// The vendor whose interfaces lie at `{base}/{interface}`, or the aggregator whose callback
    /// lies at `base`, the whole address.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), pile_proto::Error> {
    /// use pile_proto::{Dialect, Limiter, Method, PeerHttp};
    ///
    /// let peer =
    ///     PeerHttp::builder("https://piles.example/api")
    ///         .dialect(Dialect::default().method(Method::PostJson)).build()?;
    /// let vendor = peer.vendor().token("given by the vendor").limiter(Limiter::default());
    /// # Ok(()) }
    /// ```
    pub fn builder(base: impl Into<String>) -> PeerHttpBuilder {
        PeerHttpBuilder {
            setup: HttpSetup::new(base),
        }
    }

    /// A client of the peer as vendor.
    pub fn vendor(&self) -> VendorClient {
        VendorClient { core: self.core() }
    }

    /// A client of the peer as aggregator.
    pub fn aggregator(&self) -> AggregatorClient {
        AggregatorClient {
            core: self.core().calling_back(),
        }
    }

    fn core(&self) -> Core {
        Core::new(Caller {
            settings: self.settings.clone(),
            transport: Arc::new(self.transport.clone()),
        })
    }
}

impl PeerHttpBuilder {
    /// Sets it up. Nothing is sent before the first call.
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn build(mut self) -> Result<PeerHttp, Error> {
        // GET may be answered from a cache, and starts to charge here.
        let unkept = vec![
            ("cache-control", "no-store".into()),
            ("pragma", "no-cache".into()),
        ];
        Ok(PeerHttp {
            transport: self.setup.transport(false)?.headers(unkept),
            settings: self.setup.settings,
        })
    }
}
