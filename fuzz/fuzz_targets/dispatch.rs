//! Any interface, any body, both roles: each request is answered with a readable envelope, one
//! entry for each entry.
#![no_main]
use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use futures_util::FutureExt;
use http_body_util::BodyExt;
use libfuzzer_sys::fuzz_target;
use park_core::json::lexer;
use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
    time::SystemTime,
};
use sztc_proto::{
    endpoint::*,
    envelope::{open_reply, open_request, seal_request},
    model::*,
    *,
};
use tower::ServiceExt;

const TOKEN: &str = "2YotnFZFEjr1zCsicMWpAA";
const SIGNED: u8 = 1;
const PARTNER: u8 = 2;
const ANY_CODE: u8 = 4;

// One byte of flags, two for the interface; the rest is `data` to be signed, or the whole body.
fuzz_target!(|input: &[u8]| {
    let [flags, high, low, rest @ ..] = input else {
        return;
    };
    let number = u16::from_be_bytes([*high, *low]);
    let code = if flags & ANY_CODE == 0 {
        CODES[usize::from(number) % CODES.len()]
    } else {
        number
    };
    let signed = (flags & SIGNED != 0).then(|| sign(rest, *flags)).flatten();
    let body = signed.unwrap_or_else(|| rest.to_vec());

    let rules = Dialect::default().read;
    let text = std::str::from_utf8(&body).unwrap_or_default();
    let asked = open_request(text, &rules, &mut Deviations::default())
        .map_or(0, |request| request.items.len());
    let (status, reply) = ask(flags & PARTNER != 0, code, body.clone());
    assert_eq!(status, StatusCode::OK);
    let mut deviations = Deviations::default();
    let reply = open_reply(&reply, &rules, &mut deviations)
        .unwrap_or_else(|problem| panic!("{code}: {problem}: {reply}"));
    assert!(deviations.is_empty(), "{code}: {:?}", deviations.list());
    assert!(
        reply.items.len() <= asked + 1,
        "{code}: {asked} entries, {} answers",
        reply.items.len()
    );
    for item in reply.items {
        assert!(
            item.starts_with('{')
                && serde_json::from_str::<&serde_json::value::RawValue>(item).is_ok(),
            "{code}: {item}"
        );
    }
});

/// The interfaces of Table 1.
static CODES: LazyLock<Vec<u16>> =
    LazyLock::new(|| ENDPOINTS.iter().filter_map(Info::number).collect());

/// A correct envelope around `data`, if that is JSON and can be signed.
fn sign(data: &[u8], flags: u8) -> Option<Vec<u8>> {
    let data = std::str::from_utf8(data).ok()?;
    let items: Vec<&str> = match lexer::elements(data).collect() {
        Ok(items) => items,
        Err(_) => vec![lexer::Lexer::new(data).value().ok()?],
    };
    let scheme = Scheme::ALL[usize::from(flags >> 3) % Scheme::ALL.len()];
    seal_request(items.into_iter(), Timestamp::at(SystemTime::now()), scheme)
        .ok()
        .map(String::into_bytes)
}

fn ask(partner: bool, code: u16, body: Vec<u8>) -> (StatusCode, String) {
    static CITY: LazyLock<Router> = LazyLock::new(|| {
        CityRouter::new(Samples, accounts())
            .tokens(OneToken)
            .into_router()
    });
    static OURS: LazyLock<Router> =
        LazyLock::new(|| PartnerRouter::new(Samples, CallbackAuth::token(TOKEN)).into_router());
    let form = if code == 2001 {
        "multipart/form-data; boundary=B"
    } else {
        "application/json"
    };
    let request = Request::builder()
        .method(Method::POST)
        .uri(format!("/{code}"))
        .header(header::AUTHORIZATION, format!("bearer {TOKEN}"))
        .header(header::CONTENT_TYPE, form)
        .body(Body::from(body))
        .expect("a request");
    let answering = async {
        let router = if partner { &OURS } else { &CITY };
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

fn accounts() -> HashMap<String, Account> {
    let key = PasswordKey::new("12345678").expect("eight bytes");
    HashMap::from([("cadre01".to_owned(), Account::new("secret", key))])
}

/// Knows one token, for ever, whatever is fuzzed before.
struct OneToken;

impl Tokens for OneToken {
    fn put<'a>(&'a self, _: Secret, _: &'a str, _: SystemTime) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }

    fn find<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Option<Arc<str>>> {
        Box::pin(async move { (token == TOKEN).then(|| "cadre01".into()) })
    }

    fn revoke<'a>(&'a self, _: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }

    fn revoke_all<'a>(&'a self, _: &'a str) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
}

/// Answers every interface with the sample of its reply, and refuses each third entry.
struct Samples;

impl Samples {
    async fn answer<E: Endpoint>(
        &self,
        _: &Ctx,
        items: Vec<E::Request>,
    ) -> Result<Vec<Outcome<E::Reply>>, Refusal> {
        let reply: E::Reply = park_fuzz::once(E::NAME, || {
            let text = park_fuzz::reply_sample("sztc-proto", E::NAME);
            let text = if E::SHAPE == Shape::Many {
                format!("[{text}]")
            } else {
                text
            };
            decode(&text, &Rules::default()).expect("a sample").0
        });
        let refusal = || Err(Refusal::message("every third is refused"));
        Ok((0..items.len())
            .map(|at| {
                if at % 3 == 2 {
                    refusal()
                } else {
                    Ok(reply.clone())
                }
            })
            .collect())
    }
}

impl CityService for Samples {
    for_each_city_interface!(sztc_proto::answer_with [entry answer endpoint]);

    async fn upload_image(
        &self,
        _: &Ctx,
        _: ImageUpload,
        file: ImageStream<'_>,
    ) -> Result<(), Refusal> {
        file.read_all(1000).await.map(|_| ())
    }

    async fn other(&self, cx: &Ctx, _: &str, data: &str) -> Result<String, Refusal> {
        answer_items::<ReportSpaceState, _, _>(cx, data, async |cx, items| {
            self.report_space_state(&cx, items).await
        })
        .await
    }
}

impl PartnerService for Samples {
    for_each_partner_interface!(sztc_proto::answer_with [entry answer endpoint]);
}
