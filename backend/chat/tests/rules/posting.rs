//! Tests of `send`: order, retries and idempotency records.

use std::time::Duration;

use chat::{
    messages::deadlines::RECORD_LIFE,
    ports::{
        connections::{ConnectionId, Connections},
        messages::{IdempotencyRecord, MessageKey, Messages},
        system::Clock,
    },
};
use chat_testing::test_chat::{START, TestChat};
use serde_json::json;
use shared_types::RoomName;

#[tokio::test]
async fn a_minimal_send_reaches_everybody_in_the_room() {
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
async fn a_message_has_its_seq_author_nonce_and_time() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.send_message("c1", "hi", "n-1").await;
    let received = chat.received("c1").remove(0);
    let expected = json!({
        "room": "lobby", "type": "message", "seq": 1, "rev": 1, "author": received["author"], "nonce": "n-1", "text": "hi",
        "sentAt": START,
    });
    assert_eq!(received, expected);
    assert_eq!(received["author"]["name"], "Ann");
}

#[tokio::test]
async fn a_retry_returns_the_first_message_and_stores_nothing() {
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

/// Leaves the room as a send does that stopped after its reservation: a revision is taken, its idempotency record is stored,
/// and there is no message.
pub(crate) async fn abort_after_reserving(chat: &TestChat, connection: &str, nonce: &str) {
    let room = RoomName::lobby();
    let sender = chat.connections.find(&ConnectionId(connection.into())).await.unwrap().unwrap();
    let rev = chat.messages.next_rev(&room).await.unwrap();
    let message_key = MessageKey { room, author: sender.person.id, nonce: nonce.parse().unwrap() };
    chat.messages.reserve(&message_key, IdempotencyRecord { rev, at: chat.clock.now() }).await.unwrap();
}

#[tokio::test]
async fn a_retry_finishes_an_aborted_send_at_its_seq() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    abort_after_reserving(&chat, "c1", "n").await;
    chat.send_message("c1", "another", "m").await;
    chat.send_message("c1", "finished", "n").await;
    let received = chat.received("c1");
    assert_eq!((&received[1]["text"], &received[1]["seq"]), (&json!("finished"), &json!(1)));
}

#[tokio::test]
async fn a_retry_replaces_an_expired_idempotency_record() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    abort_after_reserving(&chat, "c1", "n").await;
    chat.send_message("c1", "another", "m").await;
    chat.clock.advance(RECORD_LIFE + Duration::from_millis(1));
    chat.send_message("c1", "late", "n").await;
    let received = chat.received("c1");
    assert_eq!((&received[1]["text"], &received[1]["seq"]), (&json!("late"), &json!(3)));
    chat.send_message("c1", "late", "n").await;
    assert_eq!(chat.received("c1"), received[1..]);
}

#[tokio::test]
async fn a_rename_applies_to_later_messages_only() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.send_message("c1", "as Ann", "n1").await;
    chat.send("c1", json!({ "action": "rename", "name": " Bea  B. " })).await;
    chat.send_message("c1", "as Bea", "n2").await;
    let received = chat.received("c1");
    assert_eq!((&received[1]["type"], &received[1]["you"]["name"]), (&json!("welcome"), &json!("Bea B.")));
    assert_eq!((&received[0]["author"]["name"], &received[2]["author"]["name"]), (&json!("Ann"), &json!("Bea B.")));
    assert_eq!(received[0]["author"]["id"], received[2]["author"]["id"]);
}
