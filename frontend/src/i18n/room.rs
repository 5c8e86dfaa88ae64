//! Rooms: their titles and names.

use shared_types::{NameError, limits};

use crate::i18n::Translations;

impl Translations {
    /// Returns the title of a room's page.
    pub(crate) fn title(&self, room: &str) -> String {
        ["#", room, " · ", self.app].concat()
    }

    /// Returns the title of a room's page while its tab is hidden and has unread messages.
    #[cfg(feature = "hydrate")]
    pub(crate) fn unread_title(&self, unread: u32, room: &str) -> String {
        ["(", &unread.to_string(), ") ", &self.title(room)].concat()
    }

    /// Returns the screen reader text that follows the name of a room with unread messages.
    pub(crate) fn is_unread(&self) -> String {
        [self.comma, self.new_messages].concat()
    }

    /// Returns why a title, a topic or a description is invalid.
    pub(crate) fn bad_details(&self, error: NameError) -> String {
        match error {
            NameError::TooLong { limit } => self.dialogs().details_long.with(&limit.to_string()),
            NameError::Empty | NameError::Character => self.dialogs().details_character.into(),
        }
    }

    /// Returns why the name of a room is invalid.
    pub(crate) fn bad_room(&self, error: NameError) -> String {
        match error {
            NameError::Empty => self.dialogs().room_empty.into(),
            NameError::TooLong { .. } => self.dialogs().room_long.with(&limits::TITLE_CHARS.to_string()),
            NameError::Character => self.dialogs().room_character.into(),
        }
    }
}
