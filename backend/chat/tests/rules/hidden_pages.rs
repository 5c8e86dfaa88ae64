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
