//! Any address and body, both roles: HTTP 200 and an envelope without deviations, resCode 0 only
//! for those who know the password and the key.
#![no_main]
use futures_util::FutureExt;
use http_body_util::BodyExt;
use kt_proto::{
    axum::{
        Router,
        body::Body,
        http::{Method, Request, StatusCode, header},
    },
    endpoint::*,
    envelope::open_reply,
    model::*,
    *,
};
use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, LazyLock};
use tower::ServiceExt;

const CLOUD: u8 = 1;
/// The address is in the input, ended by a zero.
const ANY_PATH: u8 = 2;
/// The rest is the whole body.
const RAW: u8 = 4;
const FORM: u8 = 8;
const STRANGER: u8 = 16;
const COMMAS: u8 = 32;

// One byte of flags, one for the interface; the rest is the plaintext.
fuzz_target!(|input: &[u8]| {
    let [flags, interface, rest @ ..] = input else {
        return;
    };
    let has = |flag| flags & flag != 0;
    let info = &ENDPOINTS[usize::from(*interface) % ENDPOINTS.len()];
    let (path, rest) = if has(ANY_PATH) {
        let end = rest
            .iter()
            .position(|byte| *byte == 0)
            .unwrap_or(rest.len());
        let path: String = rest[..end]
            .iter()
            .map(|byte| format!("%{byte:02X}"))
            .collect();
        (
            format!("/api/{path}"),
            rest.get(end + 1..).unwrap_or_default(),
        )
    } else {
        (
            format!("{}/{}", info.paths.last().unwrap_or(&""), info.name),
            rest,
        )
    };
    if path == "/api/" {
        return;
    }
    let sealed = std::str::from_utf8(rest)
        .ok()
        .filter(|_| !has(RAW))
        .and_then(|text| KEYS.seal(text, NOW.date()).ok());
    let knows = sealed.is_some() && !has(STRANGER);
    let body = match sealed {
        Some(data) if has(FORM) => format!("data={}", data.replace('+', "%2B")).into_bytes(),
        Some(data) => format!(r#"{{"data":"{data}"}}"#).into_bytes(),
        None => rest.to_vec(),
    };
    let (status, reply) = ask(*flags, &path, body);
    assert_eq!(status, StatusCode::OK);
    let mut deviations = Deviations::default();
    let reply = open_reply(&reply, &Dialect::strict().read, &mut deviations)
        .unwrap_or_else(|problem| panic!("{path}: {problem}: {reply}"));
    assert!(deviations.is_empty(), "{path}: {:?}", deviations.list());
    assert!(matches!(reply.code, 0 | 1), "{path}: {}", reply.code);
    assert!(reply.code == 1 || knows, "{path}: accepted from a stranger");
    assert!(reply.code == 0 || reply.items.is_empty());
    assert!(reply.message.chars().count() <= 512);
    for item in reply.items {
        assert!(
            serde_json::from_str::<&serde_json::value::RawValue>(item).is_ok(),
            "{path}: {item}"
        );
    }
});

static NOW: LazyLock<DateTime> = LazyLock::new(|| "2019-03-25 12:00:00".parse().expect("a moment"));
static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let keys = Keys::new("693207DB8148FBC9D8410179").expect("24 characters");
    keys.charset(Charset::Gb18030)
});

fn router(flags: u8) -> Router {
    let mut options = ServerOptions::default();
    let dialect = if flags & COMMAS == 0 {
        Dialect::default()
    } else {
        Dialect::default().trailing_commas()
    };
    options.dialect = Arc::new(dialect);
    options.clock = Arc::new(ManualClock::new(
        std::time::UNIX_EPOCH + std::time::Duration::from_secs(NOW.timestamp().seconds() as u64),
    ));
    let caller = Credentials::new("ktapi", "0506E3", KEYS.clone());
    if flags & CLOUD == 0 {
        LotRouter::new(Samples, caller)
            .options(options)
            .into_router()
    } else {
        CloudRouter::new(Samples, caller)
            .options(options)
            .into_router()
    }
}

fn ask(flags: u8, path: &str, body: Vec<u8>) -> (StatusCode, String) {
    static ROUTERS: LazyLock<[Router; 4]> =
        LazyLock::new(|| [0, CLOUD, COMMAS, CLOUD | COMMAS].map(router));
    let router = &ROUTERS[usize::from(flags & CLOUD) + if flags & COMMAS == 0 { 0 } else { 2 }];
    let request = Request::builder()
        .method(Method::POST)
        .uri(path)
        .header("user", "ktapi")
        .header(
            "pwd",
            if flags & STRANGER == 0 {
                "0506E3"
            } else {
                "0506E4"
            },
        )
        .header(
            header::CONTENT_TYPE,
            if flags & FORM == 0 {
                "application/json"
            } else {
                "application/x-www-form-urlencoded"
            },
        )
        .body(Body::from(body))
        .expect("a request");
    let answering = async {
        let Ok(response) = router.clone().oneshot(request).await;
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

/// Answers every interface with the sample of its reply.
struct Samples;

/// The sample, if the interface answers anything: the entries alone (downward), or the whole reply
/// (upward).
fn sample<E: Endpoint>() -> Outcome<E::Reply> {
    let text = park_fuzz::reply_sample("kt-proto", E::NAME);
    let rules = Rules::default();
    let whole = open_reply(&text, &rules, &mut Deviations::default());
    let entry = match &whole {
        Ok(reply) => reply.items.first().copied().unwrap_or("{}"),
        Err(_) => &text,
    };
    Ok(decode(entry, &rules).expect("a sample").0)
}

impl Samples {
    async fn answer<E: Endpoint>(&self, _: &Ctx, _: E::Request) -> Outcome<E::Reply> {
        park_fuzz::once(E::NAME, sample::<E>)
    }
}

impl LotService for Samples {
    for_each_lot_interface!(kt_proto::answer_with [one answer endpoint]);

    async fn other(&self, cx: &Ctx, _: &str, plaintext: &str) -> Outcome<String> {
        answer_plaintext::<GetBookingCar, _, _>(cx, plaintext, async |cx, request| {
            self.query_bookings(&cx, request).await
        })
        .await
    }
}

impl CloudService for Samples {
    for_each_cloud_interface!(kt_proto::answer_with [one answer endpoint]);
}
