//! Everything that is logged or printed, to look for canaries in.
//!
//! Both are of the whole process: a test that uses this is the only one of its program that talks.
use crate::chain;
use std::{
    error::Error,
    fmt::Debug,
    io,
    sync::{Mutex, MutexGuard},
};
use tracing_subscriber::{
    filter::LevelFilter,
    fmt::{MakeWriter, format::FmtSpan},
};

static LOG: Mutex<Vec<(LevelFilter, String)>> = Mutex::new(Vec::new());
static SHOWN: Mutex<Vec<String>> = Mutex::new(Vec::new());

fn lock<T>(list: &Mutex<T>) -> MutexGuard<'_, T> {
    list.lock().expect("not poisoned")
}

struct Log;

struct Line(LevelFilter);

impl io::Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        lock(&LOG).push((self.0, String::from_utf8_lossy(bytes).into_owned()));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line(LevelFilter::ERROR)
    }

    fn make_writer_for(&'a self, meta: &tracing::Metadata<'_>) -> Line {
        Line((*meta.level()).into())
    }
}

/// Keeps from now on what any crate logs: every target, spans with their fields, and what comes
/// through the crate `log` (rustls, reqwest).
///
/// # Panics
/// When the process has a subscriber already.
pub fn listen() {
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_span_events(FmtSpan::FULL)
        .with_ansi(false)
        .with_writer(Log)
        .init();
}

/// Keeps a value as `Debug` prints it.
pub fn shown(value: impl Debug) {
    lock(&SHOWN).push(format!("{value:?} {value:#?}"));
}

/// Keeps the error of what is meant to fail, with its whole chain of causes, and gives it.
///
/// # Panics
/// When it did not fail.
pub fn failed<T: Debug, E: Error>(outcome: Result<T, E>) -> E {
    let error = outcome.expect_err("meant to fail");
    lock(&SHOWN).push(chain(&error));
    error
}

/// What was kept, what it must not hold, and what makes it worth looking at.
#[derive(Debug, Clone, Copy)]
pub struct Look<'a> {
    /// Not in any log line of any level, nor in anything printed.
    pub secrets: &'a [&'a str],
    /// Not in a log line of INFO or above, nor in anything printed.
    pub payload: &'a str,
    /// Each is in the log at least once: the crates that speak, and what must have happened.
    pub logged: &'a [&'a str],
    /// More than so many values and errors were printed.
    pub shown: usize,
}

impl Look<'_> {
    /// # Panics
    /// When something is told, or there was too little to look at.
    pub fn finds_nothing(self) {
        let (log, shown) = (lock(&LOG).clone(), lock(&SHOWN).clone());
        for part in self.logged {
            assert!(
                log.iter().any(|(_, line)| line.contains(part)),
                "nothing of {part}"
            );
        }
        for (level, line) in &log {
            for secret in self.secrets {
                assert!(!line.contains(secret), "{secret} in a log: {line}");
            }
            assert!(
                *level > LevelFilter::INFO || !line.contains(self.payload),
                "payload in a log: {line}"
            );
        }
        assert!(shown.len() > self.shown, "{}", shown.len());
        for text in &shown {
            for secret in self.secrets {
                assert!(!text.contains(secret), "{secret} printed: {text}");
            }
            assert!(!text.contains(self.payload), "payload printed: {text}");
        }
    }
}
