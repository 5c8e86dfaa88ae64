//! Tests of the permission of every command: what a muted person can do, and what anybody can do in a read-only room.

use chat::ports::{
    devices::{Devices, StoredDevice},
    system::Clock,
};
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::Action;

/// The answer of the server to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    Allowed,
    /// The error code of the room's or the person's restriction.
    Denied,
    /// Moderators only.
    NotAllowed,
}

/// Returns an example of a command, and whether a person can use it who may not write. The match has no default: a new command does
/// not compile without a decision.
fn example(action: Action) -> (Value, Expected) {
    match action {
        Action::Hello => (json!({}), Expected::Allowed),
        Action::Send => (json!({ "text": "hi" }), Expected::Denied),
        Action::Upload => (json!({ "nonce": "u", "type": "image/png", "size": 9 }), Expected::Denied),
        Action::Edit => (json!({ "seq": 1, "text": "changed" }), Expected::Denied),
        Action::React => (json!({ "seq": 1, "emoji": "👍", "on": true }), Expected::Denied),
        Action::Pin => (json!({ "seq": 1, "pinned": true }), Expected::Denied),
        Action::Vote => (json!({ "seq": 2, "option": 0, "on": true }), Expected::Denied),
        Action::ClosePoll => (json!({ "seq": 2 }), Expected::Denied),
        Action::Delete => (json!({ "seq": 1 }), Expected::Allowed),
        Action::History => (json!({ "before": 9 }), Expected::Allowed),
        Action::Changes => (json!({ "after": 0 }), Expected::Allowed),
        Action::Rename => (json!({ "name": "Annie" }), Expected::Denied),
        Action::People | Action::Typing | Action::EraseMyData | Action::Ping => (json!({}), Expected::Allowed),
        Action::Enter => (json!({ "room": "lobby" }), Expected::Allowed),
        Action::Read => (json!({ "room": "lobby", "seq": 1 }), Expected::Allowed),
        Action::ReadThread => (json!({ "root": 1, "seq": 2 }), Expected::Allowed),
        Action::Receipts => (json!({}), Expected::Allowed),
        Action::Rooms => (json!({ "rooms": ["lobby"] }), Expected::Allowed),
        Action::Directory => (json!({}), Expected::Allowed),
        Action::Search => (json!({ "text": "hi" }), Expected::Allowed),
        Action::Mute | Action::Ban => (json!({ "person": "bea", "seconds": 60 }), Expected::NotAllowed),
        Action::Restrictions | Action::PurgeUser => (json!({ "person": "bea" }), Expected::NotAllowed),
        Action::Rules => (json!({ "rules": { "slow": 5 } }), Expected::NotAllowed),
        Action::Describe => (json!({ "details": { "title": "Cats" } }), Expected::Denied),
        Action::Pins | Action::Saved => (json!({}), Expected::Allowed),
        Action::Thread => (json!({ "seq": 1 }), Expected::Allowed),
        Action::Threads => (json!({ "roots": [1] }), Expected::Allowed),
        Action::Save => (json!({ "seq": 1, "saved": false }), Expected::Allowed),
        Action::Audit | Action::Roles | Action::Usage => (json!({}), Expected::NotAllowed),
        Action::CreateRoom => (json!({ "title": "Cats" }), Expected::Denied),
        Action::Direct => (json!({ "people": [{ "person": "mod" }] }), Expected::Denied),
        Action::MyRooms => (json!({}), Expected::Allowed),
        // The room is open to everybody.
        Action::Members | Action::LeaveRoom => (json!({}), Expected::NotAllowed),
        Action::AddMember => (json!({ "person": "bea" }), Expected::Denied),
        Action::RemoveMember => (json!({ "person": "bea" }), Expected::NotAllowed),
        Action::SetIdentity => (json!({ "chat": { "name": "Cats" } }), Expected::NotAllowed),
        Action::SignOut => (json!({ "device": "a-1" }), Expected::Allowed),
        Action::Profile => (json!({}), Expected::Allowed),
        Action::SetProfile => (json!({ "colour": 3 }), Expected::Denied),
        Action::SetRole => (json!({ "person": "bea", "role": "moderator" }), Expected::NotAllowed),
    }
}

/// Checks the answers to all commands of a person. `allowed` and `not_allowed` are answered so here, whatever the example says.
async fn check(chat: &TestChat, denied: &str, allowed: &[Action], not_allowed: &[Action]) {
    let device = StoredDevice {
        id: "a-1".parse().unwrap(),
        browser: None,
        system: None,
        since: chat.clock.now(),
        last: chat.clock.now(),
    };
    for &action in Action::ALL {
        // `forget` removes it.
        chat.devices.record(&"ann".parse().unwrap(), &device).await.unwrap();
        let (mut frame, mut expected) = example(action);
        if allowed.contains(&action) {
            expected = Expected::Allowed;
        } else if not_allowed.contains(&action) {
            expected = Expected::NotAllowed;
        }
        frame["action"] = action.as_str().into();
        let answer = chat.error_for("a", frame).await.0;
        let answer = match answer.as_str() {
            None => Expected::Allowed,
            Some("notAllowed") => Expected::NotAllowed,
            Some(code) => {
                assert_eq!(code, denied, "{action}");
                Expected::Denied
            }
        };
        assert_eq!(answer, expected, "{action}");
    }
}

#[tokio::test]
async fn a_muted_person_can_use_only_commands_that_write_nothing() {
    let chat = super::moderation::moderated_chat().await;
    chat.send_message("a", "hi", "n").await;
    chat.send("m", json!({ "action": "mute", "person": "ann", "seconds": 60 })).await;
    check(&chat, "muted", &[], &[]).await;
}

/// Commands that a muted person cannot use, and that write nothing into the room.
const ELSEWHERE: [Action; 5] = [Action::Rename, Action::CreateRoom, Action::Direct, Action::Upload, Action::SetProfile];

#[tokio::test]
async fn a_read_only_room_accepts_no_command_that_writes_into_it() {
    let chat = super::moderation::moderated_chat().await;
    chat.send_message("a", "hi", "n").await;
    chat.send("m", json!({ "action": "rules", "rules": { "readOnly": true } })).await;
    check(&chat, "readOnly", &ELSEWHERE, &[Action::AddMember]).await;
}

#[tokio::test]
async fn an_archived_room_accepts_no_command_that_writes_into_it() {
    let chat = super::moderation::moderated_chat().await;
    chat.send_message("a", "hi", "n").await;
    chat.send("m", json!({ "action": "rules", "rules": { "archived": true } })).await;
    check(&chat, "readOnly", &ELSEWHERE, &[Action::AddMember]).await;
    for frame in [
        json!({ "action": "send", "text": "x" }),
        json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true }),
        json!({ "action": "describe", "details": { "title": "Cats" } }),
    ] {
        assert_eq!(chat.error_for("m", frame.clone()).await.0, "readOnly", "{frame}, by a moderator");
    }
    chat.send("m", json!({ "action": "rules", "rules": {} })).await;
    assert!(chat.is_accepted("a", json!({ "action": "send", "text": "x" })).await, "it is open again");
}
