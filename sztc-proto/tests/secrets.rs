//! Canaries in everything that is secret, and a look at everything that is printed.
#![cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
#[path = "it/common/mod.rs"]
mod common;

use common::*;
use park_core::BoxFuture;
use std::time::Duration;
use sztc_proto::{code::*, endpoint::*, model::*, *};
use testkit::{
    Remembering,
    canary::{Look, failed, listen, shown},
};

/// A plate that must not be in any log from INFO on, nor in any error.
const PLATE: &str = "粤CANARY8";

#[derive(Clone)]
struct Service;

impl CityService for Service {
    async fn query_auto_pay(
        &self,
        cx: &Ctx,
        items: Vec<AutoPayQuery>,
    ) -> Result<Vec<Outcome<AutoPayReply>>, Refusal> {
        shown(cx);
        each(items, async |item| match &*item.plate_no {
            PLATE => Ok(sample(5010, "reply")),
            _ => Err(Refusal::new(BusinessCode::NO_CAR, "车辆不存在")),
        })
        .await
    }

    async fn upload_image(
        &self,
        _: &Ctx,
        _: ImageUpload,
        file: ImageStream<'_>,
    ) -> Result<(), Refusal> {
        shown(&file);
        file.read_all(1000).await.map(|_| ())
    }

    async fn logged_in(&self, _: &Ctx, login: &Login) -> Result<(), Refusal> {
        // Its addresses are no secret, its password is.
        shown(login);
        Ok(())
    }

    async fn query_invoice_stock(
        &self,
        _: &Ctx,
        _: Vec<InvoiceStockQuery>,
    ) -> Result<Vec<Outcome<InvoiceStock>>, Refusal> {
        panic!("a bug in the application with {PLATE}")
    }
}

impl PartnerService for Service {
    async fn query_fee(
        &self,
        _: &Ctx,
        items: Vec<FeeQuery>,
    ) -> Result<Vec<Outcome<ParkingOrder>>, Refusal> {
        each(items, async |_| Ok(sample(6006, "reply"))).await
    }
}

fn query(plate: &str) -> AutoPayQuery {
    AutoPayQuery {
        plate_no: plate.into(),
    }
}

fn image(path: &str) -> ImageUpload {
    ImageUpload {
        file_name: format!("{PLATE}.jpg").into(),
        image_biz_type: ImageKind(1),
        dest_path: path.into(),
        timestamp: Timestamp::from_seconds(1_677_628_800),
        pick_time: Timestamp::from_seconds(1_677_628_799),
    }
}

#[tokio::test]
async fn no_secret_is_printed_and_no_payload_from_info_on() {
    listen();
    let certificate = Certificate::localhost();
    let tokens = Remembering::default();
    let mut options = ServerOptions::default();
    options.observer = Some(Observer::new(|observed| shown(observed)));
    shown(&options);
    let router = CityRouter::new(Service, accounts())
        .options(options)
        .tokens(tokens.clone());
    shown((
        &router,
        account(),
        accounts(),
        PasswordKey::new("canary12"),
        MemoryTokens::default(),
    ));
    let (base, _) = serve_https(router.into_router(), &certificate).await;
    let builder = |password: &str| {
        let builder = CityHttp::builder(
            base.as_str(),
            Credentials::new(USER, password, account().key),
        )
        .http(certificate.http());
        shown(&builder);
        builder.build().expect("a client")
    };

    // What goes well: login, call, renewal, upload, logout.
    let http = builder("canary-password");
    let city = CityClient::over(http.clone()).named("city");
    shown((&http, &city, CallOptions::default()));
    city.query_auto_pay(query(PLATE)).await.expect("answered");
    http.refresh().await.expect("renewed");
    city.query_auto_pay(query(PLATE)).await.expect("answered");
    http.upload_image(
        &image("/20230301/4403/r1/"),
        &ImageBody::memory(PLATE.as_bytes().to_vec()),
    )
    .await
    .expect("stored");
    http.logout().await.expect("given back");

    // What fails, on either side and in between.
    failed(city.query_auto_pay(query("another")).await);
    failed(
        city.query_auto_pay(query(&format!("{PLATE}{PLATE}{PLATE}")))
            .await,
    );
    failed(city.query_invoice_stock(sample(1202, "request")).await);
    failed(
        http.upload_image(&image("nowhere"), &ImageBody::memory(vec![]))
            .await,
    );
    failed(
        http.upload_image(
            &image("/20230301/4403/r1/"),
            &ImageBody::memory(PLATE.as_bytes().repeat(1000)),
        )
        .await,
    );
    failed(
        CityClient::over(builder("canary-wrong-password"))
            .query_auto_pay(query(PLATE))
            .await,
    );
    let silent = city.with(|o| o.deadline = Duration::ZERO);
    failed(silent.query_auto_pay(query(PLATE)).await);
    let stranger = CityHttp::builder(base.as_str(), credentials())
        .build()
        .expect("a client");
    failed(
        CityClient::over(stranger)
            .with(|o| o.retry = RetryPolicy::off())
            .query_auto_pay(query(PLATE))
            .await,
    );

    let partner = PartnerRouter::new(Service, CallbackAuth::token("canary-callback"));
    shown(&partner);
    let (partner_base, _) = serve_https(partner.into_router(), &certificate).await;
    let fee = FeeQuery {
        plate_no: Some(PLATE.into()),
        ..sample(6006, "request")
    };
    for (token, good) in [
        ("canary-callback", true),
        ("canary-wrong-callback", false),
        ("canary-callback\n", false),
    ] {
        let client = calling(&partner_base, token, certificate.http());
        shown(&client);
        match good {
            true => drop(client.query_fee(fee.clone()).await.expect("answered")),
            false => drop(failed(client.query_fee(fee.clone()).await)),
        }
    }
    let mut proxied = certificate.http();
    proxied.proxy = Some("http://user:canary-proxy@localhost:1".to_owned());
    shown(&proxied);
    let through = calling(&partner_base, "canary-callback", proxied.clone())
        .with(|o| o.retry = RetryPolicy::off());
    failed(through.query_fee(fee.clone()).await);
    proxied.proxy = Some("nonsense://user:canary-proxy@".to_owned());
    failed(PartnerHttp::builder(&*partner_base).http(proxied).build());
    let named =
        PartnerHttp::builder("https://user:canary-proxy@localhost").http(certificate.http());
    failed(named.build());

    // What a way of one's own gets and gives.
    struct Own;
    impl Transport for Own {
        type Code = BusinessCode;

        fn exchange<'a>(&'a self, call: Call<'a>) -> BoxFuture<'a, Result<Answer, Error>> {
            let answer = Answer::new(format!(
                r#"{{"resultCode":0,"data":[{{"state":{{"{PLATE}":"canary-token"}}}}]}}"#
            ));
            shown((call, &answer));
            Box::pin(async { Ok(answer) })
        }
    }
    let own = CityClient::over(Own);
    failed(own.query_auto_pay(query(PLATE)).await);
    let text = format!(
        r#"{{"timestamp":1,"sign":"x","resultCode":0,"data":[{{"accessToken":"canary-token","plateNo":"{PLATE}"}}]}}"#
    );
    let mut deviations = Deviations::default();
    shown(envelope::open_request(&text, &Rules::default(), &mut deviations).expect("an envelope"));
    shown(envelope::open_reply(&text, &Rules::default(), &mut deviations).expect("an envelope"));
    shown(deviations);

    let issued = tokens.issued();
    assert!(issued.len() >= 3, "tokens were issued");
    let sealed = [
        account().key.seal("canary-password"),
        account().key.seal("canary-wrong-password"),
    ];
    let secrets: Vec<&str> = issued
        .iter()
        .chain(&sealed)
        .map(String::as_str)
        .chain(["canary"])
        .collect();
    let look = Look {
        secrets: &secrets,
        payload: PLATE,
        // The log is worth looking at: ours, and those of the layers below.
        logged: &["sztc_proto", "park_core", "reqwest", "rustls", "hyper_util"],
        shown: 20,
    };
    look.finds_nothing();
}

/// Every value of a sample, replaced by each of `others` in turn.
fn spoiled(value: &serde_json::Value, others: &[serde_json::Value]) -> Vec<serde_json::Value> {
    let mut all = others.to_vec();
    match value {
        serde_json::Value::Object(members) => {
            for (key, inner) in members {
                all.extend(spoiled(inner, others).into_iter().map(|bad| {
                    let mut members = members.clone();
                    members.insert(key.clone(), bad);
                    members.into()
                }));
            }
        }
        serde_json::Value::Array(entries) => {
            for (index, inner) in entries.iter().enumerate() {
                all.extend(spoiled(inner, others).into_iter().map(|bad| {
                    let mut entries = entries.clone();
                    entries[index] = bad;
                    entries.into()
                }));
            }
        }
        _ => {}
    }
    all
}

/// Decodes every spoiled form of a sample; what is wrong with it is told without a value.
fn look<T: Model>(code: u16, side: &str) -> usize {
    let path = format!(
        "{}/fixtures/samples/{code}.{side}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let Ok(text) = std::fs::read_to_string(&path) else {
        return 0;
    };
    let sample = serde_json::from_str(&text).expect("JSON");
    let others = [
        PLATE.into(),
        PLATE.repeat(200).into(),
        format!("-1{PLATE}").into(),
        serde_json::json!([PLATE]),
        serde_json::json!({"x": PLATE}),
        serde_json::json!([{"x": [PLATE]}]),
    ];
    let mut refused = 0;
    for bad in spoiled(&sample, &others) {
        for rules in [Dialect::default().read, Rules::strict()] {
            let told = match decode::<T>(&bad.to_string(), &rules) {
                Err(violation) => format!("{violation} {violation:?}"),
                Ok((value, deviations)) => {
                    let mut violations = Violations::default();
                    value.check(&mut violations);
                    format!("{:?} {deviations:?}", violations.list())
                }
            };
            refused += usize::from(told.len() > 80);
            assert!(!told.contains(PLATE), "{code} {side}: {told}");
        }
    }
    refused
}

#[test]
fn what_is_wrong_with_a_value_is_told_without_the_value() {
    struct Look(usize);
    impl Visit for Look {
        fn visit<E: Endpoint>(&mut self) {
            self.0 += look::<E::Request>(E::CODE, "request") + look::<E::Reply>(E::CODE, "reply");
        }
    }
    let mut refused = Look(0);
    each_city_interface(&mut refused);
    each_partner_interface(&mut refused);
    assert!(refused.0 > 1000, "{}", refused.0);
}
