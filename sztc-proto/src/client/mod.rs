//! Typed clients over any [`Exchange`].
mod call;
mod exchange;
#[cfg(feature = "client")]
mod http;
#[cfg(feature = "client")]
mod upload;

pub use call::{CallOptions, CityClient, PartnerClient};
#[cfg(feature = "tcp")]
pub(crate) use call::read_reply;
pub use exchange::{Answer, Call, Exchange};
#[cfg(feature = "client")]
pub use http::{CityHttp, PartnerHttp};
#[cfg(feature = "client")]
pub use upload::ImageBody;
