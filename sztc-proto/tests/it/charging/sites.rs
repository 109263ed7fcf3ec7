//! A charging platform and a city behind TLS sockets, and what crosses them, opened.
use crate::common::{Certificate, serve_https};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};
use sztc_proto::{
    Deviations, Rules,
    axum::{
        Router,
        body::{Body, to_bytes},
        extract::{Request, State},
        middleware::{Next, from_fn_with_state},
        response::Response,
    },
    charging::{
        ChargingClient, ChargingRouter, ChargingService, CityChargingClient, CityChargingRouter,
        CityChargingService, dialect,
        evcs::{
            Credentials, Dialect, Keys, PeerHttp, ServerOptions,
            code::Ret,
            envelope::{Accept, read_reply, read_request},
        },
    },
};

/// As whom the city calls, and as whom the charging operator does.
pub(super) const CITY: &str = "MA5EQ42K7";
pub(super) const OPERATOR: &str = "MA5DM667X";

pub(super) fn keys() -> Keys {
    Keys::new(
        "operator secret",
        "1234567890abcdef",
        "1234567890abcdef",
        "1234567890abcdef",
    )
    .expect("16 characters")
}

pub(super) fn operators() -> HashMap<String, Keys> {
    [CITY, OPERATOR]
        .map(|operator| (operator.to_owned(), keys()))
        .into()
}

/// A message that crossed: the last part of its address, and what was inside.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Crossed {
    pub interface: String,
    pub request: String,
    pub reply: String,
}

/// What crossed but the questions for tokens.
#[derive(Clone, Default)]
pub(super) struct Records(Arc<Mutex<Vec<Crossed>>>);

impl Records {
    pub(super) fn take(&self) -> Vec<Crossed> {
        std::mem::take(&mut self.0.lock().expect("not poisoned"))
    }
}

/// The client of a charging platform that serves `service`, speaking `dialect` on both sides.
pub(super) async fn platform(
    service: impl ChargingService,
    of_client: Dialect,
    of_server: ServerOptions,
) -> (ChargingClient, Records) {
    let router = ChargingRouter::new(service, operators())
        .options(of_server)
        .into_router();
    let (peer, records) = peer(router, CITY, of_client).await;
    (peer.cpo().into(), records)
}

/// The client of a city that serves `service`.
pub(super) async fn city(
    service: impl CityChargingService,
    of_client: Dialect,
    of_server: ServerOptions,
) -> (CityChargingClient, Records) {
    let router = CityChargingRouter::new(service, operators())
        .options(of_server)
        .into_router();
    let (peer, records) = peer(router, OPERATOR, of_client).await;
    (peer.emsp().into(), records)
}

async fn peer(router: Router, caller: &str, dialect: Dialect) -> (PeerHttp, Records) {
    let (certificate, records): (Certificate, _) = (Certificate::localhost(), Records::default());
    let router = router.layer(from_fn_with_state(records.clone(), record));
    let (base, _) = serve_https(router, &certificate).await;
    let peer = PeerHttp::builder(format!("{base}/evcs/v1"), Credentials::new(caller, keys()))
        .dialect(dialect)
        .http(certificate.http())
        .build();
    (peer.expect("a client"), records)
}

/// Options that answer in `dialect`.
pub(super) fn answering_in(dialect: Dialect) -> ServerOptions {
    let mut options = sztc_proto::charging::server_options();
    options.dialect = Arc::new(dialect);
    options
}

/// Options of the document.
pub(super) fn as_printed() -> ServerOptions {
    answering_in(dialect())
}

async fn record(State(records): State<Records>, request: Request, next: Next) -> Response {
    let interface = request
        .uri()
        .path()
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let (parts, body) = request.into_parts();
    let asked = whole(body).await;
    let response = next
        .run(Request::from_parts(parts, Body::from(asked.clone())))
        .await;
    let (parts, body) = response.into_parts();
    let answered = whole(body).await;
    if interface != "query_token" {
        let crossed = Crossed {
            interface,
            request: of_request(&asked),
            reply: of_reply(&answered),
        };
        records.0.lock().expect("not poisoned").push(crossed);
    }
    Response::from_parts(parts, Body::from(answered))
}

async fn whole(body: Body) -> String {
    let bytes = to_bytes(body, 1 << 20).await.expect("a small message");
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// What is inside a request.
pub(super) fn of_request(text: &str) -> String {
    let (rules, mut deviations) = (Rules::default(), Deviations::default());
    let request = read_request(text, &rules, &mut deviations).expect("an envelope");
    let verified = request
        .verify(&keys(), &rules, &mut deviations)
        .expect("signed");
    let plaintext = verified
        .open(&keys(), Accept::default(), &rules, &mut deviations)
        .expect("sealed");
    assert!(deviations.is_empty(), "{deviations:?}");
    plaintext
}

/// What is inside a reply; nothing in a refusal.
fn of_reply(text: &str) -> String {
    let (rules, mut deviations) = (Rules::default(), Deviations::default());
    let reply = read_reply(text, &rules, &mut deviations).expect("an envelope");
    if reply.ret != Ret::OK {
        return String::new();
    }
    let verified = reply
        .verify(&keys(), Accept::default(), &rules, &mut deviations)
        .expect("signed");
    let verified = verified.expect("it has Data");
    verified
        .open(&keys(), Accept::default(), &rules, &mut deviations)
        .expect("sealed")
}
