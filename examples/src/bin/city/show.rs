//! What the terminal shows: each call as its span closes.
use crate::message::Message;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};
use sztc_proto::Blame;
use tokio::sync::Notify;
use tracing::{
    Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{Layer, layer::Context, prelude::*, registry::LookupSpan};

/// The number of an interface; its name, where one number has several messages (charging); the way it took.
pub type Road = (u16, &'static str, &'static str);

/// The road of an interface whose number says it all.
pub fn numbered(code: u16, way: &'static str) -> Road {
    (code, "", way)
}

/// Which interfaces crossed by which way and were answered, by what the crates themselves say of their calls.
#[derive(Clone, Default)]
pub struct Ledger(Arc<(Mutex<Crossed>, Notify)>);

#[derive(Default)]
struct Crossed {
    /// Of DB4403/T 313, answered.
    roads: BTreeSet<Road>,
    /// Of the protocols without numbers: how often, by protocol, name and outcome.
    messages: BTreeMap<(String, &'static str, String), usize>,
}

impl Ledger {
    /// What crossed of DB4403/T 313 so far and was answered.
    pub fn roads(&self) -> BTreeSet<Road> {
        self.crossed().roads.clone()
    }

    /// What crossed so far of a protocol without numbers: name, outcome, how often.
    pub fn messages(&self, proto: &str) -> Vec<(&'static str, String, usize)> {
        let crossed = self.crossed();
        let of_proto = crossed.messages.iter().filter(|((of, ..), _)| of == proto);
        of_proto.map(|((_, name, outcome), count)| (*name, outcome.clone(), *count)).collect()
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

    fn note(&self, told: &Told, message: &Message) {
        if message.code == 0 {
            let key = (told.proto.clone(), message.part, told.outcome.clone());
            *self.crossed().messages.entry(key).or_default() += 1;
        } else if told.outcome == "answered" {
            let way = if told.transport == TCP { TCP } else { HTTPS };
            self.crossed().roads.insert((message.code, message.part, way));
            self.0.1.notify_waiters();
        }
    }

    fn crossed(&self) -> MutexGuard<'_, Crossed> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
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
    /// Counts one call, whose reply has to be as expected; then it is given back.
    pub fn add<T, E: std::fmt::Display>(&mut self, name: &str, reply: Result<T, E>, expected: impl FnOnce(&T) -> bool) -> Option<T> {
        self.calls += 1;
        match reply {
            Ok(reply) if expected(&reply) => return Some(reply),
            Ok(_) => self.failed.push(format!("{name}: another reply than expected")),
            Err(error) => self.failed.push(error.to_string()),
        }
        None
    }

    /// Counts one call that the line loses: `blame` is that of its error, which has to be that time ran out.
    pub fn lost(&mut self, name: &str, blame: Option<Blame>) {
        self.calls += 1;
        self.check(&format!("{name} is lost on the line"), blame == Some(Blame::Timeout));
    }

    /// Notes what has to hold besides.
    pub fn check(&mut self, what: &str, holds: bool) {
        if !holds {
            self.failed.push(format!("not so: {what}"));
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

struct Calls {
    ledger: Ledger,
    quiet: bool,
}

/// What a span or event says of a call.
#[derive(Default)]
struct Told {
    proto: String,
    /// Its number, or 0.
    endpoint: u16,
    /// Its name, where it has no number.
    name: String,
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
            "proto" => self.proto = value.to_owned(),
            "endpoint" => self.name = value.to_owned(),
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
        let Some(message) = Message::of(&told.proto, told.endpoint, &told.name) else {
            return;
        };
        self.ledger.note(told, &message);
        if self.quiet {
            return;
        }
        let took = told.began.map_or(Duration::ZERO, |began| began.elapsed());
        // What the standard does not number has no number.
        let code = if message.code == 0 { "-".to_owned() } else { message.code.to_string() };
        println!(
            "{code:4} {:18}  {:5}  {:>9.1?}  {:9}  {:34} {}",
            message.arrow, told.transport, took, told.outcome, message.name, message.title
        );
    }
}
