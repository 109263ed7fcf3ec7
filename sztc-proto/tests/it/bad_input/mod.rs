//! What arrives over HTTPS that should not: one row a case, and after each row the connection still answers.
#![cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
#[path = "../common/mod.rs"]
mod common;

mod bodies;
mod entries;
mod image;
mod nesting;
mod peer;
mod slips;
mod text;
