//! Tests of `describe`: title, topic and description of a room.

use chat::ports::moderation::Moderation;
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{RoomDetails, RoomName};

use crate::moderation::{code, moderated_chat, mute};

fn describe(title: &str) -> Value {
    json!({ "action": "describe", "details": { "title": title } })
}

async fn stored(chat: &TestChat, room: &str) -> RoomDetails {
    chat.moderation.settings(&room.parse::<RoomName>().unwrap()).await.unwrap().details
}

#[tokio::test]
async fn details_are_broadcast_and_part_of_welcome() {
    let chat = moderated_chat().await;
    chat.send_message("a", "hi", "n").await;
    let details = json!({ "title": "猫 Cats", "topic": "Cats only", "description": "One\nTwo" });
    chat.send("m", json!({ "action": "describe", "details": details })).await;
    let received = json!({ "type": "details", "room": "lobby", "details": details });
    for socket in ["m", "a", "b"] {
        assert_eq!(chat.received(socket).last(), Some(&received), "{socket}");
    }
    assert!(!chat.received("a2").contains(&received), "another room");
    for frame in [json!({ "action": "hello" }), json!({ "action": "rename", "name": "Bee" })] {
        chat.send("b", frame).await;
        let frames = chat.received("b");
        assert_eq!(frames.iter().find(|frame| frame["type"] == "welcome").unwrap()["details"], details);
    }
    chat.send("m", json!({ "action": "describe", "details": {} })).await;
    assert_eq!(chat.received("b").last(), Some(&json!({ "type": "details", "room": "lobby", "details": {} })));
    assert_eq!(stored(&chat, "lobby").await, RoomDetails::default());
}

#[tokio::test]
async fn the_person_who_opens_a_room_may_describe_it_once() {
    let chat = moderated_chat().await;
    assert_eq!(chat.error_for("a2", json!({ "action": "describe", "details": {} })).await, code("notAllowed"));
    assert!(chat.is_accepted("a2", describe("Cats")).await);
    assert!(chat.is_accepted("a2", describe("Cats")).await, "a retry");
    assert_eq!(chat.error_for("a2", describe("Dogs")).await, code("notAllowed"));
    chat.connect("b2", Some("cats"), Some(&chat.ticket("bea")), Some("Bea")).await.unwrap();
    assert_eq!(chat.error_for("b2", describe("Mice")).await, code("notAllowed"));
    assert_eq!(stored(&chat, "cats").await.title.unwrap().as_str(), "Cats");
    assert!(chat.audit().await.is_empty());
}

#[tokio::test]
async fn a_room_with_messages_is_described_by_moderators_only() {
    let chat = moderated_chat().await;
    chat.send_message("a", "hi", "n").await;
    for socket in ["a", "b"] {
        assert_eq!(chat.error_for(socket, describe("Mine")).await, code("notAllowed"));
    }
    chat.send("a", json!({ "action": "delete", "seq": 1 })).await;
    assert_eq!(chat.error_for("a", describe("Mine")).await, code("notAllowed"), "a deleted message is a message");
    assert!(chat.is_accepted("m", describe("Ours")).await && chat.is_accepted("m", describe("Yours")).await);
    assert_eq!(stored(&chat, "lobby").await.title.unwrap().as_str(), "Yours");
}

#[tokio::test]
async fn a_muted_person_describes_no_room() {
    let chat = moderated_chat().await;
    chat.send("m", mute("ann", 60)).await;
    assert_eq!(chat.error_for("a2", describe("Cats")).await.0, "muted");
    assert_eq!(stored(&chat, "cats").await, RoomDetails::default());
}

#[tokio::test]
async fn the_audit_log_has_the_new_title() {
    let chat = moderated_chat().await;
    let details = json!({ "title": "Cats", "topic": "not in the entry" });
    chat.send("m", json!({ "action": "describe", "details": details })).await;
    chat.send("m", json!({ "action": "describe", "details": {} })).await;
    let entries = chat.audit().await;
    let acts: Vec<_> = entries.iter().map(|entry| (&entry["act"], &entry["room"], &entry["title"])).collect();
    let (act, lobby) = (json!("describe"), json!("lobby"));
    assert!(acts.contains(&(&act, &lobby, &json!("Cats"))) && acts.contains(&(&act, &lobby, &Value::Null)), "{acts:?}");
    assert!(!entries[0].to_string().contains("entry") && !entries[1].to_string().contains("not in the"));
}

#[tokio::test]
async fn bad_details_are_refused() {
    let chat = moderated_chat().await;
    for details in [
        json!({ "title": " " }),
        json!({ "title": "" }),
        json!({ "title": "x".repeat(81) }),
        json!({ "title": "a\u{202e}b" }),
        json!({ "title": "a\u{200b}" }),
        json!({ "title": "\0" }),
        json!({ "title": 1 }),
        json!({ "topic": "x".repeat(251) }),
        json!({ "topic": "\u{2067}x" }),
        json!({ "description": "x".repeat(1_001) }),
        json!({ "description": "\u{3164}" }),
    ] {
        let frame = json!({ "action": "describe", "details": details });
        assert_eq!(chat.error_for("m", frame).await, code("badField"), "{details}");
    }
    assert_eq!(chat.error_for("m", json!({ "action": "describe" })).await, code("badField"));
    assert_eq!(stored(&chat, "lobby").await, RoomDetails::default());
    let longest = json!({ "title": "語".repeat(80), "topic": "語".repeat(250), "description": "語".repeat(1_000) });
    assert!(chat.is_accepted("m", json!({ "action": "describe", "details": longest })).await);
}

#[tokio::test]
async fn titles_of_other_rooms_are_answered_on_request() {
    let chat = moderated_chat().await;
    assert!(chat.is_accepted("a2", describe("Cats")).await);
    chat.received("a");
    for (titles, expected) in [(true, json!([{ "room": "cats", "title": "Cats" }])), (false, Value::Null)] {
        chat.send("a", json!({ "action": "rooms", "rooms": ["lobby", "cats"], "titles": titles })).await;
        assert_eq!(chat.received("a").remove(0)["titles"], expected, "{titles}");
    }
}
