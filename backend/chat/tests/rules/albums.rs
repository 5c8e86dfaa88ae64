//! Tests of messages with several images.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chat::{
    messages::expire::MessageExpiry,
    ports::{
        Result,
        images::Images,
        messages::{Expiring, MessageKey, Messages},
    },
};
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{RoomName, limits};

use super::{
    images::{image, png},
    moderation::moderated_chat,
    rate_limit::{OFFICE, enter},
};

/// Returns `count` images of different widths, with their bytes.
fn pictures(count: u32) -> Vec<(Value, Vec<u8>)> {
    (1..=count).map(|width| (image("image/png", png(width, 2).len(), width, 2), png(width, 2))).collect()
}

/// Returns the field `image` of a message with these images.
fn album(pictures: &[(Value, Vec<u8>)]) -> Value {
    let mut images = pictures.iter().map(|(image, _)| image.clone());
    let mut first = images.next().unwrap();
    first["more"] = images.collect();
    first
}

fn nonce_of(nonce: &str, number: usize) -> String {
    if number == 0 { nonce.into() } else { format!("{nonce}={number}") }
}

async fn upload(chat: &TestChat, nonce: &str, pictures: &[(Value, Vec<u8>)]) {
    for (number, (image, bytes)) in pictures.iter().enumerate() {
        chat.upload("a", &nonce_of(nonce, number), image, bytes).await;
    }
}

async fn send(chat: &TestChat, nonce: &str, image: &Value) {
    chat.send("a", json!({ "action": "send", "nonce": nonce, "image": image })).await;
}

/// Opens a chat with Ann in the lobby (`a`), who sent a message with three images (nonce `n`).
async fn with_album() -> (TestChat, Vec<(Value, Vec<u8>)>) {
    let (chat, pictures) = (TestChat::new().await, pictures(3));
    chat.connect("a", None, Some(&chat.ticket("ann")), Some("ann")).await.unwrap();
    upload(&chat, "n", &pictures).await;
    send(&chat, "n", &album(&pictures)).await;
    (chat, pictures)
}

fn key(nonce: &str) -> MessageKey {
    MessageKey { room: RoomName::lobby(), author: "ann".parse().unwrap(), nonce: nonce.parse().unwrap() }
}

/// Returns the bytes of the first `count` images of a message.
async fn kept(chat: &TestChat, nonce: &str, count: usize) -> Vec<Option<Vec<u8>>> {
    let mut found = Vec::new();
    for number in 0..count {
        found.push(chat.kept_image(&key(&nonce_of(nonce, number))).await);
    }
    found
}

fn bytes_of(pictures: &[(Value, Vec<u8>)]) -> Vec<Option<Vec<u8>>> {
    pictures.iter().map(|(_, bytes)| Some(bytes.clone())).collect()
}

#[tokio::test]
async fn several_images_are_one_message() {
    let (chat, pictures) = with_album().await;
    let received = chat.received("a");
    assert_eq!(received.len(), 1, "{received:?}");
    assert_eq!(received[0]["image"], album(&pictures));
    assert_eq!(kept(&chat, "n", 3).await, bytes_of(&pictures));
    assert_eq!(chat.messages.before(&RoomName::lobby(), None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn an_upload_address_says_that_several_images_are_possible() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("a", "Ann").await;
    chat.send("a", json!({ "action": "upload", "nonce": "n=1", "type": "image/png", "size": 9 })).await;
    assert_eq!(chat.received("a").pop().unwrap()["several"], true);
}

#[tokio::test]
async fn a_refused_image_refuses_the_message_and_is_named() {
    for (number, bytes, code, why) in [
        (0, None, "noImage", "Image 1 of 3: the image is not there"),
        (1, None, "noImage", "Image 2 of 3: the image is not there"),
        (2, None, "noImage", "Image 3 of 3: the image is not there"),
        (0, Some(png(9, 9)), "badImage", "Image 1 of 3: the image has another width"),
        (2, Some(b"x".repeat(png(9, 9).len())), "badImage", "Image 3 of 3: this file is not an image"),
        (1, Some(b"x".to_vec()), "badImage", "Image 2 of 3: the image has another size"),
    ] {
        let (chat, pictures) = (TestChat::new().await, pictures(3));
        chat.connect("a", None, Some(&chat.ticket("ann")), Some("ann")).await.unwrap();
        for (place, (image, good)) in pictures.iter().enumerate() {
            let bytes = if place == number { bytes.as_ref() } else { Some(good) };
            if let Some(bytes) = bytes {
                chat.upload("a", &nonce_of("n", place), image, bytes).await;
            }
        }
        send(&chat, "n", &album(&pictures)).await;
        let error = chat.received("a").pop().unwrap();
        assert_eq!((&error["code"], &error["nonce"]), (&json!(code), &json!("n")), "{error}");
        assert!(error["message"].as_str().unwrap().contains(why), "{error}");
        assert_eq!(kept(&chat, "n", 3).await, [None, None, None], "{why}");
        assert_eq!(chat.messages.before(&RoomName::lobby(), None, 10).await.unwrap(), []);
        assert_eq!(chat.messages.next_rev(&RoomName::lobby()).await.unwrap().0, 1, "a refusal leaves no gap");
        // The refused upload is removed, and another one of the right bytes is taken.
        upload(&chat, "n", &pictures).await;
        send(&chat, "n", &album(&pictures)).await;
        assert_eq!(chat.received("a").pop().unwrap()["image"], album(&pictures), "{why}");
    }
}

#[tokio::test]
async fn a_retry_keeps_the_images_that_an_interrupted_attempt_did_not() {
    let (chat, pictures) = (TestChat::new().await, pictures(3));
    chat.connect("a", None, Some(&chat.ticket("ann")), Some("ann")).await.unwrap();
    upload(&chat, "n", &pictures).await;
    let (image, _) = &pictures[1];
    let upload = chat::ports::images::Upload {
        message_key: key("n=1"),
        kind: shared_types::ImageType::Png,
        size: image["size"].as_u64().unwrap().try_into().unwrap(),
    };
    let found = chat.images.uploaded(&upload).await.unwrap().unwrap();
    assert!(chat.images.keep(&upload, &found.version).await.unwrap());
    send(&chat, "n", &album(&pictures)).await;
    assert_eq!(chat.received("a").pop().unwrap()["image"], album(&pictures));
    assert_eq!(kept(&chat, "n", 3).await, bytes_of(&pictures));
}

#[tokio::test]
async fn a_repeated_send_changes_no_image() {
    let (chat, pictures) = with_album().await;
    let received = chat.received("a");
    for (number, (image, bytes)) in pictures.iter().enumerate() {
        let mut other = bytes.clone();
        *other.last_mut().unwrap() = 7;
        chat.upload("a", &nonce_of("n", number), image, &other).await;
    }
    send(&chat, "n", &album(&pictures)).await;
    assert_eq!(chat.received("a"), received);
    assert_eq!(kept(&chat, "n", 3).await, bytes_of(&pictures));
}

#[tokio::test]
async fn no_message_takes_the_place_of_another_one_s_image() {
    let (chat, album_pictures) = with_album().await;
    chat.received("a");
    let (image, _) = &album_pictures[1];
    let mut other = album_pictures[1].1.clone();
    *other.last_mut().unwrap() = 7;
    for number in 1..limits::MESSAGE_IMAGES {
        let nonce = nonce_of("n", number);
        chat.upload("a", &nonce, image, &other).await;
        for image in [image.clone(), album(&pictures(2))] {
            send(&chat, &nonce, &image).await;
            let error = chat.received("a").pop().unwrap();
            assert_eq!((&error["code"], &error["nonce"]), (&json!("badField"), &json!(nonce)), "{error}");
        }
    }
    assert_eq!(kept(&chat, "n", 3).await, bytes_of(&album_pictures));
    // A text has no image that could take the place.
    chat.send_message("a", "hi", "n=1").await;
    assert_eq!(chat.received("a").pop().unwrap()["text"], "hi");
    chat.send("a", json!({ "action": "delete", "seq": 2 })).await;
    assert_eq!(kept(&chat, "n", 3).await, bytes_of(&album_pictures));
}

#[tokio::test]
async fn other_people_cannot_use_the_images_of_a_message() {
    let (chat, pictures) = with_album().await;
    chat.connect("b", None, Some(&chat.ticket("bea")), Some("bea")).await.unwrap();
    chat.send("b", json!({ "action": "send", "nonce": "n", "image": album(&pictures) })).await;
    assert_eq!(chat.received("b").pop().unwrap()["code"], "noImage");
}

#[tokio::test]
async fn deleting_a_message_removes_all_its_images() {
    let (chat, _) = with_album().await;
    chat.send("a", json!({ "action": "delete", "seq": 1 })).await;
    assert_eq!(kept(&chat, "n", 3).await, [None, None, None]);
    let stored = chat.stored_message("lobby", 1).await;
    assert!(stored["image"].is_null(), "{stored}");
}

#[tokio::test]
async fn erasing_a_person_removes_all_their_images() {
    let (chat, _) = with_album().await;
    assert_eq!(chat.erase_data("a").await, (1, false));
    assert_eq!(kept(&chat, "n", 3).await, [None, None, None]);
}

#[tokio::test]
async fn purging_a_user_removes_all_their_images() {
    let (chat, pictures) = (moderated_chat().await, pictures(3));
    upload(&chat, "n", &pictures).await;
    send(&chat, "n", &album(&pictures)).await;
    assert_eq!(kept(&chat, "n", 3).await, bytes_of(&pictures));
    chat.send("m", json!({ "action": "clear", "person": "ann" })).await;
    assert_eq!(kept(&chat, "n", 3).await, [None, None, None]);
}

#[tokio::test]
async fn the_text_of_a_message_with_images_can_be_edited_away() {
    let (chat, pictures) = with_album().await;
    chat.send("a", json!({ "action": "edit", "seq": 1, "text": "three" })).await;
    chat.send("a", json!({ "action": "edit", "seq": 1, "text": null })).await;
    let edited = chat.received("a").pop().unwrap();
    assert_eq!((&edited["image"], &edited["text"]), (&album(&pictures), &json!(null)), "{edited}");
    assert_eq!(kept(&chat, "n", 3).await, bytes_of(&pictures));
}

#[tokio::test]
async fn search_finds_the_descriptions_of_all_images() {
    let (chat, mut pictures) = (TestChat::new().await, pictures(3));
    chat.connect("a", None, Some(&chat.ticket("ann")), Some("ann")).await.unwrap();
    (pictures[0].0["alt"], pictures[2].0["alt"]) = (json!("A cat"), json!("on a mat"));
    upload(&chat, "n", &pictures).await;
    send(&chat, "n", &album(&pictures)).await;
    chat.received("a");
    for (text, count) in [("cat mat", 1), ("mat", 1), ("dog", 0)] {
        chat.send("a", json!({ "action": "search", "text": text })).await;
        let found = chat.received("a").pop().unwrap();
        assert_eq!(found["messages"].as_array().unwrap().len(), count, "{text}: {found}");
    }
}

#[tokio::test]
async fn the_excerpt_of_a_pinned_message_has_its_number_of_images() {
    let (chat, pictures) = (moderated_chat().await, pictures(3));
    upload(&chat, "n", &pictures).await;
    send(&chat, "n", &album(&pictures)).await;
    chat.send("m", json!({ "action": "pin", "seq": 1, "pinned": true })).await;
    chat.received("m");
    chat.send("m", json!({ "action": "pins" })).await;
    let pins = chat.received("m").pop().unwrap();
    assert_eq!((&pins["messages"][0]["images"], &pins["messages"][0]["text"]), (&json!(3), &json!(null)), "{pins}");
}

#[tokio::test]
async fn an_export_has_the_paths_of_all_images() {
    let (chat, pictures) = with_album().await;
    let person = chat.connection("a").await.person;
    let export = serde_json::to_value(chat.data_export().export(person, None).await.unwrap()).unwrap();
    let message = &export["messages"][0];
    assert_eq!(message["image"], album(&pictures));
    assert_eq!(message["imagePath"], "/images/ann/lobby/n");
    assert_eq!(message["moreImagePaths"], json!(["/images/ann/lobby/n=1", "/images/ann/lobby/n=2"]));
}

#[tokio::test]
async fn the_uploads_of_one_message_are_within_the_rate_limit() {
    let chat = TestChat::with_rates(limits::RATE_PERSON, limits::RATE_ADDRESS).await;
    enter(&chat, "a", "ann", OFFICE).await;
    chat.advance_to_next_minute();
    let pictures = pictures(10);
    upload(&chat, "n", &pictures).await;
    send(&chat, "n", &album(&pictures)).await;
    assert_eq!(chat.received("a").pop().unwrap()["image"], album(&pictures));
    chat.send("a", json!({ "action": "upload", "nonce": "m", "type": "image/png", "size": 9 })).await;
    assert_eq!(chat.received("a").pop().unwrap()["code"], "tooFast");
}

/// A log that has one expired message.
struct OneExpired(std::sync::Mutex<Vec<(MessageKey, usize)>>);

#[async_trait]
impl Expiring for OneExpired {
    async fn expire(&self, _: usize) -> Result<Vec<(MessageKey, usize)>> {
        Ok(std::mem::take(&mut self.0.lock().unwrap()))
    }
}

#[tokio::test]
async fn an_expired_message_loses_all_its_images() {
    let (chat, _) = with_album().await;
    let messages = Arc::new(OneExpired(vec![(key("n"), 3)].into()));
    let expiry = MessageExpiry { messages, images: chat.images.clone() };
    assert_eq!(expiry.expire().await.unwrap(), 1);
    assert_eq!(kept(&chat, "n", 3).await, [None, None, None]);
}

#[tokio::test]
async fn the_sweep_removes_the_uploads_of_a_message_that_was_not_sent() {
    let (chat, pictures) = with_album().await;
    upload(&chat, "left", &pictures).await;
    // Files have the machine's time, which is years after the manual clock's.
    chat.clock.advance(Duration::from_secs(100 * 365 * 24 * 60 * 60));
    chat.run_cleanup().await;
    send(&chat, "left", &album(&pictures)).await;
    assert_eq!(chat.received("a").pop().unwrap()["code"], "noImage");
    assert_eq!(kept(&chat, "n", 3).await, bytes_of(&pictures));
}
