//! What moderators may do, and what they did.

use std::{fmt, num::TryFromIntError};

use serde::{Deserialize, Serialize};

use crate::{Person, PersonId, PersonName, RoomName, Seq, Timestamp, limits::SANCTION, server_message::is_false};

/// How long something is to hold, in seconds: at most [`SANCTION`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Seconds(u32);

impl Seconds {
    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u64> for Seconds {
    type Error = SecondsError;

    fn try_from(seconds: u64) -> Result<Self, SecondsError> {
        let too_long = |_: TryFromIntError| SecondsError;
        let seconds = u32::try_from(seconds).map_err(too_long)?;
        if u64::from(seconds) <= SANCTION.as_secs() { Ok(Self(seconds)) } else { Err(SecondsError) }
    }
}

impl From<Seconds> for u64 {
    fn from(seconds: Seconds) -> Self {
        seconds.0.into()
    }
}

/// Why a number is not [`Seconds`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondsError;

impl fmt::Display for SecondsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {} seconds are allowed", SANCTION.as_secs())
    }
}

impl std::error::Error for SecondsError {}

/// What holds in a room beyond what holds everywhere. Moderators change it, and may always speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomRules {
    /// Slow mode: a person may say something once in so many seconds; 0 is none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub slow: u16,
    /// Whether the room can only be read.
    #[serde(default, skip_serializing_if = "is_false")]
    pub read_only: bool,
}

impl RoomRules {
    /// Whether nothing special holds.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What a person may not do, until when. A time that has passed says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Restrictions {
    /// They are quiet until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<Timestamp>,
    /// They stay away until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banned_until: Option<Timestamp>,
}

impl Restrictions {
    /// Whether they may do everything.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Something that a moderator did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub by: Person,
    /// What.
    #[serde(flatten)]
    pub action: ModerationAction,
}

/// What a moderator did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ModerationAction {
    /// A message was taken away. What it said is not repeated.
    Delete {
        /// In which room.
        room: RoomName,
        /// Which.
        seq: Seq,
        /// Whose.
        author: Person,
    },
    /// A person was muted until then, or may speak again.
    Mute {
        /// Who.
        person: PersonId,
        /// What they were called, where that was known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<PersonName>,
        /// Until when; nothing where it was taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// A person was sent away until then, or may come again.
    Ban {
        /// Who.
        person: PersonId,
        /// What they were called, where that was known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<PersonName>,
        /// Until when; nothing where it was taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Everything that a person wrote was taken away.
    #[serde(rename = "clear")]
    PurgeUser {
        /// Who.
        person: PersonId,
        /// What they were called, where that was known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<PersonName>,
    },
    /// What holds in a room was changed.
    Rules {
        /// In which room.
        room: RoomName,
        /// To this.
        rules: RoomRules,
    },
}

fn is_zero(number: &u16) -> bool {
    *number == 0
}
