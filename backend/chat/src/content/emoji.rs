//! The table of all emoji. It is only in the server: the page does not need it, and would be larger by half a megabyte.

use std::sync::LazyLock;

use shared_types::Emoji;

/// A text is not one emoji. Its `Display` is a sentence for the person who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a reaction or an icon must be one emoji")]
pub struct NotOneEmoji;

/// The variation selector that asks for the coloured form of an emoji. Some keyboards and older texts leave it out.
const COLOURED: char = '\u{fe0f}';

/// All emoji that Unicode recommends for interchange (RGI), skin tones included, sorted by their characters without selectors.
/// Crate `emojis` looks up incomplete forms, too, but for some pairs of people it returns another skin tone.
static EMOJI: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    let with_tones = |emoji: &'static emojis::Emoji| emoji.skin_tones().into_iter().flatten().chain([emoji]);
    let mut all: Vec<&str> = emojis::iter().flat_map(with_tones).map(emojis::Emoji::as_str).collect();
    all.sort_unstable_by(|one, other| symbols(one).cmp(symbols(other)));
    all.dedup();
    all
});

fn symbols(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|character| *character != COLOURED)
}

/// Returns an emoji in its canonical form: Unicode's "fully qualified" one, with all its variation selectors.
///
/// # Errors
///
/// [`NotOneEmoji`] if the text is not exactly one emoji.
pub fn canonical(emoji: &Emoji) -> Result<Emoji, NotOneEmoji> {
    let text = emoji.as_str();
    let has_useless_selector = text.starts_with(COLOURED) || text.contains("\u{fe0f}\u{fe0f}");
    let place = EMOJI.binary_search_by(|known| symbols(known).cmp(symbols(text)));
    match place {
        Ok(place) if !has_useless_selector => EMOJI[place].parse().map_err(|_| NotOneEmoji),
        Ok(_) | Err(_) => Err(NotOneEmoji),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical_form(text: &str) -> Option<String> {
        text.parse::<Emoji>().ok().and_then(|emoji| canonical(&emoji).ok()).map(|emoji| emoji.as_str().to_owned())
    }

    #[test]
    fn every_emoji_is_accepted_with_and_without_its_selectors() {
        assert!(EMOJI.len() > 3_900, "{}", EMOJI.len());
        for &emoji in EMOJI.iter() {
            assert_eq!(canonical_form(emoji).as_deref(), Some(emoji), "{}", emoji.escape_unicode());
            let bare: String = symbols(emoji).collect();
            // A bare digit is no emoji of the wire.
            assert_eq!(canonical_form(&bare).as_deref(), Some(emoji), "{}", bare.escape_unicode());
        }
    }

    #[test]
    fn every_kind_of_emoji_sequence_has_a_canonical_form() {
        for (text, expected) in [
            ("👍", "👍"),
            ("❤", "❤\u{fe0f}"),
            ("❤\u{fe0f}", "❤\u{fe0f}"),
            ("👍🏽", "👍🏽"),
            ("👍\u{fe0f}", "👍"),
            ("🇯🇵", "🇯🇵"),
            ("1\u{20e3}", "1\u{fe0f}\u{20e3}"),
            ("#\u{fe0f}\u{20e3}", "#\u{fe0f}\u{20e3}"),
            ("🏳\u{200d}🌈", "🏳\u{fe0f}\u{200d}🌈"),
            ("👁\u{fe0f}\u{200d}🗨", "👁\u{fe0f}\u{200d}🗨\u{fe0f}"),
            ("👨\u{200d}👩\u{200d}👧\u{200d}👦", "👨\u{200d}👩\u{200d}👧\u{200d}👦"),
            ("👩🏽\u{200d}❤\u{200d}💋\u{200d}👩🏽", "👩🏽\u{200d}❤\u{fe0f}\u{200d}💋\u{200d}👩🏽"),
            (
                "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
                "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
            ),
            ("©", "©\u{fe0f}"),
            ("㊗", "㊗\u{fe0f}"),
        ] {
            assert_eq!(canonical_form(text).as_deref(), Some(expected), "{}", text.escape_unicode());
        }
    }

    #[test]
    fn what_is_not_exactly_one_emoji_is_rejected() {
        for text in [
            "\u{2067}",
            "\u{206e}",
            "ℋℯℓℓℴ",
            "ℋ",
            "🇯🇵🇺🇸",
            "🇯",
            "🇽🇽",
            "▇",
            "→",
            "⑴",
            "🀀",
            "👍👍",
            "👍👎",
            "🏽",
            "👍🏽🏽",
            "👍\u{200d}",
            "👍\u{200d}👎",
            "👍\u{20e3}",
            "👍\u{fe0f}\u{fe0f}",
            "\u{fe0f}👍",
            "❤\u{fe0e}",
            "🏴\u{e0067}",
            "🏴\u{e0067}\u{e0062}\u{e007f}",
            "\u{1faff}",
        ] {
            assert_eq!(canonical_form(text), None, "{}", text.escape_unicode());
        }
    }
}
