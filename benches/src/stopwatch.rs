//! Cases measured side by side: one short round each, in turn, many times, so that a slow moment of
//! the machine hits all of them.
use std::{
    hint::black_box,
    time::{Duration, Instant},
};

/// One thing to measure.
pub struct Case<'a> {
    name: String,
    work: Box<dyn FnMut() + 'a>,
}

impl std::fmt::Debug for Case<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl<'a> Case<'a> {
    /// A case named `name` that does `work`, whose result is not optimised away.
    pub fn new<T>(name: impl Into<String>, mut work: impl FnMut() -> T + 'a) -> Self {
        Self {
            name: name.into(),
            work: Box::new(move || {
                black_box(work());
            }),
        }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    fn time(&mut self, times: u32) -> Duration {
        let start = Instant::now();
        for _ in 0..times {
            (self.work)();
        }
        start.elapsed()
    }
}

/// Nanoseconds of each case: the best of `rounds` rounds of about a millisecond. The best and not
/// the mean, since whatever disturbs only adds.
pub fn measure(cases: &mut [Case<'_>], rounds: usize) -> Vec<f64> {
    let times: Vec<u32> = cases
        .iter_mut()
        .map(|case| {
            case.time(10);
            let ten = case.time(10).as_nanos().max(1);
            u32::try_from(10_000_000 / ten)
                .unwrap_or(u32::MAX)
                .clamp(1, 1_000_000)
        })
        .collect();
    let mut best = vec![f64::INFINITY; cases.len()];
    for _ in 0..rounds {
        for ((case, times), best) in cases.iter_mut().zip(&times).zip(&mut best) {
            *best = best.min(case.time(*times).as_nanos() as f64 / f64::from(*times));
        }
    }
    best
}
