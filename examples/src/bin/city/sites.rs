//! All roles and the roads between them.
mod city;
mod parking;
mod street;

use crate::{
    bank::Bank, certificates, charging, clearing::Clearing, clock::DayClock, ground::Ground, kt,
    line::Link, lot::Lot, office::Office, page::Place, runs::Runs, stay, store::Kept,
    street::Street, traffic::Traffic, vendor,
};
use anyhow::{Context, Result};
use city::City;
use examples::registry::Protocol;
use parking::Parking;
use street::Roadside;
use sztc_proto::{
    CityClient, CityHttp, Credentials, PartnerClient, PasswordKey, tcp::Link as Session,
};

/// As whom the parking system logs in.
pub(crate) const USER: &str = "lot-7";
/// As whom software that is tried against the sandbox logs in.
pub(crate) const GUEST: &str = "guest";
/// With which token the city calls the parking system, and guests.
pub(crate) const CALLBACK_TOKEN: &str = "sandbox-callback";
/// The DES key of all accounts.
const KEY: &str = "lot7-des";
/// The accounts at the city: user and password.
const PARKING: Login = [USER, "sandbox-7"];
const GUESTS: Login = [GUEST, "sandbox-guest"];
const CLEARING: Login = ["clearing", "sandbox-clearing"];
const STREET: Login = ["street", "sandbox-street"];

type Login = [&'static str; 2];

/// Everything that is open.
pub(crate) struct Sites {
    /// The city platform.
    pub office: Office,
    /// The parking system.
    pub lot: Lot,
    /// The parking system calls the city.
    pub city_https: CityClient,
    /// The same line, for images and for the logout.
    pub city_line: CityHttp,
    /// The parking system calls the city on its TCP session: its heartbeat, and nothing else of
    /// Table 1.
    pub city_tcp: CityClient,
    /// The clearing platform calls the city.
    pub clearing: CityClient,
    /// What the clearing platform keeps.
    pub clearing_books: Clearing,
    /// The payment platforms.
    pub bank: Bank,
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
    /// The scenarios that were begun.
    pub runs: Runs,
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
    pub(crate) async fn open(ground: &Ground, faulty: bool, quiet: bool) -> Result<Self> {
        let city = City::open(ground).await.context("the city platform")?;
        // The way to the guest's callback address is opened when it is known; what crossed it in an
        // earlier run can be read before.
        ground
            .traffic
            .add_link(link("guest-https", "city", "guest"));
        let parking = Parking::open(ground, &city, faulty)
            .await
            .context("the parking system")?;
        let street = Roadside::open(ground, &city)
            .await
            .context("the street parking operator")?;
        let clearing = city
            .line(ground, link("clearing", "clearing", "city"))
            .await?;
        let clearing = CityHttp::builder(&clearing.url, credentials(CLEARING)?)
            .http(ground.http())
            .client()?;
        let kt = kt::Roads::open(ground).await.context("the KT lot")?;
        let stay = stay::Roads::open(ground).await.context("Star Charge")?;
        let vendor = vendor::Roads::open(ground)
            .await
            .context("the vendor of piles")?;
        let charging = charging::Roads::open(ground)
            .await
            .context("the charging platform")?;
        let mut places = Vec::from(city.places());
        places.extend([parking.place, street.place]);
        places.extend(kt.places.clone());
        places.extend(charging.places.clone());
        places.extend(stay.places.clone());
        places.extend(vendor.places.clone());
        Ok(Self {
            guest: city.down(GUEST),
            partner_tcp: city.down(USER),
            office: city.office,
            lot: parking.lot,
            city_https: CityClient::over(parking.city.clone()).named("city"),
            city_line: parking.city,
            city_tcp: CityClient::over(parking.session.clone()).named("city"),
            partner_https: parking.partner,
            session: parking.session,
            clearing,
            clearing_books: Clearing::new(&ground.store),
            bank: Bank::new(&ground.store),
            street: street.street,
            street_city: street.city,
            street_partner: street.partner,
            kt,
            vendor,
            stay,
            charging,
            traffic: ground.traffic.clone(),
            clock: ground.clock.clone(),
            runs: Runs::new(&ground.store),
            faulty,
            quiet,
            places,
        })
    }

    /// Takes away what the runs before have left standing: one that was broken off leaves cars and
    /// reservations where others want to stand.
    ///
    /// # Errors
    /// The state cannot be read or written.
    pub(crate) fn clears(&self) -> Kept<()> {
        let plates = self.runs.plates()?;
        self.lot.forgets(&plates)?;
        self.street.clears()?;
        // The same that Star Charge knows.
        self.charging.piles.clears()?;
        self.runs.forget(&plates)
    }

    /// Ends the session in order.
    pub(crate) async fn close(&self) {
        self.session.close().await;
    }
}

/// A line of DB4403/T 313.
pub(crate) fn link(name: &'static str, from: &'static str, to: &'static str) -> Link {
    Link::new(name, from, to, Protocol::Sztc)
}

fn place(role: &str, address: &str, how: &str) -> Place {
    Place::new(
        role,
        "DB4403/T 313",
        address,
        format!("{how}; CA: {}", certificates::WHERE),
    )
}

fn key() -> Result<PasswordKey> {
    PasswordKey::new(KEY).context("the DES key")
}

fn credentials([user, password]: Login) -> Result<Credentials> {
    Ok(Credentials::new(user, password, key()?))
}

/// All of it in memory, for tests.
#[cfg(test)]
pub(crate) async fn opened() -> (std::sync::Arc<Sites>, std::sync::Arc<Ground>) {
    let store = crate::store::Store::in_memory().expect("memory");
    let traffic = Traffic::new(&store, None, true).expect("memory");
    let (tls, _) = certificates::of(&store).expect("certificates");
    let ground = Ground::new(store, traffic, tls, Vec::new(), 1, 0);
    let sites = Sites::open(&ground, false, true).await.expect("free ports");
    (sites.into(), ground.into())
}
