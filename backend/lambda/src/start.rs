//! Starts a function: opens its log and serves events.

use std::{convert::Infallible, io, process::ExitCode};

use lambda_runtime::{LambdaEvent, service_fn};
use platform::log;
use serde::Serialize;
use serde_json::value::RawValue;
use store_aws::parameters::read_parameter;
use tracing::Subscriber;
use tracing_subscriber::{
    Layer,
    fmt::{self, MakeWriter},
    registry::LookupSpan,
};

use crate::{Error, settings::StoredPassphrase};

/// Opens the log, one JSON object a line with the request id, and runs a function until it cannot continue.
pub async fn start(run: impl Future<Output = Result<(), Error>>) -> ExitCode {
    log::open(lines(io::stderr));
    match run.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error, "start failed; the function ends");
            ExitCode::FAILURE
        }
    }
}

/// Returns the passphrase that is kept in the Parameter Store, if the template names one.
///
/// # Errors
///
/// If it could not be read: the function must not start without it.
pub async fn stored_passphrase() -> Result<Option<String>, Error> {
    match StoredPassphrase::from_environment()? {
        Some(StoredPassphrase { account, parameter }) => Ok(Some(read_parameter(&account, &parameter).await?)),
        None => Ok(None),
    }
}

/// Writes log lines as JSON, with the fields of an event at the top: the metric filters in `template.yml` select by `level` and `missed`.
/// Lambda reads `level` and `timestamp`; to a line without them it adds the level INFO and the time at which it read the line.
fn lines<S, W>(writer: W) -> impl Layer<S> + Send + Sync
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(writer)
}

/// Answers raw events until the connection to the runtime fails. There is always an answer and never a failure, because Lambda may retry
/// a failed event.
pub(crate) async fn serve<A: Serialize, F: Future<Output = A>>(
    answer: impl Fn(Box<RawValue>) -> F,
) -> Result<(), Error> {
    lambda_runtime::run(service_fn(|event: LambdaEvent<Box<RawValue>>| {
        let answer = answer(event.payload);
        async { Ok::<_, Infallible>(answer.await) }
    }))
    .await
}

#[cfg(test)]
mod tests {
    use std::{fs, sync::Arc};

    use serde_json::Value;
    use tracing_subscriber::prelude::*;

    use super::*;

    #[test]
    fn a_log_line_has_the_fields_that_metric_filters_select() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let writer = Arc::new(file.reopen().unwrap());
        tracing::subscriber::with_default(tracing_subscriber::registry().with(lines(writer)), || {
            tracing::warn!(missed = 3_usize, delivered = 7_usize, "some connections could not be reached");
            tracing::error!("start failed");
        });
        let log = fs::read_to_string(file.path()).unwrap();
        let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!((&lines[0]["level"], &lines[0]["missed"]), (&"WARN".into(), &3.into()), "{log}");
        assert_eq!(lines[1]["level"], "ERROR", "{log}");
        // RFC 3339 in UTC, such as 2026-01-31T12:00:00.000000Z.
        let time = lines[1]["timestamp"].as_str().unwrap();
        assert!(time.ends_with('Z') && time.as_bytes()[10] == b'T', "{time}");
    }
}
