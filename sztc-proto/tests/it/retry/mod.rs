//! Peers and lines that fail: what is repeated, what never is, and what the caller is told.
pub(crate) mod faults;
mod line;
mod renewal;
mod replies;
mod token;
