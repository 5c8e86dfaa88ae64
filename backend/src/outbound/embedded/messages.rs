//! The log of every room, in the store.

use async_trait::async_trait;
use redb::{ReadOnlyTable, ReadTransaction, ReadableTable, TableDefinition, TableError};
use serde::{Serialize, de::DeserializeOwned};
use shared_types::{ChatMessage, Rev, RoomName, Seq, Timestamp};

use super::store::{Lasting, Store};
use crate::ports::{Claim, Identity, Mark, Messages, Result, Stored};

/// The last revision taken, by room.
const REVS: TableDefinition<'_, &str, u64> = TableDefinition::new("revs");
/// `(rev, at)` by room, author and nonce.
const CLAIMS: TableDefinition<'_, (&str, &str, &str), (u64, u64)> = TableDefinition::new("claims");
/// A [`Stored`] message as JSON, by room and seq.
const MESSAGES: TableDefinition<'_, (&str, u64), &[u8]> = TableDefinition::new("messages");
/// `(at, seq)` by room and rev; a seq of 0 is none.
const MARKS: TableDefinition<'_, (&str, u64), (u64, u64)> = TableDefinition::new("marks");

/// [`Messages`] in a [`Store`].
pub struct EmbeddedMessages {
    store: Store,
}

impl EmbeddedMessages {
    /// The messages of a store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }

    async fn read(
        &self,
        doing: &'static str,
        work: impl FnOnce(&Log) -> ReadResult + Send + 'static,
    ) -> Result<Vec<ChatMessage>> {
        self.store
            .read(doing, move |transaction| match open(transaction, MESSAGES)? {
                Some(messages) => work(&messages),
                None => Ok(Vec::new()),
            })
            .await
    }
}

type Log = ReadOnlyTable<(&'static str, u64), &'static [u8]>;
type ReadResult = std::result::Result<Vec<ChatMessage>, redb::Error>;

#[async_trait]
impl Messages for EmbeddedMessages {
    async fn next_rev(&self, room: &RoomName) -> Result<Rev> {
        let room = room.clone();
        self.store
            .write("taking a revision", Lasting::Later, move |transaction| {
                let mut revs = transaction.open_table(REVS)?;
                let next = revs.get(room.as_str())?.map_or(0, |last| last.value()) + 1;
                revs.insert(room.as_str(), next)?;
                Ok(Rev(next))
            })
            .await
    }

    async fn claim(&self, identity: &Identity, claim: Claim) -> Result<Claim> {
        self.claim_unless(identity, claim, |_| true).await
    }

    async fn reclaim(&self, identity: &Identity, held: Claim, fresh: Claim) -> Result<Claim> {
        self.claim_unless(identity, fresh, move |holds| holds != held).await
    }

    async fn put(&self, room: &RoomName, message: &ChatMessage) -> Result<ChatMessage> {
        let (room, message) = (room.clone(), message.clone());
        self.store
            .write("storing a message", Lasting::Now, move |transaction| {
                let mut messages = transaction.open_table(MESSAGES)?;
                let key = (room.as_str(), message.seq.0);
                let stored = messages.get(key)?.map(|stored| decode(stored.value())).transpose()?;
                if let Some(stored) = stored {
                    return Ok(stored);
                }
                messages.insert(key, encode(&message)?.as_slice())?;
                Ok(message)
            })
            .await
    }

    async fn at(&self, room: &RoomName, seq: Seq) -> Result<Option<Stored>> {
        let room = room.clone();
        self.store
            .read("reading a message", move |transaction| {
                let Some(messages) = open(transaction, MESSAGES)? else { return Ok(None) };
                messages.get((room.as_str(), seq.0))?.map(|stored| decode(stored.value())).transpose()
            })
            .await
    }

    async fn before(&self, room: &RoomName, before: Option<Seq>, limit: usize) -> Result<Vec<ChatMessage>> {
        let room = room.clone();
        let page = self.read("reading a page", move |messages| {
            let end = before.map_or(u64::MAX, |before| before.0);
            let range = messages.range((room.as_str(), 0)..(room.as_str(), end))?;
            range.rev().take(limit).map(|entry| decode(entry?.1.value())).collect()
        });
        let mut newest_first = page.await?;
        newest_first.reverse();
        Ok(newest_first)
    }

    async fn born_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<ChatMessage>> {
        let room = room.clone();
        self.read("reading new messages", move |messages| {
            let range = messages.range((room.as_str(), rev.0.saturating_add(1))..=(room.as_str(), u64::MAX))?;
            range.take(limit).map(|entry| decode(entry?.1.value())).collect()
        })
        .await
    }

    async fn replace(&self, room: &RoomName, seen: Rev, changed: &Stored) -> Result<bool> {
        let (room, changed) = (room.clone(), changed.clone());
        self.store
            .write("changing a message", Lasting::Now, move |transaction| {
                let mut messages = transaction.open_table(MESSAGES)?;
                let key = (room.as_str(), changed.message.seq.0);
                let stored = messages.get(key)?.map(|stored| decode::<ChatMessage>(stored.value())).transpose()?;
                if stored.is_none_or(|stored| stored.rev != seen) {
                    return Ok(false);
                }
                messages.insert(key, encode(&changed)?.as_slice())?;
                Ok(true)
            })
            .await
    }

    async fn mark(&self, room: &RoomName, mark: Mark) -> Result<()> {
        let room = room.clone();
        self.store
            .write("marking a revision", Lasting::Later, move |transaction| {
                let mut marks = transaction.open_table(MARKS)?;
                marks.insert((room.as_str(), mark.rev.0), (mark.at.0, mark.seq.map_or(0, |seq| seq.0)))?;
                Ok(())
            })
            .await
    }

    async fn marks_after(&self, room: &RoomName, rev: Rev, limit: usize) -> Result<Vec<Mark>> {
        let room = room.clone();
        self.read_marks(move |marks| {
            let range = marks.range((room.as_str(), rev.0.saturating_add(1))..=(room.as_str(), u64::MAX))?;
            range.take(limit).map(|entry| entry.map(to_mark).map_err(Into::into)).collect()
        })
        .await
    }

    async fn newest_marks(&self, room: &RoomName, limit: usize) -> Result<Vec<Mark>> {
        let room = room.clone();
        let newest_first = self.read_marks(move |marks| {
            let range = marks.range((room.as_str(), 0)..=(room.as_str(), u64::MAX))?;
            range.rev().take(limit).map(|entry| entry.map(to_mark).map_err(Into::into)).collect()
        });
        let mut marks = newest_first.await?;
        marks.reverse();
        Ok(marks)
    }
}

type Marks = ReadOnlyTable<(&'static str, u64), (u64, u64)>;
type MarkEntry<'a> = (redb::AccessGuard<'a, (&'static str, u64)>, redb::AccessGuard<'a, (u64, u64)>);

fn to_mark((key, value): MarkEntry<'_>) -> Mark {
    let ((_, rev), (at, seq)) = (key.value(), value.value());
    Mark { rev: Rev(rev), at: Timestamp(at), seq: (seq > 0).then_some(Seq(seq)) }
}

impl EmbeddedMessages {
    async fn read_marks(
        &self,
        work: impl FnOnce(&Marks) -> std::result::Result<Vec<Mark>, redb::Error> + Send + 'static,
    ) -> Result<Vec<Mark>> {
        self.store
            .read("reading what changed", move |transaction| match open(transaction, MARKS)? {
                Some(marks) => work(&marks),
                None => Ok(Vec::new()),
            })
            .await
    }

    /// Writes the claim unless one holds of which `stands` is true; answers with the one that holds then.
    async fn claim_unless(
        &self,
        identity: &Identity,
        claim: Claim,
        stands: impl FnOnce(Claim) -> bool + Send + 'static,
    ) -> Result<Claim> {
        let Identity { room, author, nonce } = identity.clone();
        self.store
            .write("claiming a place", Lasting::Later, move |transaction| {
                let mut claims = transaction.open_table(CLAIMS)?;
                let key = (room.as_str(), author.as_str(), nonce.as_str());
                let holds = claims.get(key)?.map(|holds| holds.value());
                let holds = holds.map(|(rev, at)| Claim { rev: Rev(rev), at: Timestamp(at) });
                match holds {
                    Some(holds) if stands(holds) => Ok(holds),
                    _ => {
                        claims.insert(key, (claim.rev.0, claim.at.0))?;
                        Ok(claim)
                    }
                }
            })
            .await
    }
}

fn open<K: redb::Key + 'static, V: redb::Value + 'static>(
    transaction: &ReadTransaction,
    table: TableDefinition<'_, K, V>,
) -> std::result::Result<Option<ReadOnlyTable<K, V>>, redb::Error> {
    match transaction.open_table(table) {
        Ok(table) => Ok(Some(table)),
        // Nothing was ever written to it.
        Err(TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

fn encode(message: &impl Serialize) -> std::result::Result<Vec<u8>, redb::Error> {
    serde_json::to_vec(message).map_err(|error| redb::Error::Corrupted(error.to_string()))
}

fn decode<T: DeserializeOwned>(bytes: &[u8]) -> std::result::Result<T, redb::Error> {
    serde_json::from_slice(bytes)
        .map_err(|error| redb::Error::Corrupted(format!("a stored message can't be read: {error}")))
}
