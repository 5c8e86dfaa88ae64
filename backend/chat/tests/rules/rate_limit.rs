//! Tests of the rate limits of a person and of an address.

use std::{net::IpAddr, time::Duration};

use chat::ports::system::Clock;
use chat::{access::rate_limit::RateBucket, ports::messages::Messages, presence::connect::ConnectRequest};
use chat_testing::test_chat::{TestChat, connect_request};
use serde_json::{Value, json};
use shared_types::RoomName;

pub(crate) const OFFICE: &str = "203.0.113.7";

/// Connects a person's window from an address.
pub(crate) async fn enter(chat: &TestChat, window: &str, person: &str, address: &str) {
    let (ticket, address) = (Some(chat.ticket(person)), address.parse::<IpAddr>().ok());
    let name = Some(person.to_owned());
    chat.connect_with(ConnectRequest { ticket, name, address, ..connect_request(window) }).await.unwrap();
}

/// Sends this many messages and returns the errors.
async fn send_messages(chat: &TestChat, window: &str, times: usize) -> Vec<Value> {
    for number in 0..times {
        chat.send_message(window, "hi", &format!("{window}-{number}-{}", chat.clock.now().0)).await;
    }
    errors(chat, window)
}

pub(crate) fn errors(chat: &TestChat, window: &str) -> Vec<Value> {
    chat.received(window).into_iter().filter(|frame| frame["type"] == "error").collect()
}

#[tokio::test]
async fn a_burst_above_a_third_is_rejected_with_retry_after() {
    let chat = TestChat::with_rates(30, 0).await;
    enter(&chat, "c1", "ann", OFFICE).await;
    chat.advance_to_next_minute();
    chat.clock.advance(Duration::from_millis(2_500));
    assert_eq!(send_messages(&chat, "c1", 10).await, [json!(null); 0]);
    chat.send_message("c1", "hi", "n-11").await;
    let received = errors(&chat, "c1");
    assert_eq!(
        received,
        [json!({
            "type": "error", "code": "tooFast", "action": "send", "nonce": "n-11", "retryAfter": 8,
            "message": "This is too much in too short a time: try again in 8 s.",
        })]
    );
    chat.clock.advance(Duration::from_secs(8));
    chat.send_message("c1", "hi", "n-11").await;
    assert_eq!(errors(&chat, "c1"), [json!(null); 0]);
}

#[tokio::test]
async fn a_minute_allows_the_rate_however_messages_are_spread() {
    let chat = TestChat::with_rates(30, 0).await;
    enter(&chat, "c1", "ann", OFFICE).await;
    chat.advance_to_next_minute();
    let mut accepted = 0;
    for _ in 0..6 {
        accepted += 8 - send_messages(&chat, "c1", 8).await.len();
        chat.clock.advance(Duration::from_secs(10));
    }
    assert_eq!(accepted, 30);
    assert_eq!(send_messages(&chat, "c1", 8).await, [json!(null); 0], "a new minute has begun");
}

#[tokio::test]
async fn a_rate_limited_message_takes_no_seq() {
    let chat = TestChat::with_rates(3, 0).await;
    enter(&chat, "c1", "ann", OFFICE).await;
    chat.send_message("c1", "one", "n1").await;
    chat.send_message("c1", "two", "n2").await;
    assert_eq!(errors(&chat, "c1").len(), 1);
    chat.clock.advance(Duration::from_secs(10));
    chat.send_message("c1", "two", "n2").await;
    let stored = chat.messages.before(&RoomName::lobby(), None, 10).await.unwrap();
    assert_eq!(stored.iter().map(|message| message.seq.0).collect::<Vec<_>>(), [1, 2]);
}

#[tokio::test]
async fn a_person_s_windows_share_one_rate() {
    let chat = TestChat::with_rates(3, 0).await;
    chat.advance_to_next_minute();
    enter(&chat, "a1", "ann", OFFICE).await;
    chat.clock.advance(Duration::from_secs(10));
    enter(&chat, "a2", "ann", OFFICE).await;
    enter(&chat, "b1", "bea", OFFICE).await;
    assert_eq!(send_messages(&chat, "a1", 1).await.len(), 0);
    assert_eq!(send_messages(&chat, "a2", 1).await.len(), 1);
    assert_eq!(send_messages(&chat, "b1", 1).await.len(), 0);
}

#[tokio::test]
async fn everybody_at_an_address_shares_its_rate() {
    let chat = TestChat::with_rates(0, 9).await;
    for (window, person, address) in
        [("a1", "ann", OFFICE), ("b1", "bea", OFFICE), ("c1", "cy", "2001:db8::1"), ("d1", "dan", "2001:db8::2:1")]
    {
        enter(&chat, window, person, address).await;
    }
    assert_eq!(send_messages(&chat, "a1", 3).await.len(), 0);
    assert_eq!(send_messages(&chat, "b1", 1).await.len(), 1);
    assert_eq!(send_messages(&chat, "c1", 3).await.len(), 0, "another address");
    assert_eq!(send_messages(&chat, "d1", 1).await.len(), 1, "the same network");
}

#[tokio::test]
async fn one_person_s_flood_leaves_the_address_rate_to_others() {
    let chat = TestChat::with_rates(30, 60).await;
    enter(&chat, "a1", "ann", OFFICE).await;
    enter(&chat, "b1", "bea", OFFICE).await;
    assert_eq!(send_messages(&chat, "a1", 1_000).await.len(), 990);
    assert_eq!(send_messages(&chat, "b1", 10).await.len(), 0);
}

#[tokio::test]
async fn a_moderator_is_limited_by_address_only() {
    let chat = TestChat::with_rates(3, 30).await;
    enter(&chat, "m1", "mod", OFFICE).await;
    enter(&chat, "a1", "ann", OFFICE).await;
    assert_eq!(send_messages(&chat, "a1", 2).await.len(), 1, "others have a limit");
    assert_eq!(send_messages(&chat, "m1", 9).await.len(), 0);
    assert_eq!(send_messages(&chat, "m1", 1).await.len(), 1);
}

#[tokio::test]
async fn each_kind_has_its_own_bucket_and_ping_is_free() {
    let chat = TestChat::with_rates(3, 0).await;
    enter(&chat, "c1", "ann", OFFICE).await;
    let limited = [
        json!({ "action": "send", "text": "hi", "nonce": "n" }),
        json!({ "action": "edit", "seq": 1, "text": "ho" }),
        json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true }),
        json!({ "action": "upload", "nonce": "i", "type": "image/png", "size": 9 }),
        json!({ "action": "rename", "name": "Anna" }),
        json!({ "action": "history", "before": 1 }),
        json!({ "action": "changes", "after": 0 }),
        json!({ "action": "people" }),
        json!({ "action": "rooms", "rooms": ["lobby"] }),
        json!({ "action": "search", "text": "hi" }),
        json!({ "action": "forget" }),
    ];
    for frame in &limited {
        chat.send("c1", frame.clone()).await;
    }
    assert_eq!(errors(&chat, "c1"), [json!(null); 0]);
    // `delete` shares the bucket of edits; `hello` shares the bucket of typing and renames.
    for frame in limited.iter().chain(&[json!({ "action": "delete", "seq": 1 }), json!({ "action": "hello" })]) {
        chat.send("c1", frame.clone()).await;
        let received = errors(&chat, "c1");
        assert_eq!(received.len(), 1, "{frame}");
        assert_eq!((&received[0]["code"], &received[0]["action"]), (&json!("tooFast"), &frame["action"]));
        assert!(received[0]["retryAfter"].as_u64().is_some(), "{frame}");
    }
    for _ in 0..5 {
        chat.send("c1", json!({ "action": "ping" })).await;
    }
    assert_eq!(errors(&chat, "c1"), [json!(null); 0]);
}

#[tokio::test]
async fn uploads_have_a_third_of_the_message_rate() {
    let chat = TestChat::with_rates(18, 0).await;
    enter(&chat, "c1", "ann", OFFICE).await;
    chat.advance_to_next_minute();
    for number in 0..7 {
        let upload = json!({ "action": "upload", "nonce": format!("i-{number}"), "type": "image/png", "size": 9 });
        chat.send("c1", upload).await;
    }
    let received: Vec<_> = chat.received("c1").iter().map(|frame| frame["type"].clone()).collect();
    // All of them at once: they may be the images of one message.
    assert_eq!(received[..6], ["upload"; 6]);
    assert_eq!(received[6..], ["error"]);
    assert_eq!(send_messages(&chat, "c1", 6).await, [json!(null); 0]);
}

#[tokio::test]
async fn typing_too_fast_is_dropped_without_an_error() {
    let chat = TestChat::with_rates(6, 0).await;
    enter(&chat, "a1", "ann", OFFICE).await;
    enter(&chat, "b1", "bea", OFFICE).await;
    for _ in 0..5 {
        chat.send("a1", json!({ "action": "typing" })).await;
    }
    assert_eq!(chat.received("b1").iter().filter(|frame| frame["type"] == "typing").count(), 2);
    assert_eq!(chat.received("a1"), [json!(null); 0]);
}

#[tokio::test]
async fn a_rate_of_zero_is_no_limit() {
    let chat = TestChat::with_rates(0, 0).await;
    enter(&chat, "c1", "ann", OFFICE).await;
    assert_eq!(send_messages(&chat, "c1", 1_000).await, [json!(null); 0]);
    let person = chat.connection("c1").await.person;
    assert!(chat.rate.take(RateBucket::Connect, &person, None).await.is_ok());
}
