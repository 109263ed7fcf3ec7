use crate::{Answer, Call, Error, Exchange};
use park_core::{Blame, BoxFuture, Sent};
use std::{fmt, time::Instant};

/// Several ways to one peer, in order of preference: the next one is tried only when nothing was sent on the one before.
///
/// Down to a partner, the callback over HTTPS with the TCP line behind it. A [`Link`](super::Link) in front of another way should be
/// [`without_waiting`](super::Link::without_waiting), or it waits for its line until the deadline.
pub struct Preferred(Vec<Box<dyn Exchange>>);

impl Preferred {
    /// This way before all others.
    pub fn new(first: impl Exchange) -> Self {
        Self(vec![Box::new(first)])
    }

    /// The same, with another way behind those that it has.
    #[must_use]
    pub fn or(mut self, next: impl Exchange) -> Self {
        self.0.push(Box::new(next));
        self
    }
}

impl Exchange for Preferred {
    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let mut failed: Option<Error> = None;
            for way in &self.0 {
                match way.exchange(call).await {
                    Err(error) if error.sent() == Sent::No => {
                        tracing::debug!(proto = "sztc", endpoint = call.code, %error, "not this way");
                        // Told to the caller if no way is left: the first failure of a way that carries this interface at all.
                        if failed.as_ref().is_none_or(|failed| failed.kind() == Blame::Caller) {
                            failed = Some(error);
                        }
                    }
                    outcome => return outcome,
                }
            }
            // There is at least one way.
            Err(failed.unwrap_or_else(|| Error::new(Blame::Caller, Sent::No, "no way to the peer")))
        })
    }

    /// Only a way with tokens has one to renew; the others say so.
    fn renew<'a>(&'a self, grant: u64, deadline: Instant) -> BoxFuture<'a, Result<bool, Error>> {
        Box::pin(async move {
            for way in &self.0 {
                if way.renew(grant, deadline).await? {
                    return Ok(true);
                }
            }
            Ok(false)
        })
    }
}

impl fmt::Debug for Preferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Preferred({} ways)", self.0.len())
    }
}
