//! Idempotency records by author. They are also the list of what a person wrote.

use chat::ports::{
    Result,
    messages::{IdempotencyRecord, MessageKey},
};
use redb::{ReadableTable, TableDefinition, TableHandle};
use shared_types::{ChatMessage, PersonId, Rev, Seq, Timestamp};

use crate::{
    messages::{MESSAGES, RedbMessages, encode, open, take_rev, threads},
    store::migrations::Migration,
};

/// `(rev, at)` by author, room and nonce.
pub(crate) const RECORDS: TableDefinition<'_, (&str, &str, &str), (u64, u64)> =
    TableDefinition::new("claims_by_author");
/// Tombstones: `(rev, at, until)` by author, room and nonce.
pub(crate) const TOMBSTONES: TableDefinition<'_, (&str, &str, &str), (u64, u64, u64)> =
    TableDefinition::new("claims_given_up");
/// The table of older versions: by room, author and nonce.
const BY_ROOM: TableDefinition<'_, (&str, &str, &str), (u64, u64)> = TableDefinition::new("claims");

/// Migrates a database of version 0, in which the records were in a table by room.
pub(crate) fn index_by_author(migration: &Migration<'_>) -> std::result::Result<(), redb::Error> {
    let transaction = &migration.transaction;
    if !transaction.list_tables()?.any(|table| table.name() == BY_ROOM.name()) {
        return Ok(());
    }
    {
        let (old, mut records) = (transaction.open_table(BY_ROOM)?, transaction.open_table(RECORDS)?);
        for entry in old.iter()? {
            let (key, record) = entry?;
            let (room, author, nonce) = key.value();
            records.insert((author, room, nonce), record.value())?;
        }
    }
    transaction.delete_table(BY_ROOM)?;
    Ok(())
}

impl RedbMessages {
    /// Writes the record unless there is one of which `holds` is true. Returns the record that is stored then.
    pub(crate) async fn reserve_unless(
        &self,
        message_key: &MessageKey,
        record: IdempotencyRecord,
        holds: impl Fn(IdempotencyRecord) -> bool + Send + Sync + 'static,
    ) -> Result<IdempotencyRecord> {
        let MessageKey { room, author, nonce } = message_key.clone();
        self.store
            .write_later("writing an idempotency record", move |transaction| {
                let key = (author.as_str(), room.as_str(), nonce.as_str());
                let mut records = transaction.open_table(RECORDS)?;
                let current = records.get(key)?.map(|found| record_of(found.value()));
                let tombstone = || match transaction.open_table(TOMBSTONES)?.get(key)? {
                    Some(found) => Ok::<_, redb::Error>(Some(record_of((found.value().0, found.value().1)))),
                    None => Ok(None),
                };
                let current = match current {
                    Some(current) => Some(current),
                    None => tombstone()?,
                };
                match current {
                    Some(current) if holds(current) => Ok(current),
                    _ => {
                        transaction.open_table(TOMBSTONES)?.remove(key)?;
                        records.insert(key, (record.rev.0, record.at.0))?;
                        Ok(record)
                    }
                }
            })
            .await
    }

    /// Stores a message with its revision and its record in one transaction, unless it has a record.
    pub(crate) async fn append_unless_known(
        &self,
        message_key: &MessageKey,
        message: &ChatMessage,
    ) -> Result<Option<ChatMessage>> {
        let (MessageKey { room, author, nonce }, mut message) = (message_key.clone(), message.clone());
        self.store
            .write("storing a message", move |transaction| {
                let key = (author.as_str(), room.as_str(), nonce.as_str());
                let mut records = transaction.open_table(RECORDS)?;
                let is_known = records.get(key)?.is_some() || transaction.open_table(TOMBSTONES)?.get(key)?.is_some();
                if is_known {
                    return Ok(None);
                }
                let rev = take_rev(transaction, &room)?;
                (message.seq, message.rev) = (Seq::from(rev), rev);
                records.insert(key, (rev.0, message.sent_at.0))?;
                let mut messages = transaction.open_table(MESSAGES)?;
                messages.insert((room.as_str(), message.seq.0), encode(&message)?.as_slice())?;
                threads::put(transaction, &room, &message)?;
                Ok(Some(message))
            })
            .await
    }

    pub(crate) async fn records_after(
        &self,
        author: &PersonId,
        after: Option<&MessageKey>,
        limit: usize,
    ) -> Result<Vec<(MessageKey, IdempotencyRecord)>> {
        let (whose, after, oldest) = (author.clone(), after.cloned(), self.oldest_kept());
        let found = self.store.read("reading the records of an author", move |transaction| {
            let Some(records) = open(transaction, RECORDS)? else { return Ok(Vec::new()) };
            let first = after.as_ref().map_or(("", ""), |after| (after.room.as_str(), after.nonce.as_str()));
            let mut found = Vec::new();
            for entry in records.range((whose.as_str(), first.0, first.1)..)? {
                let (key, record) = entry?;
                let (author, room, nonce) = key.value();
                if author != whose.as_str() || found.len() >= limit {
                    break;
                }
                let record = record_of(record.value());
                if (room, nonce) > first && record.at >= oldest {
                    found.extend(message_key_of(&whose, room, nonce).map(|message_key| (message_key, record)));
                }
            }
            Ok(found)
        });
        found.await
    }

    pub(crate) async fn write_tombstone(&self, message_key: &MessageKey, until: Timestamp) -> Result<()> {
        let MessageKey { room, author, nonce } = message_key.clone();
        self.store
            .write("writing a tombstone", move |transaction| {
                let key = (author.as_str(), room.as_str(), nonce.as_str());
                if let Some(record) = transaction.open_table(RECORDS)?.remove(key)? {
                    let (rev, at) = record.value();
                    transaction.open_table(TOMBSTONES)?.insert(key, (rev, at, until.0))?;
                }
                Ok(())
            })
            .await
    }
}

/// Returns the key of a record. One that cannot be parsed is logged and left out, so that it does not hide the others of its author.
fn message_key_of(author: &PersonId, room: &str, nonce: &str) -> Option<MessageKey> {
    let message_key = room.parse().ok().zip(nonce.parse().ok());
    if message_key.is_none() {
        tracing::error!(%author, "record with an invalid room or nonce left out");
    }
    message_key.map(|(room, nonce)| MessageKey { room, author: author.clone(), nonce })
}

fn record_of((rev, at): (u64, u64)) -> IdempotencyRecord {
    IdempotencyRecord { rev: Rev(rev), at: Timestamp(at) }
}
