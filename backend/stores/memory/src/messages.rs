//! The messages of all rooms in memory.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard},
};

use async_trait::async_trait;
use chat::ports::{
    Result,
    messages::{ChangeRecord, IdempotencyRecord, MessageKey, Messages, PinEntry, StoredMessage, version_of},
    saved_messages::SavedMessages,
};
use shared_types::{ChatMessage, PersonId, Rev, RoomName, SavedPosition, Seq, ThreadSummary, Timestamp};

/// [`Messages`] and [`SavedMessages`] in memory. Nothing expires.
#[derive(Default)]
pub struct MemoryMessages(Mutex<Log>);

#[derive(Default)]
struct Log {
    revs: BTreeMap<RoomName, u64>,
    /// Idempotency records by author, room and nonce, each with whether it is a tombstone.
    records: BTreeMap<(String, String, String), (IdempotencyRecord, bool)>,
    messages: BTreeMap<(RoomName, u64), StoredMessage>,
    changes: BTreeMap<(RoomName, u64), ChangeRecord>,
    /// The index of pinned messages: revisions by room and seq.
    pins: BTreeMap<(RoomName, Seq), Rev>,
    /// The replies of each thread, by room, root and seq.
    replies: BTreeSet<(RoomName, Seq, Seq)>,
    /// When each person saved which message.
    saved: BTreeMap<(PersonId, RoomName, Seq), Timestamp>,
}

impl MemoryMessages {
    /// Returns the last revision of a room.
    pub(crate) fn last_rev(&self, room: &RoomName) -> Option<Rev> {
        self.lock().revs.get(room).copied().map(Rev)
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.0.lock().unwrap()
    }
}

fn key(message_key: &MessageKey) -> (String, String, String) {
    (message_key.author.to_string(), message_key.room.to_string(), message_key.nonce.to_string())
}

#[async_trait]
impl Messages for MemoryMessages {
    async fn next_rev(&self, room: &RoomName) -> Result<Rev> {
        let mut log = self.lock();
        let rev = log.revs.entry(room.clone()).or_default();
        *rev += 1;
        Ok(Rev(*rev))
    }

    async fn reserve(&self, message_key: &MessageKey, record: IdempotencyRecord) -> Result<IdempotencyRecord> {
        Ok(self.lock().records.entry(key(message_key)).or_insert((record, false)).0)
    }

    async fn take_over(
        &self,
        message_key: &MessageKey,
        held: IdempotencyRecord,
        fresh: IdempotencyRecord,
    ) -> Result<IdempotencyRecord> {
        let mut log = self.lock();
        let (record, is_tombstone) = log.records.entry(key(message_key)).or_insert((fresh, false));
        if *record == held {
            (*record, *is_tombstone) = (fresh, false);
        }
        Ok(*record)
    }

    async fn records_of(
        &self,
        author: &PersonId,
        after: Option<&MessageKey>,
        limit: usize,
    ) -> Result<Vec<(MessageKey, IdempotencyRecord)>> {
        let log = self.lock();
        let of_author =
            log.records.iter().filter(|((by, ..), (_, is_tombstone))| by == author.as_str() && !is_tombstone);
        let further = of_author.filter(|(found, _)| after.is_none_or(|after| **found > key(after)));
        let found = further.map(|((_, room, nonce), (record, _))| {
            let (room, nonce) = (room.parse().unwrap(), nonce.parse().unwrap());
            (MessageKey { room, author: author.clone(), nonce }, *record)
        });
        Ok(found.take(limit).collect())
    }

    /// A tombstone does not expire here.
    async fn tombstone(&self, message_key: &MessageKey, _until: Timestamp) -> Result<()> {
        if let Some((_, is_tombstone)) = self.lock().records.get_mut(&key(message_key)) {
            *is_tombstone = true;
        }
        Ok(())
    }

    async fn put(&self, room: &RoomName, message: &ChatMessage) -> Result<ChatMessage> {
        let mut log = self.lock();
        log.replies.extend(message.thread.map(|root| (room.clone(), root, message.seq)));
        let fresh = || StoredMessage { message: message.clone(), applied: Vec::new() };
        Ok(log.messages.entry((room.clone(), message.seq.0)).or_insert_with(fresh).message.clone())
    }

    async fn at(&self, room: &RoomName, seq: Seq) -> Result<Option<StoredMessage>> {
        Ok(self.lock().messages.get(&(room.clone(), seq.0)).cloned())
    }

    async fn before(&self, room: &RoomName, before: Option<Seq>, limit: usize) -> Result<Vec<ChatMessage>> {
        let end = before.map_or(u64::MAX, |before| before.0);
        let log = self.lock();
        let newest_first = log.messages.range((room.clone(), 0)..(room.clone(), end)).rev().take(limit);
        let mut page: Vec<_> = newest_first.map(|(_, stored)| stored.message.clone()).collect();
        page.reverse();
        Ok(page)
    }

    async fn replace(&self, room: &RoomName, seen: Rev, changed: &StoredMessage) -> Result<bool> {
        let mut log = self.lock();
        let stored = log.messages.get_mut(&(room.clone(), changed.message.seq.0));
        let is_as_seen = |stored: &&mut StoredMessage| {
            let [found, known] =
                [&stored.message, &changed.message].map(|message| version_of(message.replies.as_ref()));
            stored.message.rev == seen && found == known
        };
        Ok(stored.filter(is_as_seen).map(|stored| *stored = changed.clone()).is_some())
    }

    async fn record_change(&self, room: &RoomName, change: ChangeRecord) -> Result<()> {
        self.lock().changes.insert((room.clone(), change.rev.0), change);
        Ok(())
    }

    async fn changes_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChangeRecord>> {
        let log = self.lock();
        let after = log.changes.range((room.clone(), rev.0.saturating_add(1))..=(room.clone(), u64::MAX));
        Ok(after.take(limit).map(|(_, change)| *change).collect())
    }

    async fn newest_changes(&self, room: &RoomName, limit: usize) -> Result<Vec<ChangeRecord>> {
        let log = self.lock();
        let newest_first = log.changes.range((room.clone(), 0)..=(room.clone(), u64::MAX)).rev().take(limit);
        let mut changes: Vec<_> = newest_first.map(|(_, change)| *change).collect();
        changes.reverse();
        Ok(changes)
    }

    async fn created_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChatMessage>> {
        let log = self.lock();
        let after = log.messages.range((room.clone(), rev.0.saturating_add(1))..=(room.clone(), u64::MAX));
        Ok(after.take(limit).map(|(_, stored)| stored.message.clone()).collect())
    }

    async fn index_pin(&self, room: &RoomName, PinEntry { seq, rev }: PinEntry) -> Result<()> {
        let mut log = self.lock();
        let stored = log.pins.entry((room.clone(), seq)).or_default();
        *stored = rev.max(*stored);
        Ok(())
    }

    async fn unindex_pin(&self, room: &RoomName, seq: Seq, before: Rev) -> Result<()> {
        self.lock().pins.retain(|(of, pinned), rev| of != room || *pinned != seq || *rev >= before);
        Ok(())
    }

    async fn indexed_pins(&self, room: &RoomName, limit: usize) -> Result<Vec<PinEntry>> {
        let log = self.lock();
        let of_room = log.pins.range((room.clone(), Seq(0))..=(room.clone(), Seq(u64::MAX)));
        Ok(of_room.take(limit).map(|((_, seq), rev)| PinEntry { seq: *seq, rev: *rev }).collect())
    }

    async fn replies(&self, room: &RoomName, root: Seq, before: Option<Seq>, limit: usize) -> Result<Vec<Seq>> {
        let log = self.lock();
        let end = before.unwrap_or(Seq(u64::MAX));
        let newest_first = log.replies.range((room.clone(), root, Seq(0))..(room.clone(), root, end)).rev().take(limit);
        let mut replies: Vec<_> = newest_first.map(|(.., seq)| *seq).collect();
        replies.reverse();
        Ok(replies)
    }

    async fn summarize(
        &self,
        room: &RoomName,
        root: Seq,
        seen: Option<&ThreadSummary>,
        summary: &ThreadSummary,
    ) -> Result<bool> {
        let mut log = self.lock();
        let stored = log.messages.get_mut(&(room.clone(), root.0)).map(|stored| &mut stored.message.replies);
        let is_as_seen = |stored: &&mut Option<ThreadSummary>| version_of(stored.as_ref()) == version_of(seen);
        Ok(stored.filter(is_as_seen).map(|stored| *stored = Some(summary.clone())).is_some())
    }

    async fn remove(&self, room: &RoomName, messages: &[ChatMessage]) -> Result<()> {
        let mut log = self.lock();
        for message in messages {
            log.messages.remove(&(room.clone(), message.seq.0));
            log.pins.remove(&(room.clone(), message.seq));
            log.replies.retain(|(of, _, seq)| of != room || *seq != message.seq);
            let (author, nonce) = (message.author.id.clone(), message.nonce.clone());
            let record = key(&MessageKey { room: room.clone(), author, nonce });
            if log
                .records
                .get(&record)
                .is_some_and(|(found, is_tombstone)| !is_tombstone && Seq::from(found.rev) == message.seq)
            {
                log.records.remove(&record);
            }
        }
        Ok(())
    }

    async fn remove_changes(&self, room: &RoomName, before: Timestamp, limit: usize) -> Result<usize> {
        let mut log = self.lock();
        let of_room = log.changes.range((room.clone(), 0)..=(room.clone(), u64::MAX));
        let old: Vec<_> =
            of_room.take_while(|(_, change)| change.at < before).take(limit).map(|(key, _)| key.clone()).collect();
        for key in &old {
            log.changes.remove(key);
        }
        Ok(old.len())
    }
}

#[async_trait]
impl SavedMessages for MemoryMessages {
    async fn save(&self, person: &PersonId, SavedPosition { saved_at, room, seq }: &SavedPosition) -> Result<()> {
        self.lock().saved.entry((person.clone(), room.clone(), *seq)).or_insert(*saved_at);
        Ok(())
    }

    async fn unsave(&self, person: &PersonId, room: &RoomName, seq: Seq) -> Result<()> {
        self.lock().saved.remove(&(person.clone(), room.clone(), seq));
        Ok(())
    }

    async fn saved(&self, person: &PersonId, limit: usize) -> Result<Vec<SavedPosition>> {
        let log = self.lock();
        let own = log.saved.iter().filter(|((by, ..), _)| by == person);
        let position = |((_, room, seq), at): (&(PersonId, RoomName, Seq), &Timestamp)| SavedPosition {
            saved_at: *at,
            room: room.clone(),
            seq: *seq,
        };
        Ok(own.take(limit).map(position).collect())
    }
}
