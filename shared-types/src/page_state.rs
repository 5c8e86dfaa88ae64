//! What the front page knows when it arrives: embedded in the HTML for hydration, and served as JSON at `/state/{room}`.

use serde::{Deserialize, Serialize};

use crate::{AccessMode, ChatMessage, Language, Person, Restrictions, Rev, RoomName, RoomRules};

/// Everything the page needs to show a room and to open its socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageState {
    /// The language the page is written in.
    pub language: Language,
    /// The room shown.
    pub room: RoomName,
    /// The visitor, as the server will stamp their messages until they choose another name.
    pub you: Person,
    /// How many people are in the room, the visitor not among them until their socket is open.
    pub online: u32,
    /// The newest messages, oldest first.
    pub messages: Vec<ChatMessage>,
    /// Whether there are older ones.
    pub more: bool,
    /// The revision up to which `messages` is everything.
    pub up_to: Rev,
    /// The address of the socket, `wss://…` or `ws://…`. A path alone, `/ws`, means the page's own host.
    pub socket: String,
    /// What proves to the socket who the visitor is; short-lived, and good for one socket. See design §6.
    pub ticket: String,
    /// Who may enter this chat.
    #[serde(default, skip_serializing_if = "AccessMode::is_open")]
    pub access: AccessMode,
    /// What holds in the room.
    #[serde(default, skip_serializing_if = "RoomRules::is_default")]
    pub rules: RoomRules,
    /// What the visitor may not do.
    #[serde(rename = "standing", default, skip_serializing_if = "Restrictions::is_default")]
    pub restrictions: Restrictions,
}
