//! Starts a function: opens its log and serves events.

use std::{convert::Infallible, io, process::ExitCode};

use lambda_runtime::{LambdaEvent, service_fn};
use platform::log;
use serde::Serialize;
use serde_json::value::RawValue;
use tracing_subscriber::fmt;

use crate::Error;

/// Opens the log, one JSON object a line with the request id, and runs a function until it cannot continue.
pub async fn start(run: impl Future<Output = Result<(), Error>>) -> ExitCode {
    // CloudWatch adds the time.
    let lines = fmt::layer().json().flatten_event(true).with_span_list(false).without_time().with_writer(io::stderr);
    log::open(lines);
    match run.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(error, "start failed; the function ends");
            ExitCode::FAILURE
        }
    }
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
