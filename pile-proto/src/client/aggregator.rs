use super::{PeerHttp, call::Core, token::Tokens};
use crate::{
    CallbackBody, CallbackSigner, Dialect, Error, Secret,
    endpoint::{Endpoint, each_aggregator_interface},
    model::*,
};
use park_core::{
    AnyText, Transport,
    client::{CallOne, Caller},
};

park_core::client! { [one each_aggregator_interface]
    /// Calls the aggregator (我方), as a vendor does: the order callback. It counts as taken unless
    /// the answer says otherwise, since the document has no answer.
    AggregatorClient
}
crate::for_each_aggregator_interface!(park_core::client_methods [one AggregatorClient]);

impl AggregatorClient {
    /// A client of the aggregator whose callback lies at `url`, the whole address; for everything
    /// that may be set see [`PeerHttp::builder`].
    ///
    /// ```no_run
    /// # fn main() -> Result<(), pile_proto::Error> {
    /// use pile_proto::{AggregatorClient, CallbackSigner};
    /// let aggregator =
    ///     AggregatorClient::new("https://cars.example/notify/piles")?.signer(CallbackSigner::new("shared"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn new(url: impl Into<String>) -> Result<Self, Error> {
        PeerHttp::builder(url).build().map(|peer| peer.aggregator())
    }

    /// A client over any transport: HTTPS, or a test double.
    pub fn over(transport: impl Transport<Code = AnyText>) -> Self {
        Self {
            core: Core::new(Caller::over(transport)).calling_back(),
        }
    }

    /// Sends callbacks as a form, which is the default, or as JSON.
    #[must_use]
    pub fn body(mut self, body: CallbackBody) -> Self {
        self.core.callback.get_or_insert_default().body = body;
        self
    }

    /// Signs callbacks.
    #[must_use]
    pub fn signer(mut self, signer: CallbackSigner) -> Self {
        self.core.callback.get_or_insert_default().signer = Some(signer);
        self
    }

    /// Sends `Authorization: Bearer {token}`.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.core.tokens = Tokens::Fixed(token.into());
        self
    }
}
