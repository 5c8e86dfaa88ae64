//! The messages and change records of every room in the database.
//!
//! Expired messages are skipped by reads, as in DynamoDB, and removed once an hour.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chat::{
    cpu::yield_processor,
    ports::{
        Result, Unavailable,
        messages::{ChangeRecord, IdempotencyRecord, MessageKey, Messages, PinEntry, StoredMessage, version_of},
        system::Clock,
    },
};
use redb::{ReadOnlyTable, ReadTransaction, ReadableTable, TableDefinition, TableError, WriteTransaction};
use serde::{Serialize, de::DeserializeOwned};
use shared_types::{ChatMessage, PersonId, Rev, RoomName, Seq, ThreadSummary, Timestamp};

use crate::store::Store;

mod expiry;
pub(crate) mod idempotency;
pub(crate) mod pins;
pub(crate) mod saved;
pub(crate) mod threads;

/// The last revision of each room.
pub(crate) const REVS: TableDefinition<'_, &str, u64> = TableDefinition::new("revs");
/// A [`StoredMessage`] as JSON, by room and seq.
pub(crate) const MESSAGES: TableDefinition<'_, (&str, u64), &[u8]> = TableDefinition::new("messages");
/// Change records: `(at, seq)` by room and rev; a seq of 0 is none.
pub(crate) const CHANGES: TableDefinition<'_, (&str, u64), (u64, u64)> = TableDefinition::new("marks");

/// [`Messages`] in a [`Store`].
pub struct RedbMessages {
    store: Store,
    retention: Option<Duration>,
    clock: Arc<dyn Clock>,
}

impl RedbMessages {
    /// Returns the messages of a store. They are kept for `retention`, or for ever.
    pub fn new(store: Store, retention: Option<Duration>, clock: Arc<dyn Clock>) -> Self {
        Self { store, retention, clock }
    }

    /// Returns the time before which messages are expired.
    fn oldest_kept(&self) -> Timestamp {
        let millisecond = Duration::from_millis(1);
        self.retention.map_or(Timestamp(0), |retention| self.clock.now() - retention + millisecond)
    }

    async fn read(
        &self,
        doing: &'static str,
        work: impl FnOnce(&MessageTable, Timestamp) -> ReadResult + Send + 'static,
    ) -> Result<Vec<ChatMessage>> {
        let oldest = self.oldest_kept();
        self.store
            .read(doing, move |transaction| match open(transaction, MESSAGES)? {
                Some(messages) => work(&messages, oldest),
                None => Ok(Vec::new()),
            })
            .await
    }
}

type MessageTable = ReadOnlyTable<(&'static str, u64), &'static [u8]>;
type ReadResult = std::result::Result<Vec<ChatMessage>, redb::Error>;
type Entry<V> = std::result::Result<
    (redb::AccessGuard<'static, (&'static str, u64)>, redb::AccessGuard<'static, V>),
    redb::StorageError,
>;

#[async_trait]
impl Messages for RedbMessages {
    async fn next_rev(&self, room: &RoomName) -> Result<Rev> {
        let room = room.clone();
        self.store.write_later("taking a revision", move |transaction| take_rev(transaction, &room)).await
    }

    async fn reserve(&self, message_key: &MessageKey, record: IdempotencyRecord) -> Result<IdempotencyRecord> {
        self.reserve_unless(message_key, record, |_| true).await
    }

    async fn take_over(
        &self,
        message_key: &MessageKey,
        held: IdempotencyRecord,
        fresh: IdempotencyRecord,
    ) -> Result<IdempotencyRecord> {
        self.reserve_unless(message_key, fresh, move |holds| holds != held).await
    }

    async fn records_of(
        &self,
        author: &PersonId,
        after: Option<&MessageKey>,
        limit: usize,
    ) -> Result<Vec<(MessageKey, IdempotencyRecord)>> {
        self.records_after(author, after, limit).await
    }

    async fn tombstone(&self, message_key: &MessageKey, until: Timestamp) -> Result<()> {
        self.write_tombstone(message_key, until).await
    }

    async fn append(&self, message_key: &MessageKey, message: &ChatMessage) -> Result<Option<ChatMessage>> {
        self.append_unless_known(message_key, message).await
    }

    async fn put(&self, room: &RoomName, message: &ChatMessage) -> Result<ChatMessage> {
        let (room, message, doing) = (room.clone(), message.clone(), "storing a message");
        let put = self.store.write(doing, move |transaction| {
            let mut messages = transaction.open_table(MESSAGES)?;
            let key = (room.as_str(), message.seq.0);
            let stored = messages.get(key)?.map(|stored| readable(stored.value()));
            if let Some(stored) = stored {
                return Ok(stored);
            }
            messages.insert(key, encode(&message)?.as_slice())?;
            threads::put(transaction, &room, &message)?;
            Ok(Some(message))
        });
        // Not an error of the write itself: that would fail every write of the same commit.
        put.await?.ok_or_else(|| Unavailable { doing, cause: "the stored message cannot be read".into() })
    }

    async fn at(&self, room: &RoomName, seq: Seq) -> Result<Option<StoredMessage>> {
        let (room, oldest) = (room.clone(), self.oldest_kept());
        let found = self.store.read("reading a message", move |transaction| {
            let Some(messages) = open(transaction, MESSAGES)? else { return Ok(None) };
            Ok(messages.get((room.as_str(), seq.0))?.and_then(|stored| readable::<StoredMessage>(stored.value())))
        });
        Ok(found.await?.filter(|found| found.message.sent_at >= oldest))
    }

    async fn before(&self, room: &RoomName, before: Option<Seq>, limit: usize) -> Result<Vec<ChatMessage>> {
        let room = room.clone();
        let page = self.read("reading a page", move |messages, oldest| {
            let end = before.map_or(u64::MAX, |before| before.0);
            let range = messages.range((room.as_str(), 0)..(room.as_str(), end))?;
            range.rev().filter_map(|entry| kept(entry, oldest)).take(limit).collect()
        });
        let mut newest_first = page.await?;
        newest_first.reverse();
        Ok(newest_first)
    }

    async fn created_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChatMessage>> {
        let room = room.clone();
        self.read("reading new messages", move |messages, oldest| {
            let range = messages.range((room.as_str(), rev.0.saturating_add(1))..=(room.as_str(), u64::MAX))?;
            range.filter_map(|entry| kept(entry, oldest)).take(limit).collect()
        })
        .await
    }

    async fn replace(&self, room: &RoomName, seen: Rev, changed: &StoredMessage) -> Result<bool> {
        let (room, changed) = (room.clone(), changed.clone());
        self.store
            .write("changing a message", move |transaction| {
                let mut messages = transaction.open_table(MESSAGES)?;
                let key = (room.as_str(), changed.message.seq.0);
                let stored = messages.get(key)?.and_then(|stored| readable::<ChatMessage>(stored.value()));
                let version = version_of(changed.message.replies.as_ref());
                if stored.is_none_or(|stored| stored.rev != seen || version_of(stored.replies.as_ref()) != version) {
                    return Ok(false);
                }
                messages.insert(key, encode(&changed)?.as_slice())?;
                Ok(true)
            })
            .await
    }

    async fn record_change(&self, room: &RoomName, change: ChangeRecord) -> Result<()> {
        let room = room.clone();
        self.store
            .write_later("writing a change record", move |transaction| {
                let mut changes = transaction.open_table(CHANGES)?;
                changes.insert((room.as_str(), change.rev.0), (change.at.0, change.seq.map_or(0, |seq| seq.0)))?;
                Ok(())
            })
            .await
    }

    async fn changes_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChangeRecord>> {
        let room = room.clone();
        self.read_changes(move |changes, oldest| {
            let range = changes.range((room.as_str(), rev.0.saturating_add(1))..=(room.as_str(), u64::MAX))?;
            range.filter_map(|entry| kept_change(entry, oldest)).take(limit).collect()
        })
        .await
    }

    async fn newest_changes(&self, room: &RoomName, limit: usize) -> Result<Vec<ChangeRecord>> {
        let room = room.clone();
        let newest_first = self.read_changes(move |changes, oldest| {
            let range = changes.range((room.as_str(), 0)..=(room.as_str(), u64::MAX))?;
            range.rev().filter_map(|entry| kept_change(entry, oldest)).take(limit).collect()
        });
        let mut changes = newest_first.await?;
        changes.reverse();
        Ok(changes)
    }

    async fn index_pin(&self, room: &RoomName, entry: PinEntry) -> Result<()> {
        let room = room.clone();
        // The message that is pinned next is written by a durable commit, which includes this one.
        self.store.write_later("indexing a pin", move |transaction| pins::put(transaction, &room, entry)).await
    }

    async fn unindex_pin(&self, room: &RoomName, seq: Seq, before: Rev) -> Result<()> {
        let room = room.clone();
        let remove = move |transaction: &WriteTransaction| pins::remove(transaction, &room, seq, before);
        self.store.write_later("removing a pin from the index", remove).await
    }

    async fn indexed_pins(&self, room: &RoomName, limit: usize) -> Result<Vec<PinEntry>> {
        let room = room.clone();
        self.store.read("reading the index of pins", move |transaction| pins::list(transaction, &room, limit)).await
    }

    async fn replies(&self, room: &RoomName, root: Seq, before: Option<Seq>, limit: usize) -> Result<Vec<Seq>> {
        let room = room.clone();
        let list = move |transaction: &ReadTransaction| threads::list(transaction, &room, root, before, limit);
        self.store.read("reading the replies of a thread", list).await
    }

    /// Needs no fsync: what a power cut takes of it, the next request of the thread corrects.
    async fn summarize(
        &self,
        room: &RoomName,
        root: Seq,
        seen: Option<&ThreadSummary>,
        summary: &ThreadSummary,
    ) -> Result<bool> {
        let (room, seen, summary) = (room.clone(), version_of(seen), summary.clone());
        self.store
            .write_later("updating the summary of a thread", move |transaction| {
                let mut messages = transaction.open_table(MESSAGES)?;
                let key = (room.as_str(), root.0);
                let stored = messages.get(key)?.and_then(|stored| readable::<StoredMessage>(stored.value()));
                let Some(mut stored) = stored else { return Ok(false) };
                if version_of(stored.message.replies.as_ref()) != seen {
                    return Ok(false);
                }
                stored.message.replies = Some(summary.clone());
                messages.insert(key, encode(&stored)?.as_slice())?;
                Ok(true)
            })
            .await
    }

    async fn remove(&self, room: &RoomName, messages: &[ChatMessage]) -> Result<()> {
        let (room, removed) = (room.clone(), messages.to_vec());
        let remove = move |transaction: &WriteTransaction| {
            expiry::remove_all(transaction, removed.iter().map(|message| (room.as_str(), message)))
        };
        self.store.write_later("removing messages of a room", remove).await
    }

    async fn remove_changes(&self, room: &RoomName, before: Timestamp, limit: usize) -> Result<usize> {
        let room = room.clone();
        let remove = move |transaction: &WriteTransaction| {
            let mut changes = transaction.open_table(CHANGES)?;
            let of_room = (room.as_str(), 0)..=(room.as_str(), u64::MAX);
            let mut old = Vec::new();
            for entry in changes.range(of_room)?.take(limit) {
                let (key, change) = entry?;
                if change.value().0 >= before.0 {
                    break;
                }
                old.push(key.value().1);
            }
            for rev in &old {
                changes.remove((room.as_str(), *rev))?;
            }
            Ok(old.len())
        };
        self.store.write_later("removing change records of a room", remove).await
    }
}

/// Takes the next revision of a room.
fn take_rev(transaction: &WriteTransaction, room: &RoomName) -> std::result::Result<Rev, redb::Error> {
    let mut revs = transaction.open_table(REVS)?;
    let next = revs.get(room.as_str())?.map_or(0, |last| last.value()) + 1;
    revs.insert(room.as_str(), next)?;
    Ok(Rev(next))
}

type ChangeTable = ReadOnlyTable<(&'static str, u64), (u64, u64)>;

impl RedbMessages {
    async fn read_changes(
        &self,
        work: impl FnOnce(&ChangeTable, Timestamp) -> std::result::Result<Vec<ChangeRecord>, redb::Error> + Send + 'static,
    ) -> Result<Vec<ChangeRecord>> {
        let oldest = self.oldest_kept();
        self.store
            .read("reading change records", move |transaction| match open(transaction, CHANGES)? {
                Some(changes) => work(&changes, oldest),
                None => Ok(Vec::new()),
            })
            .await
    }
}

/// Returns the message of an entry, unless it is expired.
fn kept(entry: Entry<&'static [u8]>, oldest: Timestamp) -> Option<std::result::Result<ChatMessage, redb::Error>> {
    let stored = match entry {
        Ok((_, stored)) => stored,
        Err(error) => return Some(Err(error.into())),
    };
    yield_processor();
    readable::<ChatMessage>(stored.value()).filter(|message| message.sent_at >= oldest).map(Ok)
}

/// Returns the change record of an entry, unless it is expired. Its message is older, so it expired before.
fn kept_change(entry: Entry<(u64, u64)>, oldest: Timestamp) -> Option<std::result::Result<ChangeRecord, redb::Error>> {
    let change = entry.map(|(key, value)| {
        let ((_, rev), (at, seq)) = (key.value(), value.value());
        ChangeRecord { rev: Rev(rev), at: Timestamp(at), seq: (seq > 0).then_some(Seq(seq)) }
    });
    change.map(|change| (change.at >= oldest).then_some(change)).map_err(Into::into).transpose()
}

/// Decodes a stored value. One that cannot be read is logged and left out, so that it does not make its room unreadable.
pub(crate) fn readable<T: DeserializeOwned>(stored: &[u8]) -> Option<T> {
    decode(stored).inspect_err(|error| tracing::error!(%error, "stored value cannot be read; left out")).ok()
}

/// Opens a table for reading. Returns `None` if it does not exist.
pub(crate) fn open<K: redb::Key + 'static, V: redb::Value + 'static>(
    transaction: &ReadTransaction,
    table: TableDefinition<'_, K, V>,
) -> std::result::Result<Option<ReadOnlyTable<K, V>>, redb::Error> {
    match transaction.open_table(table) {
        Ok(table) => Ok(Some(table)),
        // The first write creates the table.
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn encode(message: &impl Serialize) -> std::result::Result<Vec<u8>, redb::Error> {
    serde_json::to_vec(message).map_err(|error| redb::Error::Corrupted(error.to_string()))
}

pub(crate) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> std::result::Result<T, redb::Error> {
    // The error may quote the message, and errors are logged.
    serde_json::from_slice(bytes).map_err(|error| {
        redb::Error::Corrupted(format!("a stored value cannot be read: {:?} at {}", error.classify(), error.column()))
    })
}
