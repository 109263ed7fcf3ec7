//! A city and a partner that answer every interface with its sample, and the sockets between them.
#![allow(dead_code, unused_imports, reason = "secrets.rs uses a part")]

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use sztc_proto::*;
pub use testkit::{Certificate, Told, serve_on};

pub const USER: &str = "lot-7";
pub const CALLBACK_TOKEN: &str = "callback-token";

/// The sample of one side of an interface.
pub fn sample<T: Model>(code: u16, side: &str) -> T {
    let path = format!("{}/fixtures/samples/{code}.{side}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect(&path);
    read(&text)
        .or_else(|_| read(&format!("[{text}]")))
        .unwrap_or_else(|problem| panic!("{path}: {problem}"))
}

fn read<T: Model>(text: &str) -> Result<T, Violation> {
    decode(text, &Dialect::strict().read).map(|(value, _)| value)
}

/// What the services were called with.
#[derive(Debug, Default)]
pub struct Calls(Mutex<Vec<(u16, TransportKind, String)>>);

impl Calls {
    pub fn note(&self, code: u16, cx: &Ctx) {
        self.0.lock().expect("not poisoned").push((code, cx.transport, cx.peer.to_string()));
    }

    pub fn take(&self) -> Vec<(u16, TransportKind, String)> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }
}

macro_rules! replay {
    ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $code:literal $title:literal, $request:ty => $reply:ty { $($own:tt)* };)*) => {$(
        async fn $method(&self, cx: &Ctx, items: Vec<$request>) -> Result<Vec<Outcome<$reply>>, Refusal> {
            self.0.note($code, cx);
            let expected: $request = sample($code, "request");
            Ok(items
                .into_iter()
                .map(|item| {
                    assert_eq!(item, expected);
                    Ok(sample::<$reply>($code, "reply"))
                })
                .collect())
        }
    )*};
}

/// A city that answers with the samples.
#[derive(Clone, Default)]
pub struct ReplayCity(pub Arc<Calls>);

impl CityService for ReplayCity {
    for_each_city_interface!(replay);

    async fn upload_image(&self, cx: &Ctx, image: ImageUpload, file: ImageStream<'_>) -> Result<(), Refusal> {
        self.0.note(2001, cx);
        let file = file.read_all(20_000_000).await?;
        if &*image.file_name == "refuse.jpg" {
            return Err(Refusal::new(BusinessCode::NO_LOT, format!("{} bytes refused", file.len())));
        }
        assert_eq!(file, b"not really a picture".repeat(10_000));
        Ok(())
    }
}

/// A partner that answers with the samples.
#[derive(Clone, Default)]
pub struct ReplayPartner(pub Arc<Calls>);

impl PartnerService for ReplayPartner {
    for_each_partner_interface!(replay);
}

pub fn account() -> Account {
    Account::new("canary-password", PasswordKey::new("canary12").expect("eight bytes"))
}

pub fn credentials() -> Credentials {
    Credentials {
        user_id: USER.into(),
        account: account(),
    }
}

pub fn accounts() -> HashMap<String, Account> {
    HashMap::from([(USER.to_owned(), account())])
}

/// Serves `router` under `/api/1.0` over TLS on a free port.
pub async fn serve_https(router: axum::Router, certificate: &Certificate) -> (String, SocketAddr) {
    let router = axum::Router::new().nest("/api/1.0", router);
    let address = serve_on(router, Some(certificate.server())).await;
    (format!("https://localhost:{}/api/1.0", address.port()), address)
}

/// A partner's client of `city`, whose own server is started.
pub async fn city_over_https(city: CityRouter) -> (CityClient, CityHttp) {
    let certificate = Certificate::localhost();
    let (base, _) = serve_https(city.into_router(), &certificate).await;
    let http = CityHttp::builder(base, credentials())
        .callback_server("https://localhost/callback")
        .online_order_url("https://localhost/pay")
        .http(certificate.http())
        .build()
        .expect("a client");
    (CityClient::over(http.clone()).named("city"), http)
}

/// The city's client of `partner`, whose own server is started.
pub async fn partner_over_https(partner: PartnerRouter) -> PartnerClient {
    let certificate = Certificate::localhost();
    let (base, _) = serve_https(partner.into_router(), &certificate).await;
    PartnerClient::https(&base, CALLBACK_TOKEN, &certificate.http()).expect("a client")
}
