//! Tests of mentions.

use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};

fn ann() -> Value {
    json!({ "id": "ann", "name": "Ann" })
}

fn bea() -> Value {
    json!({ "id": "bea", "name": "Bea" })
}

/// Sends a frame as Cat and returns the broadcast.
async fn broadcast_of(chat: &TestChat, frame: Value) -> Value {
    chat.received("dan");
    chat.send("cat", frame).await;
    chat.received("dan").pop().unwrap()
}

async fn room() -> TestChat {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("cat", "Cat").await;
    chat.connect_to_lobby("dan", "Dan").await;
    chat
}

#[tokio::test]
async fn mentions_are_stored_and_highlighted() {
    let chat = room().await;
    let frame = json!({ "action": "send", "text": "hi @Bea and @Ann", "mentions": [ann(), bea()] });
    let message = broadcast_of(&chat, frame).await;
    assert_eq!(message["mentions"], json!([bea(), ann()]), "in the order of the text");
    let highlighted = |name: &str| format!("<span class=\"mention\">@{name}</span>");
    assert_eq!(message["html"], json!(format!("<p>hi {} and {}</p>", highlighted("Bea"), highlighted("Ann"))));
    chat.send("dan", json!({ "action": "hello" })).await;
    assert_eq!(chat.received("dan").pop().unwrap()["messages"][0]["mentions"], json!([bea(), ann()]), "it is stored");
}

#[tokio::test]
async fn people_who_are_not_in_the_text_are_not_mentioned() {
    let chat = room().await;
    for text in ["hi", "hi Ann", "hi @ann", "hi @Anna", "me@Ann"] {
        let message = broadcast_of(&chat, json!({ "action": "send", "text": text, "mentions": [ann(), bea()] })).await;
        assert_eq!((&message["text"], message.get("mentions"), message.get("html")), (&json!(text), None, None));
    }
    let message =
        broadcast_of(&chat, json!({ "action": "send", "text": "@Ann @Ann", "mentions": [ann(), ann()] })).await;
    assert_eq!(message["mentions"], json!([ann()]), "each person is mentioned once");
}

#[tokio::test]
async fn an_edit_replaces_the_mentions() {
    let chat = room().await;
    broadcast_of(&chat, json!({ "action": "send", "text": "hi @Ann", "mentions": [ann()] })).await;
    let edit = |text: &str| json!({ "action": "edit", "seq": 1, "text": text, "mentions": [ann(), bea()] });
    assert_eq!(broadcast_of(&chat, edit("hi @Bea")).await["mentions"], json!([bea()]));
    assert_eq!(broadcast_of(&chat, edit("hi")).await.get("mentions"), None);
    assert_eq!(
        broadcast_of(&chat, json!({ "action": "edit", "seq": 1, "text": "hi @Ann" })).await.get("mentions"),
        None
    );
}

#[tokio::test]
async fn a_deleted_message_has_no_mentions() {
    let chat = room().await;
    broadcast_of(&chat, json!({ "action": "send", "text": "hi @Ann", "mentions": [ann()] })).await;
    let message = broadcast_of(&chat, json!({ "action": "delete", "seq": 1 })).await;
    assert_eq!((&message["deleted"], message.get("mentions")), (&json!(true), None));
}

#[tokio::test]
async fn a_reaction_keeps_the_mentions() {
    let chat = room().await;
    broadcast_of(&chat, json!({ "action": "send", "text": "hi @Ann", "mentions": [ann()] })).await;
    let message = broadcast_of(&chat, json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true })).await;
    assert_eq!(message["mentions"], json!([ann()]));
}

#[tokio::test]
async fn a_retry_keeps_the_mentions_of_the_first_attempt() {
    let chat = room().await;
    let send = |mentions: Value| json!({ "action": "send", "text": "hi @Ann", "nonce": "n", "mentions": mentions });
    broadcast_of(&chat, send(json!([ann()]))).await;
    assert_eq!(broadcast_of(&chat, send(json!([]))).await["mentions"], json!([ann()]));
}
