//! What the typed clients of all protocols do around one attempt of a call: deadline, repetitions,
//! budget, span.
use super::CallOptions;
use crate::{Error, ErrorKind, Retry, Sent};
use std::{fmt, time::Instant};
use tracing::{Instrument, Span};

/// Makes attempts until one succeeds, or its error, the class, the policy, the budget or the
/// deadline forbid another.
///
/// # Errors
/// That of the last attempt; it tells [`Sent::Maybe`] if any attempt may have reached the peer.
#[doc(hidden)]
pub(super) async fn attempts<T, C, F>(
    options: &CallOptions,
    class: Retry,
    deadline: Instant,
    mut attempt: impl FnMut() -> F,
) -> Result<T, Error<C>>
where
    C: fmt::Display,
    F: Future<Output = Result<T, Error<C>>>,
{
    let mut failed = 0;
    // Once an attempt may have reached the peer, a later one that did not changes nothing about
    // that.
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
        let wait = error
            .wait_hint()
            .unwrap_or_else(|| options.retry.wait(failed, crate::jitter()));
        let in_time = Instant::now()
            .checked_add(wait)
            .is_some_and(|next| next < deadline);
        let allowed = options
            .retry
            .allows(class, failed, error.kind(), error.sent());
        if !(allowed && in_time && options.budget.take()) {
            return Err(error);
        }
        tracing::debug!(%error, ?wait, failed, "repeats");
        tokio::time::sleep(wait).await;
    }
}

/// Runs a call of the interface `name` in `span`, whose field `outcome` tells what became of it,
/// never what was in it.
///
/// # Errors
/// The call's, with the interface's name.
#[doc(hidden)]
pub(super) async fn traced<T, C: fmt::Display>(
    span: Span,
    name: &'static str,
    call: impl Future<Output = Result<T, Error<C>>>,
) -> Result<T, Error<C>> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[tokio::test(start_paused = true)]
    async fn what_may_have_acted_once_may_have_acted_at_the_end() {
        let script = Mutex::new(vec![Sent::No, Sent::Answered, Sent::Maybe]);
        let options = CallOptions::default();
        let attempt = || async {
            let sent = script
                .lock()
                .expect("not poisoned")
                .pop()
                .expect("three attempts");
            let blame = if sent == Sent::Answered {
                ErrorKind::Busy
            } else {
                ErrorKind::Network
            };
            Err::<(), _>(Error::<u16>::new(blame, sent, "scripted"))
        };
        let error = attempts(&options, Retry::IdempotentByKey, options.until(), attempt).await;
        assert_eq!(error.expect_err("scripted").sent(), Sent::Maybe);
    }
}
