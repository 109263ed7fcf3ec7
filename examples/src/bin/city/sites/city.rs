//! The city platform: one service behind HTTPS and the TCP listener.
use super::{CALLBACK_TOKEN, CLEARING, GUESTS, KEY, PARKING, STREET, key, link, place};
use crate::{
    ground::{Ground, Road},
    line::Link,
    office::Office,
    page::Place,
};
use anyhow::Result;
use std::{collections::HashMap, future};
use sztc_proto::{
    Account, CityRouter, PartnerClient,
    tcp::{CityListener, Partners},
};

/// The city, and the lines before it that are the guests'.
pub(super) struct City {
    /// Its service.
    pub office: Office,
    https: Road,
    tcp: Road,
    partners: Partners,
}

impl City {
    /// Opens it.
    ///
    /// # Errors
    /// A port is busy.
    pub(super) async fn open(ground: &Ground) -> Result<Self> {
        let office = Office::new(&ground.store);
        let mut accounts = HashMap::new();
        for [user, password] in [PARKING, GUESTS, CLEARING, STREET] {
            accounts.insert(user.to_owned(), Account::new(password, key()?));
        }
        let router = CityRouter::new(office.clone(), accounts.clone()).into_router();
        let https = ground
            .https(link("guest-city", "guest", "city"), router)
            .await?;
        let listener = CityListener::new(office.clone(), accounts).tls(ground.server_tls());
        let partners = listener.partners();
        let start = |socket| drop(tokio::spawn(listener.serve(socket, future::pending())));
        let tcp = ground
            .frames(link("guest-city-tcp", "guest", "city"), start)
            .await?;
        Ok(Self {
            office,
            https,
            tcp,
            partners,
        })
    }

    /// Another line to it.
    ///
    /// # Errors
    /// The port is busy.
    pub(super) async fn line(&self, ground: &Ground, link: Link) -> Result<Road> {
        ground.beside(&self.https, link).await
    }

    /// Another line for its TCP sessions.
    ///
    /// # Errors
    /// The port is busy.
    pub(super) async fn session_line(&self, ground: &Ground, link: Link) -> Result<Road> {
        ground.beside(&self.tcp, link).await
    }

    /// The city calls `user` down the TCP session that it opened.
    pub(super) fn down(&self, user: &'static str) -> PartnerClient {
        PartnerClient::over(self.partners.transport_to(user)).named(user)
    }

    /// Where it is found.
    pub(super) fn places(&self) -> [Place; 2] {
        let [user, password] = GUESTS;
        let log_in = format!("user {user}, password {password}, DES key {KEY}");
        let calls_back = format!("{log_in}; it calls back with the token {CALLBACK_TOKEN}");
        [
            place("city platform", &self.https.url, &calls_back),
            place("city platform, TCP", &self.tcp.url, &log_in),
        ]
    }
}
