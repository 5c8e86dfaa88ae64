//! Tests of presence: who is in a room, and who is notified of changes.

use std::{collections::BTreeSet, time::Duration};

use chat::ports::{connections::ConnectionId, system::Clock};
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::limits;

/// Connects a person's window to the lobby and sends `hello`.
async fn enter(chat: &TestChat, window: &str, person: &str, name: &str) {
    let ticket = chat.ticket(person);
    chat.connect(window, None, Some(&ticket), Some(name)).await.unwrap();
    hello(chat, window).await;
}

async fn hello(chat: &TestChat, window: &str) {
    chat.send(window, json!({ "action": "hello" })).await;
}

/// Returns the names in each presence that a window received.
fn received_presence(chat: &TestChat, window: &str) -> Vec<String> {
    let received = chat.received(window);
    received.iter().filter(|frame| frame["type"] == "presence").map(names).collect()
}

fn names(frame: &Value) -> String {
    let people = frame["people"].as_array().cloned().unwrap_or_default();
    assert_eq!(frame["online"], json!(people.len()), "{frame}");
    people.iter().map(|person| person["name"].as_str().unwrap()).collect::<Vec<_>>().join(" ")
}

/// Makes a window disappear without `$disconnect`, long enough after its connect that the server removes it.
fn die_silently(chat: &TestChat, window: &str) {
    chat.gateway.lock().gone.insert(ConnectionId(window.into()));
    chat.clock.advance(Duration::from_secs(30));
}

#[tokio::test]
async fn presence_is_sent_when_somebody_joins_or_leaves() {
    let chat = TestChat::new().await;
    enter(&chat, "a1", "ann", "Ann").await;
    enter(&chat, "b1", "bea", "Bea").await;
    let expected = json!({
        "room": "lobby", "type": "presence", "online": 2,
        "people": [{ "id": "ann", "name": "Ann" }, { "id": "bea", "name": "Bea" }],
    });
    assert_eq!(chat.received("a1").pop(), Some(expected));
    chat.disconnect("b1").await;
    assert_eq!(received_presence(&chat, "a1"), ["Ann"]);
}

#[tokio::test]
async fn welcome_lists_the_people_sorted_by_name() {
    let chat = TestChat::new().await;
    for (window, person, name) in [("c", "p3", "Cat"), ("a", "p2", "Ann"), ("x", "p1", "Cat")] {
        enter(&chat, window, person, name).await;
    }
    let received = chat.received("x");
    assert_eq!(received.iter().map(|frame| frame["type"].as_str().unwrap()).collect::<Vec<_>>(), ["welcome", "page"]);
    let ids: Vec<_> = received[0]["people"].as_array().unwrap().iter().map(|person| person["id"].clone()).collect();
    assert_eq!((ids, &received[0]["online"]), (vec![json!("p2"), json!("p1"), json!("p3")], &json!(3)));
}

#[tokio::test]
async fn a_person_s_second_window_sends_no_presence() {
    let chat = TestChat::new().await;
    enter(&chat, "a1", "ann", "Ann").await;
    enter(&chat, "b1", "bea", "Bea").await;
    received_presence(&chat, "a1");
    enter(&chat, "b2", "bea", "Bea").await;
    assert_eq!(chat.received("b2")[0]["online"], json!(2));
    chat.disconnect("b2").await;
    enter(&chat, "b3", "bea", "Bea").await;
    // A page that replaces its socket closes the old one last.
    chat.disconnect("b1").await;
    assert_eq!(received_presence(&chat, "a1"), [""; 0]);
    chat.disconnect("b3").await;
    assert_eq!(received_presence(&chat, "a1"), ["Ann"]);
}

#[tokio::test]
async fn two_windows_that_open_together_send_one_presence() {
    let chat = TestChat::new().await;
    enter(&chat, "a1", "ann", "Ann").await;
    for window in ["b1", "b2"] {
        let ticket = chat.ticket("bea");
        chat.connect(window, None, Some(&ticket), Some("Bea")).await.unwrap();
    }
    for window in ["b2", "b1"] {
        hello(&chat, window).await;
    }
    assert_eq!(received_presence(&chat, "a1"), ["Ann Bea"]);
}

#[tokio::test]
async fn two_windows_that_close_together_send_a_presence() {
    let chat = TestChat::new().await;
    enter(&chat, "a1", "ann", "Ann").await;
    for window in ["b1", "b2"] {
        enter(&chat, window, "bea", "Bea").await;
    }
    received_presence(&chat, "a1");
    for window in ["b1", "b2"] {
        chat.disconnect(window).await;
    }
    assert_eq!(received_presence(&chat, "a1"), ["Ann"]);
}

#[tokio::test]
async fn presence_is_sent_for_a_changed_name_only() {
    let chat = TestChat::new().await;
    enter(&chat, "a1", "ann", "Ann").await;
    enter(&chat, "b1", "bea", "Bea").await;
    for window in ["a1", "b1"] {
        chat.received(window);
    }
    chat.send("b1", json!({ "action": "rename", "name": "Zoe" })).await;
    assert_eq!(received_presence(&chat, "a1"), ["Ann Zoe"]);
    let received = chat.received("b1");
    assert_eq!((received.len(), &received[0]["type"], names(&received[0])), (1, &json!("welcome"), "Ann Zoe".into()));
    chat.send("b1", json!({ "action": "rename", "name": "Zoe" })).await;
    assert_eq!((received_presence(&chat, "a1"), chat.received("b1").len()), (vec![], 1));
}

#[tokio::test]
async fn people_is_answered_to_the_sender_only() {
    let chat = TestChat::new().await;
    enter(&chat, "a1", "ann", "Ann").await;
    enter(&chat, "b1", "bea", "Bea").await;
    chat.connect("elsewhere", Some("cats"), None, None).await.unwrap();
    for window in ["a1", "b1"] {
        chat.received(window);
    }
    chat.send("b1", json!({ "action": "people" })).await;
    assert_eq!(received_presence(&chat, "b1"), ["Ann Bea"]);
    assert_eq!(chat.received("a1"), [Value::Null; 0]);
}

#[tokio::test]
async fn the_next_message_detects_a_dead_connection() {
    let chat = TestChat::new().await;
    for (window, person, name) in [("a1", "ann", "Ann"), ("b1", "bea", "Bea"), ("c1", "cat", "Cat")] {
        enter(&chat, window, person, name).await;
    }
    die_silently(&chat, "c1");
    received_presence(&chat, "a1");
    chat.send_message("b1", "anybody here?", "n").await;
    assert_eq!(received_presence(&chat, "a1"), ["Ann Bea"]);
    // The late `$disconnect` changes nothing.
    chat.disconnect("c1").await;
    chat.send_message("b1", "hello?", "m").await;
    assert_eq!(received_presence(&chat, "a1"), [""; 0]);
}

#[tokio::test]
async fn one_dead_window_of_two_sends_no_presence() {
    let chat = TestChat::new().await;
    enter(&chat, "a1", "ann", "Ann").await;
    enter(&chat, "b1", "bea", "Bea").await;
    enter(&chat, "b2", "bea", "Bea").await;
    die_silently(&chat, "b1");
    received_presence(&chat, "a1");
    chat.send_message("a1", "hi", "n").await;
    assert!(!chat.is_connected("b1").await);
    assert_eq!(received_presence(&chat, "a1"), [""; 0]);
}

#[tokio::test]
async fn in_a_large_room_presence_goes_to_a_random_sample() {
    let chat = TestChat::with_limits(500, 100).await;
    let count = 3 * limits::PRESENCE_TOLD;
    for number in 0..count {
        chat.connect(&format!("c{number}"), None, None, None).await.unwrap();
    }
    let mut notified = BTreeSet::new();
    let mut samples = BTreeSet::new();
    for number in 0..20 {
        enter(&chat, "new", "new", "Newcomer").await;
        let received: BTreeSet<usize> =
            (0..count).filter(|other| !chat.received(&format!("c{other}")).is_empty()).collect();
        assert_eq!(received.len(), limits::PRESENCE_TOLD, "change {number}");
        assert_eq!(chat.received("new").len(), 2, "welcome and page");
        notified.extend(received.iter().copied());
        samples.insert(received);
        chat.disconnect("new").await;
        for other in 0..count {
            chat.received(&format!("c{other}"));
        }
    }
    assert_eq!((notified.len(), samples.len()), (count, 20));
}

#[tokio::test]
async fn presence_counts_all_people_but_lists_the_first() {
    let chat = TestChat::with_limits(500, 100).await;
    for number in 0..limits::PEOPLE + 20 {
        chat.connect(&format!("c{number}"), None, None, Some(&format!("n{number:03}"))).await.unwrap();
    }
    chat.send("c0", json!({ "action": "people" })).await;
    let received = chat.received("c0").pop().unwrap();
    let people = received["people"].as_array().unwrap();
    assert_eq!((people.len(), &received["online"]), (limits::PEOPLE, &json!(limits::PEOPLE + 20)));
    assert_eq!((&people[0]["name"], &people[99]["name"]), (&json!("n000"), &json!("n099")));
}

#[tokio::test]
async fn a_hanging_listener_does_not_block_presence() {
    let chat = TestChat::new().await;
    for (window, person, name) in [("a1", "ann", "Ann"), ("b1", "bea", "Bea"), ("c1", "cat", "Cat")] {
        enter(&chat, window, person, name).await;
    }
    die_silently(&chat, "c1");
    chat.gateway.lock().hanging.insert(ConnectionId("b1".into()));
    received_presence(&chat, "a1");
    let before = chat.clock.now();
    chat.send_message("a1", "hi", "n").await;
    let took = chat.clock.now().0 - before.0;
    assert!(took <= 7_000, "{took} ms: three of the function's ten seconds are left for the store");
    assert_eq!(received_presence(&chat, "a1"), ["Ann Bea"]);
}
