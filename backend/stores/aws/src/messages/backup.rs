//! Items of the message table as records of a backup, and back.

use chat::ports::{
    Result, Unavailable,
    backup::Record,
    messages::{IdempotencyRecord, MessageKey},
};
use shared_types::{Rev, RoomName, Timestamp};

use super::{
    DynamoMessages,
    items::{change_sk, record_key, room_partition, to_change, to_message_key, to_record, to_stored, tombstone_key},
    saved::{self, SAVED},
};
use crate::{
    item::{Item, item, json, number, read_number, text},
    table::{Key, Update},
};

const DOING: &str = "restoring a message";

/// What an item is for a backup.
#[allow(clippy::large_enum_variant, reason = "it is moved into a list at once")]
pub(crate) enum Found {
    /// It is this record.
    Record(Record),
    /// It belongs to this deployment only, or is expired.
    NotInBackups,
    /// It cannot be read.
    Unreadable,
    /// It is of a kind that this version does not know.
    Unknown,
}

impl Found {
    /// Returns the record, or that it cannot be read.
    pub(crate) fn readable(record: Option<Record>) -> Self {
        record.map_or(Self::Unreadable, Self::Record)
    }
}

impl DynamoMessages {
    /// Returns what an item of the message table is for a backup. The audit log is not read here.
    pub(crate) fn found(&self, item: &Item) -> Found {
        let attribute = |name| item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str);
        let (Some(pk), Some(sk)) = (attribute("pk"), attribute("sk")) else { return Found::Unknown };
        let Some((kind, id)) = pk.split_once('#') else { return Found::Unknown };
        if !self.is_kept(item) {
            return Found::NotInBackups;
        }
        match (kind, sk.split('#').next()) {
            ("room", Some("m" | "c" | "rev")) => Found::readable(of_room(id, sk, item)),
            // The messages tell which of them are pinned, and which are in a thread.
            ("room", Some("p" | "t")) => Found::NotInBackups,
            ("n", _) => Found::readable(record_of(id, item).map(|(key, record)| Record::Idempotency { key, record })),
            (SAVED, _) => Found::readable(saved_of(id, item)),
            ("given-up", _) => Found::readable(tombstone_of(id, item)),
            _ => Found::Unknown,
        }
    }

    /// Returns the item of a record of a message; `None` for another kind of record.
    pub(crate) fn restored_item(&self, record: &Record) -> Result<Option<Item>> {
        Ok(Some(match record {
            Record::Idempotency { key, record } => {
                let mut stored = record_item(record_key(key), *record);
                self.expire(&mut stored, record.at);
                stored
            }
            Record::Saved { person, position } => {
                let mut stored = saved::to_item(person, position);
                self.expire(&mut stored, position.saved_at);
                stored
            }
            Record::Tombstone { key, record, until } => {
                let mut stored = record_item(tombstone_key(key), *record);
                stored.insert("expires".into(), number(until.0 / 1000));
                stored
            }
            Record::Change { room, change } => {
                let key = Key::new(room_partition(room), change_sk(change.rev.0));
                let mut stored = record_item(key, IdempotencyRecord { rev: change.rev, at: change.at });
                stored.extend(change.seq.map(|seq| ("seq".to_owned(), number(seq.0))));
                self.expire(&mut stored, change.at);
                stored
            }
            Record::Message { room, message } => {
                let mut stored = self.to_item(room, &message.message, DOING)?;
                if !message.applied.is_empty() {
                    let applied = json(&message.applied).map_err(Unavailable::while_doing(DOING))?;
                    stored.insert("applied".into(), applied);
                }
                stored
            }
            Record::Secrets { .. }
            | Record::Room { .. }
            | Record::Rules { .. }
            | Record::Details { .. }
            | Record::Chat { .. }
            | Record::Restrictions { .. }
            | Record::SignOuts { .. }
            | Record::BannedAddresses { .. }
            | Record::Role { .. }
            | Record::ReadPosition { .. }
            | Record::ThreadPosition { .. }
            | Record::ReadReceipt { .. }
            | Record::Device { .. }
            | Record::Profile { .. }
            | Record::Passkey { .. }
            | Record::Member { .. }
            | Record::Audit { .. } => return Ok(None),
        }))
    }

    /// Makes the last revision of a room at least `rev`.
    pub(crate) async fn raise_rev(&self, room: &RoomName, rev: Rev) -> Result<()> {
        let update = self
            .table
            .updating(Key::new(room_partition(room), "rev"))
            .update_expression("SET #rev = :rev")
            .condition_expression("attribute_not_exists(#rev) OR #rev < :rev")
            .expression_attribute_names("#rev", "rev")
            .expression_attribute_values(":rev", number(rev.0));
        match self.table.try_update(update, "restoring the last revision of a room").await? {
            Update::Made(_) | Update::Refused(_) => Ok(()),
        }
    }

    /// Returns whether the retention of something of this time is over.
    pub(crate) fn is_over(&self, from: Timestamp) -> bool {
        self.end_of(from).is_some_and(|end| end <= self.clock.now().0 / 1000)
    }
}

/// Reads a message, a change record or the last revision of a room.
fn of_room(room: &str, sk: &str, item: &Item) -> Option<Record> {
    let room = room.parse().ok()?;
    Some(match sk.split('#').next()? {
        "m" => Record::Message { room, message: to_stored(item).ok()? },
        "c" => Record::Change { room, change: to_change(item).ok()? },
        _ => Record::Room { room, rev: Rev(read_number(item, "rev").ok()?) },
    })
}

fn record_of(author: &str, item: &Item) -> Option<(MessageKey, IdempotencyRecord)> {
    let author = author.parse().ok()?;
    Some((to_message_key(&author, item).ok()?, to_record(item).ok()?))
}

fn saved_of(person: &str, item: &Item) -> Option<Record> {
    Some(Record::Saved { person: person.parse().ok()?, position: saved::to_position(item).ok()? })
}

fn tombstone_of(author: &str, item: &Item) -> Option<Record> {
    let (key, record) = record_of(author, item)?;
    let until: u64 = read_number(item, "expires").ok()?;
    Some(Record::Tombstone { key, record, until: Timestamp(until * 1000) })
}

fn record_item(Key { pk, sk }: Key, IdempotencyRecord { rev, at }: IdempotencyRecord) -> Item {
    item([("pk", text(pk)), ("sk", text(sk)), ("rev", number(rev.0)), ("at", number(at.0))])
}
