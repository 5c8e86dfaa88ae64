//! Handles the events of `send` and `$default`.

use chat::commands::{FrameHandler, FrameRequest};
use serde_json::value::RawValue;

use crate::{
    Error,
    answer::Answer,
    event::{Kind, SocketEvent},
    start::serve,
};

/// Handles frames. Replies go through the connection gateway, so API Gateway gets a status only.
///
/// # Errors
///
/// If the connection to the Lambda runtime fails.
pub async fn send(route: FrameHandler) -> Result<(), Error> {
    let route = &route;
    serve(|event| async move { answer(route, &event).await }).await
}

async fn answer(route: &FrameHandler, event: &RawValue) -> Answer {
    let Some(event) = SocketEvent::read(Kind::Message, event) else { return Answer::BAD_EVENT };
    let SocketEvent { connection, request_id, body, .. } = event;
    route.handle(FrameRequest { connection, request_id, body }).await;
    Answer::OK
}
