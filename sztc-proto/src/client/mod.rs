//! Typed clients over any [`Transport`].
mod call;
mod exchange;
#[cfg(feature = "client")]
mod http;
#[cfg(feature = "client")]
mod line;
#[cfg(feature = "client")]
mod login;
mod preferred;
mod reply;
#[cfg(feature = "client")]
mod upload;

pub use call::{CityClient, PartnerClient};
pub use exchange::{Answer, Call, Transport};
#[cfg(feature = "client")]
pub use http::{CityHttp, CityHttpBuilder, PartnerHttp};
pub use park_core::CallOptions;
pub use preferred::Preferred;
pub(crate) use reply::read_reply;
#[cfg(feature = "client")]
pub use upload::ImageBody;
