use crate::{DeviationKind, Observer, observe::Observed, violation::without_numbers};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// How many peers a [`Tally`] keeps apart.
const PEERS: usize = 1024;

/// How many different deviations it keeps apart for each, so that one that invents field names
/// hides nobody else's.
const KEPT: usize = 256;

/// How many characters of a name or place it keeps.
const LENGTH: usize = 256;

/// By interface, kind and place.
type Places = HashMap<(String, DeviationKind, String), u64>;

/// Counts deviations by peer, interface, kind and place: the list to send to the peer's developers.
///
/// Bounded: 256 different deviations for each of 1024 peers; what is new beyond that is not
/// counted.
#[derive(Debug, Clone, Default)]
pub struct Tally(Arc<Mutex<HashMap<String, Places>>>);

/// What a [`Tally`] counts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Counted {
    /// Who sent the messages.
    pub peer: String,
    /// The interface.
    pub endpoint: String,
    /// The deviation.
    pub kind: DeviationKind,
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
        let peer = clip(observed.peer);
        if counts.len() >= PEERS && !counts.contains_key(&peer) {
            return;
        }
        let places = counts.entry(peer).or_default();
        for deviation in observed.deviations.list() {
            let key = (
                clip(observed.endpoint),
                deviation.kind,
                clip(&without_numbers(&deviation.path)),
            );
            if places.len() < KEPT || places.contains_key(&key) {
                *places.entry(key).or_default() += 1;
            }
        }
    }

    /// Everything counted so far, most frequent first.
    pub fn counts(&self) -> Vec<(Counted, u64)> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let places = counts
            .iter()
            .flat_map(|(peer, places)| places.iter().map(move |place| (peer, place)));
        let mut list: Vec<_> = places
            .map(|(peer, ((endpoint, kind, path), count))| {
                let counted = Counted {
                    peer: peer.clone(),
                    endpoint: endpoint.clone(),
                    kind: *kind,
                    path: path.clone(),
                };
                (counted, *count)
            })
            .collect();
        list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        list
    }
}

fn clip(text: &str) -> String {
    text.chars().take(LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Deviations;

    #[test]
    fn entries_of_a_batch_count_as_one_place() {
        let tally = Tally::default();
        let observer = tally.observer();
        let mut deviations = Deviations::default();
        for i in 0..3 {
            deviations.note(DeviationKind::KEY_STYLE, || {
                format!("data[{i}].parkInfo.Owner")
            });
        }
        observer.tell(Observed::new("lot-7", "3001 report_lot", &deviations));
        observer.tell(Observed::new("lot-8", "3001 report_lot", &deviations));
        let counts = tally.counts();
        assert_eq!(counts.len(), 2);
        assert_eq!(
            (
                counts[0].0.path.as_str(),
                counts[0].0.peer.as_str(),
                counts[0].1
            ),
            ("data[].parkInfo.Owner", "lot-7", 3)
        );
    }

    #[test]
    fn a_peer_that_invents_field_names_hides_nobody_else() {
        let tally = Tally::default();
        let observer = tally.observer();
        let tell = |peer: &str, path: String| {
            let mut deviations = Deviations::default();
            deviations.note(DeviationKind::UNKNOWN_FIELD, || path);
            observer.tell(Observed::new(peer, "5001", &deviations));
        };
        for i in 0..2 * KEPT {
            tell("noisy", format!("{i}{}", "x".repeat(10_000)));
        }
        tell("quiet", "data[0].colour".to_owned());
        for i in 0..2 * PEERS {
            tell(&format!("stranger-{i}"), "x".to_owned());
        }
        tell("quiet", "data[1].colour".to_owned());
        let counts = tally.counts();
        assert_eq!(counts.len(), KEPT + 1 + PEERS - 2);
        assert_eq!((counts[0].0.peer.as_str(), counts[0].1), ("quiet", 2));
        assert!(
            counts
                .iter()
                .all(|(counted, _)| counted.path.len() <= LENGTH)
        );
    }
}
