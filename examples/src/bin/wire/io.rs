//! In from standard input or an argument, out to standard output, errors in one line.
use examples::fault::Fault;
use serde_json::{Value, json};
use std::{
    io::{ErrorKind, Read, Write, stderr, stdin, stdout},
    process::ExitCode,
};

/// Longest message that is read, in bytes: more than any of the protocols allows.
const LONGEST: u64 = 64 * 1024 * 1024;

/// A message: the argument, or standard input without one.
#[derive(clap::Args)]
pub(crate) struct Input {
    /// The message; without it, or with `-`, standard input is read.
    #[arg(value_name = "MESSAGE")]
    message: Option<String>,
}

impl Input {
    /// The bytes as they came.
    ///
    /// # Errors
    /// Standard input that cannot be read, or is too long.
    pub(crate) fn bytes(self) -> Result<Vec<u8>, Fault> {
        match self.message {
            Some(text) if text != "-" => Ok(text.into_bytes()),
            _ => {
                let mut bytes = Vec::new();
                stdin()
                    .lock()
                    .take(LONGEST + 1)
                    .read_to_end(&mut bytes)
                    .map_err(|cause| {
                        Fault::bad(format!("standard input cannot be read: {cause}"))
                    })?;
                if bytes.len() as u64 > LONGEST {
                    return Err(Fault::bad(format!(
                        "the message is longer than {LONGEST} bytes"
                    )));
                }
                Ok(bytes)
            }
        }
    }

    /// The text as it came, a newline at its end too.
    ///
    /// # Errors
    /// As [`bytes`](Self::bytes); bytes that are no UTF-8.
    pub(crate) fn text(self) -> Result<String, Fault> {
        String::from_utf8(self.bytes()?).map_err(|cause| {
            let at = cause.utf8_error().valid_up_to();
            Fault::bad(format!(
                "the message is not UTF-8: byte {at} (from 0) is wrong"
            ))
        })
    }

    /// The text without the newline that `echo` puts behind it.
    ///
    /// # Errors
    /// As [`text`](Self::text).
    pub(crate) fn line(self) -> Result<String, Fault> {
        let text = self.text()?;
        Ok(text
            .strip_suffix('\n')
            .map_or(text.as_str(), |line| {
                line.strip_suffix('\r').unwrap_or(line)
            })
            .to_owned())
    }
}

/// A result, with what it is called in JSON.
pub(crate) enum Output {
    /// A text of its own line.
    Line(&'static str, String),
    /// A text that is written exactly.
    Exact(&'static str, String),
    /// JSON already; a line of its own.
    Json(String),
    /// What is to be said of a message, and whether it is bad.
    Report(String, bool),
}

/// Writes the result and gives the exit status. A reader that has gone away wants no more: that is
/// no failure.
pub(crate) fn finish(result: Result<Output, Fault>, json: bool) -> ExitCode {
    let (what, status) = match result {
        Ok(output) => {
            let status = u8::from(matches!(output, Output::Report(_, true)));
            match write(output, json) {
                Ok(()) => return status.into(),
                Err(cause) if cause.kind() == ErrorKind::BrokenPipe => return status.into(),
                Err(cause) => (format!("the result cannot be written: {cause}"), 1),
            }
        }
        Err(Fault::Bad(what) | Fault::Failed(what)) => (what, 1),
        Err(Fault::Usage(what)) => (what, 2),
    };
    let line: String = what
        .split(['\n', '\r'])
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ");
    // Nobody can be told that standard error is gone.
    let _ = match json {
        true => writeln!(stderr(), "{}", json!({"error": line, "status": status})),
        false => writeln!(stderr(), "wire: {line}"),
    };
    ExitCode::from(status)
}

fn write(output: Output, json: bool) -> std::io::Result<()> {
    let named = |name: &str, text: String| {
        Value::Object([(name.to_owned(), text.into())].into_iter().collect()).to_string()
    };
    let (text, line) = match output {
        Output::Line(name, text) if json => (named(name, text), true),
        Output::Exact(name, text) if json => (named(name, text), true),
        Output::Line(_, text) | Output::Json(text) | Output::Report(text, _) => (text, true),
        Output::Exact(_, text) => (text, false),
    };
    let mut out = stdout().lock();
    out.write_all(text.as_bytes())?;
    if line {
        out.write_all(b"\n")?;
    }
    out.flush()
}
