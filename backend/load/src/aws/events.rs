//! Events of API Gateway, as in `backend/lambda/tests/events/`.

use serde_json::{Value, json};

use crate::environment::ORIGIN_KEY;

/// The first person of the room of the actions.
pub(crate) const FIRST: usize = 0;

/// Returns the id of a person's socket, as long as those of API Gateway.
pub(crate) fn connection(number: usize) -> String {
    format!("UxAmpdgj{number:07}=")
}

/// Returns the event of an opened socket. Each person has an address of their own.
pub(crate) fn connect(number: usize, room: &str) -> Value {
    let mut event = socket("CONNECT", "$connect", number, &format!("connect-{number}"));
    event["headers"] = json!({
        "Host": "abcd1234.execute-api.us-east-1.amazonaws.com",
        "Origin": "https://chat.example",
        "X-Forwarded-For": event["requestContext"]["identity"]["sourceIp"],
        "x-origin-key": ORIGIN_KEY,
    });
    event["queryStringParameters"] = json!({"room": room, "name": format!("Guest {number}")});
    event
}

/// Returns the event of a closed socket.
pub(crate) fn disconnect(number: usize) -> Value {
    let mut event = socket("DISCONNECT", "$disconnect", number, &format!("disconnect-{number}"));
    event["headers"] = json!({"Host": "abcd1234.execute-api.us-east-1.amazonaws.com"});
    event
}

/// Returns the event of a frame. `id` is different for each.
pub(crate) fn frame(number: usize, id: usize, frame: &Value) -> Value {
    let mut event = socket("MESSAGE", "$default", number, &format!("frame-{id}"));
    event["body"] = frame.to_string().into();
    event
}

fn socket(kind: &str, route: &str, number: usize, request: &str) -> Value {
    let address = format!("10.{}.{}.{}", number >> 16 & 255, number >> 8 & 255, number & 255);
    json!({
        "requestContext": {
            "routeKey": route,
            "eventType": kind,
            "requestId": request,
            "extendedRequestId": request,
            "messageDirection": "IN",
            "stage": "ws",
            "connectedAt": 1_773_310_530_123_u64,
            "requestTimeEpoch": 1_773_310_530_124_u64,
            "identity": {"userAgent": "Mozilla/5.0", "sourceIp": address},
            "domainName": "abcd1234.execute-api.us-east-1.amazonaws.com",
            "connectionId": connection(number),
            "apiId": "abcd1234",
        },
        "isBase64Encoded": false,
    })
}

/// Returns the event of a page load, by a browser without a cookie, through CloudFront.
pub(crate) fn page(room: &str, encoding: &str) -> Value {
    let path = format!("/r/{room}");
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "accept": "text/html",
            "accept-encoding": encoding,
            "accept-language": "en",
            "host": "efgh5678.execute-api.us-east-1.amazonaws.com",
            "user-agent": "Amazon CloudFront",
            "x-forwarded-for": "203.0.113.7, 130.176.0.1",
            "x-forwarded-proto": "https",
            "x-origin-key": ORIGIN_KEY,
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "efgh5678",
            "domainName": "efgh5678.execute-api.us-east-1.amazonaws.com",
            "http": {
                "method": "GET",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "130.176.0.1",
                "userAgent": "Amazon CloudFront",
            },
            "requestId": "UxBKDhGoliAEJhQ=",
            "routeKey": "$default",
            "stage": "$default",
            "time": "12/Mar/2026:10:18:20 +0000",
            "timeEpoch": 1_773_310_700_000_u64,
        },
        "isBase64Encoded": false,
    })
}
