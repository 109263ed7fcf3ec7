//! Typed clients over any [`Transport`], and the polling of a vendor with one.
mod aggregator;
mod core;
mod exchange;
mod http;
mod poller;
mod token;
mod vendor;

pub use aggregator::AggregatorClient;
pub use exchange::{Answer, Content, Request, Transport};
pub use http::PeerHttp;
pub use poller::{PollSink, Polled, Poller};
pub use token::{IssuedToken, TokenProvider};
pub use vendor::VendorClient;
