//! Folding: texts that differ only in width, composition or case have the same folded text. Search compares folded texts.

use std::{borrow::Cow, iter::once};

use shared_types::limits;
use unicode_normalization::{IsNormalized, UnicodeNormalization, char::canonical_combining_class, is_nfkc_quick};

/// Maximum length of a folded text, in characters. One character can expand to 18 (U+FDFA), which is 72,000 for the longest text.
const MAX_CHARS: usize = 2 * limits::TEXT_CHARS;

/// Folds a text: NFKC, then lower case. Only the first [`MAX_CHARS`] characters are returned.
///
/// Most texts need no normalization, and many have no upper case either. These are found by one look at each character, and
/// returned as they are. A message of 4,000 characters takes 1 to 20 µs then, and up to 200 µs if all of it has to be normalized.
pub(crate) fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        let text = &text[..text.len().min(MAX_CHARS)];
        let has_upper_case = text.bytes().any(|byte| byte.is_ascii_uppercase());
        return if has_upper_case { Cow::Owned(text.to_ascii_lowercase()) } else { Cow::Borrowed(text) };
    }
    let same = text.char_indices().take(MAX_CHARS).find(|(_, character)| !is_folded(*character));
    match same {
        None => Cow::Borrowed(text.char_indices().nth(MAX_CHARS).map_or(text, |(end, _)| &text[..end])),
        Some(_) => Cow::Owned(Folder::fold(text)),
    }
}

/// Writes a folded text.
struct Folder {
    folded: String,
    /// Number of characters that may follow.
    left: usize,
}

impl Folder {
    fn fold(mut rest: &str) -> String {
        let mut folder = Self { folded: String::with_capacity(rest.len()), left: MAX_CHARS };
        while !rest.is_empty() && folder.left > 0 {
            let (stable, after) = rest.split_at(rest.find(|character| !is_stable(character)).unwrap_or(rest.len()));
            // The last stable character may change together with what follows.
            let last = stable.char_indices().next_back().filter(|_| !after.is_empty());
            let (unchanged, changed) = rest.split_at(last.map_or(stable.len(), |(start, _)| start));
            folder.lower_case(unchanged.chars());
            // It is changed up to the next stable character, which is not part of it.
            let first = changed.chars().next().map_or(0, char::len_utf8);
            let (changed, next) =
                changed.split_at(changed[first..].find(is_stable).map_or(changed.len(), |end| first + end));
            folder.lower_case(changed.nfkc());
            rest = next;
        }
        folder.folded
    }

    fn lower_case(&mut self, characters: impl Iterator<Item = char>) {
        for character in characters.take(self.left) {
            if is_folded(character) {
                self.push(character);
            } else {
                character.to_lowercase().for_each(|lower| self.push(lower));
            }
        }
    }

    fn push(&mut self, character: char) {
        if self.left > 0 {
            self.left -= 1;
            self.folded.push(character);
        }
    }
}

/// Returns whether a character neither changes by normalization nor combines with a character before it. Then a text can be
/// normalized in two parts, of which the second one begins here.
fn is_stable(character: char) -> bool {
    // Marks, parts of Korean syllables, compatibility forms and symbols. Most are not stable, and the tables are slow.
    let is_suspect = matches!(
        character,
        '\u{300}'..='\u{36f}' | '\u{1100}'..='\u{11ff}' | '\u{f900}'..='\u{ffff}' | '\u{1d000}'..='\u{1d7ff}'
    );
    is_folded(character)
        || character.is_ascii()
        || !is_suspect
            && canonical_combining_class(character) == 0
            && is_nfkc_quick(once(character)) == IsNormalized::Yes
}

/// Returns whether a character is stable and is its own lower case. It knows the usual ones only: the letters of the larger
/// scripts without upper case, lower case letters of others, and emoji.
fn is_folded(character: char) -> bool {
    matches!(
        character,
        '\0'..='@' | '['..='\u{7f}' | 'ß'..='ÿ' // ASCII and Western European
            | 'α'..='ω' | 'а'..='џ' // Greek and Cyrillic
            | 'א'..='ת' | 'ء'..='ي' // Hebrew and Arabic
            | 'अ'..='ह' | 'ก'..='ะ' // Devanagari and Thai
            | '、'..='〩' | 'ぁ'..='ゖ' | 'ァ'..='ヺ' | '㐀'..='䶿' | '一'..='鿿' | '가'..='힣' // Chinese, Japanese, Korean
            | '\u{2013}'..='\u{2014}' | '\u{2018}'..='\u{201e}' | '🌀'..='🛗' | '🤀'..='🧿'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Folds a text in the obvious way.
    fn slowly_folded(text: &str) -> String {
        text.nfkc().flat_map(char::to_lowercase).take(MAX_CHARS).collect()
    }

    fn check(text: &str) {
        assert_eq!(folded(text), slowly_folded(text), "{}", text.escape_unicode());
    }

    #[test]
    fn folding_ignores_case_width_and_composition() {
        for (text, expected) in
            [("STRASSE Ärger", "strasse ärger"), ("ＡＢＣ１２３", "abc123"), ("ｶﾞﾗｽ", "ガラス"), ("CAFE\u{301}", "café")]
        {
            assert_eq!(folded(text), expected);
        }
    }

    #[test]
    fn every_character_is_folded_as_normalization_says() {
        for character in '\0'..=char::MAX {
            let mut text = String::from(character);
            check(&text);
            // Planes 2 and above have ideographs and tags only.
            if character >= '\u{20000}' {
                continue;
            }
            // Followed by a mark that combines, by one that is reordered, and by letters that combine with a syllable.
            for next in ['\u{301}', '\u{323}', '\u{3099}', '\u{11a8}', '\u{1161}'] {
                text.push(next);
                check(&text);
                text.insert(0, next);
                check(&text);
                text.pop();
                text.remove(0);
            }
        }
    }

    #[test]
    fn random_texts_are_folded_as_normalization_says() {
        let mut random = fastrand::Rng::with_seed(1);
        let notable =
            ['a', 'É', 'が', '\u{301}', '\u{323}', '\u{5ae}', '\u{fdfa}', '\u{1d160}', '\u{1100}', '\u{1161}', '각'];
        for _ in 0..20_000 {
            let length = random.usize(0..12);
            let character = |random: &mut fastrand::Rng| match random.u8(0..4) {
                0 => notable[random.usize(0..notable.len())],
                1 => random.char('\0'..='\u{3ff}'),
                2 => random.char('\u{300}'..='\u{36f}'),
                _ => random.char(..),
            };
            check(&std::iter::repeat_with(|| character(&mut random)).take(length).collect::<String>());
        }
    }

    #[test]
    fn a_folded_text_is_bounded() {
        for pattern in ["a", "A", "語", "É", "\u{fdfa}", "İ", "a\u{fdfa}", "語É"] {
            let text = pattern.repeat(MAX_CHARS);
            assert_eq!(folded(&text).chars().count(), MAX_CHARS, "{pattern}");
            check(&text);
        }
    }
}
