//! The posting policy: whether a person may use a command in a room now.

use std::{sync::Arc, time::Duration};

use futures::future::try_join;
use shared_types::{Nonce, Restrictions, RoomRules, whole_seconds};

use crate::{
    moderation::restrictions::{RestrictionStore, seconds_until},
    ports::{
        Unavailable,
        connections::Connection,
        rate_store::{RateDecision, RateStore},
    },
};

/// Decides whether a person may write.
pub struct PostingPolicy {
    /// What moderators decided.
    pub restriction_store: RestrictionStore,
    /// Whose turn it is, in slow mode.
    pub rate_store: Arc<dyn RateStore>,
}

/// Whom a command is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Everybody, muted people included.
    Anyone,
    /// Everybody who is not muted.
    NotMuted,
    /// Everybody who may write in the room: not muted, and the room is not read-only.
    Post,
    /// As [`Self::Post`], and in slow mode once in an interval.
    PostMessage,
    /// Moderators. [`ModerationActions`](super::actions::ModerationActions) checks it together with the person it is about.
    Moderator,
}

/// How slow mode applies to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlowMode {
    /// It does not apply.
    Off,
    /// One message in so many seconds.
    Interval {
        /// The interval.
        seconds: u16,
    },
}

/// Why somebody may not say it. Its `Display` is a sentence for them.
#[derive(Debug, thiserror::Error)]
pub enum PostingDenied {
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

impl PostingPolicy {
    /// Checks whether a person may use a command now, and returns how slow mode applies to it. Reading is not checked, and neither is
    /// deleting one's own messages.
    ///
    /// # Errors
    ///
    /// [`PostingDenied`] says why not.
    pub async fn check(&self, speaker: &Connection, permission: Permission) -> Result<SlowMode, PostingDenied> {
        match permission {
            // The rules of a room do not apply to moderators.
            Permission::PostMessage | Permission::Post if speaker.person.moderator => self.not_muted(speaker).await?,
            Permission::PostMessage => return self.post(speaker).await,
            // They add no message, so slow mode does not apply.
            Permission::Post => drop(self.post(speaker).await?),
            Permission::NotMuted => self.not_muted(speaker).await?,
            Permission::Anyone | Permission::Moderator => {}
        }
        Ok(SlowMode::Off)
    }

    /// Takes the speaker's turn for a message, after everything else has said yes: what is refused for another reason takes
    /// no turn. The turn is the message's, by its nonce, so its retry finds that it has it; wherever an attempt dies, the
    /// next one of the same message goes on, and one of another message waits.
    ///
    /// # Errors
    ///
    /// [`PostingDenied`] says why not.
    pub async fn acquire_slow_mode_slot(
        &self,
        speaker: &Connection,
        slow_mode: SlowMode,
        nonce: &Nonce,
    ) -> Result<(), PostingDenied> {
        let SlowMode::Interval { seconds } = slow_mode else { return Ok(()) };
        let key = format!("slow#{}#{}", speaker.room, speaker.person.id);
        let (window, now) = (Duration::from_secs(seconds.into()), self.restriction_store.clock.now());
        match self.rate_store.acquire_slow_mode_slot(&key, nonce.as_str(), window, now).await? {
            RateDecision::Allowed => Ok(()),
            RateDecision::Denied(wait) => Err(PostingDenied::TooFast { seconds: whole_seconds(wait) }),
        }
    }

    async fn not_muted(&self, speaker: &Connection) -> Result<(), PostingDenied> {
        self.unrestricted(self.restriction_store.of(&speaker.person).await?)
    }

    async fn post(&self, speaker: &Connection) -> Result<SlowMode, PostingDenied> {
        let (restrictions, rules) =
            try_join(self.restriction_store.of(&speaker.person), self.restriction_store.rules(&speaker.room)).await?;
        self.unrestricted(restrictions)?;
        match rules {
            RoomRules { read_only: true, .. } => Err(PostingDenied::ReadOnly),
            RoomRules { slow: 0, .. } => Ok(SlowMode::Off),
            RoomRules { slow, .. } => Ok(SlowMode::Interval { seconds: slow }),
        }
    }

    fn unrestricted(&self, restrictions: Restrictions) -> Result<(), PostingDenied> {
        let now = self.restriction_store.clock.now();
        match restrictions {
            Restrictions { banned_until: Some(until), .. } => {
                Err(PostingDenied::Banned { seconds: seconds_until(until, now) })
            }
            Restrictions { muted_until: Some(until), .. } => {
                Err(PostingDenied::Muted { seconds: seconds_until(until, now) })
            }
            Restrictions { .. } => Ok(()),
        }
    }
}
