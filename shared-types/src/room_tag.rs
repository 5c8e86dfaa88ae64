//! The room that a frame belongs to. A socket can move to another room, and frames that were sent before may arrive after that, in both
//! directions: so a frame names its room beside its other fields.

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::RoomName;

/// What a frame says about its room.
#[derive(Clone, Debug, Default, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
pub struct RoomTag {
    /// The room; `None` if the frame belongs to none, or comes from an older version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<RoomName>,
}

/// Returns a frame, which is the JSON of an object with at least one field, with the name of its room.
pub fn with_room(frame: &str, room: &RoomName) -> String {
    let fields = frame.strip_prefix('{').unwrap_or(frame);
    // The name of a room has no character that JSON escapes.
    ["{\"room\":\"", room.as_str(), "\",", fields].concat()
}

#[cfg(test)]
mod tests {
    use light_json::from_str;

    use super::*;
    use crate::ServerMessage;

    #[test]
    fn a_frame_with_a_room_is_read_as_before() {
        let pong = light_json::to_string(&ServerMessage::Pong);
        let tagged = with_room(&pong, &RoomName::lobby());
        assert_eq!(tagged, r#"{"room":"lobby","type":"pong"}"#);
        assert_eq!(from_str(&tagged), Ok(ServerMessage::Pong));
        assert_eq!(from_str(&tagged), Ok(RoomTag { room: Some(RoomName::lobby()) }));
        assert_eq!(from_str(&pong), Ok(RoomTag::default()));
    }
}
