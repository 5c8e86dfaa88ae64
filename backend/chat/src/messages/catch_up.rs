//! Catching up: what a client gets to see of the past, and up to which revision it then has everything.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::{StreamExt, stream};
use shared_types::{ChatMessage, HistoryRange, Rev, RoomName, Seq, ServerMessage, Timestamp, limits};

use crate::{
    content::markdown::with_html,
    messages::{
        deadlines::GAP_LIFE,
        page::{Page, json_bytes},
    },
    ports::{
        Result,
        messages::{ChangeRecord, Messages},
        system::Clock,
    },
};

/// Messages that are read at once because they changed.
const AT_ONCE: usize = 16;

/// The rule of catching up.
pub struct CatchUp {
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The most messages in one answer; never more than `limits::PAGE_MESSAGES`.
    pub page_size: usize,
}

impl CatchUp {
    /// The newest page: `page` with `upTo`.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the log did not answer.
    pub async fn newest(&self, room: &RoomName) -> Result<ServerMessage> {
        let (Page { messages, more, newer }, up_to) = self.newest_page(room).await?;
        Ok(ServerMessage::Page { place: None, messages, more, newer, up_to: Some(up_to) })
    }

    /// The page before, after or around a place in the order: `page` without `upTo`. Where no message is, it is the page
    /// around where it would be.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the log did not answer.
    pub async fn history(&self, room: &RoomName, place: HistoryRange) -> Result<ServerMessage> {
        let Page { messages, more, newer } = Page::about(self.messages.as_ref(), room, place, self.limit()).await?;
        Ok(ServerMessage::Page { place: Some(place), messages, more, newer, up_to: None })
    }

    /// What changed after a revision: `changes`, whole, or `truncated` with the newest page instead.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the log did not answer.
    pub async fn changes(&self, room: &RoomName, after: Rev) -> Result<ServerMessage> {
        let limit = self.limit();
        let (born, marks) = futures::try_join!(
            self.messages.created_after(room, after, limit + 1),
            self.messages.changes_after(room, after, self.marks_limit() + 1)
        )?;
        let changed: BTreeSet<Seq> = marks.iter().filter_map(|mark| mark.seq).collect();
        if born.len() + changed.len() <= limit && marks.len() <= self.marks_limit() {
            let now = self.clock.now();
            let messages = self.as_new_as(room, born, &marks).await?;
            let messages: Vec<ChatMessage> = messages.into_iter().map(with_html).collect();
            if total_bytes(&messages) <= limits::ANSWER_BYTES {
                let up_to = settled(after, entries(&messages, &marks, after), now);
                return Ok(ServerMessage::Changes { messages, up_to, truncated: false });
            }
        }
        let (page, up_to) = self.newest_page(room).await?;
        Ok(ServerMessage::Changes { messages: page.messages, up_to, truncated: true })
    }

    /// The newest page and the revision up to which it is everything.
    pub(crate) async fn newest_page(&self, room: &RoomName) -> Result<(Page, Rev)> {
        // At once: what one of them saw and the other did not is a hole, or a change that is not made yet, and is not passed.
        let (marks, page) = futures::try_join!(
            self.messages.newest_changes(room, self.marks_limit()),
            Page::newest(self.messages.as_ref(), room, self.limit())
        )?;
        // What lies before the page is history, not a gap. Marks that are too many to be read are holes like others.
        let start = page.messages.first().filter(|_| page.more).map_or(0, |oldest| oldest.seq.0.saturating_sub(1));
        // A change of a message before the page concerns nobody who has just this page.
        let concerns = |mark: &ChangeRecord| mark.seq.filter(|seq| seq.0 > start);
        let marks: Vec<ChangeRecord> = marks.iter().map(|mark| ChangeRecord { seq: concerns(mark), ..*mark }).collect();
        let up_to = settled(Rev(start), entries(&page.messages, &marks, Rev(start)), self.clock.now());
        Ok((page, up_to))
    }

    /// These messages and the marked ones, each of them at least as new as it was when its marks were read, by `rev`.
    async fn as_new_as(
        &self,
        room: &RoomName,
        born: Vec<ChatMessage>,
        marks: &[ChangeRecord],
    ) -> Result<Vec<ChatMessage>> {
        let mut messages: BTreeMap<Seq, ChatMessage> = born.into_iter().map(|message| (message.seq, message)).collect();
        let stale = |seq: &Seq, rev: Rev| messages.get(seq).is_none_or(|message| message.rev < rev);
        let wanted: BTreeSet<Seq> =
            marks.iter().filter_map(|mark| mark.seq.filter(|seq| stale(seq, mark.rev))).collect();
        let reads: Vec<_> = wanted.into_iter().map(|seq| self.messages.at(room, seq)).collect();
        let mut reads = stream::iter(reads).buffer_unordered(AT_ONCE);
        while let Some(found) = reads.next().await {
            messages.extend(found?.map(|found| (found.message.seq, found.message)));
        }
        let mut messages: Vec<ChatMessage> = messages.into_values().collect();
        messages.sort_unstable_by_key(|message| message.rev);
        Ok(messages)
    }

    /// The most marks that are read for one answer: a mark is 60 bytes, and many may be of one message.
    fn marks_limit(&self) -> usize {
        10 * self.limit()
    }

    fn limit(&self) -> usize {
        self.page_size.clamp(1, limits::PAGE_MESSAGES)
    }
}

/// A revision that somebody took, seen from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    rev: Rev,
    at: Timestamp,
    /// Whether what it was taken for is done.
    done: bool,
}

/// What is known of the revisions after `after`, lowest first: the births of these messages, and the marks, of which one is
/// done when its message is as new as it or not there any more.
fn entries(messages: &[ChatMessage], marks: &[ChangeRecord], after: Rev) -> Vec<Entry> {
    let births = messages.iter().map(|message| Entry { rev: Rev(message.seq.0), at: message.sent_at, done: true });
    let marks = marks.iter().map(|mark| {
        let marked = messages.iter().find(|message| Some(message.seq) == mark.seq);
        Entry { rev: mark.rev, at: mark.at, done: marked.is_none_or(|message| message.rev >= mark.rev) }
    });
    let mut entries: Vec<Entry> = births.chain(marks).filter(|entry| entry.rev > after).collect();
    entries.sort_unstable();
    entries
}

/// The revision up to which a client has everything that had everything up to `after` and is told what lies behind
/// `entries`.
///
/// A revision of which nothing is known, or whose change is not made, may still be on its way. It is passed only when it
/// is older than any send can be: when one behind it is.
fn settled(after: Rev, entries: Vec<Entry>, now: Timestamp) -> Rev {
    let mut up_to = after;
    for Entry { rev, at, done } in entries {
        let behind_a_hole = rev.0 > up_to.0 + 1;
        let old = now.since(at) > GAP_LIFE;
        if (behind_a_hole || !done) && !old {
            break;
        }
        up_to = up_to.max(rev);
    }
    up_to
}

fn total_bytes(messages: &[ChatMessage]) -> usize {
    messages.iter().map(json_bytes).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 10_000_000_000;

    fn settled_with(after: u64, revs: &[(u64, u64)]) -> u64 {
        let messages: Vec<_> = revs.iter().map(|&(rev, age)| message(rev, age)).collect();
        settled(Rev(after), entries(&messages, &[], Rev(after)), Timestamp(NOW)).0
    }

    fn message(rev: u64, age: u64) -> ChatMessage {
        serde_json::from_value(serde_json::json!({
            "seq": rev, "rev": rev, "author": { "id": "a", "name": "A" }, "nonce": "n", "text": "x", "sentAt": NOW - age,
        }))
        .unwrap()
    }

    #[test]
    fn with_nothing_new_a_client_has_what_it_had() {
        assert_eq!(settled_with(7, &[]), 7);
    }

    #[test]
    fn without_a_hole_a_client_has_everything_it_is_given() {
        assert_eq!(settled_with(7, &[(8, 0), (9, 0)]), 9);
    }

    #[test]
    fn a_young_hole_is_not_passed() {
        assert_eq!(settled_with(7, &[(8, 0), (10, 0)]), 8);
        assert_eq!(settled_with(7, &[(8, 0), (10, GAP_LIFE.as_millis() as u64)]), 8);
    }

    #[test]
    fn an_old_hole_is_passed() {
        assert_eq!(settled_with(7, &[(8, NOW), (10, GAP_LIFE.as_millis() as u64 + 1), (11, 0)]), 11);
    }

    #[test]
    fn a_change_that_is_not_made_yet_is_not_passed_while_it_is_young() {
        let up_to = |message_rev: u64, mark_age: u64| {
            let changed = ChatMessage { rev: Rev(message_rev), ..message(3, NOW) };
            let mark = ChangeRecord { rev: Rev(8), at: Timestamp(NOW - mark_age), seq: Some(Seq(3)) };
            settled(Rev(7), entries(&[changed], &[mark], Rev(7)), Timestamp(NOW)).0
        };
        assert_eq!(up_to(3, 0), 7, "it is marked, and the message is as it was");
        assert_eq!(up_to(8, 0), 8);
        assert_eq!(up_to(9, 0), 8, "a newer change has taken its place");
        assert_eq!(up_to(3, GAP_LIFE.as_millis() as u64 + 1), 8, "whoever marked it is dead");
    }

    #[test]
    fn a_revision_that_nobody_needed_is_passed_at_once() {
        let mark = ChangeRecord { rev: Rev(8), at: Timestamp(NOW), seq: None };
        assert_eq!(settled(Rev(7), entries(&[message(9, 0)], &[mark], Rev(7)), Timestamp(NOW)), Rev(9));
    }
}
