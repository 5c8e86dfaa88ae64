//! Characters in names that are invisible by themselves: joiners, variation selectors, and the parts of keycaps and flags.
//!
//! Each is allowed only where it can have an effect. The rules are compact, because this crate is part of the page; the server checks
//! joiners again with the tables of Unicode.

/// U+200C separates two letters that would be joined.
const NON_JOINER: char = '\u{200c}';
/// U+200D joins letters of some scripts, and emoji.
const JOINER: char = '\u{200d}';
/// The variation selector that asks for the coloured form of an emoji.
const COLOURED: char = '\u{fe0f}';
/// Encloses a digit, `#` or `*` in a keycap.
const KEYCAP: char = '\u{20e3}';
/// Ends the letters of a flag such as that of Scotland.
const TAG_END: char = '\u{e007f}';

/// Returns whether two names that differ only in this character look alike.
pub fn is_joiner_or_selector(c: char) -> bool {
    matches!(c, NON_JOINER | JOINER | COLOURED)
}

/// Returns whether a joiner, a selector, a keycap or a tag is where it has no effect: at the start or the end, doubled, or beside a
/// character that it does not belong to.
pub(crate) fn has_stray_part(name: &str) -> bool {
    let letters: Vec<char> = name.chars().collect();
    let at = |place: Option<usize>| place.and_then(|place| letters.get(place)).copied().unwrap_or(' ');
    (0..letters.len()).any(|place| {
        let (before, after) = (at(place.checked_sub(1)), at(Some(place + 1)));
        let is_ok = match letters[place] {
            NON_JOINER => is_joining_letter(before) && is_joining_letter(after),
            JOINER => {
                is_joining_letter(before) && is_joining_letter(after)
                    || (is_symbol(before) || before == COLOURED) && is_symbol(after)
            }
            COLOURED => is_symbol(before) || is_keycap_base(before) && after == KEYCAP,
            KEYCAP => is_keycap_base(if before == COLOURED { at(place.checked_sub(2)) } else { before }),
            TAG_END => is_tag_letter(before),
            // The server accepts the few flags that exist.
            tag if is_tag_letter(tag) => {
                (before == '🏴' || is_tag_letter(before)) && (is_tag_letter(after) || after == TAG_END)
            }
            // Selects a variant of a Chinese character that Japanese names need.
            '\u{e0100}'..='\u{e01ef}' => is_han(before),
            _ => true,
        };
        !is_ok
    })
}

/// Returns whether a character is in the Unicode blocks of emoji.
fn is_symbol(c: char) -> bool {
    matches!(c, '\u{a9}' | '\u{ae}' | '\u{203c}'..='\u{20e2}' | '\u{20e4}'..='\u{2bff}' | '\u{3030}' | '\u{303d}' | '\u{3297}'
        | '\u{3299}' | '\u{1f000}'..='\u{1faff}')
}

fn is_keycap_base(c: char) -> bool {
    matches!(c, '0'..='9' | '#' | '*')
}

fn is_tag_letter(c: char) -> bool {
    matches!(c, '\u{e0030}'..='\u{e0039}' | '\u{e0061}'..='\u{e007a}')
}

fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// Returns whether a character is of a script whose letters are joined: Arabic and its neighbours, the scripts of India and South-East
/// Asia, Mongolian and Adlam.
fn is_joining_letter(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{109f}' | '\u{1700}'..='\u{18af}' | '\u{1a20}'..='\u{1cff}' | '\u{a800}'..='\u{abff}'
        | '\u{10a00}'..='\u{10aff}' | '\u{10d00}'..='\u{11fff}' | '\u{1e900}'..='\u{1e95f}')
}
