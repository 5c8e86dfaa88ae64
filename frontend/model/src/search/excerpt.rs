//! The part of a message that matches a search.

use std::ops::Range;

use shared_types::{fold_letter, is_ignored_in_search};

/// Maximum length of an excerpt, in characters: about three lines.
const EXCERPT_CHARS: usize = 240;
/// Maximum length of the text before the first match, in characters.
const LEAD_CHARS: usize = 60;

/// A part of an excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExcerptPart {
    /// The text.
    pub text: String,
    /// Whether it matches the search.
    pub matches: bool,
}

/// The part of `text` around the first match of a word in `wanted`, by the rules of the server's search. `lower_parts` returns the
/// compatible parts of a character (Unicode's NFKD) in lower case: the browser has these tables, so that the page need not.
pub fn excerpt(text: &str, wanted: &str, lower_parts: &dyn Fn(char) -> String) -> Vec<ExcerptPart> {
    let letters: Vec<char> = text.chars().collect();
    let folded = fold(&letters, lower_parts);
    let mut matches = vec![false; letters.len()];
    for word in wanted.split_whitespace() {
        let word: Vec<char> =
            fold(&word.chars().collect::<Vec<_>>(), lower_parts).iter().map(|(letter, _)| *letter).collect();
        if word.is_empty() {
            continue;
        }
        for window in folded.windows(word.len()) {
            if window.iter().map(|(letter, _)| letter).eq(&word) {
                matches[window[0].1.start..window[word.len() - 1].1.end].fill(true);
            }
        }
    }
    let first = matches.iter().position(|matches| *matches).unwrap_or(0);
    let begin = if letters.len() > EXCERPT_CHARS { first.saturating_sub(LEAD_CHARS) } else { 0 };
    let end = letters.len().min(begin + EXCERPT_CHARS);
    let mut parts = marked_parts(&letters[begin..end], &matches[begin..end]);
    if begin > 0 {
        parts.insert(0, ExcerptPart { text: "…".into(), matches: false });
    }
    if end < letters.len() {
        parts.push(ExcerptPart { text: "…".into(), matches: false });
    }
    parts
}

/// Returns the parts of a text. `marks` has one entry for each letter: whether it matches.
pub(crate) fn parts_of(text: &str, marks: &[bool]) -> Vec<ExcerptPart> {
    marked_parts(&text.chars().collect::<Vec<_>>(), marks)
}

fn marked_parts(letters: &[char], marks: &[bool]) -> Vec<ExcerptPart> {
    let mut parts: Vec<ExcerptPart> = Vec::new();
    for (letter, matches) in letters.iter().zip(marks) {
        match parts.last_mut() {
            Some(part) if part.matches == *matches => part.text.push(*letter),
            _ => parts.push(ExcerptPart { text: (*letter).into(), matches: *matches }),
        }
    }
    parts
}

/// Returns the folded letters of a text, each with the range of the letters that it stands for. Marks belong to the letter before them.
pub(crate) fn fold(letters: &[char], lower_parts: &dyn Fn(char) -> String) -> Vec<(char, Range<usize>)> {
    let mut folded: Vec<(char, Range<usize>)> = Vec::with_capacity(letters.len());
    let mut start = 0;
    while let Some(&letter) = letters.get(start) {
        let belongs = |letter: &&char| is_ignored_in_search(**letter) || voicing(**letter).is_some();
        let marks = letters[start + 1..].iter().take_while(belongs).count();
        let end = start + 1 + if letter.is_whitespace() { 0 } else { marks };
        let before = folded.len();
        fold_cluster(letter, lower_parts, |part| folded.push((part, start..end)));
        if let (Some(mark), true) =
            (letters[start + 1..end].iter().find_map(|mark| voicing(*mark)), folded.len() > before)
            && let Some((last, _)) = folded.last_mut()
        {
            *last = voiced(*last, mark);
        }
        start = end;
    }
    folded
}

fn fold_cluster(letter: char, lower_parts: &dyn Fn(char) -> String, mut push: impl FnMut(char)) {
    let mut fold = |lower: char| {
        if !is_ignored_in_search(lower) {
            fold_letter(lower, &mut push);
        }
    };
    match letter {
        // Letters that stay whole.
        'Й' | 'й' => fold('й'),
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => fold(letter),
        _ if letter.is_ascii() => fold(letter.to_ascii_lowercase()),
        _ => lower_parts(letter).chars().for_each(fold),
    }
}

/// How much a voicing mark of Japanese, as wide or narrow character, adds to the letter before it.
fn voicing(mark: char) -> Option<u32> {
    match mark {
        '\u{3099}' | '\u{ff9e}' => Some(1),
        '\u{309a}' | '\u{ff9f}' => Some(2),
        _ => None,
    }
}

fn voiced(letter: char, mark: u32) -> char {
    match letter {
        'う' => 'ゔ',
        'か'..='と' | 'は'..='ほ' => char::from_u32(letter as u32 + mark).unwrap_or(letter),
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    fn lower_parts(letter: char) -> String {
        std::iter::once(letter).nfkd().flat_map(char::to_lowercase).collect()
    }

    /// Formats the parts in one line, with brackets around matches.
    fn line(text: &str, wanted: &str) -> String {
        let part = |part: ExcerptPart| if part.matches { format!("[{}]", part.text) } else { part.text };
        excerpt(text, wanted, &lower_parts).into_iter().map(part).collect()
    }

    #[test]
    fn an_excerpt_marks_every_match() {
        for (text, wanted, expected) in [
            ("Where is the boat?", "boat", "Where is the [boat]?"),
            ("Boat, BOAT, boats", "boat", "[Boat], [BOAT], [boat]s"),
            ("two words in a text", "text two", "[two] words in a [text]"),
            ("aaa", "aa", "[aaa]"),
            ("猫がいる。猫！", "猫", "[猫]がいる。[猫]！"),
            ("Straße ÄÖ", "äö", "Straße [ÄÖ]"),
            ("<b>bold</b>", "b>", "<[b>]bold</[b>]"),
            ("nothing", "else", "nothing"),
            ("", "x", ""),
            ("Une crème brûlée.", "brulee", "Une crème [brûlée]."),
            ("a naive idea", "naïve", "a [naive] idea"),
            ("Bru\u{302}le\u{301}e!", "brulee", "[Bru\u{302}le\u{301}e]!"),
            ("İstanbul'da", "istanbul", "[İstanbul]'da"),
            ("Die Straße.", "strasse", "Die [Straße]."),
            ("Die STRASSE.", "straße", "Die [STRASSE]."),
            ("これはカタカナ", "かたかな", "これは[カタカナ]"),
            ("ｶﾞﾗｽです", "がらす", "[ｶﾞﾗｽ]です"),
            ("が か", "か", "が [か]"),
            ("مـحـمـد", "محمد", "[مـحـمـد]"),
            ("ＡＢＣ", "abc", "[ＡＢＣ]"),
            ("aß", "s", "a[ß]"),
            ("ﬁn", "fin", "[ﬁn]"),
        ] {
            assert_eq!(line(text, wanted), expected, "{wanted} in {text}");
        }
    }

    #[test]
    fn an_excerpt_has_the_letters_of_the_message() {
        let mut random = fastrand::Rng::with_seed(1);
        let notable =
            ['a', 'ß', 'İ', 'é', '\u{301}', 'ガ', 'ｶ', '\u{ff9e}', 'ـ', '\u{fdfa}', '각', ' ', '😀', '\u{200d}'];
        for _ in 0..20_000 {
            let mut text = |length: usize| -> String {
                let letter = |random: &mut fastrand::Rng| match random.bool() {
                    true => notable[random.usize(0..notable.len())],
                    false => random.char(..),
                };
                (0..random.usize(0..length)).map(|_| letter(&mut random)).collect()
            };
            let (text, wanted) = (text(12), text(4));
            let parts = excerpt(&text, &wanted, &lower_parts);
            assert_eq!(parts.iter().map(|part| part.text.as_str()).collect::<String>(), text, "{wanted}");
            // What is marked contains the word, and each letter finds itself.
            let own = excerpt(&text, &text, &lower_parts);
            let folds = |text: &str| !fold(&text.chars().collect::<Vec<_>>(), &lower_parts).is_empty();
            for part in own.iter().filter(|part| !part.matches) {
                assert!(part.text.split_whitespace().all(|word| !folds(word)), "{text:?}: {:?}", part.text);
            }
        }
    }

    #[test]
    fn an_excerpt_of_a_long_message_surrounds_the_first_match() {
        let text = ["a".repeat(1_000), "boat".into(), "b".repeat(1_000)].concat();
        let expected = ["…", &"a".repeat(LEAD_CHARS), "[boat]", &"b".repeat(EXCERPT_CHARS - LEAD_CHARS - 4), "…"];
        assert_eq!(line(&text, "boat"), expected.concat());
        let expected = ["[boat]", &"b".repeat(EXCERPT_CHARS - 4), "…"];
        assert_eq!(line(&text[1_000..], "boat"), expected.concat());
    }
}
