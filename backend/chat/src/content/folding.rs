//! Folding: texts that differ only in width, composition, case, accents or the kind of kana have the same folded text. Search compares
//! folded texts. Nothing folded is stored.

use std::{borrow::Cow, iter::once, sync::LazyLock};

use shared_types::{fold_letter, is_ignored_in_search, limits};
use unicode_normalization::{
    IsNormalized, UnicodeNormalization,
    char::{canonical_combining_class, decompose_canonical},
    is_nfkc_quick,
};

/// Maximum length of a folded text, in characters. One character can expand to 18 (U+FDFA), which is 72,000 for the longest text.
const MAX_CHARS: usize = 2 * limits::TEXT_CHARS;

/// Folds a text: NFKC, then lower case, then each letter without its accents ([`fold_letter`]). Only the first [`MAX_CHARS`] characters
/// are returned.
///
/// Most texts need no normalization, and many are folded already. These are found by one look at each character, and
/// returned as they are. A message of 4,000 characters takes 1 to 25 µs then, and up to 220 µs if all of it has to be normalized.
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
        for character in characters {
            if self.left == 0 {
                break;
            }
            if is_folded(character) {
                self.push(character);
            } else if let Some(letter) = LETTERS.get(character as usize) {
                letter.folded.into_iter().take(letter.length).for_each(|folded| self.push(folded));
            } else {
                fold_composed_letters(character, |folded| self.push(folded));
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

/// A letter of the scripts with accents.
struct Letter {
    folded: [char; 2],
    length: usize,
    is_stable: bool,
}

/// The letters below U+2000, looked up once: the tables of Unicode take ten times as long.
static LETTERS: LazyLock<Vec<Letter>> = LazyLock::new(|| {
    let letter = |character: char| {
        let (mut folded, mut length) = (['\0'; 2], 0);
        fold_composed_letters(character, |part| {
            if let Some(place) = folded.get_mut(length) {
                *place = part;
                length += 1;
            }
        });
        Letter { folded, length, is_stable: is_stable_by_tables(character) }
    };
    ('\0'..'\u{2000}').map(letter).collect()
});

/// Passes on what a composed letter is compared as.
fn fold_composed_letters(character: char, mut push: impl FnMut(char)) {
    if is_kana(character) {
        return fold_letter(character, push);
    }
    character.to_lowercase().for_each(|lower| fold_composed(lower, &mut push));
}

/// Returns whether a character is a composed katakana.
fn is_kana(character: char) -> bool {
    matches!(character, 'ァ'..='ヺ')
}

/// Passes on what a composed letter in lower case is compared as.
fn fold_composed(letter: char, push: impl FnMut(char)) {
    if is_ignored_in_search(letter) {
        return;
    }
    // Letters above have no accents, or are syllables that must not be taken apart. й is a letter of its own.
    if !('\u{e0}'..'\u{2000}').contains(&letter) || letter == 'й' {
        return fold_letter(letter, push);
    }
    let (mut base, mut has_other_parts) = (None, false);
    decompose_canonical(letter, |part| {
        has_other_parts |= base.is_some() && !is_ignored_in_search(part);
        base = base.or(Some(part));
    });
    fold_letter(if has_other_parts { letter } else { base.unwrap_or(letter) }, push);
}

/// Returns whether a character neither changes by normalization nor combines with a character before it. Then a text can be
/// normalized in two parts, of which the second one begins here.
fn is_stable(character: char) -> bool {
    is_folded(character)
        || is_kana(character)
        || LETTERS.get(character as usize).map_or_else(|| is_stable_by_tables(character), |letter| letter.is_stable)
}

fn is_stable_by_tables(character: char) -> bool {
    // Marks, parts of Korean syllables, compatibility forms and symbols. Most are not stable, and the tables are slow.
    let is_suspect = matches!(
        character,
        '\u{300}'..='\u{36f}' | '\u{1100}'..='\u{11ff}' | '\u{f900}'..='\u{ffff}' | '\u{1d000}'..='\u{1d7ff}'
    );
    character.is_ascii()
        || !is_suspect
            && canonical_combining_class(character) == 0
            && is_nfkc_quick(once(character)) == IsNormalized::Yes
}

/// Returns whether a character is stable and stays as it is. It knows the usual ones only: the letters of the larger
/// scripts without upper case, lower case letters of others, and emoji.
fn is_folded(character: char) -> bool {
    matches!(
        character,
        '\0'..='@' | '['..='\u{7f}' // ASCII
            | 'α'..='ρ' | 'σ'..='ω' | 'а'..='я' // Greek and Cyrillic
            | 'א'..='ת' | 'ا'..='غ' | 'ف'..='ي' // Hebrew and Arabic
            | 'अ'..='ह' | 'ก'..='ะ' // Devanagari and Thai
            | '、'..='〩' | 'ぁ'..='ゖ' | '㐀'..='䶿' | '一'..='鿿' | '가'..='힣' // Chinese, Japanese, Korean
            | '\u{2013}'..='\u{2014}' | '\u{2018}'..='\u{201e}' | '🌀'..='🛗' | '🤀'..='🧿'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Folds a text in the obvious way.
    fn slowly_folded(text: &str) -> String {
        let mut folded = String::new();
        text.nfkc().flat_map(char::to_lowercase).for_each(|letter| fold_composed(letter, |part| folded.push(part)));
        folded.chars().take(MAX_CHARS).collect()
    }

    fn check(text: &str) {
        assert_eq!(folded(text), slowly_folded(text), "{}", text.escape_unicode());
    }

    #[test]
    fn folding_ignores_case_width_and_composition() {
        for (text, expected) in
            [("STRASSE Ärger", "strasse arger"), ("ＡＢＣ１２３", "abc123"), ("ｶﾞﾗｽ", "がらす"), ("CAFE\u{301}", "cafe")]
        {
            assert_eq!(folded(text), expected);
        }
    }

    #[test]
    fn letters_that_people_do_not_tell_apart_are_folded() {
        for (text, same) in [
            ("brûlée", "brulee"),
            ("NAÏVE", "naive"),
            ("İstanbul", "istanbul"),
            ("Iğdır", "igdir"),
            ("Straße", "STRASSE"),
            ("ẞ", "ss"),
            ("カタカナ", "かたかな"),
            ("ｶﾀｶﾅ", "かたかな"),
            ("パン", "ぱん"),
            ("Tiếng Việt", "tieng viet"),
            ("Łódź", "lodz"),
            ("smørrebrød", "smorrebrod"),
            ("Œuvre", "oeuvre"),
            ("ΟΔΥΣΣΕΎΣ", "οδυσσευς"),
            ("ёлка", "елка"),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد", "محمد"),
            ("مـحـمـد", "محمد"),
            ("أحمد", "احمد"),
            ("علی\u{200c}رضا", "علیرضا"),
            ("❤\u{fe0f}", "❤"),
        ] {
            assert_eq!(folded(text), folded(same), "{text}");
        }
    }

    #[test]
    fn other_letters_stay_apart() {
        for (text, other) in
            [("が", "か"), ("ぱ", "は"), ("ガ", "カ"), ("ｶﾞ", "ｶ"), ("й", "и"), ("각", "가"), ("ö", "u")]
        {
            assert!(!folded(text).contains(&*folded(other)), "{other} in {text}");
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
