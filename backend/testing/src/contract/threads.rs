//! The index of replies in threads, and the summary of a thread in the message that began it.

use chat::ports::messages::StoredMessage;
use shared_types::{ChatMessage, Pin, Rev, Seq, ThreadSummary, Timestamp};

use super::contract;
use crate::contract::{
    Stores,
    fixtures::{message, message_key, room, seqs, store_messages},
};

contract! { threads_contract threads {
    replies_are_listed_by_thread_from_the_newest
    a_reply_is_listed_and_is_in_the_log
    a_summary_is_replaced_at_its_version_only
    a_change_and_a_summary_do_not_overwrite_each_other
    an_update_that_counts_the_same_is_not_overwritten
    an_update_without_a_number_is_replaced_by_its_revision_and_count
} }

fn reply(root: u64, seq: u64) -> ChatMessage {
    ChatMessage { thread: Some(Seq(root)), in_room: seq.is_multiple_of(2), ..message(seq, "a reply") }
}

fn summary(count: u32, rev: u64) -> ThreadSummary {
    let people = vec![message(1, "x").author];
    ThreadSummary {
        count,
        people,
        recent: vec![Seq(2), Seq(rev)],
        last_at: Timestamp(5),
        rev: Rev(rev),
        ..ThreadSummary::default()
    }
}

async fn put(stores: &Stores, name: &str, reply: &ChatMessage) {
    assert_eq!(stores.messages.put(&room(name), reply).await.unwrap(), *reply);
}

async fn replies(stores: &Stores, name: &str, root: u64, before: Option<u64>, limit: usize) -> Vec<u64> {
    let found = stores.messages.replies(&room(name), Seq(root), before.map(Seq), limit).await.unwrap();
    found.iter().map(|seq| seq.0).collect()
}

pub async fn replies_are_listed_by_thread_from_the_newest(stores: Stores) {
    store_messages(&stores, "lobby", [1, 2]).await;
    for (name, root, seq) in [("lobby", 1, 12), ("lobby", 1, 3), ("lobby", 2, 4), ("lobby", 1, 5), ("lobby-2", 1, 6)] {
        put(&stores, name, &reply(root, seq)).await;
    }
    assert_eq!(replies(&stores, "lobby", 1, None, 9).await, [3, 5, 12]);
    assert_eq!(replies(&stores, "lobby", 1, None, 2).await, [5, 12]);
    assert_eq!(replies(&stores, "lobby", 1, Some(12), 9).await, [3, 5]);
    assert_eq!(replies(&stores, "lobby", 1, Some(12), 1).await, [5]);
    assert_eq!(replies(&stores, "lobby", 1, Some(3), 9).await, [0; 0]);
    assert_eq!(replies(&stores, "lobby", 1, Some(0), 9).await, [0; 0]);
    assert_eq!(replies(&stores, "lobby", 2, None, 9).await, [4]);
    assert_eq!(replies(&stores, "lobby", 12, None, 9).await, [0; 0]);
    assert_eq!(replies(&stores, "lobby-2", 1, None, 9).await, [6]);
}

pub async fn a_reply_is_listed_and_is_in_the_log(stores: Stores) {
    store_messages(&stores, "lobby", [1]).await;
    put(&stores, "lobby", &reply(1, 2)).await;
    let lobby = room("lobby");
    let log = stores.messages.before(&lobby, None, 9).await.unwrap();
    assert_eq!((seqs(&log), &log[1]), (vec![1, 2], &reply_as_in(&log[1])));
    assert_eq!(seqs(&stores.messages.created_after(&lobby, Rev(0), 9).await.unwrap()), [1, 2]);
    assert_eq!(stores.messages.changes_after(&lobby, Rev(0), 9).await.unwrap(), [], "an entry is no change");
    // In one step, where the store has one.
    let appended = ChatMessage { seq: Seq(0), rev: Rev(0), ..reply(1, 3) };
    let key = message_key("lobby", "ann", "n-3");
    if let Some(stored) = stores.messages.append(&key, &appended).await.unwrap() {
        assert!(replies(&stores, "lobby", 1, None, 9).await.contains(&stored.seq.0), "{stored:?}");
    }
}

/// Returns the reply that is expected, with the time of the one that was stored.
fn reply_as_in(stored: &ChatMessage) -> ChatMessage {
    ChatMessage { sent_at: stored.sent_at, ..reply(1, 2) }
}

pub async fn a_summary_is_replaced_at_its_version_only(stores: Stores) {
    store_messages(&stores, "lobby", [1]).await;
    let (lobby, log) = (room("lobby"), stores.messages.as_ref());
    let stored = async || log.at(&lobby, Seq(1)).await.unwrap().unwrap().message;
    let before = stored().await;
    let (first, second, late) = (summary(1, 2), summary(2, 3), summary(3, 3));
    let summarize =
        async |seen: Option<&ThreadSummary>, wanted| log.summarize(&lobby, Seq(1), seen, wanted).await.unwrap();
    assert!(!summarize(Some(&first), &second).await, "there is none");
    assert!(summarize(None, &first).await);
    assert!(!summarize(None, &second).await, "there is one");
    assert_eq!(stored().await, ChatMessage { replies: Some(first.clone()), ..before.clone() }, "nothing else changes");
    assert!(summarize(Some(&first), &second).await);
    assert!(!summarize(Some(&first), &late).await);
    assert!(summarize(Some(&second), &late).await, "of the same revision, with another count");
    assert!(!summarize(Some(&second), &summary(4, 3)).await);
    assert_eq!(stored().await.replies, Some(late));
    assert!(!log.summarize(&lobby, Seq(9), None, &first).await.unwrap(), "there is no such message");
    assert_eq!(log.at(&lobby, Seq(9)).await.unwrap(), None);
}

pub async fn a_change_and_a_summary_do_not_overwrite_each_other(stores: Stores) {
    store_messages(&stores, "lobby", [1]).await;
    let (lobby, log) = (room("lobby"), stores.messages.as_ref());
    let seen = log.at(&lobby, Seq(1)).await.unwrap().unwrap();
    let edited = |of: &StoredMessage, rev: u64| StoredMessage {
        message: ChatMessage { rev: Rev(rev), text: "edited".parse().ok(), ..of.message.clone() },
        applied: Vec::new(),
    };
    let first = summary(1, 2);
    assert!(log.summarize(&lobby, Seq(1), None, &first).await.unwrap());
    assert!(!log.replace(&lobby, Rev(1), &edited(&seen, 3)).await.unwrap(), "the change has no summary");
    let seen = log.at(&lobby, Seq(1)).await.unwrap().unwrap();
    assert!(log.replace(&lobby, Rev(1), &edited(&seen, 4)).await.unwrap());
    assert!(log.summarize(&lobby, Seq(1), Some(&first), &summary(2, 5)).await.unwrap());
    assert!(!log.replace(&lobby, Rev(4), &edited(&seen, 6)).await.unwrap(), "the change has an older summary");
    let found = log.at(&lobby, Seq(1)).await.unwrap().unwrap().message;
    assert_eq!((found.rev, found.text, found.replies), (Rev(4), "edited".parse().ok(), Some(summary(2, 5))));
}

/// Returns the third summary of a thread, with the number of its update.
fn numbered(version: Option<u32>, deleting: &[u64]) -> ThreadSummary {
    ThreadSummary { version, deleting: deleting.iter().copied().map(Seq).collect(), ..summary(2, 3) }
}

fn pinned(of: &StoredMessage, rev: u64) -> StoredMessage {
    let pin = Pin { by: message(1, "x").author, at: Timestamp(7) };
    let message = ChatMessage { rev: Rev(rev), pinned: Some(pin), ..of.message.clone() };
    StoredMessage { message, applied: Vec::new() }
}

pub async fn an_update_that_counts_the_same_is_not_overwritten(stores: Stores) {
    store_messages(&stores, "lobby", [1]).await;
    let (lobby, log) = (room("lobby"), stores.messages.as_ref());
    let (first, noted) = (numbered(Some(1), &[]), numbered(Some(2), &[2]));
    assert!(log.summarize(&lobby, Seq(1), None, &first).await.unwrap());
    let before = log.at(&lobby, Seq(1)).await.unwrap().unwrap();
    assert!(log.summarize(&lobby, Seq(1), Some(&first), &noted).await.unwrap());
    assert!(!log.summarize(&lobby, Seq(1), Some(&first), &numbered(Some(2), &[3])).await.unwrap());
    assert!(!log.replace(&lobby, Rev(1), &pinned(&before, 4)).await.unwrap());
    let found = log.at(&lobby, Seq(1)).await.unwrap().unwrap();
    assert_eq!(found.message.replies, Some(noted.clone()));
    assert!(log.replace(&lobby, Rev(1), &pinned(&found, 5)).await.unwrap());
    assert!(log.summarize(&lobby, Seq(1), Some(&noted), &numbered(Some(3), &[])).await.unwrap());
    let found = log.at(&lobby, Seq(1)).await.unwrap().unwrap().message;
    assert_eq!((found.pinned.is_some(), found.replies), (true, Some(numbered(Some(3), &[]))));
}

pub async fn an_update_without_a_number_is_replaced_by_its_revision_and_count(stores: Stores) {
    store_messages(&stores, "lobby", [1]).await;
    let (lobby, log) = (room("lobby"), stores.messages.as_ref());
    let mut seen: Option<ThreadSummary> = None;
    for wanted in [numbered(Some(1), &[]), summary(3, 4), numbered(Some(1), &[2])] {
        assert!(log.summarize(&lobby, Seq(1), seen.as_ref(), &wanted).await.unwrap(), "{wanted:?}");
        let found = log.at(&lobby, Seq(1)).await.unwrap().unwrap();
        assert_eq!(found.message.replies.as_ref(), Some(&wanted));
        let rev = found.message.rev;
        assert!(log.replace(&lobby, rev, &pinned(&found, rev.0 + 10)).await.unwrap(), "{wanted:?}");
        seen = Some(wanted);
    }
}
