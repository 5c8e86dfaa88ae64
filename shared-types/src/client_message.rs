//! What a client may say.

use serde::{Deserialize, Serialize};

use crate::{
    Action, ChatImage, Emoji, ImageSize, ImageType, MessageText, Nonce, Person, PersonId, PersonName, Rev, RoomName,
    RoomRules, SearchText, Seconds, Seq, Timestamp,
    limits::{MENTIONS, ROOMS},
};

/// One frame from a client: `{"action": …}`. Fields it does not know are ignored, so that a newer client may say more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ClientMessage {
    /// The first word after the socket opened. Answered with `welcome`, and then with what the client misses.
    Hello {
        /// The revision up to which the client has everything; without it the answer is the newest page.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Rev>,
    },
    /// A new message. Answered with its own broadcast.
    Send {
        /// What is said. Only with an image may it be missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<MessageText>,
        /// The identity of the message. Without one the server makes it, and a retry is a new message.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
        /// The image that was uploaded under the nonce.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        image: Option<ChatImage>,
        /// The message it answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply_to: Option<Seq>,
        /// Whom the text calls with `@name`; at most [`MENTIONS`]. Whoever it does not call is left out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<Person>,
    },
    /// Another text for a message of the speaker's own. Answered with the message's broadcast.
    Edit {
        /// The message.
        seq: Seq,
        /// What it says from now on. Only with an image may it be missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<MessageText>,
        /// Whom that calls with `@name`; at most [`MENTIONS`].
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<Person>,
        /// Comes back in an error.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
    },
    /// A message of the speaker's own is to be gone. Answered with the broadcast of what is left.
    Delete {
        /// The message.
        seq: Seq,
        /// Comes back in an error.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
    },
    /// What the speaker thinks of a message. Answered with the message's broadcast.
    React {
        /// The message.
        seq: Seq,
        /// With which emoji.
        emoji: Emoji,
        /// Whether it is to be there or not, so that a repetition changes nothing.
        on: bool,
        /// Comes back in an error.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        nonce: Option<Nonce>,
    },
    /// A question where to put the image of a message that is yet to be sent. Answered with `upload`.
    Upload {
        /// The nonce of the message.
        nonce: Nonce,
        /// What the image is.
        #[serde(rename = "type")]
        kind: ImageType,
        /// How many bytes it has.
        size: ImageSize,
    },
    /// The messages about a place in the order: for scrolling, and for a link to a message. Answered with `page`.
    History {
        /// Which.
        #[serde(flatten)]
        place: HistoryRange,
    },
    /// What changed after a revision. Answered with `changes`.
    Changes {
        /// The revision up to which the client has everything.
        after: Rev,
    },
    /// A new name for the speaker. Answered with `welcome`.
    Rename {
        /// The name to be called by from now on.
        name: PersonName,
    },
    /// A question who is in the room. Answered with `presence`.
    People,
    /// A question what was said last in these rooms; at most [`ROOMS`]. Answered with `rooms`.
    Rooms {
        /// The rooms.
        rooms: Vec<RoomName>,
    },
    /// A question which messages of the room have all these words. Answered with `found`.
    Search {
        /// The words.
        text: SearchText,
        /// Where an earlier answer said to go on; the newest message without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Seq>,
    },
    /// The speaker is writing something. Told to the others in a small room, and answered with nothing.
    Typing,
    /// A person is to be quiet in every room for a time, by their id alone: others from where they are may speak, and a guest
    /// who comes without their cookie is somebody else. Only from a moderator. Answered with `standing`.
    Mute {
        /// Who.
        person: PersonId,
        /// For so long, from now; 0 takes it back.
        seconds: Seconds,
    },
    /// A person and the addresses they come from, with all others from there but moderators, are to stay away for a time; only
    /// from a moderator. Answered with `standing`.
    Ban {
        /// Who.
        person: PersonId,
        /// For so long, from now; 0 takes it back.
        seconds: Seconds,
    },
    /// A question what a person may not do; only from a moderator. Answered with `standing`.
    #[serde(rename = "standing")]
    Restrictions {
        /// Who.
        person: PersonId,
    },
    /// Everything that a person wrote and showed, in every room, is to be gone, and nothing is to say who wrote it; only from a
    /// moderator. It is no ban. Answered with `cleared`.
    #[serde(rename = "clear")]
    PurgeUser {
        /// Who.
        person: PersonId,
    },
    /// What is to hold in the room from now on; only from a moderator. Answered with the room's broadcast of `rules`.
    Rules {
        /// All of it.
        rules: RoomRules,
    },
    /// A question what moderators did; only from a moderator. Answered with `audit`.
    Audit {
        /// The time of the last entry that is known; the newest without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Timestamp>,
    },
    /// Everything that the speaker wrote and showed, in every room, is to be gone. Answered with `forgotten`.
    #[serde(rename = "forget")]
    EraseMyData,
    /// A sign of life. Answered with `pong`.
    Ping,
}

impl ClientMessage {
    /// Returns the name of the command.
    pub fn action(&self) -> Action {
        match self {
            Self::Hello { .. } => Action::Hello,
            Self::Send { .. } => Action::Send,
            Self::Upload { .. } => Action::Upload,
            Self::Edit { .. } => Action::Edit,
            Self::Delete { .. } => Action::Delete,
            Self::React { .. } => Action::React,
            Self::History { .. } => Action::History,
            Self::Changes { .. } => Action::Changes,
            Self::Rename { .. } => Action::Rename,
            Self::People => Action::People,
            Self::Rooms { .. } => Action::Rooms,
            Self::Search { .. } => Action::Search,
            Self::Typing => Action::Typing,
            Self::Mute { .. } => Action::Mute,
            Self::Ban { .. } => Action::Ban,
            Self::Restrictions { .. } => Action::Restrictions,
            Self::PurgeUser { .. } => Action::PurgeUser,
            Self::Rules { .. } => Action::Rules,
            Self::Audit { .. } => Action::Audit,
            Self::EraseMyData => Action::EraseMyData,
            Self::Ping => Action::Ping,
        }
    }

    /// The nonce by which its client knows it.
    pub fn nonce(&self) -> Option<&Nonce> {
        match self {
            Self::Send { nonce, .. }
            | Self::Edit { nonce, .. }
            | Self::Delete { nonce, .. }
            | Self::React { nonce, .. } => nonce.as_ref(),
            Self::Upload { nonce, .. } => Some(nonce),
            Self::Hello { .. }
            | Self::History { .. }
            | Self::Changes { .. }
            | Self::Rename { .. }
            | Self::People
            | Self::Rooms { .. }
            | Self::Search { .. }
            | Self::Typing
            | Self::Mute { .. }
            | Self::Ban { .. }
            | Self::Restrictions { .. }
            | Self::PurgeUser { .. }
            | Self::Rules { .. }
            | Self::Audit { .. }
            | Self::EraseMyData
            | Self::Ping => None,
        }
    }

    /// Reads one frame.
    ///
    /// # Errors
    ///
    /// [`FrameError`] says which of the shape's rules the frame broke.
    pub fn parse(frame: &str) -> Result<Self, FrameError> {
        let value: serde_json::Value = serde_json::from_str(frame).map_err(|_| FrameError::Json)?;
        let name = value.get("action").and_then(|action| action.as_str()).ok_or(FrameError::NoAction)?;
        let unknown = |_| FrameError::UnknownAction { action: name.chars().take(64).collect() };
        let action: Action = name.parse().map_err(unknown)?;
        let malformed = |reason| FrameError::Field {
            action,
            nonce: value.get("nonce").and_then(|nonce| nonce.as_str()?.parse().ok()),
            reason,
        };
        let message = Self::deserialize(&value).map_err(|error| malformed(error.to_string()))?;
        match &message {
            Self::Send { text: None, image: None, .. } => Err(malformed("missing field `text`".into())),
            Self::Send { mentions, .. } | Self::Edit { mentions, .. } if mentions.len() > MENTIONS => {
                Err(malformed(format!("`mentions` has more than {MENTIONS} people")))
            }
            Self::Rooms { rooms } if rooms.len() > ROOMS => Err(malformed(format!("`rooms` has more than {ROOMS}"))),
            _ => Ok(message),
        }
    }
}

/// A stretch of a room's order, by one place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HistoryRange {
    /// The messages that end before this one.
    Before(Seq),
    /// The messages that begin after this one.
    After(Seq),
    /// This message, with as many before it as after it.
    Around(Seq),
}

/// Why a frame is not a [`ClientMessage`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrameError {
    /// It is not JSON.
    Json,
    /// It has no `action`, or one that is not a text.
    NoAction,
    /// Its action is none that this server knows; cut after 64 characters.
    UnknownAction {
        /// What it asked for.
        action: String,
    },
    /// A field is missing or has a value that is not allowed.
    Field {
        /// What it asked for.
        action: Action,
        /// The nonce it carried, where it carried one, so that the page finds the message this is about.
        nonce: Option<Nonce>,
        /// What is wrong, as the parser says it.
        reason: String,
    },
}
