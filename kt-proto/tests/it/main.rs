//! Everything but `secrets.rs`, which is a program of its own because it needs the global log.
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod bad_input;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod common;
mod downlink_models;
#[cfg(all(feature = "client", feature = "server"))]
mod flows;
mod links;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod midnight;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod printed;
mod readme;
mod replies;
mod report_schedule;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod sockets;
mod uplink_models;
