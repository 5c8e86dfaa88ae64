//! Tests of moderators' deletions and of the audit entries.

use std::time::Duration;

use chat::ports::{messages::Messages, moderation::Moderation, system::Clock};
use chat_testing::test_chat::START;
use serde_json::{Value, json};
use shared_types::{AuditEntry, ModerationAction, Person, RoomName, RoomRules, Seq, limits};

use crate::moderation::{ban, moderated_chat, mute};

#[tokio::test]
async fn a_moderator_s_deletion_makes_one_audit_entry() {
    let chat = moderated_chat().await;
    chat.send_message("a", "a secret", "n").await;
    chat.received("b");
    let delete = json!({ "action": "delete", "seq": 1, "nonce": "d" });
    for _ in 0..2 {
        chat.send("m", delete.clone()).await;
        let received = chat.received("b").pop().unwrap();
        assert_eq!(
            (&received["deleted"], &received["text"], &received["author"]["id"]),
            (&json!(true), &Value::Null, &json!("ann"))
        );
    }
    let entries = chat.audit().await;
    let author = json!({ "id": "ann", "name": "Ann" });
    assert_eq!(
        (entries.len(), &entries[0]["act"], &entries[0]["author"]),
        (1, &json!("delete"), &author),
        "{entries:?}"
    );
    assert!(!entries[0].to_string().contains("secret"));
    chat.send_message("m", "mine", "m").await;
    chat.send("m", json!({ "action": "delete", "seq": 3 })).await;
    assert_eq!(chat.audit().await.len(), 1, "deleting an own message makes no entry");
    assert!(chat.messages.at(&RoomName::lobby(), Seq(3)).await.unwrap().unwrap().message.deleted);
}

#[tokio::test]
async fn audit_entries_name_actors_and_are_paged() {
    let chat = moderated_chat().await;
    chat.send("m", mute("ann", 60)).await;
    chat.clock.advance(Duration::from_millis(1));
    chat.send("m", ban("nobody", 0)).await;
    chat.received("m");
    chat.send("m", json!({ "action": "audit" })).await;
    let by = json!({ "id": "mod", "name": "Mo", "moderator": true });
    let muted =
        json!({ "at": START, "by": by, "act": "mute", "person": "ann", "name": "Ann", "until": START + 60_000 });
    let lifted = json!({ "at": START + 1, "by": by, "act": "ban", "person": "nobody" });
    assert_eq!(chat.received("m"), [json!({ "type": "audit", "entries": [lifted, muted], "more": false })]);
    chat.send("m", json!({ "action": "audit", "before": START + 1 })).await;
    assert_eq!(chat.received("m"), [json!({ "type": "audit", "entries": [muted], "more": false })]);
}

#[tokio::test]
async fn audit_entries_expire() {
    let chat = moderated_chat().await;
    let (moderation, clock) = (&chat.moderation, &chat.clock);
    let rules = |slow| AuditEntry {
        at: clock.now(),
        by: Person {
            id: "mod".parse().unwrap(),
            name: "Mo".parse().unwrap(),
            moderator: true,
            appearance: Default::default(),
        },
        action: ModerationAction::Rules {
            room: "lobby".parse().unwrap(),
            rules: RoomRules { slow, read_only: false, archived: false, member_pins: false, keep_days: None },
        },
    };
    let old = rules(1);
    moderation.record(&old).await.unwrap();
    clock.advance(limits::AUDIT_RETENTION);
    assert_eq!(moderation.audit(None, 9).await.unwrap(), [old]);
    clock.advance(Duration::from_secs(1));
    assert_eq!(moderation.audit(None, 9).await.unwrap(), []);
    moderation.record(&rules(2)).await.unwrap();
    assert_eq!(moderation.audit(None, 9).await.unwrap(), [rules(2)]);
}
