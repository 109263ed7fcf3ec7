//! What the terminal shows: each call as its span closes.
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};
use sztc_proto::{Direction, Error, Info};
use tokio::sync::Notify;
use tracing::{
    Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, prelude::*, registry::LookupSpan};

/// An interface and the way it took.
pub type Road = (u16, &'static str);

/// Which interfaces crossed by which way and were answered, by what the crates themselves say of their calls.
#[derive(Clone, Default)]
pub struct Ledger(Arc<(Mutex<BTreeSet<Road>>, Notify)>);

impl Ledger {
    /// What crossed so far.
    pub fn roads(&self) -> BTreeSet<Road> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until `road` was taken.
    pub async fn seen(&self, road: Road) {
        loop {
            let news = self.0.1.notified();
            if self.roads().contains(&road) {
                return;
            }
            news.await;
        }
    }

    fn note(&self, road: Road) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).insert(road);
        self.0.1.notify_waiters();
    }
}

/// The ways, as the spans name them.
pub const HTTPS: &str = "https";
/// See [`HTTPS`].
pub const TCP: &str = "tcp";

/// Results of the calls that the program made.
#[derive(Default)]
pub struct Tally {
    /// Calls made.
    pub calls: usize,
    /// Entries that a service has to have seen.
    pub served: usize,
    /// What failed, in words.
    pub failed: Vec<String>,
}

impl Tally {
    /// Counts one call, whose reply has to be as expected.
    pub fn add<T>(&mut self, name: &str, reply: Result<T, Error>, expected: impl FnOnce(&T) -> bool) {
        self.calls += 1;
        match reply {
            Ok(reply) if expected(&reply) => {}
            Ok(_) => self.failed.push(format!("{name}: another reply than expected")),
            Err(error) => self.failed.push(error.to_string()),
        }
    }
}

/// Begins to show calls; `quiet` only keeps the ledger.
pub fn start(quiet: bool) -> Ledger {
    let ledger = Ledger::default();
    let calls = Calls {
        ledger: ledger.clone(),
        quiet,
    };
    tracing_subscriber::registry().with(calls).init();
    ledger
}

/// A heading between the calls.
pub fn heading(text: &str) {
    println!("\n== {text}");
}

struct Calls {
    ledger: Ledger,
    quiet: bool,
}

/// What a span or event says of a call.
#[derive(Default)]
struct Told {
    endpoint: u16,
    transport: String,
    outcome: String,
    began: Option<Instant>,
}

impl Visit for Told {
    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "endpoint" {
            self.endpoint = u16::try_from(value).unwrap_or_default();
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "transport" => self.transport = value.to_owned(),
            "outcome" => self.outcome = value.to_owned(),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Calls {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, cx: Context<'_, S>) {
        let Some(span) = cx.span(id) else { return };
        let mut told = Told {
            began: Some(Instant::now()),
            ..Told::default()
        };
        attributes.record(&mut told);
        // What a line says by itself (login, heartbeat, logout) is no call of anybody; the side that answers it tells of it.
        if span.name() == "call" || span.name() == "answer" && matches!(told.endpoint, 1004..=1006) {
            span.extensions_mut().insert(told);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, cx: Context<'_, S>) {
        if let Some(span) = cx.span(id)
            && let Some(told) = span.extensions_mut().get_mut::<Told>()
        {
            values.record(told);
        }
    }

    fn on_close(&self, id: Id, cx: Context<'_, S>) {
        if let Some(told) = cx.span(&id).and_then(|span| span.extensions_mut().remove::<Told>()) {
            self.show(&told);
        }
    }
}

impl Calls {
    fn show(&self, told: &Told) {
        if told.outcome == "answered" {
            self.ledger.note((told.endpoint, if told.transport == TCP { TCP } else { HTTPS }));
        }
        let (Some(info), false) = (Info::of(told.endpoint), self.quiet) else {
            return;
        };
        let arrow = match info.direction {
            Direction::Up => "lot -> city",
            Direction::Down => "city -> lot",
        };
        let took = told.began.map_or(Duration::ZERO, |began| began.elapsed());
        println!(
            "{} {arrow}  {:5}  {:>9.1?}  {:9}  {:22} {}",
            info.code, told.transport, took, told.outcome, info.method, info.title
        );
    }
}
