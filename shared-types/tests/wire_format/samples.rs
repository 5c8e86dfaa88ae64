//! Values that the golden JSON is made of.

use serde_json::{Value, json};
use shared_types::{Appearance, ChatImage, ChatMessage, ImageType, MoreImages, Person, Rev, Seq, Timestamp};

/// Returns a person.
pub(crate) fn ann() -> Person {
    Person { id: "p1".parse().unwrap(), name: "Ann".parse().unwrap(), moderator: false, appearance: Appearance::NONE }
}

/// Returns a picture and a colour.
pub(crate) fn appearance() -> Appearance {
    Appearance { picture: Some(Timestamp(1_764_540_000_000)), colour: 3.try_into().ok() }
}

/// Returns a message.
pub(crate) fn message() -> ChatMessage {
    ChatMessage {
        seq: Seq(7),
        rev: Rev(7),
        author: ann(),
        nonce: "n-1".parse().unwrap(),
        text: "hi".parse().ok(),
        html: None,
        image: None,
        reply_to: None,
        mentions: Vec::new(),
        sent_at: Timestamp(1_700_000_000_000),
        edited_at: None,
        deleted: false,
        reactions: Vec::new(),
        pinned: None,
        poll: None,
        thread: None,
        in_room: false,
        replies: None,
    }
}

/// Returns the JSON of [`message`].
pub(crate) fn message_json() -> Value {
    json!({
        "seq": 7, "rev": 7, "author": { "id": "p1", "name": "Ann" }, "nonce": "n-1", "text": "hi",
        "sentAt": 1_700_000_000_000_u64,
    })
}

/// Returns an image.
pub(crate) fn image() -> ChatImage {
    ChatImage {
        kind: ImageType::Webp,
        size: 1_234.try_into().unwrap(),
        width: 640.try_into().unwrap(),
        height: 480.try_into().unwrap(),
        preview: "0af".repeat(16).parse().ok(),
        alt: "a cat".parse().ok(),
        more: MoreImages::default(),
    }
}

/// Returns the first of two images of a message.
pub(crate) fn album() -> ChatImage {
    ChatImage { more: MoreImages(vec![ChatImage { alt: None, ..image() }]), ..image() }
}

/// Returns the JSON of [`album`].
pub(crate) fn album_json() -> Value {
    let mut second = image_json();
    second.as_object_mut().unwrap().remove("alt");
    let mut first = image_json();
    first["more"] = json!([second]);
    first
}

/// Returns the JSON of [`image`].
pub(crate) fn image_json() -> Value {
    json!({
        "type": "image/webp", "size": 1234, "width": 640, "height": 480, "preview": "0af".repeat(16), "alt": "a cat",
    })
}
