//! The two sites and the roads between them: HTTPS both ways, and the TCP session that the parking system opens. Beside them are the two
//! sides of every other protocol.
use crate::{charging::Roads, kt, lot::Lot, office::Office, show::Tally, stay, vendor};
use anyhow::{Context, Result};
use std::collections::HashMap;
use sztc_proto::{
    Account, CityClient, CityHttp, CityRouter, ClientTls, Credentials, HttpOptions, PartnerClient, PartnerHttp, PartnerRouter, PasswordKey,
    ServeOptions, ServerTls, Verifier,
    axum::Router,
    serve,
    tcp::{self, CityListener, Link, TcpOptions, TlsConnector},
};
use tokio::net::TcpListener;

const USER: &str = "lot-7";
const PASSWORD: &str = "a password that the platform gave out";
const KEY: &str = "lot7-des";
const CALLBACK_TOKEN: &str = "a token that both sides agreed on";

/// Everything that is open.
pub struct Sites {
    /// The city's service.
    pub office: Office,
    /// The parking system's service.
    pub lot: Lot,
    /// The parking system calls the city.
    pub city_https: CityClient,
    /// The same line, for images and for the logout.
    pub city_line: CityHttp,
    /// The city calls the parking system over HTTPS.
    pub partner_https: PartnerClient,
    /// The city calls the parking system down its TCP session.
    pub partner_tcp: PartnerClient,
    /// The roads between the city and a charging platform.
    pub charging: Roads,
    /// A KT lot and a third party.
    pub kt: kt::Roads,
    /// Star Charge and the operator of the KT lot.
    pub stay: stay::Roads,
    /// A vendor of charging piles and an aggregator.
    pub vendor: vendor::Roads,
    link: Link,
}

impl Sites {
    /// Opens all of it on free ports of this machine.
    pub async fn open() -> Result<Self> {
        let (server_tls, client_tls) = certificates()?;
        let (office, lot) = (Office::default(), Lot::default());
        let accounts = HashMap::from([(USER.to_owned(), Account::new(PASSWORD, key()?))]);

        // The city: HTTPS and the TCP listener, one service behind both.
        let city = CityRouter::new(office.clone(), accounts.clone()).into_router();
        let city_port = open_https(city, &server_tls).await?;
        let listener = CityListener::new(office.clone(), accounts).tls(server_tls.clone());
        let partners = listener.partners();
        let socket = TcpListener::bind("127.0.0.1:0").await?;
        let tcp_port = socket.local_addr()?.port();
        tokio::spawn(listener.serve(socket, std::future::pending()));

        // The parking system: its callback address, its client, its TCP session.
        let callbacks = PartnerRouter::new(lot.clone(), Verifier::token(CALLBACK_TOKEN)).into_router();
        let callback_port = open_https(callbacks, &server_tls).await?;
        let callback = format!("https://localhost:{callback_port}");
        let mut http = HttpOptions::default();
        http.tls = client_tls.clone();
        let credentials = Credentials::new(USER, PASSWORD, key()?);
        let city_line = CityHttp::builder(format!("https://localhost:{city_port}"), credentials.clone())
            .callback_server(callback.as_str())
            .http(http.clone())
            .build()?;
        let connector = TlsConnector::new("localhost", tcp_port, client_tls.clone());
        let (link, supervisor) = tcp::connect(connector, credentials, lot.clone(), TcpOptions::default());
        tokio::spawn(supervisor.run());
        link.wait_connected().await.context("the TCP session did not come up")?;

        Ok(Self {
            city_https: CityClient::over(city_line.clone()).named("city"),
            city_line,
            partner_https: PartnerClient::over(PartnerHttp::new(&callback, &http)?.token(CALLBACK_TOKEN)).named(USER),
            partner_tcp: PartnerClient::over(partners.wait_for(USER).await).named(USER),
            charging: Roads::open(&server_tls, &client_tls).await?,
            kt: kt::Roads::open().await?,
            stay: stay::Roads::open().await?,
            vendor: vendor::Roads::open(&server_tls, &client_tls).await?,
            office,
            lot,
            link,
        })
    }

    /// Renews the token, logs out on both roads.
    pub async fn close(&self, tally: &mut Tally) {
        tally.add("1002 refresh_token", self.city_line.refresh().await, |()| true);
        tally.add("1003 logout", self.city_line.logout().await, |()| true);
        self.link.close().await;
    }
}

fn key() -> Result<PasswordKey> {
    PasswordKey::new(KEY).context("the DES key")
}

/// Serves `router` over TLS on a free port of this machine.
pub async fn open_https(router: Router, tls: &ServerTls) -> Result<u16> {
    open(router, ServeOptions::with_tls(tls.clone())).await
}

/// The same over plain http, for the documents that have nothing else.
pub async fn open_http(router: Router) -> Result<u16> {
    open(router, ServeOptions::default()).await
}

async fn open(router: Router, options: ServeOptions) -> Result<u16> {
    let socket = TcpListener::bind("127.0.0.1:0").await?;
    let port = socket.local_addr()?.port();
    tokio::spawn(serve(socket, router, options, std::future::pending()));
    Ok(port)
}

/// A certificate for localhost from an authority made for this run, and whom that makes trustworthy.
fn certificates() -> Result<(ServerTls, ClientTls)> {
    let key = rcgen::KeyPair::generate()?;
    let mut authority = rcgen::CertificateParams::new(Vec::new())?;
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = authority.self_signed(&key)?.pem();
    let issuer = rcgen::Issuer::new(authority, key);
    let key = rcgen::KeyPair::generate()?;
    let leaf = rcgen::CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &issuer)?;
    let server = ServerTls::from_pem(leaf.pem().as_bytes(), key.serialize_pem().as_bytes())?;
    let client = ClientTls::default().only_root_pem(root.as_bytes())?;
    Ok((server, client))
}
