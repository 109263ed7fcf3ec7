//! A sandbox that stays up, with its page.
use crate::{
    ground::Ground,
    guest::Guest,
    options::{Command, Options},
    page::{Offer, Page, Place, Teller},
    scenario::{self, Scenario},
    sites::Sites,
    terminal,
};
use anyhow::Result;
use std::{path::Path, sync::Arc};
use sztc_proto::{ServeOptions, Timestamp, serve};
use tokio::{net::TcpListener, sync::mpsc};

/// How many scenarios may wait to be played.
const WAITING: usize = 8;

/// Serves the page, plays the named scenarios, then those that the page asks for, until the program
/// ends.
///
/// # Errors
/// The page cannot be served.
pub(crate) async fn stay_up(
    options: &Options,
    page: TcpListener,
    sites: Arc<Sites>,
    ground: Arc<Ground>,
    authority: String,
) -> Result<()> {
    let (play, wanted) = mpsc::channel(WAITING);
    let teller = Teller::new();
    let address = page.local_addr()?;
    let guest = Arc::new(Guest::new(ground.clone(), sites.clone()));
    let router = Page {
        traffic: ground.traffic.clone(),
        places: sites.places.clone(),
        scenarios: scenario::ALL.iter().map(offer).collect(),
        play,
        teller: teller.clone(),
        authority,
        ask: Box::new(move |code, way, body| {
            let guest = guest.clone();
            Box::pin(async move { guest.ask(code, way, &body).await })
        }),
    };
    let router = router.router();
    let serving = tokio::spawn(async move {
        serve(
            page,
            router,
            ServeOptions::default(),
            std::future::pending(),
        )
        .await
    });
    introduce(options.state_file(), &sites.places, &address.to_string());
    if let Some(Command::Run { scenarios }) = &options.command {
        for scenario in scenarios {
            perform(scenario, &sites, &teller).await;
        }
    }
    tokio::spawn(perform_wanted(wanted, sites, teller));
    Ok(serving.await??)
}

fn offer(scenario: &Scenario) -> Offer {
    Offer {
        name: scenario.name.to_owned(),
        section: scenario.section.to_owned(),
        title: scenario.title.to_owned(),
        about: scenario.about.to_owned(),
    }
}

/// What somebody needs to know who wants to use the sandbox.
fn introduce(state: Option<&Path>, places: &[Place], page: &str) {
    for place in places {
        terminal::say(&format!(
            "{:24} {:14} {:28} {}",
            place.role, place.protocol, place.address, place.how
        ));
    }
    if let Some(state) = state {
        terminal::say(&format!("state: {} (--fresh forgets it)", state.display()));
    }
    terminal::say(&format!("page: http://{page}/"));
}

/// Plays what the page asks for, one after the other.
async fn perform_wanted(mut wanted: mpsc::Receiver<String>, sites: Arc<Sites>, teller: Teller) {
    while let Some(name) = wanted.recv().await {
        if let Some(scenario) = scenario::named(&name) {
            perform(scenario, &sites, &teller).await;
        }
    }
}

/// Plays one scenario in a sandbox that stays up: from now on, at the time of the clock on the
/// wall, unless an earlier one went on for longer.
async fn perform(scenario: &'static Scenario, sites: &Arc<Sites>, teller: &Teller) {
    let tell = |state, text: String| teller.tell(scenario.name, state, text);
    tell("playing", scenario.about.to_owned());
    let now = sites.clock.time().timestamp().seconds();
    let minute = Timestamp::from_seconds(now - now % 60).date_time();
    match scenario.run(sites, minute, Some(teller.clone())).await {
        Ok(calls) => tell("passed", format!("{calls} calls")),
        Err(problem) => {
            terminal::complain(&format!("{}: {problem:#}", scenario.name));
            tell("failed", format!("{problem:#}"));
        }
    }
}
