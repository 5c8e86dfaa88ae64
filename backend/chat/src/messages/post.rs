//! Posting: *reserve, then write*. An idempotency record reserves the sequence number, so a message is stored once, however
//! often it is sent.

use std::sync::Arc;

use shared_types::{
    ChatImage, ChatMessage, ImageSize, ImageType, MessageText, Nonce, Person, ReplyRef, RoomName, Seq, ServerMessage,
    Timestamp, mentioned,
};

use crate::{
    content::images::{self, ImageFault},
    messages::deadlines::RECORD_LIFE,
    ports::{
        Result, Unavailable,
        connections::Connection,
        images::{Images, Upload},
        messages::{ChangeRecord, IdempotencyRecord, MessageKey, Messages},
        system::Clock,
    },
};

/// A message that a client wants to post.
pub struct Draft {
    /// The room.
    pub room: RoomName,
    /// The author, as the server knows them.
    pub author: Person,
    /// The client's name for the message, the same in every retry.
    pub nonce: Nonce,
    /// The text.
    pub text: Option<MessageText>,
    /// The image that was uploaded for the message.
    pub image: Option<ChatImage>,
    /// The message that this one replies to.
    pub reply_to: Option<Seq>,
    /// The mentioned people according to the client. People whom the text does not mention are left out.
    pub mentions: Vec<Person>,
}

/// Why a message was not posted.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The message that it replies to is missing or deleted.
    #[error("the message that this answers is not there any more")]
    NoMessage,
    /// Its image was not accepted.
    #[error(transparent)]
    Image(#[from] ImageFault),
    /// A store did not answer. The message may or may not be stored; a retry resolves it.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The result of reserving a sequence number for a message.
enum Reservation {
    /// An earlier attempt has stored the message.
    Stored(ChatMessage),
    /// The message is not stored yet.
    Reserved {
        /// The record with the reserved sequence number.
        record: IdempotencyRecord,
        /// The record that this attempt made and does not need, because an earlier attempt's record holds.
        unused: Option<IdempotencyRecord>,
    },
}

/// Stores new messages.
pub struct MessagePoster {
    /// The message log.
    pub messages: Arc<dyn Messages>,
    /// The image store, with the uploads for messages that are not posted yet.
    pub images: Arc<dyn Images>,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

impl MessagePoster {
    /// Returns the address for uploading the image of a message that is not posted yet: `upload`.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the image store could not make an address.
    pub async fn upload(
        &self,
        speaker: &Connection,
        nonce: Nonce,
        kind: ImageType,
        size: ImageSize,
    ) -> Result<ServerMessage> {
        let (room, author) = (speaker.room.clone(), speaker.person.id.clone());
        let message_key = MessageKey { room, author, nonce: nonce.clone() };
        let url = self.images.address(&Upload { message_key, kind, size }).await?;
        Ok(ServerMessage::Upload { nonce, url })
    }

    /// Stores a message unless it is stored already, and returns the stored message.
    ///
    /// Every step is idempotent, so the client's retry completes a post that a crash interrupted.
    ///
    /// # Errors
    ///
    /// Returns [`PostError`] when the image was not accepted, the message it replies to is missing, or a store did not
    /// answer.
    pub async fn post(&self, draft: Draft) -> std::result::Result<ChatMessage, PostError> {
        let Draft { room, author, nonce, text, image, reply_to, mentions } = draft;
        let message_key = MessageKey { room: room.clone(), author: author.id.clone(), nonce: nonce.clone() };
        // Both checks come before the sequence number is reserved, so that a rejected message leaves no gap.
        let checked = match &image {
            Some(image) => Some(images::check(self.images.as_ref(), &message_key, image).await?),
            None => None,
        };
        let reply_to = match reply_to {
            Some(seq) => Some(self.reply_ref(&room, seq).await?),
            None => None,
        };
        let (record, unused) = match self.reserve(&message_key).await? {
            Reservation::Stored(message) => return Ok(message),
            Reservation::Reserved { record, unused } => (record, unused),
        };

        // The time comes from the record, so that two concurrent attempts write identical bytes.
        let (seq, rev, sent_at) = (Seq::from(record.rev), record.rev, record.at);
        let mentions = text.as_ref().map(|text| mentioned(text.as_str(), &mentions)).unwrap_or_default();
        let message = ChatMessage {
            seq,
            rev,
            author,
            nonce,
            text,
            html: None,
            image,
            reply_to,
            mentions,
            sent_at,
            edited_at: None,
            deleted: false,
            reactions: Vec::new(),
        };
        // Only a message that is not stored yet gets here, so the image of a stored message never changes. The image is
        // kept first, so that no reader gets the message without it.
        if let Some(checked) = checked {
            images::keep(self.images.as_ref(), &checked).await?;
        }
        let stored = self.messages.put(&room, &message).await?;
        if let Some(unused) = unused {
            self.record_unused(&room, unused).await;
        }
        Ok(stored)
    }

    /// Reserves a sequence number for a message, unless an earlier attempt has reserved one or stored the message.
    async fn reserve(&self, message_key: &MessageKey) -> Result<Reservation> {
        let room = &message_key.room;
        let fresh = IdempotencyRecord { at: self.clock.now(), rev: self.messages.next_rev(room).await? };
        let held = self.messages.reserve(message_key, fresh).await?;

        let record = if held == fresh {
            fresh
        } else if let Some(stored) = self.messages.at(room, Seq::from(held.rev)).await? {
            self.record_unused(room, fresh).await;
            return Ok(Reservation::Stored(stored.message));
        } else if is_abandoned(held, fresh.at) {
            // Clients may have skipped the gap of the old record. If the message were written there now, their catch-up
            // would never return it.
            self.messages.take_over(message_key, held, fresh).await?
        } else {
            held
        };
        Ok(Reservation::Reserved { record, unused: (record != fresh).then_some(fresh) })
    }

    async fn reply_ref(&self, room: &RoomName, seq: Seq) -> std::result::Result<ReplyRef, PostError> {
        let found = self.messages.at(room, seq).await?.map(|found| found.message).filter(|found| !found.deleted);
        found.map(|found| ReplyRef { seq, author: found.author }).ok_or(PostError::NoMessage)
    }

    /// Records that a retry took a revision without using it, so that catch-up does not wait for it. If this fails, catch-up
    /// waits until the revision is old, and nothing is lost.
    async fn record_unused(&self, room: &RoomName, unused: IdempotencyRecord) {
        let record = ChangeRecord { rev: unused.rev, at: unused.at, seq: None };
        if let Err(error) = self.messages.record_change(room, record).await {
            tracing::warn!(%error, "recording an unused revision failed; catch-up waits until it is old");
        }
    }
}

fn is_abandoned(record: IdempotencyRecord, now: Timestamp) -> bool {
    now.since(record.at) > RECORD_LIFE
}
