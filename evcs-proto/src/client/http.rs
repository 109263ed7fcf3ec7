use super::{CpoClient, EmspClient, call::Core, token::QueryTokens};
use crate::{Credentials, Dialect, Error, MemorySequence, Sequence, code::Ret, protocol::Evcs};
use park_core::{
    RetryPolicy,
    client::{Caller, HttpSetup},
};
use std::{sync::Arc, time::Duration};

/// How a [`PeerHttp`] is set up.
#[derive(Clone)]
pub struct PeerHttpBuilder {
    setup: HttpSetup<Evcs>,
    credentials: Credentials,
    sequence: Arc<dyn Sequence>,
    token_deadline: Duration,
}

park_core::http_transport! { Evcs, Ret, (credentials: Credentials)
    /// The peer over HTTPS, whichever role it has: asks for a token (`query_token`), renews it
    /// before it expires, and asks again when it is refused (4002).
    PeerHttp {
        cpo: CpoClient, "charge point operator", "";
        emsp: EmspClient, "customer's operator", "";
    }
}
park_core::http_builder_verbs!(PeerHttpBuilder, Dialect);

impl PeerHttp {
    /// The peer whose interfaces lie at `{base}/{interface}`, called with the credentials it gave
    /// out.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use evcs_proto::{Credentials, Keys, PeerHttp};
    ///
    /// let keys = Keys::new("operator secret", "1234567890abcdef", "1234567890abcdef",
    ///     "1234567890abcdef")?;
    /// let peer = PeerHttp::builder("https://cpo.example/evcs/v1",
    ///     Credentials::new("MA5DM667X", keys)).build()?;
    /// let cpo = peer.cpo();
    /// # Ok(()) }
    /// ```
    pub fn builder(base: impl Into<String>, credentials: Credentials) -> PeerHttpBuilder {
        PeerHttpBuilder {
            setup: HttpSetup::new(base),
            credentials,
            sequence: Arc::new(MemorySequence::default()),
            token_deadline: Duration::from_secs(20),
        }
    }

    /// Asks for a new token now; it otherwise renews itself before it expires.
    ///
    /// # Errors
    /// As every call.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.transport.refresh().await
    }
}

impl PeerHttpBuilder {
    /// Where TimeStamp and Seq come from. All clients that speak as one operator to the same peer
    /// need the same.
    #[must_use]
    pub fn sequence(mut self, sequence: Arc<dyn Sequence>) -> Self {
        self.sequence = sequence;
        self
    }

    /// How long getting a token may take. Default 20 s.
    #[must_use]
    pub fn token_deadline(mut self, deadline: Duration) -> Self {
        self.token_deadline = deadline;
        self
    }

    /// Sets it up. Nothing is sent before the first call.
    ///
    /// # Errors
    /// TLS or an address that cannot be used.
    pub fn build(mut self) -> Result<PeerHttp, Error> {
        let anonymous = self.setup.transport(false)?;
        let settings = self.setup.settings;
        let mut once = settings.clone();
        // The call that needs the token is repeated, and this with it; attempts of both would
        // multiply.
        once.options.retry = RetryPolicy::off();
        let core = |settings, transport| Core {
            caller: Caller {
                settings,
                transport,
            },
            credentials: self.credentials.clone(),
            sequence: self.sequence.clone(),
        };
        let source = QueryTokens(core(once, Arc::new(anonymous.clone())));
        let transport = anonymous.tokens(source, settings.clock.clone(), self.token_deadline);
        let core = core(settings, Arc::new(transport.clone()));
        Ok(PeerHttp { transport, core })
    }
}
