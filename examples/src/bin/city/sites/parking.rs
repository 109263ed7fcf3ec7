//! The parking system: its callback address, its client, its TCP session.
use super::{CALLBACK_TOKEN, PARKING, USER, city::City, credentials, link, place};
use crate::{ground::Ground, lot::Lot, page::Place};
use anyhow::{Context, Result};
use std::time::Duration;
use sztc_proto::{
    CallbackAuth, CityHttp, PartnerClient, PartnerHttp, PartnerRouter,
    tcp::{self, Link as Session, TcpOptions, TlsConnector},
};
use tokio::time::timeout;

/// How long the session may need to come up; on a line with faults it takes some attempts.
const SESSION_WAIT: Duration = Duration::from_secs(120);

/// How long the parking system waits at most before it connects again, on lines that have faults.
const RECONNECT: Duration = Duration::from_millis(300);

/// The parking system, and its lines.
pub(super) struct Parking {
    /// Its service.
    pub lot: Lot,
    /// It calls the city.
    pub city: CityHttp,
    /// The session that it opened to the city.
    pub session: Session,
    /// The city calls it over HTTPS.
    pub partner: PartnerClient,
    /// Where it is found.
    pub place: Place,
}

impl Parking {
    /// Opens it, and waits for its session.
    ///
    /// # Errors
    /// A port is busy, the session does not come up.
    pub(super) async fn open(ground: &Ground, city: &City, faulty: bool) -> Result<Self> {
        let lot = Lot::new(&ground.store, ground.clock.clone());
        let router =
            PartnerRouter::new(lot.clone(), CallbackAuth::token(CALLBACK_TOKEN)).into_router();
        let guests = ground
            .https(link("guest-lot", "guest", "lot"), router)
            .await?;
        let callback = ground
            .beside(&guests, link("lot-https", "city", "lot"))
            .await?;
        let up = city.line(ground, link("city-https", "lot", "city")).await?;
        let client = CityHttp::builder(&up.url, credentials(PARKING)?)
            .callback_server(callback.url.as_str())
            .http(ground.http());
        let partner = PartnerHttp::builder(&callback.url)
            .http(ground.http())
            .token(CALLBACK_TOKEN)
            .build()?;
        Ok(Self {
            city: client.build()?,
            session: open_session(ground, city, lot.clone(), faulty).await?,
            partner: PartnerClient::over(partner).named(USER),
            place: place(
                "parking system",
                &guests.url,
                &format!("token {CALLBACK_TOKEN}"),
            ),
            lot,
        })
    }
}

async fn open_session(ground: &Ground, city: &City, lot: Lot, faulty: bool) -> Result<Session> {
    let road = city
        .session_line(ground, link("city-tcp", "lot", "city"))
        .await?;
    let connector = TlsConnector::new("localhost", road.line.port, ground.client_tls());
    let mut options = TcpOptions::default();
    if faulty {
        // A line that breaks every second would else be left alone for longer and longer, as is
        // right where a platform is in trouble.
        options.reconnect.longest = RECONNECT;
    }
    let (session, supervisor) = tcp::connect(connector, credentials(PARKING)?, lot, options);
    tokio::spawn(supervisor.run());
    let up = timeout(SESSION_WAIT, session.wait_connected()).await;
    up.context("the TCP session did not come up in two minutes")?
        .context("the TCP session did not come up")?;
    Ok(session)
}
