//! Everything but `secrets.rs`, which is a program of its own because it needs the global log.
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod bad_input;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod common;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod limits;
mod models;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod polling;
mod readme;
mod reconcile;
mod replies;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod round_trip;
mod schedule;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod tokens;
