//! The directory of open rooms in the database. It is written without an fsync: it follows from the messages.
//!
//! A database of an older version, and one that was restored, has no table of it. The first start fills it from the messages.

use async_trait::async_trait;
use chat::ports::{
    Result,
    messages::StoredMessage,
    room_directory::{DirectoryEntry, RoomDirectory},
};
use redb::{ReadableTable, TableDefinition, WriteTransaction};
use shared_types::{RoomDetails, RoomName, RoomRules, Timestamp, limits};

use crate::{
    messages::{MESSAGES, REVS, decode, encode, open},
    moderation::{DETAILS, RULES},
    store::Store,
};

/// A [`DirectoryEntry`] as JSON, by room.
pub(crate) const DIRECTORY: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("room_directory");

const DOING: &str = "writing the directory of rooms";

/// [`RoomDirectory`] in a [`Store`].
pub struct RedbRoomDirectory {
    store: Store,
}

impl RedbRoomDirectory {
    /// Returns the directory of a store. Fills it with the rooms that were active last, if the store has none. A failure is logged: rooms
    /// are listed with their next message in any case.
    pub async fn load(store: Store) -> Self {
        let directory = Self { store };
        if let Err(error) = directory.fill_if_missing().await {
            tracing::warn!(%error, "directory of rooms not filled; a room is listed with its next message");
        }
        directory
    }

    async fn fill_if_missing(&self) -> Result<()> {
        let is_there = |transaction: &redb::ReadTransaction| Ok(open(transaction, DIRECTORY)?.is_some());
        if self.store.read("looking for the directory of rooms", is_there).await? {
            return Ok(());
        }
        self.store.write("filling the directory of rooms", fill).await
    }

    /// Changes an entry. Returns whether there is one.
    async fn change(
        &self,
        room: &RoomName,
        change: impl Fn(&mut DirectoryEntry) + Clone + Send + Sync + 'static,
    ) -> Result<bool> {
        let room = room.clone();
        self.store
            .write_later(DOING, move |transaction| {
                let mut directory = transaction.open_table(DIRECTORY)?;
                let Some(before) = read(&directory, &room)? else { return Ok(false) };
                let mut entry = before.clone();
                change(&mut entry);
                if entry != before {
                    directory.insert(room.as_str(), encode(&entry)?.as_slice())?;
                }
                Ok(true)
            })
            .await
    }
}

#[async_trait]
impl RoomDirectory for RedbRoomDirectory {
    async fn add(&self, room: &RoomName, active: Timestamp) -> Result<()> {
        let entry = DirectoryEntry::new(room.clone(), active);
        self.store
            .write_later(DOING, move |transaction| {
                let mut directory = transaction.open_table(DIRECTORY)?;
                if read(&directory, &entry.room)?.is_none() {
                    directory.insert(entry.room.as_str(), encode(&entry)?.as_slice())?;
                }
                Ok(())
            })
            .await
    }

    async fn set_active(&self, room: &RoomName, active: Timestamp) -> Result<bool> {
        self.change(room, move |entry| entry.active = entry.active.max(active)).await
    }

    async fn set_details(&self, room: &RoomName, details: &RoomDetails) -> Result<()> {
        let (title, topic) = (details.title.clone(), details.topic.clone());
        let change = move |entry: &mut DirectoryEntry| (entry.title, entry.topic) = (title.clone(), topic.clone());
        self.change(room, change).await.map(drop)
    }

    async fn set_archived(&self, room: &RoomName, archived: bool) -> Result<()> {
        self.change(room, move |entry| entry.archived = archived).await.map(drop)
    }

    async fn remove(&self, room: &RoomName, active: Timestamp) -> Result<()> {
        let room = room.clone();
        self.store
            .write_later(DOING, move |transaction| {
                let mut directory = transaction.open_table(DIRECTORY)?;
                if read(&directory, &room)?.is_some_and(|entry| entry.active == active) {
                    directory.remove(room.as_str())?;
                }
                Ok(())
            })
            .await
    }

    async fn entries(&self, limit: usize) -> Result<Vec<DirectoryEntry>> {
        self.store
            .read("reading the directory of rooms", move |transaction| {
                let Some(directory) = open(transaction, DIRECTORY)? else { return Ok(Vec::new()) };
                directory.iter()?.take(limit).map(|entry| decode(entry?.1.value())).collect()
            })
            .await
    }
}

fn read(
    directory: &impl ReadableTable<&'static str, &'static [u8]>,
    room: &RoomName,
) -> std::result::Result<Option<DirectoryEntry>, redb::Error> {
    directory.get(room.as_str())?.map(|stored| decode(stored.value())).transpose()
}

/// Lists the open rooms that have a message: those that were active last, if there are too many.
fn fill(transaction: &WriteTransaction) -> std::result::Result<(), redb::Error> {
    let mut entries = Vec::new();
    let (messages, revs) = (transaction.open_table(MESSAGES)?, transaction.open_table(REVS)?);
    for room in revs.iter()? {
        let Ok(room) = room?.0.value().parse::<RoomName>() else { continue };
        let newest = messages.range((room.as_str(), 0)..=(room.as_str(), u64::MAX))?.next_back().transpose()?;
        let Some((_, newest)) = newest.filter(|_| !room.is_private()) else { continue };
        // A room whose newest message cannot be read is listed with its next one.
        let Ok(message) = decode::<StoredMessage>(newest.value()) else { continue };
        entries.push(DirectoryEntry::new(room, message.message.sent_at));
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.active));
    entries.truncate(limits::DIRECTORY_ROOMS);
    let (details, rules) = (transaction.open_table(DETAILS)?, transaction.open_table(RULES)?);
    let mut directory = transaction.open_table(DIRECTORY)?;
    for mut entry in entries {
        if let Some(stored) = details.get(entry.room.as_str())? {
            let RoomDetails { title, topic, .. } = decode(stored.value())?;
            (entry.title, entry.topic) = (title, topic);
        }
        if let Some(stored) = rules.get(entry.room.as_str())? {
            entry.archived = decode::<RoomRules>(stored.value())?.archived;
        }
        directory.insert(entry.room.as_str(), encode(&entry)?.as_slice())?;
    }
    Ok(())
}
