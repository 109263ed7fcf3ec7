use super::{Call, Transport};
use crate::{
    Credentials, Dialect, Endpoint, Error, MemorySequence, OpenError, Refusal, Ret, Sequence,
    endpoint::*,
    envelope::{read_reply, seal_request},
    model::*,
};
use park_core::{
    CallOptions, Check, Clock, Deviations, ErrorKind, Observed, Observer, Retry, Sent, SystemClock, Timestamp, Violation, Violations,
    client::{attempts, traced},
    json::{Place, encode_to},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant, UNIX_EPOCH},
};

/// What both roles' clients are made of.
#[derive(Clone)]
pub(super) struct Core {
    via: Arc<dyn Transport>,
    pub(super) credentials: Credentials,
    pub(super) sequence: Arc<dyn Sequence>,
    pub(super) peer: Arc<str>,
    pub(super) dialect: Arc<Dialect>,
    pub(super) options: CallOptions,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) observer: Option<Observer>,
}

macro_rules! call_methods {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $name:literal $title:literal, $request:ty => $reply:ty, $retry:ident;)*) => {$(
        $(#[doc = $doc])*
        #[doc = concat!("(", $title, ")")]
        #[doc(alias = $title)]
        ///
        /// # Errors
        /// See [`Error`]: a rule of the document broken, the line, the deadline, the peer's refusal.
        pub async fn $method(&self, request: &$request) -> Result<$reply, Error> {
            self.core.call::<$marker>(request).await
        }
    )*};
}

macro_rules! client {
    ($(#[$doc:meta])* $client:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub struct $client {
            pub(super) core: Core,
        }

        impl $client {
            /// A client over `via`: HTTPS, or a double. It counts its messages by itself; clients that speak as the same operator share a
            /// [`sequence`](Self::sequence).
            pub fn over(via: impl Transport, credentials: Credentials) -> Self {
                Self { core: Core::new(Arc::new(via), credentials) }
            }

            /// The same, taking TimeStamp and Seq from `sequence`.
            #[must_use]
            pub fn sequence(mut self, sequence: Arc<dyn Sequence>) -> Self {
                self.core.sequence = sequence;
                self
            }

            /// Calls any interface, also one of your own.
            ///
            /// # Errors
            /// As the named methods.
            pub async fn call<E: Endpoint>(&self, request: &E::Request) -> Result<E::Reply, Error> {
                self.core.call::<E>(request).await
            }
        }

        park_core::client_verbs!($client, Dialect);
    };
}

client! {
    /// Calls a charge point operator (基础设施运营商): its stations, and charging at them. A cheap handle; clones share everything.
    CpoClient
}
client! {
    /// Calls a customer's operator (客户归属运营商): what a charge point operator tells it. A cheap handle; clones share everything.
    EmspClient
}

impl CpoClient {
    crate::for_each_cpo_interface!(call_methods);
}

impl EmspClient {
    crate::for_each_emsp_interface!(call_methods);
}

impl Core {
    pub(super) fn new(via: Arc<dyn Transport>, credentials: Credentials) -> Self {
        Self {
            via,
            credentials,
            sequence: Arc::new(MemorySequence::default()),
            peer: "".into(),
            dialect: Arc::default(),
            options: CallOptions::default(),
            clock: Arc::new(SystemClock),
            observer: None,
        }
    }

    /// The same over another way.
    pub(super) fn by(&self, via: impl Transport) -> Self {
        Self {
            via: Arc::new(via),
            ..self.clone()
        }
    }

    pub(super) async fn call<E: Endpoint>(&self, request: &E::Request) -> Result<E::Reply, Error> {
        let span = tracing::info_span!(
            "call",
            proto = "evcs",
            endpoint = E::NAME,
            peer = &*self.peer,
            transport = "https",
            outcome = tracing::field::Empty
        );
        let calling = async {
            let plaintext = self.write(request)?;
            let deadline = self.options.until();
            let renewed = AtomicBool::new(false);
            attempts(&self.options, self.options.class_of(E::RETRY), deadline, || {
                self.attempt::<E>(&plaintext, deadline, &renewed)
            })
            .await
        };
        traced(span, E::NAME, calling).await
    }

    /// One attempt. A refused token is renewed once, and then the call repeated unless its class is [`Retry::Never`]: that nothing was done stands in a
    /// reply that anybody may have written. The next call has the new token.
    async fn attempt<E: Endpoint>(&self, plaintext: &str, deadline: Instant, renewed: &AtomicBool) -> Result<E::Reply, Error> {
        let write = &self.dialect.write;
        let interface = write.interface(E::NAME);
        let repeats = self.options.class_of(E::RETRY) != Retry::Never;
        loop {
            let stamp = self.stamp(deadline).await?;
            let Credentials { operator_id, keys } = &self.credentials;
            let sealed = seal_request(keys, operator_id, stamp, plaintext, write.form);
            let answer = self.via.exchange(Call::new(interface, &sealed, deadline)).await;
            let (grant, text) = match answer {
                Ok(answer) => (answer.grant, Ok(answer.text)),
                Err(error) => (error.grant(), Err(error)),
            };
            let outcome = text.and_then(|text| self.read::<E>(&text));
            let refused = outcome.as_ref().is_err_and(is_token_refused);
            match grant {
                Some(grant) if refused && !renewed.swap(true, Ordering::Relaxed) => {
                    let another = self.via.renew(grant, deadline).await;
                    if !repeats || !another? {
                        return outcome;
                    }
                }
                _ => return outcome,
            }
        }
    }

    /// The next TimeStamp and Seq; waits for the next second when this one's are used up.
    async fn stamp(&self, deadline: Instant) -> Result<crate::Stamp, Error> {
        loop {
            let now = self.clock.now();
            if let Some(stamp) = self.sequence.next(Timestamp::at(now)).await {
                return Ok(stamp);
            }
            let into = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.subsec_nanos());
            let wait = Duration::from_secs(1) - Duration::from_nanos(into.into());
            if Instant::now().checked_add(wait).is_none_or(|next| next >= deadline) {
                let what = "the sequence numbers of this second are used up, and the deadline comes before the next";
                return Err(Error::new(ErrorKind::Busy, Sent::No, what));
            }
            tokio::time::sleep(wait).await;
        }
    }

    /// The parameters as they travel inside Data, checked first.
    fn write<T: Model>(&self, request: &T) -> Result<String, Error> {
        let mut violations = Violations::default();
        request.check(&mut violations);
        let found = violations.to_send(&self.dialect.write.waived);
        if !found.is_empty() {
            return Err(Error::invalid(ErrorKind::Caller, Sent::No, found));
        }
        let mut text = String::new();
        encode_to(request, &self.dialect.write.names, &mut text)
            .map_err(|cause| Error::new(ErrorKind::Caller, Sent::No, "a value cannot be written").caused_by(cause))?;
        Ok(text)
    }

    fn read<E: Endpoint>(&self, text: &str) -> Result<E::Reply, Error> {
        let mut deviations = Deviations::default();
        let reply = self.open::<E>(text, &mut deviations);
        if let Some(observer) = &self.observer
            && !deviations.is_empty()
        {
            observer.tell(Observed::new(&self.peer, E::NAME, &deviations));
        }
        reply
    }

    /// Ret first, then the signature, then Data: a refusal often has neither signature nor Data.
    fn open<E: Endpoint>(&self, text: &str, deviations: &mut Deviations) -> Result<E::Reply, Error> {
        let Dialect { read: rules, accept, .. } = &*self.dialect;
        let keys = &self.credentials.keys;
        let invalid = |violation: Violation| Error::invalid(ErrorKind::PeerBytes, Sent::Answered, vec![violation]);
        let unreadable = |cause: OpenError| match cause {
            OpenError::Envelope(violation) => invalid(violation),
            cause => Error::new(ErrorKind::PeerBytes, Sent::Answered, "the reply cannot be opened").caused_by(cause),
        };
        let reply = read_reply(text, rules, deviations).map_err(invalid)?;
        if reply.ret != Ret::OK {
            return Err(refused(reply.ret, &reply.msg, reply.is_signed(keys)));
        }
        let verified = reply.verify(keys, *accept, rules, deviations).map_err(unreadable)?;
        let plaintext = match verified {
            Some(verified) => verified.open(keys, *accept, rules, deviations).map_err(unreadable)?,
            None => return Err(Error::new(ErrorKind::PeerBytes, Sent::Answered, "the reply has no Data")),
        };
        let value: E::Reply = Place::default().decode(&plaintext, rules, deviations).map_err(invalid)?;
        let mut violations = Violations::default();
        value.check(&mut violations);
        let found = violations.on_receipt(rules, deviations);
        if found.is_empty() {
            Ok(value)
        } else {
            Err(Error::invalid(ErrorKind::PeerBytes, Sent::Answered, found))
        }
    }
}

fn refused(ret: Ret, msg: &str, signed: bool) -> Error {
    let refusal = Refusal::new(ret, msg);
    let error = match ret {
        Ret::BUSY => Error::busy(refusal),
        _ => Error::refused(refusal),
    };
    if signed { error } else { error.unauthenticated() }
}

pub(super) fn is_token_refused(error: &Error) -> bool {
    error.refusal().is_some_and(|refusal| refusal.code == Some(Ret::WRONG_TOKEN))
}
