//! Tests of pinned messages: who may pin, the limit, the list, and what interrupted attempts leave.

use std::time::Duration;

use chat::ports::messages::{Messages, PinEntry};
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{Rev, RoomName, Seq, limits};

use super::moderation::{code, moderated_chat, mute};

fn pin(seq: u64, pinned: bool) -> Value {
    json!({ "action": "pin", "seq": seq, "pinned": pinned })
}

fn based_on(seq: u64, pinned: bool, based_on: u64, nonce: &str) -> Value {
    json!({ "action": "pin", "seq": seq, "pinned": pinned, "basedOn": based_on, "nonce": nonce })
}

fn done() -> (Value, Value) {
    (Value::Null, Value::Null)
}

/// Opens the moderated chat with so many messages of Ann.
async fn chat_with(messages: u64) -> TestChat {
    let chat = moderated_chat().await;
    for number in 1..=messages {
        chat.send_message("a", &format!("text {number}"), &format!("n{number}")).await;
    }
    chat
}

async fn set_rules(chat: &TestChat, rules: Value) {
    chat.send("m", json!({ "action": "rules", "rules": rules })).await;
}

/// Returns the positions in the list of pinned messages that a socket is sent.
async fn listed(chat: &TestChat, socket: &str) -> Vec<u64> {
    chat.received(socket);
    chat.send(socket, json!({ "action": "pins" })).await;
    let answer = chat.received(socket).pop().unwrap();
    assert_eq!((&answer["type"], &answer["room"]), (&json!("pins"), &json!("lobby")), "{answer}");
    answer["messages"].as_array().unwrap().iter().map(|message| message["seq"].as_u64().unwrap()).collect()
}

async fn index(chat: &TestChat) -> Vec<u64> {
    let entries = chat.messages.indexed_pins(&RoomName::lobby(), 1_000).await.unwrap();
    entries.iter().map(|entry| entry.seq.0).collect()
}

#[tokio::test]
async fn a_pin_is_a_change_of_the_message_that_everybody_receives() {
    let chat = chat_with(2).await;
    chat.received("b");
    chat.send("m", pin(1, true)).await;
    let changed = chat.received("b").pop().unwrap();
    assert_eq!((&changed["seq"], &changed["rev"], &changed["text"]), (&json!(1), &json!(3), &json!("text 1")));
    assert_eq!(changed["pinned"]["by"]["id"], "mod");
    chat.send("b", json!({ "action": "changes", "after": 2 })).await;
    assert_eq!(
        chat.received("b").pop().unwrap()["messages"][0]["pinned"],
        changed["pinned"],
        "who was away catches up"
    );
    chat.send("m", pin(1, false)).await;
    let changed = chat.received("b").pop().unwrap();
    assert_eq!((&changed["rev"], changed.get("pinned")), (&json!(4), None));
    assert_eq!(index(&chat).await, [0; 0]);
}

#[tokio::test]
async fn the_list_has_the_latest_pin_first_with_the_beginning_of_the_text() {
    let chat = chat_with(3).await;
    chat.send_message("a", &format!("**{}**", "x".repeat(4_000 - 4)), "long").await;
    for seq in [2, 4, 1] {
        chat.clock.advance(Duration::from_secs(1));
        chat.send("m", pin(seq, true)).await;
    }
    assert_eq!(listed(&chat, "b").await, [1, 4, 2]);
    chat.send("b", json!({ "action": "pins" })).await;
    let answer = chat.received("b").pop().unwrap();
    assert_eq!(answer["messages"][1]["text"], "x".repeat(limits::NEWS_CHARS));
    assert_eq!(answer["messages"][2]["author"]["name"], "Ann");
    chat.send("a2", json!({ "action": "pins" })).await;
    let elsewhere = chat.received("a2").pop().unwrap();
    assert_eq!((&elsewhere["room"], &elsewhere["messages"]), (&json!("cats"), &json!([])), "another room has none");
}

#[tokio::test]
async fn who_may_pin_is_decided_by_the_rules_of_the_room() {
    let chat = chat_with(1).await;
    for (rules, member, moderator) in [
        (json!({}), code("notAllowed"), done()),
        (json!({ "memberPins": true }), done(), done()),
        (json!({ "memberPins": true, "readOnly": true }), code("readOnly"), done()),
        (json!({ "readOnly": true }), code("readOnly"), done()),
        (json!({ "memberPins": true, "slow": 30 }), done(), done()),
    ] {
        set_rules(&chat, rules.clone()).await;
        for pinned in [true, false] {
            assert_eq!(chat.error_for("b", pin(1, pinned)).await, member, "{rules}");
            assert_eq!(chat.error_for("m", pin(1, pinned)).await, moderator, "{rules}");
        }
    }
    set_rules(&chat, json!({ "memberPins": true })).await;
    chat.send("m", pin(1, true)).await;
    assert_eq!(chat.error_for("b", pin(1, false)).await, done(), "who may pin may also unpin what others pinned");
    chat.send("m", mute("bea", 60)).await;
    assert_eq!(chat.error_for("b", pin(1, true)).await.0, json!("muted"));
}

#[tokio::test]
async fn a_message_that_does_not_exist_cannot_be_pinned() {
    let chat = chat_with(2).await;
    chat.send("a", json!({ "action": "delete", "seq": 2 })).await;
    for seq in [0, 2, 3, 99, u64::MAX] {
        for pinned in [true, false] {
            assert_eq!(chat.error_for("m", pin(seq, pinned)).await, code("noMessage"), "{seq}");
        }
    }
    for bad in [
        json!({ "action": "pin" }),
        json!({ "action": "pin", "seq": 1 }),
        json!({ "action": "pin", "seq": -1, "pinned": true }),
        json!({ "action": "pin", "seq": 1, "pinned": "yes" }),
        json!({ "action": "pin", "seq": 1, "pinned": true, "basedOn": "x" }),
        json!({ "action": "pin", "seq": 1, "pinned": true, "nonce": "a b" }),
    ] {
        assert_eq!(chat.error_for("m", bad.clone()).await.0, json!("badField"), "{bad}");
    }
    assert_eq!(index(&chat).await, [0; 0]);
}

#[tokio::test]
async fn a_room_has_at_most_so_many_pinned_messages() {
    let most = limits::PINS as u64;
    let chat = chat_with(most + 1).await;
    for seq in 1..=most {
        assert_eq!(chat.error_for("m", pin(seq, true)).await, done());
    }
    let rev = chat.stored_message("lobby", most).await["rev"].clone();
    chat.received("m");
    chat.send("m", pin(most + 1, true)).await;
    let refusal = chat.received("m").pop().unwrap();
    assert_eq!(refusal["code"], "tooMany");
    assert_eq!(refusal["message"], "A room can have 50 pinned messages, and this one has them: unpin one first.");
    assert_eq!(chat.error_for("m", pin(1, true)).await, done(), "a pinned one stays pinned");
    chat.send("a", json!({ "action": "delete", "seq": 7 })).await;
    assert_eq!(chat.error_for("m", pin(most + 1, true)).await, done(), "the deleted one is not pinned any more");
    assert_eq!(listed(&chat, "m").await.len(), limits::PINS);
    assert!(rev.is_u64());
}

#[tokio::test]
async fn deleting_or_erasing_a_message_unpins_it() {
    let chat = chat_with(2).await;
    for seq in [1, 2] {
        chat.send("m", pin(seq, true)).await;
    }
    chat.send("m", json!({ "action": "delete", "seq": 1 })).await;
    assert_eq!(chat.stored_message("lobby", 1).await.get("pinned"), None);
    assert_eq!((listed(&chat, "b").await, index(&chat).await), (vec![2], vec![2]));
    chat.send("a", json!({ "action": "forget" })).await;
    assert_eq!((listed(&chat, "b").await, index(&chat).await), (vec![], vec![]));
}

#[tokio::test]
async fn a_late_attempt_does_not_undo_a_newer_pin() {
    let chat = chat_with(1).await;
    chat.send("m", based_on(1, true, 1, "a")).await;
    chat.send("m", based_on(1, false, 2, "b")).await;
    assert_eq!(chat.error_for("m", based_on(1, true, 1, "a")).await.0, json!("outdated"), "a retry is told so");
    assert_eq!(chat.error_for("m", based_on(1, true, 1, "late")).await.0, json!("outdated"));
    chat.clock.advance(Duration::from_secs(24 * 60 * 60));
    chat.send("b", json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true })).await;
    assert_eq!(chat.error_for("m", based_on(1, true, 1, "later")).await.0, json!("outdated"));
    assert_eq!(listed(&chat, "b").await, [0; 0]);
}

#[tokio::test]
async fn a_repeated_pin_changes_nothing() {
    let chat = chat_with(1).await;
    chat.send("m", based_on(1, true, 1, "a")).await;
    let stored = chat.stored_message("lobby", 1).await;
    chat.clock.advance(Duration::from_secs(5));
    for frame in [based_on(1, true, 1, "a"), based_on(1, true, 2, "b"), based_on(1, true, 2, "c")] {
        chat.send("m", frame).await;
        assert_eq!(chat.stored_message("lobby", 1).await, stored);
    }
}

/// Leaves what an attempt leaves that ended between the entry and the message.
async fn interrupt(chat: &TestChat, seq: u64, rev: u64) {
    chat.messages.index_pin(&RoomName::lobby(), PinEntry { seq: Seq(seq), rev: Rev(rev) }).await.unwrap();
}

#[tokio::test]
async fn an_interrupted_attempt_is_not_listed_and_is_completed_by_its_retry() {
    let chat = chat_with(3).await;
    interrupt(&chat, 1, 1).await;
    interrupt(&chat, 99, 99).await;
    assert_eq!(listed(&chat, "b").await, [0; 0]);
    assert_eq!(index(&chat).await, [1], "an attempt may still be pinning the first one, and the other does not exist");
    chat.send("m", pin(1, true)).await;
    assert_eq!((listed(&chat, "b").await, index(&chat).await), (vec![1], vec![1]));
    // An entry that an interrupted deletion left.
    chat.send("a", json!({ "action": "delete", "seq": 2 })).await;
    interrupt(&chat, 2, 2).await;
    assert_eq!((listed(&chat, "b").await, index(&chat).await), (vec![1], vec![1]));
}

#[tokio::test]
async fn interrupted_attempts_take_no_place_of_others() {
    let most = limits::PINS as u64;
    let chat = chat_with(2 * most).await;
    for seq in 1..=most {
        interrupt(&chat, seq, seq).await;
    }
    for seq in most + 1..2 * most {
        assert_eq!(chat.error_for("m", pin(seq, true)).await, done(), "{seq}");
    }
    assert_eq!(listed(&chat, "m").await.len(), limits::PINS - 1);
    assert_eq!(chat.error_for("m", pin(1, true)).await, done(), "an indexed one");
    assert_eq!(listed(&chat, "m").await.len(), limits::PINS);
}
