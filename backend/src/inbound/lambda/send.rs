//! `send` and `$default`.

use std::convert::Infallible;

use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::value::RawValue;

use super::{
    Error,
    answer::Answer,
    event::{Kind, SocketEvent},
};
use crate::routes::{FrameRequest, Send};

/// Answers frames. The answer goes through the outbox, so API Gateway only hears that the frame was taken.
///
/// # Errors
///
/// When the Lambda runtime can't be spoken to any more.
pub async fn send(route: Send) -> Result<(), Error> {
    let route = &route;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Box<RawValue>>| async move {
        Ok::<_, Infallible>(answer(route, &event.payload).await)
    }))
    .await
}

async fn answer(route: &Send, event: &RawValue) -> Answer {
    let Some(event) = SocketEvent::read(Kind::Message, event) else { return Answer::BAD_EVENT };
    let SocketEvent { connection, request_id, body, .. } = event;
    route.handle(FrameRequest { connection, request_id, body }).await;
    Answer::OK
}
