//! Everything but `secrets.rs`, which is a program of its own because it needs the global log.
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod bad_input;
mod changes;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod common;
mod consistency;
mod conversation;
mod crypto;
mod envelope;
mod helpers;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod https;
mod models;
mod qr;
mod readme;
mod reconcile;
mod replies;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod sequence;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod token;
