//! Rooms: their titles and names.

use shared_types::{NameError, limits};

use crate::i18n::Translations;

impl Translations {
    /// The title of a room's page.
    pub(crate) fn title(&self, room: &str) -> String {
        ["#", room, " · ", self.app].concat()
    }

    /// The title of a room's page while its tab is hidden and something new was said.
    #[cfg(feature = "hydrate")]
    pub(crate) fn unread_title(&self, unread: u32, room: &str) -> String {
        ["(", &unread.to_string(), ") ", &self.title(room)].concat()
    }

    /// What is heard where a dot says that something new was said in a room, behind its name.
    pub(crate) fn is_unread(&self) -> String {
        [self.comma, self.new_messages].concat()
    }

    /// Why a room cannot be called so.
    pub(crate) fn bad_room(&self, error: NameError) -> String {
        match error {
            NameError::Empty => self.room_empty.into(),
            NameError::TooLong { .. } => self.room_long.with(&limits::ROOM_CHARS.to_string()),
            NameError::Character => self.room_character.into(),
        }
    }
}
