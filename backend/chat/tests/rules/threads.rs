//! Tests of threads: replies, the summary of the message that began one, who is told, what is refused, and what is corrected.

use std::time::Duration;

use chat::ports::messages::Messages;
use chat_testing::test_chat::TestChat;
use serde_json::{Value, json};
use shared_types::{RoomName, Seq, ThreadSummary, limits};

use super::moderation::{code, moderated_chat};

fn reply(thread: u64, text: &str, nonce: &str) -> Value {
    json!({ "action": "send", "text": text, "nonce": nonce, "thread": thread })
}

/// Opens the moderated chat with two messages of Ann. Bea is in the lobby, too.
async fn chat() -> TestChat {
    let chat = moderated_chat().await;
    for number in 1..=2 {
        chat.send_message("a", &format!("text {number}"), &format!("n{number}")).await;
    }
    chat.received("b");
    chat
}

/// Returns the `thread` that a socket is sent.
async fn thread(chat: &TestChat, socket: &str, frame: Value) -> Value {
    chat.received(socket);
    chat.send(socket, frame).await;
    let answer = chat.received(socket).pop().unwrap();
    assert_eq!((&answer["type"], &answer["room"]), (&json!("thread"), &json!("lobby")), "{answer}");
    answer
}

async fn newest_of(chat: &TestChat, seq: u64) -> Value {
    thread(chat, "b", json!({ "action": "thread", "seq": seq })).await
}

fn seqs(answer: &Value) -> Vec<u64> {
    answer["messages"].as_array().unwrap().iter().map(|message| message["seq"].as_u64().unwrap()).collect()
}

async fn summary(chat: &TestChat, seq: u64) -> Option<ThreadSummary> {
    let found = chat.messages.at(&RoomName::lobby(), Seq(seq)).await.unwrap();
    found.unwrap().message.replies
}

async fn set_summary(chat: &TestChat, seq: u64, wanted: &ThreadSummary) {
    let seen = summary(chat, seq).await;
    assert!(chat.messages.summarize(&RoomName::lobby(), Seq(seq), seen.as_ref(), wanted).await.unwrap());
}

#[tokio::test]
async fn a_reply_in_a_thread_is_a_message_of_the_log() {
    let chat = chat().await;
    chat.send("b", reply(1, "a reply", "r1")).await;
    let received = chat.received("a").pop().unwrap();
    assert_eq!((&received["seq"], &received["rev"], &received["thread"]), (&json!(3), &json!(3), &json!(1)));
    assert_eq!(received["replyTo"], json!({ "seq": 1, "author": { "id": "ann", "name": "Ann" } }), "for older pages");
    assert_eq!(received.get("inRoom"), None);
    chat.send("a", json!({ "action": "changes", "after": 2 })).await;
    assert_eq!(
        chat.received("a").pop().unwrap()["messages"][0],
        with_type_removed(&received),
        "who was away catches up"
    );
    chat.send("b", json!({ "action": "send", "text": "for all", "nonce": "r2", "thread": 1, "inRoom": true })).await;
    assert_eq!(chat.received("a").pop().unwrap()["inRoom"], true);
    chat.send("b", json!({ "action": "send", "text": "no thread", "nonce": "r3", "inRoom": true })).await;
    assert_eq!(chat.received("a").pop().unwrap().get("inRoom"), None);
}

fn with_type_removed(frame: &Value) -> Value {
    let mut message = frame.clone();
    for name in ["type", "room"] {
        message.as_object_mut().unwrap().remove(name);
    }
    message
}

#[tokio::test]
async fn a_reply_to_a_reply_is_in_the_same_thread() {
    let chat = chat().await;
    chat.send("b", reply(1, "a reply", "r1")).await;
    chat.send("a", reply(3, "to the reply", "r2")).await;
    let quoting = json!({ "action": "send", "text": "quoting", "nonce": "r3", "thread": 1, "replyTo": 3 });
    chat.send("a", quoting).await;
    let answer = newest_of(&chat, 1).await;
    assert_eq!(seqs(&answer), [3, 4, 5]);
    assert_eq!((&answer["messages"][1]["thread"], &answer["messages"][1]["replyTo"]["seq"]), (&json!(1), &json!(1)));
    assert_eq!(answer["messages"][2]["replyTo"]["seq"], 3, "a quote stays");
    assert_eq!(newest_of(&chat, 4).await, answer, "a reply leads to its thread");
    assert_eq!(summary(&chat, 3).await, None);
}

#[tokio::test]
async fn the_root_has_the_summary_of_its_thread() {
    let chat = chat().await;
    for (socket, nonce) in [("b", "r1"), ("a", "r2"), ("b", "r3")] {
        chat.clock.advance(Duration::from_secs(1));
        chat.send(socket, reply(1, "a reply", nonce)).await;
    }
    chat.send("b", json!({ "action": "history", "around": 1 })).await;
    let page = chat.received("b").pop().unwrap();
    let replies = &page["messages"][0]["replies"];
    assert_eq!((&replies["count"], &replies["recent"], &replies["rev"]), (&json!(3), &json!([3, 4, 5]), &json!(5)));
    assert_eq!(replies["people"], json!([{ "id": "bea", "name": "Bea" }, { "id": "ann", "name": "Ann" }]));
    assert_eq!(replies["lastAt"], page["messages"][4]["sentAt"]);
    assert_eq!(page["messages"][0]["rev"], 1, "a reply does not change the root");
}

#[tokio::test]
async fn a_repeated_reply_is_stored_and_counted_once() {
    let chat = chat().await;
    for _ in 0..3 {
        chat.send("b", reply(1, "a reply", "r1")).await;
    }
    assert_eq!((seqs(&newest_of(&chat, 1).await), summary(&chat, 1).await.unwrap().count), (vec![3], 1));
}

#[tokio::test]
async fn a_deleted_reply_stays_in_the_thread_and_is_not_counted() {
    let chat = chat().await;
    for nonce in ["r1", "r2"] {
        chat.send("b", reply(1, "a reply", nonce)).await;
    }
    for _ in 0..2 {
        chat.send("b", json!({ "action": "delete", "seq": 3, "nonce": "d1" })).await;
    }
    let answer = newest_of(&chat, 1).await;
    assert_eq!((seqs(&answer), &answer["messages"][0]["deleted"]), (vec![3, 4], &json!(true)));
    assert_eq!((&answer["messages"][0]["thread"], &answer["root"]["replies"]["count"]), (&json!(1), &json!(1)));
    assert_eq!(summary(&chat, 1).await.unwrap().count, 1);
}

#[tokio::test]
async fn a_change_of_the_root_keeps_the_summary() {
    let chat = chat().await;
    chat.send("b", reply(1, "a reply", "r1")).await;
    chat.send("a", json!({ "action": "edit", "seq": 1, "text": "better" })).await;
    chat.send("b", reply(1, "a reply", "r2")).await;
    chat.send("b", json!({ "action": "react", "seq": 1, "emoji": "👍", "on": true })).await;
    assert_eq!(chat.received("a").pop().unwrap()["replies"]["count"], 2);
}

#[tokio::test]
async fn the_thread_of_a_deleted_root_can_be_read_and_takes_no_replies() {
    let chat = chat().await;
    chat.send("b", reply(1, "a reply", "r1")).await;
    chat.send("a", json!({ "action": "delete", "seq": 1, "nonce": "d1" })).await;
    let answer = newest_of(&chat, 1).await;
    assert_eq!((&answer["root"]["deleted"], seqs(&answer)), (&json!(true), vec![3]));
    assert_eq!(answer["root"]["replies"]["count"], 1);
    chat.received("b");
    chat.send("b", reply(1, "too late", "r2")).await;
    let refusal = chat.received("b").pop().unwrap();
    assert_eq!((&refusal["code"], &refusal["nonce"]), (&json!("noMessage"), &json!("r2")));
    let sentence = refusal["message"].as_str().unwrap();
    assert!(sentence.starts_with("The message that began this thread is deleted"), "{sentence}");
    assert_eq!(chat.error_for("b", reply(3, "too late", "r3")).await, code("noMessage"), "to a reply in it");
    chat.send("b", reply(1, "a reply", "r1")).await;
    assert_eq!(chat.received("b").pop().unwrap()["seq"], 3, "a retry of a stored reply is no new one");
    assert_eq!(seqs(&newest_of(&chat, 1).await), [3]);
}

#[tokio::test]
async fn there_is_no_thread_of_an_unknown_message() {
    let chat = chat().await;
    for frame in [reply(9, "x", "r1"), json!({ "action": "thread", "seq": 9 })] {
        assert_eq!(chat.error_for("b", frame).await, code("noMessage"));
    }
    assert_eq!(chat.error_for("b", json!({ "action": "thread" })).await.0, "badField");
    let empty = newest_of(&chat, 1).await;
    assert_eq!((seqs(&empty), &empty["more"], empty["root"].get("replies")), (vec![], &json!(false), None));
}

#[tokio::test]
async fn a_long_thread_is_read_page_by_page() {
    let chat = chat().await;
    let count = limits::THREAD_PAGE as u64 + 7;
    for number in 0..count {
        chat.advance_to_next_minute();
        chat.send("b", reply(1, "a reply", &format!("r{number}"))).await;
    }
    let newest = newest_of(&chat, 1).await;
    assert_eq!((seqs(&newest).len(), &newest["more"]), (limits::THREAD_PAGE, &json!(true)));
    let before = seqs(&newest)[0];
    let older = thread(&chat, "b", json!({ "action": "thread", "seq": 1, "before": before })).await;
    assert_eq!((seqs(&older), &older["more"]), ((3..10).collect(), &json!(false)));
    assert_eq!((&older["before"], &newest["root"]["replies"]["count"]), (&json!(before), &json!(count)));
}

#[tokio::test]
async fn a_wrong_summary_is_corrected_when_the_thread_is_read() {
    let chat = chat().await;
    for nonce in ["r1", "r2"] {
        chat.send("b", reply(1, "a reply", nonce)).await;
    }
    let right = summary(&chat, 1).await.unwrap();
    // What a request leaves that ends between a reply and its summary.
    set_summary(&chat, 1, &ThreadSummary { count: 1, recent: vec![Seq(3)], ..right.clone() }).await;
    assert_eq!(newest_of(&chat, 1).await["root"]["replies"]["count"], 2);
    let corrected = summary(&chat, 1).await.unwrap();
    assert_eq!(corrected, ThreadSummary { version: corrected.version, ..right });
}

/// Writes replies to message 1, more than one page.
async fn long_thread(chat: &TestChat) -> u32 {
    let count = limits::THREAD_PAGE as u32 + 7;
    for number in 0..count {
        chat.advance_to_next_minute();
        chat.send("b", reply(1, "a reply", &format!("r{number}"))).await;
    }
    count
}

#[tokio::test]
async fn the_count_of_a_long_thread_is_corrected_when_it_is_read() {
    let chat = chat().await;
    let count = long_thread(&chat).await;
    let right = summary(&chat, 1).await.unwrap();
    // The last two requests ended between the reply and its summary.
    let recent = right.recent.iter().map(|seq| Seq(seq.0 - 2)).collect();
    let wrong = ThreadSummary { count: count - 2, recent, ..right.clone() };
    set_summary(&chat, 1, &wrong).await;
    assert_eq!(newest_of(&chat, 1).await["root"]["replies"]["count"], count);
    assert_eq!(newest_of(&chat, 1).await["root"]["replies"]["count"], count, "once");
    // The next reply finds them, too.
    set_summary(&chat, 1, &ThreadSummary { version: summary(&chat, 1).await.unwrap().version, ..wrong }).await;
    chat.advance_to_next_minute();
    chat.send("b", reply(1, "a reply", "last")).await;
    assert_eq!(summary(&chat, 1).await.unwrap().count, count + 1);
}

#[tokio::test]
async fn an_interrupted_deletion_in_a_long_thread_is_counted_once() {
    let chat = chat().await;
    let count = long_thread(&chat).await;
    // An old reply and a new one.
    for (number, seq) in [5, 3 + u64::from(count) - 1].into_iter().enumerate() {
        let before = summary(&chat, 1).await.unwrap();
        let left = before.count - 1;
        let delete = json!({ "action": "delete", "seq": seq, "nonce": format!("d{number}") });
        chat.send("b", delete.clone()).await;
        let ended = summary(&chat, 1).await.unwrap();
        assert_eq!((ended.count, ended.deleting.len()), (left, 0), "{seq}");
        // The request ended between the deletion and the summary.
        let interrupted = ThreadSummary { deleting: vec![Seq(seq)], version: ended.version, ..before };
        for is_retried in [true, false] {
            set_summary(&chat, 1, &interrupted).await;
            for _ in 0..2 {
                if is_retried {
                    chat.send("b", delete.clone()).await;
                } else {
                    newest_of(&chat, 1).await;
                }
                let ended = summary(&chat, 1).await.unwrap();
                assert_eq!((ended.count, ended.deleting.len()), (left, 0), "{seq} {is_retried}");
            }
        }
    }
}

#[tokio::test]
async fn erasing_a_person_takes_them_out_of_summaries() {
    let chat = chat().await;
    chat.send("a", reply(2, "Ann's", "r1")).await;
    chat.send("b", reply(2, "Bea's", "r2")).await;
    chat.send("b", reply(1, "Bea's", "r3")).await;
    chat.erase_data("b").await;
    assert_eq!(summary(&chat, 1).await.map(|summary| (summary.count, summary.people.len())), Some((0, 0)));
    let left = summary(&chat, 2).await.unwrap();
    assert_eq!((left.count, left.people[0].id.as_str(), left.people.len()), (1, "ann", 1));
    for seq in [1, 2] {
        assert!(!newest_of(&chat, seq).await.to_string().contains("bea"), "{seq}");
    }
}

#[tokio::test]
async fn a_deleted_reply_that_is_erased_is_not_subtracted_again() {
    let chat = chat().await;
    for (socket, nonce) in [("a", "r1"), ("b", "r2")] {
        chat.send(socket, reply(1, "a reply", nonce)).await;
    }
    chat.send("b", json!({ "action": "delete", "seq": 4, "nonce": "d1" })).await;
    // A summary that does not name Bea any more.
    newest_of(&chat, 1).await;
    chat.erase_data("b").await;
    let erased = chat.messages.at(&RoomName::lobby(), Seq(4)).await.unwrap().unwrap().message;
    let left = summary(&chat, 1).await.unwrap();
    assert_eq!(left.count, 1);
    assert!(left.rev >= erased.rev, "a page subtracts what a later revision has deleted: {left:?} {erased:?}");
}

/// Watches the lobby, which the person has read up to `read`. Returns what is unread, and whether it mentions them.
async fn watched(chat: &TestChat, socket: &str, read: u64) -> (Value, bool) {
    chat.received(socket);
    chat.send(socket, json!({ "action": "rooms", "rooms": ["lobby"], "watch": true, "read": [read] })).await;
    let answer = chat.received(socket).pop().unwrap();
    (answer["rooms"][0]["unread"].clone(), answer["rooms"][0]["mentioned"] == true)
}

/// Returns the position of the message of which a socket was told last, and whether that mentions the person.
fn news(chat: &TestChat, socket: &str) -> Option<(u64, bool)> {
    let news = chat.received(socket).pop()?;
    assert_eq!((&news["type"], news["text"].is_string()), (&json!("news"), news["mentioned"] == true), "{news}");
    Some((news["seq"].as_u64().unwrap(), news["mentioned"] == true))
}

#[tokio::test]
async fn another_room_is_told_of_a_reply_that_mentions_the_person_or_is_in_their_thread() {
    let chat = chat().await;
    chat.connect("c", Some("cats"), Some(&chat.ticket("cy")), Some("Cy")).await.unwrap();
    // Two threads of Bea.
    for seq in [3, 4] {
        chat.send_message("b", "a question", &format!("n{seq}")).await;
    }
    for socket in ["a2", "c"] {
        assert_eq!(watched(&chat, socket, 4).await, (json!(0), false));
    }
    let mention = json!([{ "id": "cy", "name": "Cy" }]);
    let mentioning = json!({ "action": "send", "text": "hi @Cy", "nonce": "r6", "thread": 4, "mentions": mention });
    for (socket, frame, told) in [
        ("m", reply(3, "the thread of nobody else", "r5"), [None, None]),
        ("m", mentioning, [None, Some(true)]),
        ("m", reply(2, "to Ann", "r7"), [Some(false), None]),
        ("a", reply(3, "Ann takes part", "r8"), [None, None]),
        ("b", reply(3, "so she is told", "r9"), [Some(false), None]),
        ("b", json!({ "action": "send", "text": "x", "nonce": "r10", "thread": 3, "inRoom": true }), [Some(false); 2]),
    ] {
        chat.send(socket, frame.clone()).await;
        let newest = chat.messages.before(&RoomName::lobby(), None, 1).await.unwrap()[0].seq.0;
        let expected = told.map(|told| told.map(|mentioned| (newest, mentioned)));
        assert_eq!(["a2", "c"].map(|socket| news(&chat, socket)), expected, "{frame}");
    }
    // Also for a page that was not connected.
    assert_eq!(watched(&chat, "a2", 4).await, (json!(4), false), "a thread as a whole is Ann's");
    assert_eq!(watched(&chat, "c", 4).await, (json!(2), true));
    assert_eq!(watched(&chat, "a2", 8).await, (json!(2), false));
}

#[tokio::test]
async fn of_many_threads_with_unread_replies_those_with_the_newest_are_counted() {
    let chat = chat().await;
    for seq in 3..=6 {
        chat.send_message("a", "a question", &format!("n{seq}")).await;
    }
    for thread in 1..=6 {
        for number in 0..thread {
            chat.send("b", reply(thread, "a reply", &format!("r{thread}-{number}"))).await;
            chat.advance_to_next_minute();
        }
    }
    assert_eq!(watched(&chat, "a2", 6).await, (json!(6 + 5 + 4 + 3), false));
}

#[tokio::test]
async fn the_export_tells_which_messages_are_replies_in_a_thread() {
    let chat = chat().await;
    chat.send("b", reply(1, "a reply", "r1")).await;
    let bea = chat.connection("b").await.person;
    let export = chat.data_export().export(bea, None).await.unwrap();
    let json = serde_json::to_value(&export).unwrap().to_string();
    assert!(json.contains("\"thread\":1"), "{json}");
}

#[tokio::test]
async fn a_list_has_the_named_threads_in_their_order() {
    let chat = chat().await;
    chat.send("b", reply(1, "a reply", "r1")).await;
    chat.send("b", reply(2, "another", "r2")).await;
    chat.send("a", reply(2, "the last", "r3")).await;
    chat.send_message("a", "no thread", "n6").await;
    chat.received("b");
    chat.send("b", json!({ "action": "threads", "roots": [2, 1, 3, 6, 99] })).await;
    let answer = chat.received("b").pop().unwrap();
    assert_eq!((&answer["type"], &answer["room"]), (&json!("threads"), &json!("lobby")), "{answer}");
    let threads = answer["threads"].as_array().unwrap();
    let seqs: Vec<&Value> = threads.iter().map(|thread| &thread["seq"]).collect();
    assert_eq!(
        seqs,
        [&json!(2), &json!(1)],
        "neither a reply, nor a message without replies, nor one that does not exist"
    );
    assert_eq!((&threads[0]["message"]["text"], &threads[0]["replies"]["count"]), (&json!("text 2"), &json!(2)));
    assert_eq!(threads[0]["replies"]["recent"], json!([4, 5]));
    chat.send("a", json!({ "action": "delete", "seq": 2 })).await;
    chat.received("b");
    chat.send("b", json!({ "action": "threads", "roots": [2] })).await;
    let answer = chat.received("b").pop().unwrap();
    assert_eq!(answer["threads"][0].get("message"), None, "of a deleted message nothing is shown");
    assert_eq!(answer["threads"][0]["replies"]["count"], 2);
}

#[tokio::test]
async fn a_list_of_too_many_threads_is_refused() {
    let chat = chat().await;
    let roots = |count: usize| json!({ "action": "threads", "roots": vec![1; count] });
    chat.send("b", roots(limits::THREADS_PAGE)).await;
    assert_eq!(chat.received("b").pop().unwrap()["type"], "threads");
    chat.send("b", roots(limits::THREADS_PAGE + 1)).await;
    assert_eq!(chat.received("b").pop().unwrap()["code"], "badField");
}
