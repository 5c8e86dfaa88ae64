//! Golden JSON of the frames from a client.

use serde_json::{Value, json};
use shared_types::{
    Action, ClientMessage, FrameError,
    json::compare::{read_both, write_both},
    with_room,
};

use crate::samples::{album_json, image_json};

/// Returns the golden JSON. The frames cover every variant and field (`coverage.rs`).
pub(crate) fn golden() -> Vec<Value> {
    vec![
        json!({ "action": "hello" }),
        json!({ "action": "hello", "since": 12 }),
        json!({ "action": "send", "text": "hi" }),
        json!({ "action": "send", "text": "hi", "nonce": "n-1" }),
        json!({ "action": "send", "text": "hi", "nonce": "n-1", "image": image_json() }),
        json!({ "action": "send", "nonce": "n-1", "image": { "type": "image/png", "size": 1, "width": 1, "height": 1 } }),
        json!({ "action": "send", "nonce": "n-1", "image": album_json() }),
        json!({ "action": "send", "text": "hi", "replyTo": 3 }),
        json!({ "action": "send", "text": "hi @Ann", "mentions": [{ "id": "p1", "name": "Ann" }] }),
        json!({ "action": "edit", "seq": 7, "text": "better", "nonce": "n-1" }),
        json!({ "action": "edit", "seq": 7, "text": "hi @Ann", "mentions": [{ "id": "p1", "name": "Ann" }] }),
        json!({ "action": "edit", "seq": 7 }),
        json!({ "action": "edit", "seq": 7, "text": "better", "basedOn": 9, "nonce": "n-1" }),
        json!({ "action": "delete", "seq": 7 }),
        json!({ "action": "delete", "seq": 7, "nonce": "n-1" }),
        json!({ "action": "react", "seq": 7, "emoji": "👍", "on": true, "nonce": "n-1" }),
        json!({ "action": "react", "seq": 7, "emoji": "👍", "on": false }),
        json!({ "action": "react", "seq": 7, "emoji": "👍", "on": true, "basedOn": 9, "nonce": "n-1" }),
        json!({ "action": "pin", "seq": 7, "pinned": true }),
        json!({ "action": "pin", "seq": 7, "pinned": false, "basedOn": 9, "nonce": "n-1" }),
        json!({ "action": "pins" }),
        json!({ "action": "send", "text": "hi", "nonce": "n-1", "replyTo": 3, "thread": 3 }),
        json!({ "action": "send", "text": "hi", "thread": 3, "inRoom": true }),
        json!({ "action": "thread", "seq": 3 }),
        json!({ "action": "thread", "seq": 3, "before": 9 }),
        json!({ "action": "threads", "roots": [3, 9] }),
        json!({ "action": "threads", "roots": [] }),
        json!({ "action": "readThread", "root": 3, "seq": 9 }),
        json!({ "action": "send", "text": "When?", "poll": { "options": ["Today", "明日"] } }),
        json!({ "action": "send", "text": "When?", "poll": { "options": ["Today", "明日"], "several": true } }),
        json!({ "action": "vote", "seq": 7, "option": 1, "on": true }),
        json!({ "action": "vote", "seq": 7, "option": 0, "on": false, "basedOn": 9, "nonce": "n-1" }),
        json!({ "action": "closePoll", "seq": 7 }),
        json!({ "action": "closePoll", "seq": 7, "nonce": "n-1" }),
        json!({ "action": "save", "seq": 7, "saved": true }),
        json!({ "action": "save", "seq": 7, "saved": false, "messageRoom": "cats" }),
        json!({ "action": "directory" }),
        json!({ "action": "directory", "rules": true }),
        json!({ "action": "directory", "text": "cats", "archived": true, "after": { "active": 5, "room": "cats" } }),
        json!({ "action": "saved" }),
        json!({ "action": "saved", "before": { "savedAt": 5, "room": "cats", "seq": 7 } }),
        json!({ "action": "upload", "nonce": "n-1", "type": "image/gif", "size": 2_097_152 }),
        json!({ "action": "upload", "nonce": "n-1", "type": "image/jpeg", "size": 1 }),
        json!({ "action": "upload", "nonce": "n-1=9", "type": "image/jpeg", "size": 1 }),
        json!({ "action": "history", "before": 7 }),
        json!({ "action": "history", "after": 7 }),
        json!({ "action": "history", "around": 7 }),
        json!({ "action": "changes", "after": 12 }),
        json!({ "action": "changes", "after": 12, "hidden": true }),
        json!({ "action": "changes", "after": 12, "hidden": false }),
        json!({ "action": "rename", "name": "Ann" }),
        json!({ "action": "people" }),
        json!({ "action": "rooms", "rooms": ["lobby", "cats"] }),
        json!({ "action": "rooms", "rooms": ["lobby", "cats"], "watch": true, "read": [7, 0] }),
        json!({ "action": "search", "text": "two words" }),
        json!({ "action": "search", "text": "two words", "before": 7 }),
        json!({ "action": "typing" }),
        json!({ "action": "mute", "person": "p1", "seconds": 600 }),
        json!({ "action": "ban", "person": "p1", "seconds": 0 }),
        json!({ "action": "standing", "person": "p1" }),
        json!({ "action": "clear", "person": "p1" }),
        json!({ "action": "rules", "rules": { "slow": 30, "readOnly": true } }),
        json!({ "action": "rules", "rules": { "memberPins": true } }),
        json!({ "action": "rules", "rules": {} }),
        json!({ "action": "rules", "rules": { "keepDays": 0 } }),
        json!({ "action": "rules", "rules": { "slow": 30, "keepDays": 3_650 } }),
        json!({ "action": "rooms", "rooms": ["cats"], "titles": true }),
        json!({ "action": "describe", "details": { "title": "猫 Cats", "topic": "Cats only", "description": "One\nTwo" } }),
        json!({ "action": "describe", "details": {} }),
        json!({ "action": "describe", "details": { "receipts": true } }),
        json!({ "action": "describe", "details": { "title": "猫 Cats", "receipts": false } }),
        json!({ "action": "audit" }),
        json!({ "action": "audit", "before": 5 }),
        json!({ "action": "role", "person": "p1", "role": "owner" }),
        json!({ "action": "role", "person": "p1", "role": "moderator" }),
        json!({ "action": "role", "person": "p1", "role": "member" }),
        json!({ "action": "roles" }),
        json!({ "action": "usage" }),
        json!({ "action": "chat", "chat": { "name": "猫 Cats", "icon": "🐈" } }),
        json!({ "action": "chat", "chat": {} }),
        json!({ "action": "chat", "chat": { "uniqueNames": true } }),
        json!({ "action": "chat", "chat": { "name": "猫 Cats", "uniqueNames": false } }),
        json!({ "action": "forget" }),
        json!({ "action": "ping" }),
        json!({ "action": "enter", "room": "cats" }),
        json!({ "action": "enter", "room": "cats", "since": 12 }),
        json!({ "action": "read", "room": "cats", "seq": 7 }),
        json!({ "action": "read", "room": "cats", "seq": 7, "receipt": true }),
        json!({ "action": "receipts" }),
        json!({ "action": "rules", "rules": { "archived": true } }),
        json!({ "action": "createRoom", "title": "猫 Cats" }),
        json!({ "action": "myRooms" }),
        json!({ "action": "members" }),
        json!({ "action": "addMember", "person": "p1" }),
        json!({ "action": "addMember", "person": "p1", "name": "Ann" }),
        json!({ "action": "addMember", "person": "p1", "memberRoom": "cats" }),
        json!({ "action": "removeMember", "person": "p1" }),
        json!({ "action": "leaveRoom" }),
        json!({ "action": "direct", "people": [{ "person": "p1" }] }),
        json!({ "action": "direct", "people": [{ "person": "p1", "name": "Ann" }, { "person": "p2" }] }),
        json!({ "action": "signOut", "device": "d-1" }),
        json!({ "action": "signOut", "keep": "d-2" }),
        json!({ "action": "profile" }),
        json!({ "action": "profile", "person": "p1" }),
        json!({ "action": "setProfile" }),
        json!({ "action": "setProfile", "status": "On holiday 🏖", "colour": 11, "keepPicture": true }),
        json!({
            "action": "setProfile", "colour": 0, "picture": { "nonce": "n-1", "type": "image/webp", "size": 24_576 },
        }),
        json!({
            "action": "send", "text": "hi @Ann",
            "mentions": [{ "id": "p1", "name": "Ann", "appearance": { "picture": 5, "colour": 3 } }],
        }),
    ]
}

#[test]
fn client_messages_match_their_golden_json() {
    for golden in golden() {
        let message = ClientMessage::parse(&golden.to_string()).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&write_both(&message)).unwrap(), golden);
        assert_eq!(read_both(&golden.to_string()), Some(message.clone()));
        assert_eq!(message.action().as_str(), golden["action"]);
    }
}

#[test]
fn a_frame_can_name_its_room() {
    for golden in golden() {
        let message = ClientMessage::parse(&golden.to_string()).unwrap();
        if matches!(message.action(), Action::Enter | Action::Read) {
            assert_eq!(ClientMessage::parse_with_room(&golden.to_string()), Ok((message, None)));
            continue;
        }
        let tagged = with_room(&golden.to_string(), &"cats".parse().unwrap());
        assert_eq!(ClientMessage::parse_with_room(&tagged), Ok((message, "cats".parse().ok())), "{tagged}");
    }
    let refused = ClientMessage::parse(r#"{"action":"ping","room":"No Room"}"#);
    assert!(matches!(refused, Err(FrameError::Field { .. })), "{refused:?}");
}

#[test]
fn every_action_is_known_by_its_name() {
    for &action in Action::ALL {
        let parsed = ClientMessage::parse(&json!({ "action": action.as_str() }).to_string());
        assert!(!matches!(parsed, Err(FrameError::UnknownAction { .. })), "{action}");
    }
}
