//! Joiners in names: U+200C and U+200D are allowed where the script needs them (RFC 5892, appendix A.1 and A.2), and within an emoji.

use shared_types::Emoji;
use unicode_joining_type::{JoiningType, get_joining_type};
use unicode_normalization::char::canonical_combining_class;

use crate::content::emoji::canonical;

/// The canonical combining class of a virama, which suppresses the vowel of a letter in the scripts of India.
const VIRAMA: u8 = 9;

/// Returns whether a joiner of a name has no effect on how it is read. [`shared_types::PersonName`] has rejected joiners at the ends
/// and beside characters of other scripts.
pub(super) fn has_stray_joiner(name: &str) -> bool {
    let letters: Vec<char> = name.chars().collect();
    letters.iter().enumerate().any(|(place, letter)| {
        let (before, after) = (&letters[..place], &letters[place + 1..]);
        let follows_virama = before.last().is_some_and(|letter| canonical_combining_class(*letter) == VIRAMA);
        match letter {
            '\u{200c}' => !follows_virama && !separates(before, after),
            '\u{200d}' => !follows_virama && !is_emoji(before, &letters[place..]),
            // The last letter of a flag.
            '\u{e007f}' => !is_emoji(before, &letters[place..]),
            _ => false,
        }
    })
}

/// Returns whether the letters on both sides would be joined without a joiner between them. Marks are transparent.
fn separates(before: &[char], after: &[char]) -> bool {
    let joining = |letter: &char| get_joining_type(*letter);
    let is_letter = |joining: &JoiningType| *joining != JoiningType::Transparent;
    let left = before.iter().rev().map(joining).find(is_letter);
    let right = after.iter().map(joining).find(is_letter);
    matches!(left, Some(JoiningType::LeftJoining | JoiningType::DualJoining))
        && matches!(right, Some(JoiningType::RightJoining | JoiningType::DualJoining))
}

/// Returns whether the joiner or tag at the start of `rest` is part of exactly one emoji.
fn is_emoji(before: &[char], rest: &[char]) -> bool {
    let start = before.iter().enumerate().rev().scan('\u{200d}', |next, (place, letter)| {
        // A symbol begins an emoji unless it is joined to what is before it.
        let goes_on = is_modifier(*letter) || is_modifier(*next) || *letter == '\u{200d}';
        *next = *letter;
        goes_on.then_some(place)
    });
    let start = start.last().unwrap_or(before.len());
    let mut end = 1;
    while rest.get(end).is_some_and(|letter| is_modifier(*letter) || rest[end - 1] == '\u{200d}') {
        end += 1;
    }
    let emoji: String = before[start..].iter().chain(&rest[..end]).collect();
    emoji.parse::<Emoji>().is_ok_and(|emoji| canonical(&emoji).is_ok())
}

/// Returns whether a character belongs to the symbol before it.
fn is_modifier(letter: char) -> bool {
    matches!(letter, '\u{200d}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0020}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joiners_are_allowed_where_their_script_or_emoji_needs_them() {
        for (name, is_stray) in [
            ("علی\u{200c}رضا", false),
            ("می\u{200c}خواهم", false),
            // ا does not join the next letter.
            ("رضا\u{200c}علی", true),
            ("د\u{200c}ر", true),
            ("عَلِي\u{64e}\u{200c}رضا", false),
            ("علی\u{200d}رضا", true),
            ("क\u{94d}\u{200d}ष", false),
            ("क\u{94d}\u{200c}ष", false),
            ("क\u{200d}ष", true),
            ("ශ\u{dca}\u{200d}රී", false),
            ("🏳\u{fe0f}\u{200d}🌈", false),
            ("🏳\u{200d}🌈👍", false),
            ("👍🏳\u{fe0f}\u{200d}🌈", false),
            ("Ann 👩🏽\u{200d}🚀", false),
            ("👨\u{200d}👩\u{200d}👧\u{200d}👦", false),
            ("👍\u{200d}👎", true),
            ("→\u{200d}→", true),
            ("👨\u{200d}👩\u{200d}👎", true),
            ("🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}", false),
            ("🏴\u{e0061}\u{e0061}\u{e007f}", true),
            ("Ann", false),
        ] {
            assert_eq!(has_stray_joiner(name), is_stray, "{}", name.escape_unicode());
        }
    }
}
