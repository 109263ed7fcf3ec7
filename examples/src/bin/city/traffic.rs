//! Every message that crosses a line, as it crosses: read, kept, told to whoever listens.
use crate::{
    capture::Recorder,
    line::Link,
    reading::{self, Reading},
    store::{Kept, Shelf, Store},
    terminal,
};
use anyhow::Context;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use examples::registry::Interface;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeSet, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};
use sztc_proto::chrono::{DateTime, FixedOffset, SecondsFormat, Utc};
use tokio::sync::broadcast;

/// How many exchanges are kept: a day has some hundred.
const KEPT: usize = 5000;

/// A listener that falls behind by more misses some.
const BEHIND: usize = 1024;

/// What a line did to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// The request waited.
    Delayed,
    /// The request was changed.
    RequestCorrupted,
    /// The request did not arrive.
    RequestLost,
    /// The request arrived twice.
    RequestTwice,
    /// The reply was changed.
    ReplyCorrupted,
    /// The reply did not arrive.
    ReplyLost,
}

/// One exchange as a line saw it.
pub struct Crossed {
    /// When the request came.
    pub at: SystemTime,
    /// The request as it was sent.
    pub request: Bytes,
    /// The reply as it was sent, if there was one.
    pub reply: Option<Bytes>,
    /// What the line did to them.
    pub faults: Vec<Fault>,
    /// From the request to the end of it.
    pub took: Duration,
}

impl Crossed {
    /// A request that has no reply yet.
    pub fn new(at: SystemTime, request: Bytes) -> Self {
        Self {
            at,
            request,
            reply: None,
            faults: Vec::new(),
            took: Duration::ZERO,
        }
    }
}

/// One exchange as it is listed.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Row {
    /// Counts up.
    pub id: u64,
    /// When the request came, in China.
    pub time: String,
    /// Name of the link.
    pub link: String,
    /// Who asked.
    pub from: String,
    /// Who was asked.
    pub to: String,
    /// Its protocol.
    pub protocol: String,
    /// `https`, `http` or `tcp`.
    pub transport: String,
    /// Number in DB4403/T 313, where it has one.
    pub code: Option<u16>,
    /// Name of the interface; empty if the request could not be read.
    pub interface: String,
    /// Chinese name.
    pub title: String,
    /// `answered`, `refused`, `lost`.
    pub outcome: String,
    /// What a refusal says.
    pub reason: Option<String>,
    /// From the request to the reply, in milliseconds.
    pub took: f64,
    /// The number plates in it.
    pub plates: Vec<String>,
    /// What the line did.
    pub faults: Vec<Fault>,
}

impl Row {
    /// The same with what the messages say of themselves.
    fn read(self, reading: &Reading) -> Self {
        let interface = reading.interface();
        Self {
            code: reading.code(),
            interface: interface.map_or_else(String::new, |interface| interface.name.to_owned()),
            title: interface.map_or_else(String::new, |interface| interface.title.to_owned()),
            plates: reading.plates(),
            ..self
        }
    }
}

/// One exchange as it is kept.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Exchange {
    /// As it is listed.
    #[serde(flatten)]
    pub row: Row,
    /// The request as it was sent, in Base64; tokens and passwords of its head are masked.
    pub request: String,
    /// The reply.
    pub reply: Option<String>,
}

impl Exchange {
    /// The bytes of the request.
    pub fn request(&self) -> Vec<u8> {
        STANDARD.decode(&self.request).unwrap_or_default()
    }

    /// The bytes of the reply.
    pub fn reply(&self) -> Option<Vec<u8>> {
        self.reply.as_ref().map(|reply| STANDARD.decode(reply).unwrap_or_default())
    }
}

/// Everything that crossed.
#[derive(Clone)]
pub struct Traffic(Arc<Shared>);

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
    last: u64,
    /// What crossed and was answered since the program started: interface and transport.
    answered: BTreeSet<(usize, String)>,
}

impl Traffic {
    /// With what is kept of earlier runs; new exchanges go to `recorder` too, and to the terminal unless `quiet`.
    ///
    /// # Errors
    /// The state cannot be read.
    pub fn new(store: &Store, recorder: Option<Recorder>, quiet: bool) -> Kept<Self> {
        let shelf: Shelf<Exchange> = store.shelf("traffic");
        let kept: VecDeque<_> = shelf.all()?.into_iter().map(Arc::new).collect();
        let last = kept.back().map_or(0, |exchange| exchange.row.id);
        let log = Log {
            kept,
            last,
            answered: BTreeSet::new(),
        };
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
    pub fn add_link(&self, link: Link) {
        self.0.links.lock().unwrap_or_else(PoisonError::into_inner).push(link);
    }

    /// An exchange crossed `link`.
    pub fn crossed(&self, link: &Link, transport: &'static str, crossed: Crossed) {
        let reading = Reading::of(link, &crossed.request, crossed.reply.as_deref());
        let (outcome, reason) = reading.outcome(&crossed.faults);
        if let (Some(interface), "answered") = (reading.interface(), outcome) {
            self.log().answered.insert((address(interface), transport.to_owned()));
        }
        let row = Row {
            id: 0,
            time: in_china(crossed.at),
            link: link.name.to_owned(),
            from: link.from.to_owned(),
            to: link.to.to_owned(),
            protocol: link.protocol.name().to_owned(),
            transport: transport.to_owned(),
            outcome: outcome.to_owned(),
            reason,
            took: (crossed.took.as_secs_f64() * 1e5).round() / 100.0,
            faults: crossed.faults,
            ..Row::default()
        };
        self.keep(Exchange {
            row: row.read(&reading),
            request: STANDARD.encode(reading::masked(&crossed.request)),
            reply: crossed.reply.map(|reply| STANDARD.encode(reading::masked(&reply))),
        });
    }

    /// An exchange that was recorded earlier is shown as if it crossed now, read anew.
    ///
    /// # Errors
    /// Nobody here has its link.
    pub fn replay(&self, recorded: &Exchange) -> anyhow::Result<Arc<Exchange>> {
        let link = self
            .link(&recorded.row.link)
            .with_context(|| format!("there is no link {:?}", recorded.row.link))?;
        let reading = Reading::of(&link, &recorded.request(), recorded.reply().as_deref());
        let (outcome, reason) = reading.outcome(&recorded.row.faults);
        let row = Row {
            outcome: outcome.to_owned(),
            reason,
            ..recorded.row.clone()
        };
        Ok(self.keep(Exchange {
            row: row.read(&reading),
            ..recorded.clone()
        }))
    }

    /// Gives an exchange its number and tells everybody.
    fn keep(&self, mut exchange: Exchange) -> Arc<Exchange> {
        let mut log = self.log();
        log.last += 1;
        exchange.row.id = log.last;
        let exchange = Arc::new(exchange);
        log.kept.push_back(exchange.clone());
        // What cannot be kept for the next run is still shown in this one, and the roles' own state says what is wrong.
        let _ = self.0.shelf.put(&key(exchange.row.id), (*exchange).clone());
        if log.kept.len() > KEPT
            && let Some(oldest) = log.kept.pop_front()
        {
            let _ = self.0.shelf.take(&key(oldest.row.id));
        }
        if let Some(recorder) = &self.0.recorder {
            recorder.write(&exchange);
        }
        if !self.0.quiet.load(Ordering::SeqCst) {
            terminal::show(&exchange);
        }
        // Nobody may be listening. Told while the log is locked, so that the order is the same everywhere.
        let _ = self.0.news.send(exchange.clone());
        exchange
    }

    /// From now on exchanges are shown on the terminal, or not.
    pub fn show(&self, shown: bool) {
        self.0.quiet.store(!shown, Ordering::SeqCst);
    }

    /// What is kept behind the exchange `id`, and all that crosses from then on, without a gap.
    pub fn since(&self, id: u64) -> (Vec<Arc<Exchange>>, broadcast::Receiver<Arc<Exchange>>) {
        let log = self.log();
        let kept = log.kept.iter().filter(|exchange| exchange.row.id > id).cloned().collect();
        (kept, self.0.news.subscribe())
    }

    /// The exchange `id`.
    pub fn get(&self, id: u64) -> Option<Arc<Exchange>> {
        self.log().kept.iter().find(|exchange| exchange.row.id == id).cloned()
    }

    /// The link of this name.
    pub fn link(&self, name: &str) -> Option<Link> {
        let links = self.0.links.lock().unwrap_or_else(PoisonError::into_inner);
        links.iter().find(|link| link.name == name).cloned()
    }

    /// The names of all links.
    pub fn links(&self) -> Vec<&'static str> {
        let links = self.0.links.lock().unwrap_or_else(PoisonError::into_inner);
        links.iter().map(|link| link.name).collect()
    }

    /// Whether `interface` was answered over `transport` in this run.
    pub fn answered(&self, interface: &'static Interface, transport: &str) -> bool {
        self.log().answered.contains(&(address(interface), transport.to_owned()))
    }

    /// The last exchange's number.
    pub fn last(&self) -> u64 {
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

/// With milliseconds, and the zone said.
pub fn in_china(at: SystemTime) -> String {
    let china = FixedOffset::east_opt(8 * 3600).expect("eight hours are a zone");
    DateTime::<Utc>::from(at)
        .with_timezone(&china)
        .to_rfc3339_opts(SecondsFormat::Millis, true)
}
