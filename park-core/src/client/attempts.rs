//! What the typed clients of all protocols do around one attempt of a call: deadline, repetitions, budget, span.
use crate::{Error, ErrorKind, Retry, RetryBudget, RetryPolicy, Sent};
use std::{
    fmt,
    time::{Duration, Instant},
};
use tracing::{Instrument, Span};

/// What may be set for a client or for a single call.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CallOptions {
    /// How long the whole call may take, all attempts and a login included. Default 20 s.
    pub deadline: Duration,
    /// How the call is repeated after a failure.
    pub retry: RetryPolicy,
    /// How many repetitions are left, shared by all clones of the client. Default ten, and one more for every ten calls that are answered.
    pub budget: RetryBudget,
    /// A stricter class than the interface's own; a more generous one is not taken from here.
    pub class: Option<Retry>,
    repeat: bool,
}

impl Default for CallOptions {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(20),
            retry: RetryPolicy::default(),
            budget: RetryBudget::default(),
            class: None,
            repeat: false,
        }
    }
}

impl CallOptions {
    /// Repeats even what must not happen twice: only where the peer is known to recognise a repetition.
    pub fn dangerous_repeat_anything(&mut self) {
        self.repeat = true;
    }

    /// When a call that begins now has to be over.
    #[doc(hidden)]
    pub fn until(&self) -> Instant {
        let now = Instant::now();
        // A deadline beyond what a clock can show is a day's.
        now.checked_add(self.deadline).unwrap_or_else(|| now + Duration::from_secs(86_400))
    }

    /// The class by which an interface of class `own` is repeated.
    #[doc(hidden)]
    pub fn class_of(&self, own: Retry) -> Retry {
        match (self.repeat, self.class, own) {
            (true, ..) => Retry::IdempotentByKey,
            (_, Some(Retry::Never), _) | (.., Retry::Never) => Retry::Never,
            (.., class) => class,
        }
    }
}

/// Makes attempts until one succeeds, or its error, the class, the policy, the budget or the deadline forbid another.
///
/// # Errors
/// That of the last attempt; it tells [`Sent::Maybe`] if any attempt may have reached the peer.
#[doc(hidden)]
pub async fn attempts<T, C, F>(options: &CallOptions, class: Retry, deadline: Instant, mut attempt: impl FnMut() -> F) -> Result<T, Error<C>>
where
    C: fmt::Display,
    F: Future<Output = Result<T, Error<C>>>,
{
    let mut failed = 0;
    // Once an attempt may have reached the peer, a later one that did not changes nothing about that.
    let mut acted = false;
    loop {
        let error = match attempt().await {
            Ok(outcome) => {
                options.budget.answered();
                return Ok(outcome);
            }
            Err(error) if error.sent() == Sent::No && acted => error.having_sent(Sent::Maybe),
            Err(error) => error,
        };
        acted |= error.sent() == Sent::Maybe;
        if error.sent() == Sent::Answered {
            options.budget.answered();
        }
        failed += 1;
        let wait = error.wait_hint().unwrap_or_else(|| options.retry.wait(failed, crate::jitter()));
        let in_time = Instant::now().checked_add(wait).is_some_and(|next| next < deadline);
        let allowed = options.retry.allows(class, failed, error.kind(), error.sent());
        if !(allowed && in_time && options.budget.take()) {
            return Err(error);
        }
        tracing::debug!(%error, ?wait, failed, "repeats");
        tokio::time::sleep(wait).await;
    }
}

/// Runs a call of the interface `name` in `span`, whose field `outcome` tells what became of it, never what was in it.
///
/// # Errors
/// The call's, with the interface's name.
#[doc(hidden)]
pub async fn traced<T, C: fmt::Display>(span: Span, name: &'static str, call: impl Future<Output = Result<T, Error<C>>>) -> Result<T, Error<C>> {
    let calling = async {
        let outcome = call.await.map_err(|error| error.at(name));
        let told = match &outcome {
            Ok(_) => "answered",
            Err(error) => {
                tracing::debug!(%error, "failed");
                blame_name(error.kind())
            }
        };
        Span::current().record("outcome", told);
        outcome
    };
    calling.instrument(span).await
}

fn blame_name(blame: ErrorKind) -> &'static str {
    match blame {
        ErrorKind::Network => "network",
        ErrorKind::Timeout => "timeout",
        ErrorKind::PeerBytes => "peer_bytes",
        ErrorKind::Refused => "refused",
        ErrorKind::Caller => "caller",
        ErrorKind::Busy => "busy",
        ErrorKind::Closed => "closed",
    }
}

/// The verbs that every client has; its field `core` holds what they set. With a type behind the client, also the peer's dialect and the clock.
#[doc(hidden)]
#[macro_export]
macro_rules! client_verbs {
    ($client:ident, $dialect:ty) => {
        $crate::client_verbs!($client);

        impl $client {
            /// The same, speaking the peer's dialect.
            #[must_use]
            pub fn dialect(mut self, dialect: impl Into<::std::sync::Arc<$dialect>>) -> Self {
                self.core.dialect = dialect.into();
                self
            }

            /// The same, reading the time from `clock`.
            #[must_use]
            pub fn clock(mut self, clock: ::std::sync::Arc<dyn $crate::Clock>) -> Self {
                self.core.clock = clock;
                self
            }
        }
    };
    ($client:ident) => {
        impl $client {
            /// The same, with the peer's name for logs and the observer.
            #[must_use]
            pub fn named(mut self, peer: impl Into<::std::sync::Arc<str>>) -> Self {
                self.core.peer = peer.into();
                self
            }

            /// The same; `observer` is told about every tolerated deviation in replies.
            #[must_use]
            pub fn observer(mut self, observer: $crate::Observer) -> Self {
                self.core.observer = Some(observer);
                self
            }

            /// The same with other options: `client.with(|o| o.deadline = Duration::from_secs(3))`. Cheap, also for a single call.
            #[must_use]
            pub fn with(&self, set: impl FnOnce(&mut $crate::CallOptions)) -> Self {
                let mut client = self.clone();
                set(&mut client.core.options);
                client
            }
        }

        impl ::std::fmt::Debug for $client {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, concat!(stringify!($client), "({})"), self.core.peer)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[tokio::test(start_paused = true)]
    async fn what_may_have_acted_once_may_have_acted_at_the_end() {
        let script = Mutex::new(vec![Sent::No, Sent::Answered, Sent::Maybe]);
        let options = CallOptions::default();
        let attempt = || async {
            let sent = script.lock().expect("not poisoned").pop().expect("three attempts");
            let blame = if sent == Sent::Answered { ErrorKind::Busy } else { ErrorKind::Network };
            Err::<(), _>(Error::<u16>::new(blame, sent, "scripted"))
        };
        let error = attempts(&options, Retry::IdempotentByKey, options.until(), attempt).await;
        assert_eq!(error.expect_err("scripted").sent(), Sent::Maybe);
    }
}
