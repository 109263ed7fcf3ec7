//! A city platform, a parking system and a charging platform on one machine, talking over real TLS sockets: every interface of DB4403/T 313-2023, each
//! over the transports that Table 1 gives it. And, between roles of their own, what the other protocols are for: a KT lot, a stay with charging that Star
//! Charge tells of, a vendor of charging piles.
//!
//! `cargo run -p examples --bin city`
mod books;
mod charging;
mod desk;
mod kt;
mod lot;
mod message;
mod office;
mod piles;
mod relay;
mod show;
mod sites;
mod stay;
mod vendor;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use sites::Sites;
use std::{collections::BTreeSet, process::ExitCode, time::Duration};

/// Starts a city platform, a parking system and a charging platform on loopback with TLS, lets them call each other through every interface of
/// DB4403/T 313-2023, plays a part of the day in each other protocol, prints each message as it crosses and checks the books at the end. Exit status 1 if anything failed.
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
    match day(&ledger, options.quiet).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("city: {problem:#}");
            ExitCode::FAILURE
        }
    }
}

/// One working day: everything goes up, everything goes down, the books are compared.
async fn day(ledger: &show::Ledger, quiet: bool) -> Result<()> {
    let heading = |text: &str| {
        if !quiet {
            println!("\n== {text}");
        }
    };
    let sites = Sites::open().await.context("the sites cannot be opened")?;
    let mut tally = show::Tally::default();

    heading("the parking system reports to the city (上行, https)");
    lot::report(&sites.city_https, &mut tally).await;
    lot::upload(&sites.city_line, &mut tally).await;

    heading("the city calls the parking system (下行, https)");
    office::call(&sites.partner_https, &mut tally).await;

    heading("the city calls the parking system (下行, TCP)");
    office::call_tcp(&sites.partner_tcp, &mut tally).await;

    heading("a car charges (充电桩接口, https)");
    sites.charging.day(&mut tally).await;

    heading("a KT lot: a bill is paid, and a debit whose reply is lost is taken back (科拓, http)");
    sites.kt.day(&mut tally).await;

    heading("a stay with two charging orders, one of whose ends is lost (星星充电 and 科拓, http)");
    let stay = sites.stay.day(&sites.kt, &mut tally).await;

    heading("a vendor is polled and pushes (桩企对接, https)");
    let vendor = sites.vendor.day(&mut tally).await;

    heading("tokens, heartbeat, goodbye");
    // The line beats by itself every three seconds at most.
    tokio::time::timeout(Duration::from_secs(5), ledger.seen(show::numbered(1006, show::TCP)))
        .await
        .context("no heartbeat crossed in five seconds")?;
    sites.close(&mut tally).await;

    println!();
    let accounts = [sites.kt.account(), stay, vendor];
    for account in &accounts {
        account.close(ledger, &mut tally);
    }

    // Table 1: every interface over each transport that it has. Charging has one, and several messages a number.
    let crossed = ledger.roads();
    let (table, charging) = (sztc_proto::ENDPOINTS, sztc_proto::charging::CHARGING);
    let of_table = table
        .iter()
        .flat_map(|info| {
            [
                (info.https, show::numbered(info.code, show::HTTPS)),
                (info.tcp, show::numbered(info.code, show::TCP)),
            ]
        })
        .filter_map(|(has, road)| has.then_some(road));
    let of_charging = charging
        .iter()
        .flat_map(|info| info.interfaces.iter().map(|(name, _)| (info.code, *name, show::HTTPS)));
    let missing: Vec<show::Road> = of_table.chain(of_charging).filter(|road| !crossed.contains(road)).collect();
    let codes = || table.iter().map(|info| info.code).chain(charging.iter().map(|info| info.code));
    let answered = codes().filter(|code| !missing.iter().any(|(missed, ..)| missed == code)).count();
    let over = |way: &str| {
        let codes: BTreeSet<u16> = crossed.iter().filter(|(.., over)| *over == way).map(|(code, ..)| *code).collect();
        codes.len()
    };
    let of_others: usize = accounts.iter().map(|account| account.served).sum();
    let served = sites.office.served() + sites.lot.served() + sites.charging.served() + of_others;
    println!(
        "{} interfaces, {answered} answered, {} failed; over https {}, over TCP {}; {} calls, {served} entries served",
        codes().count(),
        tally.failed.len() + missing.len(),
        over(show::HTTPS),
        over(show::TCP),
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
