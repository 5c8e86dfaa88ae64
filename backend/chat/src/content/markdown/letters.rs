//! Classes of characters. They decide where marks and addresses begin and end.

use shared_types::is_invisible;
use unicode_normalization::char::is_combining_mark;

/// Returns whether a reader sees the character.
pub(super) fn is_visible(letter: char) -> bool {
    !letter.is_whitespace() && !letter.is_control() && !is_invisible(letter)
}

/// Returns whether a text has a visible character that is none of `markers`.
pub(super) fn has_visible_besides(text: &str, markers: &[char]) -> bool {
    text.chars().any(|letter| is_visible(letter) && !markers.contains(&letter))
}

/// Returns whether the character is part of a word in a script that separates words by spaces.
pub(super) fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric()
        || !letter.is_ascii() && !is_unspaced(letter) && (letter.is_alphanumeric() || is_combining_mark(letter))
}

/// Returns whether the character is of a script that does not separate words by spaces, or that appends particles to words, as
/// Korean does. Each such character is treated as a word.
pub(super) fn is_unspaced(letter: char) -> bool {
    matches!(letter,
        // Thai, Lao, Myanmar, Hangul, Khmer.
        '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}' | '\u{1780}'..='\u{17ff}'
        // Chinese, Japanese and Korean letters. Punctuation (U+3000 to U+3004, U+3008 to U+3020) is not among them.
        | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{302f}' | '\u{3031}'..='\u{3035}'
        | '\u{303b}'..='\u{303c}' | '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' | '\u{30fc}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}' | '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}'
        | '\u{ff66}'..='\u{ff9d}' | '\u{ffa1}'..='\u{ffdc}' | '\u{1b000}'..='\u{1b16f}' | '\u{20000}'..='\u{3ffff}')
}

/// Returns whether the character is an opening bracket or quote outside ASCII.
pub(super) fn is_wide_opening(letter: char) -> bool {
    matches!(
        letter,
        '«' | '‹'
            | '“'
            | '‘'
            | '„'
            | '¿'
            | '¡'
            | '〈'
            | '《'
            | '「'
            | '『'
            | '【'
            | '〔'
            | '〖'
            | '〘'
            | '〚'
            | '（'
            | '［'
            | '｛'
            | '＜'
            | '｢'
    )
}

/// Returns whether the character is of the Latin script or a mark on a letter, so that it continues an ASCII word.
pub(super) fn continues_latin(letter: char) -> bool {
    matches!(letter, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}') || is_combining_mark(letter)
}

/// Returns whether the character is never part of an address in running text: white space, invisible characters, quotes, and
/// punctuation outside ASCII.
pub(super) fn ends_address(letter: char) -> bool {
    // Persian and Indic words contain joiners (U+200C and U+200D).
    let is_hidden = letter.is_control() || is_invisible(letter) && !matches!(letter, '\u{200c}' | '\u{200d}');
    letter.is_whitespace()
        || is_hidden
        || matches!(letter,
            '"' | '<' | '>' | '`' | '|' | '\\' | '«' | '»' | '¡' | '¿'
            // Arabic and Indic punctuation.
            | '\u{60c}' | '\u{61b}' | '\u{61f}' | '\u{6d4}' | '\u{964}' | '\u{965}'
            // Dashes, quotes, ellipses. The hyphens and the en dash before them are in many titles.
            | '\u{2014}'..='\u{2027}' | '\u{2030}'..='\u{205e}'
            // Chinese and Japanese punctuation, full-width forms of ASCII punctuation, half-width Japanese punctuation.
            | '\u{3001}'..='\u{3003}' | '\u{3008}'..='\u{3020}' | '\u{3030}' | '\u{303d}' | '\u{ff01}'..='\u{ff0f}'
            | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}' | '\u{fe10}'..='\u{fe6b}')
}
