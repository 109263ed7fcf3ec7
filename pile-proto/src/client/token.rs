//! Where tokens come from: the document leaves it to the vendor (3.4 获取 TOKEN).
use crate::Error;
use park_core::{
    AnyText, BoxFuture, Clock, Secret, Sent,
    client::{Fresh, TokenCache, TokenSource},
};
use std::{
    sync::Arc,
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

/// Gets a token by the vendor's own standard. It is asked once for however many calls, before the token expires, and when the vendor refused the one in
/// use ([`Dialect::token_codes`](crate::Dialect::token_codes)).
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
    Cached {
        provider: Arc<dyn TokenProvider>,
        cache: TokenCache<AnyText>,
    },
}

impl Tokens {
    pub(super) fn from(provider: Arc<dyn TokenProvider>, clock: Arc<dyn Clock>) -> Self {
        let cache = TokenCache::new(Source(provider.clone()), clock, LIMIT);
        Self::Cached { provider, cache }
    }

    /// The same by another clock.
    pub(super) fn by(&self, clock: Arc<dyn Clock>) -> Self {
        match self {
            Self::Cached { provider, .. } => Self::from(provider.clone(), clock),
            other => other.clone(),
        }
    }

    /// The token to call with, and its number if another can be got in its place.
    pub(super) async fn get(&self, deadline: Instant) -> Result<(Option<Secret>, Option<u64>), Error> {
        match self {
            Self::None => Ok((None, None)),
            Self::Fixed(token) => Ok((Some(token.clone()), None)),
            Self::Cached { cache, .. } => {
                let grant = cache.get(deadline).await.map_err(unsent)?;
                Ok((Some(grant.token), Some(grant.number)))
            }
        }
    }

    /// Gets another token than number `refused`.
    pub(super) async fn renew(&self, refused: u64, deadline: Instant) -> Result<(), Error> {
        match self {
            Self::Cached { cache, .. } => cache.renew(refused, deadline).await.map(drop).map_err(unsent),
            _ => Ok(()),
        }
    }
}

/// A token that could not be got ends the call before anything of it was sent, however far the question for it got.
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
