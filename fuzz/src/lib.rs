//! What several targets need.
use std::{
    any::Any,
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// What `make` gives for the interface `name`, made once.
pub fn once<T: Clone + Send + 'static>(name: &'static str, make: impl FnOnce() -> T) -> T {
    static MADE: Mutex<Option<HashMap<&'static str, Box<dyn Any + Send>>>> = Mutex::new(None);
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let entry = made
        .get_or_insert_default()
        .entry(name)
        .or_insert_with(|| Box::new(make()));
    entry.downcast_ref::<T>().expect("one type a name").clone()
}

/// The sample of the reply of the interface `name` of a crate; `{}` where it has none.
pub fn reply_sample(krate: &str, name: &str) -> String {
    let path = format!(
        "{}/../{krate}/fixtures/samples/{name}.reply.json",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(path).unwrap_or_else(|_| "{}".to_owned())
}
