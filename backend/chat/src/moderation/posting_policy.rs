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
#[derive(Clone)]
pub struct PostingPolicy {
    /// The restrictions and the rules of rooms.
    pub restriction_store: RestrictionStore,
    /// The store of the slow mode slots.
    pub rate_store: Arc<dyn RateStore>,
}

/// The people who may use a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Everybody, muted people included.
    Anyone,
    /// Everybody who is not muted.
    NotMuted,
    /// Everybody who may post in the room: not muted, and the room is not read-only.
    Post,
    /// The same people as [`Self::Post`]; in slow mode, once in an interval.
    PostMessage,
    /// Moderators. [`ModerationActions`](super::actions::ModerationActions) checks it together with the affected person.
    Moderator,
}

/// How slow mode applies to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlowMode {
    /// It does not apply.
    Off,
    /// One message in each interval is allowed.
    Interval {
        /// The interval in seconds.
        seconds: u16,
    },
}

/// Why a person may not use a command now. Its `Display` is a sentence for the person.
#[derive(Debug, thiserror::Error)]
pub enum PostingDenied {
    /// The person is banned, and this connection is not closed yet.
    #[error("a moderator sent you away")]
    Banned {
        /// Number of seconds until the ban ends.
        seconds: u32,
    },
    /// The person is muted.
    #[error("a moderator muted you: you can read, and speak again later")]
    Muted {
        /// Number of seconds until the mute ends.
        seconds: u32,
    },
    /// The room is read-only.
    #[error("this room can only be read at the moment")]
    ReadOnly,
    /// The room is in slow mode, and the person posted in this interval.
    #[error("this room is in slow mode: wait a moment between two messages")]
    TooFast {
        /// Number of seconds until the person may post again.
        seconds: u32,
    },
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl PostingPolicy {
    /// Checks whether a person may use a command now, and returns how slow mode applies to it. Reading is not checked, and
    /// neither is deleting one's own messages.
    ///
    /// # Errors
    ///
    /// Returns [`PostingDenied`] when the person may not use the command, or the store did not answer.
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

    /// Acquires the speaker's slow mode slot for a message. This is the last check, so a message that is rejected for another
    /// reason takes no slot. The slot belongs to the message with this nonce: if an attempt is interrupted, a retry of the
    /// same message continues, and another message waits.
    ///
    /// # Errors
    ///
    /// Returns [`PostingDenied`] when another message has the slot, or the store did not answer.
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

    /// Checks that a person is neither muted nor banned.
    async fn not_muted(&self, speaker: &Connection) -> Result<(), PostingDenied> {
        self.unrestricted(self.restriction_store.of(&speaker.person).await?)
    }

    /// Checks that a person may post in the room, and returns the room's slow mode.
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

    /// Checks that no restriction applies.
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
