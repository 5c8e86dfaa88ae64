//! Finds the parts of a paragraph that marks can't divide: code, addresses, written links and mentions.

use std::{collections::HashMap, ops::Range};

use shared_types::{Person, mentions_in};

use super::{
    addresses::{address_end, angled_address_end, destination_end},
    letters::{has_visible_besides, is_word},
};

/// A part of a paragraph. Ranges are bytes of the paragraph.
#[derive(Debug)]
pub(super) struct Atom {
    /// All characters, including delimiters.
    pub(super) range: Range<usize>,
    pub(super) kind: AtomKind,
}

#[derive(Debug)]
pub(super) enum AtomKind {
    /// Code between backticks, with the range of the code.
    Code(Range<usize>),
    /// An address in running text.
    Address,
    /// An address between `<` and `>`, with its range.
    AngledAddress(Range<usize>),
    /// `[`, which begins a link with this destination.
    LinkStart(Range<usize>),
    /// `](destination)`.
    LinkEnd,
    /// `@` and the name of a person.
    Mention,
    /// `[`, which is text if no link is found.
    Bracket,
}

/// Returns the atoms of a paragraph in their order.
pub(super) fn atoms(text: &str, people: &[Person]) -> Vec<Atom> {
    let mut finder = Finder {
        text,
        position: 0,
        backticks: Backticks::of(text),
        mentions: mentions_in(text, people).into_iter().map(|(range, _)| range).collect(),
        atoms: Vec::new(),
        brackets: Vec::new(),
    };
    finder.mentions.reverse();
    while let Some(offset) = text[finder.position..].find(['`', '<', 'h', 'H', '[', ']', '@']) {
        finder.position += offset;
        if !finder.take() {
            finder.position += 1;
        }
    }
    finder.atoms.retain(|atom| !matches!(atom.kind, AtomKind::Bracket));
    finder.atoms
}

struct Finder<'a> {
    text: &'a str,
    position: usize,
    backticks: Backticks,
    /// Ranges of the mentions that were not passed yet, last one first.
    mentions: Vec<Range<usize>>,
    atoms: Vec<Atom>,
    /// Indexes of the brackets that are open.
    brackets: Vec<usize>,
}

impl Finder<'_> {
    /// Takes the atom at the position, if there is one.
    fn take(&mut self) -> bool {
        let start = self.position;
        let before = self.text[..start].chars().next_back();
        let is_after_backslash = before == Some('\\');
        match self.text.as_bytes()[start] {
            b'`' => self.take_code(before),
            b'[' if !is_after_backslash => self.take_bracket(),
            b']' if !is_after_backslash => self.take_link_end(),
            b'<' if !is_after_backslash => self.take_angled_address(),
            b'@' => self.take_mention(),
            b'h' | b'H' => address_end(self.text, start).is_some_and(|end| self.push(end, AtomKind::Address)),
            _ => false,
        }
    }

    fn push(&mut self, end: usize, kind: AtomKind) -> bool {
        self.atoms.push(Atom { range: self.position..end, kind });
        self.position = end;
        true
    }

    /// Takes code, or the backticks that begin none.
    fn take_code(&mut self, before: Option<char>) -> bool {
        let (length, closing) = self.backticks.at(self.position);
        let begin = self.position + length;
        // A backtick in a word is an apostrophe.
        let opens = !before.is_some_and(|letter| letter == '\\' || is_word(letter));
        match closing {
            Some(end) if opens && has_visible_besides(&self.text[begin..end], &[]) => {
                let code = without_padding(self.text, begin..end);
                self.push(end + length, AtomKind::Code(code))
            }
            _ => {
                self.position = begin;
                true
            }
        }
    }

    fn take_bracket(&mut self) -> bool {
        self.brackets.push(self.atoms.len());
        self.push(self.position + 1, AtomKind::Bracket)
    }

    fn take_link_end(&mut self) -> bool {
        let Some(bracket) = self.brackets.pop() else { return false };
        let shown = &self.text[self.atoms[bracket].range.end..self.position];
        let destination = self.position + 2;
        if !self.text[self.position..].starts_with("](") || !has_visible_besides(shown, &[]) {
            return false;
        }
        let Some(end) = destination_end(self.text, destination) else { return false };
        self.atoms[bracket].kind = AtomKind::LinkStart(destination..end);
        // A link contains no other link and no mention.
        let inside = self.atoms.split_off(bracket + 1);
        self.atoms.extend(inside.into_iter().filter(|atom| matches!(atom.kind, AtomKind::Code(_))));
        self.brackets.clear();
        self.push(end + 1, AtomKind::LinkEnd)
    }

    fn take_angled_address(&mut self) -> bool {
        let begin = self.position + 1;
        let end = angled_address_end(self.text, begin);
        end.is_some_and(|end| self.push(end + 1, AtomKind::AngledAddress(begin..end)))
    }

    fn take_mention(&mut self) -> bool {
        while self.mentions.pop_if(|range| range.start < self.position).is_some() {}
        let mention = self.mentions.pop_if(|range| range.start == self.position);
        mention.is_some_and(|range| self.push(range.end, AtomKind::Mention))
    }
}

/// Returns the range of code without the space or line break at each end that separates it from its backticks.
fn without_padding(text: &str, code: Range<usize>) -> Range<usize> {
    let padding = [' ', '\n'];
    let is_padded = text[code.clone()].starts_with(padding) && text[code.clone()].ends_with(padding);
    if is_padded { code.start + 1..code.end - 1 } else { code }
}

/// The runs of backticks in a text: for the start of each, its length, and the start of the next run of the same length.
struct Backticks(HashMap<usize, (usize, Option<usize>)>);

impl Backticks {
    fn of(text: &str) -> Self {
        let mut runs = HashMap::new();
        // By length: the start of the run that was found last.
        let mut next: HashMap<usize, usize> = HashMap::new();
        let mut rest = text;
        while let Some(last) = rest.rfind('`') {
            let start = rest[..last].trim_end_matches('`').len();
            let length = last + 1 - start;
            runs.insert(start, (length, next.insert(length, start)));
            rest = &rest[..start];
        }
        Self(runs)
    }

    /// Returns the length of the run that begins at `start`, and the start of the next run of the same length.
    fn at(&self, start: usize) -> (usize, Option<usize>) {
        self.0.get(&start).copied().unwrap_or((1, None))
    }
}
