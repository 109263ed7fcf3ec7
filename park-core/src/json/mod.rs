//! JSON as these protocols use it: one lexer, the tolerant decoder, the strict encoder, the
//! canonical form.
pub mod canonical;
mod decode;
mod encode;
pub mod envelope;
mod fields;
pub mod lexer;

pub use crate::value::time::SLASH_DATE_TIME;
pub use decode::{Place, SCALAR, WHOLE, decode};
pub use encode::{EncodeError, encode, encode_to, quote};
pub use fields::fields_of;
