//! A lot and a third party that answer every interface with its sample, the sockets between them,
//! and what crossed the wire.
#![allow(dead_code, unused_imports, reason = "secrets.rs uses a part")]

pub(crate) mod cipher;
pub(crate) mod raw;

use kt_proto::{
    axum::{
        Router,
        body::{Body, to_bytes},
        extract::Request,
        middleware::{Next, from_fn},
    },
    code::*,
    endpoint::*,
    envelope::open_reply,
    model::*,
    *,
};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, UNIX_EPOCH},
};
pub(crate) use testkit::{
    Asked, Canned, Certificate, Do, Received, Told, chain, peer, quick, read_answer, send,
    serve_on, stub,
};

pub(crate) const USER: &str = "ktapi";
pub(crate) const PWD: &str = "canary-pwd";
pub(crate) const KEY: &str = "canary-key-with-24-bytes";

/// When the clocks of these tests stand, unless they say otherwise.
pub(crate) const NOON: &str = "2019-02-25 12:00:00";

pub(crate) fn keys() -> Keys {
    Keys::new(KEY).expect("24 bytes")
}

pub(crate) fn credentials() -> Credentials {
    Credentials::new(USER, PWD, keys())
}

/// A clock that shows `time` in China.
pub(crate) fn clock(time: &str) -> ManualClock {
    let time: DateTime = time.parse().expect("a time");
    let seconds = u64::try_from(time.naive().and_utc().timestamp() - 8 * 3600).expect("after 1970");
    ManualClock::new(UNIX_EPOCH + Duration::from_secs(seconds))
}

pub(crate) fn today(clock: &ManualClock) -> Date {
    DateTime::at(clock.now()).date()
}

fn fixture(path: &str) -> String {
    let path = format!("{}/fixtures/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).expect(&path)
}

fn read<T: Model>(text: &str) -> T {
    decode(text, &Rules::strict())
        .unwrap_or_else(|problem| panic!("{problem}: {text}"))
        .0
}

/// The sample of the request of an interface.
pub(crate) fn request<E: Endpoint>() -> E::Request {
    read(&fixture(&format!("samples/{}.request.json", E::NAME)))
}

/// The sample of its reply. Those of the third party have the envelope around them.
pub(crate) fn reply<E: Endpoint>() -> E::Reply {
    if E::SHAPE == Shape::Nothing {
        return read("{}");
    }
    let text = fixture(&format!("samples/{}.reply.json", E::NAME));
    match open_reply(&text, &Rules::strict(), &mut Deviations::default()) {
        Ok(envelope) => read(envelope.result().expect("a result")),
        Err(_) => read(&text),
    }
}

/// What a service was called with: interface, user, number of deviations.
pub(crate) type Called = (&'static str, String, usize);

#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<Called>>>);

impl Calls {
    /// Answers with the sample.
    fn replay<E: Endpoint>(&self, cx: &Ctx, got: E::Request) -> Outcome<E::Reply> {
        let call = (E::NAME, cx.peer.to_string(), cx.deviations.count());
        self.0.lock().expect("not poisoned").push(call);
        assert_eq!(got, request::<E>());
        Ok(reply::<E>())
    }

    pub(crate) fn take(&self) -> Vec<Called> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }
}

/// A lot that answers with the samples.
#[derive(Clone, Default)]
pub(crate) struct ReplayLot(pub Calls);

impl ReplayLot {
    async fn replay<E: Endpoint>(&self, cx: &Ctx, got: E::Request) -> Outcome<E::Reply> {
        self.0.replay::<E>(cx, got)
    }
}

impl LotService for ReplayLot {
    for_each_lot_interface!(kt_proto::answer_with [one replay endpoint]);
}

/// A third party that answers with the samples.
#[derive(Clone, Default)]
pub(crate) struct ReplayCloud(pub Calls);

impl ReplayCloud {
    async fn replay<E: Endpoint>(&self, cx: &Ctx, got: E::Request) -> Outcome<E::Reply> {
        self.0.replay::<E>(cx, got)
    }
}

impl CloudService for ReplayCloud {
    for_each_cloud_interface!(kt_proto::answer_with [one replay endpoint]);
}

/// One call as it crossed the wire.
#[derive(Debug, Clone)]
pub(crate) struct Crossing {
    pub path: String,
    pub headers: axum::http::HeaderMap,
    pub body: String,
    pub status: u16,
    pub reply_kind: String,
    pub reply: String,
}

impl Crossing {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().expect("text")
    }

    /// The Base64 in the body, JSON or form.
    pub(crate) fn data(&self) -> String {
        if let Some(form) = self.body.strip_prefix("data=") {
            return form
                .replace("%2B", "+")
                .replace("%2F", "/")
                .replace("%3D", "=");
        }
        let inside = self
            .body
            .strip_prefix(r#"{"data":""#)
            .and_then(|rest| rest.strip_suffix(r#""}"#));
        inside.unwrap_or_else(|| panic!("{}", self.body)).to_owned()
    }

    /// What `data` holds if it was sealed on `date`.
    pub(crate) fn plaintext(&self, date: Date) -> String {
        let opened = keys().open_with(&self.data(), [date], |text| {
            text.starts_with("{\"parkCode\":")
        });
        opened.expect("sealed on that day").text
    }
}

/// Everything that crossed the wire.
#[derive(Clone, Default)]
pub(crate) struct Wire(Arc<Mutex<Vec<Crossing>>>);

impl Wire {
    pub(crate) fn take(&self) -> Vec<Crossing> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }

    pub(crate) fn one(&self) -> Crossing {
        let mut all = self.take();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    /// `router`, watched.
    pub(crate) fn watch(&self, router: Router) -> Router {
        let wire = self.clone();
        router.layer(from_fn(move |request: Request, next: Next| {
            let wire = wire.clone();
            async move {
                let (head, body) = request.into_parts();
                let body = to_bytes(body, usize::MAX).await.expect("a whole request");
                let mut crossing = Crossing {
                    path: head.uri.path().to_owned(),
                    headers: head.headers.clone(),
                    body: String::from_utf8_lossy(&body).into_owned(),
                    status: 0,
                    reply_kind: String::new(),
                    reply: String::new(),
                };
                let (head, body) = next
                    .run(Request::from_parts(head, Body::from(body)))
                    .await
                    .into_parts();
                let body = to_bytes(body, usize::MAX).await.expect("a whole reply");
                crossing.status = head.status.as_u16();
                crossing.reply_kind = head.headers["content-type"]
                    .to_str()
                    .expect("text")
                    .to_owned();
                crossing.reply = String::from_utf8_lossy(&body).into_owned();
                wire.0.lock().expect("not poisoned").push(crossing);
                axum::response::Response::from_parts(head, Body::from(body))
            }
        }))
    }
}

/// Server options by `clock`, telling `told`.
pub(crate) fn options(dialect: &Dialect, clock: &ManualClock, told: &Told) -> ServerOptions {
    let mut options = ServerOptions::default();
    options.dialect = Arc::new(dialect.clone());
    options.clock = Arc::new(clock.clone());
    options.observer = Some(told.observer());
    options
}
