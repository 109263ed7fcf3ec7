//! Every row of the table over one real TLS session, both directions.
use crate::common::*;
use sztc_proto::{endpoint::*, tcp::*, *};
use tokio::net::TcpListener;

/// A city and a partner with a line between them: the partner's client, the city's client, what
/// both services were called with.
async fn line(carry: Carry) -> (CityClient, PartnerClient, ReplayCity, ReplayPartner) {
    let certificate = Certificate::localhost();
    let (city, partner) = (ReplayCity::default(), ReplayPartner::default());
    let listener = CityListener::new(city.clone(), accounts()).tls(certificate.server());
    let partners = listener.partners();
    let socket = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = socket.local_addr().expect("bound").port();
    tokio::spawn(listener.serve(socket, std::future::pending()));
    let connector = TlsConnector::new("localhost", port, certificate.client());
    let (up, supervisor) = connect(
        connector,
        credentials(),
        partner.clone(),
        TcpOptions::default(),
    );
    tokio::spawn(supervisor.run());
    let down = partners.wait_for(USER).await;
    (
        CityClient::over(up.carrying(carry)),
        PartnerClient::over(down.carrying(carry)),
        city,
        partner,
    )
}

#[tokio::test]
async fn every_interface_crosses_one_line_in_both_directions() {
    for (carry, leases, anything) in [
        (Carry::Table1, false, false),
        (Carry::Leases, true, false),
        (Carry::All, true, true),
    ] {
        let (city, partner, at_city, at_partner) = line(carry).await;
        let crosses = move |code: u16, table_1: Transports| {
            anything || table_1.tcp() || leases && matches!(code, 6009 | 6010)
        };
        let mut up = Drive::new(
            Client::City(city.clone()),
            &at_city.0,
            TransportKind::Tcp,
            crosses,
        );
        each_city_interface(&mut up);
        up.run().await;
        let mut down = Drive::new(
            Client::Partner(partner),
            &at_partner.0,
            TransportKind::Tcp,
            crosses,
        );
        each_partner_interface(&mut down);
        down.run().await;
        // The last handle of the line would close it.
        drop(city);
    }
}

#[tokio::test]
async fn both_sides_ask_at_once_and_batches_cross() {
    let (city, partner, at_city, at_partner) = line(Carry::All).await;
    let reports = (0..50).map(|_| {
        let city = city.clone();
        tokio::spawn(async move {
            city.report_space_states(&[sample(5001, "request"), sample(5001, "request")])
                .await
                .map(|outcomes| outcomes.len())
        })
    });
    let locks = (0..50).map(|_| {
        let partner = partner.clone();
        tokio::spawn(async move { partner.lock_space(sample(6001, "request")).await.map(|_| 1) })
    });
    let calls: Vec<_> = reports.chain(locks).collect();
    let mut answered = 0;
    for call in calls {
        answered += call.await.expect("no panic").expect("answered");
    }
    assert_eq!(
        (answered, at_city.0.take().len(), at_partner.0.take().len()),
        (150, 50, 50)
    );
}
