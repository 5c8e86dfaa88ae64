//! Read positions in the database. They are written without an fsync: a power cut may lose those of the last moment.

use async_trait::async_trait;
use chat::ports::{
    Result, Unavailable,
    read_positions::{ReadPosition, ReadPositions},
};
use redb::{ReadableTable, TableDefinition, WriteTransaction};
use shared_types::{PersonId, RoomName, Seq, Timestamp, limits};

use crate::{messages::open, store::Store};

/// The newest message that a person has seen in a room, and when the position advanced, by person and room.
pub(crate) const READ_POSITIONS: TableDefinition<'_, (&str, &str), (u64, u64)> = TableDefinition::new("read_positions");

/// [`ReadPositions`] in a [`Store`].
pub struct RedbReadPositions {
    store: Store,
}

impl RedbReadPositions {
    /// Returns the read positions of a store.
    pub fn new(store: Store) -> Self {
        Self { store }
    }
}

#[async_trait]
impl ReadPositions for RedbReadPositions {
    async fn advance(&self, position: &ReadPosition) -> Result<bool> {
        let position = position.clone();
        self.store.write_later("writing a read position", move |transaction| advance(transaction, &position)).await
    }

    async fn position(&self, person: &PersonId, room: &RoomName) -> Result<Option<Seq>> {
        let (person, room) = (person.clone(), room.clone());
        self.store
            .read("reading a read position", move |transaction| {
                let Some(positions) = open(transaction, READ_POSITIONS)? else { return Ok(None) };
                Ok(positions.get((person.as_str(), room.as_str()))?.map(|stored| Seq(stored.value().0)))
            })
            .await
    }

    async fn positions(&self, person: &PersonId) -> Result<Vec<ReadPosition>> {
        let (doing, owner) = ("reading read positions", person.clone());
        let stored = self.store.read(doing, move |transaction| {
            let Some(positions) = open(transaction, READ_POSITIONS)? else { return Ok(Vec::new()) };
            let mut found = Vec::new();
            for entry in positions.range((owner.as_str(), "")..)?.take(limits::READ_POSITIONS) {
                let (key, value) = entry?;
                let (person, room) = key.value();
                if person != owner.as_str() {
                    break;
                }
                found.push((room.to_owned(), value.value()));
            }
            Ok(found)
        });
        let position = |(room, (seq, at)): (String, (u64, u64))| {
            let room = room.parse().map_err(Unavailable::while_doing(doing))?;
            Ok(ReadPosition { person: person.clone(), room, seq: Seq(seq), at: Timestamp(at) })
        };
        stored.await?.into_iter().map(position).collect()
    }

    async fn remove(&self, person: &PersonId) -> Result<bool> {
        let person = person.clone();
        self.store
            .write("removing read positions", move |transaction| {
                let mut positions = transaction.open_table(READ_POSITIONS)?;
                let mut rooms = Vec::new();
                for entry in positions.range((person.as_str(), "")..)?.take(limits::READ_POSITIONS) {
                    let (owner, room) = {
                        let (key, _) = entry?;
                        let (owner, room) = key.value();
                        (owner.to_owned(), room.to_owned())
                    };
                    if owner != person.as_str() {
                        break;
                    }
                    rooms.push(room);
                }
                for room in &rooms {
                    positions.remove((person.as_str(), room.as_str()))?;
                }
                Ok(rooms.len() == limits::READ_POSITIONS)
            })
            .await
    }
}

/// Writes a position if it is higher than the stored one. Returns whether it was.
pub(crate) fn advance(
    transaction: &WriteTransaction,
    position: &ReadPosition,
) -> std::result::Result<bool, redb::Error> {
    let mut positions = transaction.open_table(READ_POSITIONS)?;
    let key = (position.person.as_str(), position.room.as_str());
    let is_higher = positions.get(key)?.is_none_or(|stored| stored.value().0 < position.seq.0);
    if is_higher {
        positions.insert(key, (position.seq.0, position.at.0))?;
    }
    Ok(is_higher)
}

/// Removes the positions that have not advanced for so long that they are dropped.
pub(crate) fn remove_old(transaction: &WriteTransaction, now: Timestamp) -> std::result::Result<(), redb::Error> {
    let oldest = now - limits::READ_POSITION_LIFE;
    transaction.open_table(READ_POSITIONS)?.retain(|_, (_, at)| at >= oldest.0)?;
    Ok(())
}
