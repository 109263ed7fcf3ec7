//! Software of one's own, which logged in as the guest: the city calls it, down the TCP session that it opened or at the callback address that it gave.
use crate::{
    ground::Ground,
    sites::{CALLBACK_TOKEN, GUEST, Sites, link},
    stage::Down,
};
use anyhow::{Context, Result, anyhow};
use examples::call::ask_partner;
use serde::Serialize;
use std::{sync::Arc, time::Duration};
use sztc_proto::{
    ClientTls, Info, PartnerClient, PartnerHttp,
    axum::http::Uri,
    tcp::{Connector, PlainConnector, TlsConnector},
};
use tokio::sync::Mutex;

/// How long the guest may take to answer, and to log in if it has not.
const PATIENCE: Duration = Duration::from_secs(10);

/// How the city reaches the guest.
pub struct Guest {
    ground: Arc<Ground>,
    sites: Arc<Sites>,
    /// The callback address to which a line is open, and the client over it.
    callback: Mutex<Option<(String, PartnerClient)>>,
}

/// An interface that the guest may serve, with a request to begin with.
#[derive(Debug, Serialize)]
pub struct Question {
    /// Its number.
    pub code: u16,
    /// The method's name.
    pub name: &'static str,
    /// Chinese name.
    pub title: &'static str,
    /// Whether Table 1 gives it TCP too.
    pub tcp: bool,
    /// A request that conforms.
    pub sample: &'static str,
}

/// Everything that the city may ask.
pub fn questions() -> Vec<Question> {
    macro_rules! of_each {
        ($($(#[doc = $doc:literal])* $method:ident: $marker:ident = $code:literal $title:literal, $request:ty => $reply:ty { $($own:tt)* };)*) => {
            vec![$(Question {
                code: $code,
                name: stringify!($method),
                title: $title,
                tcp: Info::of($code).is_some_and(|info| info.tcp),
                sample: $crate::sample!($code, "request"),
            }),*]
        };
    }
    sztc_proto::for_each_partner_interface!(of_each)
}

impl Guest {
    /// The guest of these sites.
    pub fn new(ground: Arc<Ground>, sites: Arc<Sites>) -> Self {
        Self {
            ground,
            sites,
            callback: Mutex::default(),
        }
    }

    /// Asks the guest: JSON of the request in, JSON of the reply out.
    ///
    /// # Errors
    /// It is not there; the request is none; it does not answer, or refuses.
    pub async fn ask(&self, code: u16, way: Down, body: &str) -> Result<String> {
        let (place, client) = match way {
            Down::Tcp => (None, self.sites.guest.clone()),
            Down::Https => self.callback().await.map(|(address, client)| (Some(address), client))?,
        };
        let client = client.with(|options| options.deadline = PATIENCE);
        ask_partner(&client, code, body).await.map_err(|fault| {
            let problem = fault.to_string();
            match place {
                // What begins with the interface became of a call. The client knows only the line, which cannot tell it that nobody is behind it.
                Some(place) if problem.starts_with(&format!("{code} ")) => anyhow!("{problem}; {GUEST} was called at {place}"),
                _ => anyhow!(problem),
            }
        })
    }

    /// The callback address, and a client for it over a line that shows what crosses.
    async fn callback(&self) -> Result<(String, PartnerClient)> {
        let address = self.sites.office.callback(GUEST)?;
        let address = address.with_context(|| format!("{GUEST} has not logged in with a callback address (callbackServer, 1001)"))?;
        let mut open = self.callback.lock().await;
        if let Some((known, client)) = &*open
            && *known == address
        {
            return Ok((address, client.clone()));
        }
        let wrong = || format!("{address:?}, where {GUEST} wants to be called, is no http:// or https:// address");
        let parts: Uri = address.parse().with_context(wrong)?;
        let (host, secure) = match (parts.host(), parts.scheme_str()) {
            (Some(host), Some(scheme @ ("http" | "https"))) => (host, scheme == "https"),
            _ => anyhow::bail!(wrong()),
        };
        let port = parts.port_u16().unwrap_or(if secure { 443 } else { 80 });
        // What is being written has a certificate of its own making, or none.
        let server: Box<dyn Connector> = match secure {
            true => Box::new(TlsConnector::new(host, port, ClientTls::default().dangerous_accept_any_certificate())),
            false => Box::new(PlainConnector::dangerous_plain(host, port)),
        };
        let road = self.ground.abroad(link("guest-https", "city", "guest"), secure, server).await?;
        let mut http = self.ground.http();
        http.dangerous_plain_http();
        let base = format!("{}{}", road.url, parts.path().trim_end_matches('/'));
        let client = PartnerClient::over(PartnerHttp::new(&base, &http)?.token(CALLBACK_TOKEN)).named(GUEST);
        *open = Some((address.clone(), client.clone()));
        Ok((address, client))
    }
}
