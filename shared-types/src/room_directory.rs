//! The directory of open rooms.

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{RoomName, RoomRules, RoomTitle, RoomTopic, Timestamp};

/// An open room, as the directory shows it.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct DirectoryRoom {
    /// The room.
    pub room: RoomName,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<RoomTitle>,
    /// Its topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<RoomTopic>,
    /// Time of the newest message.
    pub sent_at: Timestamp,
    /// Number of people in the room; `None` if more than 25 sockets are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online: Option<u32>,
    /// Its rules, if a moderator asked for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<RoomRules>,
}

/// The place of a room in the directory, which is ordered by the hour of the last activity, newest first, and then by address.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct DirectoryPosition {
    /// The beginning of the hour in which the directory saw the last message of the room.
    pub active: Timestamp,
    /// The room.
    pub room: RoomName,
}
