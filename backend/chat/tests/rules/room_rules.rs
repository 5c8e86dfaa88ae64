//! Tests of room rules: read-only rooms and slow mode.

use std::time::Duration;

use serde_json::json;

use crate::moderation::{code, moderated_chat};

#[tokio::test]
async fn in_a_read_only_room_only_moderators_may_send() {
    let chat = moderated_chat().await;
    chat.send_message("a", "hi", "n").await;
    chat.send("m", json!({ "action": "rules", "rules": { "readOnly": true } })).await;
    let received = json!({ "room": "lobby", "type": "rules", "rules": { "readOnly": true } });
    for socket in ["m", "a", "b"] {
        assert_eq!(chat.received(socket).last(), Some(&received), "{socket}");
    }
    assert!(!chat.received("a2").contains(&received), "another room");
    for frame in [
        json!({ "action": "send", "text": "x" }),
        json!({ "action": "edit", "seq": 1, "text": "y" }),
        json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true }),
    ] {
        assert_eq!(chat.error_for("a", frame.clone()).await, code("readOnly"), "{frame}");
    }
    for (socket, frame) in [
        ("a", json!({ "action": "delete", "seq": 1 })),
        // It may be a picture of the sender.
        ("a", json!({ "action": "upload", "nonce": "u", "type": "image/png", "size": 9 })),
        ("a2", json!({ "action": "send", "text": "x" })),
        ("m", json!({ "action": "send", "text": "x" })),
    ] {
        assert!(chat.is_accepted(socket, frame).await, "{socket}");
    }
    chat.send("b", json!({ "action": "hello" })).await;
    assert_eq!(chat.received("b").iter().find(|frame| frame["type"] == "welcome").unwrap()["rules"], received["rules"]);
}

#[tokio::test]
async fn slow_mode_limits_each_person_but_not_moderators() {
    let chat = moderated_chat().await;
    chat.send("m", json!({ "action": "rules", "rules": { "slow": 30 } })).await;
    let send = |text| json!({ "action": "send", "text": text });
    assert!(chat.is_accepted("a", send("one")).await);
    chat.clock.advance(Duration::from_secs(10));
    assert_eq!(chat.error_for("a", send("two")).await, (json!("tooFast"), json!(20)));
    assert!(chat.is_accepted("b", send("another's")).await);
    assert!(chat.is_accepted("a2", send("in another room")).await);
    assert!(chat.is_accepted("m", send("one")).await && chat.is_accepted("m", send("two")).await);
    chat.clock.advance(Duration::from_secs(20));
    assert!(chat.is_accepted("a", send("two")).await);
}

#[tokio::test]
async fn slow_mode_does_not_delay_retries() {
    let chat = moderated_chat().await;
    chat.send("m", json!({ "action": "rules", "rules": { "slow": 30 } })).await;
    let send = |nonce| json!({ "action": "send", "text": "x", "nonce": nonce });
    for seconds in [0, 1, 28] {
        chat.clock.advance(Duration::from_secs(seconds));
        assert!(chat.is_accepted("a", send("one")).await, "{seconds}");
        assert_eq!(chat.error_for("a", send("two")).await.0, "tooFast");
    }
    chat.clock.advance(Duration::from_secs(1));
    assert!(chat.is_accepted("a", send("one")).await, "a retry takes no new slot");
    assert!(chat.is_accepted("a", send("two")).await);
}
