//! Clients and services over real sockets: every row of the table in every way to write it, interfaces of one's own, pages.
#![cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
#[path = "../common/mod.rs"]
mod common;

mod others;
mod pages;
mod table;
