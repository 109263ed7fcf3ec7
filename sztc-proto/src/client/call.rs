use super::{Call, Transport};
use crate::{BusinessCode, Dialect, Endpoint, Error, Outcome, Refusal, Shape, client::read_reply, endpoint::*, envelope::seal_request, model::*};
use park_core::{
    CallOptions, Clock, Deviations, ErrorKind, Observed, Observer, Sent, SystemClock, Timestamp, Violations, client::attempts, json::encode_to,
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

/// What both roles' clients are made of.
#[derive(Clone)]
pub(super) struct Core {
    via: Arc<dyn Transport>,
    pub(super) peer: Arc<str>,
    pub(super) dialect: Arc<Dialect>,
    options: CallOptions,
    clock: Arc<dyn Clock>,
    observer: Option<Observer>,
}

macro_rules! call_methods {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $code:literal $title:literal, $request:ty => $reply:ty { $($own:tt)* };)*) => {$(
        $(#[doc = $doc])*
        #[doc = concat!("(", $title, ", ", $code, ")")]
        #[doc(alias = $title)]
        ///
        /// # Errors
        /// See [`Error`]: a rule of the document broken, the line, the deadline, the peer's refusal.
        pub async fn $method(&self, item: $request) -> Result<$reply, Error> {
            self.core.one::<$marker>(item).await
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
            /// A client over `via`: HTTPS, a live TCP session, or a double.
            pub fn over(via: impl Transport) -> Self {
                Self { core: Core::new(Arc::new(via)) }
            }

            /// Calls any interface with any number of entries, also one of your own. One outcome for each entry.
            ///
            /// # Errors
            /// As the named methods; the peer's refusal of a single entry is in its outcome.
            pub async fn call<E: Endpoint>(&self, items: &[E::Request]) -> Result<Vec<Outcome<E::Reply>>, Error> {
                self.core.call::<E>(items).await
            }
        }

        park_core::client_verbs!($client, Dialect);
    };
}

client! {
    /// Calls the city platform (城市停车管理平台): what a parking system reports and asks. A cheap handle; clones share everything.
    CityClient
}
client! {
    /// Calls an external system (外部系统或平台): what the city platform sends down. A cheap handle; clones share everything.
    PartnerClient
}

impl CityClient {
    crate::for_each_city_interface!(call_methods);

    /// Reports many spaces in one call (3004).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn report_spaces(&self, items: &[SpaceReport]) -> Result<Vec<Outcome<SpaceReply>>, Error> {
        self.call::<ReportSpace>(items).await
    }

    /// Reports the states of many spaces in one call (5001).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn report_space_states(&self, items: &[SpaceStateReport]) -> Result<Vec<Outcome<SpaceStateReply>>, Error> {
        self.call::<ReportSpaceState>(items).await
    }

    /// Reports the states of many gates in one call (5011).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn report_gate_states(&self, items: &[GateStateReport]) -> Result<Vec<Outcome<GateStateReply>>, Error> {
        self.call::<ReportGateState>(items).await
    }
}

#[cfg(feature = "client")]
impl CityClient {
    /// The same client, with the same dialect and clock, over another way.
    pub(super) fn by(&self, via: impl Transport) -> Self {
        let mut client = self.clone();
        client.core.via = Arc::new(via);
        client
    }
}

impl PartnerClient {
    crate::for_each_partner_interface!(call_methods);

    /// Updates many entries of the control list in one call (4001).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn update_controls(&self, items: &[ControlUpdate]) -> Result<Vec<Outcome<ControlUpdateReply>>, Error> {
        self.call::<UpdateControl>(items).await
    }
}

impl Core {
    fn new(via: Arc<dyn Transport>) -> Self {
        Self {
            via,
            peer: "".into(),
            dialect: Arc::default(),
            options: CallOptions::default(),
            clock: Arc::new(SystemClock),
            observer: None,
        }
    }

    pub(super) async fn one<E: Endpoint>(&self, item: E::Request) -> Result<E::Reply, Error> {
        let outcome = self.call::<E>(std::slice::from_ref(&item)).await?.pop();
        // `call` gives one outcome for each entry.
        let outcome = outcome.unwrap_or_else(|| Err(Refusal::message("no entry in the reply")));
        outcome.map_err(|refusal| Error::refused(refusal).at(E::NAME))
    }

    async fn call<E: Endpoint>(&self, items: &[E::Request]) -> Result<Vec<Outcome<E::Reply>>, Error> {
        traced::<E, _>(&self.peer, self.via.transport(), items.len(), self.attempts::<E>(items)).await
    }

    async fn attempts<E: Endpoint>(&self, items: &[E::Request]) -> Result<Vec<Outcome<E::Reply>>, Error> {
        if E::SHAPE == Shape::Many && items.len() != 1 {
            let what = "asks for one entry a call: the entries of the reply do not say which question they answer";
            return Err(Error::new(ErrorKind::Caller, Sent::No, what));
        }
        let entries = self.write(items)?;
        let deadline = self.options.until();
        let renewed = AtomicBool::new(false);
        attempts(&self.options, self.options.class_of(E::RETRY), deadline, || {
            self.attempt::<E>(&entries, deadline, &renewed)
        })
        .await
    }

    /// One attempt; and another where the token was refused, which means that nothing was done, so the call may be repeated whatever its class.
    async fn attempt<E: Endpoint>(&self, entries: &[String], deadline: Instant, renewed: &AtomicBool) -> Result<Vec<Outcome<E::Reply>>, Error> {
        loop {
            let now = Timestamp::at(self.clock.now());
            let sealed = seal_request(entries.iter().map(String::as_str), now, self.dialect.write.scheme)
                .map_err(|violation| Error::invalid(ErrorKind::Caller, Sent::No, vec![violation]))?;
            let answer = self.via.exchange(Call::new(E::CODE, E::NAME, &sealed, deadline)).await;
            let (grant, text) = match answer {
                Ok(answer) => (answer.grant, Ok(answer.text)),
                Err(error) => (error.grant(), Err(error)),
            };
            let outcome = text.and_then(|text| self.read::<E>(&text, entries.len()));
            match grant {
                Some(grant) if is_token_refused(&outcome) && !renewed.swap(true, Ordering::Relaxed) => {
                    if !self.via.renew(grant, deadline).await? {
                        return outcome;
                    }
                }
                _ => return outcome,
            }
        }
    }

    /// The entries as they travel, checked first.
    fn write<T: Model>(&self, items: &[T]) -> Result<Vec<String>, Error> {
        let mut found = Vec::new();
        let mut entries = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let mut violations = Violations::of_item("data", index);
            item.check(&mut violations);
            found.extend(violations.to_send(&self.dialect.write.waived));
            let mut entry = String::new();
            encode_to(item, &self.dialect.write.names, &mut entry)
                .map_err(|cause| Error::new(ErrorKind::Caller, Sent::No, "a value cannot be written").caused_by(cause))?;
            entries.push(entry);
        }
        if found.is_empty() {
            Ok(entries)
        } else {
            Err(Error::invalid(ErrorKind::Caller, Sent::No, found))
        }
    }

    pub(super) fn read<E: Endpoint>(&self, text: &str, asked: usize) -> Result<Vec<Outcome<E::Reply>>, Error> {
        let mut deviations = Deviations::default();
        let outcomes = read_reply::<E>(text, asked, &self.dialect.read, &mut deviations);
        if let Some(observer) = &self.observer
            && !deviations.is_empty()
        {
            observer.tell(Observed::new(&self.peer, E::NAME, &deviations));
        }
        outcomes
    }
}

/// Runs a call of `E` in its span.
pub(super) async fn traced<E: Endpoint, T>(
    peer: &str,
    transport: &str,
    entries: usize,
    call: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let span = tracing::info_span!(
        "call",
        proto = "sztc",
        endpoint = E::CODE,
        name = E::METHOD,
        peer,
        transport,
        entries,
        outcome = tracing::field::Empty
    );
    park_core::client::traced(span, E::NAME, call).await
}

/// Whether the token was refused: the whole call, or every entry of it.
pub(super) fn is_token_refused<T>(outcome: &Result<Vec<Outcome<T>>, Error>) -> bool {
    let wrong = |refusal: &Refusal| refusal.code == Some(BusinessCode::WRONG_TOKEN);
    match outcome {
        Err(error) => error.refusal().is_some_and(wrong),
        Ok(outcomes) => !outcomes.is_empty() && outcomes.iter().all(|outcome| outcome.as_ref().is_err_and(wrong)),
    }
}
