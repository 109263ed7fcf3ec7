//! Calls around midnight: the initialization vector is the sender's date, and the two clocks need
//! not agree on it.
use crate::common::{raw::*, *};
use futures_util::future::join_all;
use kt_proto::{endpoint::*, model::*, *};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::sync::Barrier;

/// A client by one clock, a server by another.
async fn lot_by(
    service: impl LotService,
    dialect: &Dialect,
    here: &ManualClock,
    there: &ManualClock,
) -> (LotClient, Wire, Told) {
    let (wire, told) = (Wire::default(), Told::default());
    let router = LotRouter::new(service, credentials()).options(options(dialect, there, &told));
    let address = serve_on(wire.watch(router.into_router()), None).await;
    let client = LotClient::new(format!("http://{address}"), credentials()).expect("a client");
    (client.clock(Arc::new(here.clone())).with(quick), wire, told)
}

async fn cloud_by(
    service: impl CloudService,
    dialect: &Dialect,
    here: &ManualClock,
    there: &ManualClock,
) -> (CloudClient, Wire, Told) {
    let (wire, told) = (Wire::default(), Told::default());
    let router = CloudRouter::new(service, credentials()).options(options(dialect, there, &told));
    let address = serve_on(wire.watch(router.into_router()), None).await;
    let client = CloudClient::new(format!("http://{address}"), credentials()).expect("a client");
    (client.clock(Arc::new(here.clone())).with(quick), wire, told)
}

macro_rules! drive {
    ([$client:ident, $wire:ident, $told:ident,
        $here:ident] $($(#[$doc:meta])* $name:literal $title:literal $marker:ident:
        $method:ident($request:ty) -> $reply:ty,
        $class:ident $(, $shape:ident)? $(at $at:tt)?;)*) => {$(
        let sample = request::<$marker>();
        let got = $client.$method(&sample).await.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(got, reply::<$marker>(), "{}", $marker::NAME);
        assert_eq!($wire.one().plaintext(today(&$here)), encode(&sample).expect("a model"), "{}",
            $marker::NAME);
        assert_eq!($told.take(),
            [($marker::NAME.to_owned(), kt_proto::deviation::NEIGHBOURING_DAY, "data".to_owned())]);
    )*};
}

/// The services compare each request with its sample: not a character is another day's.
#[tokio::test]
async fn every_interface_crosses_midnight_in_both_directions() {
    for (here, there) in [
        ("2019-02-24 23:59:59", "2019-02-25 00:00:00"),
        ("2019-02-25 00:00:00", "2019-02-24 23:59:59"),
        ("2019-12-31 23:45:00", "2020-01-01 00:29:59"),
        ("2020-01-01 00:10:00", "2019-12-31 23:30:00"),
        ("2020-02-29 23:59:59", "2020-03-01 00:00:01"),
        ("2020-02-29 00:00:01", "2020-02-28 23:59:59"),
    ] {
        let (here, there) = (clock(here), clock(there));
        let (client, wire, told) =
            lot_by(ReplayLot::default(), &Dialect::default(), &here, &there).await;
        for_each_lot_interface!(drive [client, wire, told, here]);
        let (client, wire, told) =
            cloud_by(ReplayCloud::default(), &Dialect::default(), &here, &there).await;
        for_each_cloud_interface!(drive [client, wire, told, here]);
    }
}

#[tokio::test]
async fn the_window_decides_and_strict_reading_knows_only_today() {
    let minutes = |minutes| Dialect::default().window(DateWindow::Minutes(minutes));
    let always = || Dialect::default().window(DateWindow::Always);
    for (dialect, here, there, read) in [
        // The clocks' own minutes do not matter to the one who seals, those of the one who opens
        // do.
        (
            Dialect::default(),
            "2019-02-24 12:00:00",
            "2019-02-25 00:29:59",
            true,
        ),
        (
            Dialect::default(),
            "2019-02-24 23:59:59",
            "2019-02-25 00:30:00",
            false,
        ),
        (
            Dialect::default(),
            "2019-02-25 00:00:00",
            "2019-02-24 23:30:00",
            true,
        ),
        (
            Dialect::default(),
            "2019-02-25 00:00:00",
            "2019-02-24 23:29:59",
            false,
        ),
        (
            Dialect::default(),
            "2019-02-25 00:00:00",
            "2019-02-25 00:00:00",
            true,
        ),
        (
            minutes(0),
            "2019-02-24 23:59:59",
            "2019-02-25 00:00:00",
            false,
        ),
        (
            minutes(0),
            "2019-02-25 00:00:00",
            "2019-02-24 23:59:59",
            false,
        ),
        (
            minutes(0),
            "2019-02-25 00:00:00",
            "2019-02-25 23:59:59",
            true,
        ),
        (
            minutes(120),
            "2019-02-24 23:59:59",
            "2019-02-25 01:59:59",
            true,
        ),
        (always(), "2019-02-24 00:00:00", "2019-02-25 23:59:59", true),
        (always(), "2019-02-26 23:59:59", "2019-02-25 00:00:00", true),
        (
            always(),
            "2019-02-23 12:00:00",
            "2019-02-25 12:00:00",
            false,
        ),
        (
            always(),
            "2019-02-27 12:00:00",
            "2019-02-25 12:00:00",
            false,
        ),
        (
            Dialect::default(),
            "2018-02-25 12:00:00",
            "2019-02-25 12:00:00",
            false,
        ),
    ] {
        let neighbour = here[..10] != there[..10];
        for (dialect, strict) in [
            (dialect.clone(), false),
            (Dialect::strict().window(dialect.window), true),
        ] {
            let service = ReplayLot::default();
            let calls = service.0.clone();
            let (client, wire, told) = lot_by(service, &dialect, &clock(here), &clock(there)).await;
            let outcome = client.query_bill(&request::<GetParkingPaymentInfo>()).await;
            let crossing = wire.one();
            if read && !(strict && neighbour) {
                assert_eq!(outcome.expect(here), reply::<GetParkingPaymentInfo>());
                assert_eq!(
                    told.kinds(),
                    if neighbour {
                        vec![kt_proto::deviation::NEIGHBOURING_DAY]
                    } else {
                        vec![]
                    },
                    "{here} {there}"
                );
                assert_eq!(calls.take().len(), 1);
                continue;
            }
            let error = outcome.expect_err(here);
            let refusal = error.refusal().expect("a refusal").message.clone();
            let expected = if read {
                "data: sealed with the date of the day before or after (refused: reading strictly)"
            } else {
                "data 解密失败"
            };
            assert!(refusal.starts_with(expected), "{refusal}");
            assert!(
                !crossing.reply.contains(&here[..10])
                    && !crossing.reply.contains(&here[..10].replace('-', "")),
                "{}",
                crossing.reply
            );
            assert_eq!(
                (calls.take(), told.take()),
                (vec![], vec![]),
                "{here} {there}"
            );
        }
    }
}

#[tokio::test]
async fn a_repetition_after_midnight_has_the_new_date() {
    let here = clock("2019-02-24 23:59:59");
    let moved = here.clone();
    // The line breaks, and when the call is repeated it is another day.
    let (base, asked) = peer(move |_, number| {
        moved.advance(Duration::from_secs(if number == 1 { 1 } else { 86_400 }));
        match number {
            1 | 2 => Do::Close,
            _ => html(envelope::seal_reply(0, "", [r#"{"parkingTime":1}"#])),
        }
    })
    .await;
    let client = lot(&base).clock(Arc::new(here));
    let sample = request::<PayParkingFee>();
    client.pay_bill(&sample).await.expect("the third attempt");
    let plaintext = encode(&sample).expect("a model");
    let days: Vec<Date> = ["2019-02-24", "2019-02-25", "2019-02-26"]
        .map(|day| day.parse().expect("a day"))
        .into();
    let requests = asked.take_requests();
    assert_eq!(requests.len(), 3);
    for ((_, text), day) in requests.iter().zip(&days) {
        let data = text
            .rsplit_once(r#"{"data":""#)
            .and_then(|(_, rest)| rest.strip_suffix(r#""}"#))
            .expect("a body");
        for other in &days {
            let opened = keys().open_with(data, [*other], |text| text == plaintext);
            assert_eq!(opened.is_ok(), other == day, "{day} {other}");
        }
    }
}

/// A lot that answers with what it is asked, once a whole wave is there, and lets midnight pass in
/// between.
struct Waves {
    wave: Barrier,
    /// How many calls have come.
    calls: AtomicUsize,
    /// Before which wave whose clock moves past midnight.
    moves: Mutex<BTreeMap<usize, ManualClock>>,
    seen: Arc<Mutex<Vec<(String, String)>>>,
}

const WAVE: usize = 24;

impl LotService for Waves {
    async fn pay_bill(&self, cx: &Ctx, payment: BillPayment) -> Outcome<BillPaymentReply> {
        self.seen
            .lock()
            .expect("not poisoned")
            .push((payment.order_no.to_string(), cx.date.to_string()));
        let wave = self.calls.fetch_add(1, Ordering::SeqCst) / WAVE + 1;
        // All of a wave are in flight here.
        if self.wave.wait().await.is_leader()
            && let Some(clock) = self.moves.lock().expect("not poisoned").remove(&wave)
        {
            clock.advance(Duration::from_secs(2));
        }
        self.wave.wait().await;
        Ok(BillPaymentReply {
            parking_time: Some(Minutes(payment.amount.0)),
        })
    }
}

#[tokio::test]
async fn the_clocks_pass_midnight_while_calls_are_in_flight() {
    let (old, new) = ("2019-02-24", "2019-02-25");
    for (first_server, dates, neighbours) in [
        // The server's clock passes midnight first: the second wave is yesterday's.
        (true, [old, old, new], [0, WAVE, 0]),
        // The client's does: the second wave is tomorrow's.
        (false, [old, new, new], [0, WAVE, 0]),
    ] {
        let (here, there) = (clock("2019-02-24 23:59:59"), clock("2019-02-24 23:59:59"));
        let order = if first_server {
            [there.clone(), here.clone()]
        } else {
            [here.clone(), there.clone()]
        };
        let seen = Arc::new(Mutex::new(Vec::new()));
        let service = Waves {
            wave: Barrier::new(WAVE),
            calls: AtomicUsize::new(0),
            moves: Mutex::new((1..).zip(order).collect()),
            seen: seen.clone(),
        };
        let (client, wire, told) = lot_by(service, &Dialect::default(), &here, &there).await;
        for (wave, (date, neighbours)) in dates.into_iter().zip(neighbours).enumerate() {
            let calls = (0..WAVE).map(|number| {
                let client = client.clone();
                async move {
                    let id = wave * WAVE + number;
                    let payment = BillPayment {
                        order_no: format!("order-闽-{id}").into(),
                        amount: Fen(id as i64),
                        ..request::<PayParkingFee>()
                    };
                    (
                        id,
                        client
                            .pay_bill(&payment)
                            .await
                            .unwrap_or_else(|error| panic!("{id}: {error}")),
                    )
                }
            });
            for (id, reply) in join_all(calls).await {
                assert_eq!(reply.parking_time, Some(Minutes(id as i64)));
            }
            let mut orders = std::mem::take(&mut *seen.lock().expect("not poisoned"));
            orders.sort();
            let mut expected: Vec<_> = (0..WAVE)
                .map(|number| {
                    (
                        format!("order-闽-{}", wave * WAVE + number),
                        date.to_owned(),
                    )
                })
                .collect();
            expected.sort();
            assert_eq!(orders, expected);
            assert_eq!(
                told.kinds(),
                vec![kt_proto::deviation::NEIGHBOURING_DAY; neighbours],
                "wave {wave}"
            );
            assert_eq!(wire.take().len(), WAVE);
        }
    }
}

/// An interface of one's own, of whose parameters the router knows nothing.
struct ReserveSpace;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reservation {
    park_code: AnyText,
    space_no: AnyText,
}

check!(Reservation { park_code "parkCode", space_no "spaceNo" });

impl Endpoint for ReserveSpace {
    const NAME: &'static str = "ReserveSpace";
    const METHOD: &'static str = "reserve_space";
    const TITLE: &'static str = "车位预留";
    const PATHS: &'static [&'static str] = &["/api/ParkingBook"];
    const SHAPE: Shape = Shape::Each;
    type Request = Reservation;
    type Reply = Reservation;
}

struct Reserving;

impl LotService for Reserving {
    async fn other(&self, cx: &Ctx, _: &str, plaintext: &str) -> Outcome<String> {
        answer_plaintext::<ReserveSpace, _, _>(cx, plaintext, async |_, request| Ok(request)).await
    }
}

#[tokio::test]
async fn an_interface_of_one_s_own_crosses_midnight_too() {
    let (early, late) = ("2019-02-24 23:59:59", "2019-02-25 00:00:00");
    for (here, there) in [(early, late), (late, early)] {
        let (client, _, told) =
            lot_by(Reserving, &Dialect::default(), &clock(here), &clock(there)).await;
        let request = Reservation {
            park_code: "1".into(),
            space_no: "B2-闽".into(),
        };
        assert_eq!(
            client
                .call::<ReserveSpace>(&request)
                .await
                .expect("answered"),
            request
        );
        assert_eq!(
            told.take(),
            [(
                "ReserveSpace".to_owned(),
                kt_proto::deviation::NEIGHBOURING_DAY,
                "data".to_owned()
            )]
        );
    }
}
