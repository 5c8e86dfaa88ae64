//! Tests of sockets that move to another room.

use chat::ports::moderation::Subject;
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{Restrictions, Timestamp, limits};

/// Opens a person's window in a room, and says `hello`.
async fn open(chat: &TestChat, window: &str, person: &str, room: &str) {
    let ticket = chat.ticket(person);
    chat.connect(window, Some(room), Some(&ticket), Some(person)).await.unwrap();
    chat.send(window, json!({ "action": "hello" })).await;
    chat.received(window);
}

async fn enter(chat: &TestChat, window: &str, room: &str) {
    chat.send(window, json!({ "action": "enter", "room": room })).await;
}

/// Returns the types of the frames that a window received, each with its room.
fn types(chat: &TestChat, window: &str) -> Vec<String> {
    let frames = chat.received(window);
    frames
        .iter()
        .map(|frame| format!("{} {}", frame["room"].as_str().unwrap_or("-"), frame["type"].as_str().unwrap()))
        .collect()
}

/// Returns the code and the room of the only error that a window received.
fn error(chat: &TestChat, window: &str) -> (Value, Value) {
    let frames = chat.received(window);
    let [frame] = frames.as_slice() else { panic!("{frames:?}") };
    (frame["code"].clone(), frame["room"].clone())
}

#[tokio::test]
async fn a_socket_that_moves_is_answered_like_a_new_one() {
    let chat = TestChat::new().await;
    open(&chat, "b", "bea", "cats").await;
    chat.send_message("b", "hi", "n1").await;
    open(&chat, "a", "ann", "lobby").await;
    enter(&chat, "a", "cats").await;
    let frames = chat.received("a");
    assert_eq!(frames.len(), 2, "{frames:?}");
    assert_eq!(
        (&frames[0]["type"], &frames[0]["room"], &frames[0]["online"]),
        (&json!("welcome"), &json!("cats"), &json!(2))
    );
    assert_eq!(
        (&frames[1]["type"], &frames[1]["room"], &frames[1]["upTo"]),
        (&json!("page"), &json!("cats"), &json!(1))
    );
    chat.send_message("b", "and again", "n2").await;
    chat.send("a", json!({ "action": "enter", "room": "cats", "since": 1 })).await;
    let frames = chat.received("a");
    assert_eq!(frames[0]["text"], "and again", "it is a listener of its new room");
    assert_eq!((&frames[2]["type"], &frames[2]["messages"][0]["nonce"]), (&json!("changes"), &json!("n2")));
}

#[tokio::test]
async fn both_rooms_see_who_moves() {
    let chat = TestChat::new().await;
    for (window, person, room) in [("l", "lea", "lobby"), ("c", "cat", "cats"), ("a", "ann", "lobby")] {
        open(&chat, window, person, room).await;
    }
    chat.received("l");
    chat.received("c");
    enter(&chat, "a", "cats").await;
    let presence = |window: &str| {
        let frames = chat.received(window);
        let [frame] = frames.as_slice() else { panic!("{frames:?}") };
        let people = frame["people"].as_array().unwrap().iter();
        (frame["room"].clone(), people.map(|person| person["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(presence("l"), (json!("lobby"), vec!["lea".to_owned()]));
    assert_eq!(presence("c"), (json!("cats"), vec!["ann".to_owned(), "cat".to_owned()]));
}

#[tokio::test]
async fn a_person_with_another_window_in_the_room_stays_there() {
    let chat = TestChat::new().await;
    for (window, person) in [("l", "lea"), ("a1", "ann"), ("a2", "ann")] {
        open(&chat, window, person, "lobby").await;
    }
    chat.received("l");
    enter(&chat, "a1", "cats").await;
    assert_eq!(types(&chat, "l"), [""; 0]);
    enter(&chat, "a2", "cats").await;
    assert_eq!(types(&chat, "l"), ["lobby presence"]);
}

#[tokio::test]
async fn messages_are_sent_to_the_room_of_the_socket_and_name_it() {
    let chat = TestChat::new().await;
    for (window, person) in [("a", "ann"), ("b", "bea")] {
        open(&chat, window, person, "lobby").await;
    }
    enter(&chat, "a", "cats").await;
    chat.received("a");
    chat.received("b");
    chat.send_message("a", "to cats", "n1").await;
    chat.send("a", json!({ "action": "typing" })).await;
    chat.send_message("b", "to lobby", "n2").await;
    assert_eq!(types(&chat, "a"), ["cats message"]);
    assert_eq!(types(&chat, "b"), ["lobby message"]);
}

#[tokio::test]
async fn a_frame_that_names_another_room_does_nothing() {
    let chat = TestChat::new().await;
    for (window, person) in [("a", "ann"), ("b", "bea")] {
        open(&chat, window, person, "lobby").await;
    }
    enter(&chat, "a", "cats").await;
    chat.send_message("a", "mine", "n1").await;
    chat.received("a");
    chat.received("b");
    for frame in [
        json!({ "action": "send", "text": "hi", "nonce": "n2" }),
        json!({ "action": "send", "text": "hi", "nonce": "n3", "replyTo": 1 }),
        json!({ "action": "delete", "seq": 1, "nonce": "n4" }),
        json!({ "action": "hello", "since": 7 }),
        json!({ "action": "changes", "after": 7 }),
    ] {
        let mut frame = frame;
        frame["room"] = json!("lobby");
        chat.send("a", frame.clone()).await;
        assert_eq!(error(&chat, "a"), (json!("otherRoom"), json!("lobby")), "{frame}");
        assert_eq!(types(&chat, "b"), [""; 0], "{frame}");
    }
    chat.send("a", json!({ "action": "send", "text": "hi", "room": "cats" })).await;
    assert_eq!(types(&chat, "a"), ["cats message"]);
    chat.send("a", json!({ "action": "ping", "room": 7 })).await;
    assert_eq!(error(&chat, "a"), (json!("badField"), Value::Null));
}

#[tokio::test]
async fn the_rules_of_the_new_room_apply() {
    let chat = super::moderation::moderated_chat().await;
    open(&chat, "m2", "mod", "cats").await;
    chat.send("m2", json!({ "action": "rules", "rules": { "readOnly": true } })).await;
    chat.send_message("a", "here", "n1").await;
    chat.received("a");
    enter(&chat, "a", "cats").await;
    chat.received("a");
    chat.send_message("a", "there", "n2").await;
    assert_eq!(error(&chat, "a").0, json!("readOnly"));
    enter(&chat, "a", "lobby").await;
    chat.received("a");
    chat.send_message("a", "here again", "n3").await;
    assert_eq!(types(&chat, "a"), ["lobby message"]);
}

#[tokio::test]
async fn a_banned_person_finds_no_other_room() {
    let chat = super::moderation::moderated_chat().await;
    chat.received("a");
    let banned_until = Some(Timestamp(u64::MAX / 2));
    let restrictions = Restrictions { banned_until, muted_until: None };
    chat.ports().moderation.set_restrictions(&Subject::Person("ann".parse().unwrap()), restrictions).await.unwrap();
    enter(&chat, "a", "cats").await;
    assert_eq!(types(&chat, "a"), [""; 0]);
    assert!(!chat.is_connected("a").await);
}

#[tokio::test]
async fn moving_counts_like_other_signals() {
    let chat = TestChat::with_rates(30, 0).await;
    open(&chat, "a", "ann", "lobby").await;
    chat.advance_to_next_minute();
    let burst = 30 / limits::RATE_BURST;
    for number in 0..burst {
        enter(&chat, "a", if number % 2 == 0 { "cats" } else { "lobby" }).await;
    }
    chat.received("a");
    enter(&chat, "a", "dogs").await;
    assert_eq!(error(&chat, "a").0, json!("tooFast"));
    let room = chat.connection("a").await.room;
    assert_eq!(room.as_str(), if burst.is_multiple_of(2) { "lobby" } else { "cats" }, "it stays where it was");
}

#[tokio::test]
async fn a_move_without_a_valid_room_is_refused() {
    let chat = TestChat::new().await;
    open(&chat, "a", "ann", "lobby").await;
    for frame in [json!({ "action": "enter" }), json!({ "action": "enter", "room": "No Room" })] {
        chat.send("a", frame).await;
        assert_eq!(error(&chat, "a").0, json!("badField"));
    }
}
