use super::Answer;
use crate::{Error, ErrorKind, Refusal, Sent};

impl Answer {
    /// The error that a status other than success means, for a reply whose body tells nothing.
    pub fn status_error<C>(&self) -> Error<C> {
        let (blame, advice) = match self.status {
            429 => (ErrorKind::Network, "the peer asks to slow down"),
            502..=504 => (
                ErrorKind::Network,
                "a gateway before the peer answers; the peer itself may be down",
            ),
            500.. => (ErrorKind::Network, "the peer failed"),
            300..=399 => (
                ErrorKind::PeerBytes,
                "redirects are not followed: use the final address as base URL",
            ),
            401 | 403 => (
                ErrorKind::Refused,
                "the peer does not accept the token or this address",
            ),
            404 | 405 => (
                ErrorKind::PeerBytes,
                "no such interface there: is the base URL right?",
            ),
            408 => (
                ErrorKind::Timeout,
                "the peer gave up waiting for the request or for its own answer",
            ),
            413 => (ErrorKind::Caller, "the request is too long for the peer"),
            200..=299 => (
                ErrorKind::PeerBytes,
                "the body is no reply of this protocol",
            ),
            _ => (ErrorKind::PeerBytes, "the peer does not accept the request"),
        };
        let sent = match self.status {
            // A gateway tells that the request never reached the peer no more than that it did.
            408 | 429 => Sent::Maybe,
            300..=499 => Sent::Answered,
            _ => Sent::Maybe,
        };
        let what = format!("HTTP {}: {advice}", self.status);
        let error = match blame {
            ErrorKind::Refused => Error::refused(Refusal::message(what)),
            _ => Error::new(blame, sent, what),
        };
        error.retry_after(self.retry_after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_status_tells_who_is_to_blame_and_how_far_the_request_got() {
        for (status, blame, sent) in [
            (201, ErrorKind::PeerBytes, Sent::Maybe),
            (307, ErrorKind::PeerBytes, Sent::Answered),
            (400, ErrorKind::PeerBytes, Sent::Answered),
            (401, ErrorKind::Refused, Sent::Answered),
            (403, ErrorKind::Refused, Sent::Answered),
            (404, ErrorKind::PeerBytes, Sent::Answered),
            (408, ErrorKind::Timeout, Sent::Maybe),
            (413, ErrorKind::Caller, Sent::Answered),
            (429, ErrorKind::Network, Sent::Maybe),
            (500, ErrorKind::Network, Sent::Maybe),
            (503, ErrorKind::Network, Sent::Maybe),
        ] {
            let mut reply = Answer::new("");
            (reply.status, reply.retry_after) = (status, Some(Duration::from_secs(1)));
            let error: Error<u16> = reply.status_error();
            assert_eq!((error.kind(), error.sent()), (blame, sent), "{error}");
            assert_eq!(
                error.refusal().is_some(),
                blame == ErrorKind::Refused,
                "{error}"
            );
            assert_eq!(error.wait_hint(), reply.retry_after);
            assert!(
                error.to_string().contains(&format!("HTTP {status}")),
                "{error}"
            );
        }
    }
}
