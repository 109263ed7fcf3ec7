use crate::{Answer, Call, Error, Transport};
use park_core::{BoxFuture, ErrorKind, Sent};
use std::{fmt, time::Instant};

/// Several ways to one peer, in order of preference: the next one is tried only when nothing was sent on the one before.
///
/// Down to a partner, the callback over HTTPS with the TCP line behind it. A TCP link in front of another way should be one
/// `without_waiting`, or it waits for its line until the deadline.
pub struct Preferred(
    // Never empty: there is a first one, and none is ever taken away.
    Vec<Box<dyn Transport>>,
);

impl Preferred {
    /// This way before all others.
    pub fn new(first: impl Transport) -> Self {
        Self(vec![Box::new(first)])
    }

    /// The same, with another way behind those that it has.
    #[must_use]
    pub fn or(mut self, next: impl Transport) -> Self {
        self.0.push(Box::new(next));
        self
    }
}

impl Preferred {
    /// The number by which the token `grant` of the way number `index` is known outside; see [`way_of`](Self::way_of).
    ///
    /// The ways count in turn, so that each of them may be a `Preferred` itself. A number too high for it is not known outside, and not renewed.
    fn outside(&self, grant: Option<u64>, index: usize) -> Option<u64> {
        grant?.checked_mul(self.0.len() as u64)?.checked_add(index as u64)
    }

    /// The way whose token the number `grant` is outside, and the number that it has there.
    fn way_of(&self, grant: u64) -> (&dyn Transport, u64) {
        let ways = self.0.len() as u64;
        (&*self.0[(grant % ways) as usize], grant / ways)
    }
}

impl Transport for Preferred {
    /// The name that all ways have, or `several`.
    fn transport(&self) -> &'static str {
        let name = self.0[0].transport();
        if self.0.iter().all(|way| way.transport() == name) {
            name
        } else {
            "several"
        }
    }

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let mut failed: Option<Error> = None;
            for (index, way) in self.0.iter().enumerate() {
                match way.exchange(call).await {
                    Err(error) if error.sent() == Sent::No => {
                        tracing::debug!(proto = "sztc", endpoint = call.code, %error, "not this way");
                        // Told to the caller if no way is left: the first failure of a way that carries this interface at all.
                        if failed.as_ref().is_none_or(|failed| failed.kind() == ErrorKind::Caller) {
                            failed = Some(error);
                        }
                    }
                    Ok(mut answer) => {
                        answer.grant = self.outside(answer.grant, index);
                        return Ok(answer);
                    }
                    Err(error) => {
                        let grant = self.outside(error.grant(), index);
                        return Err(error.with_grant(grant));
                    }
                }
            }
            // There is at least one way.
            Err(failed.unwrap_or_else(|| Error::new(ErrorKind::Caller, Sent::No, "no way to the peer")))
        })
    }

    fn renew<'a>(&'a self, grant: u64, deadline: Instant) -> BoxFuture<'a, Result<bool, Error>> {
        let (way, grant) = self.way_of(grant);
        way.renew(grant, deadline)
    }
}

impl fmt::Debug for Preferred {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Preferred({} ways)", self.0.len())
    }
}
