//! Any interface and plaintext, sealed by a known operator, through both routers: HTTP 200, an
//! envelope that the operator can trust, a Ret of the list.
#![no_main]
use evcs_proto::{
    axum::{
        Router,
        body::Body,
        http::{Method, Request, StatusCode, header},
    },
    code::*,
    endpoint::*,
    envelope::{read_reply, seal_request},
    model::*,
    replay::{Memory, Seen},
    sequence::Stamp,
    *,
};
use futures_util::FutureExt;
use http_body_util::BodyExt;
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
    time::{Duration, SystemTime},
};
use tower::ServiceExt;

const SECOND: u64 = 1_469_773_440;

const EMSP: u8 = 1;
/// The interface's name is in the input, ended by a zero.
const ANY_NAME: u8 = 2;
/// The rest is the whole body.
const RAW: u8 = 4;
/// The signature is not in the letters that the operator gets.
const UPPER: u8 = 8;

// One byte of flags, one for the interface, one for the operator; the rest is the plaintext.
fuzz_target!(|input: &[u8]| {
    let [flags, interface, operator, rest @ ..] = input else {
        return;
    };
    let (name, rest) = if flags & ANY_NAME == 0 {
        (
            ENDPOINTS[usize::from(*interface) % ENDPOINTS.len()]
                .name
                .as_bytes(),
            rest,
        )
    } else {
        let end = rest
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(rest.len());
        (&rest[..end], rest.get(end + 1..).unwrap_or_default())
    };
    // Without a name, or with one that is no text, it is no interface but another address.
    if std::str::from_utf8(name).is_err() || name.is_empty() {
        return;
    }
    let path: String = name.iter().map(|byte| format!("%{byte:02X}")).collect();
    let (operator, dialect) = &OPERATORS[usize::from(*operator) % OPERATORS.len()];
    // Zero padding of nothing is nothing, and Data must not be empty.
    if rest.is_empty() {
        return;
    }
    let body = if flags & RAW != 0 {
        rest.to_vec()
    } else {
        let stamp = Stamp {
            second: Timestamp::from_seconds(SECOND as i64),
            number: 1,
        };
        let plaintext = String::from_utf8_lossy(rest);
        let object = serde_json::from_str::<&RawValue>(&plaintext)
            .ok()
            .map(RawValue::get)
            .filter(|json| json.starts_with('{'));
        let mut form = dialect.write.form;
        form.plain_data &= object.is_some();
        form.lower_case_signature &= flags & UPPER == 0;
        seal_request(&KEYS, operator, stamp, object.unwrap_or(&plaintext), form).into_bytes()
    };

    let (status, text) = ask(flags & EMSP != 0, &path, operator, body);
    assert_eq!(status, StatusCode::OK);
    let mut deviations = Deviations::default();
    let rules = Dialect::default().read;
    let reply = read_reply(&text, &rules, &mut deviations)
        .unwrap_or_else(|problem| panic!("{path}: {problem}: {text}"));
    assert!(
        deviations.is_empty() && reply.ret.name().is_some(),
        "{path}: {text}"
    );
    assert!(reply.ret != Ret::SYSTEM_ERROR, "nobody panics here: {text}");
    if flags & RAW != 0 {
        return;
    }
    assert!(reply.is_signed(&KEYS), "{path}: {text}");
    let (ret, accept) = (reply.ret, dialect.accept);
    assert!(
        ret != Ret::WRONG_SIGNATURE && ret != Ret::WRONG_TOKEN,
        "{path}: {text}"
    );
    let verified = reply
        .verify(&KEYS, accept, &rules, &mut deviations)
        .expect("signed");
    assert_eq!(verified.is_some(), ret == Ret::OK, "{path}: {text}");
    if let Some(verified) = verified {
        let plaintext = verified
            .open(&KEYS, accept, &rules, &mut deviations)
            .expect("sealed for us");
        serde_json::from_str::<&RawValue>(&plaintext).expect("a reply is JSON");
    }
});

static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    Keys::new(
        "operator secret",
        "1234567890abcdef",
        "1234567890abcdef",
        "1234567890abcdef",
    )
    .expect("16 bytes")
});

/// Peers of every kind.
static OPERATORS: LazyLock<Vec<(&str, Dialect)>> = LazyLock::new(|| {
    let zeros = Dialect::default()
        .form(|form| form.zero_padding = true)
        .accept(|accept| accept.zero_padding = true);
    let plain = Dialect::default()
        .form(|form| form.plain_data = true)
        .accept(|accept| accept.plain_data = true);
    vec![
        ("MA5DM667X", Dialect::default()),
        ("MA5STRICT", Dialect::strict()),
        (
            "MA5DB4403",
            Dialect::default()
                .db4403()
                .form(|form| form.lower_case_signature = true),
        ),
        ("MA5ZEROES", zeros.service_spelling()),
        (
            "MA5PLAIN0",
            plain
                .waive(["StationInfos.StationName"])
                .guard(ReplayGuard::Off),
        ),
    ]
});

fn ask(emsp: bool, path: &str, token: &str, body: Vec<u8>) -> (StatusCode, String) {
    static CPO: LazyLock<Router> = LazyLock::new(|| {
        CpoRouter::new(Samples, operators())
            .options(options())
            .tokens(OwnNames)
            .into_router()
    });
    static EMSP: LazyLock<Router> = LazyLock::new(|| {
        EmspRouter::new(Samples, operators())
            .options(options())
            .tokens(OwnNames)
            .into_router()
    });
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/evcs/v1/{path}"))
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .header(header::CONTENT_TYPE, "application/json;charset=utf-8")
        .body(Body::from(body))
        .expect("a request");
    let answering = async {
        let router = if emsp { &EMSP } else { &CPO };
        let Ok(response) = Router::clone(router).oneshot(request).await;
        let status = response.status();
        (
            status,
            response
                .into_body()
                .collect()
                .await
                .expect("a body in memory")
                .to_bytes(),
        )
    };
    let (status, reply) = answering.now_or_never().expect("nothing here waits");
    (
        status,
        String::from_utf8(reply.into()).expect("a reply is UTF-8"),
    )
}

fn operators() -> HashMap<String, Keys> {
    OPERATORS
        .iter()
        .map(|(operator, _)| ((*operator).to_owned(), KEYS.clone()))
        .collect()
}

fn options() -> ServerOptions {
    let mut options = ServerOptions::default();
    options.dialects = OPERATORS
        .iter()
        .map(|(operator, dialect)| ((*operator).to_owned(), Arc::new(dialect.clone())))
        .collect();
    options.clock = Arc::new(ManualClock::new(
        SystemTime::UNIX_EPOCH + Duration::from_secs(SECOND),
    ));
    options.replays = Arc::new(Forgetful);
    options
}

/// Whatever is fuzzed before is not remembered.
struct Forgetful;

impl Replays for Forgetful {
    fn remember<'a>(&'a self, seen: Seen, _: SystemTime, _: SystemTime) -> BoxFuture<'a, Memory> {
        // One in 256 meets a full memory, one a known message.
        let memory = match seen.mac[0] {
            0 => Memory::Full,
            1 => Memory::Known,
            _ => Memory::New,
        };
        Box::pin(async move { memory })
    }
}

/// Every operator's token is its name.
struct OwnNames;

impl Tokens for OwnNames {
    fn put<'a>(&'a self, _: Secret, _: &'a str, _: SystemTime) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }

    fn find<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Option<Arc<str>>> {
        Box::pin(async move { Some(token.into()) })
    }

    fn revoke<'a>(&'a self, _: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }

    fn revoke_all<'a>(&'a self, _: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
}

/// Answers every interface with the sample of its reply, and refuses every message with 0 as its
/// last digit.
struct Samples;

impl Samples {
    async fn answer<E: Endpoint>(&self, _: &Ctx, request: E::Request) -> Outcome<E::Reply> {
        if encode(&request).expect("it was read").ends_with("0\"}") {
            return Err(Refusal::new(Ret::BUSY, "系统繁忙"));
        }
        let sample = || {
            decode(
                &park_fuzz::reply_sample("evcs-proto", E::NAME),
                &Dialect::strict().read,
            )
            .expect("a sample")
            .0
        };
        Ok(park_fuzz::once(E::NAME, sample))
    }
}

impl CpoService for Samples {
    for_each_cpo_interface!(evcs_proto::answer_with [one answer endpoint]);

    async fn other(&self, cx: &Ctx, _: &str, plaintext: &str) -> Outcome<String> {
        let serve = async move |cx: Ctx, request| self.query_equip_auth(&cx, request).await;
        answer_plaintext::<QueryEquipAuth, _, _>(cx, plaintext, serve).await
    }
}

impl EmspService for Samples {
    for_each_emsp_interface!(evcs_proto::answer_with [one answer endpoint]);
}
