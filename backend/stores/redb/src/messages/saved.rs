//! The messages that people saved, in the database.
//!
//! As in DynamoDB, an entry expires as long after it was saved as a message after it was sent: its message has expired before. Nothing
//! removes the entries of a person but the next one that they save.

use async_trait::async_trait;
use chat::ports::{Result, saved_messages::SavedMessages};
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};
use shared_types::{PersonId, RoomName, SavedPosition, Seq, Timestamp};

use super::RedbMessages;
use crate::messages::open;

/// When a person saved a message, by person, room and seq.
pub(crate) const SAVED: TableDefinition<'_, (&str, &str, u64), u64> = TableDefinition::new("saved");

#[async_trait]
impl SavedMessages for RedbMessages {
    async fn save(&self, person: &PersonId, message: &SavedPosition) -> Result<()> {
        let (person, message, oldest) = (person.clone(), message.clone(), self.oldest_kept());
        let save = move |transaction: &WriteTransaction| {
            remove_expired(transaction, &person, oldest)?;
            put(transaction, &person, &message)
        };
        self.store.write("saving a message for a person", save).await
    }

    async fn unsave(&self, person: &PersonId, room: &RoomName, seq: Seq) -> Result<()> {
        let (person, room) = (person.clone(), room.clone());
        let remove = move |transaction: &WriteTransaction| {
            transaction.open_table(SAVED)?.remove((person.as_str(), room.as_str(), seq.0))?;
            Ok(())
        };
        self.store.write("removing a saved message", remove).await
    }

    async fn saved(&self, person: &PersonId, limit: usize) -> Result<Vec<SavedPosition>> {
        let (person, oldest) = (person.clone(), self.oldest_kept());
        self.store
            .read("reading what a person saved", move |transaction| list(transaction, &person, oldest, limit))
            .await
    }
}

/// Writes an entry, unless it is there.
pub(crate) fn put(
    transaction: &WriteTransaction,
    person: &PersonId,
    message: &SavedPosition,
) -> std::result::Result<(), redb::Error> {
    let mut saved = transaction.open_table(SAVED)?;
    let key = (person.as_str(), message.room.as_str(), message.seq.0);
    if saved.get(key)?.is_none() {
        saved.insert(key, message.saved_at.0)?;
    }
    Ok(())
}

/// Reads the key and the value of an entry. A room whose name cannot be parsed is logged and left out.
pub(crate) fn to_position((_, room, seq): (&str, &str, u64), at: u64) -> Option<SavedPosition> {
    let room =
        room.parse().inspect_err(|error| tracing::error!(%error, "saved message of a room with an invalid name"));
    Some(SavedPosition { saved_at: Timestamp(at), room: room.ok()?, seq: Seq(seq) })
}

fn remove_expired(
    transaction: &WriteTransaction,
    person: &PersonId,
    oldest: Timestamp,
) -> std::result::Result<(), redb::Error> {
    // `{` sorts after every character of a room's name.
    let own = (person.as_str(), "", 0)..(person.as_str(), "{", 0);
    transaction.open_table(SAVED)?.retain_in(own, |_, at| at >= oldest.0)?;
    Ok(())
}

fn list(
    transaction: &ReadTransaction,
    person: &PersonId,
    oldest: Timestamp,
    limit: usize,
) -> std::result::Result<Vec<SavedPosition>, redb::Error> {
    let Some(saved) = open(transaction, SAVED)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in saved.range((person.as_str(), "", 0)..(person.as_str(), "{", 0))? {
        let (key, at) = entry?;
        if found.len() >= limit {
            break;
        }
        if at.value() >= oldest.0 {
            found.extend(to_position(key.value(), at.value()));
        }
    }
    Ok(found)
}
