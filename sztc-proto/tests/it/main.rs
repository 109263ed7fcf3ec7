//! Everything but `secrets.rs`, which is a program of its own because it needs the global log.
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod bad_input;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod call_text;
#[cfg(all(
    feature = "charging",
    feature = "client",
    feature = "server",
    feature = "rustls-ring"
))]
mod charging;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod common;
mod fixtures;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod https;
mod invoice;
mod readme;
mod replies;
mod reservation;
#[cfg(all(feature = "client", feature = "server", feature = "rustls-ring"))]
mod retry;
#[cfg(all(
    feature = "client",
    feature = "server",
    feature = "tcp",
    feature = "rustls-ring"
))]
mod table_tcp;
mod tables;
#[cfg(feature = "tcp")]
mod tcp;
