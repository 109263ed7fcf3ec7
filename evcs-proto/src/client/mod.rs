//! Typed clients over any [`Transport`](crate::Transport).
mod call;
mod http;
mod stations;
mod token;

pub use call::{CpoClient, EmspClient};
pub use http::{PeerHttp, PeerHttpBuilder};
