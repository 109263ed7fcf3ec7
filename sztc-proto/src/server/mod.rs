//! Services, and what serves them: routers over HTTPS, the listener and the link over TCP.
mod accounts;
#[cfg(feature = "server")]
mod city;
mod context;
mod desk;
mod dispatch;
#[cfg(feature = "server")]
mod form;
#[cfg(feature = "server")]
mod http;
mod options;
#[cfg(feature = "server")]
mod partner;
mod service;
mod upload;

pub use accounts::{Account, Accounts, MemoryTokens, Tokens, Verifier};
#[cfg(feature = "server")]
pub use city::CityRouter;
pub use context::{Ctx, Transport};
pub(crate) use desk::{Desk, text_of};
pub use dispatch::answer_items;
pub(crate) use dispatch::{City, Partner, answer_entries};
#[cfg(feature = "tcp")]
pub(crate) use dispatch::read_item;
pub use options::ServerOptions;
#[cfg(feature = "server")]
pub use partner::PartnerRouter;
pub use service::{CityService, PartnerService, ReportOnly, each};
pub use upload::ImageStream;
