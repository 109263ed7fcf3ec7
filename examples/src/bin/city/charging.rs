//! 6.10 of DB4403/T 313, in the envelope of T/CEC 102: the two roads between the city ([`Desk`]),
//! which asks, has cars charge and is told what that cost, and a charging operator's platform
//! ([`Piles`]); and the keys by which both sides of a road in that envelope know each other.
use crate::{
    certificates,
    desk::Desk,
    ground::{Ground, Road},
    line::Link,
    page::Place,
    piles::{OPERATOR, Piles},
};
use anyhow::Result;
use examples::{explain::Opener, registry::Protocol};
use std::{collections::HashMap, sync::Arc};
use sztc_proto::charging::{
    evcs::{Credentials, Dialect, KeyError, Keys, PeerHttp, ReplayGuard, ServerOptions},
    *,
};

/// As whom the city calls.
pub(crate) const CITY: &str = "MA5EQ42K7";
/// As whom software that is tried against the sandbox calls.
pub(crate) const GUEST: &str = "MA5GUEST1";
/// Where the envelope's interfaces lie.
const BASE: &str = "/evcs/v1";
const IV: &str = "1234567890abcdef";

/// Both ends, and the clients of each.
pub(crate) struct Roads {
    /// The charging platform's service.
    pub piles: Piles,
    /// The city's service.
    pub desk: Desk,
    /// The city calls the charging platform.
    pub to_piles: ChargingClient,
    /// The charging platform calls the city.
    pub to_city: CityChargingClient,
    /// Where they are found.
    pub places: Vec<Place>,
}

impl Roads {
    /// Opens both.
    ///
    /// # Errors
    /// A port is busy, the state cannot be read.
    pub(crate) async fn open(ground: &Ground) -> Result<Self> {
        let clock = ground.clock.clone();
        let (piles, desk) = (
            Piles::new(&ground.store, clock.clone())?,
            Desk::new(&ground.store, clock),
        );
        // Each side gives out keys of its own.
        let (by_piles, by_city) = (Given::by("piles-city")?, Given::by("city-piles")?);
        let both = [&by_piles, &by_city];
        let platform = ChargingRouter::new(piles.clone(), by_piles.to(CITY))
            .options(serves(dialect()))
            .into_router();
        let to_piles = |name, from| link(name, [from, "piles"], both).numbered();
        let piles_guests = ground
            .https(to_piles("guest-piles", "guest"), platform)
            .await?;
        let down = ground
            .beside(&piles_guests, to_piles("piles", "city"))
            .await?;
        let city = CityChargingRouter::new(desk.clone(), by_city.to(OPERATOR))
            .options(serves(dialect()))
            .into_router();
        let to_city = |name, from| link(name, [from, "city"], both).numbered();
        let city_guests = ground.https(to_city("guest-desk", "guest"), city).await?;
        let up = ground
            .beside(&city_guests, to_city("desk", "piles"))
            .await?;
        Ok(Self {
            to_piles: by_piles.peer(ground, &down, CITY, dialect())?.cpo().into(),
            to_city: by_city
                .peer(ground, &up, OPERATOR, dialect())?
                .emsp()
                .into(),
            places: vec![
                by_piles.place("charging platform", "DB4403/T 313", &piles_guests),
                by_city.place("city, charging", "DB4403/T 313", &city_guests),
            ],
            piles,
            desk,
        })
    }
}

/// Keys that one side gave out to the other.
pub(crate) struct Given {
    /// The keys.
    pub keys: Keys,
    /// The same in words, for whoever wants to call.
    how: String,
}

impl Given {
    /// Keys that only a sandbox has.
    ///
    /// # Errors
    /// The name is longer than a key may be.
    pub(crate) fn by(side: &str) -> Result<Self, KeyError> {
        let (secret, data, signature) = (
            format!("sandbox-{side}"),
            format!("{side:->16}"),
            format!("sign-{side}"),
        );
        let how = format!(
            "operator {GUEST}, operator secret {secret}, data secret {data}, IV {IV}, signature \
                secret {signature}"
        );
        Ok(Self {
            keys: Keys::new(secret, data, IV, signature)?,
            how: format!("{how}; CA: {}", certificates::WHERE),
        })
    }

    /// Whom a server lets call: the other side, and guests.
    pub(crate) fn to(&self, operator: &str) -> HashMap<String, Keys> {
        [operator, GUEST]
            .map(|operator| (operator.to_owned(), self.keys.clone()))
            .into()
    }

    /// Where the server of who gave them is found.
    pub(crate) fn place(&self, role: &str, protocol: &str, road: &Road) -> Place {
        Place::new(
            role,
            protocol,
            format!("{}{BASE}", road.url),
            self.how.as_str(),
        )
    }

    /// The way of `operator` to that server.
    ///
    /// # Errors
    /// TLS that cannot be used.
    pub(crate) fn peer(
        &self,
        ground: &Ground,
        road: &Road,
        operator: &str,
        dialect: Dialect,
    ) -> Result<PeerHttp> {
        let credentials = Credentials::new(operator, self.keys.clone());
        let peer = PeerHttp::builder(format!("{}{BASE}", road.url), credentials).dialect(dialect);
        Ok(peer.http(ground.http()).build()?)
    }
}

/// How servers of the charging envelope answer. A question that comes twice is answered twice: a
/// client whose `query_token` is refused, for whatever reason, rests for half a minute.
pub(crate) fn serves(dialect: Dialect) -> ServerOptions {
    let mut options = ServerOptions::default();
    options.dialect = Arc::new(dialect.guard(ReplayGuard::Actions));
    options
}

/// A line in the charging envelope; the keys of either side open what is sealed.
pub(crate) fn link(name: &'static str, [from, to]: [&'static str; 2], keys: [&Given; 2]) -> Link {
    let opener = keys.into_iter().fold(Opener::default(), |opener, given| {
        opener.evcs(given.keys.clone())
    });
    Link::new(name, from, to, Protocol::Evcs).opener(opener)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Reading;
    use sztc_proto::charging::evcs::{
        Timestamp,
        envelope::{Form, seal_request},
        sequence::Stamp,
    };

    #[test]
    fn what_6_10_numbers_is_read_as_that_document_prints_it() {
        let (by_piles, by_city) = (
            Given::by("piles-city").expect("keys"),
            Given::by("city-piles").expect("keys"),
        );
        let stamp = Stamp {
            second: Timestamp::from_seconds(1_700_000_000),
            number: 1,
        };
        let plaintext = r#"{"connectorStatusInfo":{"connectorID":"1","state":1}}"#;
        let body = seal_request(&by_city.keys, OPERATOR, stamp, plaintext, Form::default());
        let request = format!(
            "POST {BASE}/notification_stationstate HTTP/1.1\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let plain = link("desk", ["piles", "city"], [&by_piles, &by_city]);
        for (link, protocol) in [
            (plain.clone().numbered(), Protocol::Sztc),
            (plain, Protocol::Evcs),
        ] {
            let reading = Reading::of(&link, request.as_bytes(), None);
            let interface = reading.interface().expect("it says which it is");
            assert_eq!((interface.protocol, interface.code), (protocol, Some(1103)));
        }
    }
}
