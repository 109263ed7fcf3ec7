use park_core::{CallOptions, client::HttpOptions};
use std::{error::Error, time::Duration};

/// Options for plain http, which a test needs and production does not.
pub fn plain() -> HttpOptions {
    let mut options = HttpOptions::default();
    options.dangerous_plain_http();
    options
}

/// Quick repetitions, so that nothing waits.
pub fn quick(options: &mut CallOptions) {
    options.retry.first = Duration::from_millis(1);
    options.deadline = Duration::from_secs(10);
}

/// The text of an error with its whole chain of causes, in every form it can be printed in.
pub fn chain(error: &dyn Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(&format!(" {next} {next:?}"));
        cause = next.source();
    }
    text
}
