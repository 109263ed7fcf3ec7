//! Captures: what crossed, one JSON object a line, and showing a capture again.
use crate::traffic::{Exchange, Traffic};
use anyhow::{Context, Result};
use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// Writes a capture.
pub(crate) struct Recorder {
    path: PathBuf,
    file: Mutex<Option<File>>,
}

impl Recorder {
    /// To a new file at `path`, in the place of what is there.
    ///
    /// # Errors
    /// The file cannot be made.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let file =
            File::create(path).with_context(|| format!("{} cannot be written", path.display()))?;
        Ok(Self {
            path: path.to_owned(),
            file: Mutex::new(Some(file)),
        })
    }

    /// One exchange more. What cannot be written is said once, and the sandbox goes on.
    pub(crate) fn write(&self, exchange: &Exchange) {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = file.as_mut() else { return };
        let line = serde_json::to_string(exchange).map_err(Into::into);
        let written = line.and_then(|line| writeln!(open, "{line}"));
        if let Err(cause) = written {
            crate::terminal::complain(&format!(
                "{} cannot be written any more, the capture ends here: {cause}",
                self.path.display()
            ));
            *file = None;
        }
    }

    /// Whether everything so far was written.
    pub(crate) fn is_whole(&self) -> bool {
        self.file
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }
}

/// Reads a capture.
///
/// # Errors
/// The file cannot be read; a line is no exchange.
pub(crate) fn read(path: &Path) -> Result<Vec<Exchange>> {
    let file = File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut exchanges = Vec::new();
    for (number, line) in BufReader::new(file).lines().enumerate() {
        let line = line.with_context(|| format!("{} cannot be read", path.display()))?;
        if line.trim().is_empty() {
            continue;
        }
        let place = || {
            format!(
                "{}, line {}: no exchange of a capture",
                path.display(),
                number + 1
            )
        };
        exchanges.push(serde_json::from_str(&line).with_context(place)?);
    }
    Ok(exchanges)
}

/// Shows the exchanges of a capture again, read as this program reads them now; how many of them it
/// reads otherwise than the one that recorded them.
///
/// # Errors
/// A link that this sandbox has not got.
pub(crate) fn replay(capture: &[Exchange], traffic: &Traffic) -> Result<usize> {
    let mut otherwise = 0;
    for recorded in capture {
        let shown = traffic
            .replay(recorded)
            .with_context(|| format!("exchange {} of the capture", recorded.row.id))?;
        let told = |exchange: &Exchange| {
            let row = &exchange.row;
            format!(
                "{} {} {}",
                row.interface,
                row.outcome,
                row.reason.as_deref().unwrap_or_default()
            )
        };
        let (was, is) = (told(recorded), told(&shown));
        if was != is {
            otherwise += 1;
            crate::terminal::complain(&format!(
                "exchange {} of the capture was read as {was:?} and is read as {is:?} now",
                recorded.row.id
            ));
        }
    }
    Ok(otherwise)
}
