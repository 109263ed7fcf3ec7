//! What happens to messages on a line: by chance, as the program was told to, or on purpose, as a
//! scenario wants it.
use std::{
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// What gets lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Loss {
    /// A request, before the server has it.
    Request,
    /// The reply to a request that the server has answered.
    Reply,
}

/// The losses that scenarios ask for.
#[derive(Default)]
pub(super) struct Losses(Mutex<Option<Loss>>);

impl Losses {
    pub(super) fn lose(&self, loss: Loss) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(loss);
    }

    pub(super) fn hits(&self, what: Loss) -> bool {
        let mut next = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        next.take_if(|loss| *loss == what).is_some()
    }
}

/// How often what goes wrong: `drop=5%,delay=2s,corrupt=1%,duplicate=1%`, on one link as
/// `kt-lot:drop=5%`.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Rates {
    /// The only link that it is for.
    pub link: Option<String>,
    drop: f64,
    delay: Duration,
    corrupt: f64,
    duplicate: f64,
}

impl FromStr for Rates {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut rates = Self::default();
        let rest = match text.split_once(':') {
            Some((link, rest)) => {
                rates.link = Some(link.trim().to_owned());
                rest
            }
            None => text,
        };
        for part in rest.split(',') {
            let (what, value) = part.split_once('=').unwrap_or((part, ""));
            match what.trim() {
                "drop" => rates.drop = share(part, value)?,
                "corrupt" => rates.corrupt = share(part, value)?,
                "duplicate" => rates.duplicate = share(part, value)?,
                "delay" => rates.delay = time(part, value)?,
                _ => {
                    return Err(format!(
                        "{part:?} is no fault: drop=5%, delay=2s, corrupt=1% and duplicate=1% are"
                    ));
                }
            }
        }
        Ok(rates)
    }
}

fn share(part: &str, value: &str) -> Result<f64, String> {
    let wrong = || format!("{part:?}: a share like 5% is expected, from 0% to 100%");
    let percent: f64 = value
        .trim()
        .strip_suffix('%')
        .ok_or_else(wrong)?
        .trim()
        .parse()
        .map_err(|_| wrong())?;
    if (0.0..=100.0).contains(&percent) {
        Ok(percent / 100.0)
    } else {
        Err(wrong())
    }
}

fn time(part: &str, value: &str) -> Result<Duration, String> {
    let value = value.trim();
    let (number, unit) = match value.strip_suffix("ms") {
        Some(number) => (number, 0.001),
        None => (value.strip_suffix('s').unwrap_or_default(), 1.0),
    };
    let seconds = number.trim().parse::<f64>().map(|number| number * unit);
    match seconds {
        Ok(seconds) if (0.0..=600.0).contains(&seconds) => Ok(Duration::from_secs_f64(seconds)),
        _ => Err(format!(
            "{part:?}: a time like 2s or 300ms is expected, at most 600s"
        )),
    }
}

/// The faults of one line, by chance.
#[derive(Clone)]
pub(crate) struct Faults {
    rates: Rates,
    chance: Arc<Mutex<fastrand::Rng>>,
}

/// What becomes of one message.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fate {
    /// It gets lost, and its connection with it.
    pub dropped: bool,
    /// It arrives twice.
    pub duplicated: bool,
    /// One of its bits is wrong.
    pub corrupted: bool,
    /// It arrives this much later.
    pub delay: Duration,
}

impl Faults {
    /// The rates that hold for `link`: those of the last that names it or names none. The same seed
    /// brings the same chances.
    pub(crate) fn new(all: &[Rates], link: &str, seed: u64) -> Self {
        let for_link = |rates: &&Rates| rates.link.as_deref().is_none_or(|name| name == link);
        // Each link has chances of its own, else what happens on one would decide over another.
        let own = link.bytes().fold(seed, |seed, byte| {
            seed.wrapping_mul(31).wrapping_add(byte.into())
        });
        Self {
            rates: all.iter().rev().find(for_link).cloned().unwrap_or_default(),
            chance: Arc::new(Mutex::new(fastrand::Rng::with_seed(own))),
        }
    }

    /// What becomes of the next message.
    pub(crate) fn fate(&self) -> Fate {
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        // Four numbers always, so that one rate does not change what another brings.
        Fate {
            dropped: chance.f64() < self.rates.drop,
            duplicated: chance.f64() < self.rates.duplicate,
            corrupted: chance.f64() < self.rates.corrupt,
            delay: self.rates.delay.mul_f64(chance.f64()),
        }
    }

    /// Flips a bit of the last `bytes` that are the message's content.
    pub(crate) fn corrupt(&self, bytes: &mut [u8]) {
        // Only the lowest bit: what was text stays text, and something else has to notice.
        self.flip(bytes, 1);
    }

    /// The same where the protocol has nothing that could notice, no signature nor checksum: the
    /// text is no UTF-8 any more.
    pub(crate) fn garble(&self, bytes: &mut [u8]) {
        self.flip(bytes, 0x80);
    }

    fn flip(&self, bytes: &mut [u8], bit: u8) {
        let mut chance = self.chance.lock().unwrap_or_else(PoisonError::into_inner);
        if !bytes.is_empty() {
            let at = chance.usize(..bytes.len());
            bytes[at] ^= bit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read_or_refused() {
        let rates: Rates = "drop=5%,delay=2s,corrupt=1%,duplicate=0.5%"
            .parse()
            .expect("faults");
        assert_eq!(
            (rates.drop, rates.delay, rates.corrupt, rates.duplicate),
            (0.05, Duration::from_secs(2), 0.01, 0.005)
        );
        let rates: Rates = "kt-lot: delay=300ms".parse().expect("faults");
        assert_eq!(
            (rates.link.as_deref(), rates.delay),
            (Some("kt-lot"), Duration::from_millis(300))
        );
        for wrong in [
            "",
            "drop",
            "drop=5",
            "drop=101%",
            "drop=-1%",
            "drop=nan%",
            "delay=2",
            "delay=-1s",
            "delay=infs",
            "lose=5%",
        ] {
            assert!(wrong.parse::<Rates>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_last_that_fits_a_link_counts() {
        let all: Vec<Rates> = ["drop=100%", "kt-lot:drop=0%"]
            .map(|text| text.parse().expect("faults"))
            .into();
        assert!(Faults::new(&all, "city", 1).fate().dropped);
        assert!(!Faults::new(&all, "kt-lot", 1).fate().dropped);
    }

    #[test]
    fn the_same_seed_brings_the_same_chances() {
        let all = ["drop=50%,delay=1s".parse().expect("faults")];
        let fates = |seed| {
            Vec::from_iter(
                std::iter::repeat_with(|| Faults::new(&all, "city", seed).fate()).take(3),
            )
        };
        assert_eq!(fates(7), fates(7));
        let faults = Faults::new(&all, "city", 7);
        let dropped = (0..1000).filter(|_| faults.fate().dropped).count();
        assert!((400..600).contains(&dropped), "{dropped}");
    }
}
