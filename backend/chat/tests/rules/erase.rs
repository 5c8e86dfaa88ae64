//! Tests of `forget`, which erases a person's own messages.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chat::{
    messages::{deadlines::RECORD_LIFE, erase::DataEraser, update::MessageUpdater},
    ports::{
        Result, Unavailable,
        connections::ConnectionId,
        images::{Images, Upload, Uploaded},
        messages::{IdempotencyRecord, MessageKey, Messages},
        moderation::Moderation,
        system::Clock,
    },
};
use chat_testing::test_chat::{START, TestChat};
use serde_json::{Value, json};
use shared_types::{ImageType, PersonId, Rev, Role, RoleEntry, RoomName, Timestamp, limits};

use super::images::{image, png};

/// Opens a chat with Ann (`a` in the lobby, `a2` in `cats`) and Bea (`b` and `b2`).
async fn two_rooms() -> TestChat {
    let chat = TestChat::new().await;
    for (socket, room, who) in
        [("a", None, "ann"), ("a2", Some("cats"), "ann"), ("b", None, "bea"), ("b2", Some("cats"), "bea")]
    {
        chat.connect(socket, room, Some(&chat.ticket(who)), Some(who)).await.unwrap();
    }
    chat
}

#[tokio::test]
async fn the_only_owner_cannot_erase_their_data_and_another_one_loses_the_role() {
    let chat = two_rooms().await;
    let entry = |id: &str, role| RoleEntry { person: id.parse().unwrap(), name: None, role, configured: false };
    let role_of = async |id: &str| chat.moderation.role(&id.parse().unwrap()).await.unwrap();
    chat.moderation.set_role(&entry("ann", Role::Owner)).await.unwrap();
    chat.connect("a3", None, Some(&chat.ticket("ann")), Some("ann")).await.unwrap();
    chat.send_message("a3", "of the owner", "n").await;
    chat.received("a3");
    chat.send("a3", json!({ "action": "forget" })).await;
    let refused = chat.received("a3").pop().unwrap();
    assert_eq!((&refused["code"], &refused["action"]), (&json!("lastOwner"), &json!("forget")));
    assert_eq!(chat.stored_message("lobby", 1).await["text"], "of the owner");

    chat.moderation.set_role(&entry("bea", Role::Owner)).await.unwrap();
    chat.send("a3", json!({ "action": "forget" })).await;
    chat.send("a3", json!({ "action": "forget" })).await;
    assert_eq!((role_of("ann").await, role_of("bea").await), (Role::Member, Role::Owner));
    assert_eq!(chat.stored_message("lobby", 1).await["deleted"], true);
}

#[tokio::test]
async fn forget_erases_texts_and_author_in_every_room() {
    let chat = two_rooms().await;
    chat.send_message("a", "a secret", "n").await;
    chat.send("b", json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true })).await;
    chat.send("a", json!({ "action": "edit", "seq": 1, "text": "another secret", "nonce": "e" })).await;
    chat.send_message("b", "Bea's", "b").await;
    chat.send_message("a2", "a third secret", "n").await;
    for socket in ["b", "b2"] {
        chat.received(socket);
    }
    assert_eq!(chat.erase_data("a").await, (2, false));
    let erased_author = json!({ "id": "gone", "name": "gone" });
    for (socket, room) in [("b", "lobby"), ("b2", "cats")] {
        let received = chat.received(socket).pop().unwrap();
        assert_eq!((&received["author"], &received["deleted"]), (&erased_author, &json!(true)), "{received}");
        let stored = chat.stored_message(room, 1).await.to_string();
        assert!(!stored.contains("ann") && !stored.contains("secret") && !stored.contains("bea"), "{stored}");
    }
    assert_eq!(chat.stored_message("lobby", 4).await["text"], "Bea's");
    assert_eq!(chat.erase_data("a").await, (0, false));
}

#[tokio::test]
async fn forget_erases_images() {
    let chat = two_rooms().await;
    let bytes = png(3, 2);
    let image = image("image/png", bytes.len(), 3, 2);
    chat.upload("a", "n", &image, &bytes).await;
    chat.send("a", json!({ "action": "send", "nonce": "n", "image": image })).await;
    assert!(chat.has_image("a", "n").await);
    assert_eq!(chat.erase_data("a").await, (1, false));
    assert!(!chat.has_image("a", "n").await);
}

/// Sends a message with an image (nonce `n`). Returns an eraser over images that only note what is removed.
async fn with_image(chat: &TestChat) -> (DataEraser, Arc<RecordingImages>) {
    let bytes = png(3, 2);
    let image = image("image/png", bytes.len(), 3, 2);
    chat.upload("a", "n", &image, &bytes).await;
    chat.send("a", json!({ "action": "send", "nonce": "n", "image": image })).await;
    let images = Arc::new(RecordingImages::default());
    let updater = MessageUpdater {
        messages: chat.messages.clone(),
        images: images.clone(),
        moderation: chat.moderation.clone(),
        clock: chat.clock.clone(),
    };
    (DataEraser { updater }, images)
}

#[tokio::test]
async fn an_erased_image_is_removed_once() {
    let chat = two_rooms().await;
    let (eraser, images) = with_image(&chat).await;
    chat.send_message("a", "without an image", "m").await;
    assert_eq!(eraser.erase(&"ann".parse().unwrap()).await.unwrap().messages.len(), 2);
    assert_eq!(*images.removed.lock().unwrap(), ["n"]);
}

#[tokio::test]
async fn an_interrupted_deletion_leaves_no_orphaned_image() {
    let chat = two_rooms().await;
    let (eraser, images) = with_image(&chat).await;
    images.fails.store(true, Ordering::Relaxed);
    eraser.erase(&"ann".parse().unwrap()).await.unwrap_err();
    let stored = chat.stored_message("lobby", 1).await;
    assert_eq!((&stored["author"]["id"], &stored["image"]["type"]), (&json!("ann"), &json!("image/png")), "{stored}");
    images.fails.store(false, Ordering::Relaxed);
    assert_eq!(eraser.erase(&"ann".parse().unwrap()).await.unwrap().messages.len(), 1);
    assert_eq!(*images.removed.lock().unwrap(), ["n"]);
}

/// Images that only note which are removed, or fail to remove them.
#[derive(Default)]
struct RecordingImages {
    fails: AtomicBool,
    removed: Mutex<Vec<String>>,
}

#[async_trait]
impl Images for RecordingImages {
    async fn address(&self, _: &Upload) -> Result<String> {
        unreachable!()
    }

    async fn uploaded(&self, _: &Upload) -> Result<Option<Uploaded>> {
        unreachable!()
    }

    async fn keep(&self, _: &Upload, _: &str) -> Result<bool> {
        unreachable!()
    }

    async fn is_kept(&self, _: &MessageKey) -> Result<bool> {
        unreachable!()
    }

    async fn remove(&self, message_key: &MessageKey) -> Result<()> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(Unavailable { doing: "removing an image", cause: "a fault of the test".into() });
        }
        self.removed.lock().unwrap().push(message_key.nonce.to_string());
        Ok(())
    }

    async fn discard(&self, _: &Upload) -> Result<()> {
        unreachable!()
    }

    async fn put_picture(&self, _: &PersonId, _: ImageType, _: &[u8]) -> Result<()> {
        unreachable!()
    }

    async fn picture(&self, _: &PersonId) -> Result<Option<Vec<u8>>> {
        unreachable!()
    }

    async fn remove_picture(&self, _: &PersonId) -> Result<()> {
        unreachable!()
    }

    async fn pictures(&self, _: Option<&PersonId>, _: usize) -> Result<Vec<PersonId>> {
        unreachable!()
    }

    async fn sweep(&self, _: Timestamp) -> Result<usize> {
        unreachable!()
    }
}

#[tokio::test]
async fn forget_erases_many_messages_in_parts() {
    let chat = two_rooms().await;
    for number in 0..=limits::FORGET_MESSAGES {
        chat.send_message("a", "x", &format!("n-{number}")).await;
    }
    assert_eq!(chat.erase_data("a").await, (limits::FORGET_MESSAGES as u64, true));
    assert_eq!(chat.erase_data("a").await, (1, false));
}

#[tokio::test]
async fn a_hanging_listener_does_not_block_forget() {
    let chat = two_rooms().await;
    for number in 0..10 {
        chat.send_message("a", "x", &format!("n-{number}")).await;
        chat.send_message("a2", "x", &format!("n-{number}")).await;
    }
    for socket in ["a2", "b", "b2"] {
        chat.received(socket);
    }
    chat.gateway.lock().hanging.insert(ConnectionId("b".into()));
    let began = chat.clock.now().0;
    assert_eq!(chat.erase_data("a").await, (20, false));
    assert!(chat.clock.now().0 - began <= 7_000, "the function has 10 s for everything");
    assert_eq!(chat.received("b2").len(), 10, "a listener in another room is not affected");
    assert_eq!(chat.received("a2").len(), 10);
}

#[tokio::test]
async fn an_erased_message_is_not_changed_or_sent_again() {
    let chat = two_rooms().await;
    chat.send_message("a", "a secret", "n").await;
    chat.erase_data("a").await;
    // The state that a request leaves if it stops early or is still running.
    let message_key =
        MessageKey { room: RoomName::lobby(), author: "ann".parse().unwrap(), nonce: "n".parse().unwrap() };
    chat.messages.reserve(&message_key, IdempotencyRecord { rev: Rev(1), at: Timestamp(START) }).await.unwrap();
    let stored = chat.stored_message("lobby", 1).await;
    chat.received("b");
    assert_eq!(chat.erase_data("a").await, (0, false));
    assert_eq!(chat.stored_message("lobby", 1).await, stored);
    assert_eq!(chat.received("b"), [Value::Null; 0]);
}

#[tokio::test]
async fn a_retry_of_an_erased_message_stores_nothing() {
    let chat = two_rooms().await;
    chat.send_message("a", "a secret", "n").await;
    chat.erase_data("a").await;
    chat.send_message("a", "a secret", "n").await;
    let stored = chat.messages.before(&RoomName::lobby(), None, 10).await.unwrap();
    assert_eq!((stored.len(), &stored[0].text), (1, &None));
}

#[tokio::test]
async fn a_later_forget_erases_a_message_that_was_in_flight() {
    let chat = two_rooms().await;
    let room = RoomName::lobby();
    let message_key = MessageKey { room: room.clone(), author: "ann".parse().unwrap(), nonce: "n".parse().unwrap() };
    let rev = chat.messages.next_rev(&room).await.unwrap();
    chat.messages.reserve(&message_key, IdempotencyRecord { rev, at: Timestamp(START) }).await.unwrap();
    assert_eq!(chat.erase_data("a").await, (0, true), "otherwise the client would not repeat the command");
    chat.send_message("a", "a secret", "n").await;
    assert_eq!(chat.stored_message("lobby", 1).await["text"], "a secret");
    assert_eq!(chat.erase_data("a").await, (1, false));
}

#[tokio::test]
async fn forget_removes_an_expired_idempotency_record() {
    let chat = two_rooms().await;
    let message_key =
        MessageKey { room: RoomName::lobby(), author: "ann".parse().unwrap(), nonce: "n".parse().unwrap() };
    chat.messages.reserve(&message_key, IdempotencyRecord { rev: Rev(7), at: Timestamp(START) }).await.unwrap();
    chat.clock.advance(RECORD_LIFE + Duration::from_millis(1));
    assert_eq!(chat.erase_data("a").await, (0, false));
    assert_eq!(chat.messages.records_of(&message_key.author, None, 9).await.unwrap(), []);
}

#[tokio::test]
async fn reply_references_of_others_keep_the_author() {
    let chat = two_rooms().await;
    chat.send_message("a", "hi", "n").await;
    chat.send("b", json!({ "action": "send", "text": "an answer", "nonce": "b", "replyTo": 1 })).await;
    chat.erase_data("a").await;
    assert_eq!(chat.stored_message("lobby", 2).await["replyTo"]["author"]["id"], "ann");
}
