//! Letters that search does not tell apart. The server folds texts with these rules, and the page marks the letters that match.

/// Returns whether search ignores a character: accents, the points of Hebrew, the marks and the tatweel of Arabic, joiners and variation
/// selectors. The voicing marks of Japanese and the vowels and viramas of India and South-East Asia make other letters, so they count.
pub fn is_ignored_in_search(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{300}'..='\u{36f}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5bd}' | '\u{5bf}' | '\u{5c1}' | '\u{5c2}'
        | '\u{5c4}' | '\u{5c5}' | '\u{5c7}' | '\u{610}'..='\u{61a}' | '\u{640}' | '\u{64b}'..='\u{65f}' | '\u{670}'
        | '\u{6d6}'..='\u{6dc}' | '\u{6df}'..='\u{6e4}' | '\u{6e7}' | '\u{6e8}' | '\u{6ea}'..='\u{6ed}' | '\u{711}'
        | '\u{730}'..='\u{74a}' | '\u{8d3}'..='\u{8e1}' | '\u{8e3}'..='\u{8ff}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}'
        | '\u{200b}'..='\u{200d}' | '\u{20d0}'..='\u{20ff}' | '\u{fe00}'..='\u{fe0f}' | '\u{fe20}'..='\u{fe2f}')
}

/// Passes on what a letter is compared as. The letter is in lower case and has no accent.
pub fn fold_letter(letter: char, mut push: impl FnMut(char)) {
    let (first, second) = match letter {
        'ß' => ('s', Some('s')),
        'æ' => ('a', Some('e')),
        'œ' => ('o', Some('e')),
        'ø' => ('o', None),
        'đ' | 'ð' => ('d', None),
        'ł' => ('l', None),
        'ħ' => ('h', None),
        'ŧ' => ('t', None),
        // The Turkish letter without a dot.
        'ı' => ('i', None),
        // At the end of a word.
        'ς' => ('σ', None),
        // Katakana as hiragana.
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => (char::from_u32(letter as u32 - 0x60).unwrap_or(letter), None),
        _ => (letter, None),
    };
    push(first);
    if let Some(second) = second {
        push(second);
    }
}
