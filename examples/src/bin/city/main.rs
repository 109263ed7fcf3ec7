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
    tokio::time::timeout(Duration::from_secs(5), ledger.seen(1006))
        .await
        .context("no heartbeat crossed in five seconds")?;
    sites.close(&mut tally).await;

    let crossed = ledger.interfaces();
    let expected = sztc_proto::ENDPOINTS.concat();
    let missing: Vec<u16> = expected.iter().map(|info| info.code).filter(|code| !crossed.contains(code)).collect();
    let served = sites.office.served() + sites.lot.served();
    println!(
        "\n{} interfaces, {} answered, {} failed; {} calls ({served} served by the two services)",
        expected.len(),
        expected.len() - missing.len(),
        tally.failed.len(),
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
