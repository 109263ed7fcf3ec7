//! Typed clients over any [`Transport`].
mod call;
mod exchange;
mod http;
mod pages;

pub use call::{CloudClient, LotClient};
pub use exchange::{Call, Transport};
pub use http::KtHttp;
