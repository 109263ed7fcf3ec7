use super::{PartnerClient, call::Core};
use crate::{Dialect, Error, code::BusinessCode, protocol::Sztc};
use park_core::{
    Secret,
    client::{Caller, HttpSetup, HttpTransport},
};
use std::sync::Arc;

/// An external system over HTTPS, at its callback address.
#[derive(Clone)]
pub struct PartnerHttp {
    transport: HttpTransport<Sztc>,
    core: Core,
}

/// How a [`PartnerHttp`] is set up.
#[derive(Clone)]
pub struct PartnerHttpBuilder {
    setup: HttpSetup<Sztc>,
    token: Option<Secret>,
}

park_core::http_transport!(PartnerHttp, BusinessCode);
park_core::http_builder_verbs!(PartnerHttpBuilder, Dialect);

impl PartnerHttp {
    /// The external system whose interfaces lie at `{base}/{code}`, its callbackServer.
    pub fn builder(base: impl Into<String>) -> PartnerHttpBuilder {
        PartnerHttpBuilder {
            setup: HttpSetup::new(base),
            token: None,
        }
    }

    /// A client over this transport, with the builder's settings.
    pub fn client(&self) -> PartnerClient {
        PartnerClient {
            core: self.core.clone(),
        }
    }
}

impl PartnerHttpBuilder {
    /// Sends `Authorization: bearer {token}`.
    #[must_use]
    pub fn token(mut self, token: impl Into<Secret>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Sets it up. Nothing is sent before the first call.
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn build(mut self) -> Result<PartnerHttp, Error> {
        let transport = self.setup.transport(false)?.token(self.token);
        let core = Core {
            caller: Caller {
                settings: self.setup.settings,
                transport: Arc::new(transport.clone()),
            },
        };
        Ok(PartnerHttp { transport, core })
    }
}

impl PartnerClient {
    /// A client that calls the system at `base` over HTTPS with an agreed token; for everything
    /// that may be set see [`PartnerHttp::builder`].
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn new(base: impl Into<String>, token: impl Into<Secret>) -> Result<Self, Error> {
        PartnerHttp::builder(base)
            .token(token)
            .build()
            .map(|http| http.client())
    }
}
