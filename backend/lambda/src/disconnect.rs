//! Handles `$disconnect` events.

use chat::presence::disconnect::DisconnectHandler;
use serde_json::value::RawValue;

use crate::{
    Error,
    answer::Answer,
    event::{Kind, SocketEvent},
    start::serve,
};

/// Removes connections whose sockets have closed.
///
/// # Errors
///
/// If the connection to the Lambda runtime fails.
pub async fn disconnect(route: DisconnectHandler) -> Result<(), Error> {
    let route = &route;
    serve(|event| async move { answer(route, &event).await }).await
}

async fn answer(route: &DisconnectHandler, event: &RawValue) -> Answer {
    let Some(event) = SocketEvent::read(Kind::Disconnect, event) else { return Answer::BAD_EVENT };
    route.handle(&event.connection).await;
    Answer::OK
}
