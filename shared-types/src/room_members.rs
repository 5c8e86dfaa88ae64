//! Private rooms and their members.

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{Appearance, PersonId, PersonName, RoomName, RoomTitle, Timestamp, server_message::is_false};

/// A member of a private room.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct RoomMember {
    /// The person.
    pub person: PersonId,
    /// The person's name when they became a member, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
    /// Whether the member is a host: may remove members, and set the title and the rules of the room.
    #[serde(default, skip_serializing_if = "is_false")]
    pub host: bool,
    /// Since when the person is a member.
    pub since: Timestamp,
    /// Picture and colour, in an answer of the server only: it is stored with the person's profile, not with the membership.
    #[serde(default, skip_serializing_if = "Appearance::is_default")]
    pub appearance: Appearance,
}

/// A person in `direct`.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct NamedPerson {
    /// The person.
    pub person: PersonId,
    /// The name that the others see until the person comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<PersonName>,
}

/// A private room, for its members.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct PrivateRoom {
    /// The room.
    pub room: RoomName,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<RoomTitle>,
}
