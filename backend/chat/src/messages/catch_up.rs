//! Catch-up: which older messages and changes a client gets, and up to which revision it then has everything.

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

/// Maximum number of changed messages that are read concurrently.
const CONCURRENT_READS: usize = 16;

/// Answers `hello`, `history` and `changes`.
pub struct CatchUp {
    /// The message log.
    pub messages: Arc<dyn Messages>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Maximum number of messages in one answer. It is limited to `limits::PAGE_MESSAGES`.
    pub page_size: usize,
}

impl CatchUp {
    /// Returns the newest page: `page` with `upTo`.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the log did not answer.
    pub async fn newest(&self, room: &RoomName) -> Result<ServerMessage> {
        let (Page { messages, more, newer }, up_to) = self.newest_page(room).await?;
        Ok(ServerMessage::Page { place: None, messages, more, newer, up_to: Some(up_to) })
    }

    /// Returns the page before, after or around a sequence number: `page` without `upTo`. The sequence number may be one
    /// that no message has.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the log did not answer.
    pub async fn history(&self, room: &RoomName, range: HistoryRange) -> Result<ServerMessage> {
        let Page { messages, more, newer } = Page::in_range(self.messages.as_ref(), room, range, self.limit()).await?;
        Ok(ServerMessage::Page { place: Some(range), messages, more, newer, up_to: None })
    }

    /// Returns everything that changed after a revision: `changes`. If that is too much for one answer, returns the newest
    /// page instead, marked as `truncated`.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the log did not answer.
    pub async fn changes(&self, room: &RoomName, after: Rev) -> Result<ServerMessage> {
        let limit = self.limit();
        let (created, records) = futures::try_join!(
            self.messages.created_after(room, after, limit + 1),
            self.messages.changes_after(room, after, self.records_limit() + 1)
        )?;
        let changed: BTreeSet<Seq> = records.iter().filter_map(|record| record.seq).collect();
        if created.len() + changed.len() <= limit && records.len() <= self.records_limit() {
            let now = self.clock.now();
            let messages = self.with_changed(room, created, &records).await?;
            let messages: Vec<ChatMessage> = messages.into_iter().map(with_html).collect();
            if total_bytes(&messages) <= limits::ANSWER_BYTES {
                let up_to = settled_up_to(after, revisions_after(&messages, &records, after), now);
                return Ok(ServerMessage::Changes { messages, up_to, truncated: false });
            }
        }
        let (page, up_to) = self.newest_page(room).await?;
        Ok(ServerMessage::Changes { messages: page.messages, up_to, truncated: true })
    }

    /// Returns the newest page, and the revision up to which a client with this page has everything.
    pub(crate) async fn newest_page(&self, room: &RoomName) -> Result<(Page, Rev)> {
        // Both reads run concurrently. A revision that only one of them saw looks like a gap or an unapplied change, and
        // `settled_up_to` stops before it.
        let (records, page) = futures::try_join!(
            self.messages.newest_changes(room, self.records_limit()),
            Page::newest(self.messages.as_ref(), room, self.limit())
        )?;
        // Revisions before the page are history, not gaps. Change records beyond the read limit count as gaps.
        let start = page.messages.first().filter(|_| page.more).map_or(0, |oldest| oldest.seq.0.saturating_sub(1));
        // A client that has only this page does not need changes of messages before it.
        let seq_in_page = |record: &ChangeRecord| record.seq.filter(|seq| seq.0 > start);
        let records: Vec<ChangeRecord> =
            records.iter().map(|record| ChangeRecord { seq: seq_in_page(record), ..*record }).collect();
        let revisions = revisions_after(&page.messages, &records, Rev(start));
        let up_to = settled_up_to(Rev(start), revisions, self.clock.now());
        Ok((page, up_to))
    }

    /// Returns the created messages and the messages of the change records, sorted by `rev`. A message that is older than
    /// its change record is read again.
    async fn with_changed(
        &self,
        room: &RoomName,
        created: Vec<ChatMessage>,
        records: &[ChangeRecord],
    ) -> Result<Vec<ChatMessage>> {
        let mut messages: BTreeMap<Seq, ChatMessage> =
            created.into_iter().map(|message| (message.seq, message)).collect();
        let is_stale = |seq: &Seq, rev: Rev| messages.get(seq).is_none_or(|message| message.rev < rev);
        let stale: BTreeSet<Seq> =
            records.iter().filter_map(|record| record.seq.filter(|seq| is_stale(seq, record.rev))).collect();
        let reads: Vec<_> = stale.into_iter().map(|seq| self.messages.at(room, seq)).collect();
        let mut reads = stream::iter(reads).buffer_unordered(CONCURRENT_READS);
        while let Some(found) = reads.next().await {
            messages.extend(found?.map(|found| (found.message.seq, found.message)));
        }
        let mut messages: Vec<ChatMessage> = messages.into_values().collect();
        messages.sort_unstable_by_key(|message| message.rev);
        Ok(messages)
    }

    /// Maximum number of change records that are read for one answer. A record has 60 bytes, and one message may have many.
    fn records_limit(&self) -> usize {
        10 * self.limit()
    }

    fn limit(&self) -> usize {
        self.page_size.clamp(1, limits::PAGE_MESSAGES)
    }
}

/// A revision that a message or a change record shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct KnownRevision {
    rev: Rev,
    at: Timestamp,
    /// Whether the message of this revision is stored, or its change applied.
    applied: bool,
}

/// Returns the known revisions after `after`, lowest first: of created messages and of change records. A change counts as
/// applied when its message is at least as new, or is not among `messages`.
fn revisions_after(messages: &[ChatMessage], records: &[ChangeRecord], after: Rev) -> Vec<KnownRevision> {
    let created =
        messages.iter().map(|message| KnownRevision { rev: Rev(message.seq.0), at: message.sent_at, applied: true });
    let changed = records.iter().map(|record| {
        let message = messages.iter().find(|message| Some(message.seq) == record.seq);
        let applied = message.is_none_or(|message| message.rev >= record.rev);
        KnownRevision { rev: record.rev, at: record.at, applied }
    });
    let mut revisions: Vec<KnownRevision> = created.chain(changed).filter(|known| known.rev > after).collect();
    revisions.sort_unstable();
    revisions
}

/// Returns the revision up to which a client has everything, if it had everything up to `after` and now receives the
/// messages of `revisions`.
///
/// A revision that is unknown, or whose change is not applied, may still be in progress. The result goes beyond it only if
/// it is older than the longest possible send. An unknown revision has no time, so the time of the next known one decides.
fn settled_up_to(after: Rev, revisions: Vec<KnownRevision>, now: Timestamp) -> Rev {
    let mut up_to = after;
    for KnownRevision { rev, at, applied } in revisions {
        let follows_gap = rev.0 > up_to.0 + 1;
        let old = now.since(at) > GAP_LIFE;
        if (follows_gap || !applied) && !old {
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

    fn settled_for(after: u64, revs: &[(u64, u64)]) -> u64 {
        let messages: Vec<_> = revs.iter().map(|&(rev, age)| message(rev, age)).collect();
        settled_up_to(Rev(after), revisions_after(&messages, &[], Rev(after)), Timestamp(NOW)).0
    }

    fn message(rev: u64, age: u64) -> ChatMessage {
        serde_json::from_value(serde_json::json!({
            "seq": rev, "rev": rev, "author": { "id": "a", "name": "A" }, "nonce": "n", "text": "x", "sentAt": NOW - age,
        }))
        .unwrap()
    }

    #[test]
    fn without_news_the_revision_stays() {
        assert_eq!(settled_for(7, &[]), 7);
    }

    #[test]
    fn without_a_gap_all_revisions_are_settled() {
        assert_eq!(settled_for(7, &[(8, 0), (9, 0)]), 9);
    }

    #[test]
    fn a_recent_gap_stops_the_settled_revision() {
        assert_eq!(settled_for(7, &[(8, 0), (10, 0)]), 8);
        assert_eq!(settled_for(7, &[(8, 0), (10, GAP_LIFE.as_millis() as u64)]), 8);
    }

    #[test]
    fn an_old_gap_is_skipped() {
        assert_eq!(settled_for(7, &[(8, NOW), (10, GAP_LIFE.as_millis() as u64 + 1), (11, 0)]), 11);
    }

    #[test]
    fn a_recent_unapplied_change_stops_the_settled_revision() {
        let up_to = |message_rev: u64, record_age: u64| {
            let changed = ChatMessage { rev: Rev(message_rev), ..message(3, NOW) };
            let record = ChangeRecord { rev: Rev(8), at: Timestamp(NOW - record_age), seq: Some(Seq(3)) };
            settled_up_to(Rev(7), revisions_after(&[changed], &[record], Rev(7)), Timestamp(NOW)).0
        };
        assert_eq!(up_to(3, 0), 7, "the change is recorded, but the message is unchanged");
        assert_eq!(up_to(8, 0), 8);
        assert_eq!(up_to(9, 0), 8, "a newer change replaced it");
        assert_eq!(up_to(3, GAP_LIFE.as_millis() as u64 + 1), 8, "the request that recorded it has ended");
    }

    #[test]
    fn an_unused_revision_is_skipped_at_once() {
        let unused = ChangeRecord { rev: Rev(8), at: Timestamp(NOW), seq: None };
        let revisions = revisions_after(&[message(9, 0)], &[unused], Rev(7));
        assert_eq!(settled_up_to(Rev(7), revisions, Timestamp(NOW)), Rev(9));
    }
}
