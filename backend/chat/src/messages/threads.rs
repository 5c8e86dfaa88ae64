//! Threads: replies beside the log of a room.
//!
//! A reply is a message of the log like any other: it has `thread`, the `seq` of the message that began the thread, its root. So
//! everything about messages holds for it. Two things are stored in addition:
//!
//! - An index names the replies of each thread. Its entry is written before the reply, so the index may name too many, never too few: an
//!   entry without a message is left out.
//! - The root has a summary. It is updated after the reply, without a revision: a page that has the root adds the replies that it sees.
//!   The update compares and sets, and the summary names the latest replies that it counts, so a retry counts nothing twice.
//!
//! A request may end at any point, and later requests of the thread complete what it left:
//!
//! - A reply that is stored and not counted is in the index. The next reply and the next reader of the thread count it.
//! - Before a reply is deleted, the summary notes it in [`deleting`](ThreadSummary::deleting). The update that subtracts it also removes
//!   the note. So a retry subtracts nothing twice, and the next reader of the thread subtracts it if nobody did.

mod summary;

use std::{iter, sync::Arc, time::Duration};

use futures::{StreamExt, TryStreamExt, stream};
use shared_types::{ChatMessage, Nonce, PersonId, RoomName, Seq, ServerMessage, ThreadSummary, limits};

use crate::{
    content::html_cache::HtmlCache,
    cpu::CpuClient,
    messages::{excerpt::beginning, page::json_bytes, renderer::MessageRenderer},
    ports::{Result, Unavailable, messages::Messages, system::Clock},
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

/// Returns the people who take part in the thread of a message, as far as its summary names them: its author, and the latest who replied.
pub(crate) fn participants(root: &ChatMessage) -> impl Iterator<Item = &PersonId> {
    let repliers = root.replies.iter().flat_map(|summary| &summary.people);
    iter::once(&root.author).chain(repliers).map(|person| &person.id)
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

    /// Returns the latest entries of the index of a thread, for [`count`](Self::count).
    pub(crate) async fn latest(&self, room: &RoomName, root: Seq) -> Result<Vec<Seq>> {
        self.messages.replies(room, root, None, limits::THREAD_RECENT).await
    }

    /// Counts a stored reply in the summary of its root, once, and those of the `latest` replies whose requests ended before they did. A
    /// failure is logged: the reply is stored all the same.
    pub(crate) async fn count(
        &self,
        room: &RoomName,
        root: ChatMessage,
        reply: &ChatMessage,
        latest: Result<Vec<Seq>>,
    ) {
        if reply.thread != Some(root.seq) {
            return;
        }
        let mut replies = self.not_counted(room, &root, reply.seq, latest).await.unwrap_or_else(|error| {
            tracing::warn!(%error, "latest replies of a thread not read; the next request of the thread counts them");
            Vec::new()
        });
        replies.push(reply.clone());
        // One that is older than all recent ones counts as counted.
        replies.sort_by_key(|reply| reply.seq);
        let update = |summary: &mut ThreadSummary| replies.iter().for_each(|reply| summary::include(summary, reply));
        self.summarize(room, root.seq, Some(root), update).await;
    }

    /// Returns those of the `latest` replies that the summary of a root does not count, without the `stored` one.
    async fn not_counted(
        &self,
        room: &RoomName,
        root: &ChatMessage,
        stored: Seq,
        latest: Result<Vec<Seq>>,
    ) -> Result<Vec<ChatMessage>> {
        let is_counted = |reply: Seq| root.replies.as_ref().is_some_and(|summary| summary.counts(reply));
        let missing = latest?.into_iter().filter(|reply| *reply != stored && !is_counted(*reply)).collect();
        self.read(room, root.seq, missing).await
    }

    /// Notes in the summary of its root that a reply is about to be deleted. The caller deletes it, and then calls
    /// [`uncount`](Self::uncount). Notes nothing if it is deleted already.
    ///
    /// # Errors
    ///
    /// `Unavailable` if nothing was noted. The reply MUST NOT be deleted then.
    pub(crate) async fn note_deletion(&self, room: &RoomName, reply: &ChatMessage) -> Result<()> {
        let Some(root) = reply.thread else { return Ok(()) };
        for attempt in 1..=ATTEMPTS {
            let Some(mut found) = self.messages.at(room, root).await? else { return Ok(()) };
            let mut wanted = found.message.replies.clone().unwrap_or_default();
            // The reply is read after the summary, and the summary is replaced only if nobody changed it since it was read. Otherwise
            // another deletion of the reply might have been subtracted in between, and this note would subtract it again.
            let others = wanted.deleting.iter().copied().filter(|noted| *noted != reply.seq);
            let named = others.chain([reply.seq]).collect();
            let replies = self.read(room, root, named).await?;
            if !replies.iter().any(|found| found.seq == reply.seq && !found.deleted) {
                return Ok(());
            }
            replies.iter().for_each(|reply| summary::include(&mut wanted, reply));
            summary::note_deletion(&mut wanted, reply.seq);
            if self.replace(room, &mut found.message, wanted).await? {
                return Ok(());
            }
            self.pause(attempt).await;
        }
        let cause = "others kept changing the summary of its thread".into();
        Err(Unavailable { doing: "noting the deletion of a reply", cause })
    }

    /// Takes a reply that is deleted or erased out of the summary of its root, once, whichever attempt deleted it. `author` wrote it.
    pub(crate) async fn uncount(&self, room: &RoomName, author: &PersonId, deleted: &ChatMessage) {
        let Some(root) = deleted.thread else { return };
        let erased = deleted.author.is_erased().then_some(author);
        let update = |summary: &mut ThreadSummary| {
            summary::include(summary, deleted);
            // Also if it was deleted before: a page subtracts what a later revision has deleted.
            summary.rev = summary.rev.max(deleted.rev);
            summary.people.retain(|person| Some(&person.id) != erased);
        };
        self.summarize(room, root, None, update).await;
    }

    /// Updates the summary of a root, which the caller may have read. A failure is logged.
    async fn summarize(
        &self,
        room: &RoomName,
        seq: Seq,
        mut known: Option<ChatMessage>,
        update: impl Fn(&mut ThreadSummary),
    ) {
        for attempt in 1..=ATTEMPTS {
            let root = match known.take() {
                Some(root) => Ok(Some(root)),
                None => self.messages.at(room, seq).await.map(|found| found.map(|found| found.message)),
            };
            let replaced = match root {
                // It expired before its replies.
                Ok(None) => return,
                Ok(Some(mut root)) => {
                    let mut wanted = root.replies.clone().unwrap_or_default();
                    update(&mut wanted);
                    self.replace(room, &mut root, wanted).await
                }
                Err(error) => Err(error),
            };
            match replaced {
                Ok(true) => return,
                Ok(false) => self.pause(attempt).await,
                Err(error) => {
                    tracing::warn!(%error, "summary of a thread not updated; the next request of the thread corrects it");
                    return;
                }
            }
        }
        tracing::warn!("summary of a busy thread not updated; the next request of the thread corrects it");
    }

    /// Replaces the summary of a root, unless it is the wanted one already. Returns `false` if another request changed it since the root
    /// was read.
    async fn replace(&self, room: &RoomName, root: &mut ChatMessage, wanted: ThreadSummary) -> Result<bool> {
        let seen = root.replies.as_ref();
        if wanted == seen.cloned().unwrap_or_default() {
            return Ok(true);
        }
        let version = wanted.version.unwrap_or_default().saturating_add(1);
        let wanted = ThreadSummary { version: Some(version), ..wanted };
        let is_replaced = self.messages.summarize(room, root.seq, seen, &wanted).await?;
        if is_replaced {
            root.replies = Some(wanted);
        }
        Ok(is_replaced)
    }

    async fn pause(&self, attempt: u32) {
        self.clock.sleep(Duration::from_millis(self.clock.now().0 % 16) * attempt).await;
    }

    /// Returns a thread with the replies before a position, or the newest ones, as `thread`. Corrects the summary by
    /// what was read.
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
        let is_whole = before.is_none() && !more;
        self.correct(room, &mut root, &replies, is_whole).await?;
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

    /// Corrects the summary of a root by replies of its thread, which were read after it: the whole thread, or a page of it. A reply that
    /// is stored or deleted at this moment changes the summary, and then it stays as it is.
    async fn correct(
        &self,
        room: &RoomName,
        root: &mut ChatMessage,
        replies: &[ChatMessage],
        is_whole: bool,
    ) -> Result<()> {
        let stored = root.replies.clone().unwrap_or_default();
        let wanted = if is_whole {
            summary::of_whole(stored, replies)
        } else {
            let noted = self.read(room, root.seq, stored.deleting.clone()).await?;
            let mut wanted = stored;
            noted.iter().chain(replies).for_each(|reply| summary::include(&mut wanted, reply));
            wanted
        };
        self.replace(room, root, wanted).await.map(drop)
    }
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
    use super::*;

    #[test]
    fn a_long_thread_fits_one_answer() {
        let heavy = |seq: u64| -> ChatMessage {
            serde_json::from_value(serde_json::json!({
                "seq": seq, "rev": seq, "author": { "id": "ann", "name": "Ann" }, "nonce": "n", "text": "語".repeat(4000),
                "sentAt": seq, "thread": 1,
            }))
            .unwrap()
        };
        let Rendered { messages, is_cut, .. } =
            rendered(&HtmlCache::new(0), &RoomName::lobby(), heavy(1), (2..=50).map(heavy).collect());
        assert!(is_cut && messages.len() >= 2 && messages.last().unwrap().seq == Seq(50));
        assert!(messages.iter().map(json_bytes).sum::<usize>() <= limits::ANSWER_BYTES);
    }
}
