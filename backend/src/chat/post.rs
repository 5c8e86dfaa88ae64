//! Posting: *claim, then write*, so that a message is stored once, at one place, however often it is sent.

use std::sync::Arc;

use shared_types::{ChatMessage, MessageText, Nonce, Person, RoomName, Seq, Timestamp};

use super::CLAIM_LIFE;
use crate::ports::{Claim, Clock, Identity, Messages, Result};

/// What a speaker wants to say.
pub struct Draft {
    /// Where.
    pub room: RoomName,
    /// Who, as the server knows them.
    pub author: Person,
    /// The client's name for the message, the same through every retry.
    pub nonce: Nonce,
    /// What.
    pub text: MessageText,
}

/// The rule of posting.
pub struct Post {
    /// The log.
    pub messages: Arc<dyn Messages>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Post {
    /// Stores a message unless it is stored already, and answers with the one that is stored.
    ///
    /// Every step is idempotent, so a crash between any two of them is healed by the client's retry.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the log did not answer; the message may or may not be stored, and the retry finds out.
    pub async fn post(&self, draft: Draft) -> Result<ChatMessage> {
        let Draft { room, author, nonce, text } = draft;
        let identity = Identity { room: room.clone(), author: author.id.clone(), nonce: nonce.clone() };
        let fresh = Claim { at: self.clock.now(), rev: self.messages.next_rev(&room).await? };
        let held = self.messages.claim(&identity, fresh).await?;

        let claim = if held == fresh {
            fresh
        } else if let Some(stored) = self.messages.at(&room, Seq::from(held.rev)).await? {
            return Ok(stored);
        } else if is_abandoned(held, fresh.at) {
            // Others may have passed the hole that the old claim left; a message written into it now would escape
            // their catch-up for ever.
            self.messages.reclaim(&identity, held, fresh).await?
        } else {
            held
        };

        // The time is the claim's, so that two attempts at once write the same message to the byte.
        let message = ChatMessage { seq: Seq::from(claim.rev), rev: claim.rev, author, nonce, text, sent_at: claim.at };
        self.messages.put(&room, &message).await
    }
}

fn is_abandoned(claim: Claim, now: Timestamp) -> bool {
    u128::from(now.0.saturating_sub(claim.at.0)) > CLAIM_LIFE.as_millis()
}
