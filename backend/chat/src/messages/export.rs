//! What somebody wrote, for themself: all of it, as it is stored.

use std::sync::Arc;

use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use shared_types::{ChatMessage, Person, RoomName, Seq, Timestamp, image_path};

use crate::ports::{
    Result,
    messages::{IdempotencyRecord, MessageKey, Messages},
    system::Clock,
};

/// Messages that are read at once.
const AT_ONCE: usize = 64;

/// The most messages in one answer. A read is 187 µs of a whole processor, and a function has a seventh of one: 1,500 × 187 µs
/// × 7 = 2 s of its 10 s. Waiting is little beside that, 1,500 / 64 × 5 ms = 0.1 s.
const MESSAGES: usize = 1_500;

/// The most bytes of messages in one answer, as JSON, give or take one batch of [`AT_ONCE`] of 24 KB, 1.5 MB: a function
/// answers with 6 MB at most.
const BYTES: usize = 4_000_000;

/// The rule of what is given out.
pub struct DataExport {
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What somebody wrote, or a part of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportPart {
    /// Who they are.
    pub person: Person,
    /// When this was read.
    pub exported_at: Timestamp,
    /// What they wrote, by room and oldest first.
    pub messages: Vec<Said>,
    /// Where to go on, where this is a part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A message and where it was said.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Said {
    room: RoomName,
    #[serde(flatten)]
    message: ChatMessage,
    /// Where its image is.
    #[serde(skip_serializing_if = "Option::is_none")]
    image_path: Option<String>,
}

impl DataExport {
    /// Gives out what a person wrote, beyond that message of theirs, which an earlier answer ended with. What they took back
    /// is not there to be given.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the log did not answer.
    pub async fn export(&self, person: Person, mut after: Option<MessageKey>) -> Result<ExportPart> {
        let (mut messages, mut bytes) = (Vec::new(), 0);
        let next = loop {
            let claims = self.messages.records_of(&person.id, after.as_ref(), AT_ONCE).await?;
            let Some((last, _)) = claims.last() else { break None };
            after = Some(last.clone());
            let reads: Vec<_> = claims.iter().map(|(message_key, claim)| self.said(message_key, *claim)).collect();
            let read: Vec<Option<Said>> = stream::iter(reads).buffered(AT_ONCE).try_collect().await?;
            let said = read.into_iter().flatten();
            messages.extend(said.inspect(|said| bytes += serde_json::to_string(said).map_or(0, |json| json.len())));
            if messages.len() + AT_ONCE > MESSAGES || bytes > BYTES {
                break after.map(|last| format!("/me/data/{}/{}", last.room, last.nonce.as_str()));
            }
        };
        messages.sort_by(|one, other| (&one.room, one.message.seq).cmp(&(&other.room, other.message.seq)));
        Ok(ExportPart { person, exported_at: self.clock.now(), messages, next })
    }

    async fn said(
        &self,
        MessageKey { room, author, nonce }: &MessageKey,
        claim: IdempotencyRecord,
    ) -> Result<Option<Said>> {
        let found = self.messages.at(room, Seq::from(claim.rev)).await?;
        let message = found.map(|found| found.message).filter(|message| !message.deleted);
        Ok(message.map(|message| {
            let image_path = message.image.as_ref().map(|_| image_path(room, author, nonce));
            Said { room: room.clone(), message, image_path }
        }))
    }
}
