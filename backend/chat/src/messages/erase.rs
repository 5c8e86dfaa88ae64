//! Forgetting: everything that somebody wrote and showed is gone, in every room, and nothing says who wrote it; because they
//! want it, or because a moderator does.
//!
//! Each message is changed like any other (mark, then replace), so whoever is away hears of it, too. Its claim is given up
//! last: a request that dies half-way is finished by the next one.
//!
//! What stays: that something was said at that place and when; the name in the quote of an answer by somebody else, in what
//! others say about a message of others with an emoji, and where others called them by name. Nothing finds those but reading
//! every message of every room; they stay as long as the others' messages do. And what moderators did to them stays in the
//! log of that.

use std::time::Duration;

use shared_types::{ChatMessage, Person, PersonId, RoomName, Seq, Timestamp, limits};

use crate::{
    messages::{
        deadlines::RECORD_LIFE,
        update::{Changed, MessageUpdate, MessageUpdater, UpdateError},
    },
    ports::{
        Result, Unavailable,
        messages::{IdempotencyRecord, MessageKey},
    },
};

/// How long a claim that was given up still holds: far longer than any client tries again, so that what was forgotten is not
/// said anew by a retry.
const STILL_HOLDS: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The rule of forgetting.
pub struct DataEraser {
    /// A message that is forgotten is changed for the last time.
    pub updater: MessageUpdater,
}

/// What one request came to.
#[derive(Debug)]
pub struct ErasedMessages {
    /// What is left of the messages, each with its room.
    pub messages: Vec<(RoomName, ChatMessage)>,
    /// Whether there are more, or may be: a send is under way, and another request finds what it said.
    pub more: bool,
}

impl DataEraser {
    /// Forgets up to [`limits::FORGET_MESSAGES`] of what a person wrote.
    ///
    /// # Errors
    ///
    /// `Unavailable` when the log or the images did not answer; what was forgotten until then is, and the next request goes
    /// on.
    pub async fn erase(&self, who: &PersonId) -> Result<ErasedMessages> {
        let (mut forgotten, mut after) = (ErasedMessages { messages: Vec::new(), more: false }, None);
        loop {
            let at_once = limits::FORGET_MESSAGES + 1;
            let claims = self.updater.messages.records_of(who, after.as_ref(), at_once).await?;
            if claims.is_empty() {
                return Ok(forgotten);
            }
            for (message_key, claim) in claims {
                if forgotten.messages.len() >= limits::FORGET_MESSAGES {
                    return Ok(ErasedMessages { more: true, ..forgotten });
                }
                self.forget_one(who, &message_key, claim, &mut forgotten).await?;
                after = Some(message_key);
            }
        }
    }

    async fn forget_one(
        &self,
        who: &PersonId,
        message_key: &MessageKey,
        claim: IdempotencyRecord,
        forgotten: &mut ErasedMessages,
    ) -> Result<()> {
        let (seq, now) = (Seq::from(claim.rev), self.updater.clock.now());
        let author = Person { id: who.clone(), ..Person::erased() };
        let left =
            match self.updater.change(&message_key.room, &author, seq, &message_key.nonce, MessageUpdate::Erased).await
            {
                Ok(Changed::Now(message)) => Some((message_key.room.clone(), message)),
                // By a request that died half-way, or that goes on beside this one. Telling it again would make one word of a
                // person's as many posts as they like; whoever was not told of it asks with their next sign of life.
                Ok(Changed::Before(_)) => None,
                Err(UpdateError::Unavailable(cause)) => return Err(cause),
                Err(UpdateError::NoMessage) if is_young(claim, now) => {
                    // Its send may still be under way; what it says is said after this.
                    forgotten.more = true;
                    return Ok(());
                }
                Err(UpdateError::NoMessage) => None,
                Err(why) => return Err(Unavailable { doing: "forgetting a message", cause: why.to_string() }),
            };
        self.updater.images.remove(message_key).await?;
        let until = now + STILL_HOLDS;
        self.updater.messages.tombstone(message_key, until).await?;
        forgotten.messages.extend(left);
        Ok(())
    }
}

fn is_young(claim: IdempotencyRecord, now: Timestamp) -> bool {
    now.since(claim.at) <= RECORD_LIFE
}
