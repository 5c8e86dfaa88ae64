//! Moderation: restrictions, room rules and audit entries.

use std::{fmt, num::TryFromIntError};

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{
    ChatIdentity, Person, PersonId, PersonName, Role, RoomName, RoomTitle, Seq, Timestamp,
    checked::json_of_number,
    limits::{KEEP_DAYS, SANCTION},
    server_message::is_false,
};

/// Duration of a mute or a ban in seconds: at most [`SANCTION`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(u32);

impl Seconds {
    /// Returns the number.
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

json_of_number!(Seconds);

/// Error: a number of seconds is above [`SANCTION`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondsError;

impl fmt::Display for SecondsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at most {} seconds are allowed", SANCTION.as_secs())
    }
}

impl std::error::Error for SecondsError {}

/// Rules of one room. Moderators change them, and are exempt from all but `archived`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct RoomRules {
    /// Slow mode: minimum number of seconds between two messages of a person; 0 turns it off.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub slow: u16,
    /// Whether the room is read-only.
    #[serde(default, skip_serializing_if = "is_false")]
    pub read_only: bool,
    /// Whether the room is archived: everybody can read it, and nobody may post, moderators included.
    #[serde(default, skip_serializing_if = "is_false")]
    pub archived: bool,
    /// Whether everybody who may post can pin messages, and not only moderators.
    #[serde(default, skip_serializing_if = "is_false")]
    pub member_pins: bool,
    /// Retention: number of days after which messages are removed, 1 to [`KEEP_DAYS`]. `None` is as long as the chat keeps messages. In a
    /// command of a client, 0 is that, and `None` means a page of an older version, which does not know the field: it leaves the stored number
    /// as it is ([`replacing`](Self::replacing)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_days: Option<u16>,
}

impl RoomRules {
    /// Returns whether the rules restrict who may post, or how often. Only these are read before each message.
    pub fn restrict_posting(&self) -> bool {
        // Every field is named, so that a new rule has to decide.
        let Self { slow, read_only, archived, member_pins: _, keep_days: _ } = self;
        *slow > 0 || *read_only || *archived
    }

    /// Returns the rules with which these replace those that are stored, or `None` if the retention is longer than [`KEEP_DAYS`].
    ///
    /// A page that sends no `keep_days` is of an older version. It may not know `archived` and `member_pins` either, whose absence is `false`
    /// for the others. So it cannot switch them off.
    pub fn replacing(self, stored: Self) -> Option<Self> {
        let Some(days) = self.keep_days else {
            let (archived, member_pins) = (self.archived || stored.archived, self.member_pins || stored.member_pins);
            return Some(Self { archived, member_pins, keep_days: stored.keep_days, ..self });
        };
        (days <= KEEP_DAYS).then_some(Self { keep_days: Some(days).filter(|days| *days > 0), ..self })
    }

    /// Returns whether the room has no special rules.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Restrictions of a person, each with its end. A restriction whose end has passed has no effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct Restrictions {
    /// End of the mute: the person may not send messages before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub muted_until: Option<Timestamp>,
    /// End of the ban: the person may not connect before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banned_until: Option<Timestamp>,
}

impl Restrictions {
    /// Returns whether the person has no restrictions.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Record of one moderation action.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Time of the action.
    pub at: Timestamp,
    /// The moderator.
    pub by: Person,
    /// The action.
    #[serde(flatten)]
    pub action: ModerationAction,
}

/// Action of a moderator.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(tag = "act", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ModerationAction {
    /// Deleted a message. The entry does not repeat its text.
    Delete {
        /// The room.
        room: RoomName,
        /// The message.
        seq: Seq,
        /// The author of the message.
        author: Person,
    },
    /// Muted a person, or lifted the mute.
    Mute {
        /// The person.
        person: PersonId,
        /// The person's name at that time, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<PersonName>,
        /// End of the restriction; `None` if it was lifted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Banned a person, or lifted the ban.
    Ban {
        /// The person.
        person: PersonId,
        /// The person's name at that time, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<PersonName>,
        /// End of the restriction; `None` if it was lifted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// Erased all messages of a person.
    #[serde(rename = "clear")]
    PurgeUser {
        /// The person.
        person: PersonId,
        /// The person's name at that time, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<PersonName>,
    },
    /// Gave a person a role, or took it. An owner link, too, gives its visitor a role.
    Role {
        /// The person.
        person: PersonId,
        /// The person's name at that time, if known.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<PersonName>,
        /// The new role.
        role: Role,
    },
    /// Changed name and icon of the chat.
    #[serde(rename = "chat")]
    Identity {
        /// The new name and icon.
        chat: ChatIdentity,
    },
    /// Changed the rules of a room.
    Rules {
        /// The room.
        room: RoomName,
        /// The new rules.
        rules: RoomRules,
    },
    /// Changed the details of a room.
    Describe {
        /// The room.
        room: RoomName,
        /// The new title, if the room has one. The entry does not repeat topic and description: 100 entries have to fit an answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        title: Option<RoomTitle>,
        /// Whether the room shows who has read from then on; `None` if that did not change.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receipts: Option<bool>,
    },
    /// An action of a newer version. An older page or server reads the entry, and does not know what was done.
    #[serde(other)]
    Other,
}

impl ModerationAction {
    /// Returns the room in which the action was taken; `None` if it concerns the whole chat.
    pub fn room(&self) -> Option<&RoomName> {
        match self {
            Self::Delete { room, .. } | Self::Rules { room, .. } | Self::Describe { room, .. } => Some(room),
            Self::Mute { .. }
            | Self::Ban { .. }
            | Self::PurgeUser { .. }
            | Self::Role { .. }
            | Self::Identity { .. }
            | Self::Other => None,
        }
    }
}

fn is_zero(number: &u16) -> bool {
    *number == 0
}
