use super::{Call, Transport};
use crate::{
    Dialect, Endpoint, Error, Keys, LONGEST_MESSAGE, Refusal, ResCode, Shape,
    endpoint::*,
    envelope::{Reply, open_reply},
    model::*,
};
use park_core::{
    CallOptions, Clock, DateTime, DeviationKind, Deviations, ErrorKind, Observed, Observer, Rules, Sent, SystemClock, Violation, Violations,
    client::{attempts, traced},
    json::{Place, encode_to, lexer},
};
use std::{borrow::Cow, sync::Arc};

/// What both roles' clients are made of.
#[derive(Clone)]
pub(super) struct Core {
    via: Arc<dyn Transport>,
    keys: Keys,
    peer: Arc<str>,
    dialect: Arc<Dialect>,
    options: CallOptions,
    clock: Arc<dyn Clock>,
    observer: Option<Observer>,
}

macro_rules! call_methods {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $title:literal, $path:literal $legacy:expr, $request:ty => $shape:ident $reply:ty, $retry:ident;)*) => {$(
        $(#[doc = $doc])*
        #[doc = concat!("(", $title, ", ", stringify!($marker), ")")]
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
            /// A client over `via`, sealing with `keys`.
            pub fn over(via: impl Transport, keys: Keys) -> Self {
                Self { core: Core::new(Arc::new(via), keys) }
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
    /// Calls a lot's own system (下行): bills, payments, barriers, cards, bookings. A cheap handle; clones share everything.
    LotClient
}
client! {
    /// Calls a third party (上行): what a lot reports and asks. A cheap handle; clones share everything.
    CloudClient
}

impl LotClient {
    crate::for_each_lot_interface!(call_methods);
}

impl CloudClient {
    crate::for_each_cloud_interface!(call_methods);
}

impl Core {
    fn new(via: Arc<dyn Transport>, keys: Keys) -> Self {
        Self {
            via,
            keys,
            peer: "".into(),
            dialect: Arc::default(),
            options: CallOptions::default(),
            clock: Arc::new(SystemClock),
            observer: None,
        }
    }

    async fn call<E: Endpoint>(&self, request: &E::Request) -> Result<E::Reply, Error> {
        let span = tracing::info_span!(
            "call",
            proto = "kt",
            endpoint = E::NAME,
            peer = &*self.peer,
            transport = "http",
            outcome = tracing::field::Empty
        );
        let calling = async {
            let plaintext = self.write(request)?;
            let write = &self.dialect.write;
            let path = write.path(E::NAME, E::PATH, E::LEGACY);
            let deadline = self.options.until();
            let attempt = || async {
                // Each attempt has the date of its own moment: one after midnight must not carry yesterday's.
                let today = DateTime::at(self.clock.now()).date();
                let data = self.keys.seal(&plaintext, today);
                let data = data.map_err(|cause| Error::new(ErrorKind::Caller, Sent::No, "the request cannot be sealed").caused_by(cause))?;
                let call = Call {
                    path: &path,
                    data: &data,
                    form: write.form,
                    deadline,
                };
                let text = self.via.exchange(call).await?;
                self.read::<E>(&text)
            };
            attempts(&self.options, self.options.class_of(E::RETRY), deadline, attempt).await
        };
        traced(span, E::NAME, calling).await
    }

    /// The parameters as they travel inside `data`, checked first.
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

    fn open<E: Endpoint>(&self, text: &str, deviations: &mut Deviations) -> Result<E::Reply, Error> {
        let rules = &self.dialect.read;
        let text = self.dialect.mended(text, deviations).map_err(invalid)?;
        let reply = open_reply(&text, rules, deviations)
            .map_err(|cause| Error::new(ErrorKind::PeerBytes, Sent::Answered, "the reply cannot be read").caused_by(cause))?;
        if reply.code != 0 {
            // A code that no number of the document's type can hold is refused all the same.
            let code = ResCode(i32::try_from(reply.code).unwrap_or(i32::MAX));
            let message: String = reply.message.chars().take(LONGEST_MESSAGE).collect();
            return Err(Error::refused(Refusal::new(code, message)));
        }
        let (field, items) = items_of(&reply, rules, deviations).map_err(invalid)?;
        let (json, due) = match E::SHAPE {
            Shape::Nothing => (Cow::Borrowed("{}"), 0),
            Shape::Many => (Cow::Owned(format!("[{}]", items.join(","))), items.len()),
            Shape::One => match items.first() {
                Some(item) => (Cow::Borrowed(*item), 1),
                None => {
                    return Err(Error::new(
                        ErrorKind::PeerBytes,
                        Sent::Answered,
                        "resCode 0, but no data where the call has a result",
                    ));
                }
            },
        };
        if items.len() > due {
            let tolerated = rules.tolerate(DeviationKind::UNKNOWN_FIELD, &format!("{field}[{due}]"), deviations);
            tolerated.map_err(invalid)?;
        }
        let at = match E::SHAPE {
            Shape::Many => field.to_owned(),
            _ => format!("{field}[0]"),
        };
        read_at(&at, &json, rules, deviations).map_err(|found| Error::invalid(ErrorKind::PeerBytes, Sent::Answered, found))
    }
}

/// Decodes and checks what stands at `at`; all that is told of it has its whole path.
fn read_at<T: Model>(at: &str, json: &str, rules: &Rules, deviations: &mut Deviations) -> Result<T, Vec<Violation>> {
    let behind = |path: &str| match path {
        "" => at.to_owned(),
        path if path.starts_with('[') => format!("{at}{path}"),
        path => format!("{at}.{path}"),
    };
    let mut own = Deviations::default();
    let value = Place::default().decode(json, rules, &mut own).map_err(|violation| vec![violation]);
    let outcome = value.and_then(|value: T| {
        let mut violations = Violations::default();
        value.check(&mut violations);
        let found = violations.on_receipt(rules, &mut own);
        if found.is_empty() { Ok(value) } else { Err(found) }
    });
    for found in own.list() {
        deviations.note(found.kind, || behind(&found.path));
    }
    outcome.map_err(|found| {
        found
            .into_iter()
            .map(|violation| Violation::new(behind(&violation.path), violation.rule))
            .collect()
    })
}

fn invalid(violation: Violation) -> Error {
    Error::invalid(ErrorKind::PeerBytes, Sent::Answered, vec![violation])
}

/// The entries of a reply, and where they stand. Two samples (downward 3.5, 3.7) have them under `resMsg`, with entries of another interface under
/// `data`.
fn items_of<'a>(reply: &'a Reply<'a>, rules: &Rules, deviations: &mut Deviations) -> Result<(&'static str, Vec<&'a str>), Violation> {
    let in_data = ("data", reply.items.clone());
    // A list or an object there has been noted when the envelope was opened; a text that looks like one counts only where there is nothing else.
    let is_list = deviations.list().iter().any(|found| found.kind == DeviationKind::NESTING);
    if is_list && reply.message.starts_with('{') {
        rules.tolerate(DeviationKind::OBJECT_FOR_LIST, "resMsg", deviations)?;
        return Ok(("resMsg", vec![&*reply.message]));
    }
    if !reply.message.starts_with('[') || !(is_list || reply.items.is_empty()) {
        return Ok(in_data);
    }
    let items: Result<Vec<&str>, _> = lexer::elements(&reply.message).collect();
    match items {
        Ok(items) if !items.is_empty() && items.iter().all(|item| item.starts_with('{')) => {
            if !is_list {
                rules.tolerate(DeviationKind::NESTING, "resMsg", deviations)?;
            }
            Ok(("resMsg", items))
        }
        _ => Ok(in_data),
    }
}
