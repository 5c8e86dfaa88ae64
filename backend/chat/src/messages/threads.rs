//! Threads: replies beside the log of a room.
//!
//! A reply is a message of the log like any other: it has `thread`, the `seq` of the message that began the thread, its root. So
//! everything about messages holds for it. Two things are stored in addition:
//!
//! - An index names the replies of each thread. Its entry is written before the reply, so the index may name too many, never too few: an
//!   entry without a message is left out.
//! - The root has a summary. It is updated after the reply, without a revision: a page that has the root adds the replies that it sees.
//!   The update compares and sets, and the summary names the latest replies that it counts, so a retry counts nothing twice. A request
//!   that ends between the reply and the summary leaves a summary that counts one too few, or one too many after a deletion. The next
//!   request of the newest page of the thread corrects it, if the thread has no more than one page.

use std::{sync::Arc, time::Duration};

use futures::{StreamExt, TryStreamExt, stream};
use shared_types::{ChatMessage, Nonce, Person, PersonId, Rev, RoomName, Seq, ServerMessage, ThreadSummary, limits};

use crate::{
    content::html_cache::HtmlCache,
    cpu::CpuClient,
    messages::{excerpt::beginning, page::json_bytes, renderer::MessageRenderer},
    ports::{
        Result, Unavailable,
        messages::{Messages, version_of},
        system::Clock,
    },
};

/// Number of replies that are read at the same time.
const AT_ONCE: usize = 16;

/// Maximum number of attempts to update a summary that others update at the same time. With the pauses between them (0 to 15 ms, times
/// the attempt) that is 0.3 s on average.
const ATTEMPTS: u32 = 8;

/// The threads of the log.
#[derive(Clone)]
pub struct Threads {
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// Why a thread was not shown, or a reply in it not stored. `Display` is a sentence for the person.
#[derive(Debug, thiserror::Error)]
pub enum ThreadError {
    /// The message that began it does not exist, or is expired.
    #[error("there is no such message any more, so it has no thread")]
    NoMessage,
    /// The message that began it is deleted.
    #[error("the message that began this thread is deleted, so nobody can reply in it any more")]
    Deleted,
    /// The log did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Threads {
    /// Returns the root of the thread that a person replies in: the message, or the root of the thread in which it is.
    ///
    /// # Errors
    ///
    /// [`ThreadError`] says why nobody can reply. A retry of a reply that is stored already is not refused.
    pub(crate) async fn root_for(
        &self,
        room: &RoomName,
        seq: Seq,
        author: &PersonId,
        nonce: &Nonce,
    ) -> std::result::Result<ChatMessage, ThreadError> {
        let root = self.root(room, seq).await?;
        if !root.deleted {
            return Ok(root);
        }
        let newest = self.messages.replies(room, root.seq, None, limits::THREAD_PAGE).await?;
        let replies = self.read(room, root.seq, newest).await?;
        match replies.iter().any(|reply| reply.author.id == *author && reply.nonce == *nonce) {
            true => Ok(root),
            false => Err(ThreadError::Deleted),
        }
    }

    /// Returns the message that began a thread, given it or a reply.
    async fn root(&self, room: &RoomName, seq: Seq) -> std::result::Result<ChatMessage, ThreadError> {
        let found = self.messages.at(room, seq).await?.ok_or(ThreadError::NoMessage)?.message;
        match found.thread {
            None => Ok(found),
            Some(root) => Ok(self.messages.at(room, root).await?.ok_or(ThreadError::NoMessage)?.message),
        }
    }

    /// Counts a stored reply in the summary of its root, once. A failure is logged: the reply is stored all the same.
    pub(crate) async fn count(&self, room: &RoomName, root: ChatMessage, reply: &ChatMessage) {
        if reply.thread == Some(root.seq) && !reply.deleted {
            self.summarize(room, root.seq, Some(root), |summary| with_reply(summary, reply)).await;
        }
    }

    /// Takes a reply that was just deleted or erased out of the summary of its root. `before` is the reply before that.
    pub(crate) async fn uncount(&self, room: &RoomName, before: &ChatMessage, deleted: &ChatMessage) {
        if let Some(root) = deleted.thread {
            let is_erased = deleted.author.is_erased();
            let erased = is_erased.then_some(&before.author);
            self.summarize(room, root, None, |summary| without_reply(summary, deleted, before.deleted, erased)).await;
        }
    }

    /// Updates the summary of a root, which the caller may have read. `update` returns `None` if nothing is to be changed.
    async fn summarize(
        &self,
        room: &RoomName,
        seq: Seq,
        mut known: Option<ChatMessage>,
        update: impl Fn(&ThreadSummary) -> Option<ThreadSummary>,
    ) {
        for attempt in 1..=ATTEMPTS {
            let root = match known.take() {
                Some(root) => Ok(Some(root)),
                None => self.messages.at(room, seq).await.map(|found| found.map(|found| found.message)),
            };
            let result = match root {
                // It expired before its replies.
                Ok(None) => return,
                Ok(Some(root)) => {
                    let Some(wanted) = update(&root.replies.clone().unwrap_or_default()) else { return };
                    self.messages.summarize(room, seq, root.replies.as_ref(), &wanted).await
                }
                Err(error) => Err(error),
            };
            match result {
                Ok(true) => return,
                Ok(false) => self.clock.sleep(Duration::from_millis(self.clock.now().0 % 16) * attempt).await,
                Err(error) => {
                    tracing::warn!(%error, "summary of a thread not updated; the next request of the thread corrects it");
                    return;
                }
            }
        }
        tracing::warn!("summary of a busy thread not updated; the next request of the thread corrects it");
    }

    /// Returns a thread with the replies before a position, or the newest ones, as `thread`. Corrects the summary if the answer has the
    /// whole thread.
    ///
    /// # Errors
    ///
    /// [`ThreadError::NoMessage`] if there is no such thread, and `Unavailable`.
    pub async fn page(
        &self,
        renderer: &MessageRenderer,
        room: &RoomName,
        seq: Seq,
        before: Option<Seq>,
        client: &CpuClient,
    ) -> std::result::Result<ServerMessage, ThreadError> {
        let turn = renderer.turn(client).await;
        let mut root = self.root(room, seq).await?;
        let limit = limits::THREAD_PAGE;
        let mut named = self.messages.replies(room, root.seq, before, limit + 1).await?;
        let more = named.len() > limit;
        named.drain(..named.len().saturating_sub(limit));
        let replies = self.read(room, root.seq, named).await?;
        if before.is_none() && !more {
            self.correct(room, &mut root, &replies).await?;
        }
        let room = room.clone();
        let thread = turn.run("rendering a thread", move |html| rendered(html, &room, root, replies)).await?;
        let Rendered { root, messages, is_cut } = thread;
        Ok(ServerMessage::Thread { root, messages, more: more || is_cut, before })
    }

    /// Reads the replies of a thread. What the index names and does not exist, or is in another thread, is left out.
    async fn read(&self, room: &RoomName, root: Seq, named: Vec<Seq>) -> Result<Vec<ChatMessage>> {
        let reads: Vec<_> = named.into_iter().map(|seq| self.messages.at(room, seq)).collect();
        let found: Vec<_> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
        let found = found.into_iter().flatten().map(|found| found.message);
        Ok(found.filter(|reply| reply.thread == Some(root)).collect())
    }

    /// Replaces the summary of a root by that of all replies of its thread, if it counts others. A reply that is stored at this moment
    /// changes the summary, and then it stays as it is.
    async fn correct(&self, room: &RoomName, root: &mut ChatMessage, replies: &[ChatMessage]) -> Result<()> {
        let exact = summary_of(replies);
        let counted = root.replies.clone().unwrap_or_default();
        let is_same = counted.count == exact.count && counted.people == exact.people && counted.last() == exact.last();
        if is_same && counted.rev >= exact.rev {
            return Ok(());
        }
        let exact = ThreadSummary { rev: exact.rev.max(counted.rev), ..exact };
        if version_of(Some(&exact)) == version_of(root.replies.as_ref())
            || self.messages.summarize(room, root.seq, root.replies.as_ref(), &exact).await?
        {
            root.replies = Some(exact);
        }
        Ok(())
    }
}

/// Returns the summary of all replies of a thread, in ascending order.
fn summary_of(replies: &[ChatMessage]) -> ThreadSummary {
    let mut summary = ThreadSummary::default();
    for reply in replies {
        match with_reply(&summary, reply) {
            Some(next) if !reply.deleted => summary = next,
            _ => {
                push_recent(&mut summary.recent, reply.seq);
                summary.rev = summary.rev.max(reply.rev);
            }
        }
    }
    summary
}

/// Returns a summary with one more reply; `None` if it counts the reply already.
fn with_reply(summary: &ThreadSummary, reply: &ChatMessage) -> Option<ThreadSummary> {
    if summary.counts(reply.seq) {
        return None;
    }
    let mut summary = summary.clone();
    let is_last = summary.last().is_none_or(|last| last < reply.seq);
    summary.count += 1;
    summary.rev = summary.rev.max(Rev(reply.seq.0));
    if is_last {
        summary.last_at = reply.sent_at;
    }
    push_recent(&mut summary.recent, reply.seq);
    let is_known = summary.people.iter().any(|person| person.id == reply.author.id);
    if is_last || !is_known {
        summary.people.retain(|person| person.id != reply.author.id);
        let place = if is_last { 0 } else { summary.people.len() };
        summary.people.insert(place, Person { moderator: false, ..reply.author.clone() });
        summary.people.truncate(limits::THREAD_PEOPLE);
    }
    Some(summary)
}

/// Returns a summary without a deleted reply; `None` if nothing is to be changed. A reply that is not counted yet is marked as counted.
fn without_reply(
    summary: &ThreadSummary,
    deleted: &ChatMessage,
    was_deleted: bool,
    erased: Option<&Person>,
) -> Option<ThreadSummary> {
    let mut changed = summary.clone();
    if !was_deleted {
        if summary.counts(deleted.seq) {
            changed.count = changed.count.saturating_sub(1);
        } else {
            push_recent(&mut changed.recent, deleted.seq);
        }
    }
    // Also if it was deleted before: a page subtracts what a later revision has deleted.
    changed.rev = changed.rev.max(deleted.rev);
    if let Some(erased) = erased {
        changed.people.retain(|person| person.id != erased.id);
    }
    if changed.count == 0 {
        changed.people.clear();
    }
    (changed != *summary).then_some(changed)
}

fn push_recent(recent: &mut Vec<Seq>, reply: Seq) {
    recent.push(reply);
    recent.sort_unstable();
    recent.dedup();
    let surplus = recent.len().saturating_sub(limits::THREAD_RECENT);
    recent.drain(..surplus);
}

struct Rendered {
    root: ChatMessage,
    messages: Vec<ChatMessage>,
    /// Whether the oldest replies did not fit.
    is_cut: bool,
}

/// Renders a thread: its root, and as many of the newest replies as fit one answer. One always does, so that the next request goes on: a
/// root that leaves it no space is shortened.
fn rendered(html: &HtmlCache, room: &RoomName, root: ChatMessage, replies: Vec<ChatMessage>) -> Rendered {
    let mut root = html.with_html(room, root);
    let count = replies.len();
    let mut newest_first = replies.into_iter().rev().map(|reply| html.with_html(room, reply)).peekable();
    if newest_first.peek().is_some_and(|newest| json_bytes(&root) + json_bytes(newest) > limits::ANSWER_BYTES) {
        root = shortened(root);
    }
    let mut bytes = json_bytes(&root);
    let fit = newest_first.take_while(|reply| {
        bytes += json_bytes(reply);
        bytes <= limits::ANSWER_BYTES
    });
    let mut messages: Vec<_> = fit.collect();
    messages.reverse();
    Rendered { is_cut: messages.len() < count, root, messages }
}

/// Returns a message with the beginning of its text, and without what else can be large.
fn shortened(message: ChatMessage) -> ChatMessage {
    let text = beginning(&message);
    ChatMessage { text, html: None, image: None, mentions: Vec::new(), reactions: Vec::new(), poll: None, ..message }
}

#[cfg(test)]
mod tests {
    use shared_types::Timestamp;

    use super::*;

    fn reply(seq: u64, author: &str) -> ChatMessage {
        serde_json::from_value(serde_json::json!({
            "seq": seq, "rev": seq, "author": { "id": author, "name": author }, "nonce": "n", "text": "x", "sentAt": seq,
            "thread": 1,
        }))
        .unwrap()
    }

    fn deleted(seq: u64, rev: u64) -> ChatMessage {
        ChatMessage { rev: Rev(rev), deleted: true, ..reply(seq, "ann") }
    }

    fn counted(replies: &[ChatMessage]) -> ThreadSummary {
        replies.iter().fold(ThreadSummary::default(), |summary, reply| with_reply(&summary, reply).unwrap_or(summary))
    }

    fn people(summary: &ThreadSummary) -> Vec<&str> {
        summary.people.iter().map(|person| person.id.as_str()).collect()
    }

    #[test]
    fn a_reply_is_counted_once_in_any_order() {
        let (two, three, four) = (reply(2, "ann"), reply(3, "bea"), reply(4, "ann"));
        for order in [[&two, &three, &four, &two], [&four, &two, &three, &four], [&three, &four, &three, &two]] {
            let summary = counted(&order.map(Clone::clone));
            assert_eq!((summary.count, summary.last_at, summary.rev), (3, Timestamp(4), Rev(4)));
            assert_eq!(summary.recent, [Seq(2), Seq(3), Seq(4)]);
            assert_eq!(people(&summary)[0], "ann", "the last one first");
            assert_eq!(summary.people.len(), 2);
        }
    }

    #[test]
    fn a_retry_of_a_reply_older_than_the_recent_ones_is_not_counted_again() {
        let replies: Vec<_> = (2..=20).map(|seq| reply(seq, &format!("p{seq}"))).collect();
        let summary = counted(&replies);
        assert_eq!((summary.count, summary.recent.len()), (19, limits::THREAD_RECENT));
        assert_eq!(people(&summary), ["p20", "p19", "p18", "p17", "p16"]);
        assert_eq!(with_reply(&summary, &replies[0]), None);
    }

    #[test]
    fn a_deletion_lowers_the_count_whether_the_reply_is_counted_before_or_after_it() {
        let two = reply(2, "ann");
        let after = without_reply(&counted(std::slice::from_ref(&two)), &deleted(2, 9), false, None).unwrap();
        let before = without_reply(&ThreadSummary::default(), &deleted(2, 9), false, None).unwrap();
        assert_eq!(with_reply(&before, &two), None);
        for summary in [after, before] {
            assert_eq!((summary.count, summary.rev, summary.people.len()), (0, Rev(9), 0));
        }
        assert_eq!(summary_of(&[reply(2, "ann"), deleted(3, 9)]).count, 1);
    }

    #[test]
    fn an_erased_person_leaves_the_summary() {
        let summary = counted(&[reply(2, "ann"), reply(3, "bea")]);
        let erased = without_reply(&summary, &deleted(2, 9), false, Some(&reply(2, "ann").author)).unwrap();
        assert_eq!((people(&erased), erased.count), (vec!["bea"], 1));
        let erased_later = without_reply(&summary, &deleted(2, 9), true, Some(&reply(2, "ann").author)).unwrap();
        assert_eq!(erased_later.count, 2, "its deletion was counted before");
    }

    #[test]
    fn a_long_thread_fits_one_answer() {
        let heavy = |seq| ChatMessage { text: "語".repeat(4000).parse().ok(), ..reply(seq, "ann") };
        let Rendered { messages, is_cut, .. } =
            rendered(&HtmlCache::new(0), &RoomName::lobby(), heavy(1), (2..=50).map(heavy).collect());
        assert!(is_cut && messages.len() >= 2 && messages.last().unwrap().seq == Seq(50));
        assert!(messages.iter().map(json_bytes).sum::<usize>() <= limits::ANSWER_BYTES);
    }
}
