//! `$disconnect`.

use serde_json::value::RawValue;

use super::{
    Error,
    answer::Answer,
    event::{Kind, SocketEvent},
    start::serve,
};
use crate::routes::Disconnect;

/// Forgets sockets that have closed.
///
/// # Errors
///
/// When the Lambda runtime can't be spoken to any more.
pub async fn disconnect(route: Disconnect) -> Result<(), Error> {
    let route = &route;
    serve(|event| async move { answer(route, &event).await }).await
}

async fn answer(route: &Disconnect, event: &RawValue) -> Answer {
    let Some(event) = SocketEvent::read(Kind::Disconnect, event) else { return Answer::BAD_EVENT };
    route.handle(&event.connection).await;
    Answer::OK
}
