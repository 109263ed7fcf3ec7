//! What the program can be told.
use crate::{
    capture,
    line::Rates,
    scenario::{self, Scenario},
    store::Store,
    traffic::Exchange,
};
use anyhow::Result;
use clap::{Parser, Subcommand};
use std::path::{Path, PathBuf};

/// The port of the page with --serve, and the first of those of the roles.
const PORT: u16 = 8440;

/// The highest that leaves room for all roles.
const LAST_PORT: u16 = u16::MAX - 50;

/// Where --serve keeps the state.
const STATE: &str = "city.redb";

/// Plays a working day of five parking and charging protocols on this machine, each message over a
/// real socket, and shows it as it crosses.
///
/// Without a command all scenarios are played, and the books are checked at the end: every
/// interface of DB4403/T 313-2023 over each transport that it has. With --serve everything stays up
/// to develop against, with a page that shows each message and plays scenarios at the press of a
/// button. Exit status: 0 good, 1 something failed, 2 wrong usage, 130 stopped by Ctrl-C or
/// SIGTERM.
#[derive(Parser)]
#[command(name = "city", version)]
pub(crate) struct Options {
    /// Keep every role up, and serve the page, until Ctrl-C or SIGTERM.
    #[arg(long, global = true)]
    pub serve: bool,
    /// The port of the page; the roles have those behind it. 0: any that are free.
    #[arg(long, global = true, default_value_t = PORT)]
    pub port: u16,
    /// Keep the state in this file. Without it --serve keeps it in city.redb, and all else in
    /// memory.
    #[arg(long, global = true, value_name = "FILE")]
    pub state: Option<PathBuf>,
    /// Forget the state of earlier runs.
    #[arg(long, global = true)]
    pub fresh: bool,
    /// Write every message that crosses to this file, one JSON object a line.
    #[arg(long, global = true, value_name = "FILE")]
    pub record: Option<PathBuf>,
    /// Show the messages of such a file again, read as this program reads them now; with --serve on
    /// the page.
    #[arg(long, global = true, value_name = "FILE")]
    pub replay: Option<PathBuf>,
    /// Faults by chance, such as drop=5%,delay=2s,corrupt=1%,duplicate=1% (up to that delay); on
    /// one link: kt-lot:drop=5%. May be given several times.
    #[arg(long, global = true, value_name = "FAULTS")]
    pub fault: Vec<Rates>,
    /// Makes the chances of each link the same in every run; what they hit also depends on when
    /// messages cross.
    #[arg(long, global = true, default_value_t = 1)]
    pub seed: u64,
    /// Print only what fails, and the summary.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Play these scenarios, in this order.
    Run {
        /// Names, as `city list` has them.
        #[arg(required = true, value_name = "SCENARIO", value_parser = known)]
        scenarios: Vec<&'static Scenario>,
    },
    /// List the scenarios.
    List,
}

impl Options {
    /// The capture to show again, and the state, which is only forgotten when it is known that
    /// there is such a capture.
    ///
    /// # Errors
    /// The capture cannot be read; the state cannot be forgotten or opened.
    pub(crate) fn prepare(&self) -> Result<(Option<Vec<Exchange>>, Store)> {
        let capture = self.replay.as_deref().map(capture::read).transpose()?;
        Ok((capture, self.store()?))
    }

    /// The state: the file that is named, that of --serve, or memory. It is opened before it is
    /// forgotten: that of a city which runs, and a file that is something else, stay as they are.
    ///
    /// # Errors
    /// The file cannot be opened or written.
    fn store(&self) -> Result<Store> {
        let Some(path) = self.state_file() else {
            return Store::in_memory();
        };
        let store = Store::open(path)?;
        if self.fresh {
            store.forget()?;
        }
        Ok(store)
    }

    /// What cannot be meant together.
    ///
    /// # Errors
    /// In one line.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.replay.is_some() && matches!(self.command, Some(Command::Run { .. })) {
            return Err(
                "--replay shows what was recorded and plays nothing: leave out `run`, see --help"
                    .to_owned(),
            );
        }
        if self.serve && self.port > LAST_PORT {
            return Err(format!(
                "--port: the roles need those behind it, so {LAST_PORT} is the highest, see --help"
            ));
        }
        Ok(())
    }

    /// Where the state is kept, if in a file.
    pub(crate) fn state_file(&self) -> Option<&Path> {
        self.state
            .as_deref()
            .or_else(|| self.serve.then(|| Path::new(STATE)))
    }
}

fn known(name: &str) -> Result<&'static Scenario, String> {
    scenario::named(name).ok_or_else(|| "there is no such scenario, see `city list`".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn a_file_that_is_something_else_is_not_forgotten() {
        let file = std::env::temp_dir().join(format!("city-precious-{}.txt", std::process::id()));
        let path = file.to_str().expect("a path");
        fs::write(&file, "precious").expect("written");
        let options = Options::parse_from(["city", "--state", path, "--fresh"]);
        assert!(options.prepare().is_err());
        assert_eq!(
            fs::read_to_string(&file).expect("it is still there"),
            "precious"
        );
        fs::remove_file(&file).expect("removed");
    }

    #[test]
    fn a_capture_that_is_not_there_forgets_nothing() {
        let state = std::env::temp_dir().join(format!("city-options-{}.redb", std::process::id()));
        let path = state.to_str().expect("a path");
        fs::write(&state, "what was kept").expect("written");
        let options = Options::parse_from([
            "city",
            "--state",
            path,
            "--fresh",
            "--replay",
            "/missing/capture",
        ]);
        assert!(options.prepare().is_err());
        assert_eq!(
            fs::read_to_string(&state).expect("it is still there"),
            "what was kept"
        );
        fs::remove_file(&state).expect("removed");
    }
}
