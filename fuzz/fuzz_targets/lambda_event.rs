//! A Lambda event belongs to at most one function, and the client's data in it arrives unchanged.

#![no_main]

use chat_lambda::fuzzing::{socket_event, visit};
use libfuzzer_sys::fuzz_target;
use serde_json::{json, value::to_raw_value};

fuzz_target!(|text: &str| {
    if let Ok(event) = serde_json::from_str(text) {
        assert!(socket_event(event).len() <= 1, "an event for two functions");
        if let Err(status) = visit(event) {
            assert!(matches!(status, 400 | 405 | 413 | 415), "{status}");
        }
    }
    frame(text);
    page(text);
});

/// The content of a frame does not change which event it is, and arrives unchanged.
fn frame(body: &str) {
    let route = serde_json::from_str::<serde_json::Value>(body).ok();
    let route = route.and_then(|value| value["action"].as_str().map(str::to_owned)).unwrap_or_default();
    let event = to_raw_value(&json!({
        "requestContext": { "routeKey": route, "eventType": "MESSAGE", "connectionId": "c=", "requestId": "r=" },
        "body": body, "isBase64Encoded": false,
    }));
    let read = socket_event(&event.expect("JSON"));
    assert_eq!(read.len(), 1);
    assert_eq!((read[0].function, read[0].connection.as_str(), read[0].body.as_str()), ("send", "c=", body));
    assert!(read[0].query.is_empty());
}

/// The path, the query and the cookie of a request arrive unchanged.
fn page(text: &str) {
    let event = to_raw_value(&json!({
        "version": "2.0", "rawPath": text, "rawQueryString": text, "cookies": [text], "headers": {},
        "requestContext": { "http": { "method": "GET", "path": text } },
    }));
    let Ok(visit) = visit(&event.expect("JSON")) else { panic!("a valid request was rejected") };
    assert_eq!((visit.path.as_str(), visit.cookie.as_deref(), visit.secure), (text, Some(text), false));
}
