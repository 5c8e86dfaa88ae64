//! Initial state of the page: embedded in the HTML for hydration, and served as JSON at `/state/{room}`.

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{
    AccessMode, ChatMessage, Language, Person, Restrictions, Rev, RoomDetails, RoomName, RoomRules, RoomTitle,
    server_message::is_false,
};

/// Everything that the page needs to show a room and to open its socket.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct PageState {
    /// Language of the page.
    pub language: Language,
    /// The room that the page shows.
    pub room: RoomName,
    /// The user, as the server records the author of their messages until they choose another name.
    pub you: Person,
    /// Number of people in the room; 0 also where the server could not count them. It does not count the user until their socket is
    /// open.
    pub online: u32,
    /// The newest messages in ascending order.
    pub messages: Vec<ChatMessage>,
    /// Whether the room has older messages.
    pub more: bool,
    /// The revision up to which `messages` holds every change.
    pub up_to: Rev,
    /// URL of the socket, `wss://…` or `ws://…`. A path alone, `/ws`, means the page's own host.
    pub socket: String,
    /// Token that authenticates the user when the socket opens. It is short-lived and opens one socket.
    pub ticket: String,
    /// Who may enter the chat.
    #[serde(default, skip_serializing_if = "AccessMode::is_open")]
    pub access: AccessMode,
    /// Rules of the room.
    #[serde(default, skip_serializing_if = "RoomRules::is_default")]
    pub rules: RoomRules,
    /// Details of the room.
    #[serde(default, skip_serializing_if = "RoomDetails::is_default")]
    pub details: RoomDetails,
    /// Restrictions of the user.
    #[serde(rename = "standing", default, skip_serializing_if = "Restrictions::is_default")]
    pub restrictions: Restrictions,
    /// Whether the user is an owner of the chat.
    #[serde(default, skip_serializing_if = "is_false")]
    pub owner: bool,
    /// Name of the chat, if owners gave it one.
    #[serde(rename = "chat", default, skip_serializing_if = "Option::is_none")]
    pub chat_name: Option<RoomTitle>,
}
