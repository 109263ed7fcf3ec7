//! Requests, replies and the objects in them, one struct per table. Plain serde structs, built by
//! literals.
//!
//! The token (token), which every request has, is not in them: like an envelope it is written and
//! read by [`Params`](crate::Params).
//!
//! The document marks which parameters of a request are required, but says nothing of the kind
//! about replies. Required in a reply are the number of the thing itself and what the reply is for;
//! everything else may be absent on receipt. What is written is complete if the sender fills it in.
mod bill;
mod charge;
mod end_time;
mod number;
mod order;
mod stub;
mod stub_group;

pub use bill::*;
pub use charge::*;
pub use end_time::EndTime;
pub use number::Number;
pub use order::*;
pub use stub::*;
pub use stub_group::*;

pub use park_core::{Model, Nothing};
