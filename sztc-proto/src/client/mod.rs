//! Typed clients over any [`Transport`](crate::Transport).
mod call;
#[cfg(feature = "client")]
mod city;
mod fallback;
#[cfg(feature = "client")]
mod login;
#[cfg(feature = "client")]
mod partner;
mod reply;
#[cfg(feature = "client")]
mod upload;

pub use call::{CityClient, PartnerClient};
#[cfg(feature = "client")]
pub use city::{CityHttp, CityHttpBuilder};
pub use fallback::Fallback;
#[cfg(feature = "client")]
pub use partner::{PartnerHttp, PartnerHttpBuilder};
#[cfg(feature = "tcp")]
pub(crate) use reply::read_reply;
#[cfg(feature = "client")]
pub use upload::ImageBody;
