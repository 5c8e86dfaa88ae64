//! Answers what a client missed, and up to which revision it then has everything.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::{StreamExt, stream};
use shared_types::{ChatMessage, HistoryRange, Rev, RoomName, Seq, ServerMessage, Timestamp, limits};

use crate::{
    content::html_cache::HtmlCache,
    cpu::CpuClient,
    messages::{
        deadlines::GAP_LIFE,
        page::{Page, UnrenderedPage, json_bytes},
        renderer::MessageRenderer,
    },
    ports::{
        Result,
        messages::{ChangeRecord, Messages},
        system::Clock,
    },
};

/// Number of changed messages that are read at the same time.
const AT_ONCE: usize = 16;

/// Reads pages and changes of a room.
#[derive(Clone)]
pub struct CatchUp {
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Renders the messages.
    pub renderer: MessageRenderer,
    /// Maximum number of messages in one answer; at most `limits::PAGE_MESSAGES`.
    pub page_size: usize,
}

impl CatchUp {
    /// Returns the newest page, a `page` with `upTo`.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the log did not answer.
    pub async fn newest(&self, room: &RoomName, client: &CpuClient) -> Result<ServerMessage> {
        let (Page { messages, more, newer }, up_to) = self.newest_page(room, client).await?;
        Ok(ServerMessage::Page { place: None, messages, more, newer, up_to: Some(up_to) })
    }

    /// Returns the page before, after or around a `seq`, a `page` without `upTo`. The `seq` may be one that has no message.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the log did not answer.
    pub async fn history(&self, room: &RoomName, place: HistoryRange, client: &CpuClient) -> Result<ServerMessage> {
        let turn = self.renderer.turn(client).await;
        let page = UnrenderedPage::about(self.messages.as_ref(), room, place, self.limit()).await?;
        let room = room.clone();
        let Page { messages, more, newer } = turn.run("rendering a page", move |html| page.render(html, &room)).await?;
        Ok(ServerMessage::Page { place: Some(place), messages, more, newer, up_to: None })
    }

    /// Returns all that changed after a revision, or `truncated` with the newest page.
    ///
    /// # Errors
    ///
    /// `Unavailable` if the log did not answer.
    pub async fn changes(&self, room: &RoomName, after: Rev, client: &CpuClient) -> Result<ServerMessage> {
        if let Some((messages, up_to)) = self.all_changes(room, after, client).await? {
            return Ok(ServerMessage::Changes { messages, up_to, truncated: false });
        }
        let (page, up_to) = self.newest_page(room, client).await?;
        Ok(ServerMessage::Changes { messages: page.messages, up_to, truncated: true })
    }

    /// Returns all that changed after a revision, and the revision up to which it is complete; `None` if it is more than one answer.
    async fn all_changes(
        &self,
        room: &RoomName,
        after: Rev,
        client: &CpuClient,
    ) -> Result<Option<(Vec<ChatMessage>, Rev)>> {
        let limit = self.limit();
        let turn = self.renderer.turn(client).await;
        let (created, records) = futures::try_join!(
            self.messages.created_after(room, after, limit + 1),
            self.messages.changes_after(room, after, self.change_records_limit() + 1)
        )?;
        let changed: BTreeSet<Seq> = records.iter().filter_map(|record| record.seq).collect();
        if created.len() + changed.len() > limit || records.len() > self.change_records_limit() {
            return Ok(None);
        }
        let now = self.clock.now();
        let (messages, room) = (self.current_messages(room, created, &records).await?, room.clone());
        let messages = turn.run("rendering changes", move |html| rendered(html, &room, messages)).await?;
        Ok(messages.map(|messages| {
            let up_to = settled(after, entries(&messages, &records, after), now);
            (messages, up_to)
        }))
    }

    /// Returns the newest page and the revision up to which it is complete.
    pub(crate) async fn newest_page(&self, room: &RoomName, client: &CpuClient) -> Result<(Page, Rev)> {
        let turn = self.renderer.turn(client).await;
        // Both at once: a revision that only one of the reads saw is a gap or an unfinished change, and is not passed.
        let (records, page) = futures::try_join!(
            self.messages.newest_changes(room, self.change_records_limit()),
            UnrenderedPage::newest(self.messages.as_ref(), room, self.limit())
        )?;
        let room = room.clone();
        let page = turn.run("rendering the newest page", move |html| page.render(html, &room)).await?;
        // Revisions before the page are history, not a gap. Records beyond the read limit are gaps like others.
        let start = page.messages.first().filter(|_| page.more).map_or(0, |oldest| oldest.seq.0.saturating_sub(1));
        // A change of a message before the page does not concern a client that has only this page.
        let relevant_seq = |record: &ChangeRecord| record.seq.filter(|seq| seq.0 > start);
        let records: Vec<ChangeRecord> =
            records.iter().map(|record| ChangeRecord { seq: relevant_seq(record), ..*record }).collect();
        let up_to = settled(Rev(start), entries(&page.messages, &records, Rev(start)), self.clock.now());
        Ok((page, up_to))
    }

    /// Returns the created and the changed messages by `rev`, each at least as new as its change records.
    async fn current_messages(
        &self,
        room: &RoomName,
        created: Vec<ChatMessage>,
        records: &[ChangeRecord],
    ) -> Result<Vec<ChatMessage>> {
        let mut messages: BTreeMap<Seq, ChatMessage> =
            created.into_iter().map(|message| (message.seq, message)).collect();
        let stale = |seq: &Seq, rev: Rev| messages.get(seq).is_none_or(|message| message.rev < rev);
        let wanted: BTreeSet<Seq> =
            records.iter().filter_map(|record| record.seq.filter(|seq| stale(seq, record.rev))).collect();
        let reads: Vec<_> = wanted.into_iter().map(|seq| self.messages.at(room, seq)).collect();
        let mut reads = stream::iter(reads).buffer_unordered(AT_ONCE);
        while let Some(found) = reads.next().await {
            messages.extend(found?.map(|found| (found.message.seq, found.message)));
        }
        let mut messages: Vec<ChatMessage> = messages.into_values().collect();
        messages.sort_unstable_by_key(|message| message.rev);
        Ok(messages)
    }

    /// Maximum number of change records that are read for one answer. A record is 60 bytes, and many may belong to one message.
    fn change_records_limit(&self) -> usize {
        10 * self.limit()
    }

    fn limit(&self) -> usize {
        self.page_size.clamp(1, limits::PAGE_MESSAGES)
    }
}

/// A revision that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    rev: Rev,
    at: Timestamp,
    /// Whether the change that it was taken for is visible.
    done: bool,
}

/// Returns the known revisions after `after`, lowest first: the creations of these messages, and the change records. A record is done
/// when its message is as new as it, or does not exist.
fn entries(messages: &[ChatMessage], records: &[ChangeRecord], after: Rev) -> Vec<Entry> {
    let creations = messages.iter().map(|message| Entry { rev: Rev(message.seq.0), at: message.sent_at, done: true });
    let changes = records.iter().map(|record| {
        let changed = messages.iter().find(|message| Some(message.seq) == record.seq);
        Entry { rev: record.rev, at: record.at, done: changed.is_none_or(|message| message.rev >= record.rev) }
    });
    let mut entries: Vec<Entry> = creations.chain(changes).filter(|entry| entry.rev > after).collect();
    entries.sort_unstable();
    entries
}

/// Returns the revision up to which a client is complete, if it was complete up to `after` and receives what `entries` stand for.
///
/// A missing revision, or one whose change is not visible, may still be written. It is passed only when it is older than any send can
/// be: when an entry behind it is.
fn settled(after: Rev, entries: Vec<Entry>, now: Timestamp) -> Rev {
    let mut up_to = after;
    for Entry { rev, at, done } in entries {
        let behind_gap = rev.0 > up_to.0 + 1;
        let old = now.since(at) > GAP_LIFE;
        if (behind_gap || !done) && !old {
            break;
        }
        up_to = up_to.max(rev);
    }
    up_to
}

/// Renders messages; `None` as soon as they do not fit one answer.
fn rendered(html: &HtmlCache, room: &RoomName, messages: Vec<ChatMessage>) -> Option<Vec<ChatMessage>> {
    let mut bytes = 0;
    let fit = messages.into_iter().map(|message| {
        let message = html.with_html(room, message);
        bytes += json_bytes(&message);
        (bytes <= limits::ANSWER_BYTES).then_some(message)
    });
    fit.collect()
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
    fn without_news_up_to_stays() {
        assert_eq!(settled_with(7, &[]), 7);
    }

    #[test]
    fn without_a_gap_up_to_is_the_newest_revision() {
        assert_eq!(settled_with(7, &[(8, 0), (9, 0)]), 9);
    }

    #[test]
    fn a_young_gap_is_not_passed() {
        assert_eq!(settled_with(7, &[(8, 0), (10, 0)]), 8);
        assert_eq!(settled_with(7, &[(8, 0), (10, GAP_LIFE.as_millis() as u64)]), 8);
    }

    #[test]
    fn an_old_gap_is_passed() {
        assert_eq!(settled_with(7, &[(8, NOW), (10, GAP_LIFE.as_millis() as u64 + 1), (11, 0)]), 11);
    }

    #[test]
    fn a_young_unfinished_change_is_not_passed() {
        let up_to = |message_rev: u64, record_age: u64| {
            let changed = ChatMessage { rev: Rev(message_rev), ..message(3, NOW) };
            let record = ChangeRecord { rev: Rev(8), at: Timestamp(NOW - record_age), seq: Some(Seq(3)) };
            settled(Rev(7), entries(&[changed], &[record], Rev(7)), Timestamp(NOW)).0
        };
        assert_eq!(up_to(3, 0), 7, "recorded, but the message is unchanged");
        assert_eq!(up_to(8, 0), 8);
        assert_eq!(up_to(9, 0), 8, "a newer change replaced it");
        assert_eq!(up_to(3, GAP_LIFE.as_millis() as u64 + 1), 8, "the request that recorded it has ended");
    }

    #[test]
    fn a_released_revision_is_passed_at_once() {
        let record = ChangeRecord { rev: Rev(8), at: Timestamp(NOW), seq: None };
        assert_eq!(settled(Rev(7), entries(&[message(9, 0)], &[record], Rev(7)), Timestamp(NOW)), Rev(9));
    }
}
