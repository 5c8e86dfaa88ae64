//! Tests of `news`: what a connection is told about rooms that it watches.

use std::time::Duration;

use chat::ports::connections::{ConnectionId, Connections};
use chat_testing::test_chat::{START, TestChat};
use serde_json::{Value, json};
use shared_types::limits;

use crate::moderation::{ban, moderated_chat, mute};

/// Returns a chat with Ann in the lobby, as `ann`, and Bea in `cats`, as `bea`.
async fn chat() -> TestChat {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("ann", "Ann").await;
    chat.connect("bea", Some("cats"), None, Some("Bea")).await.unwrap();
    chat
}

/// Makes a socket watch rooms. Returns the rooms of the answer.
async fn watch(chat: &TestChat, id: &str, rooms: &[&str]) -> Value {
    chat.received(id);
    chat.send(id, json!({ "action": "rooms", "rooms": rooms, "watch": true })).await;
    let answer = chat.received(id).remove(0);
    assert_eq!(answer["type"], "rooms", "{answer}");
    answer["rooms"].clone()
}

/// Returns the positions of the news that a socket received since the last call, and panics if it received anything else.
fn news(chat: &TestChat, id: &str) -> Vec<u64> {
    let received = chat.received(id).into_iter().map(|frame| {
        assert_eq!(frame["type"], "news", "{frame}");
        frame["seq"].as_u64().unwrap()
    });
    received.collect()
}

#[tokio::test]
async fn a_new_message_of_a_watched_room_is_news() {
    let chat = chat().await;
    watch(&chat, "ann", &["cats", "dogs"]).await;
    chat.send_message("bea", "hi", "n").await;
    let author = json!({ "id": chat.connection("bea").await.person.id, "name": "Bea" });
    let expected = json!({ "type": "news", "room": "cats", "seq": 1, "author": author, "sentAt": START });
    assert_eq!(chat.received("ann"), [expected]);
    assert_eq!(chat.received_texts("bea"), ["hi"]);
}

#[tokio::test]
async fn who_is_mentioned_is_told_the_beginning_of_the_text() {
    let chat = chat().await;
    chat.connect_to_lobby("cy", "Cy").await;
    for id in ["ann", "cy"] {
        watch(&chat, id, &["cats"]).await;
    }
    let text = format!("@Ann **bold**\n`{}`", "x".repeat(limits::NEWS_CHARS));
    let mentions = json!([{ "id": chat.connection("ann").await.person.id, "name": "Ann" }]);
    chat.send("bea", json!({ "action": "send", "text": text, "mentions": mentions })).await;
    let [ann, cy] = ["ann", "cy"].map(|id| chat.received(id).remove(0));
    assert_eq!(ann["mentioned"], true);
    let shown = format!("@Ann bold {}", "x".repeat(limits::NEWS_CHARS));
    assert_eq!(ann["text"], shown[..limits::NEWS_CHARS]);
    assert_eq!((cy.get("mentioned"), cy.get("text")), (None, None), "{cy}");
}

#[tokio::test]
async fn only_new_and_deleted_messages_are_news() {
    let chat = chat().await;
    chat.send_message("bea", "before", "n1").await;
    watch(&chat, "ann", &["cats"]).await;
    chat.send_message("bea", "hi", "n2").await;
    assert_eq!(news(&chat, "ann"), [2]);
    chat.send("bea", json!({ "action": "edit", "seq": 2, "text": "ho", "nonce": "e" })).await;
    chat.send("bea", json!({ "action": "react", "seq": 2, "emoji": "👍", "on": true, "nonce": "r" })).await;
    chat.send("bea", json!({ "action": "typing" })).await;
    chat.send("bea", json!({ "action": "rename", "name": "Beatrix" })).await;
    assert_eq!(chat.received("ann"), [] as [Value; 0]);
    chat.send("bea", json!({ "action": "delete", "seq": 2, "nonce": "d" })).await;
    let deleted = chat.received("ann").remove(0);
    assert_eq!((&deleted["type"], &deleted["seq"], &deleted["deleted"]), (&json!("news"), &json!(2), &json!(true)));
}

#[tokio::test]
async fn own_messages_are_no_news() {
    let chat = TestChat::new().await;
    for (id, room) in [("here", "lobby"), ("there", "cats")] {
        chat.connect(id, Some(room), Some(&chat.ticket("ann")), Some("Ann")).await.unwrap();
        chat.clock.advance(Duration::from_secs(1));
    }
    watch(&chat, "here", &["cats"]).await;
    chat.send_message("there", "hi", "n").await;
    assert_eq!(news(&chat, "here"), [0; 0]);
}

#[tokio::test]
async fn a_watcher_is_not_present() {
    let chat = chat().await;
    watch(&chat, "ann", &["cats"]).await;
    chat.send("bea", json!({ "action": "people" })).await;
    let presence = chat.received("bea").pop().unwrap();
    assert_eq!((&presence["online"], presence["people"].as_array().unwrap().len()), (&json!(1), 1), "{presence}");
    chat.connect("cy", Some("cats"), None, Some("Cy")).await.unwrap();
    chat.send("cy", json!({ "action": "hello" })).await;
    chat.disconnect("cy").await;
    assert_eq!(chat.received("ann"), [] as [Value; 0], "who comes and goes is no news");
    assert_eq!(chat.connections.count().await.unwrap(), 2);
}

#[tokio::test]
async fn the_rooms_of_the_last_request_are_watched() {
    let chat = chat().await;
    watch(&chat, "ann", &["cats"]).await;
    watch(&chat, "ann", &["dogs"]).await;
    chat.send_message("bea", "one", "n1").await;
    assert_eq!(news(&chat, "ann"), [0; 0]);
    watch(&chat, "ann", &["cats"]).await;
    chat.send("ann", json!({ "action": "rooms", "rooms": ["dogs"] })).await;
    chat.received("ann");
    chat.send_message("bea", "two", "n2").await;
    assert_eq!(news(&chat, "ann"), [2], "a request without `watch` changes nothing");
}

#[tokio::test]
async fn the_first_rooms_of_a_request_are_watched() {
    let chat = TestChat::with_rates(0, 0).await;
    chat.connect_to_lobby("ann", "Ann").await;
    // The own room and repetitions do not count.
    let names: Vec<String> = (0..=limits::WATCHED_ROOMS).map(|number| format!("room-{number}")).collect();
    let mut rooms = vec!["lobby", "room-0"];
    rooms.extend(names.iter().map(String::as_str));
    watch(&chat, "ann", &rooms).await;
    for name in &names {
        chat.connect(name, Some(name), None, Some("Bea")).await.unwrap();
        chat.send_message(name, "hi", "n").await;
    }
    let received: Vec<_> = chat.received("ann").iter().map(|news| news["room"].as_str().unwrap().to_owned()).collect();
    assert_eq!(received, names[..limits::WATCHED_ROOMS]);
    chat.connect_to_lobby("cy", "Cy").await;
    chat.received("ann");
    chat.send_message("cy", "hi", "n").await;
    assert_eq!(chat.received_texts("ann"), ["hi"]);
    assert_eq!(chat.received("ann"), [] as [Value; 0], "a message of the own room is not also news");
}

#[tokio::test]
async fn a_socket_that_ended_gets_no_news() {
    let chat = chat().await;
    watch(&chat, "ann", &["cats"]).await;
    chat.disconnect("ann").await;
    chat.send_message("bea", "hi", "n").await;
    assert_eq!(chat.received("ann"), [] as [Value; 0]);
}

#[tokio::test]
async fn a_banned_watcher_gets_no_news_and_a_muted_one_does() {
    let chat = moderated_chat().await;
    chat.connect("cy", Some("cats"), None, Some("Cy")).await.unwrap();
    watch(&chat, "a", &["cats"]).await;
    for (restrict, expected) in [(mute("ann", 60), vec![1]), (ban("ann", 60), vec![])] {
        chat.send("m", restrict).await;
        chat.received("a");
        chat.send("cy", json!({ "action": "send", "text": "hi" })).await;
        assert_eq!(news(&chat, "a"), expected);
    }
}

#[tokio::test]
async fn a_watcher_that_is_gone_is_removed_and_a_busy_one_fails_nothing() {
    let chat = chat().await;
    chat.connect_to_lobby("cy", "Cy").await;
    for id in ["ann", "cy"] {
        watch(&chat, id, &["cats"]).await;
    }
    chat.gateway.lock().gone.insert(ConnectionId("ann".into()));
    chat.gateway.lock().busy.insert(ConnectionId("cy".into()), 100);
    chat.received("bea");
    chat.send_message("bea", "hi", "n").await;
    assert_eq!(chat.received_texts("bea"), ["hi"]);
    assert!(!chat.is_connected("ann").await);
    assert!(chat.is_connected("cy").await);
    let audience = chat.connections.audience(&"cats".parse().unwrap(), 9).await.unwrap();
    assert_eq!(audience.watchers.iter().map(|watcher| watcher.id.0.as_str()).collect::<Vec<_>>(), ["cy"]);
}

#[tokio::test]
async fn unread_messages_of_others_are_counted_for_a_read_position() {
    let chat = chat().await;
    chat.connect("here", Some("cats"), Some(&chat.ticket("me")), Some("Me")).await.unwrap();
    for (id, text, nonce) in [("bea", "one", "n1"), ("here", "mine", "n2"), ("bea", "two", "n3"), ("bea", "gone", "n4")]
    {
        chat.send_message(id, text, nonce).await;
    }
    chat.send("bea", json!({ "action": "delete", "seq": 4, "nonce": "d" })).await;
    let counts = async |read: Value| {
        chat.received("here");
        chat.send("here", json!({ "action": "rooms", "rooms": ["cats", "empty", "cats"], "read": read })).await;
        let answer = chat.received("here").remove(0);
        let rooms = answer["rooms"].as_array().unwrap().iter();
        rooms.map(|room| (room["unread"].as_u64(), room["mentioned"].as_bool())).collect::<Vec<_>>()
    };
    for (read, unread) in [(json!([0]), Some(2)), (json!([1]), Some(1)), (json!([3]), Some(0)), (json!([9]), Some(0))] {
        assert_eq!(counts(read).await, [(unread, None), (None, None)], "the second one has no read position");
    }
    assert_eq!(counts(json!([])).await, [(None, None), (None, None)]);
    let mentions = json!([{ "id": "me", "name": "Me" }]);
    chat.send("bea", json!({ "action": "send", "text": "hi @Me", "mentions": mentions })).await;
    assert_eq!(counts(json!([0, 0, 4])).await, [(Some(3), Some(true)), (Some(1), Some(true))]);
}
