//! Software as somebody would connect it: logged in as the guest, at the places that the page
//! names, it answers what a car owes (6006).
use super::city::{City, LIMIT};
use serde_json::Value;
use sztc_proto::{
    CallbackAuth, CityHttp, ClientTls, Credentials, Ctx, HttpOptions, Money, Outcome,
    PartnerRouter, PartnerService, PasswordKey, Refusal, ServeOptions,
    model::{FeeQuery, ParkingOrder, Vacancy},
    serve,
    tcp::{self, TcpOptions, TlsConnector},
};
use tokio::{net::TcpListener, runtime::Runtime, time::timeout};

/// The software, up until it is dropped.
pub(crate) struct Guest {
    runtime: Runtime,
    about: Value,
    authority: String,
}

impl Guest {
    /// Software that has read the page.
    pub(crate) fn new(city: &City) -> Self {
        Self {
            runtime: Runtime::new().expect("a runtime"),
            about: city.json("/api/about"),
            authority: city.ask("GET /authority.pem").1,
        }
    }

    /// Opens a session, down which the city can call.
    pub(crate) fn open_session(&self) {
        let (address, credentials, _) = self.place("city platform, TCP");
        let (host, port) = address.split_once(':').expect("host and port");
        let connector = TlsConnector::new(host, port.parse().expect("a port"), self.tls());
        self.runtime.block_on(async {
            let (session, supervisor) =
                tcp::connect(connector, credentials, TwentyYuan, TcpOptions::default());
            tokio::spawn(supervisor.run());
            timeout(LIMIT, session.wait_connected())
                .await
                .expect("in time")
                .expect("it is logged in");
            // Without a holder of it the session would end.
            tokio::spawn(async move {
                let _held = session;
                std::future::pending::<()>().await;
            });
        });
    }

    /// Reports something, and says where the city can call: that address.
    pub(crate) fn give_address(&self) -> String {
        let (url, credentials, token) = self.place("city platform");
        let mut http = HttpOptions::default();
        http.tls = self.tls();
        self.runtime.block_on(async {
            let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = format!("http://{}", socket.local_addr().expect("an address"));
            let router = PartnerRouter::new(TwentyYuan, CallbackAuth::token(token)).into_router();
            tokio::spawn(serve(
                socket,
                router,
                ServeOptions::default(),
                std::future::pending(),
            ));
            let builder = CityHttp::builder(&url, credentials)
                .callback_server(address.as_str())
                .http(http);
            let client = builder.client().expect("an address");
            client
                .report_vacancy(Vacancy::new("44030400100101000010", 180, 120))
                .await
                .expect("it is answered");
            address
        })
    }

    /// Address, what to log in with, and the token with which the city calls back.
    fn place(&self, role: &str) -> (String, Credentials, String) {
        let places = self.about["places"].as_array().expect("places");
        let place = places
            .iter()
            .find(|place| place["role"] == role)
            .expect("the role");
        let [address, how] = ["address", "how"].map(|name| place[name].as_str().expect("a text"));
        let said = |what: &str| {
            let behind = how.split_once(what).map_or("", |(_, behind)| behind);
            behind
                .split([',', ';'])
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        let key = PasswordKey::new(said("DES key ")).expect("a key");
        (
            address.to_owned(),
            Credentials::new(said("user "), said("password "), key),
            said("with the token "),
        )
    }

    fn tls(&self) -> ClientTls {
        ClientTls::default()
            .only_root_pem(self.authority.as_bytes())
            .expect("an authority")
    }
}

/// What every car owes.
struct TwentyYuan;

impl PartnerService for TwentyYuan {
    async fn query_fee(
        &self,
        _: &Ctx,
        queries: Vec<FeeQuery>,
    ) -> Result<Vec<Outcome<ParkingOrder>>, Refusal> {
        let (zero, came) = (
            Money::fen(0),
            "2023-03-01 08:15:30".parse().expect("a time"),
        );
        let order = |query: FeeQuery| ParkingOrder {
            plate_no: query.plate_no,
            ..ParkingOrder::new(
                "1",
                "1",
                "44030400100101000010",
                came,
                came,
                105,
                zero,
                Money::fen(2000),
                zero,
                zero,
                zero,
            )
        };
        Ok(queries.into_iter().map(|query| Ok(order(query))).collect())
    }
}
