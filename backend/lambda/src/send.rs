//! Handles the events of `send` and `$default`.

use chat::commands::{FrameHandler, FrameRequest, pipeline::ParsedFrame};
use serde_json::value::RawValue;

use crate::{
    Error,
    answer::Answer,
    event::{Kind, SocketEvent},
    metrics::Metrics,
    start::serve,
};

/// Handles frames. Replies go through the connection gateway, so API Gateway gets a status only. Messages are counted in `metrics`.
///
/// # Errors
///
/// If the connection to the Lambda runtime fails.
pub async fn send(route: FrameHandler, metrics: Option<Metrics>) -> Result<(), Error> {
    let (route, metrics) = (&route, metrics.as_ref());
    serve(|event| async move { answer(route, metrics, &event).await }).await
}

async fn answer(route: &FrameHandler, metrics: Option<&Metrics>, event: &RawValue) -> Answer {
    let Some(event) = SocketEvent::read(Kind::Message, event) else { return Answer::BAD_EVENT };
    let SocketEvent { connection, request_id, body, .. } = event;
    let frame = FrameRequest { connection, request_id, body };
    match metrics {
        Some(metrics) => metrics.measure(route.handle_parsed(ParsedFrame::from(frame))).await,
        None => route.handle(frame).await,
    }
    Answer::OK
}
