//! What arrives that should not, on either side, and lines that break.
#![cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
#[path = "../common/mod.rs"]
mod common;

mod line;
mod replies;
mod requests;
mod slips;
