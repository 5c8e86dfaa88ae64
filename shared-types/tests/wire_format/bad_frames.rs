//! What the server refuses in a frame, and what it ignores.

use serde_json::{Value, json};
use shared_types::{Action, ClientMessage, FrameError, Person};

use crate::samples::{ann, image_json};

#[test]
fn a_mute_lasts_at_most_ninety_days() {
    let mute = |seconds: u64| {
        ClientMessage::parse(&json!({ "action": "mute", "person": "p1", "seconds": seconds }).to_string())
    };
    assert!(mute(7_776_000).is_ok());
    for long in [7_776_001, 1 << 32, u64::MAX] {
        assert!(matches!(mute(long), Err(FrameError::Field { .. })), "{long}");
    }
}

#[test]
fn a_mention_never_carries_the_moderator_flag() {
    let ann = Person { moderator: true, ..ann() };
    assert!(shared_types::mentioned("hi @Ann", &[ann]).iter().all(|person| !person.moderator));
}

#[test]
fn unknown_fields_are_ignored() {
    let newer = json!({ "action": "send", "text": "hi", "sticker": { "pack": 1 } });
    assert!(ClientMessage::parse(&newer.to_string()).is_ok());
}

#[test]
fn a_bad_frame_has_the_right_frame_error() {
    let field = |frame: &str, nonce: Option<&str>| match ClientMessage::parse(frame) {
        Err(FrameError::Field { action, nonce: actual, .. }) => {
            assert_eq!(action, Action::Send);
            assert_eq!(actual, nonce.map(|nonce| nonce.parse().unwrap()));
        }
        other => panic!("{frame}: {other:?}"),
    };
    assert_eq!(ClientMessage::parse("hi"), Err(FrameError::Json));
    assert_eq!(ClientMessage::parse("[]"), Err(FrameError::NoAction));
    assert_eq!(ClientMessage::parse(r#"{"text":"hi"}"#), Err(FrameError::NoAction));
    assert_eq!(ClientMessage::parse(r#"{"action":7}"#), Err(FrameError::NoAction));
    assert_eq!(
        ClientMessage::parse(r#"{"action":"explode"}"#),
        Err(FrameError::UnknownAction { action: "explode".into() })
    );
    field(r#"{"action":"send"}"#, None);
    field(r#"{"action":"send","text":null,"nonce":"n-1"}"#, Some("n-1"));
    field(r#"{"action":"send","text":7,"nonce":"n-1"}"#, Some("n-1"));
    field(r#"{"action":"send","text":"  ","nonce":"n-1"}"#, Some("n-1"));
    field(r#"{"action":"send","text":"hi","nonce":"not a nonce"}"#, None);
}

#[test]
fn lists_above_their_limit_are_bad_fields() {
    let people = |count: usize| (0..count).map(|n| json!({ "id": n.to_string(), "name": "x" })).collect::<Vec<_>>();
    let rooms = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<_>>();
    for (action, limit) in [("send", 10), ("edit", 10), ("rooms", 50)] {
        let frame = |count| json!({ "action": action, "seq": 1, "text": "x", "mentions": people(count), "rooms": rooms(count) });
        assert!(ClientMessage::parse(&frame(limit).to_string()).is_ok(), "{action}");
        let rejected = ClientMessage::parse(&frame(limit + 1).to_string());
        assert!(matches!(rejected, Err(FrameError::Field { .. })), "{action}");
    }
    for no_range in [json!({ "action": "history" }), json!({ "action": "history", "before": "x" })] {
        assert!(matches!(ClientMessage::parse(&no_range.to_string()), Err(FrameError::Field { .. })), "{no_range}");
    }
}

#[test]
fn a_profile_has_a_short_status_a_known_colour_and_a_small_picture() {
    let picture = |kind: &str, size: u64| json!({ "nonce": "n-1", "type": kind, "size": size });
    for (field, value, good) in [
        ("status", json!("x".repeat(80)), true),
        ("status", json!("x".repeat(81)), false),
        ("status", json!(""), false),
        ("status", json!("a\u{202e}b"), false),
        ("status", json!("a\u{0}b"), false),
        ("status", json!("one\ntwo"), true),
        ("status", json!(7), false),
        ("colour", json!(11), true),
        ("colour", json!(12), false),
        ("colour", json!(-1), false),
        ("colour", json!("red"), false),
        ("picture", picture("image/webp", 24_576), true),
        ("picture", picture("image/png", 1), true),
        ("picture", picture("image/jpeg", 1), true),
        ("picture", picture("image/webp", 24_577), false),
        ("picture", picture("image/webp", 2_097_152), false),
        ("picture", picture("image/gif", 1), false),
        ("picture", picture("image/svg+xml", 1), false),
        ("picture", picture("image/png", 0), false),
        ("picture", json!({ "type": "image/png", "size": 1 }), false),
        ("picture", json!({ "nonce": "not a nonce", "type": "image/png", "size": 1 }), false),
        ("keepPicture", json!("yes"), false),
    ] {
        let mut frame = json!({ "action": "setProfile" });
        frame[field] = value;
        let parsed = ClientMessage::parse(&frame.to_string());
        assert_eq!(parsed.is_ok(), good, "{frame}");
        assert!(good || matches!(parsed, Err(FrameError::Field { .. })), "{frame}");
    }
}

#[test]
fn an_image_with_too_many_pixels_is_a_bad_field() {
    for (width, height, good) in [
        (16_383, 768, true),
        (824, 15_264, true),
        (4_096, 3_072, true),
        (4_096, 3_073, false),
        (16_383, 769, false),
        (16_383, 16_383, false),
    ] {
        let mut send = json!({ "action": "send", "nonce": "n-1", "image": image_json() });
        (send["image"]["width"], send["image"]["height"]) = (json!(width), json!(height));
        let parsed = ClientMessage::parse(&send.to_string());
        assert_eq!(parsed.is_ok(), good, "{width} × {height}: {parsed:?}");
        assert!(good || matches!(parsed, Err(FrameError::Field { .. })), "{width} × {height}");
    }
}

#[test]
fn an_image_outside_the_limits_is_a_bad_field() {
    let upload = json!({ "action": "upload", "nonce": "n-1", "type": "image/png", "size": 1 });
    let send = json!({ "action": "send", "nonce": "n-1", "image": image_json() });
    assert!(ClientMessage::parse(&upload.to_string()).is_ok() && ClientMessage::parse(&send.to_string()).is_ok());
    for (pointer, bad) in [
        ("/type", json!("image/svg+xml")),
        ("/type", json!("text/html")),
        ("/type", json!("image/png; charset=utf-8")),
        ("/size", json!(0)),
        ("/size", json!(2_097_153)),
        ("/size", json!(-1)),
        ("/size", json!(1.5)),
        ("/nonce", json!("../secret")),
        ("/nonce", json!(null)),
        ("/image/type", json!("image/svg+xml")),
        ("/image/width", json!(16_384)),
        ("/image/height", json!(16_384)),
        ("/image/height", json!(0)),
        ("/image/preview", json!("<svg onload=alert(1)>")),
        ("/image/alt", json!("x".repeat(1_001))),
        ("/image", json!("n-1")),
    ] {
        let mut broken = if pointer.starts_with("/image") { send.clone() } else { upload.clone() };
        *broken.pointer_mut(pointer).unwrap() = bad;
        let parsed = ClientMessage::parse(&broken.to_string());
        assert!(matches!(parsed, Err(FrameError::Field { .. })), "{broken}");
    }
}

/// Returns the reason why a message with these images is refused.
fn refusal(nonce: &str, text: Option<&str>, images: &[Value]) -> Option<String> {
    let mut first = images[0].clone();
    if images.len() > 1 {
        first["more"] = images[1..].into();
    }
    let send = json!({ "action": "send", "nonce": nonce, "text": text, "image": first }).to_string();
    match ClientMessage::parse(&send) {
        Ok(_) => None,
        Err(FrameError::Field { action: Action::Send, reason, .. }) => Some(reason),
        Err(other) => panic!("{other:?}"),
    }
}

fn images(count: usize, alt_chars: usize) -> Vec<Value> {
    let image = json!({
        "type": "image/webp", "size": 2_097_152, "width": 16_383, "height": 768, "preview": "0af".repeat(16),
        "alt": "\u{1f600}".repeat(alt_chars),
    });
    vec![image; count]
}

#[test]
fn a_message_has_at_most_ten_images() {
    assert_eq!(refusal("n", None, &images(10, 1)), None);
    assert!(refusal("n", None, &images(11, 1)).unwrap().contains("more than 9"));
}

#[test]
fn each_image_of_a_message_is_checked() {
    for (pointer, bad) in [
        ("/type", json!("image/svg+xml")),
        ("/size", json!(2_097_153)),
        ("/height", json!(769)),
        ("/alt", json!("")),
        ("/preview", json!("<svg onload=alert(1)>")),
        ("/more", json!(images(1, 1))),
    ] {
        for number in 1..10 {
            let mut images = images(10, 1);
            images[number][&pointer[1..]] = bad.clone();
            assert!(refusal("n", None, &images).is_some(), "{pointer} of image {number}");
        }
    }
    for no_list in [json!(7), json!("x"), json!([7]), json!({}), json!(null)] {
        let mut image = images(1, 1);
        image[0]["more"] = no_list.clone();
        assert!(refusal("n", None, &image).is_some(), "{no_list}");
    }
}

#[test]
fn a_message_with_an_image_never_has_the_nonce_of_another_image() {
    for (nonce, good) in
        [("n", true), ("YQ==", true), ("n=", true), ("n=1", false), ("n=9", false), ("n=0", false), ("=12", false)]
    {
        assert_eq!(refusal(nonce, None, &images(1, 1)).is_none(), good, "{nonce}");
        assert_eq!(refusal(nonce, None, &images(3, 1)).is_none(), good, "{nonce}");
    }
    let long = "n".repeat(64);
    assert!(refusal(&long, None, &images(1, 1)).is_none() && refusal(&long, None, &images(2, 1)).is_some());
    assert_eq!(refusal(&"n".repeat(62), None, &images(10, 1)), None);
    let text = json!({ "action": "send", "nonce": "n=1", "text": "hi" });
    assert!(ClientMessage::parse(&text.to_string()).is_ok(), "a message without an image has no image to replace");
}

/// The longest message with ten images fits a frame, even if a client escapes every character.
#[test]
fn the_longest_message_with_several_images_fits_a_frame() {
    let letter = "\u{1}";
    let images = |alt_chars: usize| {
        let mut images = images(10, 1);
        images[9]["alt"] = "\u{e9}".repeat(alt_chars).into();
        images
    };
    let text = letter.repeat(3_740) + "x";
    assert_eq!(refusal("n", Some(&text), &images(1_000)), None);
    let text = letter.repeat(3_741) + "x";
    assert!(refusal("n", Some(&text), &images(1_000)).unwrap().contains("4750"));
    // Nine images without their descriptions, and the list around them.
    let image = json!({
        "type": "image/webp", "size": 2_097_152, "width": 16_383, "height": 16_383, "preview": "0af".repeat(16), "alt": "",
    });
    let nine = json!({ "more": vec![image; 9] }).to_string().len();
    assert!(nine <= 250 * 6, "{nine}");
}
