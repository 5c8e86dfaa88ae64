//! The rules of the chat, as sentences: joining, posting, catching up, sweeping.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it does not hold")]

mod access;
mod changes;
mod erase;
mod history;
mod images;
mod mentions;
mod moderation;
mod passphrase;
mod presence;
mod rate_limit;
mod rooms;
mod search;

use std::{sync::Arc, time::Duration};

use chat::{
    messages::deadlines::{GAP_LIFE, RECORD_LIFE},
    ports::{
        connections::{ConnectionId, Connections},
        messages::{IdempotencyRecord, MessageKey, Messages},
        system::Clock,
    },
};
use chat_testing::test_chat::{START, TestChat, text_of};
use serde_json::{Value, json};
use shared_types::{Rev, RoomName, limits};

// ---- joining

#[tokio::test]
async fn a_ticket_makes_the_speaker_who_it_was_made_for() {
    let chat = TestChat::new().await;
    let ticket = chat.ticket("ann-id");
    chat.connect("c1", None, Some(&ticket), Some("Ann")).await.unwrap();
    chat.send_message("c1", "hi", "n").await;
    assert_eq!(chat.received("c1")[0]["author"], json!({ "id": "ann-id", "name": "Ann" }));
}

#[tokio::test]
async fn a_socket_without_a_ticket_is_a_guest_of_its_own() {
    let chat = TestChat::new().await;
    chat.connect("c1", None, None, None).await.unwrap();
    chat.connect("c2", None, None, None).await.unwrap();
    chat.send("c1", json!({ "action": "hello" })).await;
    chat.send("c2", json!({ "action": "hello" })).await;
    let (first, second) = (&chat.received("c1")[0]["you"], &chat.received("c2")[0]["you"]);
    assert_ne!(first["id"], second["id"]);
    assert!(first["name"].as_str().unwrap().contains(' '), "a guest has a name of two words: {first}");
}

#[tokio::test]
async fn nobody_is_let_in_with_a_forged_ticket_a_bad_room_or_a_bad_name() {
    let chat = TestChat::new().await;
    for (room, ticket, name, status) in [
        (Some("Bad Room"), None, None, 400),
        (Some(""), None, None, 400),
        (None, None, Some("x".repeat(65)), 400),
        (None, None, Some(" ".into()), 400),
        (None, Some("ann.99999999999999.AAAA"), None, 401),
    ] {
        let refusal = chat.connect("c1", room, ticket, name.as_deref()).await.unwrap_err();
        assert_eq!(refusal.status, status, "{refusal:?}");
    }
    assert_eq!(chat.connections.count().await.unwrap(), 0);
}

#[tokio::test]
async fn a_ticket_that_is_too_old_opens_nothing() {
    let chat = TestChat::new().await;
    let ticket = chat.ticket("ann");
    chat.clock.advance(Duration::from_secs(601));
    assert_eq!(chat.connect("c1", None, Some(&ticket), None).await.unwrap_err().status, 401);
}

#[tokio::test]
async fn whoever_comes_when_every_place_is_taken_is_told_to_try_later() {
    let chat = TestChat::with_limits(2, 100).await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    let refusal = chat.connect("c3", None, None, None).await.unwrap_err();
    assert_eq!((refusal.status, refusal.reason.as_str()), (429, "all 2 places are taken: try again later"));
    chat.disconnect("c1").await;
    assert!(chat.connect("c3", None, None, None).await.is_ok());
}

#[tokio::test]
async fn hello_is_answered_with_who_you_are_and_the_newest_page() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.send_message("c1", "one", "n1").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.send("c2", json!({ "action": "hello" })).await;
    let told = chat.received("c2");
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(
        (&told[0]["type"], &told[0]["room"], &told[0]["online"]),
        (&json!("welcome"), &json!("lobby"), &json!(2))
    );
    assert_eq!(told[0]["you"]["name"], "Bea");
    assert_eq!((&told[1]["type"], &told[1]["more"], &told[1]["upTo"]), (&json!("page"), &json!(false), &json!(1)));
    assert_eq!(text_of(&told[1]["messages"][0]), "one");
}

// ---- posting

#[tokio::test]
async fn the_least_a_client_must_say_reaches_everyone_in_the_room_and_nobody_else() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.connect("c3", Some("cats"), None, None).await.unwrap();
    chat.send_raw("c1", r#"{"action":"send","text":"hi"}"#).await;
    assert_eq!(chat.received_texts("c1"), ["hi"]);
    assert_eq!(chat.received_texts("c2"), ["hi"]);
    assert_eq!(chat.received_texts("c3"), [""; 0]);
}

#[tokio::test]
async fn a_message_carries_its_place_its_author_its_nonce_and_its_time() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.send_message("c1", "hi", "n-1").await;
    let told = chat.received("c1").remove(0);
    let expected = json!({
        "type": "message", "seq": 1, "rev": 1, "author": told["author"], "nonce": "n-1", "text": "hi",
        "sentAt": START,
    });
    assert_eq!(told, expected);
    assert_eq!(told["author"]["name"], "Ann");
}

#[tokio::test]
async fn a_retry_is_answered_with_the_first_message_and_nothing_is_stored_twice() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.send_message("c1", "hi", "n").await;
    let first = chat.received("c2").remove(0);
    chat.clock.advance(Duration::from_secs(5));
    chat.send_message("c1", "hi, changed on the way", "n").await;
    assert_eq!(chat.received("c2"), [first]);
    assert_eq!(chat.messages.before(&RoomName::lobby(), None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_nonce_of_two_authors_makes_two_messages() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.send_message("c1", "hi", "n").await;
    chat.send_message("c2", "hi", "n").await;
    assert_eq!(chat.messages.before(&RoomName::lobby(), None, 10).await.unwrap().len(), 2);
}

/// The room as a send leaves it that died after its claim: a revision taken, a claim on it, and no message.
async fn dead_after_its_claim(chat: &TestChat, connection: &str, nonce: &str) {
    let room = RoomName::lobby();
    let speaker = chat.connections.find(&ConnectionId(connection.into())).await.unwrap().unwrap();
    let rev = chat.messages.next_rev(&room).await.unwrap();
    let message_key = MessageKey { room, author: speaker.person.id, nonce: nonce.parse().unwrap() };
    chat.messages.reserve(&message_key, IdempotencyRecord { rev, at: chat.clock.now() }).await.unwrap();
}

#[tokio::test]
async fn a_send_that_died_after_its_claim_is_finished_by_its_retry_at_its_place() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    dead_after_its_claim(&chat, "c1", "n").await;
    chat.send_message("c1", "another", "m").await;
    chat.send_message("c1", "finished", "n").await;
    let told = chat.received("c1");
    assert_eq!((&told[1]["text"], &told[1]["seq"]), (&json!("finished"), &json!(1)));
}

#[tokio::test]
async fn a_claim_that_others_may_have_passed_is_claimed_anew() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    dead_after_its_claim(&chat, "c1", "n").await;
    chat.send_message("c1", "another", "m").await;
    chat.clock.advance(RECORD_LIFE + Duration::from_millis(1));
    chat.send_message("c1", "late", "n").await;
    let told = chat.received("c1");
    assert_eq!((&told[1]["text"], &told[1]["seq"]), (&json!("late"), &json!(3)));
    chat.send_message("c1", "late", "n").await;
    assert_eq!(chat.received("c1"), told[1..]);
}

#[tokio::test]
async fn a_listener_that_is_gone_is_forgotten_and_harms_nobody() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.gateway.lock().gone.insert(ConnectionId("c2".into()));
    chat.clock.advance(Duration::from_secs(30));
    chat.send_message("c1", "hi", "n").await;
    assert_eq!(chat.received_texts("c1"), ["hi"]);
    assert_eq!(chat.connections.find(&ConnectionId("c2".into())).await.unwrap(), None);
    assert_eq!(chat.connections.count().await.unwrap(), 1);
}

#[tokio::test]
async fn a_listener_that_is_still_on_its_way_in_is_not_forgotten() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.clock.advance(Duration::from_secs(3600));
    chat.connect_to_lobby("c2", "Bea").await;
    // As API Gateway has it until `$connect` has ended.
    chat.gateway.lock().gone.insert(ConnectionId("c2".into()));
    chat.clock.advance(Duration::from_secs(10));
    chat.send_message("c1", "hi", "n").await;
    chat.gateway.lock().gone.clear();
    chat.send("c2", json!({ "action": "hello" })).await;
    assert_eq!(chat.received("c2")[0]["type"], "welcome");
}

#[tokio::test]
async fn a_listener_that_is_busy_is_tried_again() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.gateway.lock().busy.insert(ConnectionId("c2".into()), 4);
    chat.send_message("c1", "hi", "n").await;
    assert_eq!(chat.received_texts("c2"), ["hi"]);
}

#[tokio::test]
async fn a_listener_that_stays_busy_is_given_up_and_stays_connected() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.gateway.lock().busy.insert(ConnectionId("c2".into()), 100);
    chat.send_message("c1", "hi", "n").await;
    assert_eq!(chat.received_texts("c1"), ["hi"]);
    assert_eq!(chat.received_texts("c2"), [""; 0]);
    assert!(chat.connections.find(&ConnectionId("c2".into())).await.unwrap().is_some());
}

#[tokio::test]
async fn a_listener_that_hangs_is_given_up_before_the_function_is() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.gateway.lock().hanging.insert(ConnectionId("c2".into()));
    let before = chat.clock.now();
    chat.send_message("c1", "hi", "n").await;
    assert!(chat.clock.now().0 - before.0 <= 5_000, "half of a function's 10 s is left to the store");
    assert_eq!(chat.received_texts("c1"), ["hi"]);
}

// ---- bad input

#[tokio::test]
async fn bad_input_gets_a_clear_answer_and_stores_nothing() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    let too_long = json!({ "action": "send", "text": "x".repeat(limits::TEXT_CHARS + 1), "nonce": "n" }).to_string();
    let too_big = json!({ "action": "send", "text": "x", "padding": "x".repeat(limits::FRAME_BYTES) }).to_string();
    let long_search = json!({ "action": "search", "text": "x".repeat(limits::SEARCH_CHARS + 1) }).to_string();
    let many_rooms = json!({ "action": "rooms", "rooms": vec!["lobby"; limits::ROOMS + 1] }).to_string();
    let many_people = vec![json!({ "id": "a", "name": "A" }); limits::MENTIONS + 1];
    let many_mentions = json!({ "action": "send", "text": "@A", "nonce": "n", "mentions": many_people }).to_string();
    for (frame, code, action, nonce) in [
        ("", "badJson", Value::Null, Value::Null),
        ("hello", "badJson", Value::Null, Value::Null),
        ("null", "missingAction", Value::Null, Value::Null),
        ("{}", "missingAction", Value::Null, Value::Null),
        (r#"{"action":null}"#, "missingAction", Value::Null, Value::Null),
        (r#"{"action":"dance"}"#, "unknownAction", json!("dance"), Value::Null),
        (r#"{"action":"send"}"#, "badField", json!("send"), Value::Null),
        (r#"{"action":"send","text":"","nonce":"n"}"#, "badField", json!("send"), json!("n")),
        (r#"{"action":"send","text":" \n ","nonce":"n"}"#, "badField", json!("send"), json!("n")),
        (r#"{"action":"send","text":7,"nonce":"n"}"#, "badField", json!("send"), json!("n")),
        (r#"{"action":"send","text":{"$ne":1}}"#, "badField", json!("send"), Value::Null),
        (r#"{"action":"send","text":"hi","nonce":"a b"}"#, "badField", json!("send"), Value::Null),
        (&too_long, "badField", json!("send"), json!("n")),
        (&too_big, "frameTooLarge", Value::Null, Value::Null),
        (r#"{"action":"rename","name":" "}"#, "badField", json!("rename"), Value::Null),
        (r#"{"action":"history"}"#, "badField", json!("history"), Value::Null),
        (r#"{"action":"history","around":-1}"#, "badField", json!("history"), Value::Null),
        (r#"{"action":"history","after":"now"}"#, "badField", json!("history"), Value::Null),
        (r#"{"action":"search"}"#, "badField", json!("search"), Value::Null),
        (r#"{"action":"search","text":" "}"#, "badField", json!("search"), Value::Null),
        (r#"{"action":"search","text":"x","before":"now"}"#, "badField", json!("search"), Value::Null),
        (&long_search, "badField", json!("search"), Value::Null),
        (r#"{"action":"rooms"}"#, "badField", json!("rooms"), Value::Null),
        (r#"{"action":"rooms","rooms":["No Room"]}"#, "badField", json!("rooms"), Value::Null),
        (&many_rooms, "badField", json!("rooms"), Value::Null),
        (r#"{"action":"send","text":"@A","nonce":"n","mentions":["A"]}"#, "badField", json!("send"), json!("n")),
        (&many_mentions, "badField", json!("send"), json!("n")),
        (r#"{"action":"changes","after":-1}"#, "badField", json!("changes"), Value::Null),
        (r#"{"action":"hello","since":"yesterday"}"#, "badField", json!("hello"), Value::Null),
    ] {
        chat.send_raw("c1", frame).await;
        let told = chat.received("c1");
        assert_eq!(told.len(), 1, "{frame}: {told:?}");
        assert_eq!((&told[0]["type"], &told[0]["code"]), (&json!("error"), &json!(code)), "{frame}");
        assert_eq!((&told[0]["action"], &told[0]["nonce"]), (&action, &nonce), "{frame}: {told:?}");
    }
    assert_eq!(chat.received("c2"), [Value::Null; 0], "nobody else hears of it");
    assert_eq!(chat.messages.before(&RoomName::lobby(), None, 10).await.unwrap(), []);
    chat.send_message("c1", "still here", "n2").await;
    assert_eq!(chat.received_texts("c1"), ["still here"]);
}

#[tokio::test]
async fn a_socket_that_is_not_known_is_told_to_connect_again() {
    let chat = TestChat::new().await;
    chat.send("ghost", json!({ "action": "send", "text": "boo" })).await;
    assert_eq!(chat.received("ghost")[0]["code"], "notConnected");
    assert_eq!(chat.messages.before(&RoomName::lobby(), None, 10).await.unwrap(), []);
}

// ---- catching up

#[tokio::test]
async fn hello_with_a_revision_brings_what_was_missed() {
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
async fn a_gap_larger_than_a_page_is_answered_with_the_newest_page() {
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
async fn a_hole_is_passed_only_when_no_send_can_fill_it_any_more() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.send_message("c1", "before", "n1").await;
    dead_after_its_claim(&chat, "c1", "n2").await;
    chat.send_message("c1", "behind", "n3").await;
    let up_to = async || {
        chat.received("c1");
        chat.send("c1", json!({ "action": "changes", "after": 0 })).await;
        let changes = chat.received("c1").remove(0);
        assert_eq!(changes["messages"].as_array().unwrap().len(), 2, "what is behind the hole is told at once");
        changes["upTo"].clone()
    };
    assert_eq!(up_to().await, 1);
    chat.clock.advance(GAP_LIFE);
    assert_eq!(up_to().await, 1);
    chat.clock.advance(Duration::from_millis(1));
    assert_eq!(up_to().await, 3);
}

#[tokio::test]
async fn a_new_name_is_on_the_next_message_and_not_on_the_last() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.send_message("c1", "as Ann", "n1").await;
    chat.send("c1", json!({ "action": "rename", "name": " Bea  B. " })).await;
    chat.send_message("c1", "as Bea", "n2").await;
    let told = chat.received("c1");
    assert_eq!((&told[1]["type"], &told[1]["you"]["name"]), (&json!("welcome"), &json!("Bea B.")));
    assert_eq!((&told[0]["author"]["name"], &told[2]["author"]["name"]), (&json!("Ann"), &json!("Bea B.")));
    assert_eq!(told[0]["author"]["id"], told[2]["author"]["id"]);
}

#[tokio::test]
async fn a_ping_is_answered() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.send("c1", json!({ "action": "ping" })).await;
    assert_eq!(chat.received("c1"), [json!({ "type": "pong" })]);
}

// ---- sweeping

#[tokio::test]
async fn the_sweep_forgets_who_is_gone_and_keeps_who_is_there() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.gateway.lock().gone.insert(ConnectionId("c2".into()));
    // However long ago somebody joined: the socket is asked, not the clock.
    chat.clock.advance(Duration::from_secs(24 * 60 * 60));
    chat.run_cleanup().await;
    assert_eq!(chat.connections.all().await.unwrap().len(), 1);
    assert_eq!(chat.connections.count().await.unwrap(), 1);
    assert!(chat.connections.find(&ConnectionId("c1".into())).await.unwrap().is_some());
}

#[tokio::test]
async fn what_was_said_is_there_after_the_store_was_closed_and_opened() {
    use platform::system::SystemClock;
    use store_redb::{messages::RedbMessages, store::Store};
    let directory = tempfile::tempdir().unwrap();
    let room = RoomName::lobby();
    for expected in 1..=3 {
        let messages = RedbMessages::new(Store::open(directory.path()).unwrap(), None, Arc::new(SystemClock));
        let rev = messages.next_rev(&room).await.unwrap();
        assert_eq!(rev, Rev(expected));
        let message: shared_types::ChatMessage = serde_json::from_value(json!({
            "seq": rev, "rev": rev, "author": { "id": "a", "name": "A" }, "nonce": "n", "text": "x", "sentAt": 1,
        }))
        .unwrap();
        messages.put(&room, &message).await.unwrap();
        assert_eq!(messages.before(&room, None, 10).await.unwrap().len() as u64, expected);
    }
}

#[tokio::test]
async fn a_data_directory_in_use_is_refused_with_a_sentence() {
    use store_redb::store::Store;
    let directory = tempfile::tempdir().unwrap();
    let _first = Store::open(directory.path()).unwrap();
    let refused = Store::open(directory.path()).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refused.contains("in use by another process"), "{refused}");
}

// ---- typing

#[tokio::test]
async fn in_a_small_room_the_others_hear_that_somebody_types() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    chat.connect("c3", Some("cats"), None, None).await.unwrap();
    for socket in ["c1", "c2", "c3"] {
        chat.received(socket);
    }
    chat.send("c1", json!({ "action": "typing" })).await;
    let told = chat.received("c2");
    assert_eq!((told.len(), &told[0]["type"], &told[0]["person"]["name"]), (1, &json!("typing"), &json!("Ann")));
    assert_eq!((chat.received("c1"), chat.received("c3")), (vec![], vec![]));
}

#[tokio::test]
async fn in_a_large_room_typing_costs_nothing() {
    let chat = TestChat::new().await;
    for number in 0..=limits::TYPING_CONNECTIONS {
        chat.connect_to_lobby(&format!("c{number}"), "Ann").await;
    }
    for socket in ["c0", "c1"] {
        chat.received(socket);
    }
    chat.send("c0", json!({ "action": "typing" })).await;
    assert_eq!(chat.received("c1"), [] as [Value; 0]);
}
