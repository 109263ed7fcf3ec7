//! Both roles over real sockets.
#![cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod bad_input;
mod checkout;
mod common;
mod round_trip;
#[cfg(feature = "sealed")]
mod sealed;
mod secrets;
