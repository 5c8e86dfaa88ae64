//! Reactions and emoji.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};

use crate::{Person, limits::EMOJI_BYTES};

/// One emoji under a message, with the people who reacted with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reaction {
    /// The emoji.
    pub emoji: Emoji,
    /// The people who reacted, in the order of their reactions, with the names they had at that time.
    pub people: Vec<Person>,
}

/// One emoji with its modifiers: skin tones, joined symbols, the two letters of a flag. At most [`EMOJI_BYTES`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Emoji(String);

impl Emoji {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Emoji {
    type Err = EmojiError;

    fn from_str(text: &str) -> Result<Self, EmojiError> {
        let keycap = text.ends_with('\u{20e3}')
            && text.starts_with(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '#', '*']);
        let symbols = if keycap { &text[1..] } else { text };
        // A modifier without a symbol is no emoji.
        let only_modifiers = symbols.chars().all(is_modifier);
        let valid = text.len() <= EMOJI_BYTES
            && symbols.chars().all(|c| is_symbol(c) || is_modifier(c))
            && (keycap || !only_modifiers);
        if valid && !text.is_empty() { Ok(Self(text.into())) } else { Err(EmojiError) }
    }
}

impl<'de> Deserialize<'de> for Emoji {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Error: a text is not one emoji.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmojiError;

impl fmt::Display for EmojiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("must be one emoji")
    }
}

impl std::error::Error for EmojiError {}

/// Returns whether a character is in the Unicode blocks of emoji. Some symbols in them are no emoji, but the blocks contain no
/// letters that could spell a word.
fn is_symbol(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}' | '\u{3299}'
        | '\u{1f000}'..='\u{1faff}')
}

/// Returns whether a character modifies an emoji: joiner, variation selector, keycap, or tag letter of a flag.
fn is_modifier(c: char) -> bool {
    matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{20e3}' | '\u{e0020}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_emoji_is_one_symbol_with_its_modifiers() {
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
