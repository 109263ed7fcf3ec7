//! A city platform and a parking system on one machine, talking over real TLS sockets: every interface of DB4403/T 313-2023, each over the transports
//! that Table 1 gives it.
//!
//! `cargo run -p examples --bin city`
mod lot;
mod office;
mod show;
mod sites;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use sites::Sites;
use std::{process::ExitCode, time::Duration};

/// Starts a city platform and a parking system on loopback with TLS, lets them call each other through every interface of DB4403/T 313-2023, prints
/// each message as it crosses and checks the books at the end. Exit status 1 if anything failed.
#[derive(Parser)]
#[command(name = "city", version)]
struct Options {
    /// Print only the summary.
    #[arg(short, long)]
    quiet: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = Options::parse();
    let ledger = show::start(options.quiet);
    match day(&ledger).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("city: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

/// One working day: everything goes up, everything goes down, the books are compared.
async fn day(ledger: &show::Ledger) -> Result<()> {
    let sites = Sites::open().await.context("the sites cannot be opened")?;
    let mut tally = show::Tally::default();

    show::heading("the parking system reports to the city (上行, https)");
    lot::report(&sites.city_https, &mut tally).await;
    lot::upload(&sites.city_line, &mut tally).await;

    show::heading("the city calls the parking system (下行, https)");
    office::call(&sites.partner_https, &mut tally).await;

    show::heading("the city calls the parking system (下行, TCP)");
    office::call_tcp(&sites.partner_tcp, &mut tally).await;

    show::heading("tokens, heartbeat, goodbye");
    // The line beats by itself every three seconds at most.
    tokio::time::timeout(Duration::from_secs(5), ledger.seen((1006, show::TCP)))
        .await
        .context("no heartbeat crossed in five seconds")?;
    sites.close(&mut tally).await;

    // Table 1: every interface over each transport that it has.
    let crossed = ledger.roads();
    let expected: Vec<show::Road> = sztc_proto::ENDPOINTS
        .iter()
        .flat_map(|info| [(info.https, (info.code, show::HTTPS)), (info.tcp, (info.code, show::TCP))])
        .filter_map(|(has, road)| has.then_some(road))
        .collect();
    let missing: Vec<show::Road> = expected.iter().copied().filter(|road| !crossed.contains(road)).collect();
    let answered = sztc_proto::ENDPOINTS
        .iter()
        .filter(|info| !missing.iter().any(|(code, _)| *code == info.code))
        .count();
    let served = sites.office.served() + sites.lot.served();
    println!(
        "\n{} interfaces, {answered} answered, {} failed; over https {}, over TCP {}; {} calls, {served} entries served",
        sztc_proto::ENDPOINTS.len(),
        tally.failed.len() + missing.len(),
        crossed.iter().filter(|(_, way)| *way == show::HTTPS).count(),
        crossed.iter().filter(|(_, way)| *way == show::TCP).count(),
        tally.calls,
    );
    for failure in &tally.failed {
        eprintln!("failed: {failure}");
    }
    ensure!(missing.is_empty(), "these interfaces did not cross: {missing:?}");
    ensure!(tally.failed.is_empty(), "{} calls failed", tally.failed.len());
    ensure!(
        served == tally.served,
        "{} entries were sent to the services and {served} arrived",
        tally.served
    );
    Ok(())
}
