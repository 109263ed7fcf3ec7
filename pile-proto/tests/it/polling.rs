//! The loop that asks what is due, by a clock that the test moves.
use crate::common::*;
use pile_proto::{code::*, model::*, schedule::Task, *};
use std::{
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};
use tokio::time::{Instant, sleep};

/// A clock that goes with tokio's, so that a paused test moves both.
#[derive(Debug, Clone)]
struct TokioClock(SystemTime, Instant);

impl TokioClock {
    fn at(moment: &str) -> Arc<Self> {
        let moment: DateTime = moment.parse().expect("a time");
        let seconds = moment.timestamp().seconds().try_into().expect("after 1970");
        Arc::new(Self(
            SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
            Instant::now(),
        ))
    }
}

impl Clock for TokioClock {
    fn now(&self) -> SystemTime {
        self.0 + self.1.elapsed()
    }
}

/// A vendor without a socket: what it was asked and when, in seconds since the beginning.
#[derive(Clone)]
struct Double {
    asked: Arc<Mutex<Vec<(u64, String)>>>,
    begun: Instant,
    reply: fn(&str, u64) -> Result<String, Error>,
}

impl Transport for Double {
    type Code = AnyText;

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        let second = self.begun.elapsed().as_secs();
        self.asked
            .lock()
            .expect("not poisoned")
            .push((second, call.path.to_owned()));
        let reply = (self.reply)(call.path, second);
        Box::pin(async move { reply.map(Answer::new) })
    }
}

type Told = Arc<Mutex<Vec<(Task, Result<Polled, Error>)>>>;

struct Sink(Told);

impl PollSink for Sink {
    async fn polled(&mut self, task: Task, outcome: Result<Polled, Error>) {
        self.0.lock().expect("not poisoned").push((task, outcome));
    }
}

fn run(
    begins: &str,
    reply: fn(&str, u64) -> Result<String, Error>,
) -> (SharedSchedule, Double, Told) {
    let schedule = SharedSchedule::default().clock(TokioClock::at(begins));
    let double = Double {
        asked: Arc::default(),
        begun: Instant::now(),
        reply,
    };
    let client =
        VendorClient::over(double.clone()).with(|options| options.retry = RetryPolicy::off());
    let told = Told::default();
    tokio::spawn(Poller::run(client, schedule.clone(), Sink(told.clone())));
    (schedule, double, told)
}

fn samples(path: &str, _: u64) -> Result<String, Error> {
    Ok(fixture(&format!("{path}.reply.json")))
}

impl Double {
    fn seconds(&self, path: &str) -> Vec<u64> {
        let asked = self.asked.lock().expect("not poisoned");
        asked
            .iter()
            .filter(|(_, asked)| asked == path)
            .map(|(second, _)| *second)
            .collect()
    }
}

#[tokio::test(start_paused = true)]
async fn everything_is_asked_by_its_frequency_and_an_order_until_it_is_over() {
    fn reply(path: &str, second: u64) -> Result<String, Error> {
        match path {
            "getOrderInfo" if second < 900 => {
                Ok(r#"{"OrderId":"V1","status":1,"timeEnd":""}"#.to_owned())
            }
            "getOrderInfo" => Ok(r#"{"OrderId":"V1","status":2}"#.to_owned()),
            path => samples(path, second),
        }
    }
    let (schedule, vendor, told) = run("2017-01-17 01:00:00", reply);
    schedule.change(|schedule, now| {
        schedule.add_city("440300");
        schedule.add_group("G0001");
        schedule.charging("V1", now);
        schedule.settled("2017-01-15".parse().expect("a day"));
    });
    sleep(Duration::from_secs(2 * 3600 - 1)).await;
    assert_eq!(vendor.seconds("syncStubGroupInfo"), [0]);
    assert_eq!(
        vendor.seconds("syncStubInfo"),
        [0, 900, 1800, 2700, 3600, 4500, 5400, 6300]
    );
    assert_eq!(vendor.seconds("getOrderInfo"), [300, 600, 900]);
    assert_eq!(vendor.seconds("checkChargeOrders"), [3600]);
    let told = told.lock().expect("not poisoned");
    let polled = |task: &Task| {
        told.iter()
            .find(|(told, _)| told == task)
            .map(|(_, outcome)| outcome.clone().expect("polled"))
    };
    assert_eq!(
        polled(&Task::StubGroups("440300".into())),
        Some(Polled::StubGroups(groups()))
    );
    assert_eq!(
        polled(&Task::Stubs("G0001".into())),
        Some(Polled::Stubs(reply_of("syncStubInfo")))
    );
    let bill = Task::Bill {
        from: "2017-01-16 00:00:00".parse().expect("a time"),
        until: "2017-01-16 23:59:59".parse().expect("a time"),
    };
    assert_eq!(
        polled(&bill),
        Some(Polled::Bill(reply_of("checkChargeOrders")))
    );
}

fn reply_of<T: Model>(name: &str) -> T {
    crate::common::reply(name)
}

#[tokio::test(start_paused = true)]
async fn callbacks_put_the_question_off_and_wake_nothing_for_nothing() {
    let (schedule, vendor, _) = run("2017-01-17 09:00:00", samples);
    schedule.change(|schedule, now| schedule.charging("V20170117000123", now));
    let mut order = charging();
    for _ in 0..5 {
        sleep(Duration::from_secs(240)).await;
        assert!(schedule.callback(&order));
    }
    assert_eq!(vendor.seconds("getOrderInfo"), [0u64; 0]);
    sleep(Duration::from_secs(301)).await;
    // Silence for five minutes; the reply tells that it is over.
    assert_eq!(vendor.seconds("getOrderInfo"), [5 * 240 + 300]);
    sleep(Duration::from_secs(3600)).await;
    assert_eq!(vendor.seconds("getOrderInfo").len(), 1);
    order.status = OrderStatus::ENDED;
    assert!(!schedule.callback(&order), "it is not watched any more");
}

#[tokio::test(start_paused = true)]
async fn what_failed_comes_again_by_its_frequency_and_what_never_left_after_a_minute() {
    fn reply(path: &str, second: u64) -> Result<String, Error> {
        match path {
            "syncStubInfo" if second < 100 => {
                Err(Error::new(ErrorKind::Network, Sent::No, "nobody there"))
            }
            "getOrderInfo" if second < 1000 => {
                Err(Error::new(ErrorKind::Timeout, Sent::Maybe, "no reply"))
            }
            path => samples(path, second),
        }
    }
    let (schedule, vendor, told) = run("2017-01-17 09:00:00", reply);
    schedule.change(|schedule, now| {
        schedule.add_group("G0001");
        schedule.charging("V20170117000123", now);
    });
    sleep(Duration::from_secs(1500)).await;
    assert_eq!(vendor.seconds("syncStubInfo"), [0, 60, 120, 1020]);
    assert_eq!(vendor.seconds("getOrderInfo"), [300, 600, 900, 1200]);
    let told = told.lock().expect("not poisoned");
    assert_eq!(
        told.iter().filter(|(_, outcome)| outcome.is_err()).count(),
        2 + 3
    );
}

#[tokio::test(start_paused = true)]
async fn what_the_limiter_refused_is_not_tried_every_minute() {
    let clock = TokioClock::at("2017-01-17 09:00:00");
    let schedule = SharedSchedule::default().clock(clock.clone());
    let vendor = Double {
        asked: Arc::default(),
        begun: Instant::now(),
        reply: |_, _| Ok(r#"{"OrderId":"V1","status":1,"timeEnd":""}"#.to_owned()),
    };
    let client = VendorClient::over(vendor.clone())
        .limiter(Limiter::default())
        .clock(clock);
    let told = Told::default();
    schedule.change(|schedule, now| schedule.charging("V1", now));
    tokio::spawn(Poller::run(client.clone(), schedule, Sink(told.clone())));
    sleep(Duration::from_secs(200)).await;
    client
        .get_order_info(&OrderQuery {
            order_id: "V1".into(),
        })
        .await
        .expect("asked by somebody else");
    sleep(Duration::from_secs(500)).await;
    // Refused at 300, which counts.
    assert_eq!(vendor.seconds("getOrderInfo"), [200, 600]);
    assert_eq!(told.lock().expect("not poisoned").len(), 2);
}

/// A vendor that takes a second for each query: how many are under way, and the most that were.
struct Slow(Arc<Mutex<(usize, usize)>>);

impl Transport for Slow {
    type Code = AnyText;

    fn exchange<'a>(&'a self, _: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let count = |by: isize| {
                let mut now = self.0.lock().expect("not poisoned");
                now.0 = now.0.saturating_add_signed(by);
                now.1 = now.1.max(now.0);
            };
            count(1);
            sleep(Duration::from_secs(1)).await;
            count(-1);
            Ok(Answer::new(r#"{"OrderId":"V1","status":2}"#))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_heard_of_before_its_turn_is_not_asked_for() {
    let schedule = SharedSchedule::default().clock(TokioClock::at("2017-01-17 09:00:00"));
    schedule.change(|schedule, now| {
        (0..100).for_each(|number| schedule.charging(number.to_string(), now))
    });
    let told = Told::default();
    tokio::spawn(Poller::run(
        VendorClient::over(Slow(Arc::default())),
        schedule.clone(),
        Sink(told.clone()),
    ));
    sleep(Duration::from_secs(302)).await;
    let mut order = charging();
    // One is charged still, one is over; the names are asked in the order of their letters.
    for (order_id, status) in [("98", OrderStatus::CHARGING), ("99", OrderStatus::ENDED)] {
        (order.order_id, order.status) = (order_id.into(), status);
        assert!(schedule.callback(&order));
    }
    sleep(Duration::from_secs(98)).await;
    let asked = |order_id: &str| {
        told.lock()
            .expect("not poisoned")
            .iter()
            .any(|(task, _)| *task == Task::Order(order_id.into()))
    };
    let heard = told.lock().expect("not poisoned").len();
    assert_eq!((heard, asked("98"), asked("99")), (98, false, false));
    sleep(Duration::from_secs(300)).await;
    assert_eq!((asked("98"), asked("99")), (true, false));
}

#[tokio::test(start_paused = true)]
async fn many_orders_are_asked_for_a_few_at_a_time() {
    let schedule = SharedSchedule::default().clock(TokioClock::at("2017-01-17 09:00:00"));
    schedule.change(|schedule, now| {
        (0..100).for_each(|number| schedule.charging(number.to_string(), now))
    });
    let most = Arc::new(Mutex::new((0, 0)));
    let told = Told::default();
    tokio::spawn(Poller::run(
        VendorClient::over(Slow(most.clone())),
        schedule,
        Sink(told.clone()),
    ));
    sleep(Duration::from_secs(400)).await;
    assert_eq!(
        (
            told.lock().expect("not poisoned").len(),
            most.lock().expect("not poisoned").1
        ),
        (100, 8)
    );
}
