//! Services, and the routers that serve them.
mod context;
mod desk;
mod dispatch;
mod http;
mod operators;
mod options;
mod router;
mod service;
mod token;

pub use context::Ctx;
pub use dispatch::answer_plaintext;
pub use operators::Operators;
pub use options::ServerOptions;
pub use park_core::{MemoryTokens, Tokens};
pub use router::{CpoRouter, EmspRouter, PlatformRouter};
pub use service::{CpoService, EmspService};
