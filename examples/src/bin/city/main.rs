//! The sandbox: a city platform, a parking system, charging operators, a KT lot, Star Charge and a vendor of piles on one machine, talking over real
//! sockets, TLS where the protocol has it. It plays the scenarios of the documents, shows every message as it crosses, and stays up to develop against.
//!
//! `cargo run -p examples --bin city`
mod capture;
mod certificates;
mod charging;
mod clearing;
mod clock;
mod desk;
mod ground;
mod guest;
mod kt;
mod line;
mod lot;
mod office;
mod page;
mod piles;
mod reading;
mod samples;
mod scenario;
mod sites;
mod stage;
mod stay;
mod store;
mod street;
mod terminal;
mod traffic;
mod vendor;

use anyhow::{Context, Result, bail, ensure};
use capture::Recorder;
use clap::{Parser, Subcommand};
use examples::registry::{self, Interface, Protocol};
use ground::Ground;
use guest::Guest;
use line::Rates;
use page::{Offer, Page, Place, Told};
use scenario::Scenario;
use sites::Sites;
use std::{collections::BTreeSet, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};
use store::Store;
use sztc_proto::{DateTime, ServeOptions, Timestamp, serve};
use tokio::sync::{broadcast, mpsc};
use traffic::Traffic;

/// The port of the page with --serve, and the first of those of the roles.
const PORT: u16 = 8440;

/// Where --serve keeps the state.
const STATE: &str = "city.redb";

/// Plays a working day of five parking and charging protocols on this machine, each message over a real socket, and shows it as it crosses.
///
/// Without a command all scenarios are played, and the books are checked at the end: every interface of DB4403/T 313-2023 over each transport that it has.
/// With --serve everything stays up to develop against, with a page that shows each message and plays scenarios at the press of a button.
/// Exit status: 0 good, 1 something failed, 2 wrong usage, 130 stopped by Ctrl-C.
#[derive(Parser)]
#[command(name = "city", version)]
struct Options {
    /// Keep every role up, and serve the page, until Ctrl-C.
    #[arg(long, global = true)]
    serve: bool,
    /// The port of the page; the roles have those behind it. 0: any that are free.
    #[arg(long, global = true, default_value_t = PORT)]
    port: u16,
    /// Keep the state in this file. Without it --serve keeps it in city.redb, and all else in memory.
    #[arg(long, global = true, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Forget the state of earlier runs.
    #[arg(long, global = true)]
    fresh: bool,
    /// Write every message that crosses to this file, one JSON object a line.
    #[arg(long, global = true, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Show the messages of such a file again, read as this program reads them now; with --serve on the page.
    #[arg(long, global = true, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Faults by chance, such as drop=5%,delay=2s,corrupt=1%,duplicate=1% (up to that delay); on one link: kt-lot:drop=5%. May be given several times.
    #[arg(long, global = true, value_name = "FAULTS")]
    fault: Vec<Rates>,
    /// Makes the faults the same in every run.
    #[arg(long, global = true, default_value_t = 1)]
    seed: u64,
    /// Print only what fails, and the summary.
    #[arg(short, long, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Play these scenarios, in this order.
    Run {
        /// Names, as `city list` has them.
        #[arg(required = true, value_name = "SCENARIO", value_parser = known)]
        scenarios: Vec<&'static Scenario>,
    },
    /// List the scenarios.
    List,
}

fn known(name: &str) -> Result<&'static Scenario, String> {
    scenario::named(name).ok_or_else(|| "there is no such scenario, see `city list`".to_owned())
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    if let Some(Command::List) = options.command {
        list();
        return ExitCode::SUCCESS;
    }
    let played = tokio::select! {
        biased;
        // Whatever is written to the state is written whole, so there is nothing to wait for.
        Ok(()) = tokio::signal::ctrl_c() => {
            terminal::progress("");
            terminal::complain("stopped");
            return ExitCode::from(if options.serve { 0 } else { 130 });
        }
        played = play(&options) => played,
    };
    match played {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            terminal::complain(&format!("{problem:#}"));
            ExitCode::FAILURE
        }
    }
}

fn list() {
    for scenario in scenario::ALL {
        terminal::say(&format!(
            "{:20} {:24} {}: {}",
            scenario.name, scenario.section, scenario.title, scenario.about
        ));
    }
}

/// Opens the sites and does what was asked; whether all went well.
async fn play(options: &Options) -> Result<bool> {
    let known_links = |rates: &&Rates| rates.link.is_some();
    let capture = options.replay.as_deref().map(capture::read).transpose()?;
    let store = open_store(options)?;
    let recorder = options.record.as_deref().map(Recorder::create).transpose()?;
    let traffic = Traffic::new(&store, recorder, options.quiet || capture.is_some())?;
    let (tls, authority) = certificates::of(&store)?;
    let first = if options.serve { options.port } else { 0 };
    let ground = Arc::new(Ground::new(store, traffic, tls, options.fault.clone(), options.seed, first));
    let page = if options.serve { Some(ground.listen("the page").await?) } else { None };
    let sites = Arc::new(
        Sites::open(&ground, !options.fault.is_empty(), options.quiet)
            .await
            .context("the sites cannot be opened")?,
    );
    if let Some(rates) = options
        .fault
        .iter()
        .filter(known_links)
        .find(|rates| rates.link.as_deref().is_some_and(|link| ground.traffic.link(link).is_none()))
    {
        bail!(
            "--fault: there is no link {:?}; there are {}",
            rates.link.as_deref().unwrap_or_default(),
            ground.traffic.links().join(", ")
        );
    }

    let page = match (page, capture) {
        (None, None) => return day(options, &sites, &ground).await,
        (page, Some(capture)) => {
            ground.traffic.show(!options.quiet);
            let otherwise = capture::replay(&capture, &ground.traffic)?;
            terminal::say(&format!(
                "\n{} messages of the capture, {otherwise} read otherwise than when they were recorded",
                capture.len()
            ));
            match page {
                Some(page) => page,
                None => return Ok(otherwise == 0),
            }
        }
        (Some(page), None) => page,
    };
    let (play, wanted) = mpsc::channel(8);
    let (told, _) = broadcast::channel(256);
    let address = page.local_addr()?;
    let offers = scenario::ALL.iter().map(|scenario| Offer {
        name: scenario.name.to_owned(),
        section: scenario.section.to_owned(),
        title: scenario.title.to_owned(),
        about: scenario.about.to_owned(),
    });
    let guest = Arc::new(Guest::new(ground.clone(), sites.clone()));
    let router = Page {
        traffic: ground.traffic.clone(),
        places: sites.places.clone(),
        scenarios: offers.collect(),
        play,
        told: told.clone(),
        authority,
        ask: Box::new(move |code, way, body| {
            let guest = guest.clone();
            Box::pin(async move { guest.ask(code, way, &body).await })
        }),
    };
    let router = router.router();
    let serving = tokio::spawn(async move { serve(page, router, ServeOptions::default(), std::future::pending()).await });
    introduce(options, &sites.places, &address.to_string());
    if let Some(Command::Run { scenarios }) = &options.command {
        for scenario in scenarios {
            perform(scenario, &sites, Some(&told)).await;
        }
    }
    tokio::spawn(perform_wanted(wanted, sites, told));
    serving.await??;
    Ok(true)
}

fn open_store(options: &Options) -> Result<Store> {
    let path = match &options.state {
        Some(path) => path.clone(),
        None if options.serve => STATE.into(),
        None => return Store::in_memory(),
    };
    if options.fresh
        && let Err(cause) = std::fs::remove_file(&path)
        && cause.kind() != std::io::ErrorKind::NotFound
    {
        bail!("{} cannot be forgotten: {cause}", path.display());
    }
    Store::open(&path)
}

/// What somebody needs to know who wants to use the sandbox.
fn introduce(options: &Options, places: &[Place], page: &str) {
    for place in places {
        terminal::say(&format!("{:24} {:14} {:28} {}", place.role, place.protocol, place.address, place.how));
    }
    let state = options.state.clone().unwrap_or_else(|| STATE.into());
    terminal::say(&format!("state: {} (--fresh forgets it)", state.display()));
    terminal::say(&format!("page: http://{page}/"));
}

/// Plays what the page asks for, one after the other.
async fn perform_wanted(mut wanted: mpsc::Receiver<String>, sites: Arc<Sites>, told: broadcast::Sender<Told>) {
    while let Some(name) = wanted.recv().await {
        if let Some(scenario) = scenario::named(&name) {
            perform(scenario, &sites, Some(&told)).await;
        }
    }
}

/// Plays one scenario in a sandbox that stays up: from now on, at the time of the clock on the wall.
async fn perform(scenario: &'static Scenario, sites: &Arc<Sites>, told: Option<&broadcast::Sender<Told>>) {
    let tell = |state, text: String| {
        if let Some(told) = told {
            let scenario = scenario.name.to_owned();
            // Nobody may be looking.
            let _ = told.send(Told { scenario, state, text });
        }
    };
    tell("playing", scenario.about.to_owned());
    let now = sites.clock.time().timestamp().seconds();
    sites.clock.freeze(Timestamp::from_seconds(now - now % 60).date_time());
    let played = scenario.run(sites, told.cloned()).await;
    sites.clock.release();
    match played {
        Ok(calls) => tell("passed", format!("{calls} calls")),
        Err(problem) => {
            terminal::complain(&format!("{}: {problem:#}", scenario.name));
            tell("failed", format!("{problem:#}"));
        }
    }
}

/// Plays all scenarios, or the named ones, each on a day of its own, and checks the books.
async fn day(options: &Options, sites: &Arc<Sites>, ground: &Ground) -> Result<bool> {
    let all: Vec<&Scenario> = scenario::ALL.iter().collect();
    let scenarios = match &options.command {
        Some(Command::Run { scenarios }) => scenarios,
        _ => &all,
    };
    let (mut failed, mut calls) = (Vec::new(), 0);
    for (number, scenario) in scenarios.iter().enumerate() {
        if !options.quiet {
            terminal::say(&format!("\n== {}: {} ({})", scenario.name, scenario.title, scenario.section));
        } else {
            terminal::progress(&format!("[{:2}/{}] {}", number + 1, scenarios.len(), scenario.name));
        }
        sites.clock.freeze(morning(sites.runs.get(stage::RUNS)?.unwrap_or(0)));
        match scenario.run(sites, None).await {
            Ok(made) => calls += made,
            Err(problem) => failed.push(format!("{}: {problem:#}", scenario.name)),
        }
    }
    terminal::progress("");
    let whole = options.command.is_none();
    if whole {
        // The line beats by itself every three seconds at most.
        let beat = registry::of(Protocol::Sztc)
            .find(|interface| interface.code == Some(1006))
            .context("there is a heartbeat")?;
        let seen = async {
            while !ground.traffic.answered(beat, "tcp") {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(30), seen)
            .await
            .context("no heartbeat crossed in half a minute")?;
    }
    sites.close().await;
    for failure in &failed {
        terminal::complain(&format!("failed: {failure}"));
    }
    let messages = ground.traffic.last();
    if !whole {
        let (all, bad) = (scenarios.len(), failed.len());
        terminal::say(&format!(
            "\n{all} scenarios, {} passed, {bad} failed; {calls} calls, {messages} messages",
            all - bad
        ));
        return Ok(failed.is_empty());
    }
    let missing = balance(&ground.traffic, failed.len(), calls, messages);
    for (code, name, transport) in &missing {
        terminal::complain(&format!("failed: {code} {name} was not answered over {transport}"));
    }
    ensure!(
        missing.is_empty(),
        "{} interfaces were not answered over each of their transports",
        missing.len()
    );
    Ok(failed.is_empty())
}

/// Table 1: every interface over each transport that it has. What is missing, and the summary.
fn balance(traffic: &Traffic, failed: usize, calls: usize, messages: u64) -> Vec<(u16, &'static str, &'static str)> {
    let table: Vec<(u16, &Interface)> = registry::of(Protocol::Sztc)
        .filter_map(|interface| Some((interface.code?, interface)))
        .collect();
    let mut missing = Vec::new();
    let mut over = |way: &'static str| {
        let has = table.iter().filter(|(_, interface)| interface.transports.contains(&way));
        let (crossed, not): (Vec<_>, Vec<_>) = has.partition(|(_, interface)| traffic.answered(interface, way));
        missing.extend(not.iter().map(|(code, interface)| (*code, interface.name, way)));
        crossed.iter().map(|(code, _)| *code).collect::<BTreeSet<u16>>().len()
    };
    let (https, tcp) = (over("https"), over("tcp"));
    let all: BTreeSet<u16> = table.iter().map(|(code, _)| *code).collect();
    let answered = all.iter().filter(|code| !missing.iter().any(|(missed, ..)| missed == *code)).count();
    terminal::say(&format!(
        "\n{} interfaces, {answered} answered, {} failed; over https {https}, over TCP {tcp}; {calls} calls, {messages} messages",
        all.len(),
        failed + missing.len(),
    ));
    missing
}

/// Eight in the morning of a day of its own, behind those of all runs before it.
fn morning(runs: u64) -> DateTime {
    let first: DateTime = "2026-03-02 08:00:00".parse().expect("a time");
    let days = i64::try_from(runs).unwrap_or(0);
    Timestamp::from_seconds(first.timestamp().seconds().saturating_add(days.saturating_mul(24 * 3600))).date_time()
}
