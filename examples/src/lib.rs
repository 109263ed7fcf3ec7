//! What the programs share.
//!
//! | module | holds |
//! |---|---|
//! | [`registry`] | every interface of the five protocols with its types erased |
//! | [`schema`], [`envelopes`] | JSON Schemas of data items and of what stands around them |
//! | [`explain`] | what a message is and what every field of it means |
//! | [`call`] | calling any interface by JSON |
//! | [`frames`], [`sealed`] | TCP frames and sealed data, taken apart |
//! | [`fault`] | why there is no result |
//! | [`party`], [`meter`], [`customer`] | the two operators of a charge: `cpo` and `emsp` |
pub mod call;
pub mod customer;
pub mod envelopes;
pub mod explain;
pub mod fault;
pub mod frames;
pub mod meter;
pub mod party;
pub mod registry;
pub mod schema;
pub mod sealed;
