//! DB4403/T 313-2023.
pub mod code;
pub mod model;

pub use code::*;
pub use model::*;
pub use park_core::{Check, Date, DateTime, Money, Text, Time, Timestamp, Violations};
