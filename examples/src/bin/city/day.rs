//! A day: all scenarios or some, and the books at its end.
use crate::{
    ground::Ground,
    options::{Command, Options},
    scenario::{self, Scenario},
    sites::Sites,
    terminal,
    traffic::{Fault, Traffic},
};
use anyhow::{Context, Result, ensure};
use examples::registry::{self, Interface, Protocol};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use sztc_proto::{DateTime, Timestamp};

/// Plays all scenarios, or the named ones, each on a day of its own, and checks the books.
pub(crate) async fn play(options: &Options, sites: &Arc<Sites>, ground: &Ground) -> Result<bool> {
    let all: Vec<&Scenario> = scenario::ALL.iter().collect();
    let scenarios = match &options.command {
        Some(Command::Run { scenarios }) => scenarios,
        _ => &all,
    };
    let (mut failed, mut calls) = (Vec::new(), 0);
    let before = ground.traffic.last();
    for (number, scenario) in scenarios.iter().enumerate() {
        if !options.quiet {
            terminal::say(&format!(
                "\n== {}: {} ({})",
                scenario.name, scenario.title, scenario.section
            ));
        } else {
            terminal::progress(&format!(
                "[{:2}/{}] {}",
                number + 1,
                scenarios.len(),
                scenario.name
            ));
        }
        match scenario.run(sites, morning(sites.runs.last()?), None).await {
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
    let missing = balance(&ground.traffic, before, failed.len(), calls, messages);
    for (code, name, transport) in &missing {
        terminal::complain(&format!(
            "failed: {code} {name} was not answered over {transport}"
        ));
    }
    ensure!(
        missing.is_empty(),
        "{} interfaces were not answered over each of their transports",
        missing.len()
    );
    Ok(failed.is_empty())
}

/// Table 1: every interface over each transport that it has. What is missing, and the summary. This
/// day's messages are those behind `before`.
fn balance(
    traffic: &Traffic,
    before: u64,
    failed: usize,
    calls: usize,
    messages: u64,
) -> Vec<(u16, &'static str, &'static str)> {
    let table: Vec<(u16, &Interface)> = registry::of(Protocol::Sztc)
        .filter_map(|interface| Some((interface.code?, interface)))
        .collect();
    // Nothing protects replies: one that was changed on the line may be taken for what was sent,
    // and then nobody asks again.
    let (crossed, _) = traffic.since(before);
    let rows = crossed.iter().map(|exchange| &exchange.row);
    let changed: BTreeSet<(u16, String)> = rows
        .filter(|row| row.faults.contains(&Fault::ReplyCorrupted))
        .filter_map(|row| Some((row.code?, row.transport.clone())))
        .collect();
    let mut missing = Vec::new();
    let mut over = |way: &'static str| {
        let has = table
            .iter()
            .filter(|(_, interface)| interface.transports.contains(&way));
        let (crossed, not): (Vec<_>, Vec<_>) = has.partition(|(code, interface)| {
            traffic.answered(interface, way) || changed.contains(&(*code, way.to_owned()))
        });
        missing.extend(
            not.iter()
                .map(|(code, interface)| (*code, interface.name, way)),
        );
        crossed
            .iter()
            .map(|(code, _)| *code)
            .collect::<BTreeSet<u16>>()
            .len()
    };
    let (https, tcp) = (over("https"), over("tcp"));
    let all: BTreeSet<u16> = table.iter().map(|(code, _)| *code).collect();
    let answered = all
        .iter()
        .filter(|code| !missing.iter().any(|(missed, ..)| missed == *code))
        .count();
    terminal::say(&format!(
        "\n{} interfaces, {answered} answered, {} failed; over https {https}, over TCP {tcp}; \
            {calls} calls, {messages} messages",
        all.len(),
        failed + missing.len(),
    ));
    missing
}

/// Eight in the morning of the day behind the last of all runs before it.
fn morning(last: Option<DateTime>) -> DateTime {
    let first: DateTime = "2026-03-02 08:00:00".parse().expect("a time");
    last.map_or(first, |last| {
        let next = Timestamp::from_seconds(last.timestamp().seconds() + 24 * 3600)
            .date_time()
            .date();
        format!("{next} 08:00:00")
            .parse()
            .expect("a day and a time")
    })
}
