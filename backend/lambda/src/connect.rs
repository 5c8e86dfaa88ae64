//! Handles `$connect` events.

use chat::presence::{connect::ConnectRequest, connect_handler::ConnectHandler};
use serde_json::value::RawValue;

use crate::{
    Error,
    answer::Answer,
    event::{Kind, SocketEvent},
    start::serve,
};

/// Handles connect requests: admits them or refuses them with a status.
///
/// # Errors
///
/// If the connection to the Lambda runtime fails.
pub async fn connect(route: ConnectHandler) -> Result<(), Error> {
    let route = &route;
    serve(|event| async move { answer(route, &event).await }).await
}

async fn answer(route: &ConnectHandler, event: &RawValue) -> Answer {
    let Some(mut event) = SocketEvent::read(Kind::Connect, event) else { return Answer::BAD_EVENT };
    let mut query = |name| event.query.remove(name);
    let request = ConnectRequest {
        room: query("room"),
        ticket: query("ticket"),
        name: query("name"),
        origin: event.headers.remove("origin"),
        host: event.headers.remove("host"),
        subprotocols: event.headers.remove("sec-websocket-protocol"),
        address: event.address,
        connection: event.connection,
    };
    match route.handle(request).await {
        Ok(()) => Answer::OK,
        Err(refusal) => Answer::status(refusal.status),
    }
}
