//! Decides where a delimiter can open or close a mark: at word boundaries only.

use super::letters::{is_unspaced, is_wide_opening, is_word};

/// Maximum number of delimiters that are next to each other in nested marks: more than `**`, `__` and `~~`. It bounds how far each
/// run looks.
pub(super) const DELIMITERS: usize = 8;

/// Returns whether the character is a delimiter of marks.
pub(super) fn is_delimiter(letter: char) -> bool {
    matches!(letter, '*' | '_' | '~')
}

/// Delimiters that are next to each other, such as `**`, and their surroundings.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// `*`, `_` or `~`.
    pub(super) letter: char,
    pub(super) count: usize,
    pub(super) before: Neighbor,
    pub(super) after: Neighbor,
    /// The character after the one that `after` is.
    pub(super) later: Option<char>,
}

/// What is next to a run of delimiters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Neighbor {
    /// The start or the end of the paragraph, or white space.
    Space,
    /// Code or a link.
    Atom,
    /// More than [`DELIMITERS`].
    Delimiters,
    /// A letter or digit of a script that separates words by spaces.
    Word,
    /// A letter of a script that doesn't.
    Unspaced,
    /// Another ASCII character.
    Ascii(char),
    /// Another character: punctuation, a symbol or an emoji.
    Other(char),
}

impl Neighbor {
    /// Returns the neighbor beyond the delimiters that directly follow, as those of nested marks do.
    pub(super) fn beyond_delimiters(letters: &mut impl Iterator<Item = char>) -> Self {
        match letters.take(DELIMITERS).find(|letter| !is_delimiter(*letter)) {
            Some(letter) if letter.is_whitespace() => Self::Space,
            Some(letter) if is_word(letter) => Self::Word,
            Some(letter) if is_unspaced(letter) => Self::Unspaced,
            Some(letter) if letter.is_ascii() => Self::Ascii(letter),
            Some(letter) => Self::Other(letter),
            None if letters.next().is_none() => Self::Space,
            None => Self::Delimiters,
        }
    }

    fn is_word(self) -> bool {
        matches!(self, Self::Word | Self::Unspaced)
    }
}

impl Run {
    /// Returns whether a mark has delimiters of this kind: `*`, `**`, `***`, the same with `_`, and `~~`.
    pub(super) fn marks(self) -> bool {
        if self.letter == '~' { self.count == 2 } else { self.count <= 3 }
    }

    /// Returns whether the delimiter is seldom anything else than a mark, as `**` and `~~` are. `*` is also a product, a pointer
    /// and a wildcard, and `_` is part of names.
    fn is_distinct(self) -> bool {
        self.letter == '~' || self.letter == '*' && self.count > 1
    }

    /// Returns whether a mark can begin here: a word begins after the delimiter, and none ends before it.
    pub(super) fn can_open(self) -> bool {
        let begins = match self.after {
            Neighbor::Space | Neighbor::Delimiters => false,
            Neighbor::Atom | Neighbor::Word | Neighbor::Unspaced => true,
            Neighbor::Ascii(letter) if self.is_distinct() => !")]}/\\".contains(letter),
            Neighbor::Ascii(letter) => "([{\"'@#$".contains(letter),
            Neighbor::Other(_) => true,
        };
        begins && self.is_boundary_before()
    }

    fn is_boundary_before(self) -> bool {
        match self.before {
            Neighbor::Space | Neighbor::Atom | Neighbor::Other(_) => true,
            Neighbor::Delimiters => false,
            // Where Latin text ends and text without spaces begins, a word begins.
            Neighbor::Word => self.is_distinct() && matches!(self.after, Neighbor::Unspaced),
            Neighbor::Unspaced => self.letter != '_',
            Neighbor::Ascii(letter) if self.is_distinct() => !")]}\\".contains(letter),
            // Faces such as (*'ω'*) have a symbol after the delimiter, and a bracket before it.
            Neighbor::Ascii(letter) => {
                let begins_word = match self.after {
                    Neighbor::Other(letter) => is_wide_opening(letter),
                    after => after.is_word() || matches!(after, Neighbor::Atom),
                };
                begins_word && "([{<>\"'-:;,!?|+".contains(letter)
            }
        }
    }

    /// Returns whether a mark can end here: a word ends before the delimiter, and none begins after it.
    pub(super) fn can_close(self) -> bool {
        let ends = match self.before {
            Neighbor::Space | Neighbor::Delimiters => false,
            Neighbor::Atom | Neighbor::Word | Neighbor::Unspaced => true,
            Neighbor::Ascii(letter) if self.is_distinct() => !"([{/\\".contains(letter),
            Neighbor::Ascii(letter) => ")]}.,:;!?\"'%#+$".contains(letter),
            Neighbor::Other(_) => true,
        };
        ends && self.is_boundary_after()
    }

    fn is_boundary_after(self) -> bool {
        match self.after {
            Neighbor::Space | Neighbor::Atom | Neighbor::Other(_) => true,
            Neighbor::Delimiters => false,
            // `**Note:**text` as well.
            Neighbor::Word => {
                self.is_distinct() && matches!(self.before, Neighbor::Unspaced | Neighbor::Ascii(':' | '.' | '!' | '?'))
            }
            Neighbor::Unspaced => self.letter != '_',
            // A file name goes on, such as `__init__.py`.
            Neighbor::Ascii('.') => !self.later.is_some_and(is_word),
            Neighbor::Ascii(letter) if self.is_distinct() => !"([{\\".contains(letter),
            Neighbor::Ascii(letter) => ")]}<>\"'-:;,!?|+".contains(letter),
        }
    }
}
