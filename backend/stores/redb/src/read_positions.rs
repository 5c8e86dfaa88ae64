//! Read positions in the database. They are written without an fsync: a power cut may lose those of the last moment.

use async_trait::async_trait;
use chat::ports::{
    Result, Unavailable,
    read_positions::{ReadPosition, ReadPositions, StoredReceipt, ThreadPosition},
};
use redb::{ReadTransaction, ReadableTable, Table, TableDefinition, Value, WriteTransaction};
use serde::de::DeserializeOwned;
use shared_types::{PersonId, RoomName, Seq, Timestamp, limits};

use crate::{
    messages::{encode, open, readable},
    store::Store,
};

/// The newest message that a person has seen in a room, and when the position advanced, by person and room.
pub(crate) const READ_POSITIONS: TableDefinition<'_, (&str, &str), (u64, u64)> = TableDefinition::new("read_positions");

/// The newest reply that a person has seen in a thread, and when the position advanced, by person and [`ThreadPosition::sort_key`].
pub(crate) const THREAD_POSITIONS: TableDefinition<'_, (&str, &str), (u64, u64)> =
    TableDefinition::new("thread_positions");

/// [`StoredReceipt`] as JSON, by room and person.
pub(crate) const RECEIPTS: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("read_receipts");

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

    async fn advance_thread(&self, position: &ThreadPosition) -> Result<bool> {
        let position = position.clone();
        let doing = "writing a read position of a thread";
        self.store.write_later(doing, move |transaction| advance_thread(transaction, &position)).await
    }

    async fn thread_positions(&self, person: &PersonId, room: &RoomName) -> Result<Vec<ThreadPosition>> {
        let (owner, prefix) = (person.clone(), ThreadPosition::sort_prefix(room));
        let stored = self.store.read("reading read positions of threads", move |transaction| {
            let Some(threads) = open(transaction, THREAD_POSITIONS)? else { return Ok(Vec::new()) };
            // The keys of the room: no digit of a key is behind this character.
            let end = [prefix.as_str(), ":"].concat();
            let keys = (owner.as_str(), prefix.as_str())..(owner.as_str(), end.as_str());
            let mut found = Vec::new();
            for entry in threads.range(keys)?.rev().take(limits::THREAD_POSITIONS) {
                let (key, value) = entry?;
                found.extend(thread_position(&owner, key.value().1, value.value()));
            }
            Ok(found)
        });
        stored.await
    }

    async fn show(&self, receipt: &StoredReceipt) -> Result<bool> {
        let receipt = receipt.clone();
        self.store.write_later("writing a read receipt", move |transaction| show(transaction, &receipt)).await
    }

    async fn receipts(&self, room: &RoomName, limit: usize) -> Result<Vec<StoredReceipt>> {
        let room = room.clone();
        self.store
            .read("reading the read receipts of a room", move |transaction| {
                let Some(receipts) = open(transaction, RECEIPTS)? else { return Ok(Vec::new()) };
                let mut found = Vec::new();
                for entry in receipts.range((room.as_str(), "")..)?.take(limit) {
                    let (key, value) = entry?;
                    if key.value().0 != room.as_str() {
                        break;
                    }
                    // One that cannot be read hides no other one.
                    found.extend(readable(value.value()));
                }
                Ok(found)
            })
            .await
    }

    async fn receipt(&self, person: &PersonId, room: &RoomName) -> Result<Option<StoredReceipt>> {
        let (person, room) = (person.clone(), room.clone());
        self.store
            .read("reading a read receipt", move |transaction| {
                let Some(receipts) = open(transaction, RECEIPTS)? else { return Ok(None) };
                Ok(receipts.get((room.as_str(), person.as_str()))?.and_then(|stored| readable(stored.value())))
            })
            .await
    }

    async fn hide(&self, person: &PersonId, room: &RoomName) -> Result<()> {
        let (person, room) = (person.clone(), room.clone());
        self.store
            .write_later("removing a read receipt", move |transaction| {
                transaction.open_table(RECEIPTS)?.remove((room.as_str(), person.as_str()))?;
                Ok(())
            })
            .await
    }

    async fn remove(&self, person: &PersonId) -> Result<bool> {
        let person = person.clone();
        self.store
            .write("removing read positions", move |transaction| {
                let mut positions = transaction.open_table(READ_POSITIONS)?;
                let mut receipts = transaction.open_table(RECEIPTS)?;
                let mut threads = transaction.open_table(THREAD_POSITIONS)?;
                let keys = first_keys(&threads, person.as_str())?;
                for key in &keys {
                    threads.remove((person.as_str(), key.as_str()))?;
                }
                let rooms = first_keys(&positions, person.as_str())?;
                for room in &rooms {
                    positions.remove((person.as_str(), room.as_str()))?;
                    receipts.remove((room.as_str(), person.as_str()))?;
                }
                Ok(rooms.len().max(keys.len()) == limits::READ_POSITIONS)
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

/// Writes the position in a thread if it is higher than the stored one. Returns whether it was.
pub(crate) fn advance_thread(
    transaction: &WriteTransaction,
    position: &ThreadPosition,
) -> std::result::Result<bool, redb::Error> {
    let mut threads = transaction.open_table(THREAD_POSITIONS)?;
    let sort_key = position.sort_key();
    let key = (position.person.as_str(), sort_key.as_str());
    let is_higher = threads.get(key)?.is_none_or(|stored| stored.value().0 < position.seq.0);
    if is_higher {
        threads.insert(key, (position.seq.0, position.at.0))?;
    }
    Ok(is_higher)
}

/// Returns the position in a thread, unless its key is malformed.
pub(crate) fn thread_position(person: &PersonId, key: &str, (seq, at): (u64, u64)) -> Option<ThreadPosition> {
    let (room, root) = ThreadPosition::parse_sort_key(key)?;
    Some(ThreadPosition { person: person.clone(), room, root, seq: Seq(seq), at: Timestamp(at) })
}

/// Returns the second parts of the keys of a person, of at most [`limits::READ_POSITIONS`] entries.
fn first_keys(
    table: &impl ReadableTable<(&'static str, &'static str), (u64, u64)>,
    person: &str,
) -> std::result::Result<Vec<String>, redb::Error> {
    let mut found = Vec::new();
    for entry in table.range((person, "")..)?.take(limits::READ_POSITIONS) {
        let (key, _) = entry?;
        let (owner, second) = key.value();
        if owner != person {
            break;
        }
        found.push(second.to_owned());
    }
    Ok(found)
}

/// Writes a receipt if it is higher than the stored one. Returns whether it was.
pub(crate) fn show(transaction: &WriteTransaction, receipt: &StoredReceipt) -> std::result::Result<bool, redb::Error> {
    let mut receipts = transaction.open_table(RECEIPTS)?;
    let key = (receipt.room.as_str(), receipt.person.as_str());
    let stored: Option<StoredReceipt> = receipts.get(key)?.and_then(|stored| readable(stored.value()));
    let is_higher = stored.is_none_or(|stored| stored.seq < receipt.seq);
    if is_higher {
        receipts.insert(key, encode(receipt)?.as_slice())?;
    }
    Ok(is_higher)
}

/// Where a walk through a table of pairs goes on.
pub(crate) type PairKey = (String, String);

/// Removes the positions that have not advanced for so long that they are dropped. It looks at `limit` of them from `from` on, and returns
/// where to continue, if there are more.
pub(crate) fn remove_old_positions(
    transaction: &WriteTransaction,
    now: Timestamp,
    from: PairKey,
    limit: usize,
) -> std::result::Result<Option<PairKey>, redb::Error> {
    let oldest = (now - limits::READ_POSITION_LIFE).0;
    remove_old(&mut transaction.open_table(READ_POSITIONS)?, from, limit, |(_, at)| at < oldest)
}

/// Removes positions in threads, as [`remove_old_positions`].
pub(crate) fn remove_old_threads(
    transaction: &WriteTransaction,
    now: Timestamp,
    from: PairKey,
    limit: usize,
) -> std::result::Result<Option<PairKey>, redb::Error> {
    let oldest = (now - limits::READ_POSITION_LIFE).0;
    remove_old(&mut transaction.open_table(THREAD_POSITIONS)?, from, limit, |(_, at)| at < oldest)
}

/// Removes receipts, as [`remove_old_positions`]. One that cannot be read is of no use.
pub(crate) fn remove_old_receipts(
    transaction: &WriteTransaction,
    now: Timestamp,
    from: PairKey,
    limit: usize,
) -> std::result::Result<Option<PairKey>, redb::Error> {
    let oldest = now - limits::READ_POSITION_LIFE;
    let is_old = |stored: &[u8]| readable::<StoredReceipt>(stored).is_none_or(|receipt| receipt.at < oldest);
    remove_old(&mut transaction.open_table(RECEIPTS)?, from, limit, is_old)
}

/// Returns the values of a person in a table that has the person first, up to a number. One that cannot be read is left out, as in the other
/// stores.
pub(crate) fn of_person<T: DeserializeOwned>(
    transaction: &ReadTransaction,
    table: TableDefinition<'static, (&'static str, &'static str), &'static [u8]>,
    person: &PersonId,
    limit: usize,
) -> std::result::Result<Vec<T>, redb::Error> {
    let Some(table) = open(transaction, table)? else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in table.range((person.as_str(), "")..)? {
        let (key, stored) = entry?;
        if key.value().0 != person.as_str() || found.len() >= limit {
            break;
        }
        found.extend(readable(stored.value()));
    }
    Ok(found)
}

/// Removes the entries of a table of pairs that are old, of `limit` of them from `from` on. Returns where to continue, if there are more.
pub(crate) fn remove_old<V: Value + 'static>(
    table: &mut Table<'_, (&'static str, &'static str), V>,
    from: PairKey,
    limit: usize,
    is_old: impl for<'a> Fn(V::SelfType<'a>) -> bool,
) -> std::result::Result<Option<PairKey>, redb::Error> {
    let (mut count, mut last, mut old) = (0, None, Vec::new());
    for entry in table.range((from.0.as_str(), from.1.as_str())..)?.take(limit) {
        let (key, value) = entry?;
        let key = (key.value().0.to_owned(), key.value().1.to_owned());
        if is_old(value.value()) {
            old.push(key.clone());
        }
        (count, last) = (count + 1, Some(key));
    }
    for (first, second) in &old {
        table.remove((first.as_str(), second.as_str()))?;
    }
    // The smallest key behind the last one.
    Ok(last.filter(|_| count == limit).map(|(first, second)| (first, second + "\0")))
}
