//! Tests of edits, deletions, reactions, replies and catching up on changes.

use std::time::Duration;

use chat::ports::messages::{ChangeRecord, Messages};
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{RoomName, Seq, limits};

/// Opens a room with a message of Ann that Bea has received.
async fn room() -> TestChat {
    let chat = TestChat::new().await;
    chat.connect_to_lobby("ann", "Ann").await;
    chat.connect_to_lobby("bea", "Bea").await;
    chat.send_message("ann", "hello", "n").await;
    chat.received("ann");
    chat.received("bea");
    chat
}

/// Sends a frame and returns the frames that the socket has received.
async fn exchange(chat: &TestChat, socket: &str, frame: Value) -> Vec<Value> {
    chat.send(socket, frame).await;
    chat.received(socket)
}

fn assert_rejected(received: &[Value], code: &str) {
    assert_eq!(received.len(), 1, "{received:?}");
    assert_eq!((&received[0]["type"], &received[0]["code"]), (&json!("error"), &json!(code)), "{received:?}");
}

/// Returns the answer to `changes` after a revision.
async fn changes(chat: &TestChat, socket: &str, after: u64) -> Value {
    chat.received(socket);
    exchange(chat, socket, json!({ "action": "changes", "after": after })).await.remove(0)
}

#[tokio::test]
async fn an_edit_is_broadcast_and_keeps_its_seq() {
    let chat = room().await;
    chat.clock.advance(Duration::from_secs(60));
    chat.send("ann", json!({ "action": "edit", "seq": 1, "text": "hello all", "nonce": "e" })).await;
    for socket in ["ann", "bea"] {
        let received = chat.received(socket).remove(0);
        assert_eq!(
            (&received["seq"], &received["rev"], &received["text"]),
            (&json!(1), &json!(2), &json!("hello all"))
        );
        assert_eq!(received["editedAt"], json!(chat_testing::test_chat::START + 60_000));
        assert_eq!(received["sentAt"], json!(chat_testing::test_chat::START));
    }
}

#[tokio::test]
async fn another_person_s_message_cannot_be_changed() {
    let chat = room().await;
    assert_rejected(&exchange(&chat, "bea", json!({ "action": "edit", "seq": 1, "text": "mine" })).await, "notYours");
    assert_rejected(&exchange(&chat, "bea", json!({ "action": "delete", "seq": 1 })).await, "notYours");
    let stored = chat.messages.at(&RoomName::lobby(), Seq(1)).await.unwrap().unwrap().message;
    assert_eq!(stored.text.unwrap().as_str(), "hello");
    assert_eq!(stored.rev.0, 1);
}

#[tokio::test]
async fn a_missing_message_cannot_be_changed() {
    let chat = room().await;
    for seq in [0, 2, u64::MAX] {
        assert_rejected(
            &exchange(&chat, "ann", json!({ "action": "edit", "seq": seq, "text": "x" })).await,
            "noMessage",
        );
        assert_rejected(&exchange(&chat, "ann", json!({ "action": "delete", "seq": seq })).await, "noMessage");
        let react = json!({ "action": "react", "seq": seq, "emoji": "👍", "on": true });
        assert_rejected(&exchange(&chat, "ann", react).await, "noMessage");
    }
    chat.connect("cat", Some("cats"), None, None).await.unwrap();
    assert_rejected(&exchange(&chat, "cat", json!({ "action": "delete", "seq": 1 })).await, "noMessage");
}

#[tokio::test]
async fn an_edit_needs_a_text() {
    let chat = room().await;
    for edit in [json!({ "action": "edit", "seq": 1 }), json!({ "action": "edit", "seq": 1, "text": "  " })] {
        assert_rejected(&exchange(&chat, "ann", edit).await, "badField");
    }
}

#[tokio::test]
async fn a_deletion_leaves_only_the_position() {
    let chat = room().await;
    chat.send("bea", json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true })).await;
    chat.send("ann", json!({ "action": "delete", "seq": 1, "nonce": "d" })).await;
    let received = chat.received("bea").pop().unwrap();
    let expected = json!({
        "room": "lobby", "type": "message", "seq": 1, "rev": 3, "author": received["author"], "nonce": "n",
        "sentAt": received["sentAt"], "deleted": true,
    });
    assert_eq!(received, expected);
    for rejected in [
        json!({ "action": "edit", "seq": 1, "text": "back" }),
        json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true }),
    ] {
        chat.received("ann");
        assert_rejected(&exchange(&chat, "ann", rejected).await, "noMessage");
    }
}

#[tokio::test]
async fn a_retry_does_not_restore_a_deleted_message() {
    let chat = room().await;
    chat.send("ann", json!({ "action": "delete", "seq": 1 })).await;
    chat.received("ann");
    chat.send_message("ann", "hello", "n").await;
    let received = chat.received("ann").remove(0);
    assert_eq!((&received["seq"], &received["deleted"], received.get("text")), (&json!(1), &json!(true), None));
}

#[tokio::test]
async fn a_late_retry_of_an_edit_does_not_undo_the_next_one() {
    let chat = room().await;
    for (text, nonce) in [("one", "a"), ("two", "b"), ("one", "a")] {
        chat.send("ann", json!({ "action": "edit", "seq": 1, "text": text, "nonce": nonce })).await;
    }
    assert_eq!(chat.received_texts("bea"), ["one", "two", "two"]);
    let stored = chat.messages.at(&RoomName::lobby(), Seq(1)).await.unwrap().unwrap();
    assert_eq!(stored.message.rev.0, 3, "the retry took no revision");
}

#[tokio::test]
async fn repeating_a_reaction_changes_nothing() {
    let chat = room().await;
    let react = |emoji: &str, on: bool| json!({ "action": "react", "seq": 1, "emoji": emoji, "on": on });
    for frame in [react("👍", true), react("👍", true), react("🎉", true)] {
        chat.send("bea", frame).await;
    }
    chat.send("ann", react("👍", true)).await;
    let reactions = chat.received("ann").pop().unwrap()["reactions"].clone();
    let names =
        |reaction: &Value| reaction["people"].as_array().unwrap().iter().map(|p| p["name"].clone()).collect::<Vec<_>>();
    assert_eq!((&reactions[0]["emoji"], names(&reactions[0])), (&json!("👍"), vec![json!("Bea"), json!("Ann")]));
    assert_eq!((&reactions[1]["emoji"], names(&reactions[1])), (&json!("🎉"), vec![json!("Bea")]));
    for frame in [react("👍", false), react("👍", false), react("🎉", false)] {
        chat.send("bea", frame).await;
    }
    chat.send("ann", react("👍", false)).await;
    assert_eq!(chat.received("ann").pop().unwrap().get("reactions"), None);
}

#[tokio::test]
async fn a_reaction_must_be_an_emoji() {
    let chat = room().await;
    for bad in ["", "hello", "<b>", "👍 👍", "\u{202e}"] {
        let react = json!({ "action": "react", "seq": 1, "emoji": bad, "on": true });
        assert_rejected(&exchange(&chat, "bea", react).await, "badField");
    }
}

#[tokio::test]
async fn reactions_have_a_limit() {
    let chat = room().await;
    for number in 0..limits::REACTIONS {
        let emoji = char::from_u32(0x1f400 + number as u32).unwrap().to_string();
        chat.send("bea", json!({ "action": "react", "seq": 1, "emoji": emoji, "on": true })).await;
    }
    chat.received("ann");
    let one_more = json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true, "nonce": "r" });
    assert_rejected(&exchange(&chat, "ann", one_more).await, "tooMany");
}

#[tokio::test]
async fn a_reply_names_the_author_but_not_the_text() {
    let chat = room().await;
    chat.send("bea", json!({ "action": "send", "text": "hi", "replyTo": 1 })).await;
    let received = chat.received("ann").pop().unwrap();
    assert_eq!((&received["replyTo"]["seq"], &received["replyTo"]["author"]["name"]), (&json!(1), &json!("Ann")));
    assert!(!received.to_string().contains("hello"));
}

#[tokio::test]
async fn a_reply_to_a_deleted_or_unknown_message_has_no_reference() {
    let chat = room().await;
    chat.send("ann", json!({ "action": "delete", "seq": 1 })).await;
    for (seq, nonce) in [(1, "a"), (9, "b"), (u64::MAX, "c")] {
        chat.received("ann");
        chat.send("bea", json!({ "action": "send", "text": "as I said", "replyTo": seq, "nonce": nonce })).await;
        let received = chat.received("ann").pop().unwrap();
        assert_eq!((&received["text"], received.get("replyTo")), (&json!("as I said"), None), "{seq}");
    }
}

#[tokio::test]
async fn a_retry_of_a_reply_returns_the_stored_one_after_a_deletion() {
    let chat = room().await;
    let reply = json!({ "action": "send", "text": "hi", "replyTo": 1, "nonce": "r" });
    chat.send("bea", reply.clone()).await;
    let stored = chat.received("bea").pop().unwrap();
    chat.send("ann", json!({ "action": "delete", "seq": 1 })).await;
    chat.received("bea");
    assert_eq!(exchange(&chat, "bea", reply).await, [stored]);
}

#[tokio::test]
async fn an_edit_never_undoes_a_newer_one() {
    let chat = room().await;
    let edit = |text: &str, based_on: u64, nonce: &str| json!({ "action": "edit", "seq": 1, "text": text, "basedOn": based_on, "nonce": nonce });
    // From the other window: at revision 2. Then the reaction of somebody else takes revision 3.
    chat.send("ann", edit("newer", 1, "b")).await;
    chat.send("bea", json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true })).await;
    for minutes in [0, 20, 24 * 60] {
        chat.clock.advance(Duration::from_secs(minutes * 60));
        chat.received("ann");
        assert_rejected(&exchange(&chat, "ann", edit("older", 1, "a")).await, "outdated");
        assert_eq!(exchange(&chat, "ann", edit("newer", 1, "b")).await[0]["text"], "newer", "its own retry");
    }
    assert_eq!(chat.stored_message("lobby", 1).await["rev"], 3);
    // Based on the newest edit, whatever else has changed since.
    assert_eq!(exchange(&chat, "ann", edit("newest", 2, "c")).await[0]["text"], "newest");
    let without = json!({ "action": "edit", "seq": 1, "text": "by an older client" });
    assert_eq!(exchange(&chat, "ann", without).await[0]["text"], "by an older client");
}

#[tokio::test]
async fn the_newest_edit_is_remembered_among_many_changes() {
    let chat = room().await;
    chat.send("ann", json!({ "action": "edit", "seq": 1, "text": "newer", "basedOn": 1, "nonce": "b" })).await;
    for number in 0..250 {
        chat.send("bea", json!({ "action": "react", "seq": 1, "emoji": "👍", "on": number % 2 == 0 })).await;
    }
    chat.received("ann");
    let older = json!({ "action": "edit", "seq": 1, "text": "older", "basedOn": 1, "nonce": "a" });
    assert_rejected(&exchange(&chat, "ann", older).await, "outdated");
    assert!(chat.stored_message("lobby", 1).await["applied"].as_array().unwrap().len() <= 201);
}

#[tokio::test]
async fn changes_include_edits_deletions_and_reactions() {
    let chat = room().await;
    chat.send_message("ann", "second", "m").await;
    chat.send("ann", json!({ "action": "edit", "seq": 1, "text": "better" })).await;
    chat.send("bea", json!({ "action": "react", "seq": 2, "emoji": "👍", "on": true })).await;
    chat.send("ann", json!({ "action": "edit", "seq": 1, "text": "best" })).await;
    chat.send_message("bea", "third", "o").await;
    chat.send("bea", json!({ "action": "delete", "seq": 6 })).await;
    let received = changes(&chat, "bea", 2).await;
    let seen: Vec<_> =
        received["messages"].as_array().unwrap().iter().map(|m| (m["seq"].clone(), m["rev"].clone())).collect();
    assert_eq!(
        seen,
        [(json!(2), json!(4)), (json!(1), json!(5)), (json!(6), json!(7))],
        "each message once, in its current state"
    );
    assert_eq!((&received["upTo"], &received["truncated"]), (&json!(7), &json!(false)));
    assert_eq!(changes(&chat, "bea", 7).await["messages"], json!([]));
}

#[tokio::test]
async fn changes_stop_before_an_unfinished_change() {
    let chat = room().await;
    let lobby = RoomName::lobby();
    let rev = chat.messages.next_rev(&lobby).await.unwrap();
    let at = shared_types::Timestamp(chat_testing::test_chat::START);
    chat.messages.record_change(&lobby, ChangeRecord { rev, at, seq: Some(Seq(1)) }).await.unwrap();
    chat.send_message("bea", "next", "m").await;
    assert_eq!(changes(&chat, "bea", 1).await["upTo"], json!(1));
    chat.send("ann", json!({ "action": "edit", "seq": 1, "text": "made by another attempt" })).await;
    assert_eq!(changes(&chat, "bea", 1).await["upTo"], json!(4));
}

#[tokio::test]
async fn a_retry_leaves_no_gap() {
    let chat = room().await;
    chat.send_message("ann", "hello", "n").await;
    chat.send_message("ann", "next", "m").await;
    let received = changes(&chat, "bea", 1).await;
    assert_eq!((&received["messages"][0]["seq"], &received["upTo"]), (&json!(3), &json!(3)), "the retry reserved 2");
}

#[tokio::test]
async fn after_many_changes_a_new_client_is_complete() {
    let chat = TestChat::with_limits(100, 5).await;
    chat.connect_to_lobby("ann", "Ann").await;
    for number in 1..=8 {
        chat.send_message("ann", &format!("message {number}"), &format!("n{number}")).await;
    }
    for (number, seq) in [1, 8, 2, 7, 8, 6, 5, 4, 8, 7, 3, 8].into_iter().enumerate() {
        chat.send("ann", json!({ "action": "edit", "seq": seq, "text": format!("edit {number}") })).await;
    }
    chat.connect_to_lobby("bea", "Bea").await;
    chat.received("bea");
    let received = exchange(&chat, "bea", json!({ "action": "hello" })).await;
    assert_eq!((&received[1]["type"], &received[1]["upTo"]), (&json!("page"), &json!(20)));
    assert_eq!(received[1]["messages"].as_array().unwrap().len(), 5);
    let late = changes(&chat, "bea", 3).await;
    assert_eq!((&late["truncated"], &late["upTo"]), (&json!(true), &json!(20)), "more than five messages");
    let less = changes(&chat, "bea", 16).await;
    assert_eq!((&less["truncated"], &less["upTo"]), (&json!(false), &json!(20)), "many changes of few messages");
    assert_eq!(changes(&chat, "bea", 20).await["messages"], json!([]));
}

#[tokio::test]
async fn deleting_a_message_removes_its_image() {
    let chat = room().await;
    let bytes = [b"GIF89a\x03\x00\x02\x00\x00\x00\x00,\0\0\0\0\x03\0\x02\0\0".as_slice()].concat();
    let image = json!({ "type": "image/gif", "size": bytes.len(), "width": 3, "height": 2 });
    chat.upload("ann", "i", &image, &bytes).await;
    chat.send("ann", json!({ "action": "send", "nonce": "i", "image": image })).await;
    assert!(chat.has_image("ann", "i").await);
    chat.send("ann", json!({ "action": "delete", "seq": 2 })).await;
    assert!(!chat.has_image("ann", "i").await);
}

#[tokio::test]
async fn a_page_stops_before_a_gap_despite_many_changes() {
    let chat = TestChat::with_limits(100, 5).await;
    chat.connect_to_lobby("ann", "Ann").await;
    chat.send_message("ann", "one", "n1").await;
    // A send is still in flight.
    chat.messages.next_rev(&RoomName::lobby()).await.unwrap();
    chat.send_message("ann", "two", "n2").await;
    for number in 0..60 {
        chat.send("ann", json!({ "action": "edit", "seq": 3, "text": format!("edit {number}") })).await;
    }
    chat.received("ann");
    let received = exchange(&chat, "ann", json!({ "action": "hello" })).await;
    assert_eq!(received[1]["upTo"], json!(1));
    chat.clock.advance(chat::messages::deadlines::GAP_LIFE + Duration::from_secs(1));
    assert_eq!(exchange(&chat, "ann", json!({ "action": "hello" })).await[1]["upTo"], json!(63), "the gap is passed");
}
