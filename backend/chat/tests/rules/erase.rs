//! Tests of `forget`, which erases a person's own messages.

use std::time::Duration;

use chat::{
    messages::deadlines::RECORD_LIFE,
    ports::{
        connections::ConnectionId,
        messages::{IdempotencyRecord, MessageKey, Messages},
        system::Clock,
    },
};
use chat_testing::world::{START, World};
use serde_json::{Value, json};
use shared_types::{Rev, RoomName, Timestamp, limits};

use super::images::{image, png};

/// Opens a chat with Ann (`a` in the lobby, `a2` in `cats`) and Bea (`b` and `b2`).
async fn two_rooms() -> World {
    let world = World::new().await;
    for (socket, room, who) in
        [("a", None, "ann"), ("a2", Some("cats"), "ann"), ("b", None, "bea"), ("b2", Some("cats"), "bea")]
    {
        world.knock(socket, room, Some(&world.ticket(who)), Some(who)).await.unwrap();
    }
    world
}

#[tokio::test]
async fn forget_erases_texts_and_author_in_every_room() {
    let world = two_rooms().await;
    world.post("a", "a secret", "n").await;
    world.say("b", json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true })).await;
    world.say("a", json!({ "action": "edit", "seq": 1, "text": "another secret", "nonce": "e" })).await;
    world.post("b", "Bea's", "b").await;
    world.post("a2", "a third secret", "n").await;
    for socket in ["b", "b2"] {
        world.told(socket);
    }
    assert_eq!(world.forget("a").await, (2, false));
    let erased_author = json!({ "id": "gone", "name": "gone" });
    for (socket, room) in [("b", "lobby"), ("b2", "cats")] {
        let told = world.told(socket).pop().unwrap();
        assert_eq!((&told["author"], &told["deleted"]), (&erased_author, &json!(true)), "{told}");
        let stored = world.stored(room, 1).await.to_string();
        assert!(!stored.contains("ann") && !stored.contains("secret") && !stored.contains("bea"), "{stored}");
    }
    assert_eq!(world.stored("lobby", 4).await["text"], "Bea's");
    assert_eq!(world.forget("a").await, (0, false));
}

#[tokio::test]
async fn forget_erases_images() {
    let world = two_rooms().await;
    let bytes = png(3, 2);
    let image = image("image/png", bytes.len(), 3, 2);
    world.upload("a", "n", &image, &bytes).await;
    world.say("a", json!({ "action": "send", "nonce": "n", "image": image })).await;
    assert!(world.has_image("a", "n").await);
    assert_eq!(world.forget("a").await, (1, false));
    assert!(!world.has_image("a", "n").await);
}

#[tokio::test]
async fn forget_erases_many_messages_in_parts() {
    let world = two_rooms().await;
    for number in 0..=limits::FORGET_MESSAGES {
        world.post("a", "x", &format!("n-{number}")).await;
    }
    assert_eq!(world.forget("a").await, (limits::FORGET_MESSAGES as u64, true));
    assert_eq!(world.forget("a").await, (1, false));
}

#[tokio::test]
async fn a_hanging_listener_does_not_block_forget() {
    let world = two_rooms().await;
    for number in 0..10 {
        world.post("a", "x", &format!("n-{number}")).await;
        world.post("a2", "x", &format!("n-{number}")).await;
    }
    for socket in ["a2", "b", "b2"] {
        world.told(socket);
    }
    world.gateway.lock().hanging.insert(ConnectionId("b".into()));
    let began = world.clock.now().0;
    assert_eq!(world.forget("a").await, (20, false));
    assert!(world.clock.now().0 - began <= 7_000, "the function has 10 s for everything");
    assert_eq!(world.told("b2").len(), 10, "in another room");
    assert_eq!(world.told("a2").len(), 10);
}

#[tokio::test]
async fn an_erased_message_is_not_changed_or_sent_again() {
    let world = two_rooms().await;
    world.post("a", "a secret", "n").await;
    world.forget("a").await;
    // The state that a request leaves if it stops early or is still running.
    let message_key =
        MessageKey { room: RoomName::lobby(), author: "ann".parse().unwrap(), nonce: "n".parse().unwrap() };
    world.messages.reserve(&message_key, IdempotencyRecord { rev: Rev(1), at: Timestamp(START) }).await.unwrap();
    let stored = world.stored("lobby", 1).await;
    world.told("b");
    assert_eq!(world.forget("a").await, (0, false));
    assert_eq!(world.stored("lobby", 1).await, stored);
    assert_eq!(world.told("b"), [Value::Null; 0]);
}

#[tokio::test]
async fn a_retry_of_an_erased_message_stores_nothing() {
    let world = two_rooms().await;
    world.post("a", "a secret", "n").await;
    world.forget("a").await;
    world.post("a", "a secret", "n").await;
    let stored = world.messages.before(&RoomName::lobby(), None, 10).await.unwrap();
    assert_eq!((stored.len(), &stored[0].text), (1, &None));
}

#[tokio::test]
async fn a_later_forget_erases_a_message_that_was_in_flight() {
    let world = two_rooms().await;
    let room = RoomName::lobby();
    let message_key = MessageKey { room: room.clone(), author: "ann".parse().unwrap(), nonce: "n".parse().unwrap() };
    let rev = world.messages.next_rev(&room).await.unwrap();
    world.messages.reserve(&message_key, IdempotencyRecord { rev, at: Timestamp(START) }).await.unwrap();
    assert_eq!(world.forget("a").await, (0, true), "otherwise the client would not repeat the command");
    world.post("a", "a secret", "n").await;
    assert_eq!(world.stored("lobby", 1).await["text"], "a secret");
    assert_eq!(world.forget("a").await, (1, false));
}

#[tokio::test]
async fn forget_removes_an_expired_idempotency_record() {
    let world = two_rooms().await;
    let message_key =
        MessageKey { room: RoomName::lobby(), author: "ann".parse().unwrap(), nonce: "n".parse().unwrap() };
    world.messages.reserve(&message_key, IdempotencyRecord { rev: Rev(7), at: Timestamp(START) }).await.unwrap();
    world.clock.advance(RECORD_LIFE + Duration::from_millis(1));
    assert_eq!(world.forget("a").await, (0, false));
    assert_eq!(world.messages.records_of(&message_key.author, None, 9).await.unwrap(), []);
}

#[tokio::test]
async fn reply_references_of_others_keep_the_author() {
    let world = two_rooms().await;
    world.post("a", "hi", "n").await;
    world.say("b", json!({ "action": "send", "text": "an answer", "nonce": "b", "replyTo": 1 })).await;
    world.forget("a").await;
    assert_eq!(world.stored("lobby", 2).await["replyTo"]["author"]["id"], "ann");
}
