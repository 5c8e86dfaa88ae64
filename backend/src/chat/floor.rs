//! Who has the floor: whether somebody may say what they want to say, here and now.

use std::{sync::Arc, time::Duration};

use futures::future::try_join;
use shared_types::{ClientMessage, Nonce, Restrictions, RoomRules, whole_seconds};

use super::restrictions::{RestrictionStore, seconds_until};
use crate::ports::{Connection, Limiter, Taken, Unavailable};

/// The rule of the floor.
pub struct Floor {
    /// What moderators decided.
    pub restriction_store: RestrictionStore,
    /// Whose turn it is, in slow mode.
    pub limiter: Arc<dyn Limiter>,
}

/// What sets the pace of what is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// The speaker does.
    Own,
    /// Slow mode does: one message of theirs in so many seconds.
    OfTheRoom {
        /// How many.
        seconds: u16,
    },
}

/// Why somebody may not say it. Its `Display` is a sentence for them.
#[derive(Debug, thiserror::Error)]
pub enum Silenced {
    /// They were sent away, and this socket is only left over.
    #[error("a moderator sent you away")]
    Banned {
        /// For how many seconds more.
        seconds: u32,
    },
    /// They are muted.
    #[error("a moderator muted you: you can read, and speak again later")]
    Muted {
        /// For how many seconds more.
        seconds: u32,
    },
    /// Nobody may.
    #[error("this room can only be read at the moment")]
    ReadOnly,
    /// They spoke a moment ago, and the room is in slow mode.
    #[error("this room is in slow mode: wait a moment between two messages")]
    TooFast {
        /// For how many seconds more.
        seconds: u32,
    },
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl Floor {
    /// Says whether a speaker may say something now, and at what pace. Reading costs nothing here, and so does taking back what
    /// one said.
    ///
    /// # Errors
    ///
    /// [`Silenced`] says why not.
    pub async fn grant(&self, speaker: &Connection, message: &ClientMessage) -> Result<Pace, Silenced> {
        let is_free = speaker.person.moderator;
        match message {
            ClientMessage::Send { .. } if !is_free => return self.speak(speaker).await,
            // They add no message, so slow mode is not about them.
            ClientMessage::Edit { .. } | ClientMessage::React { .. } | ClientMessage::Upload { .. } if !is_free => {
                self.speak(speaker).await?;
            }
            // A room's rules are none for whoever makes them, and none are about these.
            ClientMessage::Send { .. }
            | ClientMessage::Edit { .. }
            | ClientMessage::React { .. }
            | ClientMessage::Upload { .. }
            | ClientMessage::Rename { .. }
            | ClientMessage::Typing => self.not_silenced(self.restriction_store.of(&speaker.person).await?)?,
            _ => {}
        }
        Ok(Pace::Own)
    }

    /// Takes the speaker's turn for a message, after everything else has said yes: what is refused for another reason takes
    /// no turn. The turn is the message's, by its nonce, so its retry finds that it has it; wherever an attempt dies, the
    /// next one of the same message goes on, and one of another message waits.
    ///
    /// # Errors
    ///
    /// [`Silenced`] says why not.
    pub async fn take_turn(&self, speaker: &Connection, pace: Pace, nonce: &Nonce) -> Result<(), Silenced> {
        let Pace::OfTheRoom { seconds } = pace else { return Ok(()) };
        let key = format!("slow#{}#{}", speaker.room, speaker.person.id);
        let (window, now) = (Duration::from_secs(seconds.into()), self.restriction_store.clock.now());
        match self.limiter.take_turn(&key, nonce.as_str(), window, now).await? {
            Taken::Yes => Ok(()),
            Taken::No(wait) => Err(Silenced::TooFast { seconds: whole_seconds(wait) }),
        }
    }

    async fn speak(&self, speaker: &Connection) -> Result<Pace, Silenced> {
        let (restrictions, rules) =
            try_join(self.restriction_store.of(&speaker.person), self.restriction_store.rules(&speaker.room)).await?;
        self.not_silenced(restrictions)?;
        match rules {
            RoomRules { read_only: true, .. } => Err(Silenced::ReadOnly),
            RoomRules { slow: 0, .. } => Ok(Pace::Own),
            RoomRules { slow, .. } => Ok(Pace::OfTheRoom { seconds: slow }),
        }
    }

    fn not_silenced(&self, restrictions: Restrictions) -> Result<(), Silenced> {
        let now = self.restriction_store.clock.now();
        match restrictions {
            Restrictions { banned_until: Some(until), .. } => {
                Err(Silenced::Banned { seconds: seconds_until(until, now) })
            }
            Restrictions { muted_until: Some(until), .. } => {
                Err(Silenced::Muted { seconds: seconds_until(until, now) })
            }
            Restrictions { .. } => Ok(()),
        }
    }
}
