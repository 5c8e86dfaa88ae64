//! `send` and `$default`.

use chat::commands::{FrameHandler, FrameRequest};
use serde_json::value::RawValue;

use crate::{
    Error,
    answer::Answer,
    event::{Kind, SocketEvent},
    start::serve,
};

/// Answers frames. The answer goes through the outbox, so API Gateway only hears that the frame was taken.
///
/// # Errors
///
/// When the Lambda runtime can't be spoken to any more.
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
