//! Rooms: their titles and names.

use shared_types::{NameError, limits};

use crate::{i18n::Translations, ui::state::room::UnreadRooms};

impl Translations {
    /// Returns the title of a room's page. The name of the chat is empty if it has none.
    pub(crate) fn title(&self, room: &str, chat: &str) -> String {
        [room, " · ", if chat.is_empty() { self.app } else { chat }].concat()
    }

    /// Returns the title of a page while there are messages that the visitor did not see, here or in other rooms: `(3) #lobby`, and
    /// `(@3) #lobby` if one of those in other rooms mentions the visitor.
    #[cfg(feature = "hydrate")]
    pub(crate) fn unread_title(&self, unread: u32, mentioned: bool, title: &str) -> String {
        [if mentioned { "(@" } else { "(" }, &capped_count(unread), ") ", title].concat()
    }

    /// Returns the screen reader text that follows the name of a room with unread messages: their number, 0 if it is unknown, and whether
    /// one of them mentions the visitor.
    pub(crate) fn is_unread(&self, count: u32, mentioned: bool) -> String {
        let number = match count as usize {
            0 => self.new_messages.to_owned(),
            count if count < limits::UNREAD_COUNT => self.unread_messages.of(count),
            _ => self.unread_messages_more.with(&(limits::UNREAD_COUNT - 1).to_string()),
        };
        let mention = if mentioned { [self.comma, self.mentions_you].concat() } else { String::new() };
        [self.comma, &number, &mention].concat()
    }

    /// Returns the screen reader text of the button that opens the list of rooms.
    pub(crate) fn unread_elsewhere(&self, unread: UnreadRooms) -> &'static str {
        match unread {
            UnreadRooms { mentioned: true, .. } => self.mentioned_elsewhere,
            UnreadRooms { any: true, .. } => self.new_elsewhere,
            UnreadRooms { any: false, .. } => "",
        }
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

/// Returns a number as it is shown: `99+` from 100 on.
pub(crate) fn capped_count(count: u32) -> String {
    if count < limits::UNREAD_COUNT as u32 { count.to_string() } else { "99+".into() }
}
