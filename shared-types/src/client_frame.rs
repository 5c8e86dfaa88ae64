//! Parsing of frames on the server: the parser, and the checks that the types of the fields do not make.

use serde::Deserialize as _;

use crate::{
    Action, ClientMessage, Nonce, RoomName, RoomTag,
    limits::{IMAGE_PIXELS, MENTIONS, ROOMS},
};

impl ClientMessage {
    /// Parses one frame.
    ///
    /// # Errors
    ///
    /// Returns a [`FrameError`] if the frame is not JSON, has no known action, or has a bad field.
    pub fn parse(frame: &str) -> Result<Self, FrameError> {
        Self::parse_with_room(frame).map(|(message, _)| message)
    }

    /// Parses one frame, and returns the room that it names beside the fields of its command. [`Self::Enter`] names none, because it leaves
    /// its room, and [`Self::Read`] names none, because it may be about any room.
    ///
    /// # Errors
    ///
    /// As [`Self::parse`]; also if the name of the room is not valid.
    pub fn parse_with_room(frame: &str) -> Result<(Self, Option<RoomName>), FrameError> {
        let value: serde_json::Value = serde_json::from_str(frame).map_err(|_| FrameError::Json)?;
        let name = value.get("action").and_then(|action| action.as_str()).ok_or(FrameError::NoAction)?;
        let unknown = |_| FrameError::UnknownAction { action: name.chars().take(64).collect() };
        let action: Action = name.parse().map_err(unknown)?;
        let bad_field = |reason| FrameError::Field {
            action,
            nonce: value.get("nonce").and_then(|nonce| nonce.as_str()?.parse().ok()),
            reason,
        };
        let message = Self::deserialize(&value).map_err(|error| bad_field(error.to_string()))?;
        message.check_fields().map_err(bad_field)?;
        if matches!(action, Action::Enter | Action::Read) {
            return Ok((message, None));
        }
        let tag = RoomTag::deserialize(&value).map_err(|error| bad_field(error.to_string()))?;
        Ok((message, tag.room))
    }

    /// Checks what the types of the fields do not: the lengths of lists, the area of an image, and that a message has text or an
    /// image. The match has no default, so that a list in a new command cannot be forgotten.
    fn check_fields(&self) -> Result<(), String> {
        match self {
            Self::Send { text: None, image: None, .. } => Err("missing field `text`".into()),
            Self::Send { image: Some(image), .. } if !image.has_allowed_area() => {
                Err(format!("`image` has more than {IMAGE_PIXELS} pixels"))
            }
            Self::Send { text: None, poll: Some(_), .. } => Err("missing field `text`".into()),
            Self::Send { image: Some(_), poll: Some(_), .. } => Err("a message has an `image` or a `poll`".into()),
            Self::Send { poll: Some(poll), .. } if let Err(error) = poll.check() => Err(format!("`poll` {error}")),
            Self::Send { mentions, .. } | Self::Edit { mentions, .. } if mentions.len() > MENTIONS => {
                Err(format!("`mentions` has more than {MENTIONS} people"))
            }
            Self::Rooms { rooms, .. } if rooms.len() > ROOMS => Err(format!("`rooms` has more than {ROOMS}")),
            Self::Send { .. }
            | Self::Edit { .. }
            | Self::Rooms { .. }
            | Self::Hello { .. }
            | Self::Upload { .. }
            | Self::Delete { .. }
            | Self::React { .. }
            | Self::Pin { .. }
            | Self::Vote { .. }
            | Self::ClosePoll { .. }
            | Self::History { .. }
            | Self::Changes { .. }
            | Self::Rename { .. }
            | Self::People
            | Self::Search { .. }
            | Self::Pins
            | Self::Save { .. }
            | Self::Saved { .. }
            | Self::Typing
            | Self::Mute { .. }
            | Self::Ban { .. }
            | Self::Restrictions { .. }
            | Self::PurgeUser { .. }
            | Self::Rules { .. }
            | Self::Describe { .. }
            | Self::Audit { .. }
            | Self::EraseMyData
            | Self::SetRole { .. }
            | Self::Roles
            | Self::SetIdentity { .. }
            | Self::Usage
            | Self::Ping
            | Self::Enter { .. }
            | Self::Read { .. }
            | Self::Receipts
            | Self::CreateRoom { .. }
            | Self::MyRooms
            | Self::Members
            | Self::AddMember { .. }
            | Self::RemoveMember { .. }
            | Self::Directory { .. }
            | Self::LeaveRoom
            | Self::Thread { .. }
            | Self::Direct { .. }
            | Self::SignOut { .. } => Ok(()),
        }
    }
}

/// Why a frame is not a [`ClientMessage`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameError {
    /// The frame is not JSON.
    Json,
    /// The frame has no `action`, or one that is not a string.
    NoAction,
    /// This server does not know the action.
    UnknownAction {
        /// Name of the unknown action, cut after 64 characters.
        action: String,
    },
    /// A field is missing or has a value that is not allowed.
    Field {
        /// The action of the frame.
        action: Action,
        /// The nonce of the frame, if it has one. With it the page finds the message.
        nonce: Option<Nonce>,
        /// The parser's description of the fault.
        reason: String,
    },
}
