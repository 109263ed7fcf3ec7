//! Software of one's own, which logged in as the guest: the city calls it, down the TCP session
//! that it opened or at the callback address that it gave.
use crate::{
    ground::Ground,
    line::Line,
    sites::{CALLBACK_TOKEN, GUEST, Sites, link},
    stage::Down,
};
use anyhow::{Context, Result, anyhow, bail};
use examples::{call::ask_partner, fault::Fault};
use serde::Serialize;
use std::{sync::Arc, time::Duration};
use sztc_proto::{
    ClientTls, PartnerClient, PartnerHttp,
    axum::http::Uri,
    tcp::{Connector, PlainConnector, TlsConnector},
};
use tokio::sync::Mutex;

/// How long the guest may take to answer, and to log in if it has not.
const PATIENCE: Duration = Duration::from_secs(10);

/// How the city reaches the guest.
pub(crate) struct Guest {
    ground: Arc<Ground>,
    sites: Arc<Sites>,
    callback: Mutex<Option<Callback>>,
}

/// The callback address to which a line is open.
struct Callback {
    address: String,
    /// Closed when the guest gives another address.
    line: Line,
    client: PartnerClient,
}

/// The parts of a callback address.
#[derive(Debug, PartialEq)]
struct Address {
    secure: bool,
    /// Without the brackets of an IPv6 address.
    host: String,
    port: u16,
    /// What is put before the path of an interface.
    path: String,
}

/// An interface that the guest may serve, with a request to begin with.
#[derive(Debug, Serialize)]
pub(crate) struct Question {
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
pub(crate) fn questions() -> Vec<Question> {
    // The samples are compiled in by the literal of the number, which only a row has.
    macro_rules! of_each {
        ([] $(
            $(#[doc = $doc:literal])*
            $code:literal $title:literal $marker:ident: $method:ident($request:ty) -> $reply:ty,
            $class:ident $(($($key:tt)*))? $(,
                $shape:ident)? $(over $transports:ident)? $(at($($path:literal),+))? $({ $($own:tt)* })?;
        )*) => {
            vec![$(Question {
                code: $code,
                name: stringify!($method),
                title: $title,
                tcp: <sztc_proto::endpoint::$marker as sztc_proto::endpoint::Endpoint>::TRANSPORTS.tcp(),
                sample: $crate::sample!($code, "request"),
            }),*]
        };
    }
    sztc_proto::for_each_partner_interface!(of_each [])
}

impl Guest {
    /// The guest of these sites.
    pub(crate) fn new(ground: Arc<Ground>, sites: Arc<Sites>) -> Self {
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
    pub(crate) async fn ask(&self, code: u16, way: Down, body: &str) -> Result<String> {
        let (place, client) = match way {
            Down::Tcp => (None, self.sites.guest.clone()),
            Down::Https => self
                .callback()
                .await
                .map(|(address, client)| (Some(address), client))?,
        };
        let client = client.with(|options| options.deadline = PATIENCE);
        ask_partner(&client, &code.to_string(), body)
            .await
            .map_err(|fault| {
                match (place, fault) {
                    // The client knows only the line, which cannot tell it that nobody is behind
                    // it.
                    (Some(place), Fault::Failed(problem)) => {
                        anyhow!("{problem}; {GUEST} was called at {place}")
                    }
                    (_, fault) => anyhow!(fault),
                }
            })
    }

    /// The callback address, and a client for it over a line that shows what crosses.
    async fn callback(&self) -> Result<(String, PartnerClient)> {
        let address = self.sites.office.callback(GUEST)?;
        let address = address.with_context(|| {
            format!("{GUEST} has not logged in with a callback address (callbackServer, 1001)")
        })?;
        let mut open = self.callback.lock().await;
        if let Some(known) = open.as_ref().filter(|known| known.address == address) {
            return Ok((address, known.client.clone()));
        }
        let Address {
            secure,
            host,
            port,
            path,
        } = parts(&address)?;
        // What is being written has a certificate of its own making, or none.
        let server: Box<dyn Connector> = match secure {
            true => Box::new(TlsConnector::new(
                host,
                port,
                ClientTls::default().dangerous_accept_any_certificate(),
            )),
            false => Box::new(PlainConnector::dangerous_plain(host, port)),
        };
        let road = self
            .ground
            .abroad(link("guest-https", "city", "guest"), secure, server)
            .await?;
        let mut http = self.ground.http();
        http.dangerous_plain_http();
        let http = PartnerHttp::builder(format!("{}{path}", road.url))
            .http(http)
            .token(CALLBACK_TOKEN);
        let client = http.named(GUEST).build()?.client();
        let now = Callback {
            address: address.clone(),
            line: road.line,
            client: client.clone(),
        };
        if let Some(before) = open.replace(now) {
            before.line.close();
        }
        Ok((address, client))
    }
}

/// Where the guest wants to be called.
fn parts(address: &str) -> Result<Address> {
    let wrong = || {
        format!("{address:?}, where {GUEST} wants to be called, is no http:// or https:// address")
    };
    let uri: Uri = address.parse().with_context(wrong)?;
    let (host, secure) = match (uri.host(), uri.scheme_str()) {
        (Some(host), Some(scheme @ ("http" | "https"))) => (host, scheme == "https"),
        _ => bail!(wrong()),
    };
    Ok(Address {
        secure,
        host: host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned(),
        port: uri.port_u16().unwrap_or(if secure { 443 } else { 80 }),
        path: uri.path().trim_end_matches('/').to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sites::opened;
    use std::net::Ipv6Addr;
    use sztc_proto::{CityService, Ctx, TransportKind, model::Login};
    use tokio::net::{TcpListener, TcpStream};

    #[test]
    fn an_address_has_parts_or_is_none() {
        for (address, secure, host, port, path) in [
            ("http://127.0.0.1:8080", false, "127.0.0.1", 8080, ""),
            (
                "https://example.com/parking/",
                true,
                "example.com",
                443,
                "/parking",
            ),
            ("http://[::1]:8080/", false, "::1", 8080, ""),
            ("https://[2001:db8::1]", true, "2001:db8::1", 443, ""),
        ] {
            let expected = Address {
                secure,
                host: host.to_owned(),
                port,
                path: path.to_owned(),
            };
            assert_eq!(parts(address).expect("an address"), expected);
        }
        for wrong in ["", "example.com", "ftp://example.com", "http://"] {
            assert!(parts(wrong).is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn an_address_has_one_line_until_there_is_another() {
        let (sites, ground) = opened().await;
        let guest = Guest::new(ground, sites.clone());
        let call_at = async |address: &str| {
            let mut login: Login = crate::message!(1001, "request");
            login.user_id = GUEST.into();
            login.callback_server = Some(address.into());
            sites
                .office
                .logged_in(&Ctx::new(GUEST, TransportKind::Https), &login)
                .await
                .expect("kept");
            guest.callback().await.expect("an address");
            guest
                .callback
                .lock()
                .await
                .as_ref()
                .map(|open| open.line.port)
                .expect("a line")
        };
        let first = call_at("http://127.0.0.1:9").await;
        assert_eq!(call_at("http://127.0.0.1:9").await, first);
        let second = call_at("http://127.0.0.1:9/parking").await;
        assert_ne!(second, first);
        TcpStream::connect(("127.0.0.1", second))
            .await
            .expect("the line is open");
        let closed = async { while TcpStream::connect(("127.0.0.1", first)).await.is_ok() {} };
        tokio::time::timeout(PATIENCE, closed)
            .await
            .expect("the line before is closed");
    }

    #[tokio::test]
    async fn a_guest_at_an_address_of_ipv6_is_called() {
        let server = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await;
        let port = server
            .as_ref()
            .map_or(80, |server| server.local_addr().expect("bound").port());
        let Address { host, port, .. } =
            parts(&format!("http://[::1]:{port}")).expect("an address");
        assert_eq!(
            host.parse(),
            Ok(Ipv6Addr::LOCALHOST),
            "without its brackets"
        );
        let Ok(server) = server else {
            eprintln!("nobody was called: this machine has no IPv6");
            return;
        };
        let connector = PlainConnector::dangerous_plain(host, port);
        let (called, _) = tokio::join!(connector.connect(), server.accept());
        called.expect("it is there");
    }
}
