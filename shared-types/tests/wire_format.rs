//! Golden JSON of the wire. Old clients and stored messages depend on it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a failed test panics")]

use serde_json::{Value, json};
use shared_types::{
    AccessMode, Action, AuditEntry, ChatImage, ChatMessage, ClientMessage, ErrorCode, FrameError, HistoryRange,
    ImageType, Language, ModerationAction, PageState, Person, Reaction, ReplyRef, Restrictions, Rev, RoomActivity,
    RoomName, RoomRules, Seq, ServerMessage, Timestamp,
};

fn ann() -> Person {
    Person { id: "p1".parse().unwrap(), name: "Ann".parse().unwrap(), moderator: false }
}

fn message() -> ChatMessage {
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
    }
}

fn message_json() -> Value {
    json!({
        "seq": 7, "rev": 7, "author": { "id": "p1", "name": "Ann" }, "nonce": "n-1", "text": "hi",
        "sentAt": 1_700_000_000_000_u64,
    })
}

fn image() -> ChatImage {
    ChatImage {
        kind: ImageType::Webp,
        size: 1_234.try_into().unwrap(),
        width: 640.try_into().unwrap(),
        height: 480.try_into().unwrap(),
        preview: "0af".repeat(16).parse().ok(),
        alt: "a cat".parse().ok(),
    }
}

fn image_json() -> Value {
    json!({
        "type": "image/webp", "size": 1234, "width": 640, "height": 480, "preview": "0af".repeat(16), "alt": "a cat",
    })
}

#[test]
fn client_messages_match_their_golden_json() {
    for golden in [
        json!({ "action": "hello" }),
        json!({ "action": "hello", "since": 12 }),
        json!({ "action": "send", "text": "hi" }),
        json!({ "action": "send", "text": "hi", "nonce": "n-1" }),
        json!({ "action": "send", "text": "hi", "nonce": "n-1", "image": image_json() }),
        json!({ "action": "send", "nonce": "n-1", "image": { "type": "image/png", "size": 1, "width": 1, "height": 1 } }),
        json!({ "action": "send", "text": "hi", "replyTo": 3 }),
        json!({ "action": "send", "text": "hi @Ann", "mentions": [{ "id": "p1", "name": "Ann" }] }),
        json!({ "action": "edit", "seq": 7, "text": "better", "nonce": "n-1" }),
        json!({ "action": "edit", "seq": 7, "text": "hi @Ann", "mentions": [{ "id": "p1", "name": "Ann" }] }),
        json!({ "action": "edit", "seq": 7 }),
        json!({ "action": "edit", "seq": 7, "text": "better", "basedOn": 9, "nonce": "n-1" }),
        json!({ "action": "delete", "seq": 7, "nonce": "n-1" }),
        json!({ "action": "react", "seq": 7, "emoji": "👍", "on": true, "nonce": "n-1" }),
        json!({ "action": "react", "seq": 7, "emoji": "👍", "on": false }),
        json!({ "action": "react", "seq": 7, "emoji": "👍", "on": true, "basedOn": 9, "nonce": "n-1" }),
        json!({ "action": "upload", "nonce": "n-1", "type": "image/gif", "size": 2_097_152 }),
        json!({ "action": "history", "before": 7 }),
        json!({ "action": "history", "after": 7 }),
        json!({ "action": "history", "around": 7 }),
        json!({ "action": "changes", "after": 12 }),
        json!({ "action": "rename", "name": "Ann" }),
        json!({ "action": "people" }),
        json!({ "action": "rooms", "rooms": ["lobby", "cats"] }),
        json!({ "action": "search", "text": "two words" }),
        json!({ "action": "search", "text": "two words", "before": 7 }),
        json!({ "action": "typing" }),
        json!({ "action": "mute", "person": "p1", "seconds": 600 }),
        json!({ "action": "ban", "person": "p1", "seconds": 0 }),
        json!({ "action": "standing", "person": "p1" }),
        json!({ "action": "clear", "person": "p1" }),
        json!({ "action": "rules", "rules": { "slow": 30, "readOnly": true } }),
        json!({ "action": "rules", "rules": {} }),
        json!({ "action": "audit" }),
        json!({ "action": "audit", "before": 5 }),
        json!({ "action": "forget" }),
        json!({ "action": "ping" }),
    ] {
        let message = ClientMessage::parse(&golden.to_string()).unwrap();
        assert_eq!(serde_json::to_value(&message).unwrap(), golden);
        assert_eq!(message.action().as_str(), golden["action"]);
    }
}

#[test]
fn every_action_is_known_by_its_name() {
    for &action in Action::ALL {
        let parsed = ClientMessage::parse(&json!({ "action": action.as_str() }).to_string());
        assert!(!matches!(parsed, Err(FrameError::UnknownAction { .. })), "{action}");
    }
}

#[test]
fn server_messages_match_their_golden_json() {
    let flat = {
        let mut flat = message_json();
        flat["type"] = "message".into();
        flat
    };
    let error = |action: Option<&str>, nonce: Option<&str>| ServerMessage::Error {
        code: ErrorCode::BadField,
        message: "text must not be empty".into(),
        action: action.map(Into::into),
        nonce: nonce.map(|nonce| nonce.parse().unwrap()),
        retry_after: None,
    };
    let rules = RoomRules { slow: 30, read_only: true };
    let entry = |action| AuditEntry { at: Timestamp(5), by: Person { moderator: true, ..ann() }, action };
    let until = Some(Timestamp(9));
    for (message, golden) in [
        (
            ServerMessage::Welcome {
                you: ann(),
                room: RoomName::lobby(),
                online: 2,
                people: vec![ann()],
                rules: RoomRules::default(),
            },
            json!({
                "type": "welcome", "you": { "id": "p1", "name": "Ann" }, "room": "lobby", "online": 2,
                "people": [{ "id": "p1", "name": "Ann" }],
            }),
        ),
        (
            ServerMessage::Welcome {
                you: Person { moderator: true, ..ann() },
                room: RoomName::lobby(),
                online: 1,
                people: vec![],
                rules,
            },
            json!({
                "type": "welcome", "you": { "id": "p1", "name": "Ann", "moderator": true }, "room": "lobby", "online": 1,
                "rules": { "slow": 30, "readOnly": true },
            }),
        ),
        (ServerMessage::Rules { rules }, json!({ "type": "rules", "rules": { "slow": 30, "readOnly": true } })),
        (ServerMessage::Rules { rules: RoomRules::default() }, json!({ "type": "rules", "rules": {} })),
        (
            ServerMessage::Restrictions {
                person: "p1".parse().unwrap(),
                restrictions: Restrictions { muted_until: until, banned_until: None },
            },
            json!({ "type": "standing", "person": "p1", "standing": { "mutedUntil": 9 } }),
        ),
        (
            ServerMessage::Audit {
                entries: vec![
                    entry(ModerationAction::Delete { room: RoomName::lobby(), seq: Seq(7), author: ann() }),
                    entry(ModerationAction::Mute { person: "p1".parse().unwrap(), name: "Ann".parse().ok(), until }),
                    entry(ModerationAction::Ban { person: "p1".parse().unwrap(), name: None, until: None }),
                    entry(ModerationAction::PurgeUser { person: "p1".parse().unwrap(), name: "Ann".parse().ok() }),
                    entry(ModerationAction::Rules { room: RoomName::lobby(), rules }),
                ],
                more: false,
            },
            {
                let by = json!({ "id": "p1", "name": "Ann", "moderator": true });
                json!({
                    "type": "audit", "more": false,
                    "entries": [
                        {
                            "at": 5, "by": by, "act": "delete", "room": "lobby", "seq": 7,
                            "author": { "id": "p1", "name": "Ann" },
                        },
                        { "at": 5, "by": by, "act": "mute", "person": "p1", "name": "Ann", "until": 9 },
                        { "at": 5, "by": by, "act": "ban", "person": "p1" },
                        { "at": 5, "by": by, "act": "clear", "person": "p1", "name": "Ann" },
                        { "at": 5, "by": by, "act": "rules", "room": "lobby", "rules": { "slow": 30, "readOnly": true } },
                    ],
                })
            },
        ),
        (
            ServerMessage::DataErased { count: 25, more: true },
            json!({ "type": "forgotten", "count": 25, "more": true }),
        ),
        (
            ServerMessage::UserPurged { person: "p1".parse().unwrap(), count: 3, more: false },
            json!({ "type": "cleared", "person": "p1", "count": 3, "more": false }),
        ),
        (
            ServerMessage::Error {
                code: ErrorCode::TooFast,
                message: "Too fast.".into(),
                action: Some("send".into()),
                nonce: "n-1".parse().ok(),
                retry_after: Some(7),
            },
            json!({
                "type": "error", "code": "tooFast", "message": "Too fast.", "action": "send", "nonce": "n-1",
                "retryAfter": 7,
            }),
        ),
        (ServerMessage::Message(message()), flat),
        (
            ServerMessage::Page {
                place: Some(HistoryRange::Before(Seq(8))),
                messages: vec![message()],
                more: true,
                newer: false,
                up_to: None,
            },
            json!({ "type": "page", "before": 8, "messages": [message_json()], "more": true }),
        ),
        (
            ServerMessage::Page {
                place: Some(HistoryRange::Around(Seq(7))),
                messages: vec![],
                more: false,
                newer: true,
                up_to: None,
            },
            json!({ "type": "page", "around": 7, "messages": [], "more": false, "newer": true }),
        ),
        (
            ServerMessage::Page { place: None, messages: vec![], more: false, newer: false, up_to: Some(Rev(9)) },
            json!({ "type": "page", "messages": [], "more": false, "upTo": 9 }),
        ),
        (
            ServerMessage::Changes { messages: vec![message()], up_to: Rev(7), truncated: false },
            json!({ "type": "changes", "messages": [message_json()], "upTo": 7, "truncated": false }),
        ),
        (
            ServerMessage::Message(ChatMessage { text: None, image: Some(image()), ..message() }),
            json!({
                "type": "message", "seq": 7, "rev": 7, "author": { "id": "p1", "name": "Ann" }, "nonce": "n-1",
                "image": image_json(), "sentAt": 1_700_000_000_000_u64,
            }),
        ),
        (
            ServerMessage::Message(ChatMessage {
                rev: Rev(9),
                reply_to: Some(ReplyRef { seq: Seq(3), author: ann() }),
                edited_at: Some(Timestamp(1_700_000_000_001)),
                reactions: vec![Reaction { emoji: "👍".parse().unwrap(), people: vec![ann()] }],
                ..message()
            }),
            json!({
                "type": "message", "seq": 7, "rev": 9, "author": { "id": "p1", "name": "Ann" }, "nonce": "n-1", "text": "hi",
                "replyTo": { "seq": 3, "author": { "id": "p1", "name": "Ann" } }, "sentAt": 1_700_000_000_000_u64,
                "editedAt": 1_700_000_000_001_u64,
                "reactions": [{ "emoji": "👍", "people": [{ "id": "p1", "name": "Ann" }] }],
            }),
        ),
        (
            ServerMessage::Message(ChatMessage { html: Some("<p><em>hi</em></p>".into()), ..message() }),
            json!({
                "type": "message", "seq": 7, "rev": 7, "author": { "id": "p1", "name": "Ann" }, "nonce": "n-1", "text": "hi",
                "html": "<p><em>hi</em></p>", "sentAt": 1_700_000_000_000_u64,
            }),
        ),
        (
            ServerMessage::Message(ChatMessage { rev: Rev(10), text: None, deleted: true, ..message() }),
            json!({
                "type": "message", "seq": 7, "rev": 10, "author": { "id": "p1", "name": "Ann" }, "nonce": "n-1",
                "sentAt": 1_700_000_000_000_u64, "deleted": true,
            }),
        ),
        (
            ServerMessage::Upload { nonce: "n-1".parse().unwrap(), url: "/uploads/x".into() },
            json!({ "type": "upload", "nonce": "n-1", "url": "/uploads/x" }),
        ),
        (ServerMessage::Presence { online: 3, people: vec![] }, json!({ "type": "presence", "online": 3 })),
        (
            ServerMessage::Presence { online: 1, people: vec![ann()] },
            json!({ "type": "presence", "online": 1, "people": [{ "id": "p1", "name": "Ann" }] }),
        ),
        (
            ServerMessage::Rooms {
                rooms: vec![RoomActivity {
                    room: RoomName::lobby(),
                    newest: Seq(7),
                    author: "p1".parse().unwrap(),
                    sent_at: Timestamp(5),
                }],
            },
            json!({ "type": "rooms", "rooms": [{ "room": "lobby", "newest": 7, "author": "p1", "sentAt": 5 }] }),
        ),
        (
            ServerMessage::Found { text: "hi".parse().unwrap(), messages: vec![message()], before: Some(Seq(7)) },
            json!({ "type": "found", "text": "hi", "messages": [message_json()], "before": 7 }),
        ),
        (
            ServerMessage::Message(ChatMessage { mentions: vec![ann()], ..message() }),
            json!({
                "type": "message", "seq": 7, "rev": 7, "author": { "id": "p1", "name": "Ann" }, "nonce": "n-1", "text": "hi",
                "mentions": [{ "id": "p1", "name": "Ann" }], "sentAt": 1_700_000_000_000_u64,
            }),
        ),
        (ServerMessage::Typing { person: ann() }, json!({ "type": "typing", "person": { "id": "p1", "name": "Ann" } })),
        (ServerMessage::CatchUp { after: Some(Rev(6)) }, json!({ "type": "catchUp", "after": 6 })),
        (ServerMessage::CatchUp { after: None }, json!({ "type": "catchUp" })),
        (ServerMessage::Pong, json!({ "type": "pong" })),
        (
            error(Some("send"), Some("n-1")),
            json!({ "type": "error", "code": "badField", "message": "text must not be empty", "action": "send", "nonce": "n-1" }),
        ),
        (error(None, None), json!({ "type": "error", "code": "badField", "message": "text must not be empty" })),
    ] {
        assert_eq!(serde_json::from_str::<Value>(&message.to_frame()).unwrap(), golden);
        assert_eq!(serde_json::from_value::<ServerMessage>(golden).unwrap(), message);
    }
}

#[test]
fn error_codes_match_their_golden_names() {
    for (code, golden) in [
        (ErrorCode::BadJson, "badJson"),
        (ErrorCode::MissingAction, "missingAction"),
        (ErrorCode::UnknownAction, "unknownAction"),
        (ErrorCode::BadField, "badField"),
        (ErrorCode::FrameTooLarge, "frameTooLarge"),
        (ErrorCode::BadImage, "badImage"),
        (ErrorCode::NoImage, "noImage"),
        (ErrorCode::NoMessage, "noMessage"),
        (ErrorCode::NotYours, "notYours"),
        (ErrorCode::Outdated, "outdated"),
        (ErrorCode::NotAllowed, "notAllowed"),
        (ErrorCode::TooFast, "tooFast"),
        (ErrorCode::ReadOnly, "readOnly"),
        (ErrorCode::Muted, "muted"),
        (ErrorCode::TooMany, "tooMany"),
        (ErrorCode::NotConnected, "notConnected"),
        (ErrorCode::Unavailable, "unavailable"),
    ] {
        assert_eq!(serde_json::to_value(code).unwrap(), golden);
    }
}

#[test]
fn the_page_state_matches_its_golden_json() {
    let state = PageState {
        language: Language::English,
        room: "cats".parse().unwrap(),
        you: ann(),
        online: 1,
        messages: vec![message()],
        more: false,
        up_to: Rev(7),
        socket: "/ws".into(),
        ticket: "t".into(),
        access: AccessMode::Open,
        rules: RoomRules::default(),
        restrictions: Restrictions::default(),
    };
    let golden = json!({
        "language": "en", "room": "cats", "you": { "id": "p1", "name": "Ann" }, "online": 1, "messages": [message_json()], "more": false,
        "upTo": 7, "socket": "/ws", "ticket": "t",
    });
    assert_eq!(serde_json::to_value(&state).unwrap(), golden);
    assert_eq!(serde_json::from_value::<PageState>(golden.clone()).unwrap(), state);

    let rules = RoomRules { slow: 0, read_only: true };
    let restrictions = Restrictions { muted_until: Some(Timestamp(9)), banned_until: None };
    let state = PageState { access: AccessMode::Oidc, rules, restrictions, ..state };
    let mut restricted = golden;
    restricted["access"] = json!("oidc");
    restricted["rules"] = json!({ "readOnly": true });
    restricted["standing"] = json!({ "mutedUntil": 9 });
    assert_eq!(serde_json::to_value(&state).unwrap(), restricted);
    assert_eq!(serde_json::from_value::<PageState>(restricted).unwrap(), state);
}

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
fn languages_match_their_golden_tags() {
    for (language, golden) in [(Language::English, "en"), (Language::Japanese, "ja")] {
        assert_eq!(serde_json::to_value(language).unwrap(), golden);
        assert_eq!(language.tag(), golden);
    }
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
