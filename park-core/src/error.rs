use crate::Violation;
use std::{
    error::Error as StdError,
    fmt::{self, Write},
    sync::Arc,
    time::Duration,
};

/// Who has to act when a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The line: no connection, broken connection, TLS, a gateway's answer.
    Network,
    /// No reply within the deadline.
    Timeout,
    /// The peer sent what the document does not allow and tolerance cannot bridge.
    PeerBytes,
    /// The peer understood and refused; see [`Error::refusal`].
    Refused,
    /// The call itself: a value that breaks the document's rules, or a wrong configuration. See
    /// [`Error::violations`].
    Caller,
    /// Too much at once: here, a full queue or too many calls in flight, and nothing was sent; or
    /// the peer says that it is busy.
    Busy,
    /// The client or session was closed.
    Closed,
}

/// How far a failed call got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sent {
    /// Nothing left this process: repeating is safe.
    No,
    /// Bytes left, no reply came: the peer may have acted.
    Maybe,
    /// The peer replied.
    Answered,
}

/// A refusal: the code and message with which one side tells the other that it will not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Refusal<C> {
    /// The protocol's code; absent if the peer gave only a message.
    pub code: Option<C>,
    /// The text for people.
    pub message: String,
}

impl<C> Refusal<C> {
    /// Refuses with a code and a text for people.
    pub fn new(code: C, message: impl Into<String>) -> Self {
        Self {
            code: Some(code),
            message: message.into(),
        }
    }

    /// Refuses without a code.
    pub fn message(message: impl Into<String>) -> Self {
        Self {
            code: None,
            message: message.into(),
        }
    }
}

impl<C: fmt::Display> fmt::Display for Refusal<C> {
    /// Control characters in the message are escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(code) = &self.code {
            write!(f, "{code}: ")?;
        }
        // The text is the peer's: it must not begin a line of its own in a log, nor steer a
        // terminal.
        self.message.chars().try_for_each(|c| match c.is_control() {
            true => write!(f, "{}", c.escape_default()),
            false => f.write_char(c),
        })
    }
}

impl<C: fmt::Debug + fmt::Display> StdError for Refusal<C> {}

/// Why a call failed, and what to do about it. `C` is the protocol's code type; each protocol crate
/// names its own alias.
///
/// The text tells interface, field and reason and never contains a key, token or payload. Causes
/// are reached through [`StdError::source`].
#[derive(Clone)]
pub struct Error<C>(Box<Inner<C>>);

#[derive(Clone)]
struct Inner<C> {
    blame: ErrorKind,
    sent: Sent,
    what: String,
    endpoint: Option<&'static str>,
    refusal: Option<Refusal<C>>,
    violations: Vec<Violation>,
    retry_after: Option<Duration>,
    unauthenticated: bool,
    source: Option<Arc<dyn StdError + Send + Sync>>,
}

impl<C> Error<C> {
    /// An error; `what` is for people.
    pub fn new(blame: ErrorKind, sent: Sent, what: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            blame,
            sent,
            what: what.into(),
            endpoint: None,
            refusal: None,
            violations: Vec::new(),
            retry_after: None,
            unauthenticated: false,
            source: None,
        }))
    }

    /// The peer refused.
    pub fn refused(refusal: Refusal<C>) -> Self {
        let mut error = Self::new(ErrorKind::Refused, Sent::Answered, "refused by the peer");
        error.0.refusal = Some(refusal);
        error
    }

    /// The peer refused because it is busy: it did nothing, and asks for another attempt later.
    pub fn busy(refusal: Refusal<C>) -> Self {
        let mut error = Self::new(ErrorKind::Busy, Sent::Answered, "the peer is busy");
        error.0.refusal = Some(refusal);
        error
    }

    /// A value breaks the document's rules: before sending by the caller's fault, in a reply by the
    /// peer's.
    pub fn invalid(blame: ErrorKind, sent: Sent, violations: Vec<Violation>) -> Self {
        let what = match blame {
            ErrorKind::PeerBytes => "the reply breaks the document's rules",
            _ => "the request breaks the document's rules",
        };
        let mut error = Self::new(blame, sent, what);
        error.0.violations = violations;
        error
    }

    /// The same, of a refusal without a signature that proves who wrote it.
    #[must_use]
    pub fn unauthenticated(mut self) -> Self {
        self.0.unauthenticated = true;
        self.0
            .what
            .push_str(" (unsigned: whoever is on the line may have written it)");
        self
    }

    /// The same, for the interface `endpoint`.
    #[must_use]
    pub fn at(mut self, endpoint: &'static str) -> Self {
        self.0.endpoint.get_or_insert(endpoint);
        self
    }

    /// The same, caused by `source`.
    #[must_use]
    pub fn caused_by(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into().into());
        self
    }

    /// The same, with the peer's wish when to come back.
    #[must_use]
    pub fn retry_after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    /// The same, having got as far as `sent`: for the call that it ended, which may differ from the
    /// one that failed (a login before it).
    #[doc(hidden)]
    #[must_use]
    pub fn having_sent(mut self, sent: Sent) -> Self {
        self.0.sent = sent;
        self
    }

    /// Who has to act.
    pub fn kind(&self) -> ErrorKind {
        self.0.blame
    }

    /// How far the call got: decides whether a payment that timed out may be repeated.
    pub fn sent(&self) -> Sent {
        self.0.sent
    }

    /// The interface that was called.
    pub fn endpoint(&self) -> Option<&'static str> {
        self.0.endpoint
    }

    /// Where in the message, in wire names, if one place is to blame.
    pub fn path(&self) -> Option<&str> {
        self.0
            .violations
            .first()
            .map(|violation| violation.path.as_str())
    }

    /// The peer's code and message.
    pub fn refusal(&self) -> Option<&Refusal<C>> {
        self.0.refusal.as_ref()
    }

    /// Whether the peer refused the call with `code`.
    pub fn is_refusal(&self, code: &C) -> bool
    where
        C: PartialEq,
    {
        self.refusal()
            .is_some_and(|refusal| refusal.code.as_ref() == Some(code))
    }

    /// Whether the protocol signs replies and this refusal had no valid signature: it is probably
    /// the peer's, but nothing proves it.
    pub fn is_unauthenticated(&self) -> bool {
        self.0.unauthenticated
    }

    /// Every rule that was broken, with wire paths.
    pub fn violations(&self) -> &[Violation] {
        &self.0.violations
    }

    /// How long the peer asks to wait before the next attempt.
    pub fn wait_hint(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Whether another attempt could succeed without a change on either side: the line failed or
    /// was too busy.
    pub fn is_temporary(&self) -> bool {
        matches!(
            self.0.blame,
            ErrorKind::Network | ErrorKind::Timeout | ErrorKind::Busy
        )
    }
}

impl<C: fmt::Display> fmt::Display for Error<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(endpoint) = self.0.endpoint {
            write!(f, "{endpoint}: ")?;
        }
        f.write_str(&self.0.what)?;
        if let Some(refusal) = &self.0.refusal {
            write!(f, ": {refusal}")?;
        }
        for (index, violation) in self.0.violations.iter().enumerate() {
            f.write_str(if index == 0 { ": " } else { "; " })?;
            write!(f, "{violation}")?;
        }
        match self.0.sent {
            Sent::No => f.write_str(" (nothing was sent)"),
            Sent::Maybe => f.write_str(" (the peer may have acted)"),
            Sent::Answered => Ok(()),
        }
    }
}

impl<C: fmt::Display> fmt::Debug for Error<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}({self})", self.0.blame)?;
        match &self.0.source {
            Some(source) => write!(f, " caused by {source:?}"),
            None => Ok(()),
        }
    }
}

impl<C: fmt::Display> StdError for Error<C> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rule;

    #[test]
    fn the_text_tells_interface_field_reason_and_how_far_it_got() {
        let error: Error<u16> = Error::invalid(
            ErrorKind::Caller,
            Sent::No,
            vec![Violation::new(
                "data[0].parkCode",
                Rule::TooLong { max: 20, found: 21 },
            )],
        )
        .at("3001 report_lot");
        assert_eq!(
            error.to_string(),
            "3001 report_lot: the request breaks the document's rules: data[0].parkCode: 21 \
                characters, at most 20 allowed (nothing was sent)"
        );
        assert_eq!(
            (error.path(), error.kind(), error.is_temporary()),
            (Some("data[0].parkCode"), ErrorKind::Caller, false)
        );
        let refused: Error<u16> = Error::refused(Refusal::new(1101, "停车场不存在"));
        assert_eq!(
            refused.to_string(),
            "refused by the peer: 1101: 停车场不存在"
        );
        let theirs: Error<u16> = Error::invalid(
            ErrorKind::PeerBytes,
            Sent::Answered,
            vec![Violation::new("resultCode", Rule::Missing)],
        );
        assert!(
            theirs
                .to_string()
                .starts_with("the reply breaks the document's rules: resultCode"),
            "{theirs}"
        );
    }

    #[test]
    fn what_the_peer_says_does_not_begin_a_line_or_steer_a_terminal() {
        let refusal: Refusal<u16> = Refusal::new(1000, "a\nERROR \u{1b}[2J\u{7f}满");
        assert_eq!(refusal.to_string(), r"1000: a\nERROR \u{1b}[2J\u{7f}满");
        assert!(
            !Error::refused(refusal)
                .to_string()
                .contains(char::is_control)
        );
    }
}
