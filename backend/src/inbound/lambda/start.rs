//! The start of a function: its log, and one line where it could not start.

use std::{io, process::ExitCode};

use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, fmt, prelude::*};

use super::Error;

/// Opens the log and runs a function to its end, which comes only when it can't go on.
pub async fn start(log_level: &str, run: impl Future<Output = Result<(), Error>>) -> ExitCode {
    open_log(log_level);
    match run.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error, "the function can't start");
            ExitCode::FAILURE
        }
    }
}

/// One JSON object a line, with the request's id. CloudWatch adds the time.
///
/// Only our own code follows the level. What the runtime and the SDK log below it holds whole events, frames and
/// items, and what people say is not for a log.
fn open_log(level: &str) {
    let parsed = level.parse::<LevelFilter>();
    let targets = Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("lambda_runtime", LevelFilter::INFO)
        .with_target("backend", *parsed.as_ref().unwrap_or(&LevelFilter::INFO));
    let lines = fmt::layer().json().flatten_event(true).with_span_list(false).without_time().with_writer(io::stderr);
    tracing_subscriber::registry().with(lines.with_filter(targets)).init();
    if parsed.is_err() {
        tracing::warn!(value = level, "the environment variable RUST_LOG is no level, so it is info");
    }
}
