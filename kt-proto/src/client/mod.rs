//! Typed clients over any [`Exchange`].
mod call;
mod exchange;
mod http;
mod pages;

pub use call::{CloudClient, LotClient};
pub use exchange::{Call, Exchange};
pub use http::KtHttp;
