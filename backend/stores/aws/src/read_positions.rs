//! Read positions in the connection table: an item for each person and room, in one partition for each person.
//!
//! One conditional write advances a position, and one Query reads those of a person. They expire some time after they advanced.
//!
//! The positions in threads are items of their own in a second partition for each person, sorted by room and thread.
//!
//! The receipts of a room are items of their own, in one partition for each room: one conditional write each, and one Query for a room.

use async_trait::async_trait;
use chat::ports::{
    Result, Unavailable,
    backup::Record,
    read_positions::{ReadPosition, ReadPositions, StoredReceipt, ThreadPosition},
};
use futures::{StreamExt, TryStreamExt, stream};
use shared_types::{PersonId, RoomName, Seq, Timestamp, limits};

use crate::{
    item::{Item, Malformed, number, read, read_all, read_number, read_or_skip, read_parsed, text},
    messages::backup::Found,
    table::{Key, Table, Update},
};

/// The beginning of the partition keys.
const PARTITION: &str = "read#";

/// The beginning of the partition keys of positions in threads.
const THREADS: &str = "threads#";

/// The beginning of the partition keys of receipts.
const RECEIPTS: &str = "seen#";

/// Number of deletions at the same time.
const AT_ONCE: usize = 32;

/// [`ReadPositions`] in a DynamoDB table.
pub struct DynamoReadPositions {
    table: Table,
}

impl DynamoReadPositions {
    pub(crate) fn new(table: Table) -> Self {
        Self { table }
    }

    async fn items(&self, person: &PersonId, doing: &'static str) -> Result<Vec<Item>> {
        let query = self.table.querying(&partition(person)).consistent_read(false);
        self.table.first_items(query, limits::READ_POSITIONS, doing).await
    }
}

#[async_trait]
impl ReadPositions for DynamoReadPositions {
    async fn advance(&self, position: &ReadPosition) -> Result<bool> {
        let update = self
            .table
            .updating(key(&position.person, &position.room))
            .update_expression("SET #seq = :seq, #at = :at, expires = :expires")
            .condition_expression("attribute_not_exists(#seq) OR #seq < :seq")
            .expression_attribute_names("#seq", "seq")
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":seq", number(position.seq.0))
            .expression_attribute_values(":at", number(position.at.0))
            .expression_attribute_values(":expires", number(expires(position.at)));
        Ok(matches!(self.table.try_update(update, "writing a read position").await?, Update::Made(_)))
    }

    async fn position(&self, person: &PersonId, room: &RoomName) -> Result<Option<Seq>> {
        let doing = "reading a read position";
        let found = self.table.get(key(person, room), doing).await?;
        let seq = found.map(|item| read_number(&item, "seq")).transpose();
        Ok(seq.map_err(Unavailable::while_doing(doing))?.map(Seq))
    }

    async fn positions(&self, person: &PersonId) -> Result<Vec<ReadPosition>> {
        Ok(read_all(&self.items(person, "reading read positions").await?, to_position))
    }

    async fn advance_thread(&self, position: &ThreadPosition) -> Result<bool> {
        let update = self
            .table
            .updating(Key::new(threads_of(&position.person), position.sort_key()))
            .update_expression("SET #seq = :seq, #at = :at, expires = :expires")
            .condition_expression("attribute_not_exists(#seq) OR #seq < :seq")
            .expression_attribute_names("#seq", "seq")
            .expression_attribute_names("#at", "at")
            .expression_attribute_values(":seq", number(position.seq.0))
            .expression_attribute_values(":at", number(position.at.0))
            .expression_attribute_values(":expires", number(expires(position.at)));
        let doing = "writing a read position of a thread";
        Ok(matches!(self.table.try_update(update, doing).await?, Update::Made(_)))
    }

    async fn thread_positions(&self, person: &PersonId, room: &RoomName) -> Result<Vec<ThreadPosition>> {
        let query = self
            .table
            .querying(&threads_of(person))
            .key_condition_expression("pk = :pk AND begins_with(sk, :room)")
            .expression_attribute_values(":room", text(ThreadPosition::sort_prefix(room)))
            .scan_index_forward(false)
            .consistent_read(false);
        let doing = "reading read positions of threads";
        let items = self.table.first_items(query, limits::THREAD_POSITIONS, doing).await?;
        Ok(read_all(&items, to_thread_position))
    }

    async fn show(&self, receipt: &StoredReceipt) -> Result<bool> {
        let update = self
            .table
            .updating(receipt_key(&receipt.room, &receipt.person))
            .update_expression("SET #seq = :seq, #at = :at, #name = :name, expires = :expires")
            .condition_expression("attribute_not_exists(#seq) OR #seq < :seq")
            .expression_attribute_names("#seq", "seq")
            .expression_attribute_names("#at", "at")
            .expression_attribute_names("#name", "name")
            .expression_attribute_values(":seq", number(receipt.seq.0))
            .expression_attribute_values(":at", number(receipt.at.0))
            .expression_attribute_values(":name", text(receipt.name.as_str()))
            .expression_attribute_values(":expires", number(expires(receipt.at)));
        Ok(matches!(self.table.try_update(update, "writing a read receipt").await?, Update::Made(_)))
    }

    async fn receipts(&self, room: &RoomName, limit: usize) -> Result<Vec<StoredReceipt>> {
        let query = self.table.querying(&receipts_of(room)).consistent_read(false);
        let items = self.table.first_items(query, limit, "reading the read receipts of a room").await?;
        Ok(read_all(&items, to_receipt))
    }

    async fn receipt(&self, person: &PersonId, room: &RoomName) -> Result<Option<StoredReceipt>> {
        let found = self.table.get(receipt_key(room, person), "reading a read receipt").await?;
        Ok(found.as_ref().and_then(|item| read_or_skip(item, to_receipt)))
    }

    async fn hide(&self, person: &PersonId, room: &RoomName) -> Result<()> {
        self.table.delete(receipt_key(room, person), "removing a read receipt").await?;
        Ok(())
    }

    async fn remove(&self, person: &PersonId) -> Result<bool> {
        let doing = "removing read positions";
        let threads = self.table.querying(&threads_of(person)).consistent_read(false);
        let threads = self.table.first_items(threads, limits::READ_POSITIONS, doing).await?;
        let keys = threads.iter().filter_map(|item| item.get("sk")?.as_s().ok().cloned());
        let deletions: Vec<_> = keys.map(|key| self.table.delete(Key::new(threads_of(person), key), doing)).collect();
        stream::iter(deletions).buffer_unordered(AT_ONCE).try_for_each(|_| async { Ok(()) }).await?;
        let items = self.items(person, doing).await?;
        let rooms = items.iter().filter_map(|item| item.get("sk")?.as_s().ok().cloned());
        let deletions: Vec<_> = rooms
            .map(|room| async move {
                // The receipt first: a position that is left finds it again.
                let receipt = Key::new([RECEIPTS, &room].concat(), person.as_str());
                self.table.delete(receipt, doing).await?;
                self.table.delete(Key::new(partition(person), room), doing).await
            })
            .collect();
        stream::iter(deletions).buffer_unordered(AT_ONCE).try_for_each(|_| async { Ok(()) }).await?;
        Ok(items.len().max(threads.len()) == limits::READ_POSITIONS)
    }
}

/// Returns what an item of the connection table is for a backup, if it is a read position or a receipt.
pub(crate) fn backup_record(item: &Item, now: Timestamp) -> Found {
    let partition = item.get("pk").and_then(|pk| pk.as_s().ok());
    match partition {
        Some(partition) if partition.starts_with(PARTITION) => match to_position(item).ok() {
            Some(position) if is_over(position.at, now) => Found::NotInBackups,
            position => Found::readable(position.map(|position| Record::ReadPosition { position })),
        },
        Some(partition) if partition.starts_with(THREADS) => match to_thread_position(item).ok() {
            Some(position) if is_over(position.at, now) => Found::NotInBackups,
            position => Found::readable(position.map(|position| Record::ThreadPosition { position })),
        },
        Some(partition) if partition.starts_with(RECEIPTS) => match to_receipt(item).ok() {
            Some(receipt) if is_over(receipt.at, now) => Found::NotInBackups,
            receipt => Found::readable(receipt.map(|receipt| Record::ReadReceipt { receipt })),
        },
        _ => Found::NotInBackups,
    }
}

/// Returns whether a position or a receipt has not advanced since `at`, which is so long ago that it is dropped.
pub(crate) fn is_over(at: Timestamp, now: Timestamp) -> bool {
    at + limits::READ_POSITION_LIFE <= now
}

fn partition(person: &PersonId) -> String {
    [PARTITION, person.as_str()].concat()
}

fn key(person: &PersonId, room: &RoomName) -> Key {
    Key::new(partition(person), room.as_str())
}

fn threads_of(person: &PersonId) -> String {
    [THREADS, person.as_str()].concat()
}

fn receipts_of(room: &RoomName) -> String {
    [RECEIPTS, room.as_str()].concat()
}

fn receipt_key(room: &RoomName, person: &PersonId) -> Key {
    Key::new(receipts_of(room), person.as_str())
}

/// In seconds, as DynamoDB's time to live.
fn expires(at: Timestamp) -> u64 {
    (at + limits::READ_POSITION_LIFE).0 / 1000
}

fn to_position(item: &Item) -> std::result::Result<ReadPosition, Malformed> {
    Ok(ReadPosition {
        person: read_parsed(item, "pk", |pk| pk.strip_prefix(PARTITION)?.parse().ok())?,
        room: read(item, "sk")?,
        seq: Seq(read_number(item, "seq")?),
        at: Timestamp(read_number(item, "at")?),
    })
}

fn to_thread_position(item: &Item) -> std::result::Result<ThreadPosition, Malformed> {
    let (room, root) = read_parsed(item, "sk", ThreadPosition::parse_sort_key)?;
    Ok(ThreadPosition {
        person: read_parsed(item, "pk", |pk| pk.strip_prefix(THREADS)?.parse().ok())?,
        room,
        root,
        seq: Seq(read_number(item, "seq")?),
        at: Timestamp(read_number(item, "at")?),
    })
}

fn to_receipt(item: &Item) -> std::result::Result<StoredReceipt, Malformed> {
    Ok(StoredReceipt {
        room: read_parsed(item, "pk", |pk| pk.strip_prefix(RECEIPTS)?.parse().ok())?,
        person: read(item, "sk")?,
        name: read(item, "name")?,
        seq: Seq(read_number(item, "seq")?),
        at: Timestamp(read_number(item, "at")?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::item::item;

    #[test]
    fn a_malformed_receipt_is_an_error() {
        let stored = item([
            ("pk", text("seen#cats")),
            ("sk", text("ann")),
            ("name", text("Ann")),
            ("seq", number(7)),
            ("at", number(5)),
        ]);
        let expected = StoredReceipt {
            room: "cats".parse().unwrap(),
            person: "ann".parse().unwrap(),
            name: "Ann".parse().unwrap(),
            seq: Seq(7),
            at: Timestamp(5),
        };
        assert_eq!(to_receipt(&stored).unwrap(), expected);
        for attribute in ["pk", "sk", "name", "seq", "at"] {
            let mut malformed = stored.clone();
            malformed.insert(attribute.into(), text(""));
            assert!(to_receipt(&malformed).is_err(), "{attribute}");
        }
    }

    #[test]
    fn a_malformed_position_is_an_error() {
        let stored = item([("pk", text("read#ann")), ("sk", text("cats")), ("seq", number(7)), ("at", number(5))]);
        let [person, room] = ["ann", "cats"];
        let expected = ReadPosition {
            person: person.parse().unwrap(),
            room: room.parse().unwrap(),
            seq: Seq(7),
            at: Timestamp(5),
        };
        assert_eq!(to_position(&stored).unwrap(), expected);
        for attribute in ["pk", "sk", "seq", "at"] {
            let mut malformed = stored.clone();
            malformed.insert(attribute.into(), text("No Room"));
            assert!(to_position(&malformed).is_err(), "{attribute}");
        }
    }
}
