//! Tests of the answers to frames that the server rejects.

use chat::ports::messages::Messages;
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{RoomName, limits};

#[tokio::test]
async fn bad_input_gets_an_error_and_stores_nothing() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    let too_long = json!({ "action": "send", "text": "x".repeat(limits::TEXT_CHARS + 1), "nonce": "n" }).to_string();
    let too_big = json!({ "action": "send", "text": "x", "padding": "x".repeat(limits::FRAME_BYTES) }).to_string();
    let long_search = json!({ "action": "search", "text": "x".repeat(limits::SEARCH_CHARS + 1) }).to_string();
    let many_rooms = json!({ "action": "rooms", "rooms": vec!["lobby"; limits::ROOMS + 1] }).to_string();
    let many_people = vec![json!({ "id": "a", "name": "A" }); limits::MENTIONS + 1];
    let many_mentions = json!({ "action": "send", "text": "@A", "nonce": "n", "mentions": many_people }).to_string();
    for (frame, code, action, nonce) in [
        ("", "badJson", Value::Null, Value::Null),
        ("hello", "badJson", Value::Null, Value::Null),
        ("null", "missingAction", Value::Null, Value::Null),
        ("{}", "missingAction", Value::Null, Value::Null),
        (r#"{"action":null}"#, "missingAction", Value::Null, Value::Null),
        (r#"{"action":"dance"}"#, "unknownAction", json!("dance"), Value::Null),
        (r#"{"action":"send"}"#, "badField", json!("send"), Value::Null),
        (r#"{"action":"send","text":"","nonce":"n"}"#, "badField", json!("send"), json!("n")),
        (r#"{"action":"send","text":" \n ","nonce":"n"}"#, "badField", json!("send"), json!("n")),
        (r#"{"action":"send","text":7,"nonce":"n"}"#, "badField", json!("send"), json!("n")),
        (r#"{"action":"send","text":{"$ne":1}}"#, "badField", json!("send"), Value::Null),
        (r#"{"action":"send","text":"hi","nonce":"a b"}"#, "badField", json!("send"), Value::Null),
        (&too_long, "badField", json!("send"), json!("n")),
        (&too_big, "frameTooLarge", Value::Null, Value::Null),
        (r#"{"action":"rename","name":" "}"#, "badField", json!("rename"), Value::Null),
        (r#"{"action":"history"}"#, "badField", json!("history"), Value::Null),
        (r#"{"action":"history","around":-1}"#, "badField", json!("history"), Value::Null),
        (r#"{"action":"history","after":"now"}"#, "badField", json!("history"), Value::Null),
        (r#"{"action":"search"}"#, "badField", json!("search"), Value::Null),
        (r#"{"action":"search","text":" "}"#, "badField", json!("search"), Value::Null),
        (r#"{"action":"search","text":"x","before":"now"}"#, "badField", json!("search"), Value::Null),
        (&long_search, "badField", json!("search"), Value::Null),
        (r#"{"action":"rooms"}"#, "badField", json!("rooms"), Value::Null),
        (r#"{"action":"rooms","rooms":["No Room"]}"#, "badField", json!("rooms"), Value::Null),
        (&many_rooms, "badField", json!("rooms"), Value::Null),
        (r#"{"action":"send","text":"@A","nonce":"n","mentions":["A"]}"#, "badField", json!("send"), json!("n")),
        (&many_mentions, "badField", json!("send"), json!("n")),
        (r#"{"action":"changes","after":-1}"#, "badField", json!("changes"), Value::Null),
        (r#"{"action":"hello","since":"yesterday"}"#, "badField", json!("hello"), Value::Null),
    ] {
        chat.send_raw("c1", frame).await;
        let received = chat.received("c1");
        assert_eq!(received.len(), 1, "{frame}: {received:?}");
        assert_eq!((&received[0]["type"], &received[0]["code"]), (&json!("error"), &json!(code)), "{frame}");
        assert_eq!((&received[0]["action"], &received[0]["nonce"]), (&action, &nonce), "{frame}: {received:?}");
    }
    assert_eq!(chat.received("c2"), [Value::Null; 0], "nobody else is notified");
    assert_eq!(chat.messages.before(&RoomName::lobby(), None, 10).await.unwrap(), []);
    chat.send_message("c1", "still here", "n2").await;
    assert_eq!(chat.received_texts("c1"), ["still here"]);
}

#[tokio::test]
async fn an_unknown_socket_gets_not_connected() {
    let chat = TestChat::new().await;
    chat.send("ghost", json!({ "action": "send", "text": "boo" })).await;
    assert_eq!(chat.received("ghost")[0]["code"], "notConnected");
    assert_eq!(chat.messages.before(&RoomName::lobby(), None, 10).await.unwrap(), []);
}
