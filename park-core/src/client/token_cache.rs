//! A token that renews itself.
use crate::{BoxFuture, Clock, Error, ErrorKind, Secret, Sent};
use futures_util::future::{FutureExt, Shared};
use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

/// Where tokens come from: a login, or a setting.
pub trait TokenSource<C>: Send + Sync + 'static {
    /// Gets a token. `last` is the one it replaces, if there is one that is still valid.
    fn fetch(
        &self,
        last: Option<Secret>,
        deadline: Instant,
    ) -> BoxFuture<'_, Result<Fresh, Error<C>>>;
}

/// A token just received.
#[derive(Debug, Clone)]
pub struct Fresh {
    /// The token.
    pub token: Secret,
    /// For how long it is valid; `None` for ever.
    pub lives: Option<Duration>,
}

/// A token in use.
#[derive(Debug, Clone)]
pub struct Grant {
    /// The token.
    pub token: Secret,
    /// Its number: whoever is refused tells which one it was.
    pub number: u64,
    lives: Option<Duration>,
    expires: Option<SystemTime>,
}

/// How long a refused login is not tried again.
const REFUSED_REST: Duration = Duration::from_secs(30);

type Refresh<C> = Shared<BoxFuture<'static, Result<Grant, Error<C>>>>;

/// Keeps a token valid: one refresh in flight whoever asks, begun before the token expires, bounded
/// in time, and finished even if the caller who began it went away. A token that is still valid is
/// used on while its refresh fails.
pub struct TokenCache<C>(Arc<Inner<C>>);

struct Inner<C> {
    source: Box<dyn TokenSource<C>>,
    clock: Arc<dyn Clock>,
    limit: Duration,
    state: Mutex<State<C>>,
}

struct State<C> {
    grant: Option<Grant>,
    refresh: Option<(Refresh<C>, tokio::task::AbortHandle)>,
    issued: u64,
    /// The source refused: until then nobody asks again.
    refused: Option<(SystemTime, Error<C>)>,
    /// After a failed refresh ahead of time, the next one waits until then.
    rest_until: Option<SystemTime>,
}

impl<C> Clone for TokenCache<C> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<C> fmt::Debug for TokenCache<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenCache")
    }
}

impl<C: fmt::Display + Clone + Send + Sync + 'static> TokenCache<C> {
    /// A cache without a token yet; each refresh may take at most `limit`.
    pub fn new(source: impl TokenSource<C>, clock: Arc<dyn Clock>, limit: Duration) -> Self {
        Self(Arc::new(Inner {
            source: Box::new(source),
            clock,
            limit,
            state: Mutex::new(State {
                grant: None,
                refresh: None,
                issued: 0,
                rest_until: None,
                refused: None,
            }),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State<C>> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A valid token.
    ///
    /// # Errors
    /// What the source answered, or that it did not in time.
    pub async fn get(&self, deadline: Instant) -> Result<Grant, Error<C>> {
        let begun = {
            let mut state = self.state();
            let now = self.0.clock.now();
            match state.grant.clone() {
                Some(grant) if grant.is_valid(now) => {
                    if grant.is_due(now) && state.rest_until.is_none_or(|until| until <= now) {
                        drop(self.begin(&mut state));
                    }
                    return Ok(grant);
                }
                // A wrong password does not get right by asking again at once, and an account may
                // be locked for it.
                _ => match state.refused.clone() {
                    Some((until, error)) if until > now => return Err(error),
                    _ => self.begin(&mut state),
                },
            }
        };
        await_until(begun, deadline).await
    }

    /// A new token in place of the present one, although that is still valid.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn refresh(&self, deadline: Instant) -> Result<Grant, Error<C>> {
        let begun = self.begin(&mut self.state());
        await_until(begun, deadline).await
    }

    /// Another token than number `refused`, which the peer did not accept.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn renew(&self, refused: u64, deadline: Instant) -> Result<Grant, Error<C>> {
        {
            let mut state = self.state();
            // Whoever else was refused the same one may have replaced it already.
            if state
                .grant
                .as_ref()
                .is_some_and(|grant| grant.number == refused)
            {
                state.grant = None;
            }
        }
        self.get(deadline).await
    }

    /// Forgets the token and returns it, to give it back to the peer.
    pub fn take(&self) -> Option<Secret> {
        self.state().grant.take().map(|grant| grant.token)
    }

    fn begin(&self, state: &mut State<C>) -> Refresh<C> {
        // A task that panicked or went down with its runtime is finished too, and says so to nobody
        // else.
        if let Some((refresh, task)) = &state.refresh
            && !task.is_finished()
        {
            return refresh.clone();
        }
        let cache = self.clone();
        // One that has expired renews nothing.
        let now = self.0.clock.now();
        let last = state
            .grant
            .as_ref()
            .filter(|grant| grant.is_valid(now))
            .map(|grant| grant.token.clone());
        // A task of its own: it goes on when the caller that began it is dropped.
        let task = tokio::spawn(async move { cache.fetch(last).await });
        let handle = task.abort_handle();
        let refresh = async move {
            task.await.unwrap_or_else(|cause| {
                Err(Error::new(
                    ErrorKind::Closed,
                    Sent::No,
                    "the token's refresh was stopped",
                )
                .caused_by(cause))
            })
        }
        .boxed()
        .shared();
        state.refresh = Some((refresh.clone(), handle));
        refresh
    }

    async fn fetch(&self, last: Option<Secret>) -> Result<Grant, Error<C>> {
        let fetched = tokio::time::timeout(
            self.0.limit,
            self.0.source.fetch(last, Instant::now() + self.0.limit),
        )
        .await
        .unwrap_or_else(|_| {
            Err(Error::new(
                ErrorKind::Timeout,
                Sent::No,
                "the token's refresh took too long",
            ))
        });
        let now = self.0.clock.now();
        let mut state = self.state();
        state.refresh = None;
        match fetched {
            Ok(fresh) => {
                state.issued += 1;
                let grant = Grant {
                    token: fresh.token,
                    number: state.issued,
                    lives: fresh.lives,
                    expires: fresh.lives.and_then(|lives| now.checked_add(lives)),
                };
                state.grant = Some(grant.clone());
                state.rest_until = None;
                state.refused = None;
                Ok(grant)
            }
            Err(error) => {
                tracing::warn!(%error, "no new token");
                state.rest_until = Some(now + Duration::from_secs(5));
                if error.kind() == ErrorKind::Refused {
                    state.refused = Some((now + REFUSED_REST, error.clone()));
                }
                Err(error)
            }
        }
    }
}

async fn await_until<C: Clone>(refresh: Refresh<C>, deadline: Instant) -> Result<Grant, Error<C>> {
    let left = deadline.saturating_duration_since(Instant::now());
    match tokio::time::timeout(left, refresh).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Error::new(
            ErrorKind::Timeout,
            Sent::No,
            "no token within the deadline",
        )),
    }
}

impl Grant {
    fn is_valid(&self, now: SystemTime) -> bool {
        self.expires.is_none_or(|expires| expires > now)
    }

    /// Whether it should be replaced although it is still valid.
    fn is_due(&self, now: SystemTime) -> bool {
        let (Some(expires), Some(lives)) = (self.expires, self.lives) else {
            return false;
        };
        now + (lives - renew_after(lives)) >= expires
    }
}

/// For how long a token that is valid for `lives` is used before it is renewed: until the last
/// tenth of its life, at most five minutes and at least five seconds before its end.
pub fn renew_after(lives: Duration) -> Duration {
    let margin = (lives / 10).clamp(Duration::from_secs(5), Duration::from_secs(300));
    lives.saturating_sub(margin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ManualClock;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[derive(Clone, Default)]
    struct Source {
        asked: Arc<AtomicU32>,
        fails: Arc<AtomicU32>,
        stalls: Arc<AtomicU32>,
        lasts: Arc<Mutex<Vec<Option<String>>>>,
    }

    impl TokenSource<u16> for Source {
        fn fetch(
            &self,
            last: Option<Secret>,
            _: Instant,
        ) -> BoxFuture<'_, Result<Fresh, Error<u16>>> {
            Box::pin(async move {
                let number = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
                let last = last.map(|last| last.expose().to_owned());
                self.lasts.lock().expect("not poisoned").push(last);
                let pause = if self.stalls.load(Ordering::SeqCst) > 0 {
                    3600
                } else {
                    1
                };
                tokio::time::sleep(Duration::from_secs(pause)).await;
                match self.fails.load(Ordering::SeqCst) {
                    0 => {}
                    1 => return Err(Error::new(ErrorKind::Network, Sent::No, "down")),
                    _ => return Err(Error::refused(crate::Refusal::new(3001, "wrong password"))),
                }
                Ok(Fresh {
                    token: format!("token-{number}").into(),
                    lives: Some(Duration::from_secs(100)),
                })
            })
        }
    }

    fn cache() -> (TokenCache<u16>, Source, ManualClock) {
        let source = Source::default();
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH);
        let cache = TokenCache::new(
            source.clone(),
            Arc::new(clock.clone()),
            Duration::from_secs(10),
        );
        (cache, source, clock)
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    #[tokio::test(start_paused = true)]
    async fn a_thousand_callers_cost_one_request_per_expiry() {
        let (cache, source, clock) = cache();
        for round in 1..=3 {
            let calls = (0..1000).map(|_| {
                let cache = cache.clone();
                tokio::spawn(async move { cache.get(soon()).await.map(|grant| grant.number) })
            });
            for call in calls.collect::<Vec<_>>() {
                assert_eq!(call.await.expect("no panic").ok(), Some(round));
            }
            assert_eq!(u64::from(source.asked.load(Ordering::SeqCst)), round);
            clock.advance(Duration::from_secs(101));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn only_a_token_that_is_still_valid_is_given_to_its_replacement() {
        let (cache, source, clock) = cache();
        for by in [0, 50, 100] {
            clock.advance(Duration::from_secs(by));
            cache.refresh(soon()).await.expect("a token");
        }
        assert_eq!(
            *source.lasts.lock().expect("not poisoned"),
            [None, Some("token-1".to_owned()), None]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_valid_token_is_used_while_its_refresh_fails_or_stalls() {
        let (cache, source, clock) = cache();
        cache.get(soon()).await.expect("a token");
        source.stalls.store(1, Ordering::SeqCst);
        clock.advance(Duration::from_secs(95));
        assert_eq!(cache.get(soon()).await.expect("still valid").number, 1);
        assert_eq!(cache.get(soon()).await.expect("still valid").number, 1);
        tokio::time::sleep(Duration::from_secs(11)).await;
        assert_eq!(source.asked.load(Ordering::SeqCst), 2);
        // Rests after the failure, then tries again, and the new token takes over.
        assert_eq!(cache.get(soon()).await.expect("still valid").number, 1);
        assert_eq!(source.asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn the_refresh_survives_the_caller_who_began_it() {
        let (cache, source, _) = cache();
        let began = tokio::time::timeout(Duration::from_millis(1), cache.get(soon())).await;
        assert!(began.is_err());
        assert_eq!(cache.get(soon()).await.expect("a token").number, 1);
        assert_eq!(source.asked.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_refresh_that_went_down_with_its_runtime_does_not_block_the_next() {
        let (cache, _, _) = cache();
        let runtime = || {
            tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .expect("a runtime")
        };
        let first = runtime();
        let began = first.block_on(async {
            tokio::time::timeout(Duration::from_millis(1), cache.get(soon())).await
        });
        assert!(began.is_err());
        drop(first);
        assert!(runtime().block_on(cache.get(soon())).is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_replaced_once() {
        let (cache, source, _) = cache();
        let first = cache.get(soon()).await.expect("a token").number;
        let (a, b) = tokio::join!(cache.renew(first, soon()), cache.renew(first, soon()));
        assert_eq!(
            (a.expect("a token").number, b.expect("a token").number),
            (2, 2)
        );
        assert_eq!(cache.renew(first, soon()).await.expect("a token").number, 2);
        assert_eq!(source.asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_token_the_failure_is_told_within_the_deadline() {
        let (cache, source, _) = cache();
        source.fails.store(1, Ordering::SeqCst);
        assert_eq!(
            cache.get(soon()).await.expect_err("down").kind(),
            ErrorKind::Network
        );
        source.stalls.store(1, Ordering::SeqCst);
        let late = cache
            .get(Instant::now() + Duration::from_millis(10))
            .await
            .expect_err("stalled");
        assert_eq!((late.kind(), late.sent()), (ErrorKind::Timeout, Sent::No));
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_login_is_not_tried_again_at_once() {
        let (cache, source, clock) = cache();
        source.fails.store(2, Ordering::SeqCst);
        for _ in 0..100 {
            assert_eq!(
                cache.get(soon()).await.expect_err("refused").kind(),
                ErrorKind::Refused
            );
        }
        assert_eq!(source.asked.load(Ordering::SeqCst), 1);
        source.fails.store(0, Ordering::SeqCst);
        clock.advance(REFUSED_REST);
        assert_eq!(
            cache
                .get(soon())
                .await
                .expect("the password was mended")
                .number,
            1
        );
    }

    #[test]
    fn a_token_is_renewed_in_the_last_tenth_of_its_life() {
        for (lives, used) in [
            (7200, 6900),
            (1000, 900),
            (100, 90),
            (20, 15),
            (5, 0),
            (1, 0),
        ] {
            assert_eq!(
                renew_after(Duration::from_secs(lives)),
                Duration::from_secs(used),
                "{lives}"
            );
        }
    }
}
