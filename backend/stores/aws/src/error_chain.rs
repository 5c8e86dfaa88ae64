//! Errors of SDK calls, in one line for the log.

use std::error::Error;

/// Returns an error and its causes, joined by colons.
///
/// The SDK's `DisplayErrorContext` would add the raw answer of the service, which may quote an item and so a message.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        // Some errors repeat their cause; the cause is then left out.
        if !line.ends_with(&text) {
            line = format!("{line}: {text}");
        }
        source = cause.source();
    }
    line
}
