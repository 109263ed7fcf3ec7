//! What both roles' clients do around one call.
use super::{Answer, Request, Transport};
use crate::{Dialect, Error, Info, Refusal, ReplyError, Role, codec::Unread};
use park_core::{
    CallOptions, Check, Deviations, ErrorKind, Observed, Observer, Retry, Sent, Violations,
    client::HttpReply,
    client::{attempts, traced},
};
use std::sync::Arc;

/// What both roles' clients are made of.
#[derive(Clone)]
pub(super) struct Core {
    pub(super) via: Arc<dyn Transport>,
    pub(super) peer: Arc<str>,
    pub(super) dialect: Arc<Dialect>,
    pub(super) options: CallOptions,
    pub(super) observer: Option<Observer>,
}

/// The verbs that both roles' clients have.
macro_rules! client_verbs {
    ($client:ident) => {
        park_core::client_verbs!($client);

        impl $client {
            /// The same, talking as this vendor does.
            #[must_use]
            pub fn dialect(mut self, dialect: impl Into<std::sync::Arc<crate::Dialect>>) -> Self {
                self.core.dialect = dialect.into();
                self
            }
        }
    };
}
pub(super) use client_verbs;

impl Core {
    pub(super) fn new(via: Arc<dyn Transport>, peer: Arc<str>) -> Self {
        Self {
            via,
            peer,
            dialect: Arc::default(),
            options: CallOptions::default(),
            observer: None,
        }
    }

    /// Makes attempts of a call until one succeeds or another is forbidden.
    pub(super) async fn call<T, F: Future<Output = Result<T, Error>>>(
        &self,
        info: &'static Info,
        attempt: impl Fn(std::time::Instant) -> F,
    ) -> Result<T, Error> {
        let span = tracing::info_span!(
            "call",
            proto = "pile",
            endpoint = info.name,
            peer = &*self.peer,
            transport = "https",
            outcome = tracing::field::Empty
        );
        let deadline = self.options.until();
        match self.options.class_of(info.retry) {
            // Not even after an attempt that sent nothing: it is the caller who decides about charging.
            Retry::Never => traced(span, info.name, attempt(deadline)).await,
            class => traced(span, info.name, attempts(&self.options, class, deadline, || attempt(deadline))).await,
        }
    }

    /// Refuses a value that breaks the document's rules.
    pub(super) fn check(&self, value: &impl Check) -> Result<(), Error> {
        let mut violations = Violations::default();
        value.check(&mut violations);
        let found = violations.to_send(&self.dialect.write.waived);
        if found.is_empty() {
            Ok(())
        } else {
            Err(Error::invalid(ErrorKind::Caller, Sent::No, found))
        }
    }

    /// One exchange: the text of an answer, whatever it says.
    pub(super) async fn exchange(&self, info: &Info, request: Request<'_>) -> Result<String, Error> {
        let Answer { status, retry_after, text } = self.via.exchange(request).await?;
        match status {
            200..=299 => return Ok(text),
            401 => return Err(Error::refused(Refusal::new("401".into(), "HTTP 401"))),
            _ => {}
        }
        match self.refusal(&text) {
            // A callback that the aggregator could not take is told again, whatever code it has for that.
            Some(refusal) if info.role == Role::Aggregator && (status >= 500 || status == 429) => Err(Error::busy(refusal).retry_after(retry_after)),
            // Some refuse by status and in the body, which says more.
            Some(_) => Ok(text),
            None => {
                let body = Vec::new();
                Err(HttpReply { status, retry_after, body }.error())
            }
        }
    }

    fn refusal(&self, text: &str) -> Option<Refusal> {
        match self.dialect.open_reply(text, &mut Deviations::default()) {
            Err(ReplyError::Refused(refusal)) => Some(refusal),
            _ => None,
        }
    }

    /// Reads an answer and tells the observer what it departed in.
    pub(super) fn read<T>(&self, info: &Info, read: impl FnOnce(&mut Deviations) -> Result<T, Unread>) -> Result<T, Error> {
        let mut deviations = Deviations::default();
        let reply = read(&mut deviations);
        if let Some(observer) = &self.observer
            && !deviations.is_empty()
        {
            observer.tell(Observed::new(&self.peer, info.name, &deviations));
        }
        reply.map_err(|unread| match unread {
            Unread::Refused(refusal) => Error::refused(refusal),
            Unread::Invalid(violations) => Error::invalid(ErrorKind::PeerBytes, Sent::Answered, violations),
        })
    }
}

/// A value of ours that has no form in JSON, which none of this crate's is.
pub(super) fn unwritable(cause: park_core::json::EncodeError) -> Error {
    Error::new(ErrorKind::Caller, Sent::No, "a value cannot be written").caused_by(cause)
}
