//! The bench tool: signs, seals, opens, frames and explains messages of all five protocols, lists
//! their interfaces, and calls one by hand.
//!
//! `cargo run -p examples --bin wire -- --help`
mod call;
mod catalogue;
mod evcs;
mod explain;
mod io;
mod kt;
mod openapi;
mod pile;
mod secrets;
mod sztc;

use clap::{Parser, Subcommand, error::ErrorKind};
use examples::fault::{Fault, usage_line};
use io::Output;
use std::process::ExitCode;

/// Signs, seals, opens, frames and explains messages of five parking and charging protocols, from a
/// pipe.
///
/// Messages come from standard input or the last argument, results go to standard output. Secrets
/// come from an option, from a file (`--key-file`) or from the environment (`WIRE_KEY`); where both
/// are given the option counts. Exit status 0: good; 1: the message is bad or the call failed; 2:
/// wrong usage.
#[derive(Parser)]
#[command(name = "wire", version, arg_required_else_help = true)]
struct Options {
    /// Write results and errors as JSON, for machines.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// DB4403/T 313: signature, canonical JSON, TCP frames, passwords.
    #[command(subcommand)]
    Sztc(sztc::Command),
    /// T/CEC 102: the charging envelope.
    #[command(subcommand)]
    Evcs(evcs::Command),
    /// KT parking lots: sealed requests.
    #[command(subcommand)]
    Kt(kt::Command),
    /// Charging-pile vendors: the signature of order callbacks.
    #[command(subcommand)]
    Pile(pile::Command),
    Explain(Box<explain::Args>),
    Catalogue(catalogue::Args),
    Openapi(openapi::Args),
    Call(Box<call::Args>),
}

fn main() -> ExitCode {
    let options = match Options::try_parse() {
        Ok(options) => options,
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
            ) =>
        {
            return io::finish(Ok(Output::Exact("help", error.to_string())), false);
        }
        Err(error) => return io::finish(Err(Fault::Usage(usage_line(&error))), false),
    };
    let result = match options.command {
        Command::Sztc(command) => command.run(),
        Command::Evcs(command) => command.run(),
        Command::Kt(command) => command.run(),
        Command::Pile(command) => command.run(),
        Command::Explain(args) => args.run(options.json),
        Command::Catalogue(args) => args.run(),
        Command::Openapi(args) => args.run(),
        Command::Call(args) => args.run(),
    };
    io::finish(result, options.json)
}
