//! Both roles over real sockets.
#![cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod bad_input;
mod common;
mod limits;
mod polling;
mod round_trip;
mod secrets;
mod tokens;
