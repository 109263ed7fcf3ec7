//! What the tests of several crates share: certificates, servers, peers that fail on purpose, the
//! log canary, the list of deviations, READMEs.
//!
//! It knows no protocol: what a message looks like stays with the tests of its crate.

pub mod canary;
mod certificate;
mod client;
mod made;
mod peer;
mod raw;
pub mod readme;
mod server;
mod stub;
mod tokens;
mod told;

pub use certificate::Certificate;
pub use client::{chain, plain, quick};
pub use made::made;
pub use peer::{Asked, Canned, Do, answer, peer};
pub use raw::{Received, read_answer, send};
pub use server::serve_on;
pub use stub::stub;
pub use tokens::Remembering;
pub use told::Told;
