//! The values that messages are made of, and what time and secrets are.
mod clock;
mod code;
mod decimal;
mod secret;
mod text;
pub(crate) mod time;
mod window;

pub use clock::{Clock, ManualClock, SystemClock};
pub(crate) use decimal::DECIMAL;
pub use decimal::{DecimalText, Fixed, Money};
pub use secret::Secret;
pub use text::{AnyText, Text};
pub use time::{Date, DateTime, Time, TimeError, Timestamp};
pub use window::TimeWindow;
