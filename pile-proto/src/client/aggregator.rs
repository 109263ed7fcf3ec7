use super::{
    Content, PeerHttp, Request, Transport,
    core::{Core, client_verbs, unwritable},
};
use crate::{CallbackBody, CallbackSigner, Error, Order, Secret, codec::Unread, endpoint::CALLBACK};
use park_core::client::HttpOptions;
use std::sync::Arc;

/// Calls the aggregator (我方), as a vendor does: the order callback. A cheap handle; clones share everything.
#[derive(Clone)]
pub struct AggregatorClient {
    core: Core,
    body: CallbackBody,
    signer: Option<CallbackSigner>,
    bearer: Option<Secret>,
}

client_verbs!(AggregatorClient);

impl AggregatorClient {
    /// A client of the aggregator whose callback lies at `url`, the whole address.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), pile_proto::Error> {
    /// use pile_proto::{AggregatorClient, CallbackSigner, HttpOptions};
    /// let aggregator = AggregatorClient::https("https://cars.example/notify/piles", &HttpOptions::default())?.signer(CallbackSigner::new("shared"));
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn https(url: &str, options: &HttpOptions) -> Result<Self, Error> {
        let http = PeerHttp::new(url, options)?;
        let peer = http.base();
        Ok(Self::over(http).named(peer))
    }

    /// A client over `via`: HTTPS, or a double.
    pub fn over(via: impl Transport) -> Self {
        Self {
            core: Core::new(Arc::new(via), "".into()),
            body: CallbackBody::default(),
            signer: None,
            bearer: None,
        }
    }

    /// The same with callbacks as a form, which is the default, or as JSON.
    #[must_use]
    pub fn body(mut self, body: CallbackBody) -> Self {
        self.body = body;
        self
    }

    /// The same with signed callbacks.
    #[must_use]
    pub fn signer(mut self, signer: CallbackSigner) -> Self {
        self.signer = Some(signer);
        self
    }

    /// The same with `Authorization: Bearer {token}`.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        let token: Secret = token.into();
        self.bearer = Some(Secret::new(format!("Bearer {}", token.expose())));
        self
    }

    /// Tells of an order (订单回调), 3.3. Success unless the answer says otherwise, since the document has no answer.
    ///
    /// # Errors
    /// See [`Error`].
    #[doc(alias = "订单回调")]
    pub async fn order_callback(&self, order: &Order) -> Result<(), Error> {
        let info = &CALLBACK;
        self.core.check(order).map_err(|error| error.at(info.name))?;
        let dialect = &self.core.dialect;
        let text = dialect.seal_callback(order, self.body, self.signer.as_ref()).map_err(unwritable)?;
        self.core
            .call(info, async |deadline| {
                let request = Request {
                    path: "",
                    content: match self.body {
                        CallbackBody::Form => Content::Form(&text),
                        CallbackBody::Json => Content::Json(&text),
                    },
                    token: self.bearer.as_ref().map(|bearer| ("authorization", bearer.expose())),
                    deadline,
                };
                let answer = self.core.exchange(info, request).await?;
                self.core.read(info, |_| dialect.open_acknowledgement(&answer).map_err(Unread::Refused))
            })
            .await
    }
}
