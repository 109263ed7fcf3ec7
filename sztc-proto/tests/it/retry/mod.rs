//! Peers and lines that fail: what is repeated, what never is, and what the caller is told.
#![cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
#[path = "../common/mod.rs"]
mod common;

mod faults;
mod line;
mod renewal;
mod replies;
mod token;
