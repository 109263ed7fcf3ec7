//! What keeps a recorded request from being played again.
use park_core::BoxFuture;
use std::{
    collections::{HashMap, VecDeque},
    fmt,
    sync::{Mutex, PoisonError},
    time::SystemTime,
};

/// A whole request, in short: who sent it, and the code that signs operator, data, time and
/// sequence. Real peers send a constant Seq, so time and sequence alone would tell nothing.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Seen {
    /// The operator's id.
    pub operator: String,
    /// HMAC-MD5 over the request.
    pub mac: [u8; 16],
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Seen({})", self.operator)
    }
}

/// Remembers requests; shared by several instances through a store of your own.
pub trait Replays: Send + Sync + 'static {
    /// Remembers `seen` until `until`, and tells whether it is new.
    fn remember<'a>(
        &'a self,
        seen: Seen,
        now: SystemTime,
        until: SystemTime,
    ) -> BoxFuture<'a, Memory>;
}

/// What a [`Replays`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// It came for the first time.
    New,
    /// It came before.
    Known,
    /// No more can be remembered now; the request is answered with busy (-1).
    Full,
}

impl<R: Replays + ?Sized> Replays for std::sync::Arc<R> {
    fn remember<'a>(
        &'a self,
        seen: Seen,
        now: SystemTime,
        until: SystemTime,
    ) -> BoxFuture<'a, Memory> {
        (**self).remember(seen, now, until)
    }
}

/// How many requests are remembered at once: at 1000 a second, more than ten minutes.
const MOST: usize = 1_000_000;

/// How many of them of one operator, so that one that runs wild leaves room for the others.
const MOST_OF_ONE: usize = 200_000;

/// Remembers in this process's memory: a million requests at most, 200,000 of one operator. Only
/// those with a valid signature get here.
#[derive(Default)]
pub struct MemoryReplays(Mutex<Known>);

#[derive(Default)]
struct Known {
    until: HashMap<Seen, SystemTime>,
    /// In the order they came, which is nearly that in which they end.
    order: VecDeque<(SystemTime, Seen)>,
    /// How many there are of each operator.
    counts: HashMap<String, usize>,
}

impl Known {
    fn forget_ended(&mut self, now: SystemTime) {
        while let Some((ended, _)) = self.order.front()
            && *ended <= now
            && let Some((_, old)) = self.order.pop_front()
        {
            self.until.remove(&old);
            if let Some(count) = self.counts.get_mut(&old.operator) {
                *count -= 1;
                if *count == 0 {
                    self.counts.remove(&old.operator);
                }
            }
        }
    }
}

impl MemoryReplays {
    fn look(&self, seen: Seen, now: SystemTime, until: SystemTime) -> Memory {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.forget_ended(now);
        if known.until.contains_key(&seen) {
            return Memory::Known;
        }
        let of_one = known
            .counts
            .get(&seen.operator)
            .copied()
            .unwrap_or_default();
        if known.order.len() >= MOST || of_one >= MOST_OF_ONE {
            return Memory::Full;
        }
        known.counts.insert(seen.operator.clone(), of_one + 1);
        known.order.push_back((until, seen.clone()));
        known.until.insert(seen, until);
        Memory::New
    }
}

impl Replays for MemoryReplays {
    fn remember<'a>(
        &'a self,
        seen: Seen,
        now: SystemTime,
        until: SystemTime,
    ) -> BoxFuture<'a, Memory> {
        let memory = self.look(seen, now, until);
        Box::pin(async move { memory })
    }
}

impl fmt::Debug for MemoryReplays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "MemoryReplays({})",
            self.0
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .order
                .len()
        )
    }
}

/// Which requests of a peer are refused when they come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ReplayGuard {
    /// All.
    #[default]
    Everything,
    /// Those that change something. For a peer with a constant Seq that asks the same question
    /// twice within a second.
    Actions,
    /// None.
    Off,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn seen(number: u8) -> Seen {
        Seen {
            operator: "MA5DM667X".to_owned(),
            mac: [number; 16],
        }
    }

    #[test]
    fn a_request_is_new_once_until_it_is_too_old_anyway() {
        let replays = MemoryReplays::default();
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        for (number, now, memory) in [
            (1, 0, Memory::New),
            (1, 1, Memory::Known),
            (2, 1, Memory::New),
            (1, 599, Memory::Known),
            (1, 600, Memory::New),
            (2, 600, Memory::Known),
            (1, 601, Memory::Known),
        ] {
            assert_eq!(
                replays.look(seen(number), at(now), at(now + 600)),
                memory,
                "{number} at {now}"
            );
        }
        let other = Seen {
            operator: "other".to_owned(),
            ..seen(1)
        };
        assert_eq!(replays.look(other, at(601), at(700)), Memory::New);
        assert_eq!(replays.look(seen(9), at(5000), at(5600)), Memory::New);
        assert_eq!(format!("{replays:?}"), "MemoryReplays(1)");
    }

    #[test]
    fn an_operator_that_runs_wild_leaves_room_for_the_others() {
        let replays = MemoryReplays::default();
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let of = |operator: &str, number: usize| {
            let mut mac = [0; 16];
            mac[..8].copy_from_slice(&number.to_le_bytes());
            Seen {
                operator: operator.to_owned(),
                mac,
            }
        };
        for number in 0..MOST_OF_ONE {
            assert_eq!(
                replays.look(of("wild", number), at(0), at(600)),
                Memory::New
            );
        }
        assert_eq!(
            replays.look(of("wild", MOST_OF_ONE), at(0), at(600)),
            Memory::Full
        );
        assert_eq!(replays.look(of("quiet", 0), at(0), at(600)), Memory::New);
        assert_eq!(
            replays.look(of("wild", MOST_OF_ONE), at(600), at(1200)),
            Memory::New
        );
        assert_eq!(format!("{replays:?}"), "MemoryReplays(1)");
    }
}
