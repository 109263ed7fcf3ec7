use super::{
    Answer, CallOptions, Transport,
    attempts::{attempts, traced},
};
use crate::{
    Clock, Deviations, Endpoint, Error, ErrorKind, Observed, Observer, Protocol, Retry, Sent,
    SystemClock,
};
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

/// What may be set for a client, whatever its transport.
#[derive(Debug, Clone)]
pub struct Settings<P: Protocol> {
    /// The peer's name for logs and the observer.
    pub peer: Arc<str>,
    /// How the peer departs from the document.
    pub dialect: Arc<P::Dialect>,
    /// Deadline, repetitions, budget.
    pub options: CallOptions,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Told of deviations in replies.
    pub observer: Option<Observer>,
}

impl<P: Protocol> Default for Settings<P> {
    fn default() -> Self {
        Self {
            peer: "".into(),
            dialect: Arc::default(),
            options: CallOptions::default(),
            clock: Arc::new(SystemClock),
            observer: None,
        }
    }
}

impl<P: Protocol> Settings<P> {
    /// Reads a reply of `E` and tells the observer what it departed in.
    pub fn observed<E: Endpoint, T>(&self, read: impl FnOnce(&mut Deviations) -> T) -> T {
        let mut deviations = Deviations::default();
        let outcome = read(&mut deviations);
        if let Some(observer) = &self.observer
            && !deviations.is_empty()
        {
            observer.tell(Observed::new(&self.peer, E::LABEL, &deviations));
        }
        outcome
    }
}

/// Calls a peer: settings over a transport, and what the protocol needs beside them to seal.
pub struct Caller<P: Protocol> {
    /// What may be set.
    pub settings: Settings<P>,
    /// What carries the calls.
    pub transport: Arc<dyn Transport<Code = P::Code>>,
}

impl<P: Protocol> Clone for Caller<P> {
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            transport: self.transport.clone(),
        }
    }
}

impl<P: Protocol> fmt::Debug for Caller<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Caller({})", self.settings.peer)
    }
}

/// How one call is made: its requests, and what a reply of the peer means. A request is sealed anew
/// for each attempt.
pub trait Exchange<P: Protocol, E: Endpoint>: Sync {
    /// What a reply brings.
    type Reply: Send;

    /// Whether a call of `class` is repeated after its token was refused and replaced. A refused
    /// call did nothing; where nothing proves who refused, a call of the class [`Retry::Never`] is
    /// not.
    fn repeats_refused(class: Retry) -> bool {
        class != Retry::Never
    }

    /// Seals the request and sends it over `transport`.
    fn send(
        &self,
        transport: &dyn Transport<Code = P::Code>,
        deadline: Instant,
    ) -> impl Future<Output = Result<Answer, Error<P::Code>>> + Send;

    /// Opens the reply.
    ///
    /// # Errors
    /// The peer's refusal, a reply that cannot be read.
    fn open(
        &self,
        answer: &Answer,
        deviations: &mut Deviations,
    ) -> Result<Self::Reply, Error<P::Code>>;

    /// Whether the peer refused the token.
    fn is_token_refused(&self, outcome: &Result<Self::Reply, Error<P::Code>>) -> bool {
        let _ = outcome;
        false
    }
}

impl<P: Protocol> Caller<P> {
    /// A client's settings over `transport`.
    pub fn over(transport: impl Transport<Code = P::Code>) -> Self {
        Self {
            settings: Settings::default(),
            transport: Arc::new(transport),
        }
    }

    /// Calls `E` once it is known how: in a span, with repetitions as options and class allow, and
    /// with a refused token renewed once.
    ///
    /// # Errors
    /// What `prepare` found wrong with the request; that of the last attempt.
    pub async fn call<E: Endpoint, X: Exchange<P, E>>(
        &self,
        prepare: impl FnOnce() -> Result<X, Error<P::Code>>,
    ) -> Result<X::Reply, Error<P::Code>> {
        let Settings { peer, options, .. } = &self.settings;
        let span = tracing::info_span!(
            "call",
            proto = P::NAME,
            endpoint = E::NAME,
            name = E::METHOD,
            peer = &**peer,
            transport = self.transport.name(),
            entries = tracing::field::Empty,
            outcome = tracing::field::Empty
        );
        let calling = async {
            let exchange = prepare()?;
            let class = options.class_of(E::RETRY);
            let deadline = options.until();
            let renewed = AtomicBool::new(false);
            attempts(options, class, deadline, || {
                self.attempt::<E, X>(&exchange, class, deadline, &renewed)
            })
            .await
        };
        traced(span, E::LABEL, calling).await
    }

    async fn attempt<E: Endpoint, X: Exchange<P, E>>(
        &self,
        exchange: &X,
        class: Retry,
        deadline: Instant,
        renewed: &AtomicBool,
    ) -> Result<X::Reply, Error<P::Code>> {
        loop {
            let answer = exchange.send(&*self.transport, deadline).await?;
            let outcome = self
                .settings
                .observed::<E, _>(|deviations| exchange.open(&answer, deviations));
            match answer.grant {
                Some(grant)
                    if exchange.is_token_refused(&outcome)
                        && !renewed.swap(true, Ordering::Relaxed) =>
                {
                    let another = self.transport.renew(grant, deadline).await;
                    if !X::repeats_refused(class) || !another? {
                        return outcome;
                    }
                }
                _ => return outcome,
            }
        }
    }
}

impl Answer {
    /// The text of a reply of the protocol `P`. A reply counts whatever its status, since some
    /// peers refuse with 4xx or 5xx and the document's envelope.
    ///
    /// # Errors
    /// The status, where the body is no reply; bytes that are not UTF-8.
    pub fn text<P: Protocol>(&self) -> Result<&str, Error<P::Code>> {
        match std::str::from_utf8(&self.body) {
            Ok(text) if self.status == 200 || P::is_reply(text) => return Ok(text),
            Err(cause) if self.status == 200 => {
                return Err(Error::new(
                    ErrorKind::PeerBytes,
                    Sent::Answered,
                    "the reply is not UTF-8",
                )
                .caused_by(cause));
            }
            _ => {}
        }
        Err(P::unauthorized()
            .filter(|_| self.status == 401)
            .unwrap_or_else(|| self.status_error()))
    }
}

/// A client of a role: a handle to the crate's `Core`, which has a field `caller`; with `over`,
/// made by `Core::new` of any transport and what else is named. `$mode` is `one` or `entry`;
/// `$each` are the visitors of what it calls.
#[doc(hidden)]
#[macro_export]
macro_rules! client {
    ([one $($each:ident)+] over($code:ty $(,
        $arg:ident: $type:ty)*) $(#[$doc:meta])* $client:ident) => {
        $crate::client!([one $($each)+] $(#[$doc])* $client);

        impl $client {
            /// A client over any transport: HTTP, or a test double.
            pub fn over(transport: impl $crate::Transport<Code = $code> $(, $arg: $type)*) -> Self {
                Self { core: Core::new($crate::client::Caller::over(transport) $(, $arg)*) }
            }
        }
    };
    ([one $($each:ident)+] $(#[$doc:meta])* $client:ident) => {
        $crate::client!([$($each)+] $(#[$doc])* $client);

        impl $client {
            /// Calls any interface, also one of your own.
            ///
            /// # Errors
            /// As the named methods.
            pub async fn call<E: Endpoint>(&self, request: &E::Request) -> Result<E::Reply, Error> {
                $crate::client::CallOne::one::<E>(&self.core, request).await
            }
        }
    };
    ([$($each:ident)+] $(#[$doc:meta])* $client:ident) => {
        $(#[$doc])*
        ///
        /// A cheap handle; clones share everything.
        #[derive(Clone)]
        pub struct $client {
            pub(crate) core: Core,
        }

        $crate::client_verbs!($client, Dialect);
        $crate::call_text!($client, $($each)+);
    };
}

/// The verbs that every client has: its field `core` has a field `caller`.
#[doc(hidden)]
#[macro_export]
macro_rules! client_verbs {
    ($client:ident, $dialect:ty) => {
        impl $client {
            /// Names the peer, for logs and the observer.
            #[must_use]
            pub fn named(mut self, peer: impl Into<::std::sync::Arc<str>>) -> Self {
                self.core.caller.settings.peer = peer.into();
                self
            }

            /// Speaks the peer's dialect.
            #[must_use]
            pub fn dialect(mut self, dialect: impl Into<::std::sync::Arc<$dialect>>) -> Self {
                self.core.caller.settings.dialect = dialect.into();
                self
            }

            /// Reads the time from `clock`.
            #[must_use]
            pub fn clock(mut self, clock: ::std::sync::Arc<dyn $crate::Clock>) -> Self {
                self.core.caller.settings.clock = clock;
                self
            }

            /// Tells `observer` of every tolerated deviation in replies.
            #[must_use]
            pub fn observer(mut self, observer: $crate::Observer) -> Self {
                self.core.caller.settings.observer = Some(observer);
                self
            }

            /// The same client with other options:
            /// `client.with(|o| o.deadline = Duration::from_secs(3))`. Cheap, also for a single
            /// call.
            #[must_use]
            pub fn with(&self, set: impl FnOnce(&mut $crate::CallOptions)) -> Self {
                let mut client = self.clone();
                set(&mut client.core.caller.settings.options);
                client
            }
        }

        impl ::std::fmt::Debug for $client {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(
                    f,
                    concat!(stringify!($client), "({})"),
                    self.core.caller.settings.peer
                )
            }
        }
    };
}
