//! Charging (6.10): every interface of 1101 to 1106 over real TLS sockets, named as the document prints it, and what the city builds on them.
#![cfg(all(feature = "charging", feature = "client", feature = "server", feature = "rustls-ring"))]

#[path = "../common/mod.rs"]
mod common;
mod cpo;
mod print;
mod sites;
mod stations;
mod wire;
