//! Every row of the table over real TLS sockets, in every dialect: client -> HTTPS -> service -> back.
use crate::common::*;
use evcs_proto::{code::*, endpoint::*, envelope::*, model::*, *};
use futures_util::TryStreamExt;
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
    time::Duration,
};

/// A way that keeps what it carried.
#[derive(Clone)]
struct Recording(PeerHttp, Arc<Mutex<Vec<(String, String, String)>>>);

impl Recording {
    fn new(way: PeerHttp) -> Self {
        Self(way, Arc::default())
    }

    /// Interface, request and reply of each call, as they were on the wire.
    fn take(&self) -> Vec<(String, String, String)> {
        std::mem::take(&mut *self.1.lock().expect("not poisoned"))
    }
}

impl Transport for Recording {
    type Code = Ret;

    fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
        Box::pin(async move {
            let answer = self.0.exchange(call.clone()).await?;
            let [body, reply] = [&call.body, &answer.body].map(|bytes| String::from_utf8(bytes.to_vec()).expect("UTF-8"));
            let carried = (call.path.to_owned(), body, reply);
            self.1.lock().expect("not poisoned").push(carried);
            Ok(answer)
        })
    }

    fn renew<'a>(&'a self, grant: u64, deadline: std::time::Instant) -> BoxFuture<'a, Result<bool, Error>> {
        self.0.renew(grant, deadline)
    }
}

/// How one pair of operators speaks, and what of it is seen on the wire.
struct Way {
    about: &'static str,
    dialect: Dialect,
    /// Where the server has its interfaces, and where the client looks for them.
    base: &'static str,
    /// What either side notes.
    kinds: &'static [DeviationKind],
    /// What stands in the plaintext of a request or reply, and what then stands nowhere.
    names: &'static [(&'static str, &'static str)],
    /// Interfaces with another name on the wire.
    interfaces: &'static [(&'static str, &'static str)],
}

fn ways() -> Vec<Way> {
    let way = |about, dialect| Way {
        about,
        dialect,
        base: "/evcs/v1",
        kinds: &[],
        names: &[],
        interfaces: &[],
    };
    vec![
        way("the document", Dialect::default()),
        way("the document to the letter", Dialect::strict()),
        Way {
            kinds: &[],
            names: &[
                ("Stationstate", "StationStatus"),
                ("state", "Status"),
                ("Parkstate", "ParkStatus"),
                ("Lockstate", "LockStatus"),
                ("ConnectorstateInfos", "ConnectorStatusInfos"),
                ("ConnectorstateInfo", "ConnectorStatusInfo"),
                ("State", "Status"),
                ("StationstateInfos", "StationStatusInfos"),
            ],
            interfaces: &[("notification_stationStatus", "notification_stationstate")],
            ..way("as DB4403 prints it", Dialect::default().db4403())
        },
        Way {
            kinds: &[],
            names: &[
                ("ServicePrice", "SevicePrice"),
                ("ServiceMoney", "SeviceMoney"),
                ("TotalServiceMoney", "TotalSeviceMoney"),
                ("DetailServiceMoney", "DetailSeviceMoney"),
            ],
            ..way("Service", Dialect::default().service_spelling())
        },
        Way {
            kinds: &[evcs_proto::deviation::PLAIN_DATA],
            ..way(
                "readable data",
                Dialect::default()
                    .form(|form| form.plain_data = true)
                    .accept(|accept| accept.plain_data = true),
            )
        },
        Way {
            kinds: &[evcs_proto::deviation::LOWER_CASE_SIGNATURE],
            ..way("small letters", Dialect::default().form(|form| form.lower_case_signature = true))
        },
        Way {
            kinds: &[evcs_proto::deviation::ZERO_PADDING],
            ..way(
                "zeros",
                Dialect::default()
                    .form(|form| form.zero_padding = true)
                    .accept(|accept| accept.zero_padding = true),
            )
        },
        Way {
            base: "/evcs/v20160701",
            ..way("another base", Dialect::default())
        },
        Way {
            base: "",
            ..way("the root", Dialect::default())
        },
        Way {
            interfaces: &[
                ("query_stations_info", "stations"),
                ("query_token", "login"),
                ("check_charge_orders", "check"),
            ],
            ..way(
                "names of their own",
                Dialect::default()
                    .interface("query_stations_info", "stations")
                    .interface("query_token", "login")
                    .interface("check_charge_orders", "check"),
            )
        },
    ]
}

/// Whether a field of this name stands in `json`.
fn has(json: &str, name: &str) -> bool {
    json.contains(&format!("\"{name}\":"))
}

impl Way {
    /// Starts `router` and makes a way to it; and what that was asked for. The two sides tell `here` and `there`.
    async fn open(&self, here: &Told, there: &Told, router: impl FnOnce(ServerOptions) -> axum::Router) -> (Recording, Paths) {
        let mut options = ServerOptions::default();
        options.dialects.insert(OPERATOR.to_owned(), Arc::new(self.dialect.clone()));
        options.observer = Some(there.observer());
        let certificate = Certificate::localhost();
        let (base, paths) = serve_https(router(options), &certificate).await;
        let way = PeerHttp::builder(format!("{base}{}", self.base), credentials())
            .http(certificate.http())
            .dialect(self.dialect.clone())
            .observer(here.observer())
            .build()
            .expect("a client");
        (Recording::new(way), paths)
    }

    /// Looks at what was on the wire; the plaintexts.
    fn look(&self, carried: &[(String, String, String)]) -> Vec<String> {
        let (form, mut plaintexts) = (self.dialect.write.form, Vec::new());
        let any = &Dialect::default().read;
        for (interface, request, reply) in carried {
            for (document, wire) in self.interfaces {
                assert_ne!(interface, document, "{}: known as {wire}", self.about);
            }
            for text in [request, reply] {
                let members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(text).expect("JSON");
                let sig = members["Sig"].as_str().expect("text");
                assert_eq!(sig.len(), 32, "{}: {text}", self.about);
                assert_eq!(members["Data"].is_object(), form.plain_data, "{}: {text}", self.about);
                assert_eq!(
                    sig.bytes().any(|digit| digit.is_ascii_lowercase()),
                    form.lower_case_signature,
                    "{}: {text}",
                    self.about
                );
            }
            let mut deviations = Deviations::default();
            let mut open = |verified: Verified<'_>| {
                let exactly = verified.open(&keys(), Accept::default(), any, &mut deviations);
                let opened = verified.open(&keys(), self.dialect.accept, any, &mut deviations).expect("as agreed");
                match exactly {
                    Ok(text) => assert_eq!(text, opened),
                    Err(error) => assert_eq!(error, if form.plain_data { OpenError::Plain } else { OpenError::Sealed }),
                }
                plaintexts.push(opened);
            };
            let request = read_request(request, any, &mut Deviations::default()).expect("an envelope");
            open(request.verify(&keys(), any, &mut Deviations::default()).expect("signed"));
            let reply = read_reply(reply, any, &mut Deviations::default()).expect("an envelope");
            let verified = reply.verify(&keys(), Accept::default(), any, &mut Deviations::default()).expect("signed");
            open(verified.expect("there is Data"));
        }
        plaintexts
    }

    fn told(&self, here: &Told, there: &Told) {
        let set = |kinds: Vec<DeviationKind>| BTreeSet::from_iter(kinds);
        let expected = set(self.kinds.to_vec());
        assert_eq!((set(here.kinds()), set(there.kinds())), (expected.clone(), expected), "{}", self.about);
    }
}

macro_rules! drive {
    ($drive:ident, $client:ident, $each:ident) => {
        /// Calls every interface with its sample.
        struct $drive {
            about: &'static str,
            client: $client,
            calls: Arc<Calls>,
            called: Vec<BoxFuture<'static, ()>>,
        }

        impl $drive {
            async fn run(about: &'static str, client: $client, calls: Arc<Calls>) {
                let mut drive = Self {
                    about,
                    client,
                    calls,
                    called: Vec::new(),
                };
                $each(&mut drive);
                for call in drive.called {
                    call.await;
                }
            }
        }

        impl Visit for $drive {
            fn visit<E: Endpoint>(&mut self) {
                let (about, client, calls) = (self.about, self.client.clone(), self.calls.clone());
                self.called.push(Box::pin(async move {
                    let reply = client.call::<E>(&sample(E::NAME, "request")).await;
                    let reply = reply.unwrap_or_else(|error| panic!("{about}: {error:?}"));
                    assert_eq!(reply, sample::<E::Reply>(E::NAME, "reply"), "{about}: {}", E::NAME);
                    assert_eq!(calls.take(), [(E::NAME.to_owned(), OPERATOR.to_owned())], "{about}");
                }));
            }
        }
    };
}
drive!(DriveCpo, CpoClient, each_cpo_interface);
drive!(DriveEmsp, EmspClient, each_emsp_interface);

#[tokio::test]
async fn every_interface_crosses_https_in_every_dialect() {
    for way in ways() {
        let mut plaintexts = Vec::new();
        let mut asked = Vec::new();
        let (here, there) = (Told::default(), Told::default());
        {
            let service = ReplayCpo::default();
            let calls = service.0.clone();
            let router = |options| CpoRouter::new(service, operators()).options(options).base_path(way.base).into_router();
            let (line, paths) = way.open(&here, &there, router).await;
            let client = CpoClient::over(line.clone(), credentials())
                .dialect(way.dialect.clone())
                .observer(here.observer());
            DriveCpo::run(way.about, client, calls).await;
            plaintexts.extend(way.look(&line.take()));
            asked.extend(paths.take());
        }
        {
            let service = ReplayEmsp::default();
            let calls = service.0.clone();
            let router = |options| EmspRouter::new(service, operators()).options(options).base_path(way.base).into_router();
            let (line, paths) = way.open(&here, &there, router).await;
            let client = EmspClient::over(line.clone(), credentials())
                .dialect(way.dialect.clone())
                .observer(here.observer());
            DriveEmsp::run(way.about, client, calls).await;
            plaintexts.extend(way.look(&line.take()));
            asked.extend(paths.take());
        }
        way.told(&here, &there);
        assert_eq!(plaintexts.len(), 2 * 14, "{}", way.about);
        // One token for each of the two, and each interface once under the name that was agreed.
        let name_of = |name: &'static str| {
            way.interfaces
                .iter()
                .find(|(document, _)| *document == name)
                .map_or(name, |(_, wire)| wire)
        };
        let mut expected: Vec<String> = ENDPOINTS.iter().map(|info| format!("{}/{}", way.base, name_of(info.name))).collect();
        expected.push(format!("{}/{}", way.base, name_of("query_token")));
        expected.sort();
        asked.sort();
        assert_eq!(asked, expected, "{}", way.about);
        for (written, document) in way.names {
            assert!(plaintexts.iter().any(|text| has(text, written)), "{}: {written}", way.about);
            let left: Vec<_> = plaintexts.iter().filter(|text| has(text, document)).collect();
            assert!(left.is_empty(), "{}: {document} in {left:?}", way.about);
        }
        if way.names.is_empty() {
            for (written, document) in ways().iter().flat_map(|other| other.names) {
                assert!(!plaintexts.iter().any(|text| has(text, written)), "{}: {written}", way.about);
                assert!(plaintexts.iter().any(|text| has(text, document)), "{}: {document}", way.about);
            }
        }
    }
}

#[tokio::test]
async fn a_platform_serves_both_roles_under_one_address_with_one_token() {
    let way = &ways()[0];
    let (cpo, emsp) = (ReplayCpo::default(), ReplayEmsp::default());
    let (cpo_calls, emsp_calls) = (cpo.0.clone(), emsp.0.clone());
    let (line, paths) = way_to(PlatformRouter::new(cpo, emsp, operators()).into_router()).await;
    let (to_cpo, to_emsp) = (line.cpo(), line.emsp());
    DriveCpo::run(way.about, to_cpo, cpo_calls).await;
    DriveEmsp::run(way.about, to_emsp, emsp_calls).await;
    assert_eq!((paths.count("query_token"), paths.take().len()), (1, 15));
}

#[tokio::test]
async fn an_interface_is_known_by_its_other_names_too() {
    let (service, told) = (ReplayEmsp::default(), Told::default());
    let calls = service.0.clone();
    let mut options = ServerOptions::default();
    options.observer = Some(told.observer());
    let router = EmspRouter::new(service, operators())
        .options(options)
        .base_path("evcs/v1/")
        .base_path("/evcs/v1");
    let (line, _) = way_to(router.into_router()).await;
    let sequence = Arc::new(MemorySequence::default());
    for name in ["notification_stationstate", "Notification_StationStatus", "NOTIFICATION_STATIONSTATE"] {
        let client = EmspClient::over(line.clone(), credentials()).sequence(sequence.clone());
        let client = client.dialect(Dialect::default().interface("notification_stationStatus", name));
        client
            .notification_station_status(&sample("notification_stationStatus", "request"))
            .await
            .expect("understood");
        assert_eq!(calls.take().len(), 1, "{name}");
        let place = (
            "notification_stationStatus".to_owned(),
            DeviationKind::INTERFACE_NAME,
            "notification_stationStatus".to_owned(),
        );
        assert_eq!(told.take(), [place], "{name}");
    }
}

/// An interface that no table has.
struct StationFee;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Fee {
    #[serde(rename = "StationID")]
    station_id: Text<20>,
    fee: Option<Money>,
}
check!(Fee { station_id "StationID", fee "Fee" });

impl Endpoint for StationFee {
    const NAME: &'static str = "notification_stationFee";
    const METHOD: &'static str = "notification_station_fee";
    const TITLE: &'static str = "站点费率变化推送";
    type Request = Fee;
    type Reply = Fee;
}

#[tokio::test]
async fn an_interface_of_one_s_own_goes_through_other() {
    struct Own(Arc<Mutex<Vec<(String, String)>>>);
    impl EmspService for Own {
        async fn other(&self, cx: &Ctx, interface: &str, plaintext: &str) -> Outcome<String> {
            self.0.lock().expect("not poisoned").push((interface.to_owned(), plaintext.to_owned()));
            match interface {
                StationFee::NAME => {
                    let answer = async |cx: Ctx, fee: Fee| {
                        assert_eq!(&*cx.peer, OPERATOR);
                        Ok(Fee {
                            fee: Some(Money::of_units(120)),
                            ..fee
                        })
                    };
                    answer_plaintext::<StationFee, _, _>(cx, plaintext, answer).await
                }
                _ => Err(Refusal::new(Ret::WRONG_PARAMETERS, "unknown")),
            }
        }
    }
    let seen = Arc::new(Mutex::new(Vec::new()));
    struct Nothing;
    impl CpoService for Nothing {}
    impl EmspService for Nothing {}
    // Behind both roles its name tells whose it is.
    let both = PlatformRouter::new(Nothing, Own(seen.clone()), operators()).into_router();
    let (line, _) = way_to(both).await;
    let fee = |station: &str| Fee {
        station_id: station.into(),
        fee: None,
    };
    let reply = line.emsp().call::<StationFee>(&fee("1")).await.expect("answered");
    assert_eq!(
        reply,
        Fee {
            fee: Some(Money::of_units(120)),
            ..fee("1")
        }
    );
    let (alone, _) = way_to(EmspRouter::new(Own(seen.clone()), operators()).into_router()).await;
    assert_eq!(alone.emsp().call::<StationFee>(&fee("1")).await.expect("answered"), reply);
    let once = ("notification_stationFee".to_owned(), r#"{"StationID":"1"}"#.to_owned());
    let expected = [once.clone(), once];
    assert_eq!(*seen.lock().expect("not poisoned"), expected);
    // What its types forbid is kept here, or answered with 4004 there.
    let long = fee(&"1".repeat(21));
    let error = line.emsp().call::<StationFee>(&long).await.expect_err("too long");
    assert_eq!(
        (error.kind(), error.sent(), error.path()),
        (ErrorKind::Caller, Sent::No, Some("StationID"))
    );
    let careless = EmspClient::over(line.clone(), credentials()).dialect(Dialect::default().waive(["StationID"]));
    let error = careless.call::<StationFee>(&long).await.expect_err("too long");
    assert_eq!(error.refusal().and_then(|refusal| refusal.code), Some(Ret::WRONG_PARAMETERS), "{error}");
    assert!(error.to_string().contains("StationID") && !error.is_unauthenticated(), "{error}");
    // A service that does not implement an interface says so, whoever is meant.
    let (line, _) = way_to(PlatformRouter::new(Nothing, Nothing, operators()).into_router()).await;
    for error in [
        line.emsp().call::<StationFee>(&fee("1")).await.expect_err("unknown"),
        line.cpo()
            .query_stop_charge(&sample("query_stop_charge", "request"))
            .await
            .map(drop)
            .expect_err("unknown"),
        line.emsp()
            .check_charge_orders(&sample("check_charge_orders", "request"))
            .await
            .map(drop)
            .expect_err("unknown"),
    ] {
        let name = error.endpoint().expect("an interface");
        assert_eq!(
            error.to_string(),
            format!("{name}: refused by the peer: 4004 请求的业务参数不合法: {name} is not offered here (接口未提供)")
        );
        assert_eq!(
            (error.kind(), error.sent(), error.is_unauthenticated()),
            (ErrorKind::Refused, Sent::Answered, false)
        );
    }
}

#[tokio::test]
async fn all_stations_come_page_by_page() {
    /// So many stations; the queries it got.
    #[derive(Clone)]
    struct Stations(i32, Arc<Mutex<Vec<StationsQuery>>>);
    impl CpoService for Stations {
        async fn query_stations_info(&self, _: &Ctx, query: StationsQuery) -> Outcome<StationsPage> {
            self.1.lock().expect("not poisoned").push(query.clone());
            if query.page() == 4 {
                return Err(Refusal::new(Ret::BUSY, "later"));
            }
            let (first, size) = ((query.page() - 1) * query.size(), query.size());
            let mut page: StationsPage = sample("query_stations_info", "reply");
            let station = page.station_infos.remove(0);
            let numbers = first..self.0.min(first + size);
            page.station_infos = numbers
                .map(|number| StationInfo {
                    station_id: number.to_string().into(),
                    ..station.clone()
                })
                .collect();
            (page.page_no, page.item_size, page.page_count) = (query.page(), self.0, (self.0 + size - 1) / size);
            // A platform that promises more than it has.
            if self.0 == 7 {
                page.page_count = 100;
            }
            Ok(page)
        }
    }
    let since: DateTime = "2023-02-28 00:00:00".parse().expect("a time");
    for (stations, since, size, pages) in [
        (25, Some(since), Some(10), vec![10, 10, 5]),
        (20, None, None, vec![10, 10]),
        (0, None, None, vec![0]),
        (7, None, Some(7), vec![7, 0]),
    ] {
        let service = Stations(stations, Arc::default());
        let (line, _) = way_to(CpoRouter::new(service.clone(), operators()).into_router()).await;
        let found: Vec<StationsPage> = line.cpo().stations(since, size).try_collect().await.expect("all pages");
        assert_eq!(found.iter().map(|page| page.station_infos.len()).collect::<Vec<_>>(), pages);
        let names: Vec<String> = found
            .iter()
            .flat_map(|page| &page.station_infos)
            .map(|station| station.station_id.to_string())
            .collect();
        assert_eq!(names, (0..stations).map(|number| number.to_string()).collect::<Vec<_>>());
        let queries = service.1.lock().expect("not poisoned").clone();
        let expected = (1..).take(pages.len()).map(|page_no| StationsQuery {
            last_query_time: since,
            page_no: Some(page_no),
            page_size: size,
        });
        assert_eq!(queries, expected.collect::<Vec<_>>());
    }
    // An error ends it, after the pages that came.
    let service = Stations(45, Arc::default());
    let (line, _) = way_to(CpoRouter::new(service, operators()).into_router()).await;
    let mut pages = std::pin::pin!(line.cpo().with(|o| o.retry = RetryPolicy::off()).stations(None, None));
    for _ in 0..3 {
        assert!(pages.try_next().await.expect("a page").is_some());
    }
    let error = pages.try_next().await.expect_err("busy");
    assert_eq!(
        (error.kind(), error.refusal().and_then(|refusal| refusal.code)),
        (ErrorKind::Busy, Some(Ret::BUSY))
    );
    assert!(pages.try_next().await.expect("over").is_none());
}

#[tokio::test]
async fn a_panicking_service_and_a_bad_reply_harm_nobody_else() {
    struct Clumsy;
    impl CpoService for Clumsy {
        async fn query_stop_charge(&self, _: &Ctx, _: StopCharge) -> Outcome<StopChargeReply> {
            panic!("a bug in the application")
        }
        async fn query_station_status(&self, _: &Ctx, _: StationStatusQuery) -> Outcome<StationStatusReply> {
            Err(Refusal::message("no database"))
        }
        async fn query_start_charge(&self, _: &Ctx, order: StartCharge) -> Outcome<StartChargeReply> {
            Ok(StartChargeReply {
                start_charge_seq: "short".into(),
                ..StartChargeReply::ok(&order, ChargeState::STARTING)
            })
        }
        async fn query_stations_info(&self, cx: &Ctx, _: StationsQuery) -> Outcome<StationsPage> {
            assert!(cx.address.is_some_and(|address| address.ip().is_loopback()) && cx.seq.len() == 4);
            Ok(sample("query_stations_info", "reply"))
        }
    }
    let (line, _) = way_to(CpoRouter::new(Arc::new(Clumsy), operators()).into_router()).await;
    let cpo = line.cpo().with(|o| o.deadline = Duration::from_secs(5));
    for error in [
        cpo.query_stop_charge(&sample("query_stop_charge", "request"))
            .await
            .map(drop)
            .expect_err("panicked"),
        cpo.query_station_status(&sample("query_station_status", "request"))
            .await
            .map(drop)
            .expect_err("refused"),
    ] {
        assert_eq!(
            (error.kind(), error.refusal().and_then(|refusal| refusal.code)),
            (ErrorKind::Refused, Some(Ret::SYSTEM_ERROR))
        );
        assert!(!error.is_unauthenticated() && !error.to_string().contains("bug"), "{error}");
    }
    // What was done cannot be taken back: the reply goes out, and the client tells what is wrong with it.
    let error = cpo
        .query_start_charge(&sample("query_start_charge", "request"))
        .await
        .expect_err("a bad reply");
    assert_eq!(
        (error.kind(), error.sent(), error.path()),
        (ErrorKind::PeerBytes, Sent::Answered, Some("StartChargeSeq"))
    );
    cpo.query_stations_info(&sample("query_stations_info", "request")).await.expect("goes on");
}
