//! Tests of edits, deletions, reactions, replies and catching up on changes.

use std::time::Duration;

use chat::ports::messages::{ChangeRecord, Messages};
use chat_testing::world::World;
use serde_json::{Value, json};
use shared_types::{RoomName, Seq, limits};

/// Opens a room with a message of Ann that Bea has received.
async fn room() -> World {
    let world = World::new().await;
    world.join("ann", "Ann").await;
    world.join("bea", "Bea").await;
    world.post("ann", "hello", "n").await;
    world.told("ann");
    world.told("bea");
    world
}

async fn say(world: &World, socket: &str, frame: Value) -> Vec<Value> {
    world.say(socket, frame).await;
    world.told(socket)
}

fn assert_rejected(told: &[Value], code: &str) {
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((&told[0]["type"], &told[0]["code"]), (&json!("error"), &json!(code)), "{told:?}");
}

/// Returns the answer to `changes` after a revision.
async fn changes(world: &World, socket: &str, after: u64) -> Value {
    world.told(socket);
    say(world, socket, json!({ "action": "changes", "after": after })).await.remove(0)
}

#[tokio::test]
async fn an_edit_is_broadcast_and_keeps_its_seq() {
    let world = room().await;
    world.clock.advance(Duration::from_secs(60));
    world.say("ann", json!({ "action": "edit", "seq": 1, "text": "hello all", "nonce": "e" })).await;
    for socket in ["ann", "bea"] {
        let told = world.told(socket).remove(0);
        assert_eq!((&told["seq"], &told["rev"], &told["text"]), (&json!(1), &json!(2), &json!("hello all")));
        assert_eq!(told["editedAt"], json!(chat_testing::world::START + 60_000));
        assert_eq!(told["sentAt"], json!(chat_testing::world::START));
    }
}

#[tokio::test]
async fn another_person_s_message_cannot_be_changed() {
    let world = room().await;
    assert_rejected(&say(&world, "bea", json!({ "action": "edit", "seq": 1, "text": "mine" })).await, "notYours");
    assert_rejected(&say(&world, "bea", json!({ "action": "delete", "seq": 1 })).await, "notYours");
    let stored = world.messages.at(&RoomName::lobby(), Seq(1)).await.unwrap().unwrap().message;
    assert_eq!(stored.text.unwrap().as_str(), "hello");
    assert_eq!(stored.rev.0, 1);
}

#[tokio::test]
async fn a_missing_message_cannot_be_changed() {
    let world = room().await;
    for seq in [0, 2, u64::MAX] {
        assert_rejected(&say(&world, "ann", json!({ "action": "edit", "seq": seq, "text": "x" })).await, "noMessage");
        assert_rejected(&say(&world, "ann", json!({ "action": "delete", "seq": seq })).await, "noMessage");
        let react = json!({ "action": "react", "seq": seq, "emoji": "👍", "on": true });
        assert_rejected(&say(&world, "ann", react).await, "noMessage");
    }
    world.knock("cat", Some("cats"), None, None).await.unwrap();
    assert_rejected(&say(&world, "cat", json!({ "action": "delete", "seq": 1 })).await, "noMessage");
}

#[tokio::test]
async fn an_edit_needs_a_text() {
    let world = room().await;
    for edit in [json!({ "action": "edit", "seq": 1 }), json!({ "action": "edit", "seq": 1, "text": "  " })] {
        assert_rejected(&say(&world, "ann", edit).await, "badField");
    }
}

#[tokio::test]
async fn a_deletion_leaves_only_the_position() {
    let world = room().await;
    world.say("bea", json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true })).await;
    world.say("ann", json!({ "action": "delete", "seq": 1, "nonce": "d" })).await;
    let told = world.told("bea").pop().unwrap();
    let expected = json!({
        "type": "message", "seq": 1, "rev": 3, "author": told["author"], "nonce": "n", "sentAt": told["sentAt"], "deleted": true,
    });
    assert_eq!(told, expected);
    for rejected in [
        json!({ "action": "edit", "seq": 1, "text": "back" }),
        json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true }),
        json!({ "action": "send", "text": "re", "replyTo": 1 }),
    ] {
        world.told("ann");
        assert_rejected(&say(&world, "ann", rejected).await, "noMessage");
    }
}

#[tokio::test]
async fn a_retry_does_not_restore_a_deleted_message() {
    let world = room().await;
    world.say("ann", json!({ "action": "delete", "seq": 1 })).await;
    world.told("ann");
    world.post("ann", "hello", "n").await;
    let told = world.told("ann").remove(0);
    assert_eq!((&told["seq"], &told["deleted"], told.get("text")), (&json!(1), &json!(true), None));
}

#[tokio::test]
async fn a_late_retry_of_an_edit_does_not_undo_the_next_one() {
    let world = room().await;
    for (text, nonce) in [("one", "a"), ("two", "b"), ("one", "a")] {
        world.say("ann", json!({ "action": "edit", "seq": 1, "text": text, "nonce": nonce })).await;
    }
    assert_eq!(world.texts("bea"), ["one", "two", "two"]);
    let stored = world.messages.at(&RoomName::lobby(), Seq(1)).await.unwrap().unwrap();
    assert_eq!(stored.message.rev.0, 3, "the retry took no revision");
}

#[tokio::test]
async fn repeating_a_reaction_changes_nothing() {
    let world = room().await;
    let react = |emoji: &str, on: bool| json!({ "action": "react", "seq": 1, "emoji": emoji, "on": on });
    for frame in [react("👍", true), react("👍", true), react("🎉", true)] {
        world.say("bea", frame).await;
    }
    world.say("ann", react("👍", true)).await;
    let reactions = world.told("ann").pop().unwrap()["reactions"].clone();
    let names =
        |reaction: &Value| reaction["people"].as_array().unwrap().iter().map(|p| p["name"].clone()).collect::<Vec<_>>();
    assert_eq!((&reactions[0]["emoji"], names(&reactions[0])), (&json!("👍"), vec![json!("Bea"), json!("Ann")]));
    assert_eq!((&reactions[1]["emoji"], names(&reactions[1])), (&json!("🎉"), vec![json!("Bea")]));
    for frame in [react("👍", false), react("👍", false), react("🎉", false)] {
        world.say("bea", frame).await;
    }
    world.say("ann", react("👍", false)).await;
    assert_eq!(world.told("ann").pop().unwrap().get("reactions"), None);
}

#[tokio::test]
async fn a_reaction_must_be_an_emoji() {
    let world = room().await;
    for bad in ["", "hello", "<b>", "👍 👍", "\u{202e}"] {
        let react = json!({ "action": "react", "seq": 1, "emoji": bad, "on": true });
        assert_rejected(&say(&world, "bea", react).await, "badField");
    }
}

#[tokio::test]
async fn reactions_have_a_limit() {
    let world = room().await;
    for number in 0..limits::REACTIONS {
        let emoji = char::from_u32(0x1f400 + number as u32).unwrap().to_string();
        world.say("bea", json!({ "action": "react", "seq": 1, "emoji": emoji, "on": true })).await;
    }
    world.told("ann");
    let one_more = json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true, "nonce": "r" });
    assert_rejected(&say(&world, "ann", one_more).await, "tooMany");
}

#[tokio::test]
async fn a_reply_names_the_author_but_not_the_text() {
    let world = room().await;
    world.say("bea", json!({ "action": "send", "text": "hi", "replyTo": 1 })).await;
    let told = world.told("ann").pop().unwrap();
    assert_eq!((&told["replyTo"]["seq"], &told["replyTo"]["author"]["name"]), (&json!(1), &json!("Ann")));
    assert!(!told.to_string().contains("hello"));
    world.told("bea");
    let missing = json!({ "action": "send", "text": "hi", "replyTo": 9, "nonce": "x" });
    assert_rejected(&say(&world, "bea", missing).await, "noMessage");
}

#[tokio::test]
async fn changes_include_edits_deletions_and_reactions() {
    let world = room().await;
    world.post("ann", "second", "m").await;
    world.say("ann", json!({ "action": "edit", "seq": 1, "text": "better" })).await;
    world.say("bea", json!({ "action": "react", "seq": 2, "emoji": "👍", "on": true })).await;
    world.say("ann", json!({ "action": "edit", "seq": 1, "text": "best" })).await;
    world.post("bea", "third", "o").await;
    world.say("bea", json!({ "action": "delete", "seq": 6 })).await;
    let told = changes(&world, "bea", 2).await;
    let seen: Vec<_> =
        told["messages"].as_array().unwrap().iter().map(|m| (m["seq"].clone(), m["rev"].clone())).collect();
    assert_eq!(
        seen,
        [(json!(2), json!(4)), (json!(1), json!(5)), (json!(6), json!(7))],
        "each message once, in its current state"
    );
    assert_eq!((&told["upTo"], &told["truncated"]), (&json!(7), &json!(false)));
    assert_eq!(changes(&world, "bea", 7).await["messages"], json!([]));
}

#[tokio::test]
async fn changes_stop_before_an_unfinished_change() {
    let world = room().await;
    let lobby = RoomName::lobby();
    let rev = world.messages.next_rev(&lobby).await.unwrap();
    let at = shared_types::Timestamp(chat_testing::world::START);
    world.messages.record_change(&lobby, ChangeRecord { rev, at, seq: Some(Seq(1)) }).await.unwrap();
    world.post("bea", "next", "m").await;
    assert_eq!(changes(&world, "bea", 1).await["upTo"], json!(1));
    world.say("ann", json!({ "action": "edit", "seq": 1, "text": "made by another attempt" })).await;
    assert_eq!(changes(&world, "bea", 1).await["upTo"], json!(4));
}

#[tokio::test]
async fn a_retry_leaves_no_gap() {
    let world = room().await;
    world.post("ann", "hello", "n").await;
    world.post("ann", "next", "m").await;
    let told = changes(&world, "bea", 1).await;
    assert_eq!((&told["messages"][0]["seq"], &told["upTo"]), (&json!(3), &json!(3)), "the retry took 2");
}

#[tokio::test]
async fn after_many_changes_a_new_client_is_complete() {
    let world = World::with_limits(100, 5).await;
    world.join("ann", "Ann").await;
    for number in 1..=8 {
        world.post("ann", &format!("message {number}"), &format!("n{number}")).await;
    }
    for (number, seq) in [1, 8, 2, 7, 8, 6, 5, 4, 8, 7, 3, 8].into_iter().enumerate() {
        world.say("ann", json!({ "action": "edit", "seq": seq, "text": format!("edit {number}") })).await;
    }
    world.join("bea", "Bea").await;
    world.told("bea");
    let told = say(&world, "bea", json!({ "action": "hello" })).await;
    assert_eq!((&told[1]["type"], &told[1]["upTo"]), (&json!("page"), &json!(20)));
    assert_eq!(told[1]["messages"].as_array().unwrap().len(), 5);
    let late = changes(&world, "bea", 3).await;
    assert_eq!((&late["truncated"], &late["upTo"]), (&json!(true), &json!(20)), "more than five messages");
    let less = changes(&world, "bea", 16).await;
    assert_eq!((&less["truncated"], &less["upTo"]), (&json!(false), &json!(20)), "many changes of few messages");
    assert_eq!(changes(&world, "bea", 20).await["messages"], json!([]));
}

#[tokio::test]
async fn deleting_a_message_removes_its_image() {
    let world = room().await;
    let bytes = [b"GIF89a\x03\x00\x02\x00\x00\x00\x00,\0\0\0\0\x03\0\x02\0\0".as_slice()].concat();
    let image = json!({ "type": "image/gif", "size": bytes.len(), "width": 3, "height": 2 });
    world.upload("ann", "i", &image, &bytes).await;
    world.say("ann", json!({ "action": "send", "nonce": "i", "image": image })).await;
    assert!(world.has_image("ann", "i").await);
    world.say("ann", json!({ "action": "delete", "seq": 2 })).await;
    assert!(!world.has_image("ann", "i").await);
}

#[tokio::test]
async fn a_page_stops_before_a_gap_despite_many_changes() {
    let world = World::with_limits(100, 5).await;
    world.join("ann", "Ann").await;
    world.post("ann", "one", "n1").await;
    // A send is still in flight.
    world.messages.next_rev(&RoomName::lobby()).await.unwrap();
    world.post("ann", "two", "n2").await;
    for number in 0..60 {
        world.say("ann", json!({ "action": "edit", "seq": 3, "text": format!("edit {number}") })).await;
    }
    world.told("ann");
    let told = say(&world, "ann", json!({ "action": "hello" })).await;
    assert_eq!(told[1]["upTo"], json!(1));
    world.clock.advance(chat::messages::deadlines::GAP_LIFE + Duration::from_secs(1));
    assert_eq!(say(&world, "ann", json!({ "action": "hello" })).await[1]["upTo"], json!(63), "the gap is passed");
}
