//! Mentions, as sentences: whom a message calls.

use chat_testing::world::World;
use serde_json::{Value, json};

fn ann() -> Value {
    json!({ "id": "ann", "name": "Ann" })
}

fn bea() -> Value {
    json!({ "id": "bea", "name": "Bea" })
}

/// What everybody is told of what Cat says.
async fn told(world: &World, frame: Value) -> Value {
    world.told("dan");
    world.say("cat", frame).await;
    world.told("dan").pop().unwrap()
}

async fn room() -> World {
    let world = World::new().await;
    world.join("cat", "Cat").await;
    world.join("dan", "Dan").await;
    world
}

#[tokio::test]
async fn a_message_carries_whom_it_calls_and_marks_them() {
    let world = room().await;
    let said = json!({ "action": "send", "text": "hi @Bea and @Ann", "mentions": [ann(), bea()] });
    let message = told(&world, said).await;
    assert_eq!(message["mentions"], json!([bea(), ann()]), "in the order of the text");
    let marked = |name: &str| format!("<span class=\"mention\">@{name}</span>");
    assert_eq!(message["html"], json!(format!("<p>hi {} and {}</p>", marked("Bea"), marked("Ann"))));
    world.say("dan", json!({ "action": "hello" })).await;
    assert_eq!(world.told("dan").pop().unwrap()["messages"][0]["mentions"], json!([bea(), ann()]), "it is stored");
}

#[tokio::test]
async fn whoever_is_not_called_by_the_text_is_not_mentioned() {
    let world = room().await;
    for text in ["hi", "hi Ann", "hi @ann", "hi @Anna", "me@Ann"] {
        let message = told(&world, json!({ "action": "send", "text": text, "mentions": [ann(), bea()] })).await;
        assert_eq!((&message["text"], message.get("mentions"), message.get("html")), (&json!(text), None, None));
    }
    let message = told(&world, json!({ "action": "send", "text": "@Ann @Ann", "mentions": [ann(), ann()] })).await;
    assert_eq!(message["mentions"], json!([ann()]), "nobody is called twice");
}

#[tokio::test]
async fn an_edit_calls_whom_its_text_calls_and_nobody_else() {
    let world = room().await;
    told(&world, json!({ "action": "send", "text": "hi @Ann", "mentions": [ann()] })).await;
    let edit = |text: &str| json!({ "action": "edit", "seq": 1, "text": text, "mentions": [ann(), bea()] });
    assert_eq!(told(&world, edit("hi @Bea")).await["mentions"], json!([bea()]));
    assert_eq!(told(&world, edit("hi")).await.get("mentions"), None);
    assert_eq!(told(&world, json!({ "action": "edit", "seq": 1, "text": "hi @Ann" })).await.get("mentions"), None);
}

#[tokio::test]
async fn a_message_that_is_taken_back_calls_nobody() {
    let world = room().await;
    told(&world, json!({ "action": "send", "text": "hi @Ann", "mentions": [ann()] })).await;
    let message = told(&world, json!({ "action": "delete", "seq": 1 })).await;
    assert_eq!((&message["deleted"], message.get("mentions")), (&json!(true), None));
}

#[tokio::test]
async fn a_reaction_leaves_the_mentions_as_they_are() {
    let world = room().await;
    told(&world, json!({ "action": "send", "text": "hi @Ann", "mentions": [ann()] })).await;
    let message = told(&world, json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true })).await;
    assert_eq!(message["mentions"], json!([ann()]));
}

#[tokio::test]
async fn a_retry_calls_whom_the_first_attempt_called() {
    let world = room().await;
    let said = |mentions: Value| json!({ "action": "send", "text": "hi @Ann", "nonce": "n", "mentions": mentions });
    told(&world, said(json!([ann()]))).await;
    assert_eq!(told(&world, said(json!([]))).await["mentions"], json!([ann()]));
}
