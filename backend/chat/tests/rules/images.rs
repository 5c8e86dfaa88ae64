//! Tests of images: upload, checks and the link to one message.

use std::time::Duration;

use chat::ports::{
    images::{Images, Upload},
    messages::{MessageKey, Messages},
};
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{ImageType, RoomName};

/// Returns the first bytes of a PNG with these dimensions: all that the server reads.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let chunk = [&13_u32.to_be_bytes()[..], b"IHDR", &width.to_be_bytes(), &height.to_be_bytes(), &[8, 6, 0, 0, 0]];
    [b"\x89PNG\r\n\x1a\n", chunk.concat().as_slice(), &[0; 16]].concat()
}

/// Returns a GIF's header and first frame, followed by `rest`.
fn gif(width: u16, height: u16, rest: &[u8]) -> Vec<u8> {
    let sides = [width.to_le_bytes(), height.to_le_bytes()].concat();
    [b"GIF89a", &sides[..], &[0, 0, 0], b",\0\0\0\0", &sides, &[0], rest].concat()
}

/// Returns the header of a JPEG with these segments, each a marker and its content.
fn jpeg(segments: &[&[u8]]) -> Vec<u8> {
    [b"\xff\xd8", segments.concat().as_slice()].concat()
}

pub(crate) fn image(media_type: &str, size: usize, width: u32, height: u32) -> Value {
    json!({ "type": media_type, "size": size, "width": width, "height": height })
}

/// Returns the server's description of an upload.
async fn upload(chat: &TestChat, connection: &str, nonce: &str, image: &Value) -> Upload {
    let sender = chat.connection(connection).await;
    Upload {
        message_key: MessageKey { room: sender.room, author: sender.person.id, nonce: nonce.parse().unwrap() },
        kind: ImageType::of_media_type(image["type"].as_str().unwrap()).unwrap(),
        size: image["size"].as_u64().unwrap().try_into().unwrap(),
    }
}

async fn send(chat: &TestChat, connection: &str, nonce: &str, image: &Value) {
    chat.send(connection, json!({ "action": "send", "nonce": nonce, "image": image })).await;
}

/// Returns the code of the error that a socket received, and asserts that it received nothing else.
fn rejection_code(chat: &TestChat, connection: &str, nonce: &str) -> Value {
    let received = chat.received(connection);
    assert_eq!(received.len(), 1, "{received:?}");
    assert_eq!((&received[0]["type"], &received[0]["nonce"]), (&json!("error"), &json!(nonce)), "{received:?}");
    received[0]["code"].clone()
}

async fn assert_nothing_is_stored(chat: &TestChat) {
    assert_eq!(chat.messages.before(&RoomName::lobby(), None, 10).await.unwrap(), []);
    // A rejected message takes no revision, so it leaves no gap.
    assert_eq!(chat.messages.next_rev(&RoomName::lobby()).await.unwrap().0, 1);
}

#[tokio::test]
async fn an_uploaded_image_is_sent_with_its_message() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    let bytes = png(640, 480);
    let mut image = image("image/png", bytes.len(), 640, 480);
    image["alt"] = "a cat".into();
    chat.upload("c1", "n", &image, &bytes).await;
    chat.send("c1", json!({ "action": "send", "nonce": "n", "image": image, "text": "look" })).await;
    for socket in ["c1", "c2"] {
        let received = chat.received(socket).pop().unwrap();
        assert_eq!((&received["image"], &received["text"]), (&image, &json!("look")));
    }
    let message_key = upload(&chat, "c1", "n", &image).await.message_key;
    assert_eq!(chat.kept_image(&message_key).await, Some(bytes));
}

#[tokio::test]
async fn a_message_can_be_an_image_without_text() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    let image = image("image/gif", gif(3, 2, b"").len(), 3, 2);
    chat.upload("c1", "n", &image, &gif(3, 2, b"")).await;
    send(&chat, "c1", "n", &image).await;
    let received = chat.received("c1").pop().unwrap();
    assert_eq!((&received["image"], received.get("text")), (&image, None));
}

#[tokio::test]
async fn an_image_that_differs_from_its_announcement_is_removed() {
    let svg = br#"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>"#;
    let html = b"<!doctype html><script>alert(1)</script>";
    let huge_frame = b"\xff\xc0\x00\x11\x08\xff\xdc\xff\xdc";
    // A parser that mistakes the fill byte for the segment's marker reads the frame's marker as a length, and finds the
    // second frame.
    let two_frames = jpeg(&[b"\xff", huge_frame, &[0; 0xc000 - 7], b"\xff\xc0\x00\x11\x08\x00\x02\x00\x03\x03"]);
    let mut small_screen = gif(60_000, 60_000, &[]);
    small_screen[6..10].copy_from_slice(&gif(3, 2, &[])[6..10]);
    for (what, media_type, sides, bytes) in [
        ("an SVG with a script", "image/png", (10, 10), svg.to_vec()),
        ("a page", "image/webp", (10, 10), html.to_vec()),
        ("a page that begins like a GIF", "image/gif", (10, 10), [b"GIF89a", &html[..]].concat()),
        ("a GIF that is declared as PNG", "image/png", (3, 2), gif(3, 2, &[0; 64])),
        ("a PNG that is declared as JPEG", "image/jpeg", (3, 2), png(3, 2)),
        ("a hundred megapixels that are declared as 10 × 10 pixels", "image/png", (10, 10), png(10_000, 10_000)),
        ("an image with width and height exchanged", "image/png", (480, 640), png(640, 480)),
        ("the first bytes of an image", "image/png", (3, 2), png(3, 2)[..12].to_vec()),
        (
            "a JPEG without a frame",
            "image/jpeg",
            (3, 2),
            jpeg(&[b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00", &[0; 40]]),
        ),
        ("a JPEG with a huge frame before a small one", "image/jpeg", (3, 2), two_frames),
        ("a GIF whose frame is larger than its screen", "image/gif", (3, 2), small_screen),
        ("one byte", "image/png", (1, 1), b"x".to_vec()),
    ] {
        let chat = TestChat::new().await;
        chat.connect_to_lobby("c1", "Ann").await;
        let image = image(media_type, bytes.len(), sides.0, sides.1);
        chat.upload("c1", "n", &image, &bytes).await;
        send(&chat, "c1", "n", &image).await;
        assert_eq!(rejection_code(&chat, "c1", "n"), "badImage", "{what}");
        let upload = upload(&chat, "c1", "n", &image).await;
        assert_eq!(chat.images.uploaded(&upload).await.unwrap(), None, "{what} is removed");
        assert_eq!(chat.kept_image(&upload.message_key).await, None, "{what} is not shown");
        assert_nothing_is_stored(&chat).await;
    }
}

#[tokio::test]
async fn an_upload_of_a_wrong_size_is_rejected() {
    for bytes in [png(3, 2)[..40].to_vec(), [png(3, 2), vec![0]].concat(), Vec::new()] {
        let chat = TestChat::new().await;
        chat.connect_to_lobby("c1", "Ann").await;
        let image = image("image/png", png(3, 2).len(), 3, 2);
        chat.upload("c1", "n", &image, &bytes).await;
        send(&chat, "c1", "n", &image).await;
        assert_eq!(rejection_code(&chat, "c1", "n"), "badImage");
        assert_nothing_is_stored(&chat).await;
    }
}

#[tokio::test]
async fn an_image_that_was_never_uploaded_is_missing() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    send(&chat, "c1", "n", &image("image/png", 40, 3, 2)).await;
    assert_eq!(rejection_code(&chat, "c1", "n"), "noImage");
    assert_nothing_is_stored(&chat).await;
}

#[tokio::test]
async fn another_person_s_image_cannot_be_used() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    chat.connect_to_lobby("c2", "Bea").await;
    let bytes = png(3, 2);
    let image = image("image/png", bytes.len(), 3, 2);
    chat.upload("c1", "n", &image, &bytes).await;
    chat.received("c2");
    send(&chat, "c2", "n", &image).await;
    assert_eq!(rejection_code(&chat, "c2", "n"), "noImage");
    assert_nothing_is_stored(&chat).await;
}

#[tokio::test]
async fn an_image_belongs_to_one_message() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    let bytes = png(3, 2);
    let image = image("image/png", bytes.len(), 3, 2);
    chat.upload("c1", "n", &image, &bytes).await;
    send(&chat, "c1", "n", &image).await;
    chat.received("c1");
    send(&chat, "c1", "m", &image).await;
    assert_eq!(rejection_code(&chat, "c1", "m"), "noImage");
}

#[tokio::test]
async fn the_image_of_a_message_never_changes() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    let (first, second) = (gif(3, 2, b"first!"), gif(3, 2, b"second"));
    let image = image("image/gif", first.len(), 3, 2);
    chat.upload("c1", "n", &image, &first).await;
    send(&chat, "c1", "n", &image).await;
    let received = chat.received("c1");
    chat.upload("c1", "n", &image, &second).await;
    send(&chat, "c1", "n", &image).await;
    assert_eq!(chat.received("c1"), received, "the retry gets the message unchanged");
    let message_key = upload(&chat, "c1", "n", &image).await.message_key;
    assert_eq!(chat.kept_image(&message_key).await, Some(first));
}

#[tokio::test]
async fn a_retry_finishes_a_send_that_kept_its_image() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    let bytes = png(3, 2);
    let image = image("image/png", bytes.len(), 3, 2);
    chat.upload("c1", "n", &image, &bytes).await;
    let upload = upload(&chat, "c1", "n", &image).await;
    let found = chat.images.uploaded(&upload).await.unwrap().unwrap();
    assert!(chat.images.keep(&upload, &found.version).await.unwrap());
    send(&chat, "c1", "n", &image).await;
    assert_eq!(chat.received("c1").pop().unwrap()["image"], image);
    assert_eq!(chat.kept_image(&upload.message_key).await, Some(bytes));
}

#[tokio::test]
async fn an_upload_address_expires_and_is_tamper_proof() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    let image = image("image/png", 40, 3, 2);
    let upload = upload(&chat, "c1", "n", &image).await;
    let address = chat.images.address(&upload).await.unwrap();
    let is_admitted = |address: &str, media_type: &str, size| chat.images.admit(address, media_type, size).is_some();
    assert!(is_admitted(&address, "image/png", 40));
    for (media_type, size) in [("image/png", 39), ("image/png", 41), ("image/png", 0), ("image/gif", 40), ("", 40)] {
        assert!(!is_admitted(&address, media_type, size), "{media_type} {size}");
    }
    for tampered in [
        address.replace("/n/", "/m/"),
        address.replace("lobby", "cats"),
        address.replace("40.png", "41.png"),
        address.replace("/uploads/", "/uploads/../"),
        address.replace("/uploads/", "/"),
        format!("{address}A"),
        address[..address.len() - 2].to_owned(),
        "/uploads/".into(),
        "/uploads/a/b/c/d/e".into(),
    ] {
        assert!(!is_admitted(&tampered, "image/png", 40) && !is_admitted(&tampered, "image/png", 41), "{tampered}");
    }
    chat.clock.advance(Duration::from_secs(600));
    assert!(is_admitted(&address, "image/png", 40));
    chat.clock.advance(Duration::from_millis(1));
    assert!(!is_admitted(&address, "image/png", 40));
}

#[tokio::test]
async fn the_sweep_removes_unsent_uploads() {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("c1", "Ann").await;
    let bytes = png(3, 2);
    let image = image("image/png", bytes.len(), 3, 2);
    chat.upload("c1", "sent", &image, &bytes).await;
    send(&chat, "c1", "sent", &image).await;
    chat.upload("c1", "left", &image, &bytes).await;
    chat.received("c1");
    // Files have the machine's time, which is years after the manual clock's.
    chat.clock.advance(Duration::from_secs(100 * 365 * 24 * 60 * 60));
    chat.run_cleanup().await;
    send(&chat, "c1", "left", &image).await;
    assert_eq!(rejection_code(&chat, "c1", "left"), "noImage");
    let sent = upload(&chat, "c1", "sent", &image).await.message_key;
    assert_eq!(chat.kept_image(&sent).await, Some(bytes), "a sent image is kept");
}
