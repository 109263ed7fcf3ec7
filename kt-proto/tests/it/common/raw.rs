//! Answers as KT's own server labels them, and clients of who gives them.
use super::{Canned, credentials, quick};
use kt_proto::{code::*, endpoint::*, model::*, *};

/// A whole answer.
pub(crate) fn answer<T: From<Canned>>(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> T {
    Canned::new(status, body)
        .header("content-type", kind)
        .into()
}

/// A body as KT's own server labels it.
pub(crate) fn html<T: From<Canned>>(body: impl Into<Vec<u8>>) -> T {
    answer(200, "text/html; charset=utf-8", body)
}

/// A client of a peer.
pub(crate) fn lot(base: &str) -> LotClient {
    LotClient::new(base, credentials())
        .expect("a client")
        .with(quick)
}

/// A client of a peer.
pub(crate) fn cloud(base: &str) -> CloudClient {
    CloudClient::new(base, credentials())
        .expect("a client")
        .with(quick)
}
