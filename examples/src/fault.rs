//! Why there is no result: the caller's mistake, or a bad message.
use std::fmt;

/// Why there is no result.
#[derive(Debug)]
pub enum Fault {
    /// The program was called wrongly: status 2.
    Usage(String),
    /// The message is bad: status 1.
    Bad(String),
    /// The call failed, or was refused: status 1.
    Failed(String),
}

impl Fault {
    /// A bad message.
    pub fn bad(what: impl fmt::Display) -> Self {
        Self::Bad(what.to_string())
    }

    /// A wrong call of the program.
    pub fn usage(what: impl fmt::Display) -> Self {
        Self::Usage(what.to_string())
    }

    /// A secret that is needed and was given nowhere: `name` as on the command line, such as
    /// `data-secret`.
    pub fn missing(name: &str) -> Self {
        let variable = name.to_uppercase().replace('-', "_");
        Self::Usage(format!(
            "--{name} is missing: give it, or --{name}-file, or the environment variable \
                WIRE_{variable}"
        ))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Usage(what) | Self::Bad(what) | Self::Failed(what)) = self;
        f.write_str(what)
    }
}

impl std::error::Error for Fault {}

/// What clap has to say of wrong usage, in one line: its first paragraph.
pub fn usage_line(error: &clap::Error) -> String {
    if error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "a command is missing, see --help".to_owned();
    }
    let text = error.to_string();
    let first = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = first
        .trim_start_matches("error:")
        .split_whitespace()
        .collect();
    format!("{}, see --help", words.join(" "))
}

/// An error with its causes, in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
