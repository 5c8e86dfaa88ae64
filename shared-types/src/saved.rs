//! Messages that a person saved for themselves.

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{MessageExcerpt, RoomName, Seq, Timestamp};

/// A message that a person saved.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct SavedMessage {
    /// Which message, and when it was saved.
    #[serde(flatten)]
    pub position: SavedPosition,
    /// The message; `None` if it is deleted or expired, or the person may not read its room any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<MessageExcerpt>,
}

/// The place of a message in the list of those that a person saved. The list is ordered by time, room and position.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct SavedPosition {
    /// When it was saved.
    pub saved_at: Timestamp,
    /// The room of the message.
    pub room: RoomName,
    /// Its position in the room.
    pub seq: Seq,
}
