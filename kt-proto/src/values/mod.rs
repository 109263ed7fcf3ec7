//! How single values stand on the wire: amounts, times, texts within texts, pictures.
mod as_text;
mod embedded;
mod kt_date_time;
mod or_empty;
pub(crate) mod percent;
mod picture;
mod units;

pub use as_text::{AsText, FenText, IntText};
pub use embedded::Embedded;
pub use kt_date_time::KtDateTime;
pub use or_empty::OrEmpty;
pub use percent::{PercentText, UrlCharset};
pub use picture::Picture;
pub use units::{Fen, Minutes, Seconds};
