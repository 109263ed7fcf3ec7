//! What the terminal shows: one line an exchange, in the order in which they end.
use crate::traffic::Exchange;
use std::io::{ErrorKind, IsTerminal, Write};

/// One line to standard output. A reader that has gone away wants no more.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{line}").and_then(|()| out.flush()) {
        Ok(()) => {}
        Err(cause) if cause.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(cause) => {
            complain(&format!("the output cannot be written: {cause}"));
            std::process::exit(1);
        }
    }
}

/// One line to standard error.
pub(crate) fn complain(line: &str) {
    // Nobody can be told that standard error is gone.
    let _ = writeln!(
        std::io::stderr(),
        "city: {}",
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    );
}

/// How far long work is, on a terminal only.
pub(crate) fn progress(text: &str) {
    let mut out = std::io::stderr().lock();
    if out.is_terminal() {
        let _ = write!(out, "\r\x1b[2K{text}").and_then(|()| out.flush());
    }
}

/// Shows an exchange.
pub(crate) fn show(exchange: &Exchange) {
    let row = &exchange.row;
    // What the standard does not number has no number.
    let code = row
        .code
        .map_or_else(|| "-".to_owned(), |code| code.to_string());
    let arrow = format!("{} -> {}", row.from, row.to);
    let name = if row.interface.is_empty() {
        "?"
    } else {
        &row.interface
    };
    let mut line = format!(
        "{code:4} {arrow:20}  {:5}  {:>7.1} ms  {:10} {name:34} {}",
        row.transport, row.took, row.outcome, row.title
    );
    if let Some(reason) = &row.reason {
        line.push_str(&format!(" ({reason})"));
    }
    for fault in &row.faults {
        line.push_str(&format!(
            " [{}]",
            serde_json::to_value(fault)
                .ok()
                .and_then(|name| name.as_str().map(str::to_owned))
                .unwrap_or_default()
        ));
    }
    say(&line);
}
