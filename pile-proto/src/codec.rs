//! Requests and replies as the services and clients exchange them: written and checked by the
//! vendor's dialect.
use crate::Dialect;
use park_core::{Check, DeviationKind, Deviations, Endpoint, Rule, Shape, Violation, Violations};
#[cfg(feature = "client")]
use {
    crate::{
        Error, ReplyError,
        model::{Model, StubGroup},
        reply::list_of,
    },
    park_core::{ErrorKind, Sent},
    std::any::Any,
};
#[cfg(feature = "server")]
use {
    crate::{message::Message, protocol::Pile},
    park_core::{Protocol, json::EncodeError, message::warn_of_bad_reply},
};

/// Reads a whole reply of `E` and checks it.
///
/// # Errors
/// The peer's refusal, a reply that cannot be read or breaks the document's rules.
#[cfg(feature = "client")]
pub(crate) fn open<E: Endpoint>(
    text: &str,
    dialect: &Dialect,
    deviations: &mut Deviations,
) -> Result<E::Reply, Error> {
    let unreadable = |violation| invalid(vec![violation]);
    let no_reply = |error| match error {
        ReplyError::Refused(refusal) => Error::refused(refusal),
        ReplyError::Unreadable(violation) => unreadable(violation),
    };
    let reply = match E::SHAPE {
        Shape::Nothing => {
            dialect.open_acknowledgement(text).map_err(Error::refused)?;
            dialect.decode("{}", deviations)
        }
        Shape::Many => list(
            &dialect.open_list(text, deviations).map_err(no_reply)?,
            dialect,
            deviations,
        ),
        _ => dialect.decode(
            dialect.open_reply(text, deviations).map_err(no_reply)?,
            deviations,
        ),
    };
    checked(reply.map_err(unreadable)?, dialect, deviations).map_err(invalid)
}

#[cfg(feature = "client")]
fn invalid(violations: Vec<Violation>) -> Error {
    Error::invalid(ErrorKind::PeerBytes, Sent::Answered, violations)
}

/// Groups of piles are read one by one: the reader looks at its text again for each empty value
/// there, and has a limit for that.
#[cfg(feature = "client")]
fn list<T: Model>(
    entries: &[&str],
    dialect: &Dialect,
    deviations: &mut Deviations,
) -> Result<T, Violation> {
    let mut groups = Vec::<StubGroup>::new();
    if !(&groups as &dyn Any).is::<T>() {
        return dialect.decode(&list_of(entries.iter().copied()), deviations);
    }
    for (index, entry) in entries.iter().enumerate() {
        groups.push(dialect.decode_entry(entry, index, deviations)?);
    }
    let groups: Box<dyn Any> = Box::new(groups);
    Ok(*groups.downcast().expect("its type was looked at"))
}

/// The whole reply of `E`. One that breaks the rules goes out, since what was done cannot be undone
/// by refusing it; its author is told.
#[cfg(feature = "server")]
pub(crate) fn seal<E: Endpoint>(
    reply: &E::Reply,
    dialect: &Dialect,
) -> Result<String, EncodeError> {
    warn_of_bad_reply(Pile::NAME, E::LABEL, reply, Violations::default(), dialect);
    match E::SHAPE {
        Shape::Nothing => Ok(dialect.seal_acknowledgement()),
        Shape::Many => dialect.encode(reply).map(|list| dialect.seal_array(list)),
        _ => dialect
            .encode(reply)
            .map(|payload| dialect.seal_reply(&payload)),
    }
}

/// Reads the fields of a request and checks them.
#[cfg(feature = "server")]
pub(crate) fn request_of<T: crate::model::Model>(
    message: &Message<'_>,
    dialect: &Dialect,
    deviations: &mut Deviations,
) -> Result<T, Vec<Violation>> {
    let request = message
        .read(&dialect.read, deviations)
        .map_err(|violation| vec![violation])?;
    checked(request, dialect, deviations)
}

/// `value`, if it keeps the document's rules or the dialect waives them.
pub(crate) fn checked<T: Check>(
    value: T,
    dialect: &Dialect,
    deviations: &mut Deviations,
) -> Result<T, Vec<Violation>> {
    let mut violations = Violations::default();
    value.check(&mut violations);
    let mut found = violations.on_receipt(&dialect.read, deviations);
    // Real vendors tell 52.35 per cent. That is no reason to lose the order; beyond 0 to 100 it
    // still is.
    found.retain(|violation| {
        let is_soc = violation.path == "soc" && matches!(violation.rule, Rule::Decimals { .. });
        !is_soc
            || dialect
                .read
                .tolerate(DeviationKind::WAIVED_LIMIT, "soc", deviations)
                .is_err()
    });
    if found.is_empty() {
        Ok(value)
    } else {
        Err(found)
    }
}
