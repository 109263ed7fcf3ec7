//! What becomes of scenarios, told to everybody who listens, and to whoever begins to listen later
//! as far as it still holds.
use serde::Serialize;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast::{self, Receiver, Sender};

/// Who falls behind by more begins anew with the last of each scenario.
const BEHIND: usize = 256;

/// What becomes of a scenario.
#[derive(Debug, Serialize, Clone)]
pub(crate) struct Told {
    /// Its name.
    pub scenario: String,
    /// `playing`, `step`, `passed`, `failed`.
    pub state: &'static str,
    /// The step, or what failed.
    pub text: String,
}

/// Tells what becomes of scenarios. Clones tell the same listeners.
#[derive(Clone)]
pub(crate) struct Teller {
    /// The last that was told of each scenario, the newest at the end.
    states: Arc<Mutex<Vec<Told>>>,
    /// Used with `states` locked only: so nothing is told between a look at them and the listening,
    /// and nothing twice.
    news: Sender<Told>,
}

impl Teller {
    /// One that has told nothing.
    pub(crate) fn new() -> Self {
        Self {
            states: Arc::default(),
            news: broadcast::channel(BEHIND).0,
        }
    }

    /// Tells that `scenario` is in this state.
    pub(crate) fn tell(&self, scenario: &str, state: &'static str, text: String) {
        let scenario = scenario.to_owned();
        let told = Told {
            scenario,
            state,
            text,
        };
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.retain(|known| known.scenario != told.scenario);
        states.push(told.clone());
        // Nobody may be listening.
        let _ = self.news.send(told);
    }

    /// The last that was told of each scenario, and all that is told after it.
    pub(crate) fn listen(&self) -> (Vec<Told>, Receiver<Told>) {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        (states.clone(), self.news.subscribe())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{sync::Barrier, thread};

    #[test]
    fn of_a_scenario_the_last_is_kept_the_newest_at_the_end() {
        let teller = Teller::new();
        for (scenario, state) in [
            ("lock", "playing"),
            ("shared", "playing"),
            ("lock", "passed"),
        ] {
            teller.clone().tell(scenario, state, String::new());
        }
        let (states, mut news) = teller.listen();
        let known: Vec<_> = states
            .iter()
            .map(|told| (&*told.scenario, told.state))
            .collect();
        assert_eq!(known, [("shared", "playing"), ("lock", "passed")]);
        assert!(news.try_recv().is_err());
    }

    #[test]
    fn who_begins_to_listen_while_something_is_told_has_it_once() {
        const TIMES: usize = 20_000;
        let teller = Teller::new();
        let together = Barrier::new(2);
        thread::scope(|scope| {
            scope.spawn(|| {
                for time in 0..TIMES {
                    together.wait();
                    teller.tell("reservation", "step", time.to_string());
                    together.wait();
                }
            });
            // What is wrong is said when the other thread has ended, or that would wait for ever.
            let mut wrong = Vec::new();
            for time in 0..TIMES {
                together.wait();
                let (states, mut news) = teller.listen();
                together.wait();
                let copied = states.into_iter().map(|told| told.text);
                let heard: Vec<_> = copied
                    .chain(news.try_recv().map(|told| told.text))
                    .collect();
                if heard
                    .iter()
                    .filter(|text| **text == time.to_string())
                    .count()
                    != 1
                {
                    wrong.push((time, heard));
                }
            }
            assert_eq!(wrong, []);
        });
    }
}
