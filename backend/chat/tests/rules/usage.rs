//! Tests of the usage figures: who sees them, and what is counted.

use std::time::Duration;

use chat::ports::messages::Messages as _;
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{ChatMessage, Rev, RoomName, Seq, limits};

use super::{chat_identity::owned_chat, moderation::code};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn usage(chat: &TestChat) -> Value {
    chat.received("own");
    chat.send("own", json!({ "action": "usage" })).await;
    chat.received("own").into_iter().find(|frame| frame["type"] == "usage").unwrap()["usage"].take()
}

fn counted(usage: &Value) -> Vec<u64> {
    usage["days"].as_array().unwrap().iter().map(|day| day["changes"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn only_owners_see_usage_figures() {
    let chat = owned_chat().await;
    for socket in ["m", "rob", "a"] {
        assert_eq!(chat.error_for(socket, json!({ "action": "usage" })).await, code("notAllowed"), "{socket}");
    }
    let before = usage(&chat).await;
    assert_eq!(
        (&before["days"], &before["countedAt"], &before["monthlyCents"]),
        (&json!([]), &Value::Null, &Value::Null)
    );
    assert!(before["connections"].as_u64().unwrap() > 3, "{before}");
}

#[tokio::test]
async fn the_clean_up_counts_what_was_written_since_the_last_one() {
    let chat = owned_chat().await;
    chat.send_message("a", "before the first clean-up", "n-0").await;
    chat.run_cleanup().await;
    assert_eq!(counted(&usage(&chat).await), [0_u64; 0], "the first clean-up only remembers where to begin");
    for number in 1..=3 {
        chat.send_message("a", "hi", &format!("n-{number}")).await;
    }
    chat.send("a", json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true })).await;
    chat.send("a", json!({ "action": "delete", "seq": 2 })).await;
    chat.run_cleanup().await;
    assert_eq!(counted(&usage(&chat).await), [5]);
    chat.run_cleanup().await;
    chat.send_message("a", "later on the same day", "n-9").await;
    chat.clock.advance(Duration::from_secs(60));
    chat.run_cleanup().await;
    let today = usage(&chat).await;
    assert_eq!((counted(&today), &today["monthlyCents"]), (vec![6], &Value::Null), "the day is not over");
    for day in 0..limits::USAGE_DAYS as u64 + 3 {
        chat.clock.advance(DAY);
        for number in 0..day {
            chat.send_message("a", "daily", &format!("d-{day}-{number}")).await;
        }
        chat.run_cleanup().await;
    }
    let weeks = usage(&chat).await;
    let expected: Vec<u64> = (3..limits::USAGE_DAYS as u64 + 3).collect();
    assert_eq!(counted(&weeks), expected, "the newest days, oldest first");
    assert!(weeks["monthlyCents"].as_u64().unwrap() > 0, "{weeks}");
    assert!(weeks["storage"]["messages"].as_u64().unwrap() > 0, "the file of the store: {weeks}");
}

#[tokio::test]
async fn private_rooms_are_not_counted() {
    let chat = owned_chat().await;
    chat.run_cleanup().await;
    chat.send("a", json!({ "action": "createRoom", "title": "Secret" })).await;
    let created = chat.received("a").into_iter().find(|frame| frame["type"] == "roomCreated").unwrap();
    chat.send("a", json!({ "action": "enter", "room": created["room"] })).await;
    chat.send("a", json!({ "action": "send", "text": "secret", "nonce": "s-1" })).await;
    chat.run_cleanup().await;
    assert_eq!(counted(&usage(&chat).await), [0]);
}

#[tokio::test]
async fn the_history_of_a_room_that_is_listed_later_is_not_counted() {
    let chat = owned_chat().await;
    chat.send_message("a", "hi", "n-0").await;
    let first = chat.messages.at(&RoomName::lobby(), Seq(1)).await.unwrap().unwrap().message;
    // A room of before the directory, with 50 messages.
    let old: RoomName = "old".parse().unwrap();
    for seq in 1..=50 {
        assert_eq!(chat.messages.next_rev(&old).await.unwrap(), Rev(seq));
        let nonce = format!("n-{seq}").parse().unwrap();
        chat.messages.put(&old, &ChatMessage { seq: Seq(seq), rev: Rev(seq), nonce, ..first.clone() }).await.unwrap();
    }
    chat.clock.advance(Duration::from_secs(60));
    chat.run_cleanup().await;
    chat.clock.advance(Duration::from_secs(60));
    for (number, room) in ["old", "new", "new"].into_iter().enumerate() {
        chat.send("a", json!({ "action": "enter", "room": room })).await;
        chat.send_message("a", "hi", &format!("m-{number}")).await;
    }
    chat.run_cleanup().await;
    assert_eq!(counted(&usage(&chat).await), [2], "those of the new room");
    chat.send_message("a", "hi", "m-9").await;
    chat.send("a", json!({ "action": "enter", "room": "old" })).await;
    chat.send_message("a", "hi", "m-10").await;
    chat.clock.advance(Duration::from_secs(60));
    chat.run_cleanup().await;
    assert_eq!(counted(&usage(&chat).await), [4], "both rooms are known now");
}
