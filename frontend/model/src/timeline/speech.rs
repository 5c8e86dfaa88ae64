//! Whether the visitor may write in the room, and what they are told when they may not.

use shared_types::{Restrictions, RoomRules, Timestamp};

use super::Timeline;

/// Whether the visitor may write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// They may.
    Free,
    /// They may once in so many seconds.
    Slow(u16),
    /// They may, as a moderator, while the others may once in so many seconds.
    Spared(u16),
    /// They may, as a moderator, while the others only read.
    Reserved,
    /// The room can only be read.
    ReadOnly,
    /// They may again from then on.
    Muted(Timestamp),
}

impl Speech {
    /// Whether there is nothing to write with.
    pub fn is_silent(self) -> bool {
        matches!(self, Self::ReadOnly | Self::Muted(_))
    }
}

impl Timeline {
    /// Whether the visitor may write at `now`.
    pub fn speech(&self, now: u64) -> Speech {
        if let Some(until) = self.restrictions.muted_until.filter(|until| until.0 > now) {
            return Speech::Muted(until);
        }
        match (self.rules, self.me.moderator) {
            (RoomRules { read_only: true, .. }, true) => Speech::Reserved,
            (RoomRules { read_only: true, .. }, false) => Speech::ReadOnly,
            (RoomRules { slow: slow @ 1.., .. }, true) => Speech::Spared(slow),
            (RoomRules { slow: slow @ 1.., .. }, false) => Speech::Slow(slow),
            _ => Speech::Free,
        }
    }

    /// The server said what the visitor may not do.
    pub fn stand(&mut self, restrictions: Restrictions) {
        self.restrictions = restrictions;
    }

    /// The server said what holds in the room.
    pub(super) fn rule(&mut self, rules: RoomRules) {
        if self.rules != rules {
            self.rules = rules;
            self.pace.renew();
        }
    }

    /// The server did not take something because the visitor is muted for so many seconds more.
    pub(super) fn mute(&mut self, now: u64, seconds: Option<u32>) {
        if let Some(seconds) = seconds {
            self.restrictions.muted_until = Some(Timestamp(now + u64::from(seconds) * 1000));
        }
    }
}
