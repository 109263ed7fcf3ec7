//! Peers that fail on purpose, and clients that call them.
use super::{Asked, Canned, Do, OPERATOR, answer, credentials, keys, plain, quick};
use evcs_proto::{
    code::*,
    endpoint::*,
    envelope::{Form, seal_reply},
    model::*,
    *,
};
use std::sync::Arc;

/// Any body with status 200.
pub(crate) fn body<T: From<Canned>>(text: impl Into<String>) -> T {
    answer(200, text.into())
}

/// A signed reply around `plaintext`.
pub(crate) fn done<T: From<Canned>>(plaintext: &str) -> T {
    body(seal_reply(
        Some(&keys()),
        Ret::OK,
        "",
        Some(plaintext),
        Form::default(),
    ))
}

/// A signed refusal.
pub(crate) fn refusal<T: From<Canned>>(ret: Ret) -> T {
    body(seal_reply(Some(&keys()), ret, "x", None, Form::default()))
}

/// The reply of the samples.
pub(crate) fn sample_reply<T: From<Canned>>(name: &str) -> T {
    let path = format!(
        "{}/fixtures/samples/{name}.reply.json",
        env!("CARGO_MANIFEST_DIR")
    );
    done(&std::fs::read_to_string(path).expect("a sample"))
}

/// A token that lives so many seconds.
pub(crate) fn token<T: From<Canned>>(name: &str, seconds: i64) -> T {
    done(&encode(&TokenReply::ok(OPERATOR, name, seconds)).expect("a model"))
}

/// A peer of [`testkit::peer`], with the interfaces under `/evcs/v1`.
pub(crate) async fn peer(
    script: impl Fn(&str, usize) -> Do + Send + Sync + 'static,
) -> (String, Asked) {
    let (base, asked) = testkit::peer(script).await;
    (format!("{base}/evcs/v1"), asked)
}

/// A peer of [`testkit::stub`], with the interfaces under `/evcs/v1`.
pub(crate) async fn stub(
    script: impl Fn(&str, usize) -> Canned + Send + Sync + 'static,
) -> (String, Asked) {
    let (base, asked) = testkit::stub(script).await;
    (format!("{base}/evcs/v1"), asked)
}

/// The way to a peer by `clock`.
pub(crate) fn way_by(base: &str, clock: &ManualClock) -> PeerHttp {
    let builder = PeerHttp::builder(base, credentials())
        .http(plain())
        .clock(Arc::new(clock.clone()));
    builder.build().expect("a client")
}

/// A client of a peer.
pub(crate) fn cpo(base: &str) -> CpoClient {
    let way = PeerHttp::builder(base, credentials())
        .http(plain())
        .build()
        .expect("a client");
    way.cpo().with(quick)
}
