//! `wire` as a user runs it.
mod call;
mod catalogue;
mod documents;
mod explain;
#[allow(
    dead_code,
    unexpected_cfgs,
    reason = "not all of its lists are needed here, and the feature it asks for is the other \
        crate's"
)]
#[path = "../../../sztc-proto/tests/it/tables/map.rs"]
mod map;
mod messages;

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

/// What the program wrote, and its exit status.
#[derive(Debug, PartialEq)]
struct Ran {
    out: String,
    err: String,
    status: Option<i32>,
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wire"));
    command
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for variable in [
        "KEY",
        "IV",
        "DATA_SECRET",
        "SIG_SECRET",
        "OPERATOR_SECRET",
        "SECRET",
        "PASSWORD",
        "TOKEN",
        "USER",
        "OPERATOR",
    ] {
        command.env_remove(format!("WIRE_{variable}"));
    }
    command
}

fn run(mut command: Command, input: &[u8]) -> Ran {
    let mut child = command.spawn().expect("it starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    // It may refuse its arguments without reading anything.
    let _ = stdin.write_all(input);
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    Ran {
        out: String::from_utf8(output.stdout).expect("UTF-8"),
        err: String::from_utf8(output.stderr).expect("UTF-8"),
        status: output.status.code(),
    }
}

fn wire(args: &[&str], input: &str) -> Ran {
    run(command(args), input.as_bytes())
}

/// What a good call writes.
fn good(args: &[&str], input: &str) -> String {
    let ran = wire(args, input);
    assert_eq!(
        (ran.status, ran.err.as_str()),
        (Some(0), ""),
        "{args:?}: {ran:?}"
    );
    ran.out
}

/// A file of another crate of the workspace.
fn fixture(path: &str) -> String {
    let path = format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).expect(&path)
}
