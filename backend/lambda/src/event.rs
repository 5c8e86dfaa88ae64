//! Parses the socket events of API Gateway.

use std::collections::HashMap;

use chat::ports::connections::ConnectionId;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The type of an event.
///
/// The route does not tell the type: a client chooses the route with the `action` of its frame, and `{"action":"$connect"}` is
/// an ordinary message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Kind {
    /// A socket wants to open.
    Connect,
    /// A frame has arrived.
    Message,
    /// A socket has closed.
    Disconnect,
}

/// An event of a socket, with the fields that the handlers need.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct SocketEvent {
    /// The socket.
    pub connection: ConnectionId,
    /// The id of the event, the same for every retry.
    pub request_id: String,
    /// The query of the handshake; empty in other events.
    pub query: HashMap<String, String>,
    /// The headers of the handshake with lower-case names: API Gateway passes them on as the client wrote them.
    pub headers: HashMap<String, String>,
    /// The IP address of API Gateway's peer: CloudFront, or a client that calls it directly.
    pub source: Option<String>,
    /// The frame.
    pub body: String,
}

/// Describes why an event cannot be parsed. The error itself may quote the event, and with it what a client sent.
pub(crate) fn fault(error: &serde_json::Error) -> String {
    format!("{:?} at line {}, column {}", error.classify(), error.line(), error.column())
}

impl SocketEvent {
    /// Parses an event of the expected kind. Any other event is logged and gives `None`.
    pub(crate) fn read(expected: Kind, event: &RawValue) -> Option<Self> {
        let Shape { request_context, query_string_parameters, headers, body } = serde_json::from_str(event.get())
            .inspect_err(|error| tracing::error!(?expected, fault = fault(error), "event refused: unexpected shape"))
            .ok()?;
        let Context { connection_id, event_type, request_id, identity } = request_context;
        if event_type != expected {
            tracing::warn!(
                ?expected,
                ?event_type,
                connection = connection_id,
                "event refused: type of another function"
            );
            return None;
        }
        Some(Self {
            connection: ConnectionId(connection_id),
            request_id,
            query: query_string_parameters.unwrap_or_default(),
            headers: (headers.unwrap_or_default().into_iter())
                .map(|(name, value)| (name.to_ascii_lowercase(), value))
                .collect(),
            source: identity.and_then(|identity| identity.source_ip),
            body: body.unwrap_or_default(),
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Shape {
    request_context: Context,
    query_string_parameters: Option<HashMap<String, String>>,
    headers: Option<HashMap<String, String>>,
    body: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    connection_id: String,
    event_type: Kind,
    request_id: String,
    identity: Option<Identity>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    source_ip: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(json: &str) -> Box<RawValue> {
        RawValue::from_string(json.to_owned()).unwrap()
    }

    fn read(kind: Kind, json: &str) -> Option<SocketEvent> {
        SocketEvent::read(kind, &raw(json))
    }

    #[test]
    fn a_handshake_has_a_connection_id_and_a_query() {
        for event in [include_str!("../tests/events/connect.json"), include_str!("../tests/events/aws-connect.json")] {
            let event = read(Kind::Connect, event).unwrap();
            assert!(!event.connection.0.is_empty());
            assert_eq!(event.query["room"], "cats");
            assert_eq!(event.query["name"], "Jürgen B");
        }
    }

    #[test]
    fn a_handshake_has_an_origin_and_a_source() {
        let origin = |event: &SocketEvent| event.headers["origin"].clone();
        let event = read(Kind::Connect, include_str!("../tests/events/aws-connect.json")).unwrap();
        assert_eq!(origin(&event), "https://d111111abcdef8.cloudfront.net");
        assert_eq!(event.source.as_deref(), Some("130.176.0.1"));
        assert_eq!(event.headers["x-forwarded-for"], "203.0.113.7, 130.176.0.1");
        let event = read(Kind::Connect, include_str!("../tests/events/connect.json")).unwrap();
        assert_eq!((origin(&event).as_str(), event.source.as_deref()), ("http://x.test", Some("127.0.0.1")));
    }

    #[test]
    fn a_handshake_may_have_no_query() {
        let event = r#"{"requestContext":{"connectionId":"c=","eventType":"CONNECT","requestId":"r"},"headers":{}}"#;
        assert_eq!(read(Kind::Connect, event).unwrap().query, HashMap::new());
        let null = event.replace("\"headers\"", "\"queryStringParameters\":null,\"headers\"");
        assert_eq!(read(Kind::Connect, &null).unwrap().query, HashMap::new());
    }

    #[test]
    fn a_frame_is_passed_on_unchanged() {
        for event in [include_str!("../tests/events/send.json"), include_str!("../tests/events/aws-send.json")] {
            let event = read(Kind::Message, event).unwrap();
            assert_eq!(event.body, r#"{"action":"send","text":"hi"}"#);
            assert!(!event.request_id.is_empty());
        }
        assert_eq!(
            read(Kind::Message, include_str!("../tests/events/default.json")).unwrap().body,
            r#"{"action":"hello"}"#
        );
    }

    #[test]
    fn a_disconnect_event_has_the_connection_id() {
        for event in
            [include_str!("../tests/events/disconnect.json"), include_str!("../tests/events/aws-disconnect.json")]
        {
            assert!(!read(Kind::Disconnect, event).unwrap().connection.0.is_empty());
        }
    }

    #[test]
    fn a_message_with_the_action_connect_is_no_handshake() {
        let event =
            include_str!("../tests/events/send.json").replace("\"routeKey\": \"send\"", "\"routeKey\": \"$connect\"");
        assert!(read(Kind::Message, &event).is_some());
        assert_eq!(read(Kind::Connect, &event), None);
        assert_eq!(read(Kind::Disconnect, &event), None);
    }

    #[test]
    fn an_event_with_an_unexpected_shape_is_rejected() {
        let front = include_str!("../tests/events/front.json");
        for event in ["null", "7", "[]", "{}", r#"{"requestContext":null}"#, r#"{"requestContext":{}}"#, front] {
            for kind in [Kind::Connect, Kind::Message, Kind::Disconnect] {
                assert_eq!(read(kind, event), None, "{event}");
            }
        }
    }
}
