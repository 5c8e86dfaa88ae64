//! Roles: who owns and who moderates the chat.

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{PersonId, PersonName, Timestamp, server_message::is_false};

/// Role of a person in the whole chat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Gives and takes roles, and is a moderator. No moderator can mute or ban an owner.
    Owner,
    /// Moderates every room.
    Moderator,
    /// Has no special permission.
    #[default]
    Member,
}

impl Role {
    /// Returns whether the role makes a person a moderator.
    pub const fn moderates(self) -> bool {
        match self {
            Self::Owner | Self::Moderator => true,
            Self::Member => false,
        }
    }
}

/// A person with a role.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct RoleEntry {
    /// The person.
    pub person: PersonId,
    /// The person's name when they got the role, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// The role.
    pub role: Role,
    /// Whether the configuration of the deployment makes the person a moderator, whatever their role is.
    #[serde(default, skip_serializing_if = "is_false")]
    pub configured: bool,
}

/// When a person last read something new, in any room.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct LastRead {
    /// The person.
    pub person: PersonId,
    /// The time, up to three minutes late.
    pub at: Timestamp,
}
