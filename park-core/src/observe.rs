use crate::{Deviations, Kind};
use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

/// What one message departed in, told to an [`Observer`].
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Observed<'a> {
    /// Who sent the message.
    pub peer: &'a str,
    /// The interface.
    pub endpoint: &'a str,
    /// The deviations, never empty.
    pub deviations: &'a Deviations,
}

impl<'a> Observed<'a> {
    /// `peer` sent a message of `endpoint` with these deviations.
    pub fn new(peer: &'a str, endpoint: &'a str, deviations: &'a Deviations) -> Self {
        Self { peer, endpoint, deviations }
    }
}

/// Is told about every message that departed from the document and was understood all the same.
#[derive(Clone)]
pub struct Observer(Arc<dyn Fn(Observed<'_>) + Send + Sync>);

impl Observer {
    /// Calls `tell` for each such message, on the task that read it: keep it short.
    pub fn new(tell: impl Fn(Observed<'_>) + Send + Sync + 'static) -> Self {
        Self(Arc::new(tell))
    }

    /// Tells it.
    pub fn tell(&self, observed: Observed<'_>) {
        (self.0)(observed);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

/// How many different deviations a [`Tally`] keeps apart.
const KEPT: usize = 4096;

/// Counts deviations by peer, interface, kind and place: the list to send to the peer's developers.
#[derive(Debug, Clone, Default)]
pub struct Tally(Arc<Mutex<HashMap<Counted, u64>>>);

/// What a [`Tally`] counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Counted {
    /// Who sent the messages.
    pub peer: String,
    /// The interface.
    pub endpoint: String,
    /// The deviation.
    pub kind: Kind,
    /// Where, without the numbers of list entries: `data[].parkInfo.owner`.
    pub path: String,
}

impl Tally {
    /// The observer that feeds this tally.
    pub fn observer(&self) -> Observer {
        let tally = self.clone();
        Observer::new(move |observed| tally.count(observed))
    }

    fn count(&self, observed: Observed<'_>) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for deviation in observed.deviations.list() {
            let key = Counted {
                peer: observed.peer.to_owned(),
                endpoint: observed.endpoint.to_owned(),
                kind: deviation.kind,
                path: without_numbers(&deviation.path),
            };
            // Field names come from the peer, so their number is bounded here.
            if counts.len() < KEPT || counts.contains_key(&key) {
                *counts.entry(key).or_default() += 1;
            }
        }
    }

    /// Everything counted so far, most frequent first.
    pub fn counts(&self) -> Vec<(Counted, u64)> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut list: Vec<_> = counts.iter().map(|(key, count)| (key.clone(), *count)).collect();
        list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        list
    }
}

fn without_numbers(path: &str) -> String {
    let mut plain = String::with_capacity(path.len());
    let mut index = false;
    for c in path.chars() {
        index = (index || c == '[') && c != ']';
        if !index || c == '[' {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_a_batch_count_as_one_place() {
        let tally = Tally::default();
        let observer = tally.observer();
        let mut deviations = Deviations::default();
        for i in 0..3 {
            deviations.note(Kind::KeyStyle, || format!("data[{i}].parkInfo.Owner"));
        }
        observer.tell(Observed::new("lot-7", "3001 report_lot", &deviations));
        observer.tell(Observed::new("lot-8", "3001 report_lot", &deviations));
        let counts = tally.counts();
        assert_eq!(counts.len(), 2);
        assert_eq!(
            (counts[0].0.path.as_str(), counts[0].0.peer.as_str(), counts[0].1),
            ("data[].parkInfo.Owner", "lot-7", 3)
        );
    }
}
