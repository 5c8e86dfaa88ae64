//! Whether the visitor may write in the room, and what they are told when they may not.

use shared_types::{Restrictions, RoomRules, Timestamp};

use super::Timeline;

/// Whether the visitor may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComposerPolicy {
    /// They may.
    Allowed,
    /// They may once in so many seconds.
    SlowMode(u16),
    /// They may, as a moderator, while the others may once in so many seconds.
    SlowModeExempt(u16),
    /// They may, as a moderator, while the others only read.
    ModeratorsOnly,
    /// The room can only be read.
    ReadOnly,
    /// They may again from then on.
    Muted(Timestamp),
}

impl ComposerPolicy {
    /// Whether there is nothing to write with.
    pub fn is_disabled(self) -> bool {
        matches!(self, Self::ReadOnly | Self::Muted(_))
    }
}

impl Timeline {
    /// Whether the visitor may write at `now`.
    pub fn composer_policy(&self, now: u64) -> ComposerPolicy {
        if let Some(until) = self.restrictions.muted_until.filter(|until| until.0 > now) {
            return ComposerPolicy::Muted(until);
        }
        match (self.rules, self.me.moderator) {
            (RoomRules { read_only: true, .. }, true) => ComposerPolicy::ModeratorsOnly,
            (RoomRules { read_only: true, .. }, false) => ComposerPolicy::ReadOnly,
            (RoomRules { slow: slow @ 1.., .. }, true) => ComposerPolicy::SlowModeExempt(slow),
            (RoomRules { slow: slow @ 1.., .. }, false) => ComposerPolicy::SlowMode(slow),
            _ => ComposerPolicy::Allowed,
        }
    }

    /// The server said what the visitor may not do.
    pub fn set_restrictions(&mut self, restrictions: Restrictions) {
        self.restrictions = restrictions;
    }

    /// The server said what holds in the room.
    pub(super) fn set_rules(&mut self, rules: RoomRules) {
        if self.rules != rules {
            self.rules = rules;
            self.send_limits.reset();
        }
    }

    /// The server did not take something because the visitor is muted for so many seconds more.
    pub(super) fn set_muted(&mut self, now: u64, seconds: Option<u32>) {
        if let Some(seconds) = seconds {
            self.restrictions.muted_until = Some(Timestamp(now + u64::from(seconds) * 1000));
        }
    }
}
