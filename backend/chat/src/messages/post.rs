//! Posting: *claim, then write*, so that a message is stored once, at one place, however often it is sent.

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

/// What a speaker wants to say.
pub struct Draft {
    /// Where.
    pub room: RoomName,
    /// Who, as the server knows them.
    pub author: Person,
    /// The client's name for the message, the same through every retry.
    pub nonce: Nonce,
    /// What.
    pub text: Option<MessageText>,
    /// The image that was uploaded for it.
    pub image: Option<ChatImage>,
    /// The message it answers.
    pub reply_to: Option<Seq>,
    /// Whom the text calls, as its client has it. Whoever it does not call is left out.
    pub mentions: Vec<Person>,
}

/// Why a message was not posted.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// The message it answers is not there.
    #[error("the message that this answers is not there any more")]
    NoMessage,
    /// It can't have the image it names.
    #[error(transparent)]
    Image(#[from] ImageFault),
    /// Something outside did not answer; the message may or may not be stored, and the retry finds out.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// The rule of posting.
pub struct MessagePoster {
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// What is uploaded for messages to come.
    pub images: Arc<dyn Images>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl MessagePoster {
    /// Tells a speaker where to put the image of a message that is yet to be posted: `upload`.
    ///
    /// # Errors
    ///
    /// `Unavailable` when no address could be made.
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

    /// Stores a message unless it is stored already, and answers with the one that is stored.
    ///
    /// Every step is idempotent, so a crash between any two of them is healed by the client's retry.
    ///
    /// # Errors
    ///
    /// [`PostError`] when its image may not be shown, or the log or the images did not answer.
    pub async fn post(&self, draft: Draft) -> std::result::Result<ChatMessage, PostError> {
        let Draft { room, author, nonce, text, image, reply_to, mentions } = draft;
        let message_key = MessageKey { room: room.clone(), author: author.id.clone(), nonce: nonce.clone() };
        // Before a place is taken, so that a refusal leaves no hole.
        let checked = match &image {
            Some(image) => Some(images::check(self.images.as_ref(), &message_key, image).await?),
            None => None,
        };
        let reply_to = match reply_to {
            Some(seq) => Some(self.quote(&room, seq).await?),
            None => None,
        };
        let fresh = IdempotencyRecord { at: self.clock.now(), rev: self.messages.next_rev(&room).await? };
        let held = self.messages.reserve(&message_key, fresh).await?;

        let claim = if held == fresh {
            fresh
        } else if let Some(stored) = self.messages.at(&room, Seq::from(held.rev)).await? {
            self.pass_over(&room, fresh).await;
            return Ok(stored.message);
        } else if is_abandoned(held, fresh.at) {
            // Others may have passed the hole that the old claim left; a message written into it now would escape
            // their catch-up for ever.
            self.messages.take_over(&message_key, held, fresh).await?
        } else {
            held
        };

        // The time is the claim's, so that two attempts at once write the same message to the byte.
        let (seq, rev, sent_at) = (Seq::from(claim.rev), claim.rev, claim.at);
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
        // Only a message that is not stored yet gets here, so that the image of one that is can never change; and the
        // image comes first, so that nobody is shown a message without it.
        if let Some(checked) = checked {
            images::keep(self.images.as_ref(), &checked).await?;
        }
        let stored = self.messages.put(&room, &message).await?;
        if claim != fresh {
            self.pass_over(&room, fresh).await;
        }
        Ok(stored)
    }

    async fn quote(&self, room: &RoomName, seq: Seq) -> std::result::Result<ReplyRef, PostError> {
        let found = self.messages.at(room, seq).await?.map(|found| found.message).filter(|found| !found.deleted);
        found.map(|found| ReplyRef { seq, author: found.author }).ok_or(PostError::NoMessage)
    }

    /// Notes that a retry took a revision and did not need it, so that nobody waits for it. Without the note they wait
    /// until it is old, and nothing is lost.
    async fn pass_over(&self, room: &RoomName, unused: IdempotencyRecord) {
        let mark = ChangeRecord { rev: unused.rev, at: unused.at, seq: None };
        if let Err(error) = self.messages.record_change(room, mark).await {
            tracing::warn!(%error, "a revision that nobody needs could not be marked");
        }
    }
}

fn is_abandoned(claim: IdempotencyRecord, now: Timestamp) -> bool {
    now.since(claim.at) > RECORD_LIFE
}
