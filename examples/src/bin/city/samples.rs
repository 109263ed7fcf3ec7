//! Messages that are compiled in: complete and conforming ones of each interface, as a database
//! would give them.
use sztc_proto::{Dialect, decode, model::Model};

/// The text of a message of DB4403/T 313, by number and side.
#[macro_export]
macro_rules! sample {
    ($code:literal, $side:literal) => {
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../sztc-proto/fixtures/samples/",
            $code,
            ".",
            $side,
            ".json"
        ))
    };
}

/// The same, read.
#[macro_export]
macro_rules! message {
    ($code:literal, $side:literal) => {
        $crate::samples::read_message($crate::sample!($code, $side))
    };
}

/// Reads a message that is compiled in.
pub(crate) fn read_message<T: Model>(text: &str) -> T {
    decode(text, &Dialect::strict().read)
        .expect("the samples conform to the document")
        .0
}
