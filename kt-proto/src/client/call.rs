use crate::{
    Dialect, Error, Keys, Refusal,
    code::ResCode,
    endpoint::{Endpoint, Shape, each_cloud_interface, each_lot_interface},
    envelope::{Reply, open_reply},
    model::*,
    protocol::Kt,
};
use park_core::{
    Answer, Call, Content, DateTime, DeviationKind, Deviations, ErrorKind, Rules, Sent, Transport,
    Violation,
    client::{CallOne, Caller, Exchange, Settings},
    form,
    json::{Place, lexer},
    message::{LONGEST_MESSAGE, clip, read_checked, write_checked},
};
use std::{borrow::Cow, time::Instant};

/// What both roles' clients are made of.
#[derive(Clone)]
pub(crate) struct Core {
    pub(super) caller: Caller<Kt>,
    pub(super) keys: Keys,
}

park_core::client! { [one each_lot_interface] over(ResCode, keys: Keys)
    /// Calls a lot's own system (下行): bills, payments, barriers, cards, bookings.
    LotClient
}
park_core::client! { [one each_cloud_interface] over(ResCode, keys: Keys)
    /// Calls a third party (上行): what a lot reports and asks.
    CloudClient
}
crate::for_each_lot_interface!(park_core::client_methods [one LotClient]);
crate::for_each_cloud_interface!(park_core::client_methods [one CloudClient]);

impl Core {
    pub(super) fn new(caller: Caller<Kt>, keys: Keys) -> Self {
        Self { caller, keys }
    }
}

impl CallOne for Core {
    type Protocol = Kt;

    fn settings(&self) -> &Settings<Kt> {
        &self.caller.settings
    }

    async fn one<E: Endpoint>(&self, request: &E::Request) -> Result<E::Reply, Error> {
        let dialect = &*self.caller.settings.dialect;
        let prepare = || {
            Ok(Sealing {
                core: self,
                plaintext: write_checked(request, dialect)?,
                path: dialect.write.path(E::NAME, E::PATHS),
            })
        };
        self.caller.call::<E, _>(prepare).await
    }
}

/// One call: its parameters, sealed anew for each attempt.
struct Sealing<'a> {
    core: &'a Core,
    plaintext: String,
    path: String,
}

impl<E: Endpoint> Exchange<Kt, E> for Sealing<'_> {
    type Reply = E::Reply;

    async fn send(
        &self,
        transport: &dyn Transport<Code = ResCode>,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        let Core { caller, keys } = self.core;
        // Each attempt has the date of its own moment: one after midnight must not carry
        // yesterday's.
        let today = DateTime::at(caller.settings.clock.now()).date();
        let unsealed = |cause| {
            Error::new(ErrorKind::Caller, Sent::No, "the request cannot be sealed").caused_by(cause)
        };
        let (content, body) = if caller.settings.dialect.write.form {
            let data = keys.seal(&self.plaintext, today).map_err(unsealed)?;
            let mut body = String::with_capacity(data.len() + 32);
            form::push("data", &data, &mut body);
            ("application/x-www-form-urlencoded", body)
        } else {
            let body = keys
                .seal_request(&self.plaintext, today)
                .map_err(unsealed)?;
            ("application/json;charset=UTF-8", body)
        };
        let mut call = Call::new(E::NAME, &self.path, body, deadline);
        call.content = Content::Post(content);
        transport.exchange(call).await
    }

    fn open(&self, answer: &Answer, deviations: &mut Deviations) -> Result<E::Reply, Error> {
        let dialect = &*self.core.caller.settings.dialect;
        let rules = &dialect.read;
        let text = dialect
            .without_trailing_commas(answer.text::<Kt>()?, deviations)
            .map_err(invalid)?;
        let reply = open_reply(&text, rules, deviations).map_err(|cause| {
            Error::new(
                ErrorKind::PeerBytes,
                Sent::Answered,
                "the reply cannot be read",
            )
            .caused_by(cause)
        })?;
        if reply.code != 0 {
            // A code that no number of the document's type can hold is refused all the same.
            let code = ResCode(i32::try_from(reply.code).unwrap_or(i32::MAX));
            return Err(Error::refused(Refusal::new(
                code,
                clip(&reply.message, LONGEST_MESSAGE),
            )));
        }
        let entries = entries_of(&reply, rules, deviations).map_err(invalid)?;
        let (at, json) = entries.due::<E>(rules, deviations)?;
        read_at(&at, &json, rules, deviations)
            .map_err(|found| Error::invalid(ErrorKind::PeerBytes, Sent::Answered, found))
    }
}

/// The entries of a reply, and where they stand.
struct Entries<'a> {
    field: &'static str,
    /// The list of them, or the only one without brackets.
    json: &'a str,
    items: Cow<'a, [&'a str]>,
}

impl<'a> Entries<'a> {
    /// What of them the reply to a call of `E` is made of, and its path.
    fn due<E: Endpoint>(
        &self,
        rules: &Rules,
        deviations: &mut Deviations,
    ) -> Result<(String, Cow<'a, str>), Error> {
        let Self { field, json, items } = self;
        let first = || format!("{field}[0]");
        let (at, json, due) = match (E::SHAPE, items.first()) {
            (Shape::Nothing, _) => (first(), Cow::Borrowed("{}"), 0),
            (Shape::Many, _) if json.starts_with('[') => {
                (field.to_string(), Cow::Borrowed(*json), items.len())
            }
            (Shape::Many, _) => (
                field.to_string(),
                Cow::Owned(format!("[{json}]")),
                items.len(),
            ),
            (_, Some(item)) => (first(), Cow::Borrowed(*item), 1),
            (_, None) => {
                let what = "resCode 0, but no data where the call has a result";
                return Err(Error::new(ErrorKind::PeerBytes, Sent::Answered, what));
            }
        };
        if items.len() > due {
            let tolerated = rules.tolerate(
                DeviationKind::UNKNOWN_FIELD,
                &format!("{field}[{due}]"),
                deviations,
            );
            tolerated.map_err(invalid)?;
        }
        Ok((at, json))
    }
}

/// The entries of `reply`. Two samples (downward 3.5, 3.7) have them under `resMsg`, with entries
/// of another interface under `data`.
fn entries_of<'a>(
    reply: &'a Reply<'a>,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<Entries<'a>, Violation> {
    let in_data = Entries {
        field: "data",
        json: reply.data,
        items: Cow::Borrowed(&reply.items),
    };
    let in_message = |items: Vec<&'a str>| Entries {
        field: "resMsg",
        json: &reply.message,
        items: Cow::Owned(items),
    };
    // A list or an object there has been noted when the envelope was opened; a text that looks like
    // one counts only where there is nothing else.
    let is_list = deviations
        .list()
        .iter()
        .any(|found| found.kind == DeviationKind::NESTING);
    if is_list && reply.message.starts_with('{') {
        rules.tolerate(DeviationKind::OBJECT_FOR_LIST, "resMsg", deviations)?;
        return Ok(in_message(vec![&reply.message]));
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
            Ok(in_message(items))
        }
        _ => Ok(in_data),
    }
}

/// Decodes and checks what stands at `at`; all that is told of it has its whole path.
fn read_at<T: Model>(
    at: &str,
    json: &str,
    rules: &Rules,
    deviations: &mut Deviations,
) -> Result<T, Vec<Violation>> {
    let behind = |path: &str| match path {
        "" => at.to_owned(),
        path if path.starts_with('[') => format!("{at}{path}"),
        path => format!("{at}.{path}"),
    };
    let mut own = Deviations::default();
    let outcome = read_checked(json, Place::default(), rules, &mut own);
    for found in own.list() {
        deviations.note(found.kind, || behind(&found.path));
    }
    outcome.map_err(|found| {
        let told = found
            .into_iter()
            .map(|violation| Violation::new(behind(&violation.path), violation.rule));
        told.collect()
    })
}

fn invalid(violation: Violation) -> Error {
    Error::invalid(ErrorKind::PeerBytes, Sent::Answered, vec![violation])
}
