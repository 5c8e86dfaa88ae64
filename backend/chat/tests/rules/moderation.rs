//! Tests of moderators' permissions, mutes and the purge of a user's messages.

use std::time::Duration;

use chat::{
    access::{
        policy::{AccessPolicy, OidcClient},
        sessions::Session,
    },
    ports::messages::Messages,
};
use chat_testing::test_chat::{START, TestChat};
use serde_json::{Value, json};
use shared_types::limits;

/// Opens a chat with the moderators `mod` and `other-mod`. Connections in the lobby: `m` of `mod`, `a` of Ann, `b` of Bea. Ann
/// has `a2` in `cats`, too.
pub(crate) async fn moderated_chat() -> TestChat {
    let chat =
        TestChat::with_access_policy(AccessPolicy::open(vec!["mod".parse().unwrap(), "other-mod".parse().unwrap()]))
            .await;
    for (socket, room, who, name) in [
        ("m", None, "mod", "Mo"),
        ("a", None, "ann", "Ann"),
        ("a2", Some("cats"), "ann", "Ann"),
        ("b", None, "bea", "Bea"),
    ] {
        chat.connect(socket, room, Some(&chat.ticket(who)), Some(name)).await.unwrap();
    }
    chat
}

pub(crate) fn mute(person: &str, seconds: u64) -> Value {
    json!({ "action": "mute", "person": person, "seconds": seconds })
}

pub(crate) fn ban(person: &str, seconds: u64) -> Value {
    json!({ "action": "ban", "person": person, "seconds": seconds })
}

fn no_code() -> (Value, Value) {
    (Value::Null, Value::Null)
}

pub(crate) fn code(code: &str) -> (Value, Value) {
    (json!(code), Value::Null)
}

#[tokio::test]
async fn only_moderators_may_moderate() {
    let chat = moderated_chat().await;
    chat.send_message("b", "hi", "n").await;
    let actions = [
        mute("bea", 60),
        ban("bea", 60),
        json!({ "action": "standing", "person": "bea" }),
        json!({ "action": "clear", "person": "eve" }),
        json!({ "action": "rules", "rules": { "readOnly": true } }),
        json!({ "action": "audit" }),
    ];
    for action in actions {
        assert_eq!(chat.error_for("a", action.clone()).await, code("notAllowed"), "{action}");
        assert_eq!(chat.error_for("m", action.clone()).await, no_code(), "{action}");
    }
    assert_eq!(chat.error_for("a", json!({ "action": "delete", "seq": 1 })).await, code("notYours"));
    assert_eq!(chat.error_for("m", json!({ "action": "delete", "seq": 1 })).await, no_code());
    assert_eq!(chat.audit().await.len(), 5, "rejected actions and queries make no audit entry");
}

#[tokio::test]
async fn moderators_cannot_moderate_moderators_or_themselves() {
    let chat = moderated_chat().await;
    chat.connect("o", Some("cats"), Some(&chat.ticket("other-mod")), Some("Ol")).await.unwrap();
    let both = ["mod", "other-mod"];
    let actions =
        both.map(|person| [mute(person, 60), ban(person, 60), json!({ "action": "clear", "person": person })]);
    for action in actions.into_iter().flatten() {
        assert_eq!(chat.error_for("m", action.clone()).await, code("notAllowed"), "{action}");
    }
    assert_eq!(chat.audit().await, [Value::Null; 0]);
    assert!(chat.is_connected("o").await);
}

#[tokio::test]
async fn a_moderator_can_query_a_person_s_restrictions() {
    let chat = moderated_chat().await;
    chat.send("m", mute("ann", 60)).await;
    for socket in ["m", "a"] {
        chat.received(socket);
    }
    chat.send("m", json!({ "action": "standing", "person": "ann" })).await;
    let restrictions = json!({ "type": "standing", "person": "ann", "standing": { "mutedUntil": START + 60_000 } });
    assert_eq!((chat.received("m"), chat.received("a")), (vec![restrictions], vec![]));
    chat.clock.advance(Duration::from_secs(60));
    chat.send("m", json!({ "action": "standing", "person": "ann" })).await;
    assert_eq!(chat.received("m"), [json!({ "type": "standing", "person": "ann", "standing": {} })]);
}

#[tokio::test]
async fn purging_a_user_in_parts_makes_one_audit_entry() {
    let chat = moderated_chat().await;
    chat.send_message("b", "Bea's", "b").await;
    chat.send_message("a2", "spam in another room", "s").await;
    for number in 0..limits::FORGET_MESSAGES {
        chat.send_message("a", "spam", &format!("s-{number}")).await;
    }
    let mut answers = Vec::new();
    for _ in 0..2 {
        chat.received("m");
        chat.send("m", json!({ "action": "clear", "person": "ann" })).await;
        answers.extend(chat.received("m").into_iter().filter(|frame| frame["type"] == "cleared"));
    }
    let answer = |count: usize, more: bool| json!({ "type": "cleared", "person": "ann", "count": count, "more": more });
    assert_eq!(answers, [answer(limits::FORGET_MESSAGES, true), answer(1, false)]);
    for room in ["lobby", "cats"] {
        let stored = chat.messages.before(&room.parse().unwrap(), None, 100).await.unwrap();
        let left: Vec<_> = stored.iter().filter(|message| !message.deleted).map(|message| &message.author.id).collect();
        assert!(left.iter().all(|author| author.as_str() == "bea"), "{left:?}");
        assert!(!serde_json::to_string(&stored).unwrap().contains("ann"));
    }
    assert_eq!(
        chat.audit().await,
        [json!({
            "at": START, "by": { "id": "mod", "name": "Mo", "moderator": true },
            "act": "clear", "person": "ann", "name": "Ann",
        })]
    );
    assert!(chat.is_connected("a").await, "a purge is no ban");
}

#[tokio::test]
async fn configured_moderators_may_moderate_claim_moderators() {
    let client = OidcClient { issuer: "https://id.example".parse().unwrap(), id: "chat".into(), moderator_claim: None };
    let chat = TestChat::with_access_policy(AccessPolicy::oidc(client, vec!["mod".parse().unwrap()])).await;
    let enter = async |socket: &str, who: &str| {
        let name = Some(who.parse().unwrap());
        let session = Session { id: who.parse().unwrap(), name, moderator: who.starts_with("claim"), device: None };
        chat.connect(socket, None, Some(&chat.sessions.ticket(&session)), None).await
    };
    for (socket, who) in [("m", "mod"), ("c", "claim"), ("d", "claim-too"), ("a", "ann")] {
        enter(socket, who).await.unwrap();
    }
    for action in [mute("claim-too", 60), ban("mod", 60), json!({ "action": "clear", "person": "claim-too" })] {
        assert_eq!(chat.error_for("c", action.clone()).await, code("notAllowed"), "{action}");
    }
    let send = json!({ "action": "send", "text": "x" });
    assert!(chat.is_accepted("c", mute("ann", 60)).await);
    assert!(chat.is_accepted("m", json!({ "action": "rules", "rules": { "readOnly": true } })).await);
    assert_eq!(chat.error_for("c", send.clone()).await, no_code(), "moderators are exempt from room rules");
    assert!(chat.is_accepted("m", mute("claim", 60)).await);
    assert_eq!(chat.error_for("c", send).await, (json!("muted"), json!(60)));

    assert!(chat.is_accepted("m", ban("claim", 60)).await);
    assert!(!chat.is_connected("c").await);
    assert_eq!(enter("c2", "claim").await.unwrap_err().status, 403);
    // A ban also works while the person is disconnected.
    chat.disconnect("d").await;
    assert!(chat.is_accepted("m", ban("claim-too", 60)).await);
    assert_eq!(enter("d2", "claim-too").await.unwrap_err().status, 403);
    chat.clock.advance(Duration::from_secs(60));
    enter("c3", "claim").await.unwrap();
}

#[tokio::test]
async fn a_muted_person_can_only_read_and_delete() {
    let chat = moderated_chat().await;
    chat.send_message("a", "hi", "n").await;
    chat.send("m", mute("ann", 60)).await;
    let restrictions = json!({ "type": "standing", "person": "ann", "standing": { "mutedUntil": START + 60_000 } });
    for socket in ["m", "a", "a2"] {
        assert_eq!(chat.received(socket).last(), Some(&restrictions), "{socket}");
    }
    chat.received("b");
    chat.clock.advance(Duration::from_millis(500));
    let frames = [
        json!({ "action": "send", "text": "x" }),
        json!({ "action": "edit", "seq": 1, "text": "y" }),
        json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true }),
        json!({ "action": "upload", "nonce": "u", "type": "image/png", "size": 9 }),
        json!({ "action": "rename", "name": "Eve" }),
    ];
    for frame in &frames {
        assert_eq!(chat.error_for("a", frame.clone()).await, (json!("muted"), json!(60)), "{frame}");
    }
    chat.send("a", json!({ "action": "typing" })).await;
    assert_eq!((chat.received("a"), chat.received("b")), (vec![], vec![]), "nobody is notified");
    for frame in [json!({ "action": "history", "before": 2 }), json!({ "action": "delete", "seq": 1 })] {
        assert!(chat.is_accepted("a", frame).await);
    }
    chat.clock.advance(Duration::from_millis(59_500));
    for frame in [&frames[0], &frames[4]] {
        assert_eq!(chat.error_for("a", frame.clone()).await, no_code(), "{frame}");
    }
}

#[tokio::test]
async fn a_mute_can_be_lifted_and_is_sent_on_hello() {
    let chat = moderated_chat().await;
    chat.send("m", mute("ann", 60)).await;
    chat.received("a");
    chat.send("a", json!({ "action": "hello" })).await;
    assert!(chat.received("a").iter().any(|frame| frame["standing"]["mutedUntil"] == START + 60_000));
    chat.send("m", mute("ann", 0)).await;
    assert_eq!(chat.received("a"), [json!({ "type": "standing", "person": "ann", "standing": {} })]);
    assert!(chat.is_accepted("a", json!({ "action": "send", "text": "x" })).await);
}
