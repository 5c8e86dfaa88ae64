//! The index of pinned messages in the database.

use chat::ports::messages::PinEntry;
use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};
use shared_types::{Rev, RoomName, Seq};

use crate::messages::open;

/// The revision of each pinned message before it was pinned, by room and seq.
pub(crate) const PINS: TableDefinition<'_, (&str, u64), u64> = TableDefinition::new("pins");

/// Writes an entry, unless there is one with a higher revision.
pub(crate) fn put(
    transaction: &WriteTransaction,
    room: &RoomName,
    PinEntry { seq, rev }: PinEntry,
) -> Result<(), redb::Error> {
    let (mut pins, key) = (transaction.open_table(PINS)?, (room.as_str(), seq.0));
    let stored = pins.get(key)?.map_or(0, |stored| stored.value());
    pins.insert(key, stored.max(rev.0))?;
    Ok(())
}

/// Removes the entry of a message if its revision is below `before`.
pub(super) fn remove(
    transaction: &WriteTransaction,
    room: &RoomName,
    seq: Seq,
    before: Rev,
) -> Result<(), redb::Error> {
    let (mut pins, key) = (transaction.open_table(PINS)?, (room.as_str(), seq.0));
    if pins.get(key)?.is_some_and(|stored| stored.value() < before.0) {
        pins.remove(key)?;
    }
    Ok(())
}

pub(super) fn list(transaction: &ReadTransaction, room: &RoomName, limit: usize) -> Result<Vec<PinEntry>, redb::Error> {
    let Some(pins) = open(transaction, PINS)? else { return Ok(Vec::new()) };
    let of_room = pins.range((room.as_str(), 0)..=(room.as_str(), u64::MAX))?.take(limit);
    of_room
        .map(|entry| {
            let (key, rev) = entry?;
            Ok(PinEntry { seq: Seq(key.value().1), rev: Rev(rev.value()) })
        })
        .collect()
}
