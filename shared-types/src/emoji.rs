//! Reactions: one emoji, and who means it.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{Person, limits::EMOJI_BYTES};

/// What people said about a message with one emoji.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reaction {
    /// The emoji.
    pub emoji: Emoji,
    /// Who means it, in the order in which they said so, with the names they had then.
    pub people: Vec<Person>,
}

/// One emoji with all that belongs to it: colours of skin, joined signs, a flag's two letters. At most [`EMOJI_BYTES`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Emoji(String);

impl Emoji {
    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Emoji {
    type Err = EmojiError;

    fn from_str(text: &str) -> Result<Self, EmojiError> {
        let keycap = text.ends_with('\u{20e3}')
            && text.starts_with(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '#', '*']);
        let signs = if keycap { &text[1..] } else { text };
        // A sign that is only ever added to another one is nothing by itself.
        let alone = signs.chars().all(is_addition);
        let good =
            text.len() <= EMOJI_BYTES && signs.chars().all(|c| is_sign(c) || is_addition(c)) && (keycap || !alone);
        if good && !text.is_empty() { Ok(Self(text.into())) } else { Err(EmojiError) }
    }
}

impl<'de> Deserialize<'de> for Emoji {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A text that is no [`Emoji`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmojiError;

impl fmt::Display for EmojiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be one emoji")
    }
}

impl std::error::Error for EmojiError {}

/// The blocks of Unicode that emoji are in. Some signs there are none; no letter is there that could spell a word.
fn is_sign(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '\u{1f000}'..='\u{1faff}')
}

/// The joiner, the variation, the keycap and the letters of a flag's tag.
fn is_addition(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{20e3}' | '\u{e0020}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_is_one_sign_with_all_that_belongs_to_it() {
        for good in ["👍", "❤️", "👩🏽‍❤️‍💋‍👩🏽", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇯🇵", "1️⃣", "#️⃣", "©️", "㊗️", "⁉️"]
        {
            assert!(good.parse::<Emoji>().is_ok(), "{good}");
        }
        for bad in
            ["", "a", "hi", "1", "👍a", "あ", "ー", " ", "👍 👍", "\u{200d}", "\u{fe0f}", "<b>", "\u{202e}👍", "1👍"]
        {
            assert!(bad.parse::<Emoji>().is_err(), "{bad}");
        }
        assert!("👍".repeat(13).parse::<Emoji>().is_err(), "too long");
    }
}
