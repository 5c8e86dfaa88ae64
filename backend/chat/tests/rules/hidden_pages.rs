//! Tests of pages that report that they are hidden.

use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};

/// Opens a window and says `hello`.
async fn enter(chat: &TestChat, window: &str, name: &str) {
    chat.connect_to_lobby(window, name).await;
    chat.send(window, json!({ "action": "hello" })).await;
}

/// Sends a report. Returns the types of the answers.
async fn report(chat: &TestChat, window: &str, hidden: Value) -> Vec<String> {
    chat.received(window);
    chat.send(window, json!({ "action": "changes", "after": 0, "hidden": hidden })).await;
    types(chat, window)
}

fn types(chat: &TestChat, window: &str) -> Vec<String> {
    chat.received(window).iter().map(|frame| frame["type"].as_str().unwrap().into()).collect()
}

/// Ann types and writes, and Zoe comes and goes. Returns the types of the frames that `window` gets.
async fn observed(chat: &TestChat, window: &str) -> Vec<String> {
    chat.received(window);
    chat.send("a", json!({ "action": "typing" })).await;
    enter(chat, "z", "Zoe").await;
    chat.disconnect("z").await;
    chat.send_message("a", "hi", "n").await;
    types(chat, window)
}

#[tokio::test]
async fn a_hidden_page_gets_messages_but_no_typing_and_no_presence() {
    let chat = TestChat::new().await;
    for (window, name) in [("a", "Ann"), ("b", "Bea"), ("c", "Cat")] {
        enter(&chat, window, name).await;
    }
    assert_eq!(report(&chat, "b", json!(true)).await, ["changes"]);
    assert_eq!(observed(&chat, "b").await, ["message"]);
    assert_eq!(observed(&chat, "c").await, ["typing", "presence", "presence", "message"]);
}

#[tokio::test]
async fn a_page_that_is_visible_again_gets_the_presence() {
    let chat = TestChat::new().await;
    for (window, name) in [("a", "Ann"), ("b", "Bea")] {
        enter(&chat, window, name).await;
    }
    report(&chat, "b", json!(true)).await;
    enter(&chat, "c", "Cat").await;
    chat.send("b", json!({ "action": "changes", "after": 0, "hidden": false })).await;
    let received = chat.received("b");
    assert_eq!(
        (received.len(), &received[0]["type"], &received[1]["type"]),
        (2, &json!("changes"), &json!("presence"))
    );
    assert_eq!(received[1]["online"], 3);
    assert_eq!(observed(&chat, "b").await, ["typing", "presence", "presence", "message"]);
}

#[tokio::test]
async fn changes_without_a_report_do_not_show_a_hidden_page() {
    let chat = TestChat::new().await;
    for (window, name) in [("a", "Ann"), ("b", "Bea")] {
        enter(&chat, window, name).await;
    }
    report(&chat, "b", json!(true)).await;
    chat.send("b", json!({ "action": "changes", "after": 0 })).await;
    assert_eq!(observed(&chat, "b").await, ["message"]);
}

#[tokio::test]
async fn a_person_whose_page_is_hidden_is_still_online() {
    let chat = TestChat::new().await;
    for (window, name) in [("a", "Ann"), ("b", "Bea")] {
        enter(&chat, window, name).await;
    }
    report(&chat, "b", json!(true)).await;
    chat.received("a");
    chat.send("a", json!({ "action": "people" })).await;
    assert_eq!(chat.received("a")[0]["online"], 2);
}

/// Returns who is away, as `window` learns when it asks for the people.
async fn away(chat: &TestChat, window: &str) -> Vec<String> {
    chat.received(window);
    chat.send(window, json!({ "action": "people" })).await;
    let presence = chat.received(window).pop().unwrap();
    assert_eq!(presence["type"], "presence", "{presence}");
    let ids = presence["away"].as_array().cloned().unwrap_or_default();
    let people = presence["people"].as_array().unwrap();
    let name = |id: &Value| people.iter().find(|person| person["id"] == *id).unwrap()["name"].as_str().unwrap().into();
    ids.iter().map(name).collect()
}

#[tokio::test]
async fn a_person_is_away_while_all_their_pages_are_hidden() {
    let chat = TestChat::new().await;
    enter(&chat, "a", "Ann").await;
    for window in ["b1", "b2"] {
        chat.connect(window, None, Some(&chat.ticket("bea")), Some("Bea")).await.unwrap();
    }
    assert_eq!(away(&chat, "a").await, [""; 0]);
    report(&chat, "b1", json!(true)).await;
    assert_eq!(away(&chat, "a").await, [""; 0], "another page of hers is shown");
    report(&chat, "b2", json!(true)).await;
    assert_eq!(away(&chat, "a").await, ["Bea"]);
    enter(&chat, "c", "Cat").await;
    let presence = chat.received("a").pop().unwrap();
    assert_eq!(presence["away"].as_array().map(Vec::len), Some(1), "{presence}");
    let welcome = chat.received("c").into_iter().find(|frame| frame["type"] == "welcome").unwrap();
    assert_eq!(welcome["away"], presence["away"]);
    report(&chat, "b2", json!(false)).await;
    assert_eq!(away(&chat, "a").await, [""; 0]);
}
