//! The city's list of stations, the orders of a stay, and the state of many stations.
use super::{cpo::client, wire::sample};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use sztc_proto::{
    DateTime, ErrorKind, Timestamp,
    charging::{
        evcs::{
            code::Ret,
            endpoint::{QueryStationStatus, QueryStationsInfo},
            model::{SerialNo, StationInfo, StationStatusInfo, StationStatusReply, StationsPage},
        },
        *,
    },
};

/// The moment `seconds` after the city's first question.
fn at(seconds: i64) -> DateTime {
    let first: DateTime = "2023-03-01 08:00:00".parse().expect("a time");
    Timestamp::from_seconds(first.timestamp().seconds() + seconds).date_time()
}

const HOUR: i64 = 3600;

fn station(id: &str) -> StationInfo {
    let page: StationsPage = sample("query_stations_info.reply");
    StationInfo {
        station_id: id.into(),
        ..page.station_infos[0].clone()
    }
}

/// An operator's stations and when each changed, and what was asked.
#[derive(Default)]
struct Operator {
    stations: Vec<(DateTime, StationInfo)>,
    asked: Vec<(Option<DateTime>, i32)>,
    /// The page that fails.
    fails: Option<i32>,
    /// What ItemSize of a page says in place of the truth.
    lies: Option<fn(i32) -> i32>,
}

impl Operator {
    fn with(ids: &[&str]) -> Arc<Mutex<Self>> {
        let stations = ids.iter().map(|id| (at(-HOUR), station(id))).collect();
        Arc::new(Mutex::new(Self {
            stations,
            ..Self::default()
        }))
    }

    fn client(this: &Arc<Mutex<Self>>) -> ChargingClient {
        let this = this.clone();
        client::<QueryStationsInfo>(move |query| {
            let mut operator = this.lock().expect("not poisoned");
            let (page_no, size) = (query.page(), query.size());
            operator.asked.push((query.last_query_time, page_no));
            if operator.fails == Some(page_no) {
                return None;
            }
            let since =
                |changed: &DateTime| query.last_query_time.is_none_or(|last| *changed >= last);
            let all: Vec<_> = operator
                .stations
                .iter()
                .filter(|(changed, _)| since(changed))
                .map(|(_, station)| station.clone())
                .collect();
            let page = (all.len() as i32 + size - 1) / size;
            Some(StationsPage {
                page_no,
                page_count: page,
                item_size: operator.lies.map_or(all.len() as i32, |lie| lie(page_no)),
                station_infos: all
                    .into_iter()
                    .skip(((page_no - 1) * size) as usize)
                    .take(size as usize)
                    .collect(),
            })
        })
    }

    fn change(&mut self, id: &str, when: DateTime, edit: impl Fn(&mut StationInfo)) {
        let found = self
            .stations
            .iter_mut()
            .find(|(_, station)| &*station.station_id == id)
            .expect("one of ours");
        found.0 = when;
        edit(&mut found.1);
    }
}

/// What a refresh told: `+` new, `~` changed, `-` gone.
fn told(changes: &[StationChange]) -> Vec<String> {
    let tell = |change: &StationChange| match change {
        StationChange::New(station) => format!("+{}", station.station_id),
        StationChange::Changed(station) => format!("~{}", station.station_id),
        StationChange::Gone(station) => format!("-{}", station.station_id),
    };
    changes.iter().map(tell).collect()
}

fn known(book: &StationBook) -> Vec<&str> {
    book.stations()
        .map(|station| &*station.station_id)
        .collect()
}

#[tokio::test]
async fn all_pages_come_first_then_what_changed_then_all_again() {
    let operator = Operator::with(&["1", "2", "3", "4", "5"]);
    let client = Operator::client(&operator);
    let asked = || std::mem::take(&mut operator.lock().expect("not poisoned").asked);
    let mut book = StationBook::default().page_size(2);
    assert!(book.is_due(at(0)));
    assert_eq!(
        told(&book.refresh(&client, at(0)).await.expect("answered")),
        ["+1", "+2", "+3", "+4", "+5"]
    );
    assert_eq!(asked(), [(None, 1), (None, 2), (None, 3)]);

    // An hour later: what changed since, with five minutes for a clock that differs.
    assert!(!book.is_due(at(HOUR - 1)) && book.is_due(at(HOUR)));
    operator
        .lock()
        .expect("not poisoned")
        .change("2", at(HOUR / 2), |station| {
            station.electricity_fee = Some("1元/度".into())
        });
    assert_eq!(
        told(&book.refresh(&client, at(HOUR)).await.expect("answered")),
        ["~2"]
    );
    assert_eq!(asked(), [(Some(at(-300)), 1)]);
    // A station that was touched and is what it was is no news; one that is gone is not missed.
    operator
        .lock()
        .expect("not poisoned")
        .change("3", at(HOUR + 1), |_| {});
    operator.lock().expect("not poisoned").stations.remove(4);
    assert_eq!(
        told(&book.refresh(&client, at(2 * HOUR)).await.expect("answered")),
        [""; 0]
    );
    assert_eq!(asked(), [(Some(at(HOUR - 300)), 1)]);
    assert_eq!(known(&book), ["1", "2", "3", "4", "5"]);

    // A day later everything is asked for, and the gone one is found.
    operator
        .lock()
        .expect("not poisoned")
        .stations
        .push((at(3 * HOUR), station("6")));
    assert_eq!(
        told(
            &book
                .refresh(&client, at(24 * HOUR))
                .await
                .expect("answered")
        ),
        ["-5", "+6"]
    );
    assert_eq!(asked(), [(None, 1), (None, 2), (None, 3)]);
    assert_eq!(known(&book), ["1", "2", "3", "4", "6"]);
}

#[tokio::test]
async fn an_error_leaves_the_list_as_it_was() {
    let operator = Operator::with(&["1", "2", "3"]);
    let client = Operator::client(&operator);
    let mut book = StationBook::default().page_size(1);
    let fail = |page| operator.lock().expect("not poisoned").fails = page;
    fail(Some(3));
    let error = book
        .refresh(&client, at(0))
        .await
        .expect_err("the third page fails");
    assert_eq!(
        error.refusal().and_then(|refusal| refusal.code),
        Some(Ret::SYSTEM_ERROR)
    );
    assert!(known(&book).is_empty() && book.is_due(at(1)));
    fail(None);
    assert_eq!(
        told(&book.refresh(&client, at(1)).await.expect("answered")),
        ["+1", "+2", "+3"]
    );

    // The same when everything is asked for again: what the first pages do not have is not gone.
    operator.lock().expect("not poisoned").stations.remove(0);
    fail(Some(2));
    book.refresh(&client, at(25 * HOUR))
        .await
        .expect_err("the second page fails");
    assert_eq!(known(&book), ["1", "2", "3"]);
    fail(None);
    assert_eq!(
        told(
            &book
                .refresh(&client, at(25 * HOUR))
                .await
                .expect("answered")
        ),
        ["-1"]
    );
}

#[tokio::test]
async fn a_clock_that_was_set_back_asks_for_everything() {
    let operator = Operator::with(&["1", "2"]);
    let client = Operator::client(&operator);
    let mut book = StationBook::default();
    book.refresh(&client, at(0)).await.expect("answered");
    // The clock ran ahead by ten hours and is put right.
    book.refresh(&client, at(12 * HOUR))
        .await
        .expect("answered");
    operator
        .lock()
        .expect("not poisoned")
        .change("1", at(HOUR), |station| station.address = "百花五路".into());
    assert!(book.is_due(at(2 * HOUR)));
    assert_eq!(
        told(&book.refresh(&client, at(2 * HOUR)).await.expect("answered")),
        ["~1"]
    );
    let asked = operator
        .lock()
        .expect("not poisoned")
        .asked
        .iter()
        .map(|(since, _)| *since)
        .collect::<Vec<_>>();
    assert_eq!(asked, [None, Some(at(-300)), None]);
    assert!(!book.is_due(at(2 * HOUR + 1)) && book.is_due(at(3 * HOUR)));
}

#[tokio::test]
async fn pages_that_shift_while_they_are_read_take_nothing_for_gone() {
    let operator = Operator::with(&["1", "2", "3"]);
    let client = Operator::client(&operator);
    let mut book = StationBook::default().page_size(1);
    book.refresh(&client, at(0)).await.expect("answered");
    operator.lock().expect("not poisoned").stations.remove(1);
    operator.lock().expect("not poisoned").lies = Some(|page| 4 - page);
    assert_eq!(
        told(
            &book
                .refresh(&client, at(24 * HOUR))
                .await
                .expect("answered")
        ),
        [""; 0]
    );
    // Not at once, but with the next question, which is for everything.
    assert!(!book.is_due(at(24 * HOUR + 1)));
    operator.lock().expect("not poisoned").lies = None;
    assert_eq!(
        told(
            &book
                .refresh(&client, at(25 * HOUR))
                .await
                .expect("answered")
        ),
        ["-2"]
    );
    assert_eq!(
        operator.lock().expect("not poisoned").asked.last(),
        Some(&(None, 2))
    );
}

#[tokio::test]
async fn pages_without_an_end_end() {
    let page = StationsPage {
        page_count: i32::MAX,
        ..sample("query_stations_info.reply")
    };
    let endless = client::<QueryStationsInfo>(move |_| Some(page.clone()));
    let mut book = StationBook::default();
    let error = book.refresh(&endless, at(0)).await.expect_err("no end");
    assert_eq!(
        (error.kind(), error.endpoint()),
        (ErrorKind::PeerBytes, Some("query_stations_info"))
    );
    assert_eq!(known(&book), [""; 0]);
    // A page count that is too high ends with the first page that is empty.
    let empty = client::<QueryStationsInfo>(|query| {
        Some(StationsPage {
            page_no: query.page(),
            page_count: i32::MAX,
            item_size: 1,
            station_infos: if query.page() == 1 {
                vec![station("1")]
            } else {
                vec![]
            },
        })
    });
    assert_eq!(
        told(&book.refresh(&empty, at(0)).await.expect("answered")),
        ["+1"]
    );
}

#[tokio::test]
async fn an_empty_page_takes_nothing_for_gone() {
    let answers = |hiccup: bool| {
        client::<QueryStationsInfo>(move |query| {
            let ids = if hiccup {
                [Some("1"), None, None]
            } else {
                [Some("1"), Some("2"), Some("3")]
            };
            let id = usize::try_from(query.page() - 1)
                .ok()
                .and_then(|page| *ids.get(page)?);
            Some(StationsPage {
                page_no: query.page(),
                page_count: 3,
                item_size: 3,
                station_infos: id.map(station).into_iter().collect(),
            })
        })
    };
    let mut book = StationBook::default().page_size(1);
    assert_eq!(
        told(
            &book
                .refresh(&answers(false), at(0))
                .await
                .expect("answered")
        ),
        ["+1", "+2", "+3"]
    );
    assert_eq!(
        told(
            &book
                .refresh(&answers(true), at(24 * HOUR))
                .await
                .expect("answered")
        ),
        [""; 0]
    );
}

#[tokio::test]
async fn what_was_pushed_is_no_news_when_it_is_asked_for() {
    let operator = Operator::with(&["1"]);
    let client = Operator::client(&operator);
    let mut book = StationBook::new(Duration::from_secs(60), Duration::from_secs(600));
    book.refresh(&client, at(0)).await.expect("answered");
    let (changed, new) = (
        StationInfo {
            park_nums: 13,
            ..station("1")
        },
        station("2"),
    );
    book.pushed(changed.clone());
    book.pushed(new.clone());
    assert_eq!(book.stations().collect::<Vec<_>>(), [&changed, &new]);
    operator.lock().expect("not poisoned").stations = vec![(at(30), changed), (at(30), new)];
    assert_eq!(
        told(&book.refresh(&client, at(60)).await.expect("answered")),
        [""; 0]
    );
}

#[tokio::test]
async fn the_orders_of_a_stay_come_once_each_in_the_order_of_time() {
    let order = |number: &str, from: i64, until: i64| CarOrder {
        start_charge_seq: SerialNo::compose("MA5DM667X", number).expect("short enough"),
        start_time: at(from * HOUR),
        end_time: at(until * HOUR),
        ..sample("notification_orderInfo.request")
    };
    // The second charges through the end of the first day, the third ends exactly with the second.
    let orders = vec![
        order("4", 60, 61),
        order("3", 46, 48),
        order("2", 23, 26),
        order("1", 1, 2),
    ];
    let asked = Arc::new(Mutex::new(Vec::new()));
    let platform = client::<QueryOrdersOfCar>({
        let (orders, asked) = (orders.clone(), asked.clone());
        move |query| {
            asked
                .lock()
                .expect("not poisoned")
                .push((query.start_time, query.end_time));
            assert_eq!((&*query.plate_num, &query.station_id), ("粤BD88888", &None));
            let within = |order: &&CarOrder| {
                order.start_time <= query.end_time && order.end_time >= query.start_time
            };
            Some(CarOrders::new(
                orders.iter().filter(within).cloned().collect(),
            ))
        }
    });
    let found = platform
        .orders_of_stay("粤BD88888", at(0), at(70 * HOUR))
        .await
        .expect("answered");
    let numbers: Vec<_> = found
        .iter()
        .map(|order| {
            order
                .start_charge_seq
                .trim_start_matches("MA5DM667X")
                .trim_start_matches('0')
        })
        .collect();
    assert_eq!(numbers, ["1", "2", "3", "4"]);
    let days =
        [(0, 24), (24, 48), (48, 70)].map(|(from, until)| (at(from * HOUR), at(until * HOUR)));
    assert_eq!(*asked.lock().expect("not poisoned"), days);
    // Nothing is asked about a stay that ends before it begins.
    let error = platform
        .orders_of_stay("粤BD88888", at(1), at(0))
        .await
        .expect_err("backwards");
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::Caller, Some("endTime"))
    );
    assert_eq!(asked.lock().expect("not poisoned").len(), 3);
}

#[tokio::test]
async fn the_state_of_many_stations_is_asked_for_by_fifties() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let platform = client::<QueryStationStatus>({
        let asked = asked.clone();
        move |query| {
            asked
                .lock()
                .expect("not poisoned")
                .push(query.station_ids.len());
            let state = |station_id| StationStatusInfo {
                station_id,
                connector_status_infos: vec![],
            };
            Some(StationStatusReply {
                total: query.station_ids.len() as i32,
                station_status_infos: query.station_ids.into_iter().map(state).collect(),
            })
        }
    });
    for (count, questions) in [
        (0, vec![]),
        (1, vec![1]),
        (50, vec![50]),
        (51, vec![50, 1]),
        (120, vec![50, 50, 20]),
    ] {
        let stations: Vec<_> = (0..count)
            .map(|number| format!("{number:020}").into())
            .collect();
        let states = platform.states_of(&stations).await.expect("answered");
        assert_eq!(
            states
                .into_iter()
                .map(|state| state.station_id)
                .collect::<Vec<_>>(),
            stations
        );
        assert_eq!(
            std::mem::take(&mut *asked.lock().expect("not poisoned")),
            questions
        );
    }
}
