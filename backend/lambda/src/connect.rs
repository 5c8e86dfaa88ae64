//! Handles `$connect` events.

use chat::presence::{connect::ConnectRequest, connect_handler::ConnectHandler};
use serde_json::value::RawValue;

use crate::{
    Error,
    answer::Answer,
    cloudfront::{DirectRequest, ORIGIN_KEY, OriginKey},
    event::{Kind, SocketEvent},
    start::serve,
};

/// Handles connect requests: admits them or refuses them with a status. Requests that did not come through CloudFront are refused.
///
/// # Errors
///
/// If the connection to the Lambda runtime fails.
pub async fn connect(route: ConnectHandler, origin_key: OriginKey) -> Result<(), Error> {
    let (route, origin_key) = (&route, &origin_key);
    serve(|event| async move { answer(route, origin_key, &event).await }).await
}

async fn answer(route: &ConnectHandler, origin_key: &OriginKey, event: &RawValue) -> Answer {
    let Some(event) = SocketEvent::read(Kind::Connect, event) else { return Answer::BAD_EVENT };
    let request = match request(event, origin_key) {
        Ok(request) => request,
        Err(DirectRequest) => {
            tracing::warn!("connect request refused: it did not come through CloudFront");
            return Answer::status(403);
        }
    };
    match route.handle(request).await {
        Ok(()) => Answer::OK,
        Err(refusal) => Answer::status(refusal.status),
    }
}

fn request(mut event: SocketEvent, origin_key: &OriginKey) -> Result<ConnectRequest, DirectRequest> {
    let header = |name: &str| event.headers.get(name).map(String::as_str);
    let forwarded = header("x-forwarded-for").into_iter();
    let address = origin_key.client_address(header(ORIGIN_KEY), forwarded, event.source.as_deref())?;
    let mut query = |name| event.query.remove(name);
    Ok(ConnectRequest {
        room: query("room"),
        ticket: query("ticket"),
        name: query("name"),
        frames: query("frames"),
        origin: event.headers.remove("origin"),
        host: event.headers.remove("host"),
        subprotocols: event.headers.remove("sec-websocket-protocol"),
        address,
        connection: event.connection,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sockets_through_cloudfront_are_admitted() {
        let event = || {
            let event = include_str!("../tests/events/aws-connect.json").to_owned();
            SocketEvent::read(Kind::Connect, &RawValue::from_string(event).unwrap()).unwrap()
        };
        let key = |key: &str| OriginKey::Required(vec![key.into()]);
        let through = request(event(), &key("b6a7f1d0-7b5e-11f0-8de9-0242ac120002")).unwrap();
        assert_eq!(through.address, "203.0.113.7".parse().ok(), "the address is the client's, not CloudFront's");
        assert_eq!(through.room.as_deref(), Some("cats"));
        assert_eq!(request(event(), &key("another")).err(), Some(DirectRequest));
    }
}
