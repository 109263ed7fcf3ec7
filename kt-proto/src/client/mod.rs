//! Typed clients over any [`Transport`](crate::Transport).
mod call;
mod http;
mod pages;
#[cfg(test)]
mod tests;

pub use call::{CloudClient, LotClient};
pub use http::{PeerHttp, PeerHttpBuilder};
