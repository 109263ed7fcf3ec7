//! Every row of the table over real TLS sockets: client -> HTTPS -> service -> back.
use crate::common::*;
use std::{sync::Arc, time::Duration};
use sztc_proto::{code::*, endpoint::*, model::*, *};

#[tokio::test]
async fn every_upward_interface_crosses_https() {
    let service = ReplayCity::default();
    let calls = service.0.clone();
    let (client, _) = city_over_https(CityRouter::new(service, accounts())).await;
    let mut drive = Drive::new(
        Client::City(client),
        &calls,
        TransportKind::Https,
        |_, _| true,
    );
    each_city_interface(&mut drive);
    drive.run().await;
}

#[tokio::test]
async fn every_downward_interface_crosses_https() {
    let service = ReplayPartner::default();
    let calls = service.0.clone();
    let client = partner_over_https(PartnerRouter::new(
        service,
        CallbackAuth::token(CALLBACK_TOKEN),
    ))
    .await;
    let mut drive = Drive::new(
        Client::Partner(client),
        &calls,
        TransportKind::Https,
        |_, _| true,
    );
    each_partner_interface(&mut drive);
    drive.run().await;
}

#[tokio::test]
async fn one_bad_entry_among_fifty_is_answered_in_its_own_place() {
    struct Spaces;
    impl CityService for Spaces {
        async fn report_space_state(
            &self,
            _: &Ctx,
            items: Vec<SpaceStateReport>,
        ) -> Result<Vec<Outcome<SpaceStateReply>>, Refusal> {
            assert!(matches!(items.len(), 49 | 1), "{}", items.len());
            each(items, async |item| match &*item.space_no {
                "space-9" => Err(Refusal::new(BusinessCode::NO_SPACE, "车位不存在")),
                _ => Ok(SpaceStateReply {
                    space_no: item.space_no,
                }),
            })
            .await
        }
    }
    let (client, http) = city_over_https(CityRouter::new(Spaces, accounts())).await;
    let mut items: Vec<SpaceStateReport> = (0..50)
        .map(|number| SpaceStateReport {
            space_no: format!("space-{number}").into(),
            park_code: None,
            state: SpaceState::FREE,
        })
        .collect();
    items[7].space_no = "x".repeat(29).into();
    // A client that checks does not let it out: all violations at once, nothing sent.
    let error = client
        .report_space_states(&items)
        .await
        .expect_err("too long");
    assert_eq!(
        (error.kind(), error.sent(), error.path()),
        (ErrorKind::Caller, Sent::No, Some("data[7].spaceNo"))
    );
    // One whose dialect waives the limit does, and the city answers it alone.
    let careless = CityClient::over(http).dialect(Dialect::default().waive(["spaceNo"]));
    let outcomes = careless
        .report_space_states(&items)
        .await
        .expect("answered");
    for (number, outcome) in outcomes.into_iter().enumerate() {
        match number {
            7 => assert_eq!(
                outcome.expect_err("too long").code,
                Some(BusinessCode::TOO_LONG)
            ),
            9 => assert_eq!(
                outcome.expect_err("unknown").to_string(),
                "1102 车位不存在: 车位不存在"
            ),
            _ => assert_eq!(outcome.expect("good").space_no, items[number].space_no),
        }
    }
    let single = client
        .report_space_state(items[9].clone())
        .await
        .expect_err("unknown");
    assert_eq!(
        single.refusal().and_then(|refusal| refusal.code),
        Some(BusinessCode::NO_SPACE)
    );
    assert_eq!(
        (single.kind(), single.sent(), single.endpoint()),
        (
            ErrorKind::Refused,
            Sent::Answered,
            Some("5001 report_space_state")
        )
    );
}

#[tokio::test]
async fn a_refused_entry_names_its_record_and_empty_replies_can_refuse() {
    struct Partner;
    impl PartnerService for Partner {
        async fn notify_payment(
            &self,
            _: &Ctx,
            items: Vec<PaymentNotice>,
        ) -> Result<Vec<Outcome<Nothing>>, Refusal> {
            Ok(vec![
                Ok(Nothing {}),
                Err(Refusal::new(BusinessCode::NO_CAR, "车辆不存在")),
            ]
            .into_iter()
            .take(items.len())
            .collect())
        }
        async fn find_cars(
            &self,
            _: &Ctx,
            items: Vec<CarQuery>,
        ) -> Result<Vec<Outcome<Vec<ParkedCar>>>, Refusal> {
            each(items, async |query| match &*query.plate_no {
                "888" => Ok(vec![]),
                _ => Err(Refusal::new(BusinessCode::NO_LOT, "停车场不存在")),
            })
            .await
        }
        async fn query_fee(
            &self,
            _: &Ctx,
            _: Vec<FeeQuery>,
        ) -> Result<Vec<Outcome<ParkingOrder>>, Refusal> {
            Err(Refusal::new(BusinessCode::CAR_NOT_INSIDE, "车辆不在场内"))
        }
    }
    let client = partner_over_https(PartnerRouter::new(
        Partner,
        CallbackAuth::token(CALLBACK_TOKEN),
    ))
    .await;
    let notice: PaymentNotice = sample(6007, "request");
    let outcomes = client
        .call::<NotifyPayment>(&[notice.clone(), notice.clone()])
        .await
        .expect("answered");
    assert!(outcomes[0].is_ok());
    assert_eq!(
        outcomes[1].as_ref().expect_err("refused").code,
        Some(BusinessCode::NO_CAR)
    );
    client
        .notify_payment(notice)
        .await
        .expect("an empty reply is success");

    let query: CarQuery = sample(6005, "request");
    let found = client
        .find_cars(CarQuery {
            plate_no: "888".into(),
            ..query.clone()
        })
        .await;
    assert_eq!(found.expect("none found"), []);
    let refused = client.find_cars(query.clone()).await.expect_err("refused");
    assert_eq!(
        refused.refusal().and_then(|refusal| refusal.code),
        Some(BusinessCode::NO_LOT)
    );
    let many = client
        .call::<FindCars>(&[query.clone(), query])
        .await
        .expect_err("one question a call");
    assert_eq!((many.kind(), many.sent()), (ErrorKind::Caller, Sent::No));

    let fee = client
        .query_fee(sample(6006, "request"))
        .await
        .expect_err("refused as a whole");
    assert_eq!(
        fee.to_string(),
        "6006 query_fee: refused by the peer: 4001 车辆不在场内: 车辆不在场内"
    );
    let unknown = client
        .lock_car(sample(6003, "request"))
        .await
        .expect_err("not implemented");
    assert_eq!(
        unknown.refusal().and_then(|refusal| refusal.code),
        Some(BusinessCode::NO_OBJECT)
    );
}

#[tokio::test]
async fn an_image_is_uploaded_in_pieces() {
    let service = ReplayCity::default();
    let calls = service.0.clone();
    let (_, http) = city_over_https(CityRouter::new(service, accounts())).await;
    let image = ImageUpload {
        file_name: "entry.jpg".into(),
        image_biz_type: ImageKind(1),
        dest_path: "/20230301/44030400100101000010/581fba5ae28431e275ea3aa4f676fc68/".into(),
        timestamp: Timestamp::from_seconds(1_677_628_800),
        pick_time: Timestamp::from_seconds(1_677_628_799),
    };
    let file = b"not really a picture".repeat(10_000);
    http.upload_image(&image, &ImageBody::memory(file.clone()))
        .await
        .expect("stored");
    let path = std::env::temp_dir().join(format!("sztc-upload-{}.jpg", std::process::id()));
    std::fs::write(&path, &file).expect("writable");
    http.upload_image(&image, &ImageBody::file(&path))
        .await
        .expect("stored from disk");
    std::fs::remove_file(&path).expect("ours");
    assert_eq!(calls.take().len(), 2);

    let refused = ImageUpload {
        file_name: "refuse.jpg".into(),
        ..image.clone()
    };
    let error = http
        .upload_image(&refused, &ImageBody::memory(file.clone()))
        .await
        .expect_err("refused");
    assert_eq!(
        error.to_string(),
        "2001 upload_image: refused by the peer: 1101 停车场不存在: 200000 bytes refused"
    );
    let bad = ImageUpload {
        dest_path: "nowhere".into(),
        ..image.clone()
    };
    let error = http
        .upload_image(&bad, &ImageBody::memory(file))
        .await
        .expect_err("no such path");
    assert_eq!(
        (error.kind(), error.path()),
        (ErrorKind::Caller, Some("destPath"))
    );
    let missing = http
        .upload_image(&image, &ImageBody::file("/does/not/exist"))
        .await
        .expect_err("no file");
    assert_eq!(
        (missing.kind(), missing.sent()),
        (ErrorKind::Caller, Sent::No)
    );
}

#[tokio::test]
async fn the_token_is_got_once_renewed_and_given_back() {
    #[derive(Clone, Default)]
    struct Logins(Arc<std::sync::Mutex<Vec<String>>>);
    impl CityService for Logins {
        async fn query_auto_pay(
            &self,
            cx: &Ctx,
            items: Vec<AutoPayQuery>,
        ) -> Result<Vec<Outcome<AutoPayReply>>, Refusal> {
            assert_eq!(&*cx.peer, USER);
            each(items, async |_| Ok(sample(5010, "reply"))).await
        }
        async fn logged_in(&self, _: &Ctx, login: &Login) -> Result<(), Refusal> {
            self.0.lock().expect("not poisoned").push(
                login
                    .callback_server
                    .as_deref()
                    .unwrap_or_default()
                    .to_owned(),
            );
            Ok(())
        }
    }
    let clock = ManualClock::new(std::time::SystemTime::now());
    let service = Logins::default();
    let mut options = ServerOptions::default();
    options.clock = Arc::new(clock.clone());
    let city = CityRouter::new(service.clone(), accounts())
        .options(options)
        .tokens(MemoryTokens::new(Arc::new(clock.clone())))
        .token_life(Duration::from_secs(600));
    let (client, http) = city_over_https(city).await;
    let query: AutoPayQuery = sample(5010, "request");
    let calls: Vec<_> = (0..50)
        .map(|_| {
            let (client, query) = (client.clone(), query.clone());
            tokio::spawn(async move { client.query_auto_pay(query).await })
        })
        .collect();
    for call in calls {
        call.await.expect("no panic").expect("answered");
    }
    assert_eq!(
        *service.0.lock().expect("not poisoned"),
        ["https://localhost/callback"]
    );
    // The city forgets the token; the client meets 3002, logs in again and repeats the call once.
    clock.advance(Duration::from_secs(601));
    client
        .query_auto_pay(query.clone())
        .await
        .expect("after a new login");
    assert_eq!(service.0.lock().expect("not poisoned").len(), 2);
    http.logout().await.expect("given back");
    http.logout().await.expect("nothing to give back");
    client.query_auto_pay(query).await.expect("logged in again");
    assert_eq!(service.0.lock().expect("not poisoned").len(), 3);
}

#[tokio::test]
async fn wrong_credentials_are_told_apart_from_everything_else() {
    let certificate = Certificate::localhost();
    let (base, _) = serve_https(
        CityRouter::new(ReplayCity::default(), accounts()).into_router(),
        &certificate,
    )
    .await;
    for (user, password) in [(USER, "wrong"), ("nobody", "canary-password")] {
        let credentials = Credentials::new(
            user,
            password,
            PasswordKey::new("canary12").expect("eight bytes"),
        );
        let http = CityHttp::builder(base.as_str(), credentials)
            .http(certificate.http())
            .build()
            .expect("a client");
        let error = CityClient::over(http)
            .query_auto_pay(sample(5010, "request"))
            .await
            .expect_err("refused");
        assert_eq!(
            error.refusal().and_then(|refusal| refusal.code),
            Some(BusinessCode::WRONG_PASSWORD),
            "{error}"
        );
        assert!(!format!("{error:?}").contains("canary"));
    }
    let unauthenticated = PartnerHttp::builder(&*base)
        .http(certificate.http())
        .build()
        .expect("a client")
        .client();
    let error = unauthenticated
        .lock_space(sample(6001, "request"))
        .await
        .expect_err("no token");
    assert_eq!(
        error.refusal().and_then(|refusal| refusal.code),
        Some(BusinessCode::WRONG_TOKEN)
    );
    // A certificate that nobody trusts, and an address where nobody listens.
    let stranger = PartnerClient::new(&*base, "x")
        .expect("a client")
        .with(|o| o.retry = RetryPolicy::off());
    let error = stranger
        .lock_space(sample(6001, "request"))
        .await
        .expect_err("unknown authority");
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::Network, Sent::No),
        "{error:?}"
    );
    let nobody = calling("https://localhost:1", "x", certificate.http())
        .with(|o| o.retry = RetryPolicy::off());
    let error = nobody
        .lock_space(sample(6001, "request"))
        .await
        .expect_err("nobody there");
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::Network, Sent::No),
        "{error:?}"
    );
}

#[tokio::test]
async fn callbacks_need_the_agreed_token() {
    let certificate = Certificate::localhost();
    let (base, _) = serve_https(
        PartnerRouter::new(ReplayPartner::default(), CallbackAuth::default()).into_router(),
        &certificate,
    )
    .await;
    for token in ["", CALLBACK_TOKEN] {
        let client = calling(&base, token, certificate.http());
        let error = client
            .lock_space(sample(6001, "request"))
            .await
            .expect_err("refused by default");
        assert_eq!(
            error.refusal().and_then(|refusal| refusal.code),
            Some(BusinessCode::WRONG_TOKEN)
        );
    }
}

#[tokio::test]
async fn a_panicking_service_answers_its_own_call_only() {
    struct Clumsy;
    impl CityService for Clumsy {
        async fn query_auto_pay(
            &self,
            _: &Ctx,
            _: Vec<AutoPayQuery>,
        ) -> Result<Vec<Outcome<AutoPayReply>>, Refusal> {
            panic!("a bug in the application")
        }
        async fn query_invoice_stock(
            &self,
            _: &Ctx,
            _: Vec<InvoiceStockQuery>,
        ) -> Result<Vec<Outcome<InvoiceStock>>, Refusal> {
            Ok(vec![])
        }
    }
    let (client, _) = city_over_https(CityRouter::new(Clumsy, accounts())).await;
    let error = client
        .query_auto_pay(sample(5010, "request"))
        .await
        .expect_err("refused");
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::Refused, Sent::Answered)
    );
    // A service that answers a different number of entries is a loud error too.
    let error = client
        .query_invoice_stock(sample(1202, "request"))
        .await
        .expect_err("refused");
    assert!(
        error.to_string().contains("different number of entries"),
        "{error}"
    );
}

#[tokio::test]
async fn everything_said_to_a_platform_has_its_dialect_and_clock() {
    let scheme = Scheme::new(Algorithm::Md5, Scope::List);
    // Years ago, so that a timestamp by the system's clock would be noted.
    let clock: Arc<dyn Clock> = Arc::new(ManualClock::new(
        std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_677_628_800),
    ));
    let tally = Tally::default();
    let mut options = ServerOptions::default();
    options.accept = vec![scheme];
    options.clock = clock.clone();
    options.observer = Some(tally.observer());
    let asked = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = asked.clone();
    let note = axum::middleware::from_fn(
        move |request: axum::extract::Request, next: axum::middleware::Next| {
            seen.lock()
                .expect("not poisoned")
                .push(request.uri().path().to_owned());
            next.run(request)
        },
    );
    let certificate = Certificate::localhost();
    let router = CityRouter::new(ReplayCity::default(), accounts())
        .options(options)
        .into_router();
    let (base, _) = serve_https(router.layer(note), &certificate).await;
    let http = CityHttp::builder(base, credentials())
        .http(certificate.http())
        .dialect(Dialect::default().sign_with(scheme))
        .clock(clock)
        .build()
        .expect("a client");
    http.client()
        .query_auto_pay(sample(5010, "request"))
        .await
        .expect("answered");
    http.refresh().await.expect("renewed");
    http.logout().await.expect("given back");
    assert_eq!(
        *asked.lock().expect("not poisoned"),
        ["/1001", "/5010", "/1002", "/1003"]
    );
    assert!(tally.counts().is_empty(), "{tally:?}");
}

#[tokio::test]
async fn a_router_may_lie_under_several_base_paths() {
    let certificate = Certificate::localhost();
    let (city, partner) = (ReplayCity::default(), ReplayPartner::default());
    let router = CityRouter::new(city, accounts())
        .base_path("/a")
        .base_path("b/c/");
    let (base, _) = serve_https(router.into_router(), &certificate).await;
    let callback = PartnerRouter::new(partner, CallbackAuth::token(CALLBACK_TOKEN))
        .base_path("/a")
        .base_path("b/c/");
    let (callback, _) = serve_https(callback.into_router(), &certificate).await;
    for (path, there) in [
        ("/a", true),
        ("/b/c", true),
        ("/b/c/", true),
        ("", false),
        ("/b", false),
    ] {
        let city = CityHttp::builder(format!("{base}{path}"), credentials())
            .http(certificate.http())
            .build()
            .expect("a client")
            .client();
        let partner = calling(
            &format!("{callback}{path}"),
            CALLBACK_TOKEN,
            certificate.http(),
        );
        let outcomes = [
            city.query_auto_pay(sample(5010, "request")).await.map(drop),
            partner.lock_space(sample(6001, "request")).await.map(drop),
        ];
        for outcome in outcomes {
            match outcome {
                Ok(()) => assert!(there, "{path}"),
                Err(error) => assert!(
                    !there && error.to_string().contains("is the base URL right?"),
                    "{path}: {error}"
                ),
            }
        }
    }
}
