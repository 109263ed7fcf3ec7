use super::reply::read_reply;
use crate::{
    Dialect, Error, ErrorKind, Outcome, Refusal, Sent,
    code::BusinessCode,
    endpoint::{
        Endpoint, ReportGateState, ReportSpace, ReportSpaceState, Shape, UpdateControl,
        each_city_interface, each_partner_interface, each_session_interface,
    },
    envelope::{push_refusal, seal_request},
    model::*,
    protocol::Sztc,
};
use park_core::{
    Answer, Call, Content, Deviations, PeerDialect, Retry, Timestamp, Transport, Violations,
    client::{Caller, Exchange, record},
    json::{Place, encode, encode_to, lexer},
    message::{unwritable, violations_of},
};
use std::time::Instant;

/// What both roles' clients are made of.
#[derive(Clone)]
pub(crate) struct Core {
    pub(crate) caller: Caller<Sztc>,
}

park_core::client! { [each_session_interface each_city_interface]
    /// Calls the city platform (城市停车管理平台): what a parking system reports and asks.
    CityClient
}
park_core::client! { [each_partner_interface]
    /// Calls an external system (外部系统或平台): what the city platform sends down.
    PartnerClient
}
crate::for_each_city_interface!(park_core::client_methods [entry CityClient]);
crate::for_each_partner_interface!(park_core::client_methods [entry PartnerClient]);

macro_rules! verbs {
    ($($client:ident)*) => {$(
        impl $client {
            /// A client over any transport: HTTPS, a live TCP session, or a test double.
            pub fn over(transport: impl Transport<Code = BusinessCode>) -> Self {
                Self { core: Core { caller: Caller::over(transport) } }
            }

            /// Calls any interface with any number of entries, also one of your own. One outcome
            /// for each entry.
            ///
            /// # Errors
            /// As the named methods; the peer's refusal of a single entry is in its outcome.
            pub async fn call<E: Endpoint>(&self,
                items: &[E::Request]) -> Result<Vec<Outcome<E::Reply>>, Error> {
                self.core.call::<E>(items).await
            }
        }
    )*};
}
verbs!(CityClient PartnerClient);

impl CityClient {
    /// Reports many spaces in one call (3004).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn report_spaces(
        &self,
        items: &[SpaceReport],
    ) -> Result<Vec<Outcome<SpaceReply>>, Error> {
        self.call::<ReportSpace>(items).await
    }

    /// Reports the states of many spaces in one call (5001).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn report_space_states(
        &self,
        items: &[SpaceStateReport],
    ) -> Result<Vec<Outcome<SpaceStateReply>>, Error> {
        self.call::<ReportSpaceState>(items).await
    }

    /// Reports the states of many gates in one call (5011).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn report_gate_states(
        &self,
        items: &[GateStateReport],
    ) -> Result<Vec<Outcome<GateStateReply>>, Error> {
        self.call::<ReportGateState>(items).await
    }
}

impl PartnerClient {
    /// Updates many entries of the control list in one call (4001).
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn update_controls(
        &self,
        items: &[ControlUpdate],
    ) -> Result<Vec<Outcome<ControlUpdateReply>>, Error> {
        self.call::<UpdateControl>(items).await
    }
}

impl Core {
    pub(crate) async fn entry<E: Endpoint>(&self, item: E::Request) -> Result<E::Reply, Error> {
        let outcome = self.call::<E>(std::slice::from_ref(&item)).await?.pop();
        // `call` gives one outcome for each entry.
        let outcome = outcome.unwrap_or_else(|| Err(Refusal::message("no entry in the reply")));
        outcome.map_err(|refusal| Error::refused(refusal).at(E::LABEL))
    }

    pub(crate) async fn call<E: Endpoint>(
        &self,
        items: &[E::Request],
    ) -> Result<Vec<Outcome<E::Reply>>, Error> {
        let prepare = || {
            tracing::Span::current().record("entries", items.len());
            if E::SHAPE == Shape::Many && items.len() != 1 {
                let what = "asks for one entry a call: the entries of the reply do not say which \
                    question they answer";
                return Err(Error::new(ErrorKind::Caller, Sent::No, what));
            }
            Ok(Batch {
                core: self,
                entries: self.write(items)?,
            })
        };
        self.caller.call::<E, _>(prepare).await
    }

    /// The entries as they travel, checked first.
    fn write<T: Model>(&self, items: &[T]) -> Result<Vec<String>, Error> {
        let dialect = &*self.caller.settings.dialect;
        let mut found = Vec::new();
        let mut entries = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            found.extend(violations_of(
                item,
                Violations::of_item("data", index),
                dialect,
            ));
            let mut entry = String::new();
            encode_to(item, dialect.names(), &mut entry).map_err(unwritable)?;
            entries.push(entry);
        }
        match found.is_empty() {
            true => Ok(entries),
            false => Err(Error::invalid(ErrorKind::Caller, Sent::No, found)),
        }
    }

    /// The record or the list of records that `json` is, and whether it is a list.
    fn records<E: Endpoint>(&self, json: &str) -> Result<(Vec<E::Request>, bool), Error> {
        let rules = &self.caller.settings.dialect.read;
        if !json.trim_start().starts_with('[') {
            return Ok((vec![record(json, Place::default(), rules)?], false));
        }
        let unreadable = |fault| {
            Error::invalid(
                ErrorKind::Caller,
                Sent::No,
                vec![park_core::json::envelope::syntax(fault)],
            )
        };
        let items: Vec<&str> = lexer::elements(json)
            .collect::<Result<_, _>>()
            .map_err(unreadable)?;
        let at = |index| Place {
            item: Some(("data", index)),
            ..Place::default()
        };
        let records = items
            .into_iter()
            .enumerate()
            .map(|(index, item)| record(item, at(index), rules));
        Ok((records.collect::<Result<_, _>>()?, true))
    }

    async fn text<E: Endpoint>(&self, json: &str) -> Result<String, Error> {
        let (records, list) = self
            .records::<E>(json)
            .map_err(|error| error.at(E::LABEL))?;
        if !list {
            let record = records
                .into_iter()
                .next()
                .ok_or_else(|| Error::new(ErrorKind::Caller, Sent::No, "no record"))?;
            return encode(&self.entry::<E>(record).await?).map_err(unwritable);
        }
        let mut text = String::from("[");
        for outcome in self.call::<E>(&records).await? {
            if text.len() > 1 {
                text.push(',');
            }
            match outcome {
                Ok(reply) => text.push_str(&encode(&reply).map_err(unwritable)?),
                Err(refusal) => {
                    text.push('{');
                    push_refusal(&refusal, &mut text);
                    text.push('}');
                }
            }
        }
        text.push(']');
        Ok(text)
    }

    fn check_text<E: Endpoint>(&self, json: &str) -> Result<(), Error> {
        let (records, _) = self.records::<E>(json)?;
        self.write(&records).map(drop)
    }
}

/// One call: its entries, sealed anew for each attempt.
struct Batch<'a> {
    core: &'a Core,
    entries: Vec<String>,
}

impl<E: Endpoint> Exchange<Sztc, E> for Batch<'_> {
    type Reply = Vec<Outcome<E::Reply>>;

    /// A refused token means that nothing was done.
    fn repeats_refused(_: Retry) -> bool {
        true
    }

    async fn send(
        &self,
        transport: &dyn Transport<Code = BusinessCode>,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        let settings = &self.core.caller.settings;
        let now = Timestamp::at(settings.clock.now());
        let sealed = seal_request(
            self.entries.iter().map(String::as_str),
            now,
            settings.dialect.write.scheme,
        )
        .map_err(|violation| Error::invalid(ErrorKind::Caller, Sent::No, vec![violation]))?;
        let mut call = Call::new(E::NAME, E::NAME, sealed, deadline);
        call.label = E::LABEL;
        call.content = Content::Post("application/json; charset=UTF-8");
        transport.exchange(call).await
    }

    fn open(&self, answer: &Answer, deviations: &mut Deviations) -> Result<Self::Reply, Error> {
        read_reply::<E>(
            answer.text::<Sztc>()?,
            self.entries.len(),
            &self.core.caller.settings.dialect.read,
            deviations,
        )
    }

    fn is_token_refused(&self, outcome: &Result<Self::Reply, Error>) -> bool {
        is_token_refused(outcome)
    }
}

/// Whether the token was refused: the whole call, or every entry of it.
pub(super) fn is_token_refused<T>(outcome: &Result<Vec<Outcome<T>>, Error>) -> bool {
    let wrong = |refusal: &Refusal| refusal.code == Some(BusinessCode::WRONG_TOKEN);
    match outcome {
        Err(error) => error.refusal().is_some_and(wrong),
        Ok(outcomes) => {
            !outcomes.is_empty()
                && outcomes
                    .iter()
                    .all(|outcome| outcome.as_ref().is_err_and(wrong))
        }
    }
}
