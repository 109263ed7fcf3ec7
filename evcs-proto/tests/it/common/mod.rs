//! Two operators that answer every interface with its sample, and the sockets between them.
#![allow(dead_code, unused_imports, reason = "secrets.rs uses a part")]

pub(crate) mod faults;

use evcs_proto::{code::*, endpoint::*, model::*, *};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
pub(crate) use testkit::{
    Asked, Canned, Certificate, Do, Told, answer, chain, plain, quick, serve_on,
};

/// Who calls: the operator of the samples.
pub(crate) const OPERATOR: &str = "MA5EQ42K7";
pub(crate) const OPERATOR_SECRET: &str = "canary-operator-secret";
pub(crate) const DATA_SECRET: &str = "canary-data-key1";
pub(crate) const DATA_IV: &str = "canary-data-iv-1";
pub(crate) const SIG_SECRET: &str = "canary-sig-secret";

/// The sample of one side of an interface.
pub(crate) fn sample<T: Model>(name: &str, side: &str) -> T {
    let path = format!(
        "{}/fixtures/samples/{name}.{side}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let text = std::fs::read_to_string(&path).expect(&path);
    let read = decode(&text, &Dialect::strict().read);
    read.unwrap_or_else(|problem| panic!("{path}: {problem}")).0
}

/// What the services were called with: interface and operator.
#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<Vec<(String, String)>>);

impl Calls {
    pub(crate) fn note(&self, name: &str, cx: &Ctx) {
        self.0
            .lock()
            .expect("not poisoned")
            .push((name.to_owned(), cx.peer.to_string()));
    }

    pub(crate) fn take(&self) -> Vec<(String, String)> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }

    fn replay<E: Endpoint>(&self, cx: &Ctx, request: E::Request) -> Outcome<E::Reply> {
        self.note(E::NAME, cx);
        assert_eq!(request, sample::<E::Request>(E::NAME, "request"));
        Ok(sample(E::NAME, "reply"))
    }

    pub(crate) fn count(&self, name: &str) -> usize {
        self.0
            .lock()
            .expect("not poisoned")
            .iter()
            .filter(|(other, _)| other == name)
            .count()
    }
}

/// A charge point operator that answers with the samples.
#[derive(Clone, Default)]
pub(crate) struct ReplayCpo(pub Arc<Calls>);

impl CpoService for ReplayCpo {
    for_each_cpo_interface!(evcs_proto::answer_with [one replay endpoint]);
}

impl ReplayCpo {
    async fn replay<E: Endpoint>(&self, cx: &Ctx, request: E::Request) -> Outcome<E::Reply> {
        self.0.replay::<E>(cx, request)
    }
}

/// A customer's operator that answers with the samples.
#[derive(Clone, Default)]
pub(crate) struct ReplayEmsp(pub Arc<Calls>);

impl EmspService for ReplayEmsp {
    for_each_emsp_interface!(evcs_proto::answer_with [one replay endpoint]);
}

impl ReplayEmsp {
    async fn replay<E: Endpoint>(&self, cx: &Ctx, request: E::Request) -> Outcome<E::Reply> {
        self.0.replay::<E>(cx, request)
    }
}

pub(crate) fn keys() -> Keys {
    Keys::new(OPERATOR_SECRET, DATA_SECRET, DATA_IV, SIG_SECRET).expect("16 bytes each")
}

pub(crate) fn credentials() -> Credentials {
    Credentials::new(OPERATOR, keys())
}

pub(crate) fn operators() -> HashMap<String, Keys> {
    HashMap::from([(OPERATOR.to_owned(), keys())])
}

/// Which interfaces a server was asked for, in order.
#[derive(Clone, Default)]
pub(crate) struct Paths(Arc<Mutex<Vec<String>>>);

impl Paths {
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }

    /// How often an address ends in `name`.
    pub(crate) fn count(&self, name: &str) -> usize {
        self.0
            .lock()
            .expect("not poisoned")
            .iter()
            .filter(|path| path.ends_with(name))
            .count()
    }
}

/// Serves `router` over TLS on a free port.
pub(crate) async fn serve_https(
    router: axum::Router,
    certificate: &Certificate,
) -> (String, Paths) {
    let paths = Paths::default();
    let seen = paths.clone();
    let note = axum::middleware::from_fn(
        move |request: axum::extract::Request, next: axum::middleware::Next| {
            seen.0
                .lock()
                .expect("not poisoned")
                .push(request.uri().path().to_owned());
            next.run(request)
        },
    );
    let port = serve_on(router.layer(note), Some(certificate.server()))
        .await
        .port();
    (format!("https://localhost:{port}"), paths)
}

/// The way to `router`, whose own server is started, with the interfaces under `/evcs/v1`; and what
/// that server was asked for.
pub(crate) async fn way_to(router: axum::Router) -> (PeerHttp, Paths) {
    let certificate = Certificate::localhost();
    let (base, paths) = serve_https(router, &certificate).await;
    let builder =
        PeerHttp::builder(format!("{base}/evcs/v1"), credentials()).http(certificate.http());
    (builder.build().expect("a client"), paths)
}
