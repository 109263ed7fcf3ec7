//! The street parking operator: its callback address and its client.
use super::{STREET, city::City, credentials, link, place};
use crate::{ground::Ground, page::Place, street::Street};
use anyhow::Result;
use sztc_proto::{CallbackAuth, CityClient, CityHttp, PartnerClient, PartnerHttp, PartnerRouter};

/// With which token the city calls it.
const TOKEN: &str = "sandbox-street-callback";

/// The operator, and its lines.
pub(super) struct Roadside {
    /// Its service.
    pub street: Street,
    /// It calls the city.
    pub city: CityClient,
    /// The city calls it.
    pub partner: PartnerClient,
    /// Where it is found.
    pub place: Place,
}

impl Roadside {
    /// Opens it.
    ///
    /// # Errors
    /// A port is busy.
    pub(super) async fn open(ground: &Ground, city: &City) -> Result<Self> {
        let street = Street::new(&ground.store, ground.clock.clone());
        let router = PartnerRouter::new(street.clone(), CallbackAuth::token(TOKEN)).into_router();
        let guests = ground
            .https(link("guest-street", "guest", "street"), router)
            .await?;
        let callback = ground
            .beside(&guests, link("street-https", "city", "street"))
            .await?;
        let up = city
            .line(ground, link("street-city", "street", "city"))
            .await?;
        let client =
            CityHttp::builder(&up.url, credentials(STREET)?).callback_server(callback.url.as_str());
        let partner = PartnerHttp::builder(&callback.url)
            .http(ground.http())
            .token(TOKEN)
            .build()?;
        Ok(Self {
            city: client.http(ground.http()).client()?,
            partner: PartnerClient::over(partner).named(STREET[0]),
            place: place(
                "street parking operator",
                &guests.url,
                &format!("token {TOKEN}"),
            ),
            street,
        })
    }
}
