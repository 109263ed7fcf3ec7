//! Typed clients over any [`Exchange`], and the polling of a vendor with one.
mod aggregator;
mod core;
mod exchange;
mod http;
mod poller;
mod token;
mod vendor;

pub use aggregator::AggregatorClient;
pub use exchange::{Answer, Content, Exchange, Request};
pub use http::PeerHttp;
pub use poller::{PollSink, Polled, Poller};
pub use token::{IssuedToken, TokenProvider};
pub use vendor::VendorClient;
