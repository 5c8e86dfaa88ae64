//! Tests of polls: their options, votes and end.

use chat::ports::messages::{Messages, StoredMessage};
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{RoomName, Seq, limits};

use super::moderation::{code, moderated_chat, mute};

fn poll(options: &[&str]) -> Value {
    json!({ "action": "send", "text": "When?", "nonce": "p", "poll": { "options": options } })
}

fn vote(option: u64, on: bool) -> Value {
    json!({ "action": "vote", "seq": 1, "option": option, "on": on })
}

fn seen_vote(option: u64, on: bool, based_on: u64, nonce: &str) -> Value {
    json!({ "action": "vote", "seq": 1, "option": option, "on": on, "basedOn": based_on, "nonce": nonce })
}

fn close() -> Value {
    json!({ "action": "closePoll", "seq": 1 })
}

fn done() -> (Value, Value) {
    (Value::Null, Value::Null)
}

/// Opens the moderated chat with a poll of Ann with three options.
async fn chat_with_poll(several: bool) -> TestChat {
    let chat = moderated_chat().await;
    let mut question = poll(&["one", "two", "three"]);
    question["poll"]["several"] = several.into();
    chat.send("a", question).await;
    chat
}

/// Returns who voted for each option.
async fn votes(chat: &TestChat) -> Vec<String> {
    let stored = chat.stored_message("lobby", 1).await;
    let voters = |option: &Value| {
        let voters = option["votes"].as_array().cloned().unwrap_or_default();
        voters.iter().map(|voter| voter.as_str().unwrap().to_owned()).collect::<Vec<_>>().join(" ")
    };
    stored["poll"]["options"].as_array().unwrap().iter().map(voters).collect()
}

#[tokio::test]
async fn a_poll_without_a_question_or_with_bad_options_is_refused_with_a_sentence() {
    let chat = moderated_chat().await;
    let numbers: Vec<String> = (0..21).map(|number| number.to_string()).collect();
    let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
    let count = "A field is not right: `poll` must have 2 to 20 options.";
    let image = json!({ "type": "image/png", "size": 1, "width": 1, "height": 1 });
    let no_text = json!({ "action": "send", "nonce": "p", "poll": { "options": ["a", "b"] } });
    let with_image =
        json!({ "action": "send", "text": "?", "nonce": "p", "image": image, "poll": { "options": ["a", "b"] } });
    for (frame, sentence) in [
        (poll(&[]), Some(count)),
        (poll(&["a"]), Some(count)),
        (poll(&numbers), Some(count)),
        (poll(&["a", "a"]), Some("A field is not right: `poll` must not have the same option twice.")),
        (poll(&["a", " "]), Some("A field is not right: must not be empty.")),
        (poll(&["a", "b\u{202e}"]), Some("A field is not right: has a character that is not allowed there.")),
        (poll(&["a", &"x".repeat(71)]), Some("A field is not right: must have at most 70 characters.")),
        (no_text, Some("A field is not right: missing field `text`.")),
        (with_image, Some("A field is not right: a message has an `image` or a `poll`.")),
        (json!({ "action": "send", "text": "?", "poll": { "options": "ab" } }), None),
        (json!({ "action": "send", "text": "?", "poll": { "options": [1, 2] } }), None),
        (json!({ "action": "send", "text": "?", "poll": { "options": ["a", "b"], "several": 1 } }), None),
    ] {
        chat.received("a");
        chat.send("a", frame.clone()).await;
        let refusal = chat.received("a").pop().unwrap();
        assert_eq!(refusal["code"], "badField", "{frame}");
        if let Some(sentence) = sentence {
            assert_eq!(refusal["message"], sentence, "{frame}");
        }
    }
    assert_eq!(chat.error_for("a", poll(&numbers[..20])).await, done());
    assert_eq!(chat.stored_message("lobby", 1).await["poll"]["options"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn with_one_choice_a_vote_replaces_the_other_one() {
    let chat = chat_with_poll(false).await;
    for (socket, option, on, expected) in [
        ("a", 0, true, ["ann", "", ""]),
        ("b", 0, true, ["ann bea", "", ""]),
        ("a", 2, true, ["bea", "", "ann"]),
        ("a", 2, true, ["bea", "", "ann"]),
        ("a", 0, false, ["bea", "", "ann"]),
        ("a", 2, false, ["bea", "", ""]),
    ] {
        assert_eq!(chat.error_for(socket, vote(option, on)).await, done());
        assert_eq!(votes(&chat).await, expected);
    }
}

#[tokio::test]
async fn with_several_choices_each_vote_is_its_own() {
    let chat = chat_with_poll(true).await;
    for (option, on, expected) in [
        (0, true, ["bea", "", ""]),
        (2, true, ["bea", "", "bea"]),
        (2, true, ["bea", "", "bea"]),
        (0, false, ["", "", "bea"]),
    ] {
        assert_eq!(chat.error_for("b", vote(option, on)).await, done());
        assert_eq!(votes(&chat).await, expected);
    }
}

#[tokio::test]
async fn a_vote_is_a_change_that_everybody_receives() {
    let chat = chat_with_poll(false).await;
    chat.received("b");
    chat.send("a", vote(1, true)).await;
    let changed = chat.received("b").pop().unwrap();
    assert_eq!((&changed["rev"], &changed["poll"]["options"][1]["votes"]), (&json!(2), &json!(["ann"])));
    chat.send("b", json!({ "action": "changes", "after": 1 })).await;
    assert_eq!(chat.received("b").pop().unwrap()["messages"][0]["poll"], changed["poll"], "who was away catches up");
}

#[tokio::test]
async fn a_vote_for_what_is_no_option_is_refused() {
    let chat = chat_with_poll(false).await;
    chat.send_message("a", "no poll", "n").await;
    for bad in [
        vote(3, true),
        vote(65_535, true),
        json!({ "action": "vote", "seq": 2, "option": 0, "on": true }),
        json!({ "action": "vote", "seq": 1, "option": 65_536, "on": true }),
        json!({ "action": "vote", "seq": 1, "option": -1, "on": true }),
        json!({ "action": "vote", "seq": 1, "option": 0 }),
        json!({ "action": "vote", "seq": 1, "on": true }),
        json!({ "action": "closePoll", "seq": 2 }),
        json!({ "action": "closePoll" }),
    ] {
        assert_eq!(chat.error_for("a", bad.clone()).await.0, json!("badField"), "{bad}");
    }
    assert_eq!(
        chat.error_for("a", json!({ "action": "vote", "seq": 9, "option": 0, "on": true })).await,
        code("noMessage")
    );
    assert_eq!(chat.error_for("a", json!({ "action": "closePoll", "seq": 9 })).await, code("noMessage"));
    chat.send("a", json!({ "action": "delete", "seq": 1 })).await;
    assert_eq!(chat.error_for("b", vote(0, true)).await, code("noMessage"));
    assert_eq!(chat.stored_message("lobby", 1).await.get("poll"), None);
}

#[tokio::test]
async fn who_may_not_write_cannot_vote() {
    let chat = chat_with_poll(false).await;
    chat.send("m", mute("bea", 60)).await;
    assert_eq!(chat.error_for("b", vote(0, true)).await.0, json!("muted"));
    chat.send("m", json!({ "action": "rules", "rules": { "readOnly": true } })).await;
    for frame in [vote(0, true), close()] {
        assert_eq!(chat.error_for("a", frame).await, code("readOnly"));
    }
    assert_eq!(chat.error_for("m", vote(0, true)).await, done());
    assert_eq!(votes(&chat).await, ["mod", "", ""]);
}

#[tokio::test]
async fn a_person_votes_only_for_themselves() {
    let chat = chat_with_poll(true).await;
    chat.send("a", vote(0, true)).await;
    // Unknown fields are ignored: the voter is the person of the socket.
    chat.send("b", json!({ "action": "vote", "seq": 1, "option": 0, "on": false, "person": "ann", "votes": [] })).await;
    assert_eq!(votes(&chat).await, ["ann", "", ""]);
}

#[tokio::test]
async fn the_author_or_a_moderator_closes_a_poll() {
    for closer in ["a", "m"] {
        let chat = chat_with_poll(false).await;
        chat.send("b", vote(0, true)).await;
        assert_eq!(chat.error_for("b", close()).await, code("notYours"));
        for _ in 0..2 {
            assert_eq!(chat.error_for(closer, close()).await, done());
        }
        assert_eq!(chat.stored_message("lobby", 1).await["poll"]["closed"], true);
        for frame in [vote(1, true), vote(0, false)] {
            assert_eq!(chat.error_for("b", frame).await, code("notAllowed"));
        }
        assert_eq!(votes(&chat).await, ["bea", "", ""]);
    }
}

#[tokio::test]
async fn a_question_with_votes_cannot_be_edited() {
    let chat = chat_with_poll(false).await;
    let edit = |text: &str| json!({ "action": "edit", "seq": 1, "text": text });
    assert_eq!(chat.error_for("a", edit("When exactly?")).await, done());
    assert_eq!(votes(&chat).await, ["", "", ""], "the options stay");
    chat.send("b", vote(0, true)).await;
    assert_eq!(chat.error_for("a", edit("Who pays?")).await, code("notAllowed"));
    chat.send("b", vote(0, false)).await;
    assert_eq!(chat.error_for("a", edit("Who pays?")).await, done());
}

#[tokio::test]
async fn a_poll_has_at_most_so_many_votes() {
    let chat = chat_with_poll(false).await;
    let lobby = RoomName::lobby();
    let StoredMessage { mut message, applied } = chat.messages.at(&lobby, Seq(1)).await.unwrap().unwrap();
    for number in 0..limits::POLL_VOTES {
        message.poll.as_mut().unwrap().vote(number as u16 % 3, true, &format!("p{number}").parse().unwrap());
    }
    let seen = message.rev;
    assert!(chat.messages.replace(&lobby, seen, &StoredMessage { message, applied }).await.unwrap());
    assert_eq!(chat.error_for("b", vote(0, true)).await, code("tooMany"));
    let StoredMessage { mut message, applied } = chat.messages.at(&lobby, Seq(1)).await.unwrap().unwrap();
    message.poll.as_mut().unwrap().vote(0, false, &"p0".parse().unwrap());
    assert!(chat.messages.replace(&lobby, seen, &StoredMessage { message, applied }).await.unwrap());
    for option in [0, 1, 2] {
        assert_eq!(chat.error_for("b", vote(option, true)).await, done(), "a vote that replaces another adds none");
    }
}

#[tokio::test]
async fn a_late_vote_does_not_undo_a_newer_one() {
    for (several, expected) in [(false, json!("outdated")), (true, Value::Null)] {
        let chat = chat_with_poll(several).await;
        chat.send("b", seen_vote(0, true, 1, "a")).await;
        chat.send("b", seen_vote(0, false, 2, "b")).await;
        assert_eq!(chat.error_for("b", seen_vote(0, true, 1, "a")).await.0, json!("outdated"), "a retry is told so");
        assert_eq!(chat.error_for("b", seen_vote(0, true, 1, "late")).await.0, json!("outdated"));
        // With several choices the options are independent.
        assert_eq!(chat.error_for("b", seen_vote(1, true, 1, "c")).await.0, expected);
    }
}

#[tokio::test]
async fn the_search_finds_the_options_of_a_poll() {
    let chat = chat_with_poll(false).await;
    chat.received("b");
    chat.send("b", json!({ "action": "search", "text": "three when" })).await;
    assert_eq!(chat.received("b").pop().unwrap()["messages"].as_array().unwrap().len(), 1);
}
