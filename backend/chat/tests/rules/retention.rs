//! Tests of the retention of a room: who sets it, and what the clean-up removes.

use std::{sync::Arc, time::Duration};

use chat::{
    commands::FramePorts,
    messages::retention::RoomRetention,
    ports::{
        messages::{MessageKey, Messages},
        moderation::Moderation,
    },
};
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{ChatMessage, Rev, RoomName, RoomRules, Seq};

use crate::{
    images::{image, png},
    moderation::{code, moderated_chat},
    moderation_fake::BanningModeration,
};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const HOUR: Duration = Duration::from_secs(60 * 60);

fn rules(keep_days: u32) -> Value {
    json!({ "action": "rules", "rules": { "keepDays": keep_days } })
}

async fn texts(chat: &TestChat, room: &str) -> Vec<String> {
    let found = chat.messages.before(&room.parse().unwrap(), None, 1_000).await.unwrap();
    found.into_iter().map(|message| message.text.map_or_else(String::new, |text| text.to_string())).collect()
}

async fn answer(chat: &TestChat, socket: &str, frame: Value) -> Value {
    chat.received(socket);
    chat.send(socket, frame).await;
    chat.received(socket).pop().unwrap()
}

#[tokio::test]
async fn a_moderator_sets_the_retention_and_everybody_is_told() {
    let chat = moderated_chat().await;
    assert_eq!(chat.error_for("a", rules(30)).await, code("notAllowed"));
    chat.received("a");
    let told = |rules: Value| json!({ "room": "lobby", "type": "rules", "rules": rules });
    let lobby = RoomName::lobby();
    let stored = async || chat.moderation.rules(&lobby).await.unwrap();
    for (sent, told_rules, expected) in [
        (json!({ "keepDays": 30 }), json!({ "keepDays": 30 }), Some(30)),
        // A page of an older version: it does not switch it off.
        (json!({ "slow": 5 }), json!({ "slow": 5, "keepDays": 30 }), Some(30)),
        (json!({ "keepDays": 3_650 }), json!({ "keepDays": 3_650 }), Some(3_650)),
        (json!({ "slow": 5, "keepDays": 0 }), json!({ "slow": 5, "keepDays": 0 }), None),
        (json!({}), json!({}), None),
    ] {
        chat.send("m", json!({ "action": "rules", "rules": sent })).await;
        for socket in ["m", "a"] {
            assert_eq!(chat.received(socket).pop(), Some(told(told_rules.clone())), "{sent} {socket}");
        }
        assert_eq!(stored().await.keep_days, expected, "{sent}");
    }
    assert_eq!(stored().await, RoomRules::default());
    let audited: Vec<Value> = chat.audit().await.into_iter().map(|entry| entry["rules"].clone()).collect();
    assert_eq!(audited[4], json!({ "keepDays": 30 }));
    assert_eq!(audited[1], json!({ "slow": 5 }));
}

#[tokio::test]
async fn rules_of_an_older_page_leave_what_it_does_not_know() {
    let chat = moderated_chat().await;
    let all = json!({ "archived": true, "memberPins": true, "keepDays": 30 });
    for (sent, expected) in [
        (all.clone(), all.clone()),
        (json!({ "slow": 5 }), json!({ "slow": 5, "archived": true, "memberPins": true, "keepDays": 30 })),
        (json!({}), all),
        (json!({ "memberPins": true, "keepDays": 0 }), json!({ "memberPins": true })),
        (json!({ "archived": true }), json!({ "archived": true, "memberPins": true })),
        (json!({ "keepDays": 0 }), json!({})),
    ] {
        chat.send("m", json!({ "action": "rules", "rules": sent })).await;
        let stored = chat.moderation.rules(&RoomName::lobby()).await.unwrap();
        assert_eq!(serde_json::to_value(stored).unwrap(), expected, "{sent}");
    }
}

#[tokio::test]
async fn a_retention_that_is_no_number_of_days_is_refused() {
    let chat = moderated_chat().await;
    chat.send("m", rules(30)).await;
    for keep_days in
        [json!(3_651), json!(65_535), json!(65_536), json!(-1), json!(1.5), json!("30"), json!([30]), json!(true)]
    {
        let frame = json!({ "action": "rules", "rules": { "slow": 9, "keepDays": keep_days } });
        assert_eq!(chat.error_for("m", frame.clone()).await, code("badField"), "{frame}");
    }
    let stored = chat.moderation.rules(&RoomName::lobby()).await.unwrap();
    assert_eq!(stored, RoomRules { keep_days: Some(30), ..RoomRules::default() });
}

#[tokio::test]
async fn the_clean_up_removes_what_the_room_does_not_keep() {
    let chat = moderated_chat().await;
    chat.send("m", rules(7)).await;
    let picture = image("image/png", png(3, 2).len(), 3, 2);
    chat.upload("a", "with-image", &picture, &png(3, 2)).await;
    chat.send("a", json!({ "action": "send", "text": "old", "nonce": "with-image", "image": picture })).await;
    chat.send("m", json!({ "action": "pin", "seq": 1, "pinned": true })).await;
    chat.send("b", json!({ "action": "send", "text": "old reply", "nonce": "n-2", "thread": 1 })).await;
    chat.send_message("a2", "in another room", "n-3").await;
    chat.clock.advance(DAY * 7 - HOUR);
    chat.send_message("b", "young", "n-4").await;
    chat.run_cleanup().await;
    assert_eq!(texts(&chat, "lobby").await, ["old", "old reply", "young"]);
    chat.clock.advance(HOUR * 2);
    chat.run_cleanup().await;
    assert_eq!(texts(&chat, "lobby").await, ["young"]);
    assert_eq!(texts(&chat, "cats").await, ["in another room"]);
    let lobby = RoomName::lobby();
    let key = MessageKey { room: lobby.clone(), author: "ann".parse().unwrap(), nonce: "with-image".parse().unwrap() };
    assert_eq!(chat.kept_image(&key).await, None);
    assert_eq!(chat.messages.indexed_pins(&lobby, 9).await.unwrap(), []);
    assert_eq!(chat.messages.replies(&lobby, Seq(1), None, 9).await.unwrap(), []);
    assert_eq!(chat.messages.changes_after(&lobby, Rev(0), 9).await.unwrap(), []);
    assert_eq!(chat.messages.records_of(&"ann".parse().unwrap(), None, 9).await.unwrap().len(), 1, "of the other room");
    chat.run_cleanup().await;
    assert_eq!(texts(&chat, "lobby").await, ["young"]);
}

#[tokio::test]
async fn a_room_of_which_everything_is_removed_goes_on() {
    let chat = moderated_chat().await;
    for number in 0..5 {
        chat.send_message("a", &format!("old {number}"), &format!("n-{number}")).await;
    }
    chat.send("b", json!({ "action": "save", "seq": 2, "saved": true })).await;
    chat.send("m", json!({ "action": "pin", "seq": 3, "pinned": true })).await;
    chat.send("m", rules(1)).await;
    chat.clock.advance(DAY + HOUR);
    chat.run_cleanup().await;
    for (frame, kind) in [
        (json!({ "action": "history", "around": 3 }), "page"),
        (json!({ "action": "history", "before": 4 }), "page"),
        (json!({ "action": "changes", "after": 1 }), "changes"),
        (json!({ "action": "changes", "after": 0 }), "changes"),
        (json!({ "action": "search", "text": "old" }), "found"),
        (json!({ "action": "pins" }), "pins"),
    ] {
        let answered = answer(&chat, "b", frame.clone()).await;
        let nothing = answered["messages"].as_array().is_none_or(Vec::is_empty);
        assert!(answered["type"] == kind && nothing, "{frame}: {answered}");
    }
    assert_eq!(answer(&chat, "b", json!({ "action": "rooms", "rooms": ["lobby"] })).await["rooms"], json!([]));
    assert_eq!(chat.error_for("b", json!({ "action": "thread", "seq": 1 })).await.0, "noMessage");
    assert_eq!(chat.error_for("a", json!({ "action": "edit", "seq": 2, "text": "x" })).await.0, "noMessage");
    // The saved place stays, without its message.
    let saved = answer(&chat, "b", json!({ "action": "saved" })).await;
    assert_eq!(saved["messages"].as_array().map(Vec::len), Some(1), "{saved}");
    assert!(!saved.to_string().contains("old"), "{saved}");
    // The next message follows those that are gone, and a client that was away finds it.
    chat.send_message("a", "new", "n-9").await;
    assert_eq!(chat.received("b").pop().unwrap()["seq"], 7, "5 messages and a pin");
    let missed = answer(&chat, "b", json!({ "action": "changes", "after": 5 })).await;
    assert_eq!(
        (&missed["messages"][0]["text"], &missed["upTo"]),
        (&json!("new"), &json!(5)),
        "a young gap is not passed"
    );
    chat.clock.advance(HOUR);
    chat.send_message("a", "newer", "n-10").await;
    let missed = answer(&chat, "b", json!({ "action": "changes", "after": 5 })).await;
    assert_eq!((missed["messages"].as_array().map(Vec::len), &missed["upTo"]), (Some(2), &json!(8)));
}

#[tokio::test]
async fn a_removed_root_leaves_the_thread_of_younger_replies() {
    let chat = moderated_chat().await;
    chat.send("m", rules(1)).await;
    chat.send_message("a", "root", "n-1").await;
    chat.clock.advance(HOUR * 23);
    chat.send("b", json!({ "action": "send", "text": "reply", "nonce": "n-2", "thread": 1, "inRoom": true })).await;
    chat.clock.advance(HOUR * 2);
    chat.run_cleanup().await;
    assert_eq!(texts(&chat, "lobby").await, ["reply"]);
    let thread = answer(&chat, "b", json!({ "action": "thread", "seq": 1 })).await;
    let read = chat.error_for("b", json!({ "action": "thread", "seq": 1 })).await;
    assert!(thread["type"] == "error" && read == code("noMessage"), "{thread}");
    let page = answer(&chat, "b", json!({ "action": "history", "before": 9 })).await;
    assert_eq!(page["messages"].as_array().map(Vec::len), Some(1), "{page}");
}

#[tokio::test]
async fn many_old_messages_are_removed_in_one_run_and_the_rest_in_the_next() {
    let chat = moderated_chat().await;
    chat.send_message("a", "x", "n-1").await;
    let lobby = RoomName::lobby();
    let first = chat.messages.at(&lobby, Seq(1)).await.unwrap().unwrap().message;
    for seq in 2..=450 {
        let nonce = format!("n-{seq}").parse().unwrap();
        let message = ChatMessage { seq: Seq(seq), rev: Rev(seq), nonce, ..first.clone() };
        chat.messages.put(&lobby, &message).await.unwrap();
    }
    chat.send_message("a2", "in another room", "n-1").await;
    for socket in ["m", "a2"] {
        let room = chat.connection(socket).await.room;
        let rules = RoomRules { keep_days: Some(1), ..RoomRules::default() };
        chat.moderation.set_rules(&room, rules).await.unwrap();
    }
    chat.clock.advance(DAY * 2);
    let FramePorts { messages, moderation, images, clock, .. } = chat.ports();
    let retention = RoomRetention { messages, moderation, images, clock, limit: 400 };
    let left = async || chat.messages.created_after(&lobby, Rev(0), 1_000).await.unwrap();
    assert_eq!(retention.remove().await.unwrap(), 401, "the other room has its turn");
    let after_one = left().await;
    assert_eq!((after_one.len(), after_one[0].seq), (50, Seq(401)), "the oldest are removed first");
    assert_eq!(retention.remove().await.unwrap(), 50);
    assert_eq!(left().await, []);
    assert_eq!(retention.remove().await.unwrap(), 0);
}

#[tokio::test]
async fn a_failing_room_does_not_stop_the_others() {
    let chat = moderated_chat().await;
    let rooms: Vec<RoomName> = ["birds", "cats", "dogs"].map(|room| room.parse().unwrap()).into();
    chat.send_message("a", "x", "n-1").await;
    let first = chat.messages.at(&RoomName::lobby(), Seq(1)).await.unwrap().unwrap().message;
    for room in &rooms {
        chat.messages.put(room, &first).await.unwrap();
    }
    chat.clock.advance(DAY * 2);
    let FramePorts { messages, images, clock, .. } = chat.ports();
    for (failing, left) in [(Some(rooms[0].clone()), 1), (None, 0)] {
        let moderation = Arc::new(BanningModeration { short: rooms.clone(), failing, ..BanningModeration::default() });
        let (messages, images, clock) = (messages.clone(), images.clone(), clock.clone());
        let retention = RoomRetention { messages, moderation, images, clock, limit: 400 };
        assert_eq!(retention.remove().await.is_err(), left > 0);
        for (room, left) in rooms.iter().zip([left, 0, 0]) {
            assert_eq!(texts(&chat, room.as_str()).await.len(), left, "{room}");
        }
    }
}
