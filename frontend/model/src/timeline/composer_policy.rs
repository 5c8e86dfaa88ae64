//! Whether the visitor may write.

use shared_types::{Restrictions, RoomRules, Timestamp};

use super::Timeline;

/// Whether the visitor may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ComposerPolicy {
    /// They may.
    Allowed,
    /// They may send one message in this many seconds.
    SlowMode(u16),
    /// Slow mode of this many seconds is on, but does not apply to the visitor, a moderator.
    SlowModeExempt(u16),
    /// The room is read-only, but not for the visitor, a moderator.
    ModeratorsOnly,
    /// The room is read-only.
    ReadOnly,
    /// The room is archived, for moderators, too.
    Archived,
    /// The visitor is muted until this time.
    Muted(Timestamp),
}

impl ComposerPolicy {
    /// Whether the composer is disabled.
    pub fn is_disabled(self) -> bool {
        matches!(self, Self::ReadOnly | Self::Archived | Self::Muted(_))
    }
}

impl Timeline {
    /// Whether the visitor may write at `now`.
    pub fn composer_policy(&self, now: u64) -> ComposerPolicy {
        if let Some(until) = self.restrictions.muted_until.filter(|until| until.0 > now) {
            return ComposerPolicy::Muted(until);
        }
        match (self.rules, self.me.moderator) {
            (RoomRules { archived: true, .. }, _) => ComposerPolicy::Archived,
            (RoomRules { read_only: true, .. }, true) => ComposerPolicy::ModeratorsOnly,
            (RoomRules { read_only: true, .. }, false) => ComposerPolicy::ReadOnly,
            (RoomRules { slow: slow @ 1.., .. }, true) => ComposerPolicy::SlowModeExempt(slow),
            (RoomRules { slow: slow @ 1.., .. }, false) => ComposerPolicy::SlowMode(slow),
            _ => ComposerPolicy::Allowed,
        }
    }

    /// Sets the visitor's restrictions.
    pub fn set_restrictions(&mut self, restrictions: Restrictions) {
        self.restrictions = restrictions;
    }

    /// Sets the rules of the room.
    pub(super) fn set_rules(&mut self, rules: RoomRules) {
        if self.rules != rules {
            self.rules = rules;
            self.send_limits.reset();
        }
    }

    /// The server refused something because the visitor is muted for so many more seconds.
    pub(super) fn set_muted(&mut self, now: u64, seconds: Option<u32>) {
        if let Some(seconds) = seconds {
            self.restrictions.muted_until = Some(Timestamp(now + u64::from(seconds) * 1000));
        }
    }
}
