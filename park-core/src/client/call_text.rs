//! Any interface by its name, the record as JSON text: what tools, queues and sidecars use.
use super::Settings;
use crate::{
    DeviationKind, Deviations, Endpoint, Error, ErrorKind, PeerDialect, Protocol, Rule, Rules,
    Sent, Violation, Violations,
    json::{Place, encode},
    message::{unwritable, violations_of},
};
use serde::de::DeserializeOwned;

/// Reads the JSON text of a record that shall be sent. What is merely written otherwise is put
/// right by `rules`; a field that the document does not have would be dropped without a word, so it
/// is refused.
///
/// # Errors
/// The caller's fault: with the path of what is wrong.
pub fn record<T: DeserializeOwned, C>(
    json: &str,
    place: Place,
    rules: &Rules,
) -> Result<T, Error<C>> {
    let wrong = |violation| Error::invalid(ErrorKind::Caller, Sent::No, vec![violation]);
    let mut deviations = Deviations::default();
    let record = place.decode(json, rules, &mut deviations).map_err(wrong)?;
    match deviations
        .list()
        .iter()
        .find(|found| found.kind == DeviationKind::UNKNOWN_FIELD)
    {
        Some(unknown) => Err(wrong(Violation::new(
            unknown.path.clone(),
            Rule::Condition("a field that the document does not have would not be sent"),
        ))),
        None => Ok(record),
    }
}

/// The client has no interface of this name.
pub fn unknown_endpoint<C>(name: &str) -> Error<C> {
    let name = crate::message::clip(name, 64);
    Error::new(
        ErrorKind::Caller,
        Sent::No,
        format!("{name:?} is no interface that this client calls"),
    )
}

/// A client whose calls have one request: what `call_text` and `check_text` are made of.
pub trait CallOne: Sync {
    /// Its protocol.
    type Protocol: Protocol;

    /// What was set for it.
    fn settings(&self) -> &Settings<Self::Protocol>;

    /// Calls `E`.
    fn one<E: Endpoint>(
        &self,
        request: &E::Request,
    ) -> impl Future<Output = Result<E::Reply, Error<<Self::Protocol as Protocol>::Code>>> + Send;

    /// Calls `E` with the request as JSON text, and gives the reply as JSON text.
    fn text<E: Endpoint>(
        &self,
        json: &str,
    ) -> impl Future<Output = Result<String, Error<<Self::Protocol as Protocol>::Code>>> + Send
    {
        async move {
            let request =
                record::<E::Request, _>(json, Place::default(), self.settings().dialect.rules())
                    .map_err(|error| error.at(E::LABEL))?;
            encode(&self.one::<E>(&request).await?).map_err(unwritable)
        }
    }

    /// Does all of it but send.
    fn check_text<E: Endpoint>(
        &self,
        json: &str,
    ) -> Result<(), Error<<Self::Protocol as Protocol>::Code>> {
        let dialect = &*self.settings().dialect;
        let request: E::Request = record(json, Place::default(), dialect.rules())?;
        match violations_of(&request, Violations::default(), dialect) {
            found if found.is_empty() => Ok(()),
            found => Err(Error::invalid(ErrorKind::Caller, Sent::No, found)),
        }
    }
}

/// `call_text` and `check_text` of a client, whose `core` is a [`CallOne`] or has the like.
#[doc(hidden)]
#[allow(clippy::crate_in_macro_def)]
#[macro_export]
macro_rules! call_text {
    ($client:ident, $($each:ident)+) => {
        impl $client {
            /// Calls the interface of this name or number with the record as JSON text, and gives
            /// the reply as JSON text: the same checks, retry class, deadline and errors as the
            /// named methods have. Names are the document's; what is merely written otherwise is
            /// put right.
            ///
            /// # Errors
            /// As the named methods; a name that this client does not call, a text that is not the
            /// interface's request.
            pub async fn call_text(&self, name: &str, json: &str) -> Result<String, Error> {
                struct Find<'a> {
                    core: &'a Core,
                    name: &'a str,
                    json: &'a str,
                    call: Option<$crate::BoxFuture<'a, Result<String, Error>>>,
                }
                impl $crate::Visit for Find<'_> {
                    fn visit<E: Endpoint>(&mut self) {
                        if E::NAME == self.name {
                            self.call = Some(Box::pin(self.core.text::<E>(self.json)));
                        }
                    }
                }
                let meant = $crate::Info::<crate::endpoint::Role>::of(name).map_or(name,
                    |info| info.name);
                let mut find = Find { core: &self.core, name: meant, json, call: None };
                $($each(&mut find);)+
                match find.call {
                    Some(call) => call.await,
                    None => Err($crate::client::unknown_endpoint(name)),
                }
            }

            /// As [`call_text`](Self::call_text), for an interface of your own.
            ///
            /// # Errors
            /// As [`call_text`](Self::call_text).
            pub async fn call_text_of<E: Endpoint>(&self, json: &str) -> Result<String, Error> {
                self.core.text::<E>(json).await
            }

            /// Does all of [`call_text`](Self::call_text) but send: reads the record and checks it.
            ///
            /// # Errors
            /// As [`call_text`](Self::call_text) before anything is sent.
            pub fn check_text(&self, name: &str, json: &str) -> Result<(), Error> {
                struct Find<'a> {
                    core: &'a Core,
                    name: &'a str,
                    json: &'a str,
                    checked: Option<Result<(), Error>>,
                }
                impl $crate::Visit for Find<'_> {
                    fn visit<E: Endpoint>(&mut self) {
                        if E::NAME == self.name {
                            self.checked =
                                Some(self.core.check_text::<E>(self.json)
                                    .map_err(|error| error.at(E::LABEL)));
                        }
                    }
                }
                let meant = $crate::Info::<crate::endpoint::Role>::of(name).map_or(name,
                    |info| info.name);
                let mut find = Find { core: &self.core, name: meant, json, checked: None };
                $($each(&mut find);)+
                find.checked.unwrap_or_else(|| Err($crate::client::unknown_endpoint(name)))
            }
        }
    };
}
