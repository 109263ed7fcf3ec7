//! A city and a partner that answer every interface with its sample, and the sockets between them.
#![allow(dead_code, unused_imports, reason = "secrets.rs uses a part")]

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use sztc_proto::{code::*, endpoint, endpoint::*, model::*, *};
pub(crate) use testkit::{Certificate, Told, serve_on};

pub(crate) const USER: &str = "lot-7";
pub(crate) const CALLBACK_TOKEN: &str = "callback-token";

/// The sample of one side of an interface.
pub(crate) fn sample<T: Model>(code: u16, side: &str) -> T {
    let path = format!(
        "{}/fixtures/samples/{code}.{side}.json",
        env!("CARGO_MANIFEST_DIR")
    );
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
pub(crate) struct Calls(Mutex<Vec<(u16, TransportKind, String)>>);

impl Calls {
    pub(crate) fn note(&self, code: u16, cx: &Ctx) {
        self.0
            .lock()
            .expect("not poisoned")
            .push((code, cx.transport, cx.peer.to_string()));
    }

    pub(crate) fn take(&self) -> Vec<(u16, TransportKind, String)> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }

    /// Answers each entry, which has to be the sample, with the sample.
    fn replay<E: Endpoint>(
        &self,
        cx: &Ctx,
        items: Vec<E::Request>,
    ) -> Result<Vec<Outcome<E::Reply>>, Refusal> {
        self.note(E::CODE, cx);
        let expected: E::Request = sample(E::CODE, "request");
        Ok(items
            .into_iter()
            .map(|item| {
                assert_eq!(item, expected);
                Ok(sample::<E::Reply>(E::CODE, "reply"))
            })
            .collect())
    }
}

/// A city that answers with the samples.
#[derive(Clone, Default)]
pub(crate) struct ReplayCity(pub Arc<Calls>);

impl ReplayCity {
    async fn replay<E: Endpoint>(
        &self,
        cx: &Ctx,
        items: Vec<E::Request>,
    ) -> Result<Vec<Outcome<E::Reply>>, Refusal> {
        self.0.replay::<E>(cx, items)
    }
}

impl CityService for ReplayCity {
    for_each_city_interface!(sztc_proto::answer_with [entry replay endpoint]);

    async fn upload_image(
        &self,
        cx: &Ctx,
        image: ImageUpload,
        file: ImageStream<'_>,
    ) -> Result<(), Refusal> {
        self.0.note(2001, cx);
        let file = file.read_all(20_000_000).await?;
        if &*image.file_name == "refuse.jpg" {
            return Err(Refusal::new(
                BusinessCode::NO_LOT,
                format!("{} bytes refused", file.len()),
            ));
        }
        assert_eq!(file, b"not really a picture".repeat(10_000));
        Ok(())
    }
}

/// A partner that answers with the samples.
#[derive(Clone, Default)]
pub(crate) struct ReplayPartner(pub Arc<Calls>);

impl ReplayPartner {
    async fn replay<E: Endpoint>(
        &self,
        cx: &Ctx,
        items: Vec<E::Request>,
    ) -> Result<Vec<Outcome<E::Reply>>, Refusal> {
        self.0.replay::<E>(cx, items)
    }
}

impl PartnerService for ReplayPartner {
    for_each_partner_interface!(sztc_proto::answer_with [entry replay endpoint]);
}

/// Either role's client.
#[derive(Clone)]
pub(crate) enum Client {
    City(CityClient),
    Partner(PartnerClient),
}

impl Client {
    async fn call<E: Endpoint>(&self, item: E::Request) -> Result<E::Reply, Error> {
        let mut outcomes = match self {
            Self::City(client) => client.call::<E>(&[item]).await?,
            Self::Partner(client) => client.call::<E>(&[item]).await?,
        };
        assert_eq!(outcomes.len(), 1, "{}", E::LABEL);
        outcomes.remove(0).map_err(Error::refused)
    }
}

/// Calls every interface that it sees with its sample, one after another, and looks at what the
/// service got.
pub(crate) struct Drive {
    client: Client,
    calls: Arc<Calls>,
    over: TransportKind,
    crosses: Box<dyn Fn(u16, Transports) -> bool>,
    driven: Vec<BoxFuture<'static, ()>>,
}

impl Drive {
    /// Calls by `client` what arrives over `over` at the service that notes `calls`, if `crosses`
    /// says that it gets there.
    pub(crate) fn new(
        client: Client,
        calls: &Arc<Calls>,
        over: TransportKind,
        crosses: impl Fn(u16, Transports) -> bool + 'static,
    ) -> Self {
        Self {
            client,
            calls: calls.clone(),
            over,
            crosses: Box::new(crosses),
            driven: Vec::new(),
        }
    }

    /// Makes the calls.
    pub(crate) async fn run(self) {
        assert!(self.driven.len() >= 14);
        for call in self.driven {
            call.await;
        }
    }
}

impl Visit for Drive {
    fn visit<E: Endpoint>(&mut self) {
        let (client, calls, over) = (self.client.clone(), self.calls.clone(), self.over);
        let crosses = (self.crosses)(E::CODE, E::TRANSPORTS);
        self.driven.push(Box::pin(async move {
            let outcome = client.call::<E>(sample(E::CODE, "request")).await;
            let came: Vec<_> = calls
                .take()
                .into_iter()
                .map(|(code, way, _)| (code, way))
                .collect();
            if crosses {
                assert_eq!(
                    outcome.expect(E::LABEL),
                    sample::<E::Reply>(E::CODE, "reply"),
                    "{}",
                    E::LABEL
                );
                assert_eq!(came, [(E::CODE, over)]);
            } else {
                let error = outcome.expect_err(E::LABEL);
                assert_eq!(
                    (error.kind(), error.sent(), error.endpoint()),
                    (ErrorKind::Caller, Sent::No, Some(E::LABEL)),
                    "{error}"
                );
                assert_eq!(came, []);
            }
        }));
    }
}

pub(crate) fn account() -> Account {
    Account::new(
        "canary-password",
        PasswordKey::new("canary12").expect("eight bytes"),
    )
}

pub(crate) fn credentials() -> Credentials {
    Credentials {
        user_id: USER.into(),
        account: account(),
    }
}

pub(crate) fn accounts() -> HashMap<String, Account> {
    HashMap::from([(USER.to_owned(), account())])
}

/// Serves `router` under `/api/1.0` over TLS on a free port.
pub(crate) async fn serve_https(
    router: axum::Router,
    certificate: &Certificate,
) -> (String, SocketAddr) {
    let router = axum::Router::new().nest("/api/1.0", router);
    let address = serve_on(router, Some(certificate.server())).await;
    (
        format!("https://localhost:{}/api/1.0", address.port()),
        address,
    )
}

/// A partner's client of `city`, whose own server is started.
pub(crate) async fn city_over_https(city: CityRouter) -> (CityClient, CityHttp) {
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
pub(crate) async fn partner_over_https(partner: PartnerRouter) -> PartnerClient {
    let certificate = Certificate::localhost();
    let (base, _) = serve_https(partner.into_router(), &certificate).await;
    calling(&base, CALLBACK_TOKEN, certificate.http())
}

/// A client of the partner at `base`.
pub(crate) fn calling(base: &str, token: &str, options: HttpOptions) -> PartnerClient {
    let http = PartnerHttp::builder(base)
        .http(options)
        .token(token)
        .build();
    http.expect("a client").client()
}
