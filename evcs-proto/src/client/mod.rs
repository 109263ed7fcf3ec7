//! Typed clients over any [`Exchange`].
mod call;
mod exchange;
mod http;
mod stations;
mod token;

pub use call::{CpoClient, EmspClient};
pub use exchange::{Answer, Call, Exchange};
pub use http::{PeerHttp, PeerHttpBuilder};
