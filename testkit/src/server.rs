use park_core::{
    server::{ServeOptions, serve},
    tls::ServerTls,
};
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Serves `router` on a free port for as long as the test runs.
pub async fn serve_on(router: axum::Router, tls: Option<ServerTls>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let mut options = ServeOptions::default();
    options.tls = tls;
    tokio::spawn(serve(listener, router, options, std::future::pending()));
    address
}
