//! Calls of the lot to the third party (上行接口), one file per chapter of the document's part two.
//!
//! The tables mark nothing as required, as those of the downward part do. A field is required here
//! unless its remark or the document's own sample shows that it may be absent.
mod card;
mod fee;
mod lot;
mod page;
mod passage;
mod pay_code;
mod terminal;

pub use card::*;
pub use fee::*;
pub use lot::*;
pub use page::*;
pub use passage::*;
pub use pay_code::*;
pub use terminal::*;
