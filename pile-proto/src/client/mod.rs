//! Typed clients over any [`Transport`](crate::Transport), and the polling of a vendor with one.
mod aggregator;
mod call;
mod http;
mod limit;
mod poller;
mod token;
mod vendor;

pub use aggregator::AggregatorClient;
pub use http::{PeerHttp, PeerHttpBuilder};
pub use poller::{PollSink, Polled, Poller};
pub use token::{IssuedToken, TokenProvider};
pub use vendor::VendorClient;
