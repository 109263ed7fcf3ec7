//! The supervisor and the listener over real sockets.
use super::peer::*;
use rcgen::{CertificateParams, KeyPair};
use std::{net::SocketAddr, time::Duration};
use sztc_proto::{
    code::*,
    model::*,
    tcp::{
        Carry, CityListener, LinkState, Partners, PlainConnector, TcpOptions, TlsConnector, connect,
    },
    *,
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

struct Serving {
    partners: Partners,
    stop: oneshot::Sender<()>,
    running: JoinHandle<std::io::Result<()>>,
}

async fn serve(listener: CityListener, address: SocketAddr) -> (Serving, SocketAddr) {
    let socket = TcpListener::bind(address).await.expect("loopback");
    let address = socket.local_addr().expect("bound");
    let partners = listener.partners();
    let (stop, stopped) = oneshot::channel();
    let running = tokio::spawn(listener.serve(socket, async {
        let _ = stopped.await;
    }));
    let serving = Serving {
        partners,
        stop,
        running,
    };
    (serving, address)
}

impl Serving {
    async fn stop(self) {
        self.stop.send(()).expect("serving");
        self.running.await.expect("no panic").expect("served");
    }
}

fn fast() -> TcpOptions {
    let mut options = TcpOptions::default();
    options.reconnect.first = Duration::from_millis(1);
    options.reconnect.longest = Duration::from_millis(20);
    options
}

const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

fn vacancy() -> Vacancy {
    Vacancy::new("44030400100101000010", 3, 4)
}

#[tokio::test]
async fn the_line_comes_back_with_the_city() {
    let plain = || CityListener::new(Service::default(), accounts()).dangerous_plain();
    let (first, address) = serve(plain(), ANY).await;
    let connector = PlainConnector::dangerous_plain("127.0.0.1", address.port());
    let (link, supervisor) = connect(connector, credentials("right"), Service::default(), fast());
    let supervising = tokio::spawn(supervisor.run());
    let city = CityClient::over(link.carrying(Carry::All));
    city.report_vacancy(vacancy())
        .await
        .expect("waits for the line");

    first.stop().await;
    assert_eq!(
        link.changed(LinkState::Connected).await,
        LinkState::Connecting
    );
    let waiting = tokio::spawn({
        let city = city.clone();
        async move { city.report_vacancy(vacancy()).await }
    });
    let (second, _) = serve(plain(), address).await;
    waiting
        .await
        .expect("no panic")
        .expect("sent on the next line");

    let partner = PartnerClient::over(second.partners.wait_for(USER).await.carrying(Carry::Leases));
    let question = LeaseQuery {
        plate_no: "粤B12345".into(),
        park_code: "44030400100101000010".into(),
    };
    let refused = partner.query_lease(question).await.expect_err("no lease");
    assert_eq!(
        refused.refusal().and_then(|refusal| refusal.code),
        Some(BusinessCode::NO_LEASE)
    );

    link.close().await;
    supervising.await.expect("no panic");
    assert_eq!(link.state(), LinkState::Closed);
    second.stop().await;
}

#[tokio::test]
async fn one_way_down_outlives_its_lines() {
    let (serving, address) = serve(
        CityListener::new(Service::default(), accounts()).dangerous_plain(),
        ANY,
    )
    .await;
    let partner = PartnerClient::over(serving.partners.transport_to(USER).carrying(Carry::Leases));
    let question = || LeaseQuery {
        plate_no: "粤B12345".into(),
        park_code: "44030400100101000010".into(),
    };
    let early = partner
        .with(|options| options.deadline = Duration::from_millis(50))
        .query_lease(question())
        .await;
    let error = early.expect_err("nobody is logged in");
    assert_eq!(
        (error.kind(), error.sent()),
        (ErrorKind::Network, Sent::No),
        "{error}"
    );
    let mut ending = Vec::new();
    for _ in 0..3 {
        // But for the first, asked while the line before ends.
        let waiting = tokio::spawn({
            let partner = partner.clone();
            async move { partner.query_lease(question()).await }
        });
        let connector = PlainConnector::dangerous_plain("127.0.0.1", address.port());
        let (link, supervisor) =
            connect(connector, credentials("right"), Service::default(), fast());
        let supervising = tokio::spawn(supervisor.run());
        let refused = waiting.await.expect("no panic").expect_err("no lease");
        assert_eq!(
            refused.refusal().and_then(|refusal| refusal.code),
            Some(BusinessCode::NO_LEASE)
        );
        ending.push(tokio::spawn(async move {
            link.close().await;
            supervising.await.expect("no panic");
        }));
    }
    for ended in ending {
        ended.await.expect("no panic");
    }
    serving.stop().await;
}

#[tokio::test]
async fn a_refused_login_is_tried_again_and_ends_with_the_link() {
    let listener = CityListener::new(Service::default(), accounts()).dangerous_plain();
    let (serving, address) = serve(listener, ANY).await;
    let connector = PlainConnector::dangerous_plain("localhost", address.port());
    let (link, supervisor) = connect(
        connector,
        credentials("wrong"),
        Service::default(),
        TcpOptions::default(),
    );
    let supervising = tokio::spawn(supervisor.run());
    let city = CityClient::over(link.carrying(Carry::All))
        .with(|options| options.deadline = Duration::from_millis(200));
    let error = city
        .report_vacancy(vacancy())
        .await
        .expect_err("never logged in");
    assert_eq!((error.kind(), error.sent()), (ErrorKind::Network, Sent::No));
    assert_eq!(link.state(), LinkState::Connecting);
    drop((city, link));
    supervising.await.expect("no panic");
    serving.stop().await;
}

#[tokio::test]
async fn everything_works_inside_tls() {
    let key = KeyPair::generate().expect("a key");
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])
        .and_then(|params| params.self_signed(&key))
        .expect("a certificate");
    let tls = ServerTls::from_pem(certificate.pem().as_bytes(), key.serialize_pem().as_bytes())
        .expect("they belong together");
    let listener = CityListener::new(Service::default(), accounts()).tls(tls);
    let (serving, address) = serve(listener, ANY).await;
    let trust = ClientTls::default()
        .only_root_pem(certificate.pem().as_bytes())
        .expect("a certificate");
    for (tls, trusted) in [(trust, true), (ClientTls::default(), false)] {
        let connector = TlsConnector::new("localhost", address.port(), tls);
        let (link, supervisor) =
            connect(connector, credentials("right"), Service::default(), fast());
        let supervising = tokio::spawn(supervisor.run());
        let deadline = Duration::from_millis(if trusted { 20_000 } else { 300 });
        let city =
            CityClient::over(link.carrying(Carry::All)).with(|options| options.deadline = deadline);
        let outcome = city.report_vacancy(vacancy()).await;
        assert_eq!(outcome.is_ok(), trusted, "{outcome:?}");
        link.close().await;
        supervising.await.expect("no panic");
    }
    serving.stop().await;
}
