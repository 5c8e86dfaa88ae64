//! The posting policy: whether a person may use a command in a room now.

use std::{sync::Arc, time::Duration};

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
    /// Everybody who may post in the room: not muted, and the room is neither archived nor read-only.
    Post,
    /// The same people as [`Self::Post`]; in slow mode, once in an interval.
    PostMessage,
    /// Moderators, and the same people as [`Self::Post`] if the rules of the room allow it ([`RoomRules::member_pins`]).
    Pin,
    /// Moderators. [`ModerationActions`](super::actions::ModerationActions) checks it together with the affected person.
    Moderator,
}

/// The rules of a room that are checked when a message takes its revision, because the room had none
/// ([`Moderation::has_no_rules`](crate::ports::moderation::Moderation::has_no_rules)).
pub(crate) struct PendingRules {
    pub(crate) policy: PostingPolicy,
    pub(crate) speaker: Connection,
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
    /// The rules of the room leave this to moderators.
    #[error("only moderators can do that in this room")]
    ModeratorsOnly,
    /// The room is read-only.
    #[error("this room can only be read at the moment")]
    ReadOnly,
    /// The room is archived.
    #[error("this room is archived: a moderator can open it again")]
    Archived,
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

impl Permission {
    /// Returns whether restrictions of the person deny the command.
    pub(crate) const fn needs_restrictions(self) -> bool {
        match self {
            Self::NotMuted | Self::Post | Self::PostMessage | Self::Pin => true,
            Self::Anyone | Self::Moderator => false,
        }
    }
}

impl PostingPolicy {
    /// Checks whether a person may use a command now, and returns how slow mode applies to it. Reading is not checked, and
    /// neither is deleting one's own messages. `restrictions` are those of the person if the caller has read them, and `rules` those that
    /// [`Self::rules`] returned for the command.
    ///
    /// # Errors
    ///
    /// Returns [`PostingDenied`] when the person may not use the command, or the store did not answer.
    pub async fn check(
        &self,
        speaker: &Connection,
        permission: Permission,
        restrictions: Option<Restrictions>,
        rules: RoomRules,
    ) -> Result<SlowMode, PostingDenied> {
        if permission.needs_restrictions() {
            self.unrestricted(self.restriction_store.of_counted(&speaker.person, restrictions).await?)?;
        }
        match rules {
            RoomRules { archived: true, .. } => Err(PostingDenied::Archived),
            // Moderators are exempt from all other rules.
            RoomRules { .. } if speaker.person.moderator => Ok(SlowMode::Off),
            RoomRules { read_only: true, .. } => Err(PostingDenied::ReadOnly),
            RoomRules { member_pins: false, .. } if permission == Permission::Pin && !speaker.person.moderator => {
                Err(PostingDenied::ModeratorsOnly)
            }
            // Only messages have an interval.
            RoomRules { slow, .. } if slow > 0 && permission == Permission::PostMessage => {
                Ok(SlowMode::Interval { seconds: slow })
            }
            RoomRules { .. } => Ok(SlowMode::Off),
        }
    }

    /// Returns the rules of the room if they need not be read for a command.
    pub(crate) fn pending_rules(&self, speaker: &Connection, permission: Permission) -> Option<PendingRules> {
        let is_pending =
            permission == Permission::PostMessage && self.restriction_store.moderation.has_no_rules(&speaker.room);
        is_pending.then(|| PendingRules { policy: self.clone(), speaker: speaker.clone() })
    }

    /// Checks the rules of the room for a message that found out that the room has got some. Acquires its slow mode slot.
    ///
    /// # Errors
    ///
    /// Returns [`PostingDenied`] when the rules do not allow the message, or the store did not answer.
    pub(crate) async fn check_rules(&self, speaker: &Connection, nonce: &Nonce) -> Result<(), PostingDenied> {
        let rules = self.restriction_store.rules(&speaker.room).await?;
        let slow_mode = self.check(speaker, Permission::PostMessage, Some(Restrictions::default()), rules).await?;
        self.acquire_slow_mode_slot(speaker, slow_mode, nonce).await
    }

    /// Returns the rules of the room that apply to a command: none for a command that adds nothing to the room.
    ///
    /// # Errors
    ///
    /// Returns `Unavailable` when the store did not answer.
    pub async fn rules(&self, speaker: &Connection, permission: Permission) -> Result<RoomRules, Unavailable> {
        match permission {
            Permission::PostMessage | Permission::Post | Permission::Pin => {
                self.restriction_store.rules(&speaker.room).await
            }
            Permission::NotMuted | Permission::Anyone | Permission::Moderator => Ok(RoomRules::default()),
        }
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
