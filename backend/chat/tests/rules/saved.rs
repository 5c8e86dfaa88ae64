//! Tests of the messages that people save for themselves.

use std::time::Duration;

use chat::ports::saved_messages::SavedMessages;
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{Person, PersonId, RoomName, SavedPosition, Seq, Timestamp, limits};

use super::moderation::{code, moderated_chat, mute};

fn save(seq: u64, saved: bool) -> Value {
    json!({ "action": "save", "seq": seq, "saved": saved })
}

fn save_in(room: &str, seq: u64, saved: bool) -> Value {
    json!({ "action": "save", "seq": seq, "saved": saved, "messageRoom": room })
}

fn done() -> (Value, Value) {
    (Value::Null, Value::Null)
}

/// Sends a frame and returns its answer.
async fn ask(chat: &TestChat, socket: &str, frame: Value) -> Value {
    chat.received(socket);
    chat.send(socket, frame).await;
    chat.received(socket).pop().unwrap()
}

/// Returns room and position of each message in the first answer to `saved`.
async fn listed(chat: &TestChat, socket: &str) -> Vec<(String, u64)> {
    let answer = ask(chat, socket, json!({ "action": "saved" })).await;
    assert_eq!(answer["type"], "saved", "{answer}");
    let entry = |saved: &Value| (saved["room"].as_str().unwrap().into(), saved["seq"].as_u64().unwrap());
    answer["messages"].as_array().unwrap().iter().map(entry).collect()
}

fn entries(expected: &[(&str, u64)]) -> Vec<(String, u64)> {
    expected.iter().map(|(room, seq)| ((*room).into(), *seq)).collect()
}

/// Stores so many entries of Bea, beside the rules.
async fn fill(chat: &TestChat, count: u64) {
    for seq in 1..=count {
        let entry = SavedPosition { saved_at: Timestamp(seq), room: "old".parse().unwrap(), seq: Seq(seq) };
        chat.messages.save(&"bea".parse().unwrap(), &entry).await.unwrap();
    }
}

#[tokio::test]
async fn messages_of_all_rooms_are_saved_for_one_person() {
    let chat = moderated_chat().await;
    chat.send_message("a", "one", "1").await;
    chat.send_message("a2", "> two\n\n`&`", "2").await;
    let answer = ask(&chat, "b", save(1, true)).await;
    assert_eq!(answer, json!({ "type": "save", "messageRoom": "lobby", "seq": 1, "saved": true }));
    chat.clock.advance(Duration::from_secs(1));
    assert_eq!(chat.error_for("b", save_in("cats", 1, true)).await, done());
    assert_eq!(listed(&chat, "b").await, entries(&[("cats", 1), ("lobby", 1)]));
    let answer = ask(&chat, "b", json!({ "action": "saved" })).await;
    assert_eq!(answer.get("before"), None);
    let two = &answer["messages"][0]["message"];
    assert_eq!((&two["text"], &two["author"]["name"], &two["seq"]), (&json!("two &"), &json!("Ann"), &json!(1)));
    assert_eq!(listed(&chat, "a").await, entries(&[]), "nobody else sees it");
    assert_eq!(chat.stored_message("lobby", 1).await["rev"], 1, "the message does not change");
    for _ in 0..2 {
        assert_eq!(chat.error_for("b", save(1, false)).await, done());
    }
    assert_eq!(listed(&chat, "b").await, entries(&[("cats", 1)]));
}

#[tokio::test]
async fn a_message_that_does_not_exist_cannot_be_saved() {
    let chat = moderated_chat().await;
    for number in 1..=2 {
        chat.send_message("a", "hi", &number.to_string()).await;
    }
    chat.send("a", json!({ "action": "delete", "seq": 2 })).await;
    for frame in [save(0, true), save(2, true), save(3, true), save(u64::MAX, true), save_in("cats", 1, true)] {
        assert_eq!(chat.error_for("b", frame.clone()).await, code("noMessage"), "{frame}");
    }
    for bad in [
        json!({ "action": "save" }),
        json!({ "action": "save", "seq": 1 }),
        json!({ "action": "save", "seq": "1", "saved": true }),
        json!({ "action": "save", "seq": 1, "saved": true, "messageRoom": "No Room" }),
        json!({ "action": "saved", "before": 5 }),
        json!({ "action": "saved", "before": { "savedAt": 5, "room": "No Room", "seq": 1 } }),
        json!({ "action": "saved", "before": { "savedAt": 5, "room": "cats" } }),
    ] {
        assert_eq!(chat.error_for("b", bad.clone()).await.0, json!("badField"), "{bad}");
    }
    assert_eq!(listed(&chat, "b").await, entries(&[]));
}

#[tokio::test]
async fn who_may_not_write_can_save() {
    let chat = moderated_chat().await;
    chat.send_message("a", "hi", "n").await;
    chat.send("m", mute("bea", 60)).await;
    chat.send("m", json!({ "action": "rules", "rules": { "readOnly": true } })).await;
    assert_eq!(chat.error_for("b", save(1, true)).await, done());
    assert_eq!(listed(&chat, "b").await, entries(&[("lobby", 1)]));
}

#[tokio::test]
async fn a_deleted_message_stays_in_the_list_without_its_text() {
    let chat = moderated_chat().await;
    chat.send_message("a", "secret", "n").await;
    chat.send("b", save(1, true)).await;
    chat.send("a", json!({ "action": "delete", "seq": 1 })).await;
    let answer = ask(&chat, "b", json!({ "action": "saved" })).await;
    assert_eq!((&answer["messages"][0]["seq"], answer["messages"][0].get("message")), (&json!(1), None));
    assert_eq!(chat.error_for("b", save(1, false)).await, done(), "it can be removed");
    assert_eq!(listed(&chat, "b").await, entries(&[]));
}

#[tokio::test]
async fn a_person_saves_at_most_so_many_messages() {
    let chat = moderated_chat().await;
    for number in 1..=2 {
        chat.send_message("a", "hi", &number.to_string()).await;
    }
    fill(&chat, limits::SAVED as u64 - 1).await;
    for _ in 0..2 {
        assert_eq!(chat.error_for("b", save(1, true)).await, done(), "a saved one can be saved again");
    }
    let refusal = ask(&chat, "b", save(2, true)).await;
    assert_eq!(refusal["code"], "tooMany");
    assert_eq!(refusal["message"], "You can save 500 messages, and you have: remove one first.");
    assert_eq!(chat.error_for("b", save_in("old", 7, false)).await, done());
    assert_eq!(chat.error_for("b", save(2, true)).await, done());
}

#[tokio::test]
async fn the_list_is_read_page_by_page() {
    let chat = moderated_chat().await;
    // Several have the same time.
    fill(&chat, 45).await;
    for seq in [100, 101] {
        let entry = SavedPosition { saved_at: Timestamp(26), room: "more".parse().unwrap(), seq: Seq(seq) };
        chat.messages.save(&"bea".parse().unwrap(), &entry).await.unwrap();
    }
    let (mut seqs, mut pages, mut request) = (Vec::new(), Vec::new(), json!({ "action": "saved" }));
    loop {
        let answer = ask(&chat, "b", request.clone()).await;
        let page = answer["messages"].as_array().unwrap();
        pages.push(page.len());
        seqs.extend(page.iter().map(|saved| saved["seq"].as_u64().unwrap()));
        let Some(before) = answer.get("before") else { break };
        request["before"] = before.clone();
    }
    assert_eq!(pages, [limits::SAVED_PAGE, limits::SAVED_PAGE, 7]);
    let expected: Vec<u64> = (27..=45).rev().chain([26, 101, 100]).chain((1..=25).rev()).collect();
    // Of one time, the rooms are in reverse order.
    assert_eq!(seqs, expected);
}

#[tokio::test]
async fn the_data_of_a_person_contains_what_they_saved_until_it_is_erased() {
    let chat = moderated_chat().await;
    chat.send_message("a", "hi", "n").await;
    chat.send("b", save(1, true)).await;
    fill(&chat, 150).await;
    let bea = Person {
        id: "bea".parse().unwrap(),
        name: "Bea".parse().unwrap(),
        moderator: false,
        appearance: Default::default(),
    };
    let part = chat.data_export().export(bea.clone(), None).await.unwrap();
    assert_eq!(part.saved.len(), 151);
    assert_eq!(part.saved[150].room, RoomName::lobby());
    let id: &PersonId = &bea.id;
    let left = async || chat.messages.saved(id, 1_000).await.unwrap().len();
    for (more, expected) in [(true, 51), (false, 0)] {
        assert_eq!(ask(&chat, "b", json!({ "action": "forget" })).await["more"], more);
        assert_eq!(left().await, expected);
    }
    fill(&chat, 3).await;
    chat.send("m", json!({ "action": "clear", "person": "bea" })).await;
    assert_eq!(left().await, 3, "a moderator erases what others see");
}
