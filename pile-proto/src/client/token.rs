//! Where tokens come from: the document leaves it to the vendor (3.4 获取 TOKEN).
use crate::Error;
use park_core::{
    Answer, AnyText, BoxFuture, Call, Clock, Secret, Sent, Transport,
    client::{Fresh, TokenCache, TokenSource},
};
use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

/// A token that a vendor gave out.
#[derive(Debug, Clone)]
pub struct IssuedToken {
    /// The token.
    pub token: Secret,
    /// For how long it is valid; `None` until it is refused.
    pub lives: Option<Duration>,
}

/// Gets a token by the vendor's own standard. It is asked once for however many calls, before the
/// token expires, and when the vendor refused the one in use
/// ([`Dialect::token_codes`](crate::Dialect::token_codes)).
///
/// ```
/// use pile_proto::{BoxFuture, Error, IssuedToken, TokenProvider};
/// use std::time::{Duration, Instant};
///
/// struct Login;
/// impl TokenProvider for Login {
///     fn fetch(&self, deadline: Instant) -> BoxFuture<'_, Result<IssuedToken, Error>> {
///         Box::pin(async move {
///             // Asks the vendor, until the deadline.
///             let token = "what the vendor answered".into();
///             Ok(IssuedToken { token, lives: Some(Duration::from_secs(7200)) })
///         })
///     }
/// }
/// ```
pub trait TokenProvider: Send + Sync + 'static {
    /// Gets a token before `deadline`.
    ///
    /// # Errors
    /// The vendor refuses, or cannot be reached. One that refuses is not asked again for 30 s.
    fn fetch(&self, deadline: Instant) -> BoxFuture<'_, Result<IssuedToken, Error>>;
}

/// How long getting a token may take.
const LIMIT: Duration = Duration::from_secs(20);

/// The token of a client.
#[derive(Clone, Default)]
pub(super) enum Tokens {
    #[default]
    None,
    Fixed(Secret),
    Provided(Provided),
}

impl Tokens {
    /// The token to call with, and its number if another can be got in its place.
    pub(super) async fn get(
        &self,
        clock: &Arc<dyn Clock>,
        deadline: Instant,
    ) -> Result<(Option<Secret>, Option<u64>), Error> {
        match self {
            Self::None => Ok((None, None)),
            Self::Fixed(token) => Ok((Some(token.clone()), None)),
            Self::Provided(provided) => {
                let grant = provided.cache(clock).get(deadline).await.map_err(unsent)?;
                Ok((Some(grant.token), Some(grant.number)))
            }
        }
    }
}

/// Tokens of a provider, kept while they are valid.
#[derive(Clone)]
pub(super) struct Provided {
    provider: Arc<dyn TokenProvider>,
    /// Made for the first call, since the clock may be set after the provider.
    cache: Arc<OnceLock<TokenCache<AnyText>>>,
}

impl Provided {
    pub(super) fn by(provider: impl TokenProvider) -> Self {
        Self {
            provider: Arc::new(provider),
            cache: Arc::default(),
        }
    }

    fn cache(&self, clock: &Arc<dyn Clock>) -> &TokenCache<AnyText> {
        self.cache
            .get_or_init(|| TokenCache::new(Source(self.provider.clone()), clock.clone(), LIMIT))
    }
}

/// A token that could not be got ends the call before anything of it was sent, however far the
/// question for it got.
fn unsent(error: Error) -> Error {
    error.having_sent(Sent::No)
}

struct Source(Arc<dyn TokenProvider>);

impl TokenSource<AnyText> for Source {
    fn fetch(&self, _: Option<Secret>, deadline: Instant) -> BoxFuture<'_, Result<Fresh, Error>> {
        Box::pin(async move {
            let IssuedToken { token, lives } = self.0.fetch(deadline).await?;
            Ok(Fresh { token, lives })
        })
    }
}

/// A transport whose tokens are the client's, which alone knows where the dialect has them.
pub(super) struct Renewing {
    pub(super) transport: Arc<dyn Transport<Code = AnyText>>,
    pub(super) provided: Provided,
}

impl Transport for Renewing {
    type Code = AnyText;

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        self.transport.exchange(call)
    }

    fn name(&self) -> &'static str {
        self.transport.name()
    }

    fn renew<'a>(&'a self, grant: u64, deadline: Instant) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            match self.provided.cache.get() {
                Some(cache) => cache
                    .renew(grant, deadline)
                    .await
                    .map(|_| true)
                    .map_err(unsent),
                None => Ok(false),
            }
        })
    }
}
