use park_core::{Model, Violation, Violations, json::encode};

/// A value as it is written, and what it breaks.
///
/// # Panics
/// When it cannot be written.
pub fn made<T: Model>(value: T) -> (String, Vec<Violation>) {
    let mut broken = Violations::default();
    value.check(&mut broken);
    (
        encode(&value).expect("plain fields"),
        broken.list().to_vec(),
    )
}
