//! The TCP session over real connections (section 6.1.3): the partner's reconnecting [`connect`],
//! the city's [`CityListener`].
//!
//! A connection is a handle and a driver. The [`Link`] is cheap to clone and a
//! [`Transport`](crate::Transport), so that the same typed clients speak over it as over HTTPS; the
//! driver is a future that you spawn: it logs in, keeps the heartbeat, correlates replies and lets
//! a service answer the other side's requests, without ever waiting for it. Both work over any
//! `AsyncRead + AsyncWrite`.
mod attach;
mod connector;
mod driver;
mod link;
mod listener;
mod options;
mod registry;
mod session_bodies;
mod supervisor;
mod workers;

pub use crate::client::Fallback;
pub use attach::{Connection, attach};
pub use connector::{Connector, Io, PlainConnector, TlsConnector};
pub use link::{Carry, Link, LinkState};
pub use listener::CityListener;
pub use options::TcpOptions;
pub use registry::{PartnerTransport, Partners};
pub use supervisor::{Supervisor, connect};
