//! Newtypes that are parsed once, at the edge, and are right from then on.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize, de};

use crate::{
    Person, Timestamp,
    limits::{NAME_CHARS, NONCE_CHARS, ROOM_CHARS, SEARCH_CHARS, TEXT_CHARS},
};

/// The name of a room: 1 to [`ROOM_CHARS`] of `[a-z0-9-]`. It is also the room's path, `/r/{room}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct RoomName(String);

impl RoomName {
    /// The room behind `/`.
    pub fn lobby() -> Self {
        Self("lobby".into())
    }

    /// The path of the room's page: `/` for the lobby, `/r/{room}` for any other.
    pub fn path(&self) -> String {
        if *self == Self::lobby() { "/".into() } else { format!("/r/{}", self.0) }
    }
}

impl FromStr for RoomName {
    type Err = NameError;

    fn from_str(name: &str) -> Result<Self, NameError> {
        let allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
        parse_token(name, ROOM_CHARS, allowed).map(Self)
    }
}

/// The name a person chose: 1 to [`NAME_CHARS`] characters, trimmed, inner white space folded, none of them invisible.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct PersonName(String);

impl PersonName {
    /// What nobody is called.
    pub(crate) fn nobody() -> Self {
        Self(Person::ERASED_ID.into())
    }
}

impl FromStr for PersonName {
    type Err = NameError;

    fn from_str(name: &str) -> Result<Self, NameError> {
        // Cut before the work, so that a megabyte of spaces costs nothing.
        if name.len() > NAME_CHARS * 16 {
            return Err(NameError::TooLong { limit: NAME_CHARS });
        }
        if name.chars().any(|c| (c.is_control() && !c.is_whitespace()) || is_invisible(c)) || has_idle_selector(name) {
            return Err(NameError::Character);
        }
        let folded = name.split_whitespace().collect::<Vec<_>>().join(" ");
        match folded.chars().count() {
            0 => Err(NameError::Empty),
            1..=NAME_CHARS => Ok(Self(folded)),
            _ => Err(NameError::TooLong { limit: NAME_CHARS }),
        }
    }
}

/// Who a person is, made by the server: 1 to [`NONCE_CHARS`] of `[A-Za-z0-9_=-]`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct PersonId(String);

impl PersonId {
    /// The id of nobody.
    pub(crate) fn nobody() -> Self {
        Self(Person::ERASED_ID.into())
    }
}

impl FromStr for PersonId {
    type Err = NameError;

    fn from_str(id: &str) -> Result<Self, NameError> {
        parse_token(id, NONCE_CHARS, is_token_byte).map(Self)
    }
}

/// What makes a message the same message through every retry, made once by its client: 1 to [`NONCE_CHARS`] of
/// `[A-Za-z0-9_=-]`. Together with the author it is the message's identity.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Nonce(String);

impl FromStr for Nonce {
    type Err = NameError;

    fn from_str(nonce: &str) -> Result<Self, NameError> {
        parse_token(nonce, NONCE_CHARS, is_token_byte).map(Self)
    }
}

/// What a person wrote: 1 to [`TEXT_CHARS`] characters, without empty lines before it and white space behind it; the indent of
/// its first line stays. It is text, never markup.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct MessageText(String);

impl FromStr for MessageText {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        // Leading spaces may be an indent that somebody meant; leading empty lines and trailing space never are.
        let text = text.trim_end();
        let text = text.trim_start_matches(['\n', '\r']);
        if text.chars().all(|c| c.is_whitespace() || c.is_control() || is_invisible(c)) {
            return Err(TextError::Empty);
        }
        match text.chars().count() {
            chars @ ..=TEXT_CHARS => {
                debug_assert!(chars > 0);
                Ok(Self(text.into()))
            }
            chars => Err(TextError::TooLong { chars }),
        }
    }
}

/// What somebody looks for: 1 to [`SEARCH_CHARS`] characters, trimmed, inner white space folded.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct SearchText(String);

impl FromStr for SearchText {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let too_long = NameError::TooLong { limit: SEARCH_CHARS };
        if text.len() > SEARCH_CHARS * 16 {
            return Err(too_long);
        }
        let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match folded.chars().count() {
            0 => Err(NameError::Empty),
            1..=SEARCH_CHARS => Ok(Self(folded)),
            _ => Err(too_long),
        }
    }
}

/// A room's revision: every change in a room takes the next one. 0 is a room in which nothing was ever said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rev(pub u64);

/// A message's place in its room's order: the revision it was born with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Seq(pub u64);

impl From<Rev> for Seq {
    fn from(rev: Rev) -> Self {
        Self(rev.0)
    }
}

/// Why a name, an id or a nonce was refused. Its `Display` is a sentence for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// There is nothing in it but white space.
    Empty,
    /// It is longer than `limit` characters.
    TooLong {
        /// The most characters allowed.
        limit: usize,
    },
    /// It holds a character that is not allowed there.
    Character,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("must not be empty"),
            Self::TooLong { limit } => write!(f, "must have at most {limit} characters"),
            Self::Character => f.write_str("has a character that is not allowed there"),
        }
    }
}

impl std::error::Error for NameError {}

/// Why a text was refused. Its `Display` is a sentence for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// There is nothing to read in it.
    Empty,
    /// It is longer than [`TEXT_CHARS`].
    TooLong {
        /// How many characters it has.
        chars: usize,
    },
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("must not be empty"),
            Self::TooLong { chars } => write!(f, "has {chars} characters; at most {TEXT_CHARS} are allowed"),
        }
    }
}

impl std::error::Error for TextError {}

fn parse_token(token: &str, limit: usize, allowed: impl Fn(u8) -> bool) -> Result<String, NameError> {
    if token.is_empty() {
        Err(NameError::Empty)
    } else if token.len() > limit {
        Err(NameError::TooLong { limit })
    } else if !token.bytes().all(allowed) {
        Err(NameError::Character)
    } else {
        Ok(token.into())
    }
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'=' | b'-')
}

/// Letters that show nothing (Unicode's Default_Ignorable_Code_Point, the empty Braille pattern) and direction characters:
/// they make two names look the same, a name run over its neighbour, or nobody's name. What chooses between the shapes of a
/// letter is looked at apart ([`has_idle_selector`]).
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

/// Whether what chooses between shapes stands where there is nothing to choose, and so shows nothing: of an emoji the coloured
/// one (U+FE0F), of a Chinese character one of those that Japanese names need (U+E0100 to U+E01EF).
fn has_idle_selector(name: &str) -> bool {
    let is_symbol = |c: char| {
        matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
            | '\u{1f000}'..='\u{1faff}')
    };
    let is_han = |c: char| matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}');
    name.char_indices().any(|(at, c)| {
        let before = name[..at].chars().next_back();
        match c {
            '\u{fe0f}' => !before.is_some_and(is_symbol),
            '\u{e0100}'..='\u{e01ef}' => !before.is_some_and(is_han),
            _ => false,
        }
    })
}

macro_rules! text_newtype {
    ($($name:ident),*) => {$(
        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }
    )*};
}

text_newtype!(RoomName, PersonName, PersonId, Nonce, MessageText, SearchText);

macro_rules! number_newtype {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }
    )*};
}

number_newtype!(Rev, Seq, Timestamp);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_name_is_lower_case_letters_digits_and_hyphens() {
        for good in ["lobby", "a", "2026-plans", &"x".repeat(ROOM_CHARS)] {
            assert!(good.parse::<RoomName>().is_ok(), "{good}");
        }
        for bad in ["", "Lobby", "a b", "a/b", "..", "ü", &"x".repeat(ROOM_CHARS + 1)] {
            assert!(bad.parse::<RoomName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn the_lobby_lives_at_the_root() {
        assert_eq!(RoomName::lobby().path(), "/");
        assert_eq!("cats".parse::<RoomName>().map(|room| room.path()), Ok("/r/cats".into()));
    }

    #[test]
    fn a_person_name_is_trimmed_and_folded() {
        assert_eq!("  Ann \t of  Cleves ".parse(), Ok(PersonName("Ann of Cleves".into())));
    }

    #[test]
    fn a_person_name_that_nobody_can_read_is_refused() {
        assert_eq!(" \n ".parse::<PersonName>(), Err(NameError::Empty));
        assert_eq!("Ann\u{202e}".parse::<PersonName>(), Err(NameError::Character));
        for nothing in ['\u{200b}', '\u{3164}', '\u{2800}', '\u{115f}', '\u{fe00}', '\u{e0041}'] {
            assert_eq!(format!("Ann{nothing}").parse::<PersonName>(), Err(NameError::Character), "{nothing:?}");
        }
        assert!("Ann ❤\u{fe0f}".parse::<PersonName>().is_ok());
        assert_eq!("Ann\u{fe0f}".parse::<PersonName>(), Err(NameError::Character));
        assert_eq!("Ann\u{e0100}".parse::<PersonName>(), Err(NameError::Character));
        assert!("葛\u{e0100}城".parse::<PersonName>().is_ok(), "a shape of a letter that was chosen");
        assert_eq!("a".repeat(65).parse::<PersonName>(), Err(NameError::TooLong { limit: 64 }));
        assert!("日".repeat(64).parse::<PersonName>().is_ok());
    }

    #[test]
    fn what_is_looked_for_is_trimmed_and_folded_and_not_too_long() {
        assert_eq!(" two \n words ".parse(), Ok(SearchText("two words".into())));
        assert_eq!(" ".parse::<SearchText>(), Err(NameError::Empty));
        let limit = SEARCH_CHARS;
        assert!("語".repeat(limit).parse::<SearchText>().is_ok());
        for long in ["x".repeat(limit + 1), "x".repeat(limit * 17)] {
            assert_eq!(long.parse::<SearchText>(), Err(NameError::TooLong { limit }));
        }
    }

    #[test]
    fn a_text_keeps_its_indent_and_loses_the_space_around_it() {
        assert_eq!("\n\n  let x = 1;\nend \n".parse(), Ok(MessageText("  let x = 1;\nend".into())));
    }

    #[test]
    fn a_text_with_nothing_to_read_is_refused() {
        for blank in ["", "   ", "\n\t", "\u{200b}\u{feff}", "\0", "\u{1}\u{1b}", "\u{3164}", "\u{e0041}"] {
            assert_eq!(blank.parse::<MessageText>(), Err(TextError::Empty), "{blank:?}");
        }
    }

    #[test]
    fn a_text_may_be_as_long_as_the_limit_and_no_longer() {
        assert!("é".repeat(TEXT_CHARS).parse::<MessageText>().is_ok());
        assert_eq!(
            "é".repeat(TEXT_CHARS + 1).parse::<MessageText>(),
            Err(TextError::TooLong { chars: TEXT_CHARS + 1 })
        );
    }

    #[test]
    fn the_longest_text_fits_a_frame_however_it_is_escaped() {
        let worst = serde_json::json!({ "action": "send", "text": "\u{1}".repeat(TEXT_CHARS), "nonce": "n".repeat(NONCE_CHARS) });
        assert!(worst.to_string().len() < crate::limits::FRAME_BYTES);
    }
}
