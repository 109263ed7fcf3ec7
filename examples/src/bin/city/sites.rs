//! All roles and the roads between them.
use crate::{
    certificates, charging,
    clearing::Clearing,
    clock::DayClock,
    ground::Ground,
    kt,
    line::{Link, Way},
    lot::Lot,
    office::Office,
    page::Place,
    stay,
    store::Shelf,
    street::Street,
    traffic::Traffic,
    vendor,
};
use anyhow::{Context, Result};
use examples::{explain::Opener, registry::Protocol};
use std::{collections::HashMap, time::Duration};
use sztc_proto::{
    Account, CityClient, CityHttp, CityRouter, Credentials, PartnerClient, PartnerHttp, PartnerRouter, PasswordKey, Verifier,
    tcp::{self, CityListener, Link as Session, TcpOptions, TlsConnector},
};
use tokio::time::timeout;

/// As whom the parking system logs in.
pub const USER: &str = "lot-7";
const PASSWORD: &str = "sandbox-7";
/// As whom software that is tried against the sandbox logs in.
pub const GUEST: &str = "guest";
const GUEST_PASSWORD: &str = "sandbox-guest";
/// As whom the clearing platform logs in.
const CLEARING: &str = "clearing";
const CLEARING_PASSWORD: &str = "sandbox-clearing";
/// As whom the street parking operator logs in.
const STREET: &str = "street";
const STREET_PASSWORD: &str = "sandbox-street";
const STREET_TOKEN: &str = "sandbox-street-callback";
const KEY: &str = "lot7-des";
pub const CALLBACK_TOKEN: &str = "sandbox-callback";

/// How long the session may need to come up; on a line with faults it takes some attempts.
const SESSION_WAIT: Duration = Duration::from_secs(120);

/// How long the parking system waits at most before it connects again, on lines that have faults.
const RECONNECT: Duration = Duration::from_millis(300);

/// Everything that is open.
pub struct Sites {
    /// The city platform.
    pub office: Office,
    /// The parking system.
    pub lot: Lot,
    /// The parking system calls the city.
    pub city_https: CityClient,
    /// The same line, for images and for the logout.
    pub city_line: CityHttp,
    /// The parking system calls the city on its TCP session: its heartbeat, and nothing else of Table 1.
    pub city_tcp: CityClient,
    /// The clearing platform calls the city.
    pub clearing: CityClient,
    /// What the clearing platform keeps.
    pub clearing_books: Clearing,
    /// The street parking operator.
    pub street: Street,
    /// It calls the city.
    pub street_city: CityClient,
    /// The city calls it.
    pub street_partner: PartnerClient,
    /// The city calls the parking system over HTTPS.
    pub partner_https: PartnerClient,
    /// The city calls the parking system down its TCP session.
    pub partner_tcp: PartnerClient,
    /// The KT lot and its third party.
    pub kt: kt::Roads,
    /// The vendor of piles and the aggregator.
    pub vendor: vendor::Roads,
    /// Star Charge, the piles and the operator of the KT lot.
    pub stay: stay::Roads,
    /// The city and the charging platform.
    pub charging: charging::Roads,
    /// What crosses the lines.
    pub traffic: Traffic,
    /// The time of all roles.
    pub clock: DayClock,
    /// How many scenarios were begun.
    pub runs: Shelf<u64>,
    /// Whether lines have faults by chance.
    pub faulty: bool,
    /// Whether the terminal shows only the summary.
    pub quiet: bool,
    /// Where which role is found.
    pub places: Vec<Place>,
    /// Software that is tried against the sandbox, down its TCP session.
    pub guest: PartnerClient,
    session: Session,
}

impl Sites {
    /// Opens all of it.
    ///
    /// # Errors
    /// A port is busy, the state cannot be read.
    pub async fn open(ground: &Ground, faulty: bool, quiet: bool) -> Result<Self> {
        let (store, clock) = (&ground.store, ground.clock.clone());
        let office = Office::new(store);
        let lot = Lot::new(store, clock.clone());
        let account = |password: &str| Ok::<_, anyhow::Error>(Account::new(password, key()?));
        let accounts = HashMap::from([
            (USER.to_owned(), account(PASSWORD)?),
            (GUEST.to_owned(), account(GUEST_PASSWORD)?),
            (CLEARING.to_owned(), account(CLEARING_PASSWORD)?),
            (STREET.to_owned(), account(STREET_PASSWORD)?),
        ]);

        // The city: HTTPS and the TCP listener, one service behind both.
        let router = CityRouter::new(office.clone(), accounts.clone()).into_router();
        let guests = ground.https(link("guest-city", "guest", "city"), router).await?;
        let listener = CityListener::new(office.clone(), accounts).tls(ground.server_tls());
        let partners = listener.partners();
        let start = |socket| drop(tokio::spawn(listener.serve(socket, std::future::pending())));
        let guests_tcp = ground.frames(link("guest-city-tcp", "guest", "city"), start).await?;
        let city = ground.beside(&guests, link("city-https", "lot", "city"), Way::Http).await?;
        let city_tcp = ground.beside(&guests_tcp, link("city-tcp", "lot", "city"), Way::Frames).await?;
        let clearing = ground.beside(&guests, link("clearing", "clearing", "city"), Way::Http).await?;

        // The parking system: its callback address, its client, its TCP session.
        let router = PartnerRouter::new(lot.clone(), Verifier::token(CALLBACK_TOKEN)).into_router();
        let callback = ground.https(link("lot-https", "city", "lot"), router).await?;
        let credentials = Credentials::new(USER, PASSWORD, key()?);
        let city_line = CityHttp::builder(&city.url, credentials.clone())
            .callback_server(callback.url.as_str())
            .http(ground.http())
            .build()?;
        let clearing = CityHttp::builder(&clearing.url, Credentials::new(CLEARING, CLEARING_PASSWORD, key()?))
            .http(ground.http())
            .client()?;
        let connector = TlsConnector::new("localhost", city_tcp.line.port, ground.client_tls());
        let mut options = TcpOptions::default();
        if faulty {
            // A line that breaks every second would else be left alone for longer and longer, as is right where a platform is in trouble.
            options.reconnect.longest = RECONNECT;
        }
        let (session, supervisor) = tcp::connect(connector, credentials, lot.clone(), options);
        tokio::spawn(supervisor.run());
        let up = timeout(SESSION_WAIT, session.wait_connected()).await;
        up.context("the TCP session did not come up in two minutes")?
            .context("the TCP session did not come up")?;

        // The street parking operator: its callback address and its client.
        let street = Street::new(store, clock.clone());
        let router = PartnerRouter::new(street.clone(), Verifier::token(STREET_TOKEN)).into_router();
        let road = ground.https(link("street-https", "city", "street"), router).await?;
        let street_city = ground.beside(&guests, link("street-city", "street", "city"), Way::Http).await?;
        let street_city = CityHttp::builder(&street_city.url, Credentials::new(STREET, STREET_PASSWORD, key()?));
        let street_city = street_city.callback_server(road.url.as_str()).http(ground.http()).client()?;

        let log_in = |user: &str, password: &str| format!("user {user}, password {password}, DES key {KEY}; CA: {}", certificates::WHERE);
        let place = |role: &str, address: String, how: String| Place {
            role: role.to_owned(),
            protocol: "DB4403/T 313".to_owned(),
            address,
            how,
        };
        let kt = kt::Roads::open(ground).await.context("the KT lot")?;
        let stay = stay::Roads::open(ground).await.context("Star Charge")?;
        let vendor = vendor::Roads::open(ground).await.context("the vendor of piles")?;
        let charging = charging::Roads::open(ground).await.context("the charging platform")?;
        let mut places = vec![
            place(
                "city platform",
                guests.url,
                format!("{}; it calls back with the token {CALLBACK_TOKEN}", log_in(GUEST, GUEST_PASSWORD)),
            ),
            place("city platform, TCP", guests_tcp.url, log_in(GUEST, GUEST_PASSWORD)),
            place(
                "parking system",
                callback.url.clone(),
                format!("token {CALLBACK_TOKEN}; CA: {}", certificates::WHERE),
            ),
            place(
                "street parking operator",
                road.url.clone(),
                format!("token {STREET_TOKEN}; CA: {}", certificates::WHERE),
            ),
        ];
        places.extend(kt.places.clone());
        places.extend(charging.places.clone());
        places.extend(stay.places.clone());
        places.extend(vendor.places.clone());
        Ok(Self {
            kt,
            vendor,
            stay,
            charging,
            city_https: CityClient::over(city_line.clone()).named("city"),
            city_line,
            city_tcp: CityClient::over(session.clone()).named("city"),
            clearing,
            clearing_books: Clearing::new(store),
            street,
            street_city,
            street_partner: PartnerClient::over(PartnerHttp::new(&road.url, &ground.http())?.token(STREET_TOKEN)).named(STREET),
            partner_https: PartnerClient::over(PartnerHttp::new(&callback.url, &ground.http())?.token(CALLBACK_TOKEN)).named(USER),
            partner_tcp: PartnerClient::over(partners.way_to(USER)).named(USER),
            traffic: ground.traffic.clone(),
            clock,
            runs: store.shelf("stage.runs"),
            guest: PartnerClient::over(partners.way_to(GUEST)).named(GUEST),
            faulty,
            quiet,
            places,
            office,
            lot,
            session,
        })
    }

    /// Ends the session in order.
    pub async fn close(&self) {
        self.session.close().await;
    }
}

/// A line of DB4403/T 313.
pub fn link(name: &'static str, from: &'static str, to: &'static str) -> Link {
    Link {
        name,
        from,
        to,
        protocol: Protocol::Sztc,
        numbered: false,
        opener: Opener::default(),
    }
}

fn key() -> Result<PasswordKey> {
    PasswordKey::new(KEY).context("the DES key")
}
