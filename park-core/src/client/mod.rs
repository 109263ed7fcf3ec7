//! What the typed clients of all protocols are made of.
mod attempts;
mod call_text;
mod caller;
#[cfg(feature = "client")]
mod http;
#[cfg(feature = "client")]
mod http_transport;
mod options;
mod status;
#[cfg(feature = "client")]
mod token_cache;
mod transport;

pub use call_text::{CallOne, record, unknown_endpoint};
pub use caller::{Caller, Exchange, Settings};
#[cfg(feature = "client")]
pub use http::{Body, Http, HttpOptions, base_url};
#[cfg(feature = "client")]
pub use http_transport::{HttpSetup, HttpTransport};
pub use options::CallOptions;
#[cfg(feature = "client")]
pub use token_cache::{Fresh, Grant, TokenCache, TokenSource, renew_after};
pub use transport::{Answer, Call, Content, Transport};
