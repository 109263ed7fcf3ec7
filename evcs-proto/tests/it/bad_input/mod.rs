//! What arrives over HTTPS that should not, on either side: one row a case, and after each row the
//! connection still answers.
mod again;
mod envelope;
mod replies;

use crate::{
    common::{
        faults::{body, done, refusal, sample_reply, stub, token},
        *,
    },
    crypto::{encrypt, padded, sign},
};
use evcs_proto::{code::*, endpoint::*, envelope::*, model::*, replay::*, sequence::*, *};
use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::{Duration, SystemTime},
};

/// Now, as the services' clocks show it.
const NOW: i64 = 1_677_628_800;
const TIME: &str = "20230301080000";
const STATUS: &str = "query_station_status";
const GOOD: &str = r#"{"StationIDs":["00000000000000000011"]}"#;
/// What each way of not being decrypted is answered with.
const SEALED: &str =
    "Data cannot be decrypted to JSON: are DataSecret and DataSecretIV those of this direction?";
const STRANGER: &str = "MA5DM667X";

fn clock() -> ManualClock {
    ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(NOW as u64))
}

/// A charge point operator that accepts everything, and remembers what it did.
#[derive(Clone, Default)]
struct Tolerant(Arc<Calls>);

impl CpoService for Tolerant {
    async fn query_station_status(
        &self,
        cx: &Ctx,
        _: StationStatusQuery,
    ) -> Outcome<StationStatusReply> {
        self.0.note(STATUS, cx);
        Ok(sample(STATUS, "reply"))
    }

    async fn query_start_charge(&self, cx: &Ctx, _: StartCharge) -> Outcome<StartChargeReply> {
        self.0.note("query_start_charge", cx);
        Ok(sample("query_start_charge", "reply"))
    }

    async fn other(&self, cx: &Ctx, interface: &str, plaintext: &str) -> Outcome<String> {
        self.0.note(interface, cx);
        match interface {
            "own" => {
                answer_plaintext::<QueryStationStatus, _, _>(cx, plaintext, async |_, _| {
                    Ok(sample(STATUS, "reply"))
                })
                .await
            }
            _ => Err(Refusal::new(Ret::WRONG_PARAMETERS, "no such interface")),
        }
    }
}

/// A peer written by hand, which has a token.
struct Hand {
    client: reqwest::Client,
    base: String,
    token: String,
    calls: Arc<Calls>,
    seq: AtomicU16,
}

/// An answer: Ret, and everything else of it.
struct Answered {
    ret: i32,
    msg: String,
    signed: bool,
    text: String,
}

impl Hand {
    async fn of(options: ServerOptions) -> Self {
        let service = Tolerant::default();
        let calls = service.0.clone();
        let stranger = Keys::new("other", "other-data-key-1", "other-data-iv-01", "other-sig")
            .expect("16 bytes each");
        let mut operators = operators();
        operators.insert(STRANGER.to_owned(), stranger);
        let certificate = Certificate::localhost();
        let (base, _) = serve_https(
            CpoRouter::new(service, operators)
                .options(options)
                .into_router(),
            &certificate,
        )
        .await;
        let config = certificate
            .client()
            .rustls_config()
            .expect("our own authority");
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(Arc::unwrap_or_clone(config))
            .no_proxy()
            .pool_max_idle_per_host(1)
            .timeout(Duration::from_secs(60))
            .build()
            .expect("a client");
        let mut hand = Self {
            client,
            base: format!("{base}/evcs/v1"),
            token: String::new(),
            calls,
            seq: AtomicU16::new(0),
        };
        let query =
            format!(r#"{{"OperatorID":"{OPERATOR}","OperatorSecret":"{OPERATOR_SECRET}"}}"#);
        let told = hand.send("query_token", None, hand.seal(&query)).await;
        let reply =
            read_reply(&told.text, &Rules::strict(), &mut Deviations::default()).expect("a reply");
        let rules = Rules::default();
        let verified = reply
            .verify(
                &keys(),
                Accept::default(),
                &rules,
                &mut Deviations::default(),
            )
            .expect("signed");
        let accept = hand_accepts(&told.text);
        let plaintext = verified
            .expect("there is Data")
            .open(&keys(), accept, &rules, &mut Deviations::default())
            .expect("opened");
        let reply: serde_json::Value = serde_json::from_str(&plaintext).expect("JSON");
        hand.token = reply["AccessToken"].as_str().expect("a token").to_owned();
        hand
    }

    fn next(&self) -> u16 {
        self.seq.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// A request as the document has it.
    fn seal(&self, plaintext: &str) -> String {
        self.seal_at(NOW, plaintext)
    }

    fn seal_at(&self, seconds: i64, plaintext: &str) -> String {
        let stamp = Stamp {
            second: Timestamp::from_seconds(seconds),
            number: self.next(),
        };
        seal_request(&keys(), OPERATOR, stamp, plaintext, Form::default())
    }

    /// A request with this Data, signed well.
    fn signed(&self, data: &str) -> String {
        self.signed_by(SIG_SECRET, data)
    }

    fn signed_by(&self, secret: &str, data: &str) -> String {
        let seq = format!("{:04}", self.next());
        let sig = sign(secret, &[OPERATOR, data, TIME, &seq]);
        let data = if data.starts_with('{') {
            data.to_owned()
        } else {
            format!("\"{data}\"")
        };
        format!(
            r#"{{"OperatorID":"{OPERATOR}","Data":{data},"TimeStamp":"{TIME}","Seq":"{seq}","Sig":"{sig}"}}"#
        )
    }

    fn bearer(&self) -> Option<String> {
        Some(format!("Bearer {}", self.token))
    }

    /// Posts `body` with this header.
    async fn send(
        &self,
        interface: &str,
        authorization: Option<String>,
        body: impl Into<reqwest::Body>,
    ) -> Answered {
        let mut request = self
            .client
            .post(format!("{}/{interface}", self.base))
            .body(body);
        if let Some(authorization) = authorization {
            request = request.header("authorization", authorization);
        }
        let response = request
            .send()
            .await
            .expect("an answer, not a broken connection");
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(
            response.headers()["content-type"],
            "application/json;charset=utf-8"
        );
        let text = response.text().await.expect("the whole answer");
        let reply = read_reply(&text, &Rules::strict(), &mut Deviations::default())
            .unwrap_or_else(|problem| panic!("{problem}: {text}"));
        Answered {
            ret: reply.ret.0,
            msg: reply.msg.to_string(),
            signed: reply.is_signed(&keys()),
            text,
        }
    }

    /// Posts `body` as it should be posted.
    async fn post(&self, body: impl Into<reqwest::Body>) -> Answered {
        self.send(STATUS, self.bearer(), body).await
    }

    /// The connection is good for another call.
    async fn goes_on(&self) {
        self.calls.take();
        let told = self.post(self.seal(GOOD)).await;
        assert_eq!(
            (told.ret, told.signed, self.calls.take().len()),
            (0, true, 1),
            "{}",
            told.text
        );
    }
}

fn hand_accepts(text: &str) -> Accept {
    let mut accept = Accept::default();
    accept.plain_data = text.contains("\"Data\":{");
    accept
}

impl Answered {
    /// It is a refusal with nothing in it that anybody could learn from.
    fn is(&self, about: &str, ret: i32, part: &str, signed: bool) {
        assert_eq!(
            (self.ret, self.signed),
            (ret, signed),
            "{about}: {}",
            self.text
        );
        assert!(self.msg.contains(part), "{about}: {}", self.text);
        assert!(self.msg.chars().count() <= 512, "{about}");
        if ret != 0 {
            assert!(self.text.contains(r#""Data":"""#), "{about}: {}", self.text);
        }
        assert!(!self.text.contains("canary"), "{about}: {}", self.text);
    }
}

fn options(dialect: Dialect) -> ServerOptions {
    let mut options = ServerOptions::default();
    options
        .dialects
        .insert(OPERATOR.to_owned(), Arc::new(dialect));
    options.clock = Arc::new(clock());
    options
}

fn block(bytes: &[u8]) -> String {
    encrypt(DATA_SECRET, DATA_IV, bytes)
}
