use park_core::{DeviationKind, Observer};
use std::sync::{Arc, Mutex};

/// Every deviation that was told: interface, kind, place.
#[derive(Debug, Clone, Default)]
pub struct Told(Arc<Mutex<Vec<(String, DeviationKind, String)>>>);

impl Told {
    /// What to give to a client or a server.
    pub fn observer(&self) -> Observer {
        let told = self.clone();
        Observer::new(move |observed| {
            let found = observed.deviations.list().iter();
            let found =
                found.map(|found| (observed.endpoint.to_owned(), found.kind, found.path.clone()));
            told.0.lock().expect("not poisoned").extend(found);
        })
    }

    /// What was told since this was last asked.
    pub fn take(&self) -> Vec<(String, DeviationKind, String)> {
        std::mem::take(&mut *self.0.lock().expect("not poisoned"))
    }

    /// The kinds alone.
    pub fn kinds(&self) -> Vec<DeviationKind> {
        self.take().into_iter().map(|(_, kind, _)| kind).collect()
    }
}
