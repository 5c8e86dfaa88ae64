//! Golden JSON of the frames from the server.

use serde_json::{Value, json};
use shared_types::{
    Appearance, AuditEntry, ChatIdentity, ChatMessage, DirectoryPosition, DirectoryRoom, ErrorCode, HistoryRange,
    LastRead, ListedThread, MessageExcerpt, ModerationAction, Person, Pin, Poll, PollOption, PrivateRoom, Profile,
    Reaction, ReadReceipt, ReplyRef, Restrictions, Rev, Role, RoleEntry, RoomActivity, RoomDetails, RoomMember,
    RoomName, RoomRules, SavedMessage, SavedPosition, Seq, ServerMessage, StorageSize, ThreadSummary, Timestamp,
    TitledRoom, Usage, UsageDay,
    json::compare::{read_both, write_both},
};

use crate::samples::{album, album_json, ann, appearance, image, image_json, message, message_json};

/// Returns details of a room with every field.
fn details() -> RoomDetails {
    RoomDetails {
        title: "猫 Cats".parse().ok(),
        topic: "Cats only".parse().ok(),
        description: "One\nTwo".parse().ok(),
        receipts: true,
    }
}

fn details_json() -> Value {
    json!({ "title": "猫 Cats", "topic": "Cats only", "description": "One\nTwo", "receipts": true })
}

fn identity() -> ChatIdentity {
    ChatIdentity { name: "猫 Cats".parse().ok(), icon: "🐈".parse().ok(), unique_names: None }
}

fn pin() -> Pin {
    Pin { by: ann(), at: Timestamp(5) }
}

fn summary() -> ThreadSummary {
    ThreadSummary {
        count: 2,
        people: vec![ann()],
        recent: vec![Seq(8), Seq(9)],
        last_at: Timestamp(5),
        rev: Rev(12),
        deleting: vec![Seq(9)],
        version: Some(3),
    }
}

fn poll() -> Poll {
    let option = |text: &str, votes| PollOption { text: text.parse().unwrap(), votes };
    let options = vec![option("Today", vec![ann().id]), option("明日", Vec::new())];
    Poll { options, several: false, closed: false }
}

fn position() -> SavedPosition {
    SavedPosition { saved_at: Timestamp(5), room: RoomName::lobby(), seq: Seq(7) }
}

fn excerpt() -> MessageExcerpt {
    MessageExcerpt {
        seq: Seq(7),
        author: ann(),
        sent_at: Timestamp(5),
        text: "hi".parse().ok(),
        pinned: Some(pin()),
        images: None,
    }
}

/// Returns frames and their golden JSON. They cover every variant and field (`coverage.rs`).
pub(crate) fn golden() -> Vec<(ServerMessage, Value)> {
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
    let rules = RoomRules { slow: 30, read_only: true, archived: false, member_pins: false, keep_days: None };
    let entry = |action| AuditEntry { at: Timestamp(5), by: Person { moderator: true, ..ann() }, action };
    let until = Some(Timestamp(9));
    let role = |name, role| ModerationAction::Role { person: "p1".parse().unwrap(), name, role };
    let has_role = |name, role, configured| RoleEntry { person: "p1".parse().unwrap(), name, role, configured };
    vec![
        (
            ServerMessage::Welcome {
                you: ann(),
                room: RoomName::lobby(),
                online: 2,
                people: vec![ann()],
                away: vec![ann().id],
                rules: RoomRules::default(),
                details: RoomDetails::default(),
                read: None,
                numbered: false,
            },
            json!({
                "type": "welcome", "you": { "id": "p1", "name": "Ann" }, "room": "lobby", "online": 2,
                "people": [{ "id": "p1", "name": "Ann" }], "away": ["p1"],
            }),
        ),
        (
            ServerMessage::Welcome {
                you: Person { moderator: true, ..ann() },
                room: RoomName::lobby(),
                online: 1,
                people: vec![],
                away: vec![],
                rules,
                details: RoomDetails { topic: "Cats only".parse().ok(), ..RoomDetails::default() },
                read: Some(Seq(7)),
                numbered: false,
            },
            json!({
                "type": "welcome", "you": { "id": "p1", "name": "Ann", "moderator": true }, "room": "lobby", "online": 1,
                "rules": { "slow": 30, "readOnly": true }, "details": { "topic": "Cats only" },
                "read": 7,
            }),
        ),
        (
            ServerMessage::Welcome {
                you: Person { name: "Ann 2".parse().unwrap(), ..ann() },
                room: RoomName::lobby(),
                online: 2,
                people: vec![],
                away: vec![],
                rules: RoomRules::default(),
                details: RoomDetails::default(),
                read: None,
                numbered: true,
            },
            json!({
                "type": "welcome", "you": { "id": "p1", "name": "Ann 2" }, "room": "lobby", "online": 2, "numbered": true,
            }),
        ),
        (ServerMessage::Details { details: details() }, json!({ "type": "details", "details": details_json() })),
        (ServerMessage::Details { details: RoomDetails::default() }, json!({ "type": "details", "details": {} })),
        (ServerMessage::Rules { rules }, json!({ "type": "rules", "rules": { "slow": 30, "readOnly": true } })),
        (ServerMessage::Rules { rules: RoomRules::default() }, json!({ "type": "rules", "rules": {} })),
        (
            ServerMessage::Rules { rules: RoomRules { keep_days: Some(30), ..RoomRules::default() } },
            json!({ "type": "rules", "rules": { "keepDays": 30 } }),
        ),
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
                    entry(ModerationAction::Mute { person: "p1".parse().unwrap(), name: None, until: None }),
                    entry(ModerationAction::Ban { person: "p1".parse().unwrap(), name: "Ann".parse().ok(), until }),
                    entry(ModerationAction::Ban { person: "p1".parse().unwrap(), name: None, until: None }),
                    entry(ModerationAction::PurgeUser { person: "p1".parse().unwrap(), name: "Ann".parse().ok() }),
                    entry(ModerationAction::PurgeUser { person: "p1".parse().unwrap(), name: None }),
                    entry(ModerationAction::Rules { room: RoomName::lobby(), rules }),
                    entry(describe("猫 Cats", None)),
                    entry(describe("", None)),
                    entry(describe("", Some(true))),
                    entry(describe("", Some(false))),
                    entry(role("Ann".parse().ok(), Role::Owner)),
                    entry(role(None, Role::Member)),
                    entry(ModerationAction::Identity { chat: identity() }),
                    entry(ModerationAction::Identity { chat: ChatIdentity::default() }),
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
                        { "at": 5, "by": by, "act": "mute", "person": "p1" },
                        { "at": 5, "by": by, "act": "ban", "person": "p1", "name": "Ann", "until": 9 },
                        { "at": 5, "by": by, "act": "ban", "person": "p1" },
                        { "at": 5, "by": by, "act": "clear", "person": "p1", "name": "Ann" },
                        { "at": 5, "by": by, "act": "clear", "person": "p1" },
                        { "at": 5, "by": by, "act": "rules", "room": "lobby", "rules": { "slow": 30, "readOnly": true } },
                        { "at": 5, "by": by, "act": "describe", "room": "lobby", "title": "猫 Cats" },
                        { "at": 5, "by": by, "act": "describe", "room": "lobby" },
                        { "at": 5, "by": by, "act": "describe", "room": "lobby", "receipts": true },
                        { "at": 5, "by": by, "act": "describe", "room": "lobby", "receipts": false },
                        { "at": 5, "by": by, "act": "role", "person": "p1", "name": "Ann", "role": "owner" },
                        { "at": 5, "by": by, "act": "role", "person": "p1", "role": "member" },
                        { "at": 5, "by": by, "act": "chat", "chat": { "name": "猫 Cats", "icon": "🐈" } },
                        { "at": 5, "by": by, "act": "chat", "chat": {} },
                    ],
                })
            },
        ),
        (
            ServerMessage::Usage {
                usage: Usage {
                    days: vec![UsageDay { day: Timestamp(86_400_000), changes: 7, connections: 3 }],
                    counted_at: Some(Timestamp(86_400_005)),
                    storage: StorageSize { messages: Some(4096), images: Some(9), more_images: true },
                    connections: 2,
                    monthly_cents: Some(79),
                },
            },
            json!({
                "type": "usage",
                "usage": {
                    "days": [{ "day": 86_400_000, "changes": 7, "connections": 3 }], "countedAt": 86_400_005,
                    "storage": { "messages": 4096, "images": 9, "moreImages": true }, "connections": 2, "monthlyCents": 79,
                },
            }),
        ),
        (
            ServerMessage::Usage { usage: Usage::default() },
            json!({ "type": "usage", "usage": { "days": [], "storage": {}, "connections": 0 } }),
        ),
        (
            ServerMessage::Identity { chat: identity() },
            json!({ "type": "chat", "chat": { "name": "猫 Cats", "icon": "🐈" } }),
        ),
        (
            ServerMessage::Identity { chat: ChatIdentity { unique_names: Some(true), ..ChatIdentity::default() } },
            json!({ "type": "chat", "chat": { "uniqueNames": true } }),
        ),
        (
            ServerMessage::Roles {
                people: Vec::new(),
                chat: identity(),
                read: vec![LastRead { person: "p1".parse().unwrap(), at: Timestamp(5) }],
            },
            json!({
                "type": "roles", "people": [], "chat": { "name": "猫 Cats", "icon": "🐈" },
                "read": [{ "person": "p1", "at": 5 }],
            }),
        ),
        (
            ServerMessage::Role { person: "p1".parse().unwrap(), role: Role::Moderator, moderator: true },
            json!({ "type": "role", "person": "p1", "role": "moderator", "moderator": true }),
        ),
        (
            ServerMessage::Role { person: "p1".parse().unwrap(), role: Role::Member, moderator: false },
            json!({ "type": "role", "person": "p1", "role": "member" }),
        ),
        (
            ServerMessage::Roles {
                people: vec![
                    has_role("Ann".parse().ok(), Role::Owner, false),
                    has_role(None, Role::Member, true),
                    has_role(None, Role::Moderator, false),
                ],
                chat: ChatIdentity::default(),
                read: Vec::new(),
            },
            json!({
                "type": "roles",
                "people": [
                    { "person": "p1", "name": "Ann", "role": "owner" },
                    { "person": "p1", "role": "member", "configured": true },
                    { "person": "p1", "role": "moderator" },
                ],
            }),
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
            ServerMessage::Messages {
                messages: vec![message(), ChatMessage { seq: Seq(8), rev: Rev(8), ..message() }],
            },
            json!({ "type": "messages", "messages": [message_json(), {
                "seq": 8, "rev": 8, "author": { "id": "p1", "name": "Ann" }, "nonce": "n-1", "text": "hi",
                "sentAt": 1_700_000_000_000_u64,
            }] }),
        ),
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
            ServerMessage::Message(ChatMessage { image: Some(album()), ..message() }),
            json!({
                "type": "message", "seq": 7, "rev": 7, "author": { "id": "p1", "name": "Ann" }, "nonce": "n-1", "text": "hi",
                "image": album_json(), "sentAt": 1_700_000_000_000_u64,
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
            ServerMessage::Upload { nonce: "n-1".parse().unwrap(), url: "/uploads/x".into(), several: false },
            json!({ "type": "upload", "nonce": "n-1", "url": "/uploads/x" }),
        ),
        (
            ServerMessage::Upload { nonce: "n-1=1".parse().unwrap(), url: "/uploads/x".into(), several: true },
            json!({ "type": "upload", "nonce": "n-1=1", "url": "/uploads/x", "several": true }),
        ),
        (
            ServerMessage::Presence { online: 3, people: vec![], away: vec![] },
            json!({ "type": "presence", "online": 3 }),
        ),
        (
            ServerMessage::Presence { online: 1, people: vec![ann()], away: vec![ann().id] },
            json!({
                "type": "presence", "online": 1, "people": [{ "id": "p1", "name": "Ann" }], "away": ["p1"],
            }),
        ),
        (
            ServerMessage::Rooms {
                rooms: vec![RoomActivity {
                    room: RoomName::lobby(),
                    newest: Seq(7),
                    author: "p1".parse().unwrap(),
                    sent_at: Timestamp(5),
                    unread: None,
                    read: None,
                    mentioned: false,
                }],
                titles: vec![],
            },
            json!({ "type": "rooms", "rooms": [{ "room": "lobby", "newest": 7, "author": "p1", "sentAt": 5 }] }),
        ),
        (
            ServerMessage::Rooms {
                rooms: vec![],
                titles: vec![TitledRoom { room: RoomName::lobby(), title: "猫 Cats".parse().unwrap() }],
            },
            json!({ "type": "rooms", "rooms": [], "titles": [{ "room": "lobby", "title": "猫 Cats" }] }),
        ),
        (
            ServerMessage::Rooms {
                rooms: vec![RoomActivity {
                    room: RoomName::lobby(),
                    newest: Seq(7),
                    author: "p1".parse().unwrap(),
                    sent_at: Timestamp(5),
                    unread: Some(2),
                    read: Some(Seq(4)),
                    mentioned: true,
                }],
                titles: vec![],
            },
            json!({
                "type": "rooms",
                "rooms": [
                    { "room": "lobby", "newest": 7, "author": "p1", "sentAt": 5, "unread": 2, "read": 4, "mentioned": true },
                ],
            }),
        ),
        (
            ServerMessage::News {
                room: RoomName::lobby(),
                seq: Seq(7),
                author: ann(),
                sent_at: Timestamp(5),
                mentioned: true,
                text: "hi @Bea".parse().ok(),
                deleted: false,
                title: None,
            },
            json!({
                "type": "news", "room": "lobby", "seq": 7, "author": { "id": "p1", "name": "Ann" }, "sentAt": 5,
                "mentioned": true, "text": "hi @Bea",
            }),
        ),
        (
            ServerMessage::News {
                room: RoomName::lobby(),
                seq: Seq(7),
                author: ann(),
                sent_at: Timestamp(5),
                mentioned: false,
                text: None,
                deleted: true,
                title: None,
            },
            json!({
                "type": "news", "room": "lobby", "seq": 7, "author": { "id": "p1", "name": "Ann" }, "sentAt": 5,
                "deleted": true,
            }),
        ),
        (
            ServerMessage::News {
                room: RoomName::of_direct_message(&[7; 32]),
                seq: Seq(7),
                author: ann(),
                sent_at: Timestamp(5),
                mentioned: true,
                text: "hi".parse().ok(),
                deleted: false,
                title: "Ann, Bea".parse().ok(),
            },
            json!({
                "type": "news", "room": "p-9hhhhhhhhhhhhhhhhhhh", "seq": 7, "author": { "id": "p1", "name": "Ann" },
                "sentAt": 5, "mentioned": true, "text": "hi", "title": "Ann, Bea",
            }),
        ),
        (
            ServerMessage::Read { room: RoomName::lobby(), seq: Seq(7) },
            json!({ "type": "read", "room": "lobby", "seq": 7 }),
        ),
        (
            ServerMessage::Found { text: "hi".parse().unwrap(), messages: vec![], before: None },
            json!({ "type": "found", "text": "hi", "messages": [] }),
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
        (
            ServerMessage::Message(ChatMessage { rev: Rev(9), pinned: Some(pin()), ..message() }),
            json!({
                "type": "message", "seq": 7, "rev": 9, "author": { "id": "p1", "name": "Ann" }, "nonce": "n-1", "text": "hi",
                "sentAt": 1_700_000_000_000_u64, "pinned": { "by": { "id": "p1", "name": "Ann" }, "at": 5 },
            }),
        ),
        (
            ServerMessage::Message(ChatMessage { poll: Some(poll()), ..message() }),
            json!({
                "type": "message", "seq": 7, "rev": 7, "author": { "id": "p1", "name": "Ann" }, "nonce": "n-1", "text": "hi",
                "sentAt": 1_700_000_000_000_u64,
                "poll": { "options": [{ "text": "Today", "votes": ["p1"] }, { "text": "明日" }] },
            }),
        ),
        (
            ServerMessage::Message(ChatMessage {
                poll: Some(Poll { several: true, closed: true, ..poll() }),
                ..message()
            }),
            json!({
                "type": "message", "seq": 7, "rev": 7, "author": { "id": "p1", "name": "Ann" }, "nonce": "n-1", "text": "hi",
                "sentAt": 1_700_000_000_000_u64,
                "poll": {
                    "options": [{ "text": "Today", "votes": ["p1"] }, { "text": "明日" }], "several": true, "closed": true,
                },
            }),
        ),
        (
            ServerMessage::Message(ChatMessage {
                thread: Some(Seq(3)),
                in_room: true,
                reply_to: Some(ReplyRef { seq: Seq(3), author: ann() }),
                ..message()
            }),
            json!({
                "type": "message", "seq": 7, "rev": 7, "author": { "id": "p1", "name": "Ann" }, "nonce": "n-1", "text": "hi",
                "sentAt": 1_700_000_000_000_u64, "replyTo": { "seq": 3, "author": { "id": "p1", "name": "Ann" } },
                "thread": 3, "inRoom": true,
            }),
        ),
        (
            ServerMessage::Thread {
                root: ChatMessage { replies: Some(summary()), ..message() },
                messages: vec![ChatMessage { thread: Some(Seq(7)), ..message() }],
                more: true,
                before: Some(Seq(99)),
            },
            json!({
                "type": "thread",
                "root": {
                    "seq": 7, "rev": 7, "author": { "id": "p1", "name": "Ann" }, "nonce": "n-1", "text": "hi",
                    "sentAt": 1_700_000_000_000_u64,
                    "replies": {
                        "count": 2, "people": [{ "id": "p1", "name": "Ann" }], "recent": [8, 9], "lastAt": 5, "rev": 12,
                        "deleting": [9], "version": 3,
                    },
                },
                "messages": [{
                    "seq": 7, "rev": 7, "author": { "id": "p1", "name": "Ann" }, "nonce": "n-1", "text": "hi",
                    "sentAt": 1_700_000_000_000_u64, "thread": 7,
                }],
                "more": true,
                "before": 99,
            }),
        ),
        (
            ServerMessage::Thread {
                root: ChatMessage {
                    replies: Some(ThreadSummary {
                        count: 0,
                        people: vec![],
                        deleting: vec![],
                        version: None,
                        ..summary()
                    }),
                    ..message()
                },
                messages: vec![],
                more: false,
                before: None,
            },
            json!({
                "type": "thread",
                "root": {
                    "seq": 7, "rev": 7, "author": { "id": "p1", "name": "Ann" }, "nonce": "n-1", "text": "hi",
                    "sentAt": 1_700_000_000_000_u64,
                    "replies": { "count": 0, "recent": [8, 9], "lastAt": 5, "rev": 12 },
                },
                "messages": [],
                "more": false,
            }),
        ),
        (
            ServerMessage::Threads {
                threads: vec![
                    ListedThread { seq: Seq(7), message: Some(excerpt()), replies: summary(), read: Some(Seq(8)) },
                    ListedThread { seq: Seq(3), message: None, replies: summary(), read: None },
                ],
            },
            json!({
                "type": "threads",
                "threads": [
                    {
                        "seq": 7,
                        "message": {
                            "seq": 7, "author": { "id": "p1", "name": "Ann" }, "sentAt": 5, "text": "hi",
                            "pinned": { "by": { "id": "p1", "name": "Ann" }, "at": 5 },
                        },
                        "replies": {
                            "count": 2, "people": [{ "id": "p1", "name": "Ann" }], "recent": [8, 9], "lastAt": 5,
                            "rev": 12, "deleting": [9], "version": 3,
                        },
                        "read": 8,
                    },
                    {
                        "seq": 3,
                        "replies": {
                            "count": 2, "people": [{ "id": "p1", "name": "Ann" }], "recent": [8, 9], "lastAt": 5,
                            "rev": 12, "deleting": [9], "version": 3,
                        },
                    },
                ],
            }),
        ),
        (
            ServerMessage::Pins {
                messages: vec![excerpt(), MessageExcerpt { text: None, pinned: None, images: Some(3), ..excerpt() }],
            },
            json!({
                "type": "pins",
                "messages": [
                    {
                        "seq": 7, "author": { "id": "p1", "name": "Ann" }, "sentAt": 5, "text": "hi",
                        "pinned": { "by": { "id": "p1", "name": "Ann" }, "at": 5 },
                    },
                    { "seq": 7, "author": { "id": "p1", "name": "Ann" }, "sentAt": 5, "images": 3 },
                ],
            }),
        ),
        (
            ServerMessage::Directory {
                rooms: vec![
                    DirectoryRoom {
                        room: RoomName::lobby(),
                        title: Some("Lobby".parse().unwrap()),
                        topic: Some("All and nothing".parse().unwrap()),
                        sent_at: Timestamp(7),
                        online: Some(3),
                        rules: Some(RoomRules { slow: 30, keep_days: Some(7), ..RoomRules::default() }),
                    },
                    DirectoryRoom {
                        room: "cats".parse().unwrap(),
                        title: None,
                        topic: None,
                        sent_at: Timestamp(6),
                        online: None,
                        rules: None,
                    },
                ],
                after: Some(DirectoryPosition { active: Timestamp(5), room: "cats".parse().unwrap() }),
            },
            json!({
                "type": "directory",
                "rooms": [
                    {
                        "room": "lobby", "title": "Lobby", "topic": "All and nothing", "sentAt": 7, "online": 3,
                        "rules": { "slow": 30, "keepDays": 7 },
                    },
                    { "room": "cats", "sentAt": 6 },
                ],
                "after": { "active": 5, "room": "cats" },
            }),
        ),
        (
            ServerMessage::Receipts {
                people: vec![ReadReceipt { person: ann().id, name: ann().name, seq: Seq(7) }],
                more: true,
            },
            json!({ "type": "receipts", "people": [{ "person": "p1", "name": "Ann", "seq": 7 }], "more": true }),
        ),
        (ServerMessage::Receipts { people: vec![], more: false }, json!({ "type": "receipts", "people": [] })),
        (
            ServerMessage::Seen { person: ann(), seq: Seq(7) },
            json!({ "type": "seen", "person": { "id": "p1", "name": "Ann" }, "seq": 7 }),
        ),
        (ServerMessage::Directory { rooms: vec![], after: None }, json!({ "type": "directory", "rooms": [] })),
        (
            ServerMessage::MemberAdded { member_room: RoomName::lobby(), person: "p1".parse().unwrap() },
            json!({ "type": "memberAdded", "memberRoom": "lobby", "person": "p1" }),
        ),
        (
            ServerMessage::RoomAdded { member_room: private_room(), title: "猫 Cats".parse().ok() },
            json!({ "type": "roomAdded", "memberRoom": "p-abcdefghijklmnopqrst", "title": "猫 Cats" }),
        ),
        (
            ServerMessage::RoomAdded { member_room: private_room(), title: None },
            json!({ "type": "roomAdded", "memberRoom": "p-abcdefghijklmnopqrst" }),
        ),
        (
            ServerMessage::Save { message_room: RoomName::lobby(), seq: Seq(7), saved: true },
            json!({ "type": "save", "messageRoom": "lobby", "seq": 7, "saved": true }),
        ),
        (
            ServerMessage::Saved {
                messages: vec![
                    SavedMessage { position: position(), message: Some(excerpt()) },
                    SavedMessage { position: position(), message: None },
                ],
                before: Some(position()),
            },
            json!({
                "type": "saved",
                "messages": [
                    {
                        "savedAt": 5, "room": "lobby", "seq": 7,
                        "message": {
                            "seq": 7, "author": { "id": "p1", "name": "Ann" }, "sentAt": 5, "text": "hi",
                            "pinned": { "by": { "id": "p1", "name": "Ann" }, "at": 5 },
                        },
                    },
                    { "savedAt": 5, "room": "lobby", "seq": 7 },
                ],
                "before": { "savedAt": 5, "room": "lobby", "seq": 7 },
            }),
        ),
        (ServerMessage::Saved { messages: vec![], before: None }, json!({ "type": "saved", "messages": [] })),
        (ServerMessage::Typing { person: ann() }, json!({ "type": "typing", "person": { "id": "p1", "name": "Ann" } })),
        (ServerMessage::CatchUp { after: Some(Rev(6)) }, json!({ "type": "catchUp", "after": 6 })),
        (ServerMessage::CatchUp { after: None }, json!({ "type": "catchUp" })),
        (
            ServerMessage::RoomCreated { room: private_room(), title: "猫 Cats".parse().unwrap() },
            json!({ "type": "roomCreated", "room": "p-abcdefghijklmnopqrst", "title": "猫 Cats" }),
        ),
        (
            ServerMessage::MyRooms {
                rooms: vec![
                    PrivateRoom { room: private_room(), title: "猫 Cats".parse().ok() },
                    PrivateRoom { room: private_room(), title: None },
                ],
            },
            json!({
                "type": "myRooms",
                "rooms": [
                    { "room": "p-abcdefghijklmnopqrst", "title": "猫 Cats" }, { "room": "p-abcdefghijklmnopqrst" },
                ],
            }),
        ),
        (
            ServerMessage::Members {
                people: vec![
                    RoomMember {
                        person: "p1".parse().unwrap(),
                        name: "Ann".parse().ok(),
                        host: true,
                        since: Timestamp(5),
                        appearance: Appearance { picture: Some(Timestamp(7)), colour: 3.try_into().ok() },
                    },
                    RoomMember {
                        person: "p2".parse().unwrap(),
                        name: None,
                        host: false,
                        since: Timestamp(6),
                        appearance: Appearance::NONE,
                    },
                ],
            },
            json!({
                "type": "members",
                "people": [
                    { "person": "p1", "name": "Ann", "host": true, "since": 5, "appearance": { "picture": 7, "colour": 3 } },
                    { "person": "p2", "since": 6 },
                ],
            }),
        ),
        (
            ServerMessage::RoomLeft { room: private_room() },
            json!({ "type": "roomLeft", "room": "p-abcdefghijklmnopqrst" }),
        ),
        (ServerMessage::SignedOut { device: "d-1".parse().ok() }, json!({ "type": "signedOut", "device": "d-1" })),
        (ServerMessage::SignedOut { device: None }, json!({ "type": "signedOut" })),
        (
            ServerMessage::Profiles {
                profiles: vec![
                    Profile {
                        person: "p1".parse().unwrap(),
                        status: "On holiday 🏖".parse().ok(),
                        appearance: appearance(),
                    },
                    Profile { person: "p2".parse().unwrap(), status: None, appearance: Appearance::NONE },
                ],
            },
            json!({
                "type": "profiles",
                "profiles": [
                    { "person": "p1", "status": "On holiday 🏖", "appearance": { "picture": 1_764_540_000_000_u64, "colour": 3 } },
                    { "person": "p2" },
                ],
            }),
        ),
        (ServerMessage::Profiles { profiles: vec![] }, json!({ "type": "profiles", "profiles": [] })),
        (
            ServerMessage::Presence {
                online: 2,
                people: vec![
                    Person { appearance: appearance(), ..ann() },
                    Person { appearance: Appearance { picture: None, ..appearance() }, ..ann() },
                    Person { appearance: Appearance { colour: None, ..appearance() }, ..ann() },
                ],
                away: vec![],
            },
            json!({
                "type": "presence", "online": 2,
                "people": [
                    { "id": "p1", "name": "Ann", "appearance": { "picture": 1_764_540_000_000_u64, "colour": 3 } },
                    { "id": "p1", "name": "Ann", "appearance": { "colour": 3 } },
                    { "id": "p1", "name": "Ann", "appearance": { "picture": 1_764_540_000_000_u64 } },
                ],
            }),
        ),
        (
            ServerMessage::Message(ChatMessage { author: Person { appearance: appearance(), ..ann() }, ..message() }),
            json!({
                "type": "message", "seq": 7, "rev": 7, "nonce": "n-1", "text": "hi", "sentAt": 1_700_000_000_000_u64,
                "author": {
                    "id": "p1", "name": "Ann", "appearance": { "picture": 1_764_540_000_000_u64, "colour": 3 },
                },
            }),
        ),
        (
            ServerMessage::Rules { rules: RoomRules { archived: true, ..RoomRules::default() } },
            json!({ "type": "rules", "rules": { "archived": true } }),
        ),
        (ServerMessage::Pong, json!({ "type": "pong" })),
        (
            error(Some("send"), Some("n-1")),
            json!({ "type": "error", "code": "badField", "message": "text must not be empty", "action": "send", "nonce": "n-1" }),
        ),
        (error(None, None), json!({ "type": "error", "code": "badField", "message": "text must not be empty" })),
    ]
}

fn private_room() -> RoomName {
    "p-abcdefghijklmnopqrst".parse().unwrap()
}

#[test]
fn server_messages_match_their_golden_json() {
    for (message, golden) in golden().into_iter().chain(golden_errors()) {
        assert_eq!(serde_json::from_str::<Value>(&message.to_frame()).unwrap(), golden);
        assert_eq!(write_both(&message), message.to_frame());
        assert_eq!(read_both(&golden.to_string()), Some(message));
    }
}

/// Returns an error of every code, and its golden JSON.
pub(crate) fn golden_errors() -> impl Iterator<Item = (ServerMessage, Value)> {
    let codes = [
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
        (ErrorCode::LastOwner, "lastOwner"),
        (ErrorCode::NotConnected, "notConnected"),
        (ErrorCode::Unavailable, "unavailable"),
        (ErrorCode::OtherRoom, "otherRoom"),
    ];
    codes.into_iter().map(|(code, name)| {
        let message = String::new();
        let error = ServerMessage::Error { code, message, action: None, nonce: None, retry_after: None };
        (error, json!({ "type": "error", "code": name, "message": "" }))
    })
}

fn describe(title: &str, receipts: Option<bool>) -> ModerationAction {
    ModerationAction::Describe { room: RoomName::lobby(), title: title.parse().ok(), receipts }
}
