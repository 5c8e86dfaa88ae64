//! Erasure: removes the texts, the images and the author of all messages that a person wrote, in every room. The person or a
//! moderator requests it.
//!
//! Each message is updated like any other (record the change, then replace the message), so clients that are offline catch up
//! with it. The idempotency record of a message becomes a tombstone last, so the next request finishes what an interrupted
//! one left.
//!
//! What stays: the sequence number and the time of each message; the person's name in reply references, in reactions to
//! messages of others, and in mentions by others. Only a scan of every message of every room would find those names; they
//! stay as long as the messages of the others. The entries of the audit log about the person stay as well.

use std::time::Duration;

use shared_types::{ChatMessage, Person, PersonId, RoomName, Seq, Timestamp, limits};

use crate::{
    messages::{
        deadlines::RECORD_LIFE,
        update::{MessageUpdate, MessageUpdater, UpdateError, UpdateOutcome},
    },
    ports::{
        Result, Unavailable,
        messages::{IdempotencyRecord, MessageKey},
    },
};

/// How long the tombstone of an idempotency record is kept: far longer than any client retries, so that a retry does not
/// post an erased message again.
const TOMBSTONE_LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Erases the messages of a person.
pub struct DataEraser {
    /// Applies the last update of each message.
    pub updater: MessageUpdater,
}

/// The result of one request.
#[derive(Debug)]
pub struct ErasedMessages {
    /// The erased messages as they are stored now, each with its room.
    pub messages: Vec<(RoomName, ChatMessage)>,
    /// Whether there are or may be more messages. There may be when a send is in progress; another request erases its
    /// message.
    pub more: bool,
}

impl DataEraser {
    /// Erases up to [`limits::FORGET_MESSAGES`] messages of a person.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the log or the image store did not answer. Messages that were erased before the error stay
    /// erased, and the next request continues.
    pub async fn erase(&self, author: &PersonId) -> Result<ErasedMessages> {
        let (mut erased, mut after) = (ErasedMessages { messages: Vec::new(), more: false }, None);
        loop {
            let limit = limits::FORGET_MESSAGES + 1;
            let records = self.updater.messages.records_of(author, after.as_ref(), limit).await?;
            if records.is_empty() {
                return Ok(erased);
            }
            for (message_key, record) in records {
                if erased.messages.len() >= limits::FORGET_MESSAGES {
                    return Ok(ErasedMessages { more: true, ..erased });
                }
                self.erase_one(author, &message_key, record, &mut erased).await?;
                after = Some(message_key);
            }
        }
    }

    async fn erase_one(
        &self,
        author: &PersonId,
        message_key: &MessageKey,
        record: IdempotencyRecord,
        erased: &mut ErasedMessages,
    ) -> Result<()> {
        let (seq, now) = (Seq::from(record.rev), self.updater.clock.now());
        let by = Person { id: author.clone(), ..Person::erased() };
        let outcome = self.updater.apply(&message_key.room, &by, seq, &message_key.nonce, MessageUpdate::Erased).await;
        let newly_erased = match outcome {
            Ok(UpdateOutcome::Applied(message)) => Some((message_key.room.clone(), message)),
            // An interrupted or concurrent request erased it. It is not broadcast again, because repeated requests could
            // then cause any number of posts. Clients that missed the broadcast get the change with their next catch-up.
            Ok(UpdateOutcome::AlreadyApplied(_)) => None,
            Err(UpdateError::Unavailable(cause)) => return Err(cause),
            Err(UpdateError::NoMessage) if is_recent(record, now) => {
                // Its send may still be in progress and store the message after this.
                erased.more = true;
                return Ok(());
            }
            Err(UpdateError::NoMessage) => None,
            Err(why) => return Err(Unavailable { doing: "erasing a message", cause: why.to_string() }),
        };
        self.updater.images.remove(message_key).await?;
        self.updater.messages.tombstone(message_key, now + TOMBSTONE_LIFE).await?;
        erased.messages.extend(newly_erased);
        Ok(())
    }
}

fn is_recent(record: IdempotencyRecord, now: Timestamp) -> bool {
    now.since(record.at) <= RECORD_LIFE
}
