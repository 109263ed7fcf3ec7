//! Services, and what serves them: routers over HTTPS, the listener and the link over TCP.
mod accounts;
mod context;
mod desk;
mod dispatch;
mod options;
#[cfg(feature = "server")]
mod router;
mod service;
mod upload;

pub use accounts::{Account, Accounts, MemoryTokens, Tokens, Verifier};
pub use context::{Ctx, Transport};
pub(crate) use desk::{Desk, text_of};
pub use dispatch::answer_items;
pub(crate) use dispatch::{City, Dispatch, Partner, answer_entries};
pub use options::ServerOptions;
#[cfg(feature = "server")]
pub use router::{CityRouter, PartnerRouter};
pub use service::{CityService, PartnerService, ReportOnly, each};
pub use upload::ImageStream;
