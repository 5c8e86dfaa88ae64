//! Deletes messages and change records of a room before they expire.
//!
//! Each item is deleted by a call of its own. `BatchWriteItem` costs the same, and a function that may call it may also overwrite items.

use chat::ports::{Result, messages::MessageKey};
use futures::{StreamExt, TryStreamExt, stream};
use shared_types::{ChatMessage, RoomName, Timestamp};

use super::{
    DynamoMessages,
    items::{change_sk, message_key, pin_sk, record_key, reply_sk, room_partition, to_change},
};
use crate::{
    item::{read_all, text},
    table::Key,
};

/// Number of messages or change records that are deleted at the same time.
const AT_ONCE: usize = 16;

const REMOVING: &str = "removing messages of a room";

impl DynamoMessages {
    /// Deletes messages with what belongs to them.
    pub(super) async fn remove_messages(&self, room: &RoomName, messages: &[ChatMessage]) -> Result<()> {
        let removals: Vec<_> = messages.iter().map(|message| self.remove_one(room, message)).collect();
        stream::iter(removals).buffer_unordered(AT_ONCE).try_collect().await
    }

    /// Deletes a message after what belongs to it: an interrupted call finds the message again.
    async fn remove_one(&self, room: &RoomName, message: &ChatMessage) -> Result<()> {
        let key = |sk| Key::new(room_partition(room), sk);
        let (author, nonce) = (message.author.id.clone(), message.nonce.clone());
        let record = record_key(&MessageKey { room: room.clone(), author, nonce });
        self.table.delete_if_at(record, message.seq.0, REMOVING).await?;
        // What an interrupted attempt to pin it left in the index, the next list of pinned messages removes.
        if message.pinned.is_some() {
            self.table.delete(key(pin_sk(message.seq.0)), REMOVING).await?;
        }
        if let Some(root) = message.thread {
            self.table.delete(key(reply_sk(root, message.seq.0)), REMOVING).await?;
        }
        self.table.delete(message_key(room, message.seq), REMOVING).await.map(drop)
    }

    /// Deletes the oldest change records. Returns their number.
    pub(super) async fn remove_change_records(
        &self,
        room: &RoomName,
        before: Timestamp,
        limit: usize,
    ) -> Result<usize> {
        let doing = "removing change records of a room";
        let query = self
            .table
            .querying(&room_partition(room))
            .key_condition_expression("pk = :pk AND sk BETWEEN :oldest AND :newest")
            .expression_attribute_values(":oldest", text(change_sk(0)))
            .expression_attribute_values(":newest", text(change_sk(u64::MAX)));
        let oldest = self.table.first_items(query, limit, doing).await?;
        let old = read_all(&oldest, to_change).into_iter().filter(|change| change.at < before);
        let keys: Vec<_> = old.map(|change| Key::new(room_partition(room), change_sk(change.rev.0))).collect();
        let count = keys.len();
        let removals: Vec<_> = keys.into_iter().map(|key| self.table.delete(key, doing)).collect();
        stream::iter(removals).buffer_unordered(AT_ONCE).try_for_each(|_| async { Ok(()) }).await?;
        Ok(count)
    }
}
