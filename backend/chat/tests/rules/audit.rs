//! Tests of moderators' deletions and of the audit entries.

use std::time::Duration;

use chat::ports::{messages::Messages, moderation::Moderation, system::Clock};
use chat_testing::world::START;
use serde_json::{Value, json};
use shared_types::{AuditEntry, ModerationAction, Person, RoomName, RoomRules, Seq, limits};

use crate::moderation::{ban, moderated_chat, mute};

#[tokio::test]
async fn a_moderator_s_deletion_makes_one_audit_entry() {
    let world = moderated_chat().await;
    world.post("a", "a secret", "n").await;
    world.told("b");
    let delete = json!({ "action": "delete", "seq": 1, "nonce": "d" });
    for _ in 0..2 {
        world.say("m", delete.clone()).await;
        let told = world.told("b").pop().unwrap();
        assert_eq!(
            (&told["deleted"], &told["text"], &told["author"]["id"]),
            (&json!(true), &Value::Null, &json!("ann"))
        );
    }
    let entries = world.audit().await;
    let author = json!({ "id": "ann", "name": "Ann" });
    assert_eq!(
        (entries.len(), &entries[0]["act"], &entries[0]["author"]),
        (1, &json!("delete"), &author),
        "{entries:?}"
    );
    assert!(!entries[0].to_string().contains("secret"));
    world.post("m", "mine", "m").await;
    world.say("m", json!({ "action": "delete", "seq": 3 })).await;
    assert_eq!(world.audit().await.len(), 1, "deleting an own message makes no entry");
    assert!(world.messages.at(&RoomName::lobby(), Seq(3)).await.unwrap().unwrap().message.deleted);
}

#[tokio::test]
async fn audit_entries_name_actors_and_are_paged() {
    let world = moderated_chat().await;
    world.say("m", mute("ann", 60)).await;
    world.clock.advance(Duration::from_millis(1));
    world.say("m", ban("nobody", 0)).await;
    world.told("m");
    world.say("m", json!({ "action": "audit" })).await;
    let by = json!({ "id": "mod", "name": "Mo", "moderator": true });
    let muted =
        json!({ "at": START, "by": by, "act": "mute", "person": "ann", "name": "Ann", "until": START + 60_000 });
    let lifted = json!({ "at": START + 1, "by": by, "act": "ban", "person": "nobody" });
    assert_eq!(world.told("m"), [json!({ "type": "audit", "entries": [lifted, muted], "more": false })]);
    world.say("m", json!({ "action": "audit", "before": START + 1 })).await;
    assert_eq!(world.told("m"), [json!({ "type": "audit", "entries": [muted], "more": false })]);
}

#[tokio::test]
async fn audit_entries_expire() {
    let world = moderated_chat().await;
    let (moderation, clock) = (&world.moderation, &world.clock);
    let rules = |slow| AuditEntry {
        at: clock.now(),
        by: Person { id: "mod".parse().unwrap(), name: "Mo".parse().unwrap(), moderator: true },
        action: ModerationAction::Rules { room: "lobby".parse().unwrap(), rules: RoomRules { slow, read_only: false } },
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
