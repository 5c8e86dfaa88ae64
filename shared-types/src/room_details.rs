//! Details of a room: its title, topic and description. The address of a room never changes, only these do.

use std::str::FromStr;

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{
    NameError, RoomName,
    checked::json_of_text,
    limits::{DESCRIPTION_CHARS, TITLE_CHARS, TOPIC_CHARS},
    names::{parse_line, parse_lines, text_newtype},
    server_message::is_false,
};

/// Title of a room in any script: 1 to [`TITLE_CHARS`] characters without invisible ones, with the check of a person's name. It is shown
/// instead of the room's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoomTitle(String);

/// Topic of a room: one line of 1 to [`TOPIC_CHARS`] characters without invisible ones.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoomTopic(String);

/// Description of a room: lines with 1 to [`DESCRIPTION_CHARS`] characters in total, without invisible ones.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoomDescription(String);

impl FromStr for RoomTitle {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        parse_line(text, TITLE_CHARS).map(Self)
    }
}

impl FromStr for RoomTopic {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        parse_line(text, TOPIC_CHARS).map(Self)
    }
}

impl FromStr for RoomDescription {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        parse_lines(text, DESCRIPTION_CHARS).map(Self)
    }
}

text_newtype!(RoomTitle, RoomTopic, RoomDescription);
json_of_text!(RoomTitle, RoomTopic, RoomDescription);

/// Details of one room. They are not part of the log: a client that enters the room gets the current ones.
#[derive(Clone, Debug, Default, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct RoomDetails {
    /// The title; without it the name is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<RoomTitle>,
    /// The topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<RoomTopic>,
    /// The description.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<RoomDescription>,
    /// Whether the room shows who has read messages. A direct message has no other detail that is stored.
    #[serde(default, skip_serializing_if = "is_false")]
    pub receipts: bool,
}

impl RoomDetails {
    /// Returns whether the room has no details.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// New details of a room, as a client sends them. A detail that an earlier page does not know is absent, and stays as it is; the others
/// are complete.
#[derive(Clone, Debug, Default, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct RoomDetailsChange {
    /// The title; absent removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<RoomTitle>,
    /// The topic; absent removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<RoomTopic>,
    /// The description; absent removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<RoomDescription>,
    /// Whether the room shows who has read messages; absent leaves it as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipts: Option<bool>,
}

impl RoomDetailsChange {
    /// Returns the details after the change. `receipts` is what the room shows now.
    pub fn after(self, receipts: bool) -> RoomDetails {
        let Self { title, topic, description, receipts: changed } = self;
        RoomDetails { title, topic, description, receipts: changed.unwrap_or(receipts) }
    }
}

impl From<RoomDetails> for RoomDetailsChange {
    fn from(RoomDetails { title, topic, description, receipts }: RoomDetails) -> Self {
        Self { title, topic, description, receipts: Some(receipts) }
    }
}

/// A room with a title.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct TitledRoom {
    /// The room.
    pub room: RoomName,
    /// Its title.
    pub title: RoomTitle,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Checks what becomes of a text. `None`: it is rejected.
    fn check<T: FromStr<Err = NameError> + std::fmt::Display>(text: &str, expected: Result<&str, NameError>) {
        let parsed = text.parse::<T>().map(|parsed| parsed.to_string());
        assert_eq!(parsed, expected.map(str::to_owned), "{}", text.escape_unicode());
    }

    #[test]
    fn a_title_is_one_line_of_any_script() {
        check::<RoomTitle>("  Foo \n Bar! ", Ok("Foo Bar!"));
        check::<RoomTitle>("日本語の部屋", Ok("日本語の部屋"));
        check::<RoomTitle>("👩🏽\u{200d}🚀 space", Ok("👩🏽\u{200d}🚀 space"));
        check::<RoomTitle>(&"語".repeat(TITLE_CHARS), Ok(&"語".repeat(TITLE_CHARS)));
        check::<RoomTitle>(&"x".repeat(TITLE_CHARS + 1), Err(NameError::TooLong { limit: TITLE_CHARS }));
    }

    #[test]
    fn details_without_a_visible_character_are_rejected() {
        for blank in ["", " ", "\u{3000}\n\t"] {
            check::<RoomTitle>(blank, Err(NameError::Empty));
            check::<RoomTopic>(blank, Err(NameError::Empty));
            check::<RoomDescription>(blank, Err(NameError::Empty));
        }
        for bad in ["a\u{202e}b", "\u{200b}", "a\0", "a\u{1b}[31m", "\u{3164}", "a\u{2066}b", "a\u{200d}b"] {
            check::<RoomTitle>(bad, Err(NameError::Character));
            check::<RoomTopic>(bad, Err(NameError::Character));
            check::<RoomDescription>(bad, Err(NameError::Character));
        }
    }

    #[test]
    fn over_long_details_are_rejected_before_other_work() {
        for many in [TOPIC_CHARS + 1, 1 << 20] {
            check::<RoomTopic>(&"x".repeat(many), Err(NameError::TooLong { limit: TOPIC_CHARS }));
        }
        check::<RoomTopic>(&" ".repeat(1 << 20), Err(NameError::TooLong { limit: TOPIC_CHARS }));
        check::<RoomDescription>(&"\n".repeat(1 << 20), Err(NameError::TooLong { limit: DESCRIPTION_CHARS }));
        check::<RoomDescription>(
            &"x".repeat(DESCRIPTION_CHARS + 1),
            Err(NameError::TooLong { limit: DESCRIPTION_CHARS }),
        );
    }

    #[test]
    fn a_description_keeps_its_lines() {
        check::<RoomDescription>("\r\n\n one \r\n\n  two\t2 \n", Ok("one\n\n  two 2"));
        check::<RoomDescription>(&"語".repeat(DESCRIPTION_CHARS), Ok(&"語".repeat(DESCRIPTION_CHARS)));
    }

    #[test]
    fn the_longest_details_fit_a_frame_when_escaped() {
        // A quotation mark takes two bytes as JSON, a character up to four: no allowed one is escaped with six.
        let [title, topic, description] = [TITLE_CHARS, TOPIC_CHARS, DESCRIPTION_CHARS].map(|chars| "🏴".repeat(chars));
        let details = serde_json::json!({ "title": title, "topic": topic, "description": description });
        let worst = serde_json::json!({ "action": "describe", "details": details });
        assert!(worst.to_string().len() < crate::limits::FRAME_BYTES);
    }
}
