//! Data export: gives a person all messages that they wrote, as they are stored.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use shared_types::{ChatMessage, Person, RoomName, Seq, Timestamp, image_path};

use crate::ports::{
    Result,
    messages::{IdempotencyRecord, MessageKey, Messages},
    system::Clock,
};

/// Number of messages that are read concurrently, as one batch.
const BATCH: usize = 64;

/// Maximum number of messages in one answer. A read takes 187 µs of a whole processor, and a function has a seventh of one:
/// 1,500 × 187 µs × 7 = 2 s of its 10 s. The waiting time is small beside that: 1,500 / 64 × 5 ms = 0.1 s.
const MESSAGES: usize = 1_500;

/// Maximum number of bytes of messages in one answer, as JSON. One [`BATCH`] of messages of 24 KB, 1.5 MB, may exceed it. A
/// function's answer has at most 6 MB.
const BYTES: usize = 4_000_000;

/// Exports the messages of a person.
pub struct DataExport {
    /// The message log.
    pub messages: Arc<dyn Messages>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// The messages of a person, or a part of them.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportPart {
    /// The person.
    pub person: Person,
    /// The time of the export.
    pub exported_at: Timestamp,
    /// The messages, by room, oldest first.
    pub messages: Vec<ExportedMessage>,
    /// The path of the next part, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A message and its room.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedMessage {
    room: RoomName,
    #[serde(flatten)]
    message: ChatMessage,
    /// The path of its image.
    #[serde(skip_serializing_if = "Option::is_none")]
    image_path: Option<String>,
}

impl DataExport {
    /// Returns the messages of a person after the message `after`, which was the last one of the previous part. Deleted
    /// messages are left out.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the log did not answer.
    pub async fn export(&self, person: Person, mut after: Option<MessageKey>) -> Result<ExportPart> {
        let (mut messages, mut bytes) = (Vec::new(), 0);
        let next = loop {
            let records = self.messages.records_of(&person.id, after.as_ref(), BATCH).await?;
            let Some((last, _)) = records.last() else { break None };
            after = Some(last.clone());
            let reads: Vec<_> = records.iter().map(|(message_key, record)| self.read(message_key, *record)).collect();
            let read: Vec<Option<ExportedMessage>> = stream::iter(reads).buffered(BATCH).try_collect().await?;
            let batch = read.into_iter().flatten();
            messages
                .extend(batch.inspect(|message| bytes += serde_json::to_string(message).map_or(0, |json| json.len())));
            if messages.len() + BATCH > MESSAGES || bytes > BYTES {
                break after.map(|last| format!("/me/data/{}/{}", last.room, last.nonce.as_str()));
            }
        };
        messages.sort_by(|one, other| (&one.room, one.message.seq).cmp(&(&other.room, other.message.seq)));
        Ok(ExportPart { person, exported_at: self.clock.now(), messages, next })
    }

    async fn read(
        &self,
        MessageKey { room, author, nonce }: &MessageKey,
        record: IdempotencyRecord,
    ) -> Result<Option<ExportedMessage>> {
        let found = self.messages.at(room, Seq::from(record.rev)).await?;
        let message = found.map(|found| found.message).filter(|message| !message.deleted);
        Ok(message.map(|message| {
            let image_path = message.image.as_ref().map(|_| image_path(room, author, nonce));
            ExportedMessage { room: room.clone(), message, image_path }
        }))
    }
}
