//! The TCP session from both sides: against a peer by hand in memory with stopped clocks, and over
//! real sockets.

mod city;
mod partner;
mod peer;
#[cfg(feature = "rustls-ring")]
mod reconnect;
