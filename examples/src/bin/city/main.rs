//! The sandbox: a city platform, a parking system, charging operators, a KT lot, Star Charge and a
//! vendor of piles on one machine, talking over real sockets, TLS where the protocol has it. It
//! plays the scenarios of the documents, shows every message as it crosses, and stays up to develop
//! against.
//!
//! | roles | protocol | modules |
//! |---|---|---|
//! | city platform, clearing platform | DB4403/T 313 | `office`, `clearing` |
//! | parking system, street parking operator | DB4403/T 313 | `lot`, `street` |
//! | city's charging desk, charging platform | DB4403/T 313 6.10, T/CEC 102 | `desk`, `piles`, between them `charging` |
//! | KT lot, its third party | KT | `kt` |
//! | Star Charge, operator of the KT lot | Star Charge, T/CEC 102 | `stay` |
//! | pile vendor, aggregator | pile vendors | `vendor` |
//!
//! Those for whom no document has an interface act within the roles: the driver's app, the police
//! and the credit centre within the city, screens, detectors and barriers within the lots. The
//! payment platform (`bank`) keeps books of its own, without a line to it.
//!
//! `cargo run -p examples --bin city`
mod bank;
mod capture;
mod certificates;
mod charging;
mod clearing;
mod clock;
mod day;
mod desk;
mod ground;
mod guest;
mod kt;
mod line;
mod lot;
mod office;
mod options;
mod page;
mod piles;
mod reading;
mod runs;
mod samples;
mod sandbox;
mod scenario;
mod sites;
mod stage;
mod stay;
mod store;
mod street;
mod terminal;
mod traffic;
mod vendor;

use anyhow::{Context, Result, bail};
use capture::Recorder;
use clap::{Parser, error::ErrorKind};
use examples::fault::usage_line;
use ground::Ground;
use line::Rates;
use options::{Command, Options};
use sites::Sites;
use std::{future, process::ExitCode, sync::Arc};
use store::Store;
use tokio::signal::ctrl_c;
#[cfg(unix)]
use tokio::signal::unix::{SignalKind, signal};
use traffic::{Exchange, Traffic};

/// The status of a program that was called wrongly.
const MISUSED: u8 = 2;

/// The status of a program that was stopped by Ctrl-C.
const STOPPED: u8 = 130;

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::try_parse() {
        Ok(options) => options,
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            ) =>
        {
            terminal::say(error.to_string().trim_end());
            return ExitCode::SUCCESS;
        }
        Err(error) => return misused(&usage_line(&error)),
    };
    if let Err(problem) = options.check() {
        return misused(&problem);
    }
    if let Some(Command::List) = options.command {
        list();
        return ExitCode::SUCCESS;
    }
    let played = match options.prepare() {
        Ok((capture, store)) => {
            let played = tokio::select! {
                biased;
                () = told_to_stop() => None,
                played = play(&options, capture, &store) => Some(played),
            };
            // Whatever is written is written whole; only the log of messages waits to be.
            let settled = store.settle();
            if played.is_none() {
                terminal::progress("");
                terminal::complain("stopped");
            }
            match (played, settled) {
                (None, Ok(())) => return ExitCode::from(if options.serve { 0 } else { STOPPED }),
                (None | Some(Ok(_)), Err(problem)) => Err(problem.into()),
                (Some(played), _) => played,
            }
        }
        Err(problem) => Err(problem),
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

fn misused(problem: &str) -> ExitCode {
    terminal::complain(problem);
    ExitCode::from(MISUSED)
}

/// Ctrl-C, or what other programs say where they mean that.
async fn told_to_stop() {
    #[cfg(unix)]
    if let Ok(mut terminated) = signal(SignalKind::terminate()) {
        tokio::select! {
            Ok(()) = ctrl_c() => return,
            Some(()) = terminated.recv() => return,
            // Neither can be waited for.
            else => {}
        }
    }
    #[cfg(not(unix))]
    if ctrl_c().await.is_ok() {
        return;
    }
    future::pending().await
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
async fn play(options: &Options, capture: Option<Vec<Exchange>>, store: &Store) -> Result<bool> {
    let recorder = options
        .record
        .as_deref()
        .map(Recorder::create)
        .transpose()?;
    let traffic = Traffic::new(store, recorder, options.quiet || capture.is_some())?;
    let (tls, authority) = certificates::of(store)?;
    let first = if options.serve { options.port } else { 0 };
    let ground = Arc::new(Ground::new(
        store.clone(),
        traffic,
        tls,
        options.fault.clone(),
        options.seed,
        first,
    ));
    let page = if options.serve {
        Some(ground.listen("the page").await?)
    } else {
        None
    };
    let sites = Sites::open(&ground, !options.fault.is_empty(), options.quiet).await;
    let sites = Arc::new(sites.context("the sites cannot be opened")?);
    check_links(&options.fault, &ground.traffic)?;
    if let Some(capture) = &capture {
        ground.traffic.show(!options.quiet);
        let otherwise = capture::replay(capture, &ground.traffic)?;
        terminal::say(&format!(
            "\n{} messages of the capture, {otherwise} read otherwise than when they were recorded",
            capture.len()
        ));
        if page.is_none() {
            // How the roles part is no part of it.
            ground.traffic.show(false);
            return Ok(otherwise == 0);
        }
    }
    match page {
        Some(page) => sandbox::stay_up(options, page, sites, ground, authority)
            .await
            .map(|()| true),
        None => Ok(day::play(options, &sites, &ground).await? && ground.traffic.is_recorded()),
    }
}

/// Faults that are ordered for a link which is not there would never come.
fn check_links(rates: &[Rates], traffic: &Traffic) -> Result<()> {
    match rates
        .iter()
        .filter_map(|rates| rates.link.as_deref())
        .find(|link| traffic.link(link).is_none())
    {
        Some(unknown) => bail!(
            "--fault: there is no link {unknown:?}; there are {}",
            traffic.links().join(", ")
        ),
        None => Ok(()),
    }
}
