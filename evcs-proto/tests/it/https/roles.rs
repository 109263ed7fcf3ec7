//! Both roles at one address, other names, interfaces of one's own, pages, and a service that
//! panics.
use super::*;

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
    for name in [
        "notification_stationstate",
        "Notification_StationStatus",
        "NOTIFICATION_STATIONSTATE",
    ] {
        let client = EmspClient::over(line.clone(), credentials()).sequence(sequence.clone());
        let client =
            client.dialect(Dialect::default().interface("notification_stationStatus", name));
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
            self.0
                .lock()
                .expect("not poisoned")
                .push((interface.to_owned(), plaintext.to_owned()));
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
    let reply = line
        .emsp()
        .call::<StationFee>(&fee("1"))
        .await
        .expect("answered");
    assert_eq!(
        reply,
        Fee {
            fee: Some(Money::of_units(120)),
            ..fee("1")
        }
    );
    let (alone, _) = way_to(EmspRouter::new(Own(seen.clone()), operators()).into_router()).await;
    assert_eq!(
        alone
            .emsp()
            .call::<StationFee>(&fee("1"))
            .await
            .expect("answered"),
        reply
    );
    let once = (
        "notification_stationFee".to_owned(),
        r#"{"StationID":"1"}"#.to_owned(),
    );
    let expected = [once.clone(), once];
    assert_eq!(*seen.lock().expect("not poisoned"), expected);
    // What its types forbid is kept here, or answered with 4004 there.
    let long = fee(&"1".repeat(21));
    let error = line
        .emsp()
        .call::<StationFee>(&long)
        .await
        .expect_err("too long");
    assert_eq!(
        (error.kind(), error.sent(), error.path()),
        (ErrorKind::Caller, Sent::No, Some("StationID"))
    );
    let careless = EmspClient::over(line.clone(), credentials())
        .dialect(Dialect::default().waive(["StationID"]));
    let error = careless
        .call::<StationFee>(&long)
        .await
        .expect_err("too long");
    assert_eq!(
        error.refusal().and_then(|refusal| refusal.code),
        Some(Ret::WRONG_PARAMETERS),
        "{error}"
    );
    assert!(
        error.to_string().contains("StationID") && !error.is_unauthenticated(),
        "{error}"
    );
    // A service that does not implement an interface says so, whoever is meant.
    let (line, _) = way_to(PlatformRouter::new(Nothing, Nothing, operators()).into_router()).await;
    for error in [
        line.emsp()
            .call::<StationFee>(&fee("1"))
            .await
            .expect_err("unknown"),
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
            format!(
                "{name}: refused by the peer: 4004 请求的业务参数不合法: {name} is not offered \
                    here (接口未提供)"
            )
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
        async fn query_stations_info(
            &self,
            _: &Ctx,
            query: StationsQuery,
        ) -> Outcome<StationsPage> {
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
            (page.page_no, page.item_size, page.page_count) =
                (query.page(), self.0, (self.0 + size - 1) / size);
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
        let found: Vec<StationsPage> = line
            .cpo()
            .stations(since, size)
            .try_collect()
            .await
            .expect("all pages");
        assert_eq!(
            found
                .iter()
                .map(|page| page.station_infos.len())
                .collect::<Vec<_>>(),
            pages
        );
        let names: Vec<String> = found
            .iter()
            .flat_map(|page| &page.station_infos)
            .map(|station| station.station_id.to_string())
            .collect();
        assert_eq!(
            names,
            (0..stations)
                .map(|number| number.to_string())
                .collect::<Vec<_>>()
        );
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
    let mut pages = std::pin::pin!(
        line.cpo()
            .with(|o| o.retry = RetryPolicy::off())
            .stations(None, None)
    );
    for _ in 0..3 {
        assert!(pages.try_next().await.expect("a page").is_some());
    }
    let error = pages.try_next().await.expect_err("busy");
    assert_eq!(
        (
            error.kind(),
            error.refusal().and_then(|refusal| refusal.code)
        ),
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
        async fn query_station_status(
            &self,
            _: &Ctx,
            _: StationStatusQuery,
        ) -> Outcome<StationStatusReply> {
            Err(Refusal::message("no database"))
        }
        async fn query_start_charge(
            &self,
            _: &Ctx,
            order: StartCharge,
        ) -> Outcome<StartChargeReply> {
            Ok(StartChargeReply {
                start_charge_seq: "short".into(),
                ..StartChargeReply::ok(&order, ChargeState::STARTING)
            })
        }
        async fn query_stations_info(&self, cx: &Ctx, _: StationsQuery) -> Outcome<StationsPage> {
            assert!(
                cx.address.is_some_and(|address| address.ip().is_loopback()) && cx.seq.len() == 4
            );
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
            (
                error.kind(),
                error.refusal().and_then(|refusal| refusal.code)
            ),
            (ErrorKind::Refused, Some(Ret::SYSTEM_ERROR))
        );
        assert!(
            !error.is_unauthenticated() && !error.to_string().contains("bug"),
            "{error}"
        );
    }
    // What was done cannot be taken back: the reply goes out, and the client tells what is wrong
    // with it.
    let error = cpo
        .query_start_charge(&sample("query_start_charge", "request"))
        .await
        .expect_err("a bad reply");
    assert_eq!(
        (error.kind(), error.sent(), error.path()),
        (ErrorKind::PeerBytes, Sent::Answered, Some("StartChargeSeq"))
    );
    cpo.query_stations_info(&sample("query_stations_info", "request"))
        .await
        .expect("goes on");
}
