//! What went wrong with a call, in one line for the log.

use std::error::Error;

/// An error and all that caused it, joined by colons.
///
/// The SDK's own `DisplayErrorContext` adds the raw answer of the service, and that may quote an item and with it what
/// somebody said.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let said = cause.to_string();
        // Some errors say what their cause says, and then the cause says it again.
        if !line.ends_with(&said) {
            line = format!("{line}: {said}");
        }
        source = cause.source();
    }
    line
}
