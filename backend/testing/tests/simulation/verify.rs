//! What has to be true at the end of a schedule.

use std::{collections::BTreeMap, sync::Arc};

use chat::{messages::pins::PinnedMessages, ports::messages::Messages};
use shared_types::{ChatMessage, RoomName, Seq};

use crate::{
    PAGE_SIZE,
    account::{self, Account, View},
    changes::verify_changes,
    device::Device,
    server::Server,
};

/// Verifies a schedule. Returns how often things happened.
pub(crate) async fn verify(server: &Arc<Server>, devices: &[Arc<Device>]) -> BTreeMap<&'static str, usize> {
    let lobby = RoomName::lobby();
    let stored = server.messages.before(&lobby, None, usize::MAX).await.unwrap();
    let elsewhere = server.messages.before(&"cats".parse().unwrap(), None, usize::MAX).await.unwrap();
    let seqs = seqs_by_key(stored.iter().chain(&elsewhere));
    let mut accounts: Vec<_> = devices.iter().map(|device| device.account()).collect();
    for account in &mut accounts {
        let Account { id, written, refused, .. } = &mut **account;
        // A slower attempt of a refused reply may have been stored.
        refused.retain(|nonce| !seqs.contains_key(&(id.clone(), nonce.to_string())));
        written.values_mut().for_each(|nonces| nonces.retain(|nonce| !refused.contains(nonce)));
    }
    let written: usize = accounts.iter().flat_map(|account| account.written.values()).map(Vec::len).sum();
    let endings: Vec<_> = accounts.iter().flat_map(|account| &account.views).map(|view| &view.ending).collect();
    assert_eq!(
        stored.len() + elsewhere.len(),
        written + 1,
        "every written message is stored, and the poll, and nothing else: {endings:?}"
    );
    verify_pins(server, &stored).await;
    let counts = verify_threads(server, &stored, accounts.iter().flat_map(|account| &account.views)).await;
    let mut observations = server.observations();
    assert_eq!(observations.violations, [""; 0]);
    for account in &accounts {
        verify_messages(account, &seqs);
        for view in &account.views {
            verify_view(view, &account.id, if view.room == lobby { &stored } else { &elsewhere });
        }
        verify_changes(account, &observations.applied, &stored);
    }
    observations.counts.extend(counts);
    *observations.counts.entry("messages").or_default() = written;
    *observations.counts.entry("changes").or_default() = observations.applied.len();
    std::mem::take(&mut observations.counts)
}

/// The list of pinned messages has exactly those that are pinned.
async fn verify_pins(server: &Arc<Server>, stored: &[ChatMessage]) {
    let listed = PinnedMessages { messages: server.messages.as_ref() }.list(&RoomName::lobby()).await.unwrap();
    let mut listed: Vec<Seq> = listed.iter().map(|message| message.seq).collect();
    listed.sort_unstable();
    let pinned: Vec<Seq> =
        stored.iter().filter(|message| message.pinned.is_some()).map(|message| message.seq).collect();
    assert_eq!(listed, pinned);
}

/// Every reply is in its thread, and the summaries are right once the threads were read. Returns how many threads there are, and how many
/// summaries were wrong before: those where a handler ended between a reply and the summary.
async fn verify_threads(
    server: &Arc<Server>,
    stored: &[ChatMessage],
    views: impl Iterator<Item = &View>,
) -> BTreeMap<&'static str, usize> {
    let mut replies = BTreeMap::<Seq, Vec<&ChatMessage>>::new();
    for reply in stored {
        replies.entry(reply.seq).or_default();
        if let Some(root) = reply.thread {
            replies.entry(root).or_default().push(reply);
        }
    }
    let count = |root: u64| {
        let of_root = replies.get(&Seq(root)).into_iter().flatten();
        of_root.filter(|reply| !reply.deleted).count()
    };
    let mut counts = BTreeMap::new();
    // The same corrections change what pages show, so these come first.
    for view in views.filter(|view| view.room == RoomName::lobby()) {
        for (root, shown) in &view.threads {
            *counts.entry(if *shown == count(*root) { "right lines" } else { "wrong lines" }).or_default() += 1;
        }
    }
    for (root, expected) in replies.iter().filter(|(_, replies)| !replies.is_empty()) {
        let stored = stored.iter().find(|message| message.seq == *root).unwrap().replies.clone();
        // Every second one like a thread of more than one page, which is corrected without a count of all replies.
        let before = (root.0 % 2 == 0).then_some(Seq(u64::MAX));
        let (first, listed) = server.thread(*root, before).await;
        let expected: Vec<_> = expected.iter().map(|reply| (reply.seq, content_of(reply))).collect();
        let listed: Vec<_> = listed.iter().map(|reply| (reply.seq, content_of(reply))).collect();
        assert_eq!(listed, expected, "the thread of {root} has every reply once, in the order of the log");
        let right = count(root.0);
        assert_eq!(first.replies.map(|summary| summary.count as usize), Some(right), "the summary of {root} is right");
        let is_right = stored.is_some_and(|summary| summary.count as usize == right);
        *counts.entry(if is_right { "threads" } else { "corrected threads" }).or_default() += 1;
    }
    counts
}

fn verify_messages(account: &Account, seqs: &BTreeMap<(String, String), u64>) {
    let seq_of = |nonce: &shared_types::Nonce| seqs.get(&(account.id.clone(), nonce.to_string())).copied();
    for written in account.written.values() {
        let order: Vec<_> = written.iter().map(seq_of).collect();
        assert!(!order.contains(&None), "a message was written and is lost: {written:?}, {order:?}");
        let first_attempts = written.iter().filter(|nonce| !account.failed.contains(nonce)).map(seq_of);
        assert!(
            first_attempts.is_sorted(),
            "a window's messages are in the order in which they were written: {order:?}, failed: {:?}",
            account.failed
        );
    }
    for (nonce, seq) in &account.confirmed {
        assert_eq!(seq_of(nonce), Some(*seq), "{nonce} was confirmed with this seq");
    }
}

fn verify_view(view: &View, who: &str, stored: &[ChatMessage]) {
    let from = view.seqs.first().copied().unwrap_or(0);
    let end = || stored.iter().filter(|message| message.seq.0 >= from && message.is_in_room());
    let expected: Vec<u64> = end().map(|message| message.seq.0).collect();
    assert_eq!(view.seqs, expected, "a page of {who} is the end of the log: {}", view.ending);
    let newest = stored.iter().rev().take(PAGE_SIZE).filter(|message| message.is_in_room()).count();
    assert!(view.seqs.len() >= newest, "the page shows at least one page of messages");
    let expected: Vec<String> = end().map(content_of).collect();
    assert_eq!(view.content, expected, "a page of {who} shows the current state of the messages");
    if let (Some((first, _)), Some((last, _))) = (view.detached.first(), view.detached.last()) {
        let between = stored.iter().filter(|message| (*first..=*last).contains(&message.seq.0) && message.is_in_room());
        let expected: Vec<_> = between.map(|message| (message.seq.0, content_of(message))).collect();
        assert_eq!(view.detached, expected, "the older messages that {who} reads have no gap and match the store");
    }
    assert_eq!(view.changing, 0, "every change is confirmed or has failed");
}

fn content_of(message: &ChatMessage) -> String {
    let reactions = message.reactions.iter().map(|reaction| (&reaction.emoji, &reaction.people));
    let flags = [message.deleted, message.edited_at.is_some(), message.pinned.is_some()];
    let votes = message.poll.iter().flat_map(|poll| &poll.options).map(|option| option.votes.len()).collect();
    account::content(message.text.as_ref(), flags, votes, reactions)
}

fn seqs_by_key<'a>(stored: impl Iterator<Item = &'a ChatMessage>) -> BTreeMap<(String, String), u64> {
    let mut seqs = BTreeMap::new();
    for message in stored {
        let message_key = (message.author.id.to_string(), message.nonce.to_string());
        assert_eq!(seqs.insert(message_key.clone(), message.seq.0), None, "{message_key:?} is stored twice");
    }
    seqs
}
