//! Who has the floor: whether somebody may say what they want to say, here and now.

use std::{sync::Arc, time::Duration};

use futures::future::try_join;
use shared_types::{ClientMessage, RoomRules, Standing};

use super::standing::{Standings, seconds_until};
use crate::ports::{Allowance, Connection, Limiter, Taken, Unavailable};

/// The rule of the floor.
pub struct Floor {
    /// What moderators decided.
    pub standings: Standings,
    /// When somebody spoke last, in slow mode.
    pub limiter: Arc<dyn Limiter>,
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
    /// Says whether a speaker may say something now. Reading costs nothing here, and so does taking back what one said.
    ///
    /// # Errors
    ///
    /// [`Silenced`] says why not.
    pub async fn grant(&self, speaker: &Connection, message: &ClientMessage) -> Result<(), Silenced> {
        if speaker.person.moderator {
            return Ok(());
        }
        match message {
            ClientMessage::Send { .. } => self.speak(speaker, Pace::OfTheRoom).await,
            ClientMessage::Edit { .. } | ClientMessage::React { .. } | ClientMessage::Upload { .. } => {
                self.speak(speaker, Pace::Own).await
            }
            ClientMessage::Rename { .. } | ClientMessage::Typing => {
                self.not_silenced(self.standings.of(&speaker.person).await?)
            }
            _ => Ok(()),
        }
    }

    async fn speak(&self, speaker: &Connection, pace: Pace) -> Result<(), Silenced> {
        let (standing, rules) =
            try_join(self.standings.of(&speaker.person), self.standings.rules(&speaker.room)).await?;
        self.not_silenced(standing)?;
        match rules {
            RoomRules { read_only: true, .. } => Err(Silenced::ReadOnly),
            RoomRules { slow: 1.., .. } if matches!(pace, Pace::OfTheRoom) => {
                Ok(self.slow(speaker, rules.slow).await?)
            }
            RoomRules { .. } => Ok(()),
        }
    }

    fn not_silenced(&self, standing: Standing) -> Result<(), Silenced> {
        let now = self.standings.clock.now();
        match standing {
            Standing { banned_until: Some(until), .. } => Err(Silenced::Banned { seconds: seconds_until(until, now) }),
            Standing { muted_until: Some(until), .. } => Err(Silenced::Muted { seconds: seconds_until(until, now) }),
            Standing { .. } => Ok(()),
        }
    }

    async fn slow(&self, speaker: &Connection, seconds: u16) -> Result<(), Silenced> {
        let window = Duration::from_secs(seconds.into());
        let once = Allowance { burst: 1, burst_window: window, sustained: 1, window };
        let key = format!("slow#{}#{}", speaker.room, speaker.person.id);
        match self.limiter.take(&key, once, self.standings.clock.now()).await? {
            Taken::Yes => Ok(()),
            Taken::No(wait) => {
                let seconds = u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
                Err(Silenced::TooFast { seconds })
            }
        }
    }
}

/// What sets the pace of what is said.
#[derive(Clone, Copy)]
enum Pace {
    /// Slow mode does.
    OfTheRoom,
    /// The speaker does: it adds no message.
    Own,
}
