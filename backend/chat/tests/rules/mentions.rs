//! Mentions, as sentences: whom a message calls.

use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};

fn ann() -> Value {
    json!({ "id": "ann", "name": "Ann" })
}

fn bea() -> Value {
    json!({ "id": "bea", "name": "Bea" })
}

/// What everybody is told of what Cat says.
async fn told(chat: &TestChat, frame: Value) -> Value {
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
async fn a_message_carries_whom_it_calls_and_marks_them() {
    let chat = room().await;
    let said = json!({ "action": "send", "text": "hi @Bea and @Ann", "mentions": [ann(), bea()] });
    let message = told(&chat, said).await;
    assert_eq!(message["mentions"], json!([bea(), ann()]), "in the order of the text");
    let marked = |name: &str| format!("<span class=\"mention\">@{name}</span>");
    assert_eq!(message["html"], json!(format!("<p>hi {} and {}</p>", marked("Bea"), marked("Ann"))));
    chat.send("dan", json!({ "action": "hello" })).await;
    assert_eq!(chat.received("dan").pop().unwrap()["messages"][0]["mentions"], json!([bea(), ann()]), "it is stored");
}

#[tokio::test]
async fn whoever_is_not_called_by_the_text_is_not_mentioned() {
    let chat = room().await;
    for text in ["hi", "hi Ann", "hi @ann", "hi @Anna", "me@Ann"] {
        let message = told(&chat, json!({ "action": "send", "text": text, "mentions": [ann(), bea()] })).await;
        assert_eq!((&message["text"], message.get("mentions"), message.get("html")), (&json!(text), None, None));
    }
    let message = told(&chat, json!({ "action": "send", "text": "@Ann @Ann", "mentions": [ann(), ann()] })).await;
    assert_eq!(message["mentions"], json!([ann()]), "nobody is called twice");
}

#[tokio::test]
async fn an_edit_calls_whom_its_text_calls_and_nobody_else() {
    let chat = room().await;
    told(&chat, json!({ "action": "send", "text": "hi @Ann", "mentions": [ann()] })).await;
    let edit = |text: &str| json!({ "action": "edit", "seq": 1, "text": text, "mentions": [ann(), bea()] });
    assert_eq!(told(&chat, edit("hi @Bea")).await["mentions"], json!([bea()]));
    assert_eq!(told(&chat, edit("hi")).await.get("mentions"), None);
    assert_eq!(told(&chat, json!({ "action": "edit", "seq": 1, "text": "hi @Ann" })).await.get("mentions"), None);
}

#[tokio::test]
async fn a_message_that_is_taken_back_calls_nobody() {
    let chat = room().await;
    told(&chat, json!({ "action": "send", "text": "hi @Ann", "mentions": [ann()] })).await;
    let message = told(&chat, json!({ "action": "delete", "seq": 1 })).await;
    assert_eq!((&message["deleted"], message.get("mentions")), (&json!(true), None));
}

#[tokio::test]
async fn a_reaction_leaves_the_mentions_as_they_are() {
    let chat = room().await;
    told(&chat, json!({ "action": "send", "text": "hi @Ann", "mentions": [ann()] })).await;
    let message = told(&chat, json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true })).await;
    assert_eq!(message["mentions"], json!([ann()]));
}

#[tokio::test]
async fn a_retry_calls_whom_the_first_attempt_called() {
    let chat = room().await;
    let said = |mentions: Value| json!({ "action": "send", "text": "hi @Ann", "nonce": "n", "mentions": mentions });
    told(&chat, said(json!([ann()]))).await;
    assert_eq!(told(&chat, said(json!([]))).await["mentions"], json!([ann()]));
}
