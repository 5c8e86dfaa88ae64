//! Handles the daily event.

use chat::{cleanup::CleanupHandler, ports::Unavailable};
use lambda_runtime::{LambdaEvent, service_fn};
use serde::de::IgnoredAny;

use crate::Error;

/// Runs the clean-up for every event. The content of the event does not matter.
///
/// A failed clean-up fails its invocation; no other function does that. Lambda then retries it twice, which is safe, and the alarm on
/// errors reports it.
///
/// # Errors
///
/// If the connection to the Lambda runtime fails.
pub async fn cron(route: CleanupHandler) -> Result<(), Error> {
    let route = &route;
    lambda_runtime::run(service_fn(|_: LambdaEvent<IgnoredAny>| async move { Ok::<_, Error>(clean_up(route).await?) }))
        .await
}

async fn clean_up(route: &CleanupHandler) -> Result<(), Unavailable> {
    route.handle().await.inspect_err(|error| tracing::error!(%error, "clean-up failed; Lambda retries it twice"))
}
