//! Erases everything that a person wrote, in every room, on their own request or a moderator's.
//!
//! Each message is changed like any other (change record, then replace), so that clients that are away learn of it. Its idempotency
//! record becomes a tombstone last, so that the next request completes one that ended half-way.
//!
//! What stays: the place and the time of each message; the person's name in replies, reactions and mentions of others; and the audit
//! log. Finding those would mean reading every message of every room; they stay as long as the messages of the others.

use std::time::Duration;

use shared_types::{ChatMessage, Person, PersonId, RoomName, Seq, Timestamp, limits};

use crate::{
    content::images,
    messages::{
        deadlines::RECORD_LIFE,
        update::{Changed, MessageUpdate, MessageUpdater, UpdateError},
    },
    ports::{
        Result, Unavailable,
        messages::{IdempotencyRecord, MessageKey},
    },
};

/// How long a tombstone holds: far longer than any client retries, so that no retry stores an erased message again.
const TOMBSTONE_LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// Erases the data of a person.
#[derive(Clone)]
pub struct DataEraser {
    /// Changes the messages.
    pub updater: MessageUpdater,
}

/// The result of one request.
#[derive(Debug)]
pub struct ErasedMessages {
    /// The erased messages, each with its room.
    pub messages: Vec<(RoomName, ChatMessage)>,
    /// Whether more are left, or may be: a send may be unfinished, and the next request finds its message.
    pub more: bool,
}

impl DataEraser {
    /// Erases up to [`limits::FORGET_MESSAGES`] messages of a person.
    ///
    /// # Errors
    ///
    /// `Unavailable` if a store did not answer. What was erased until then stays erased, and the next request goes on.
    pub async fn erase(&self, who: &PersonId) -> Result<ErasedMessages> {
        let (mut erased, mut after) = (ErasedMessages { messages: Vec::new(), more: false }, None);
        loop {
            let at_once = limits::FORGET_MESSAGES + 1;
            let records = self.updater.messages.records_of(who, after.as_ref(), at_once).await?;
            if records.is_empty() {
                return Ok(erased);
            }
            for (message_key, record) in records {
                if erased.messages.len() >= limits::FORGET_MESSAGES {
                    return Ok(ErasedMessages { more: true, ..erased });
                }
                self.erase_one(who, &message_key, record, &mut erased).await?;
                after = Some(message_key);
            }
        }
    }

    async fn erase_one(
        &self,
        who: &PersonId,
        message_key: &MessageKey,
        record: IdempotencyRecord,
        erased: &mut ErasedMessages,
    ) -> Result<()> {
        let (seq, now) = (Seq::from(record.rev), self.updater.clock.now());
        let author = Person { id: who.clone(), ..Person::erased() };
        let (left, may_have_image) =
            match self.updater.update(&message_key.room, &author, seq, &message_key.nonce, MessageUpdate::Erased).await
            {
                Ok(Changed::Now(message)) => (Some((message_key.room.clone(), message)), false),
                // An earlier request erased it, or one that runs at the same time. It is not broadcast again: that would let one person
                // cause any number of posts. A client that missed it catches up with its next heartbeat.
                Ok(Changed::Before(_) | Changed::Overtaken(_) | Changed::Unneeded(_)) => (None, true),
                Err(UpdateError::Unavailable(cause)) => return Err(cause),
                Err(UpdateError::NoMessage) if is_young(record, now) => {
                    // Its send may be unfinished and store the message after this.
                    erased.more = true;
                    return Ok(());
                }
                // Its send may have ended between image and message.
                Err(UpdateError::NoMessage) => (None, true),
                Err(why) => return Err(Unavailable { doing: "erasing a message", cause: why.to_string() }),
            };
        if may_have_image {
            // How many it had is not known any more.
            images::remove(self.updater.images.as_ref(), message_key, limits::MESSAGE_IMAGES).await?;
        }
        let until = now + TOMBSTONE_LIFE;
        self.updater.messages.tombstone(message_key, until).await?;
        erased.messages.extend(left);
        Ok(())
    }
}

fn is_young(record: IdempotencyRecord, now: Timestamp) -> bool {
    now.since(record.at) <= RECORD_LIFE
}
