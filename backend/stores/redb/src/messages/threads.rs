//! The index of replies in threads in the database. A reply and its entry are stored in one transaction.

use redb::{ReadTransaction, TableDefinition, WriteTransaction};
use shared_types::{ChatMessage, RoomName, Seq};

use crate::messages::open;

/// The replies of each thread, by room, root and seq.
pub(crate) const REPLIES: TableDefinition<'_, (&str, u64, u64), ()> = TableDefinition::new("thread_replies");

/// Writes the entry of a message, if it is in a thread.
pub(crate) fn put(transaction: &WriteTransaction, room: &RoomName, message: &ChatMessage) -> Result<(), redb::Error> {
    if let Some(root) = message.thread {
        transaction.open_table(REPLIES)?.insert((room.as_str(), root.0, message.seq.0), ())?;
    }
    Ok(())
}

/// Returns the newest `limit` replies of a thread before a position, lowest first.
pub(super) fn list(
    transaction: &ReadTransaction,
    room: &RoomName,
    root: Seq,
    before: Option<Seq>,
    limit: usize,
) -> Result<Vec<Seq>, redb::Error> {
    let Some(replies) = open(transaction, REPLIES)? else { return Ok(Vec::new()) };
    let end = before.map_or(u64::MAX, |before| before.0);
    let of_thread = replies.range((room.as_str(), root.0, 0)..(room.as_str(), root.0, end))?;
    let mut found = of_thread
        .rev()
        .take(limit)
        .map(|entry| Ok(Seq(entry?.0.value().2)))
        .collect::<Result<Vec<_>, redb::Error>>()?;
    found.reverse();
    Ok(found)
}
