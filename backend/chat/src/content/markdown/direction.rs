//! The direction of a text: that of its first letter.

use unicode_normalization::char::is_combining_mark;

use super::blocks::Block;

/// The direction in which a text is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    LeftToRight,
    RightToLeft,
}

/// Returns the direction of a text; `None` if it has no letter.
pub(super) fn of_text(text: &str) -> Option<Direction> {
    text.chars().find_map(of_letter)
}

/// Returns the direction of blocks, which is that of the first one with a letter.
pub(super) fn of_blocks(blocks: &[Block<'_>]) -> Option<Direction> {
    blocks.iter().find_map(of_block)
}

/// Returns the direction of a block; `None` if it has no letter.
pub(super) fn of_block(block: &Block<'_>) -> Option<Direction> {
    match block {
        Block::Paragraph(lines) | Block::Code { lines, .. } => lines.iter().find_map(|line| of_text(line)),
        Block::Heading(text) => of_text(text),
        Block::Quote(blocks) => of_blocks(blocks),
        Block::List { items, .. } => items.iter().find_map(|item| of_blocks(item)),
    }
}

/// Returns the direction of a letter; `None` for all other characters. These are the strong characters of Unicode's bidirectional
/// algorithm, with which browsers find the direction of an element that has `dir="auto"`.
fn of_letter(letter: char) -> Option<Direction> {
    match letter {
        // Marks that only set a direction, and the letters that make up flags.
        '\u{200f}' | '\u{61c}' => Some(Direction::RightToLeft),
        '\u{200e}' | '\u{1f1e6}'..='\u{1f1ff}' => Some(Direction::LeftToRight),
        _ if !letter.is_alphabetic() || is_combining_mark(letter) => None,
        _ if is_right_to_left(letter) => Some(Direction::RightToLeft),
        _ => Some(Direction::LeftToRight),
    }
}

/// Returns whether a letter is of a script that is written from right to left. Unicode reserves these ranges for such scripts.
fn is_right_to_left(letter: char) -> bool {
    matches!(letter,
        // Hebrew, Arabic, Syriac, Thaana, N'Ko and others, then presentation forms, then historic scripts and Adlam.
        '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}'
            | '\u{1e800}'..='\u{1efff}')
}
