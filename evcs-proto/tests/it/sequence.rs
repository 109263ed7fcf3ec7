//! Many tasks that speak as one operator: no TimeStamp and Seq twice, one token for all.
use crate::common::*;
use evcs_proto::{code::*, envelope::*, model::*, *};
use std::{
    collections::{BTreeMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

const BEGIN: Duration = Duration::from_secs(1_677_628_800);

/// A clock that goes on by a step whenever it is read.
#[derive(Debug, Clone)]
struct Ticking(Arc<AtomicU64>, u64);

impl Ticking {
    fn new(step: Duration) -> Self {
        Self(
            Arc::new(AtomicU64::new(BEGIN.as_micros() as u64)),
            step.as_micros() as u64,
        )
    }

    fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_micros() as u64, Ordering::SeqCst);
    }
}

impl Clock for Ticking {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + Duration::from_micros(self.0.fetch_add(self.1, Ordering::SeqCst))
    }
}

/// The clock of a runtime whose time stands still until everybody waits.
#[derive(Debug)]
struct Paused(tokio::time::Instant);

impl Clock for Paused {
    fn now(&self) -> SystemTime {
        UNIX_EPOCH + BEGIN + self.0.elapsed()
    }
}

/// Answers at once, and keeps TimeStamp and Seq of what it carried.
#[derive(Clone)]
struct Instantly {
    reply: Arc<str>,
    seen: Arc<Mutex<Vec<(String, String)>>>,
}

impl Instantly {
    fn new() -> Self {
        let reply = encode(&sample::<StationStatusReply>(
            "query_station_status",
            "reply",
        ))
        .expect("a model");
        Self {
            reply: seal_reply(Some(&keys()), Ret::OK, "", Some(&reply), Form::default()).into(),
            seen: Arc::default(),
        }
    }

    /// How many messages each second has; each stamp is there once.
    fn seconds(&self) -> BTreeMap<String, usize> {
        let seen = self.seen.lock().expect("not poisoned");
        assert_eq!(
            seen.iter().collect::<HashSet<_>>().len(),
            seen.len(),
            "a stamp came twice"
        );
        let mut seconds = BTreeMap::new();
        for (time, _) in &*seen {
            *seconds.entry(time.clone()).or_default() += 1;
        }
        seconds
    }
}

impl Transport for Instantly {
    type Code = Ret;

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        let body: serde_json::Value = serde_json::from_slice(&call.body).expect("JSON");
        let part = |name: &str| body[name].as_str().expect("text").to_owned();
        self.seen
            .lock()
            .expect("not poisoned")
            .push((part("TimeStamp"), part("Seq")));
        Box::pin(async {
            tokio::task::yield_now().await;
            Ok(Answer::new(self.reply.to_string()))
        })
    }
}

/// 64 tasks make `calls` calls together.
async fn crowd(client: CpoClient, calls: usize) {
    let query: StationStatusQuery = sample("query_station_status", "request");
    let tasks: Vec<_> = (0..64)
        .map(|task| {
            let (client, query) = (client.clone(), query.clone());
            tokio::spawn(async move {
                for _ in (task..calls).step_by(64) {
                    client.query_station_status(&query).await.expect("answered");
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("no panic");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn twenty_thousand_calls_across_seconds_have_stamps_of_their_own() {
    let line = Instantly::new();
    let clock = Ticking::new(Duration::from_micros(250));
    let client = CpoClient::over(line.clone(), credentials()).clock(Arc::new(clock));
    crowd(client, 20_000).await;
    let seconds = line.seconds();
    assert_eq!(seconds.values().sum::<usize>(), 20_000);
    assert!(seconds.len() >= 5, "{seconds:?}");
}

#[tokio::test(start_paused = true)]
async fn whoever_finds_the_numbers_of_a_second_used_up_waits_for_the_next() {
    let line = Instantly::new();
    let client = CpoClient::over(line.clone(), credentials())
        .clock(Arc::new(Paused(tokio::time::Instant::now())));
    crowd(client.clone(), 20_000).await;
    let counts: Vec<usize> = line.seconds().into_values().collect();
    assert_eq!(counts, [9999, 9999, 2]);
    let seen = line.seen.lock().expect("not poisoned").clone();
    assert!(seen.iter().all(|(_, seq)| seq.len() == 4 && seq != "0000"));
    assert_eq!(seen[0], ("20230301080000".to_owned(), "0001".to_owned()));
    // Somebody who cannot wait that long is told, and nothing was sent.
    crowd(client.clone(), 9997).await;
    let hasty =
        client.with(|o| (o.deadline, o.retry) = (Duration::from_millis(500), RetryPolicy::off()));
    let error = hasty
        .query_station_status(&sample("query_station_status", "request"))
        .await
        .expect_err("no number");
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::Busy, Sent::No),
        "{error}"
    );
    assert_eq!(line.seen.lock().expect("not poisoned").len(), 29_997);
}

#[tokio::test]
async fn clients_that_share_a_sequence_share_its_numbers() {
    let line = Instantly::new();
    let sequence: Arc<dyn Sequence> = Arc::new(MemorySequence::default());
    let clock = Arc::new(ManualClock::new(UNIX_EPOCH + BEGIN));
    let clients: Vec<CpoClient> = (0..8)
        .map(|_| {
            let client = CpoClient::over(line.clone(), credentials());
            client.sequence(sequence.clone()).clock(clock.clone())
        })
        .collect();
    for client in clients {
        crowd(client, 100).await;
    }
    assert_eq!(line.seconds().into_values().collect::<Vec<_>>(), [800]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn over_sockets_too_and_with_one_token_for_each_expiry() {
    #[derive(Clone, Default)]
    struct Stamps(Arc<Mutex<Vec<(Timestamp, String)>>>);
    impl CpoService for Stamps {
        async fn query_station_status(
            &self,
            cx: &Ctx,
            _: StationStatusQuery,
        ) -> Outcome<StationStatusReply> {
            self.0
                .lock()
                .expect("not poisoned")
                .push((cx.moment, cx.seq.clone()));
            Ok(sample("query_station_status", "reply"))
        }
    }
    let clock = Ticking::new(Duration::from_millis(1));
    let mut options = ServerOptions::default();
    options.clock = Arc::new(clock.clone());
    let service = Stamps::default();
    let router = CpoRouter::new(service.clone(), operators()).options(options);
    let certificate = Certificate::localhost();
    let (base, paths) = serve_https(router.into_router(), &certificate).await;
    let way = PeerHttp::builder(format!("{base}/evcs/v1"), credentials())
        .http(certificate.http())
        .clock(Arc::new(clock.clone()))
        .build()
        .expect("a client");
    for expiries in 1..=3 {
        crowd(way.cpo(), 640).await;
        assert_eq!(paths.count("query_token"), expiries);
        clock.advance(Duration::from_secs(7200));
    }
    let seen = service.0.lock().expect("not poisoned").clone();
    assert_eq!(
        (seen.len(), seen.iter().collect::<HashSet<_>>().len()),
        (1920, 1920)
    );
    assert!(
        seen.iter()
            .map(|(moment, _)| moment)
            .collect::<HashSet<_>>()
            .len()
            > 5
    );
}
