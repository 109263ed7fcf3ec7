use super::{
    Connector, Link, LinkState, TcpOptions,
    attach::PartnerSide,
    driver::now,
    link::{Inbox, pair},
};
use crate::{Credentials, Error, ErrorKind, PartnerService, RetryPolicy};
use park_core::Sent;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// Speaks as the partner over connections that `connector` makes, one after another: when a
/// connection breaks, the [`Supervisor`] connects and logs in again.
///
/// The [`Link`] stays the same. Calls made while there is no connection wait for one until their
/// deadline; calls in flight when it breaks fail at once.
pub fn connect(
    connector: impl Connector,
    credentials: Credentials,
    service: impl PartnerService,
    options: TcpOptions,
) -> (Link, Supervisor) {
    let (link, inbox) = pair(options.queue, CancellationToken::new());
    let connector = Arc::new(connector);
    let partner = PartnerSide::new(credentials, service, options);
    (
        link,
        Supervisor {
            connector,
            inbox,
            partner,
        },
    )
}

/// Keeps a connection up; see [`connect`].
#[must_use = "nothing happens until it is run"]
pub struct Supervisor {
    connector: Arc<dyn Connector>,
    inbox: Inbox,
    partner: PartnerSide,
}

impl Supervisor {
    /// Connects again and again: spawn it. Ends when [`Link::close`] is called or the last link is
    /// dropped.
    pub async fn run(mut self) {
        let closing = self.inbox.closing.clone();
        let mut wait = Backoff::new(&self.partner.options);
        while !closing.is_cancelled() {
            let outcome = self.connect_once(&closing).await;
            if closing.is_cancelled() {
                break;
            }
            self.inbox.state.send_replace(LinkState::Connecting);
            let wait = wait.after(&outcome, park_core::jitter());
            match &outcome.failure {
                Some(error) if error.kind() == ErrorKind::Refused => {
                    tracing::error!(proto = "sztc", peer = self.connector.target(), %error, ?wait,
                        "the login is refused; tried again after a long wait");
                }
                Some(error) => {
                    tracing::warn!(proto = "sztc", peer = self.connector.target(), %error, ?wait,
                        "no connection; tried again")
                }
                None => tracing::info!(
                    proto = "sztc",
                    peer = self.connector.target(),
                    ?wait,
                    "the connection was closed; connects again"
                ),
            }
            tokio::select! {
                () = closing.cancelled() => {}
                () = sleep(wait) => {}
            }
        }
    }

    async fn connect_once(&mut self, closing: &CancellationToken) -> Outcome {
        let io = tokio::select! {
            () = closing.cancelled() => return Outcome::default(),
            io = self.connector.connect() => match io {
                Ok(io) => io,
                Err(problem) => {
                    let error = Error::new(ErrorKind::Network, Sent::No,
                        format!("cannot connect: {problem}")).caused_by(problem);
                    return Outcome { up: None, failure: Some(error) };
                }
            },
        };
        match self.partner.drive(io, &mut self.inbox).await {
            Ok(end) => Outcome {
                up: end
                    .since
                    .map(|since: Instant| now().saturating_duration_since(since)),
                failure: end.into_result().err(),
            },
            Err(error) => Outcome {
                up: None,
                failure: Some(error),
            },
        }
    }
}

impl std::fmt::Debug for Supervisor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Supervisor({})", self.connector.target())
    }
}

/// How an attempt went.
#[derive(Default)]
struct Outcome {
    /// For how long the connection was logged in, if it ever was.
    up: Option<Duration>,
    failure: Option<Error>,
}

/// How long to wait before the next attempt.
struct Backoff {
    policy: RetryPolicy,
    stable_after: Duration,
    failed: u32,
}

impl Backoff {
    fn new(options: &TcpOptions) -> Self {
        Self {
            policy: options.reconnect.clone(),
            stable_after: options.stable_after,
            failed: 0,
        }
    }

    fn after(&mut self, outcome: &Outcome, random: f64) -> Duration {
        if outcome.up.is_some_and(|up| up >= self.stable_after) {
            self.failed = 0;
        }
        self.failed = self.failed.saturating_add(1);
        match &outcome.failure {
            // A wrong password does not become right by asking often, and platforms lock accounts.
            Some(error) if error.kind() == ErrorKind::Refused => {
                self.policy.longest.mul_f64(0.5 + random / 2.0)
            }
            _ => self.policy.wait(self.failed, random),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Refusal;

    #[test]
    fn only_a_line_that_stayed_up_starts_the_waits_anew() {
        let mut backoff = Backoff::new(&TcpOptions::default());
        let mut wait = |up: Option<u64>, refused: bool| {
            let failure = refused.then(|| Error::refused(Refusal::message("no")));
            let up = up.map(Duration::from_secs);
            backoff.after(&Outcome { up, failure }, 1.0).as_millis()
        };
        let kicked: Vec<_> = (0..8).map(|_| wait(Some(29), false)).collect();
        assert_eq!(
            kicked,
            [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]
        );
        assert_eq!(
            [wait(Some(30), false), wait(None, false), wait(None, true)],
            [500, 1000, 30_000]
        );
    }

    #[test]
    fn a_refused_login_always_waits_long() {
        let outcome = Outcome {
            up: None,
            failure: Some(Error::refused(Refusal::message("no"))),
        };
        assert_eq!(
            Backoff::new(&TcpOptions::default()).after(&outcome, 0.0),
            Duration::from_secs(15)
        );
    }
}
