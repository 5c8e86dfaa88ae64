//! The messages that people saved, as items of the message table. An entry expires as long after it was saved as a message after it was
//! sent: its message has expired before.

use async_trait::async_trait;
use chat::ports::{Result, saved_messages::SavedMessages};
use shared_types::{PersonId, RoomName, SavedPosition, Seq, Timestamp};

use super::{DynamoMessages, query::Expired};
use crate::{
    item::{Item, Malformed, item, number, read_number, read_parsed, text},
    table::Key,
};

/// The prefix of the partition of a person, before `#`.
pub(super) const SAVED: &str = "saved";

#[async_trait]
impl SavedMessages for DynamoMessages {
    async fn save(&self, person: &PersonId, message: &SavedPosition) -> Result<()> {
        let mut stored = to_item(person, message);
        self.expire(&mut stored, message.saved_at);
        self.table.put_if_absent(stored, "saving a message for a person").await.map(drop)
    }

    async fn unsave(&self, person: &PersonId, room: &RoomName, seq: Seq) -> Result<()> {
        self.table.delete(key(person, room, seq), "removing a saved message").await.map(drop)
    }

    async fn saved(&self, person: &PersonId, limit: usize) -> Result<Vec<SavedPosition>> {
        let query = self.table.querying(&partition(person));
        self.kept(query, limit, Expired::Anywhere, to_position, "reading what a person saved").await
    }
}

fn partition(person: &PersonId) -> String {
    format!("{SAVED}#{person}")
}

fn key(person: &PersonId, room: &RoomName, seq: Seq) -> Key {
    Key::new(partition(person), format!("{room}#{:020}", seq.0))
}

/// Returns an entry as an item, without an expiry.
pub(super) fn to_item(person: &PersonId, message: &SavedPosition) -> Item {
    let Key { pk, sk } = key(person, &message.room, message.seq);
    item([("pk", text(pk)), ("sk", text(sk)), ("at", number(message.saved_at.0))])
}

pub(super) fn to_position(item: &Item) -> std::result::Result<SavedPosition, Malformed> {
    let place = |sk: &str| {
        let (room, seq) = sk.split_once('#')?;
        Some((room.parse().ok()?, Seq(seq.parse().ok()?)))
    };
    let (room, seq) = read_parsed(item, "sk", place)?;
    Ok(SavedPosition { saved_at: Timestamp(read_number(item, "at")?), room, seq })
}
