//! Everything but `secrets.rs`, which is a program of its own because it needs the global log.
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod bad_input;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod checkout;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod common;
mod ledger;
mod models;
mod readme;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod round_trip;
#[cfg(all(
    feature = "sealed",
    feature = "client",
    feature = "server",
    feature = "rustls-ring"
))]
mod sealed;
