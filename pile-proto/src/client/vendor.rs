use super::{
    PeerHttp, TokenProvider,
    call::Core,
    limit::Limit,
    token::{Provided, Renewing, Tokens},
};
use crate::{
    Dialect, Error, Limiter, Secret,
    endpoint::{Endpoint, each_vendor_interface},
    model::*,
};
use park_core::{AnyText, client::CallOne};
use std::sync::Arc;

park_core::client! { [one each_vendor_interface] over(AnyText)
    /// Calls a vendor of charging piles (桩企), as the aggregator does.
    VendorClient
}
crate::for_each_vendor_interface!(park_core::client_methods [one VendorClient]);

impl VendorClient {
    /// A client of the vendor whose interfaces lie at `{base}/{interface}`; for everything that may
    /// be set see [`PeerHttp::builder`].
    ///
    /// ```no_run
    /// # fn main() -> Result<(), pile_proto::Error> {
    /// use pile_proto::{Limiter, VendorClient};
    /// let vendor =
    ///     VendorClient::new("https://piles.example/api")?.token("given by the \
    ///         vendor").limiter(Limiter::default());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn new(base: impl Into<String>) -> Result<Self, Error> {
        PeerHttp::builder(base).build().map(|peer| peer.vendor())
    }

    /// Calls with a token that stays.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.core.tokens = Tokens::Fixed(token.into());
        self
    }

    /// Calls with tokens from `provider`, kept until shortly before they expire or until the vendor
    /// refuses them.
    #[must_use]
    pub fn tokens(mut self, provider: impl TokenProvider) -> Self {
        let provided = Provided::by(provider);
        self.core.caller.transport = Arc::new(Renewing {
            transport: self.core.caller.transport,
            provided: provided.clone(),
        });
        self.core.tokens = Tokens::Provided(provided);
        self
    }

    /// Refuses queries that come more often than the document allows, before anything is sent: the
    /// error's [`wait_hint`](Error::wait_hint) is the time to wait, its source a
    /// [`TooOften`](crate::TooOften). A call counts once, whatever it was repeated.
    #[must_use]
    pub fn limiter(mut self, limiter: Limiter) -> Self {
        self.core.limit = Limit::by(limiter);
        self
    }
}
