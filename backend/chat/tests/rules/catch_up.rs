//! Tests of `hello` with a revision and of `changes`.

use std::time::Duration;

use chat::messages::deadlines::GAP_LIFE;
use chat_testing::test_chat::{TestChat, text_of};
use serde_json::json;

use crate::posting::abort_after_reserving;

#[tokio::test]
async fn hello_with_a_revision_returns_the_changes_since() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    for n in 1..=3 {
        chat.send_message("c1", &format!("m{n}"), &format!("n{n}")).await;
    }
    chat.connect_to_lobby("c2", "Bea").await;
    chat.send("c2", json!({ "action": "hello", "since": 1 })).await;
    let changes = chat.received("c2").remove(1);
    assert_eq!(
        (&changes["type"], &changes["upTo"], &changes["truncated"]),
        (&json!("changes"), &json!(3), &json!(false))
    );
    assert_eq!(changes["messages"].as_array().unwrap().iter().map(text_of).collect::<Vec<_>>(), ["m2", "m3"]);
}

#[tokio::test]
async fn too_many_changes_are_answered_with_the_newest_page() {
    let chat = TestChat::with_limits(100, 3).await;
    chat.connect_to_lobby("c1", "Ann").await;
    for n in 1..=5 {
        chat.send_message("c1", &format!("m{n}"), &format!("n{n}")).await;
    }
    chat.received("c1");
    chat.send("c1", json!({ "action": "changes", "after": 1 })).await;
    let changes = chat.received("c1").remove(0);
    assert_eq!((&changes["upTo"], &changes["truncated"]), (&json!(5), &json!(true)));
    assert_eq!(changes["messages"].as_array().unwrap().iter().map(text_of).collect::<Vec<_>>(), ["m3", "m4", "m5"]);
}

#[tokio::test]
async fn a_gap_is_passed_only_after_its_deadline() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.send_message("c1", "before", "n1").await;
    abort_after_reserving(&chat, "c1", "n2").await;
    chat.send_message("c1", "behind", "n3").await;
    let up_to = async || {
        chat.received("c1");
        chat.send("c1", json!({ "action": "changes", "after": 0 })).await;
        let changes = chat.received("c1").remove(0);
        assert_eq!(changes["messages"].as_array().unwrap().len(), 2, "messages behind the gap are sent at once");
        changes["upTo"].clone()
    };
    assert_eq!(up_to().await, 1);
    chat.clock.advance(GAP_LIFE);
    assert_eq!(up_to().await, 1);
    chat.clock.advance(Duration::from_millis(1));
    assert_eq!(up_to().await, 3);
}
