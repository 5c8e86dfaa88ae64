//! The daily event.

use chat::{cleanup::CleanupHandler, ports::Unavailable};
use lambda_runtime::{LambdaEvent, service_fn};
use serde::de::IgnoredAny;

use crate::Error;

/// Sweeps at every event, whatever it says: it can say nothing but that it is time.
///
/// A sweep that fails fails its invocation, and is the only event that does. Lambda then tries it twice more, which is
/// right at any time, and the alarm on errors shows it.
///
/// # Errors
///
/// When the Lambda runtime can't be spoken to any more.
pub async fn cron(route: CleanupHandler) -> Result<(), Error> {
    let route = &route;
    lambda_runtime::run(service_fn(|_: LambdaEvent<IgnoredAny>| async move { Ok::<_, Error>(sweep(route).await?) }))
        .await
}

async fn sweep(route: &CleanupHandler) -> Result<(), Unavailable> {
    route.handle().await.inspect_err(|error| tracing::error!(%error, "the sweep failed"))
}
