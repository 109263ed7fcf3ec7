use crate::{
    Account, Credentials, Ctx, Dialect, Error, Refusal,
    client::read_reply,
    endpoint::{Endpoint, Info, Numbered, TcpLogIn},
    envelope::{open_request, seal_request},
    model::TcpLogin,
    service::{Pipeline, check_password, read_item, text_of},
};
use bytes::Bytes;
use park_core::{Clock, Deviations, ErrorKind, Lookup, Sent, Timestamp, json::encode_to};
use std::sync::Arc;

/// The sealed request of 1004, Table 40.
pub(crate) fn seal_login(
    credentials: &Credentials,
    dialect: &Dialect,
    clock: &dyn Clock,
) -> Result<Bytes, Error> {
    let login = TcpLogin {
        user_id: credentials.user_id.clone(),
        password: credentials.sealed_password(),
    };
    let mut item = String::new();
    encode_to(&login, &dialect.write.names, &mut item)
        .map_err(|cause| unwritable().caused_by(cause))?;
    seal([item.as_str()].into_iter(), dialect, clock).map_err(|_| unwritable())
}

fn unwritable() -> Error {
    Error::new(ErrorKind::Caller, Sent::No, "the login cannot be written").at(TcpLogIn::LABEL)
}

/// A request of the session itself without entries: heartbeat (1006), logout (1005).
pub(crate) fn seal_empty(dialect: &Dialect, clock: &dyn Clock) -> Bytes {
    // Nothing is signed here that could not be.
    seal(std::iter::empty(), dialect, clock).unwrap_or_default()
}

fn seal<'a>(
    items: impl Iterator<Item = &'a str> + Clone,
    dialect: &Dialect,
    clock: &dyn Clock,
) -> Result<Bytes, park_core::Violation> {
    seal_request(items, Timestamp::at(clock.now()), dialect.write.scheme).map(Bytes::from)
}

/// What the city said to a login.
pub(crate) fn read(data: &[u8], dialect: &Dialect) -> Result<(), Error> {
    let text = std::str::from_utf8(data).map_err(|_| {
        Error::new(
            ErrorKind::PeerBytes,
            Sent::Answered,
            "the reply is not UTF-8",
        )
        .at(TcpLogIn::LABEL)
    })?;
    let outcomes = read_reply::<TcpLogIn>(text, 1, &dialect.read, &mut Deviations::default())
        .map_err(|error| error.at(TcpLogIn::LABEL))?;
    match outcomes.into_iter().next() {
        Some(Err(refusal)) => Err(Error::refused(refusal).at(TcpLogIn::LABEL)),
        _ => Ok(()),
    }
}

/// Whether somebody may log in, and as whom.
pub(crate) async fn admit(
    pipeline: &Pipeline,
    accounts: &dyn Lookup<Found = Account>,
    mut cx: Ctx,
    data: &[u8],
) -> Result<Arc<str>, Refusal> {
    let login = open(pipeline, &mut cx, data)?;
    cx.report(TcpLogIn::LABEL);
    check_password(accounts, &login.user_id, login.password.expose()).await?;
    Ok(login.user_id.as_str().into())
}

fn open(pipeline: &Pipeline, cx: &mut Ctx, data: &[u8]) -> Result<TcpLogin, Refusal> {
    cx.dialect = pipeline.claimed(data);
    let envelope = pipeline.open(cx, TcpLogIn::CODE, data)?;
    match envelope.items[..] {
        [item] => read_item::<TcpLogIn>(item, 0, cx),
        _ => Err(Refusal::message("a login has one entry")),
    }
}

/// Looks at a heartbeat or logout. Whatever is in it, it is answered: a heartbeat is a sign of
/// life, also from a peer that leaves its body empty or signs it differently, and closing would
/// lose the reports that do arrive. What is wrong is logged, what deviates is told to the observer.
pub(crate) fn look_at(pipeline: &Pipeline, mut cx: Ctx, code: u16, data: &[u8]) {
    let dialect = cx.dialect.clone();
    let Ok(text) = text_of(data) else {
        tracing::debug!(proto = "sztc", endpoint = code, peer = %cx.peer, "the body is not UTF-8");
        return;
    };
    let seen = open_request(text, &dialect.read, &mut cx.deviations)
        .and_then(|envelope| pipeline.verify(&envelope, &mut cx));
    if let Err(violation) = seen {
        tracing::debug!(proto = "sztc", endpoint = code, peer = %cx.peer, %violation,
            "answered all the same");
    }
    cx.report(Info::of(&code.to_string()).map_or("other", |info| info.label));
}
