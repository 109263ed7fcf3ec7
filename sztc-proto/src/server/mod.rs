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
mod refuse;
mod service;
mod upload;

pub use accounts::Accounts;
pub(crate) use accounts::check_password;
#[cfg(feature = "server")]
pub use city::CityRouter;
pub use context::{Ctx, TransportKind};
pub(crate) use desk::Desk;
#[cfg(feature = "tcp")]
pub(crate) use desk::span;
#[cfg(feature = "tcp")]
pub(crate) use desk::text_of;
#[cfg(feature = "server")]
pub(crate) use dispatch::answer_entries;
pub use dispatch::answer_items;
#[cfg(feature = "tcp")]
pub(crate) use dispatch::read_item;
pub(crate) use dispatch::{City, Partner};
pub use options::ServerOptions;
#[cfg(feature = "server")]
pub use park_core::{CallbackAuth, MemoryTokens, Tokens};
#[cfg(feature = "server")]
pub use partner::PartnerRouter;
pub(crate) use refuse::{clip, refuse};
pub use service::{CityService, PartnerService, ReportOnly, each};
pub use upload::ImageStream;
