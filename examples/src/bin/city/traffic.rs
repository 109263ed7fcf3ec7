//! Every message that crosses a line, as it crosses: read, kept, told to whoever listens.
mod exchange;
#[cfg(test)]
mod tests;

use crate::{
    capture::Recorder,
    line::Link,
    reading::Reading,
    store::{Kept, Shelf, Store},
    terminal,
};
use anyhow::Context;
use examples::registry::Interface;
pub(crate) use exchange::{Crossed, Exchange, Fault, Row};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::SystemTime,
};
use tokio::sync::broadcast;

/// How many exchanges are kept: a day has some hundred.
const KEPT: usize = 5000;

/// How much room their messages take at most, in bytes.
const ROOM: usize = 64 * 1024 * 1024;

/// A listener that falls behind by more misses some.
const BEHIND: usize = 1024;

/// Everything that crossed.
#[derive(Clone)]
pub(crate) struct Traffic(Arc<Shared>);

struct Shared {
    log: Mutex<Log>,
    links: Mutex<Vec<Link>>,
    shelf: Shelf<Exchange>,
    news: broadcast::Sender<Arc<Exchange>>,
    recorder: Option<Recorder>,
    quiet: AtomicBool,
}

#[derive(Default)]
struct Log {
    kept: VecDeque<Arc<Exchange>>,
    /// The room that they take.
    room: usize,
    last: u64,
    /// What was answered since the program started, by interface and transport: the last exchange.
    answered: BTreeMap<(usize, String), u64>,
}

impl Log {
    fn add(&mut self, exchange: Arc<Exchange>) {
        self.last = exchange.row.id;
        self.room += exchange.size();
        self.kept.push_back(exchange);
    }

    /// Takes the oldest away until there is room; the newest stays, whatever it takes.
    fn make_room(&mut self) -> Vec<Arc<Exchange>> {
        let mut gone = Vec::new();
        while (self.kept.len() > KEPT || self.room > ROOM) && self.kept.len() > 1 {
            let Some(oldest) = self.kept.pop_front() else {
                break;
            };
            self.room -= oldest.size();
            gone.push(oldest);
        }
        gone
    }
}

/// Whether an exchange happened now, or is shown again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    Line,
    Capture,
}

impl Traffic {
    /// With what is kept of earlier runs, as far as it can be read; new exchanges go to `recorder`
    /// too, and to the terminal unless `quiet`.
    ///
    /// # Errors
    /// The state cannot be read.
    pub(crate) fn new(store: &Store, recorder: Option<Recorder>, quiet: bool) -> Kept<Self> {
        let shelf: Shelf<Exchange> = store.log("traffic");
        let mut log = Log::default();
        for exchange in shelf.readable()? {
            log.add(Arc::new(exchange));
        }
        shelf.take_all(&keys(&log.make_room()))?;
        Ok(Self(Arc::new(Shared {
            log: Mutex::new(log),
            links: Mutex::default(),
            shelf,
            news: broadcast::channel(BEHIND).0,
            recorder,
            quiet: quiet.into(),
        })))
    }

    /// A line is there: what crosses it can be read from now on.
    pub(crate) fn add_link(&self, link: Link) {
        let mut links = self.0.links.lock().unwrap_or_else(PoisonError::into_inner);
        links.retain(|known| known.name != link.name);
        links.push(link);
    }

    /// An exchange crossed `link`.
    pub(crate) fn crossed(&self, link: &Link, transport: &'static str, crossed: Crossed) {
        let reading = Reading::of(link, &crossed.request, crossed.reply.as_deref());
        let answered = reading
            .interface()
            .filter(|_| reading.is_answered(&crossed.faults));
        let row = Row {
            took: (crossed.took.as_secs_f64() * 1e5).round() / 100.0,
            faults: crossed.faults,
            ..Row::of(link, transport, crossed.at)
        };
        let exchange = Exchange::new(
            row.read(&reading),
            &crossed.request,
            crossed.reply.as_deref(),
        );
        self.keep(exchange, From::Line, answered);
    }

    /// A connection of `link` failed before there was an exchange.
    pub(crate) fn failed(&self, link: &Link, transport: &'static str, reason: String) {
        let row = Row {
            outcome: "failed".to_owned(),
            reason: Some(reason),
            ..Row::of(link, transport, SystemTime::now())
        };
        self.keep(Exchange::new(row, b"", None), From::Line, None);
    }

    /// An exchange that was recorded earlier is shown as if it crossed now, read anew. It did not
    /// happen here, so it is shown and not kept.
    ///
    /// # Errors
    /// Nobody here has its link.
    pub(crate) fn replay(&self, recorded: &Exchange) -> anyhow::Result<Arc<Exchange>> {
        let link = self
            .link(&recorded.row.link)
            .with_context(|| format!("there is no link {:?}", recorded.row.link))?;
        let request = recorded.request();
        let mut row = recorded.row.clone();
        // Without a request there was no exchange, and there is nothing to read.
        if !request.is_empty() {
            row = row.read(&Reading::of(&link, &request, recorded.reply().as_deref()));
        }
        Ok(self.keep(
            Exchange {
                row,
                ..recorded.clone()
            },
            From::Capture,
            None,
        ))
    }

    /// Gives an exchange its number and tells everybody.
    fn keep(
        &self,
        mut exchange: Exchange,
        from: From,
        answered: Option<&'static Interface>,
    ) -> Arc<Exchange> {
        let mut log = self.log();
        let id = log.last + 1;
        exchange.row.id = id;
        if let Some(interface) = answered {
            log.answered
                .insert((address(interface), exchange.row.transport.clone()), id);
        }
        let exchange = Arc::new(exchange);
        log.add(exchange.clone());
        let gone = log.make_room();
        if from == From::Line {
            // What cannot be kept for the next run is still shown in this one, and the roles' own
            // state says what is wrong.
            let _ = self.0.shelf.put_for(&key(id), &exchange, &keys(&gone));
            if let Some(recorder) = &self.0.recorder {
                recorder.write(&exchange);
            }
        }
        if !self.0.quiet.load(Ordering::SeqCst) {
            terminal::show(&exchange);
        }
        // Nobody may be listening. Told while the log is locked, so that the order is the same
        // everywhere.
        let _ = self.0.news.send(exchange.clone());
        exchange
    }

    /// From now on exchanges are shown on the terminal, or not.
    pub(crate) fn show(&self, shown: bool) {
        self.0.quiet.store(!shown, Ordering::SeqCst);
    }

    /// What is kept behind the exchange `id`, and all that crosses from then on, without a gap.
    pub(crate) fn since(
        &self,
        id: u64,
    ) -> (Vec<Arc<Exchange>>, broadcast::Receiver<Arc<Exchange>>) {
        let log = self.log();
        let kept = log
            .kept
            .iter()
            .filter(|exchange| exchange.row.id > id)
            .cloned()
            .collect();
        (kept, self.0.news.subscribe())
    }

    /// The exchange `id`.
    pub(crate) fn get(&self, id: u64) -> Option<Arc<Exchange>> {
        self.log()
            .kept
            .iter()
            .find(|exchange| exchange.row.id == id)
            .cloned()
    }

    /// The link of this name.
    pub(crate) fn link(&self, name: &str) -> Option<Link> {
        let links = self.0.links.lock().unwrap_or_else(PoisonError::into_inner);
        links.iter().find(|link| link.name == name).cloned()
    }

    /// Whether the capture has everything, if one was wanted.
    pub(crate) fn is_recorded(&self) -> bool {
        self.0.recorder.as_ref().is_none_or(Recorder::is_whole)
    }

    /// The names of all links.
    pub(crate) fn links(&self) -> Vec<&'static str> {
        let links = self.0.links.lock().unwrap_or_else(PoisonError::into_inner);
        links.iter().map(|link| link.name).collect()
    }

    /// Whether `interface` was answered over `transport` in this run.
    pub(crate) fn answered(&self, interface: &'static Interface, transport: &str) -> bool {
        self.answered_since(0, interface, transport)
    }

    /// Whether `interface` was answered over `transport` in this run, behind the exchange `id`.
    pub(crate) fn answered_since(
        &self,
        id: u64,
        interface: &'static Interface,
        transport: &str,
    ) -> bool {
        let log = self.log();
        let last = log
            .answered
            .get(&(address(interface), transport.to_owned()));
        last.is_some_and(|last| *last > id)
    }

    /// The last exchange's number.
    pub(crate) fn last(&self) -> u64 {
        self.log().last
    }

    fn log(&self) -> MutexGuard<'_, Log> {
        self.0.log.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Interfaces are rows of one list, so where a row stands tells which it is.
fn address(interface: &'static Interface) -> usize {
    std::ptr::from_ref(interface).addr()
}

/// In the order of the numbers.
fn key(id: u64) -> String {
    format!("{id:020}")
}

fn keys(exchanges: &[Arc<Exchange>]) -> Vec<String> {
    exchanges
        .iter()
        .map(|exchange| key(exchange.row.id))
        .collect()
}
