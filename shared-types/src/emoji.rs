//! Reactions and emoji.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    str::FromStr,
};

use light_json::Json;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

use crate::{Person, checked::json_of_text, limits::EMOJI_BYTES};

/// One emoji under a message, with the people who reacted with it.
#[derive(Clone, Debug, PartialEq, Eq, Json)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct Reaction {
    /// The emoji.
    pub emoji: Emoji,
    /// The people who reacted, in the order of their reactions, with the names they had at that time.
    pub people: Vec<Person>,
}

/// Reading of a message's reactions.
pub(crate) mod stored_reactions {
    use light_json::{FromJson, JsonError, Value};

    use super::{Reaction, merged_reactions};

    /// Reads reactions with serde.
    #[cfg(feature = "serde")]
    pub(crate) fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Reaction>, D::Error> {
        serde::Deserialize::deserialize(deserializer).map(merged_reactions)
    }

    /// Reads reactions with light-json.
    pub(crate) fn from_json(value: &Value<'_>) -> Result<Vec<Reaction>, JsonError> {
        FromJson::from_json(value).map(merged_reactions)
    }
}

/// Returns stored reactions with one entry for each emoji: older servers kept `❤` and `❤\u{fe0f}` apart.
pub fn merged_reactions(reactions: Vec<Reaction>) -> Vec<Reaction> {
    let mut merged: Vec<Reaction> = Vec::with_capacity(reactions.len());
    for reaction in reactions {
        let Some(same) = merged.iter_mut().find(|same| same.emoji == reaction.emoji) else {
            merged.push(reaction);
            continue;
        };
        // The canonical form is the one with all its variation selectors.
        if same.emoji.0.len() < reaction.emoji.0.len() {
            same.emoji = reaction.emoji;
        }
        let is_new = |person: &Person| same.people.iter().all(|other| other.id != person.id);
        let added: Vec<Person> = reaction.people.into_iter().filter(is_new).collect();
        same.people.extend(added);
    }
    merged
}

/// One emoji with its modifiers: skin tones, joined symbols, the two letters of a flag. At most [`EMOJI_BYTES`].
///
/// This type checks the kinds of characters only, so that the page needs no table of all emoji. The server has one, and accepts
/// only emoji that are in it, in their canonical form.
///
/// Two emoji are equal if they differ only in variation selectors: `❤` and `❤\u{fe0f}` are one emoji.
#[derive(Clone, Debug)]
pub struct Emoji(String);

/// The variation selector that asks for the coloured form of an emoji.
const COLOURED: char = '\u{fe0f}';

impl Emoji {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the characters that tell emoji apart.
    fn symbols(&self) -> impl Iterator<Item = char> {
        self.0.chars().filter(|character| *character != COLOURED)
    }
}

impl PartialEq for Emoji {
    fn eq(&self, other: &Self) -> bool {
        self.symbols().eq(other.symbols())
    }
}

impl Eq for Emoji {}

impl PartialOrd for Emoji {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Emoji {
    fn cmp(&self, other: &Self) -> Ordering {
        self.symbols().cmp(other.symbols())
    }
}

impl Hash for Emoji {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.symbols().for_each(|symbol| symbol.hash(state));
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

json_of_text!(Emoji);

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

    #[test]
    fn emoji_that_differ_only_in_variation_selectors_are_equal() {
        let emoji = |text: &str| text.parse::<Emoji>().unwrap();
        assert_eq!(emoji("❤"), emoji("❤\u{fe0f}"));
        assert_eq!(emoji("👁\u{fe0f}\u{200d}🗨"), emoji("👁\u{200d}🗨\u{fe0f}"));
        assert_ne!(emoji("👍"), emoji("👍🏽"));
        let distinct = std::collections::HashSet::from([emoji("❤"), emoji("❤\u{fe0f}"), emoji("🧡")]);
        assert_eq!(distinct.len(), 2);
    }

    #[test]
    fn stored_reactions_with_one_emoji_are_merged() {
        let person = |id: &str| serde_json::json!({ "id": id, "name": id });
        let message = serde_json::json!({
            "seq": 1, "rev": 3, "author": person("ann"), "nonce": "n", "text": "hi", "sentAt": 5,
            "reactions": [
                { "emoji": "❤", "people": [person("ann"), person("bea")] },
                { "emoji": "👍", "people": [person("bea")] },
                { "emoji": "❤\u{fe0f}", "people": [person("bea"), person("cy")] },
            ],
        });
        let message: crate::ChatMessage = serde_json::from_value(message).unwrap();
        let merged: Vec<_> = message
            .reactions
            .iter()
            .map(|reaction| {
                let ids: Vec<&str> = reaction.people.iter().map(|person| person.id.as_str()).collect();
                (reaction.emoji.as_str(), ids.join(" "))
            })
            .collect();
        assert_eq!(merged, [("❤\u{fe0f}", "ann bea cy".into()), ("👍", "bea".to_owned())]);
    }
}
