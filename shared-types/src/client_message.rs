//! What a client may say.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{MessageText, Nonce, PersonName, Rev, Seq};

/// One frame from a client: `{"action": …}`. Fields it does not know are ignored, so that a newer client may say more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "camelCase")]
pub enum ClientMessage {
    /// The first word after the socket opened. Answered with `welcome`, and then with what the client misses.
    Hello(Hello),
    /// A new message. Answered with its own broadcast.
    Send(Send),
    /// The messages before a place in the order, for scrolling up. Answered with `page`.
    History(History),
    /// What changed after a revision. Answered with `changes`.
    Changes(Changes),
    /// A new name for the speaker. Answered with `welcome`.
    Rename(Rename),
    /// A sign of life. Answered with `pong`.
    Ping,
}

/// The fields of [`ClientMessage::Hello`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// The revision up to which the client has everything; without it the answer is the newest page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Rev>,
}

/// The fields of [`ClientMessage::Send`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Send {
    /// What is said.
    pub text: MessageText,
    /// The identity of the message. Without one the server makes it, and a retry is a new message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nonce: Option<Nonce>,
}

/// The fields of [`ClientMessage::History`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The oldest message the client has.
    pub before: Seq,
}

/// The fields of [`ClientMessage::Changes`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// The revision up to which the client has everything.
    pub after: Rev,
}

/// The fields of [`ClientMessage::Rename`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rename {
    /// The name to be called by from now on.
    pub name: PersonName,
}

impl ClientMessage {
    /// Reads one frame.
    ///
    /// # Errors
    ///
    /// [`Malformed`] says which of the shape's rules the frame broke.
    pub fn parse(frame: &str) -> Result<Self, Malformed> {
        let value: serde_json::Value = serde_json::from_str(frame).map_err(|_| Malformed::Json)?;
        let action = value.get("action").and_then(|action| action.as_str()).ok_or(Malformed::NoAction)?;
        match action {
            "hello" => fields(&value).map(Self::Hello),
            "send" => fields(&value).map(Self::Send),
            "history" => fields(&value).map(Self::History),
            "changes" => fields(&value).map(Self::Changes),
            "rename" => fields(&value).map(Self::Rename),
            "ping" => Ok(Self::Ping),
            unknown => Err(Malformed::UnknownAction { action: unknown.chars().take(64).collect() }),
        }
    }
}

/// Why a frame is not a [`ClientMessage`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Malformed {
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
        action: String,
        /// The nonce it carried, where it carried one, so that the page finds the message this is about.
        nonce: Option<Nonce>,
        /// What is wrong, as the parser says it.
        reason: String,
    },
}

fn fields<T: DeserializeOwned>(value: &serde_json::Value) -> Result<T, Malformed> {
    T::deserialize(value).map_err(|error| Malformed::Field {
        action: value["action"].as_str().unwrap_or_default().into(),
        nonce: value["nonce"].as_str().and_then(|nonce| nonce.parse().ok()),
        reason: error.to_string(),
    })
}
