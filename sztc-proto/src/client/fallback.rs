use crate::{Error, code::BusinessCode};
use park_core::{Answer, BoxFuture, Call, ErrorKind, Sent, Transport};
use std::{fmt, time::Instant};

/// Several transports to one peer, in order of preference: the next one is tried only when nothing
/// was sent over the one before.
///
/// Down to a partner, the callback over HTTPS with the TCP connection behind it. A TCP link in
/// front of another transport should be one `without_waiting`, or it waits for its connection until
/// the deadline.
pub struct Fallback(
    // Never empty: there is a first one, and none is ever taken away.
    Vec<Box<dyn Transport<Code = BusinessCode>>>,
);

impl Fallback {
    /// This transport before all others.
    pub fn new(first: impl Transport<Code = BusinessCode>) -> Self {
        Self(vec![Box::new(first)])
    }

    /// Adds another transport behind those that it has.
    #[must_use]
    pub fn or(mut self, next: impl Transport<Code = BusinessCode>) -> Self {
        self.0.push(Box::new(next));
        self
    }
}

impl Fallback {
    /// The number by which the token `grant` of the transport number `index` is known outside; see
    /// [`transport_of`](Self::transport_of).
    ///
    /// The transports count in turn, so that each of them may be a `Fallback` itself. A number too
    /// high for it is not known outside, and not renewed.
    fn outside(&self, grant: Option<u64>, index: usize) -> Option<u64> {
        grant?
            .checked_mul(self.0.len() as u64)?
            .checked_add(index as u64)
    }

    /// The transport whose token the number `grant` is outside, and the number that it has there.
    fn transport_of(&self, grant: u64) -> (&dyn Transport<Code = BusinessCode>, u64) {
        let transports = self.0.len() as u64;
        (&*self.0[(grant % transports) as usize], grant / transports)
    }
}

impl Transport for Fallback {
    type Code = BusinessCode;

    /// The name that all transports have, or `several`.
    fn name(&self) -> &'static str {
        let name = self.0[0].name();
        if self.0.iter().all(|transport| transport.name() == name) {
            name
        } else {
            "several"
        }
    }

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let mut failed: Option<Error> = None;
            for (index, transport) in self.0.iter().enumerate() {
                match transport.exchange(call.clone()).await {
                    Err(error) if error.sent() == Sent::No => {
                        tracing::debug!(proto = "sztc", endpoint = call.endpoint, %error,
                            "not over this transport");
                        // Told to the caller if no transport is left: the first failure of one that
                        // carries this interface at all.
                        if failed
                            .as_ref()
                            .is_none_or(|failed| failed.kind() == ErrorKind::Caller)
                        {
                            failed = Some(error);
                        }
                    }
                    Ok(mut answer) => {
                        answer.grant = self.outside(answer.grant, index);
                        return Ok(answer);
                    }
                    Err(error) => return Err(error),
                }
            }
            // There is at least one transport.
            Err(failed.unwrap_or_else(|| {
                Error::new(ErrorKind::Caller, Sent::No, "no transport to the peer")
            }))
        })
    }

    fn renew<'a>(&'a self, grant: u64, deadline: Instant) -> BoxFuture<'a, Result<bool, Error>> {
        let (transport, grant) = self.transport_of(grant);
        transport.renew(grant, deadline)
    }
}

impl fmt::Debug for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fallback({} transports)", self.0.len())
    }
}
