//! Tests of reactions: what is one emoji, and changes that are not needed.

use std::time::Duration;

use chat::ports::messages::{Messages, StoredMessage};
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{RoomName, Seq};

/// Opens a room with a message of Ann that Bea has received.
async fn room() -> TestChat {
    let chat = TestChat::new().await;
    for (socket, name) in [("ann", "Ann"), ("bea", "Bea")] {
        chat.connect_to_lobby(socket, name).await;
    }
    chat.send_message("ann", "hello", "n").await;
    chat.received("ann");
    chat.received("bea");
    chat
}

fn react(emoji: &str, on: bool) -> Value {
    json!({ "action": "react", "seq": 1, "emoji": emoji, "on": on })
}

/// Returns the emoji of the stored message, each with the number of people.
async fn reactions(chat: &TestChat) -> Vec<(String, usize)> {
    let stored = chat.stored_message("lobby", 1).await;
    let reactions = stored["reactions"].as_array().cloned().unwrap_or_default();
    let entry = |reaction: &Value| {
        (reaction["emoji"].as_str().unwrap().to_owned(), reaction["people"].as_array().unwrap().len())
    };
    reactions.iter().map(entry).collect()
}

#[tokio::test]
async fn a_reaction_is_exactly_one_emoji() {
    let chat = room().await;
    for bad in ["\u{2067}", "\u{206e}", "ℋℯℓℓℴ", "🇯🇵🇺🇸", "▇", "👍👎", "🏽", "👍\u{200d}", "→"]
    {
        assert_eq!(chat.error_for("bea", react(bad, true)).await.0, json!("badField"), "{}", bad.escape_unicode());
    }
    assert_eq!(reactions(&chat).await, []);
    for good in ["👍🏽", "🇯🇵", "1\u{fe0f}\u{20e3}", "👨\u{200d}👩\u{200d}👧\u{200d}👦"] {
        assert!(chat.is_accepted("bea", react(good, true)).await, "{good}");
    }
    assert_eq!(reactions(&chat).await.len(), 4);
}

#[tokio::test]
async fn forms_of_one_emoji_are_one_reaction() {
    let chat = room().await;
    chat.send("ann", react("❤", true)).await;
    chat.send("bea", react("❤\u{fe0f}", true)).await;
    assert_eq!(reactions(&chat).await, [("❤\u{fe0f}".into(), 2)]);
    chat.send("bea", react("❤", false)).await;
    assert_eq!(reactions(&chat).await, [("❤\u{fe0f}".into(), 1)]);
}

/// Stores the message with reactions of Ann that an older server accepted.
async fn store_old_reactions(chat: &TestChat, emoji: &[&str]) {
    let lobby = RoomName::lobby();
    let StoredMessage { mut message, applied } = chat.messages.at(&lobby, Seq(1)).await.unwrap().unwrap();
    let person = message.author.clone();
    let reaction =
        |emoji: &&str| shared_types::Reaction { emoji: emoji.parse().unwrap(), people: vec![person.clone()] };
    message.reactions = emoji.iter().map(reaction).collect();
    let seen = message.rev;
    assert!(chat.messages.replace(&lobby, seen, &StoredMessage { message, applied }).await.unwrap());
}

#[tokio::test]
async fn stored_reactions_of_an_older_server_stay_usable() {
    let chat = room().await;
    store_old_reactions(&chat, &["❤", "▇", "❤\u{fe0f}"]).await;
    chat.send("ann", json!({ "action": "history", "around": 1 })).await;
    let page = chat.received("ann").pop().unwrap();
    let shown: Vec<_> =
        page["messages"][0]["reactions"].as_array().unwrap().iter().map(|shown| shown["emoji"].clone()).collect();
    assert_eq!(shown, ["❤\u{fe0f}", "▇"]);
    assert!(chat.is_accepted("ann", react("▇", false)).await, "it can be removed");
    assert!(!chat.is_accepted("ann", react("▇", true)).await);
    assert_eq!(reactions(&chat).await, [("❤\u{fe0f}".into(), 1)]);
}

#[tokio::test]
async fn a_new_reaction_completes_the_stored_form() {
    let chat = room().await;
    store_old_reactions(&chat, &["❤"]).await;
    chat.send("bea", react("❤", true)).await;
    assert_eq!(reactions(&chat).await, [("❤\u{fe0f}".into(), 2)]);
}

/// Returns a reaction of a client that saw the message at a revision.
fn seen_react(on: bool, based_on: u64, nonce: &str) -> Value {
    json!({ "action": "react", "seq": 1, "emoji": "👍", "on": on, "basedOn": based_on, "nonce": nonce })
}

#[tokio::test]
async fn a_late_attempt_of_a_repeated_reaction_does_not_undo_a_newer_one() {
    let chat = room().await;
    // `a` changes nothing and is not stored.
    for frame in [seen_react(false, 1, "a"), seen_react(true, 1, "b")] {
        chat.send("bea", frame).await;
    }
    assert_eq!(chat.error_for("bea", seen_react(false, 1, "a")).await.0, json!("outdated"));
    assert_eq!(reactions(&chat).await, [("👍".into(), 1)]);
}

#[tokio::test]
async fn a_reaction_that_was_never_applied_does_not_undo_a_newer_one() {
    let chat = room().await;
    // `a` waits in a network. Another window adds the reaction, so the page takes `a` for done, and then takes it back.
    chat.send("bea", seen_react(true, 1, "other")).await;
    chat.send("bea", seen_react(false, 2, "b")).await;
    assert_eq!(reactions(&chat).await, []);
    assert_eq!(chat.error_for("bea", seen_react(true, 1, "a")).await.0, json!("outdated"));
    // Other people and other emoji do not matter.
    chat.send("ann", seen_react(true, 1, "a")).await;
    chat.send("bea", json!({ "action": "react", "seq": 1, "emoji": "🎉", "on": true, "basedOn": 1, "nonce": "c" }))
        .await;
    assert_eq!(reactions(&chat).await, [("👍".into(), 1), ("🎉".into(), 1)]);
    // A client that sends no `basedOn` has the last word, as before.
    chat.send("bea", react("👍", true)).await;
    assert_eq!(reactions(&chat).await, [("👍".into(), 2), ("🎉".into(), 1)]);
}

#[tokio::test]
async fn a_late_reaction_is_refused_after_any_time() {
    let chat = room().await;
    chat.send("bea", seen_react(true, 1, "b")).await;
    for minutes in [20, 24 * 60] {
        chat.clock.advance(Duration::from_secs(minutes * 60));
        // A change by somebody else ends the records that are no longer needed.
        chat.send("ann", react("🎉", minutes == 20)).await;
        assert_eq!(chat.error_for("bea", seen_react(false, 1, "a")).await.0, json!("outdated"));
    }
    assert_eq!(reactions(&chat).await, [("👍".into(), 1)]);
}

#[tokio::test]
async fn a_late_reaction_is_refused_after_many_changes() {
    let chat = room().await;
    chat.send("bea", seen_react(true, 1, "b")).await;
    for number in 0..250 {
        chat.send("ann", react("🎉", number % 2 == 0)).await;
    }
    assert_eq!(chat.error_for("bea", seen_react(false, 1, "a")).await.0, json!("outdated"));
    assert_eq!(chat.stored_message("lobby", 1).await["applied"].as_array().unwrap().len(), 200);
}

#[tokio::test]
async fn a_retry_of_a_change_that_another_one_followed_is_told_so() {
    let chat = room().await;
    chat.send("bea", seen_react(true, 1, "a")).await;
    chat.send("bea", seen_react(false, 2, "b")).await;
    assert_eq!(chat.error_for("bea", seen_react(true, 1, "a")).await.0, json!("outdated"));
    let edit = |text: &str, based_on: u64, nonce: &str| json!({ "action": "edit", "seq": 1, "text": text, "basedOn": based_on, "nonce": nonce });
    chat.send("ann", edit("one", 3, "c")).await;
    chat.send("ann", edit("two", 4, "d")).await;
    assert_eq!(chat.error_for("ann", edit("one", 3, "c")).await.0, json!("outdated"));
    assert_eq!(chat.stored_message("lobby", 1).await["rev"], 5, "no retry took a revision");
}

#[tokio::test]
async fn an_unneeded_change_is_only_acknowledged() {
    let chat = room().await;
    let delete = json!({ "action": "delete", "seq": 1 });
    for (change, repeated) in [
        (react("❤\u{fe0f}", true), react("❤", true)),
        (react("❤", false), react("❤\u{fe0f}", false)),
        (delete.clone(), delete),
    ] {
        chat.send("ann", change).await;
        let changed = chat.received("ann").pop().unwrap();
        let stored = chat.stored_message("lobby", 1).await;
        chat.received("bea");
        let mut repeated = repeated;
        repeated["basedOn"] = changed["rev"].clone();
        for _ in 0..3 {
            chat.send("ann", repeated.clone()).await;
        }
        assert_eq!(chat.received("ann"), [changed.clone(), changed.clone(), changed], "each is answered");
        assert_eq!(chat.received("bea"), [Value::Null; 0], "the others know it");
        assert_eq!(chat.stored_message("lobby", 1).await, stored);
    }
    chat.send_message("ann", "next", "m").await;
    assert_eq!(chat.received("bea")[0]["seq"], 5, "three changes took a revision");
}

#[tokio::test]
async fn a_late_attempt_of_a_client_without_based_on_undoes_nothing() {
    let chat = room().await;
    let react = |on: bool, nonce: &str| json!({ "action": "react", "seq": 1, "emoji": "👍", "on": on, "nonce": nonce });
    for (on, nonce) in [(true, "first"), (true, "repeated"), (false, "newer"), (true, "repeated")] {
        chat.send("bea", react(on, nonce)).await;
    }
    assert_eq!(chat.stored_message("lobby", 1).await.get("reactions"), None, "the repeated one was remembered");
}
