//! Typed clients over any [`Transport`].
mod call;
mod exchange;
mod http;
mod stations;
mod token;

pub use call::{CpoClient, EmspClient};
pub use exchange::{Answer, Call, Transport};
pub use http::{PeerHttp, PeerHttpBuilder};
