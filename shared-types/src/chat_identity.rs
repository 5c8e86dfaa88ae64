//! Name and icon of the whole chat, and whether the names of people are unique.

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{Emoji, RoomTitle};

/// Name and icon of a chat, and whether names are unique. Owners set them; everybody who has the address of the chat can see name and icon,
/// also before signing in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct ChatIdentity {
    /// The name, with the check of a room's title; without it the page has a general one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<RoomTitle>,
    /// The icon; without it the page has the icon of the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<Emoji>,
    /// Whether the people who are in a room have different names. `None` in a command leaves it as it is, because an earlier page does not
    /// know it; elsewhere `None` is the same as `false`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unique_names: Option<bool>,
}

impl ChatIdentity {
    /// Returns whether the chat has neither a name nor an icon of its own, and its names need not be unique.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// Returns whether the people who are in a room have different names.
    pub fn has_unique_names(&self) -> bool {
        self.unique_names == Some(true)
    }
}

/// Path of the icon that is drawn from the emoji in its query, `?emoji=` and the percent-encoded emoji.
pub const CHAT_ICON_PATH: &str = "/chat-icon.svg";
