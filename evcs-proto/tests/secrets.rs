//! Canaries in everything that is secret, and a look at everything that is printed.
#![cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
#[path = "it/common/mod.rs"]
mod common;

use common::{
    faults::{Do, peer, quick, sample_reply, token},
    *,
};
use evcs_proto::{envelope::*, *};
use std::{
    fmt::Debug,
    io,
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};
use tracing_subscriber::{
    filter::LevelFilter,
    fmt::{MakeWriter, format::FmtSpan},
};

/// A plate that must not be in any log from INFO on, nor in any error.
const PLATE: &str = "粤CANARY8";

/// Everything that any crate has logged, with its level.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<(LevelFilter, String)>>>);

struct Line(Log, LevelFilter);

impl io::Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes).into_owned();
        self.0.0.lock().expect("not poisoned").push((self.1, text));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line(self.clone(), LevelFilter::ERROR)
    }

    fn make_writer_for(&'a self, meta: &tracing::Metadata<'_>) -> Line {
        Line(self.clone(), (*meta.level()).into())
    }
}

/// A store of tokens that remembers every token it saw.
#[derive(Clone, Default)]
struct Remembering(MemoryTokens, Arc<Mutex<Vec<String>>>);

impl Tokens for Remembering {
    fn put<'a>(&'a self, token: Secret, user_id: &'a str, expires: SystemTime) -> BoxFuture<'a, ()> {
        self.1.lock().expect("not poisoned").push(token.expose().to_owned());
        self.0.put(token, user_id, expires)
    }

    fn find<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Option<Arc<str>>> {
        self.0.find(token)
    }

    fn revoke<'a>(&'a self, token: &'a str) -> BoxFuture<'a, ()> {
        self.0.revoke(token)
    }

    fn revoke_all<'a>(&'a self, user_id: &'a str) -> BoxFuture<'a, ()> {
        self.0.revoke_all(user_id)
    }
}

/// Everything that was printed outside of logs.
static SHOWN: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn shown(value: impl Debug) {
    SHOWN.lock().expect("not poisoned").push(format!("{value:?} {value:#?}"));
}

/// An error with its whole chain of causes.
fn failed<T: Debug>(outcome: Result<T, Error>) {
    let error = outcome.expect_err("meant to fail");
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut cause = std::error::Error::source(&error);
    while let Some(next) = cause {
        text.push_str(&format!(" {next} {next:?}"));
        cause = next.source();
    }
    SHOWN.lock().expect("not poisoned").push(text);
}

struct Service;

impl CpoService for Service {
    async fn query_start_charge(&self, cx: &Ctx, order: StartCharge) -> Outcome<StartChargeReply> {
        shown(cx);
        match order.plate_num.as_deref() {
            Some(PLATE) => Ok(StartChargeReply::ok(&order, ChargeState::STARTING)),
            _ => panic!("a bug in the application with {PLATE}"),
        }
    }
}

fn order() -> StartCharge {
    StartCharge {
        plate_num: Some(PLATE.into()),
        ..sample("query_start_charge", "request")
    }
}

#[tokio::test]
async fn no_secret_is_printed_and_no_payload_from_info_on() {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(log.clone())
        .init();
    let certificate = certificate();
    let tokens = Remembering::default();
    let mut options = ServerOptions::default();
    options.observer = Some(Observer::new(|observed| shown(observed)));
    shown(&options);
    let router = CpoRouter::new(Service, operators()).options(options).tokens(tokens.clone());
    shown((
        &router,
        keys(),
        credentials(),
        operators(),
        MemoryReplays::default(),
        MemorySequence::default(),
    ));
    let (base, _) = serve_https(router.into_router(), &certificate).await;
    let base = format!("{base}/evcs/v1");
    let way_with = |keys: Keys| {
        let builder = PeerHttp::builder(&*base, Credentials::new(OPERATOR, keys)).http(certificate.http());
        shown(&builder);
        builder.build().expect("a client")
    };
    let way = way_with(keys());
    let cpo = way.cpo().named("cpo").with(quick);
    shown((&way, &cpo, CallOptions::default(), Dialect::default()));

    // What goes well, and what fails on either side.
    cpo.query_start_charge(&order()).await.expect("begun");
    way.refresh().await.expect("renewed");
    cpo.query_start_charge(&order()).await.expect("begun");
    failed(cpo.query_start_charge(&sample("query_start_charge", "request")).await);
    failed(cpo.query_start_charge(&StartCharge::new(PLATE, PLATE.repeat(9), PLATE)).await);
    failed(cpo.query_station_stats(&sample("query_station_stats", "request")).await);
    let careless = CpoClient::over(way.clone(), credentials()).dialect(Dialect::default().waive(["StartChargeSeq", "ConnectorID"]));
    failed(careless.query_start_charge(&StartCharge::new(PLATE, PLATE.repeat(9), PLATE)).await);
    tokens.revoke_all(OPERATOR).await;
    failed(cpo.query_start_charge(&order()).await);
    failed(cpo.with(|o| o.deadline = Duration::ZERO).query_start_charge(&order()).await);
    // One wrong secret after another.
    let secrets = [OPERATOR_SECRET, DATA_SECRET, DATA_IV, SIG_SECRET];
    for (wrong, other) in ["canary-wrong-one", "canary-wrong-two", "canary-wrong-iii", "canary-wrong-sig"]
        .into_iter()
        .enumerate()
    {
        let mut secrets = secrets;
        secrets[wrong] = other;
        let [operator_secret, data_secret, data_iv, sig_secret] = secrets;
        let keys = Keys::new(operator_secret, data_secret, data_iv, sig_secret).expect("16 bytes each");
        failed(way_with(keys).cpo().query_start_charge(&order()).await);
    }
    for (data_secret, data_iv, sig_secret) in [("canary", DATA_IV, "x"), (DATA_SECRET, "canary", "x"), (DATA_SECRET, DATA_IV, "")] {
        let error = Keys::new("canary", data_secret, data_iv, sig_secret).expect_err("of no use");
        shown((error, error.to_string()));
    }
    let stranger = PeerHttp::builder(&*base, credentials()).build().expect("a client");
    failed(stranger.cpo().with(|o| o.retry = RetryPolicy::off()).query_start_charge(&order()).await);
    failed(PeerHttp::builder("https://user:canary@localhost", credentials()).build());

    // A peer that sends back what it got, or something like it.
    for text in [
        format!(r#"{{"Ret":0,"Msg":"ok","Data":{{"{PLATE}":"canary-token"}},"Sig":"canary"}}"#),
        format!("<html>canary {PLATE}</html>"),
        format!(r#"{{"canary":"{PLATE}"}}"#),
    ] {
        let (base, _) = peer(move |name, _| match name {
            "query_token" => token("canary-token", 7200),
            _ => Do::Answer(200, text.clone().into_bytes()),
        })
        .await;
        failed(faults::cpo(&base).query_start_charge(&order()).await);
    }
    let (base, _) = peer(|name, _| match name {
        "query_token" => token("canary\ntoken", 7200),
        _ => sample_reply(name),
    })
    .await;
    failed(faults::cpo(&base).query_start_charge(&order()).await);
    struct Own;
    impl Transport for Own {
        fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
            let answer = Answer::new(seal_reply(Some(&keys()), Ret::OK, PLATE, Some("{\"canary\":1}"), Form::default()));
            shown((call, &answer));
            Box::pin(async { Ok(answer) })
        }
    }
    failed(CpoClient::over(Own, credentials()).query_start_charge(&order()).await);
    let query = TokenQuery {
        operator_id: OPERATOR.into(),
        operator_secret: OPERATOR_SECRET.into(),
    };
    shown((query, TokenReply::ok(OPERATOR, "canary-token", 1)));

    let log = log.0.lock().expect("not poisoned").clone();
    let printed = SHOWN.lock().expect("not poisoned").clone();
    let issued = tokens.1.lock().expect("not poisoned").clone();
    assert!(issued.len() >= 3, "tokens were issued");
    let secrets: Vec<&str> = issued.iter().map(String::as_str).chain(["canary"]).collect();
    // The log is worth looking at: ours, and those of the layers below.
    for target in ["evcs_proto", "park_core", "reqwest", "rustls", "hyper_util"] {
        assert!(log.iter().any(|(_, line)| line.contains(target)), "nothing of {target}");
    }
    for (level, line) in &log {
        for secret in &secrets {
            assert!(!line.contains(secret), "{secret} in a log: {line}");
        }
        assert!(*level > LevelFilter::INFO || !line.contains(PLATE), "payload in a log: {line}");
    }
    assert!(printed.len() > 25, "{}", printed.len());
    for text in &printed {
        for secret in &secrets {
            assert!(!text.contains(secret), "{secret} printed: {text}");
        }
        assert!(!text.contains(PLATE), "payload printed: {text}");
    }
}
