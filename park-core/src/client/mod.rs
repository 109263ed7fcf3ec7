//! What the typed clients of all protocols are made of.
mod attempts;
#[cfg(feature = "client")]
mod http;
#[cfg(feature = "client")]
mod token_cache;

pub use attempts::{CallOptions, attempts, traced};
#[cfg(feature = "client")]
pub use http::{Body, Http, HttpOptions, HttpReply, base_url};
#[cfg(feature = "client")]
pub use token_cache::{Fresh, Grant, TokenCache, TokenSource, renew_after};
