//! Finds the marks of a paragraph: emphasis and struck text. They contain whole [`Atom`]s.

use std::{mem::replace, ops::Range};

use super::{
    addresses::trimmed,
    atoms::{Atom, AtomKind},
    delimiters::{DELIMITERS, Neighbor, Run, is_delimiter},
    letters::is_visible,
};

/// A part of a paragraph, as it is shown. Ranges are bytes of the paragraph.
#[derive(Debug)]
pub(super) enum Piece {
    Text(Range<usize>),
    LineBreak,
    Code(Range<usize>),
    Address(Range<usize>),
    LinkStart(Range<usize>),
    LinkEnd,
    Mention(Range<usize>),
    Delimiter(Delimiter),
}

/// A run of delimiters, and the marks that begin or end there.
#[derive(Debug)]
pub(super) struct Delimiter {
    letter: char,
    /// The first of the characters that belong to no mark and are shown, and their end.
    pub(super) shown: Range<usize>,
    /// The marks that begin here, innermost first.
    pub(super) begins: Vec<Mark>,
    /// The marks that end here, innermost first.
    pub(super) ends: Vec<Mark>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Emphasis,
    Strong,
    Struck,
}

/// Number of kinds of delimiters: `*`, `**`, `***`, `_`, `__`, `___` and `~~`.
const KINDS: usize = 7;

/// For each kind of delimiter, the piece that can open a mark: the last one. So each delimiter takes the same time, and marks nest
/// no deeper than there are kinds.
type Openers = [Option<usize>; KINDS];

fn kind(letter: char, count: usize) -> usize {
    match letter {
        '*' => count - 1,
        '_' => count + 2,
        _ => KINDS - 1,
    }
}

/// Returns the pieces of a paragraph in their order.
pub(super) fn pieces(text: &str, atoms: &[Atom]) -> Vec<Piece> {
    let mut finder = Finder { text, pieces: Vec::new(), openers: [None; KINDS], outer: [None; KINDS], last_visible: 0 };
    let mut position = 0;
    let mut before = None;
    for atom in atoms {
        finder.take_text(position..atom.range.start, before, Some(&atom.kind));
        // The rest of an address that ends before a delimiter is text.
        position = finder.take_atom(atom);
        before = Some(&atom.kind);
    }
    finder.take_text(position..text.len(), before, None);
    finder.pieces
}

/// Returns whether a text has only delimiters, and not more than nested marks have.
fn is_short_run(text: &str) -> bool {
    text.len() <= DELIMITERS && text.chars().all(is_delimiter)
}

struct Finder<'a> {
    text: &'a str,
    pieces: Vec<Piece>,
    openers: Openers,
    /// The openers before the current link: a mark that begins before a link does not end in it.
    outer: Openers,
    /// Number of pieces up to the last one that shows something by itself.
    last_visible: usize,
}

impl Finder<'_> {
    /// Takes an atom and returns its end. An address ends where it closes a mark.
    fn take_atom(&mut self, atom: &Atom) -> usize {
        let mut end = atom.range.end;
        let piece = match &atom.kind {
            AtomKind::Code(range) => Piece::Code(range.clone()),
            AtomKind::AngledAddress(range) => Piece::Address(range.clone()),
            AtomKind::Mention => Piece::Mention(atom.range.clone()),
            AtomKind::Address => {
                end = self.address_end(&atom.range);
                Piece::Address(atom.range.start..end)
            }
            AtomKind::LinkStart(destination) => {
                self.outer = replace(&mut self.openers, [None; KINDS]);
                Piece::LinkStart(destination.clone())
            }
            AtomKind::LinkEnd => {
                self.openers = self.outer;
                Piece::LinkEnd
            }
            AtomKind::Bracket => Piece::Text(atom.range.clone()),
        };
        self.pieces.push(piece);
        self.last_visible = self.pieces.len();
        end
    }

    /// Returns the end of an address: where it closes a mark, as in `**https://example.org**`.
    fn address_end(&self, address: &Range<usize>) -> usize {
        let mut position = address.start;
        while let Some(run) = self.next_run(position..address.end, None) {
            position = run.end;
            let delimiter = self.run(run.clone(), Some(&AtomKind::Address), None);
            let is_open = delimiter.marks() && self.opener_of(&delimiter).is_some();
            if is_open && delimiter.can_close() && self.ends_sentence(run.end..address.end) {
                return address.start + trimmed(&self.text[address.start..run.start]).len();
            }
        }
        address.end
    }

    /// Returns whether an address has only punctuation and delimiters in the rest, or a sentence without spaces goes on.
    fn ends_sentence(&self, rest: Range<usize>) -> bool {
        let mut rest = self.text[rest].chars().take(DELIMITERS);
        let next = rest.find(|letter| !is_delimiter(*letter) && !".,:;!?'".contains(*letter));
        next.is_none_or(|letter| !letter.is_ascii())
    }

    /// Returns the next run of delimiters in a range of the text, or a line break if `line_break` is given.
    fn next_run(&self, range: Range<usize>, line_break: Option<char>) -> Option<Range<usize>> {
        let is_run = |letter| is_delimiter(letter) || Some(letter) == line_break;
        let text = &self.text[range.clone()];
        let start = text.find(is_run)?;
        let letter = text[start..].chars().next()?;
        let length = text[start..].len() - text[start..].trim_start_matches(letter).len();
        Some(range.start + start..range.start + start + length)
    }

    fn run(&self, range: Range<usize>, before: Option<&AtomKind>, after: Option<&AtomKind>) -> Run {
        let mut letters_before = self.text[..range.start].chars().rev();
        let mut letters_after = self.text[range.end..].chars();
        let before = match before {
            Some(AtomKind::Mention | AtomKind::Bracket) | None => Neighbor::beyond_delimiters(&mut letters_before),
            Some(AtomKind::Code(_) | AtomKind::Address | AtomKind::AngledAddress(_)) => Neighbor::Atom,
            Some(AtomKind::LinkStart(_) | AtomKind::LinkEnd) => Neighbor::Atom,
        };
        let after = match after {
            Some(AtomKind::Mention | AtomKind::Bracket | AtomKind::Address) | None => {
                Neighbor::beyond_delimiters(&mut letters_after)
            }
            Some(AtomKind::Code(_) | AtomKind::AngledAddress(_)) => Neighbor::Atom,
            Some(AtomKind::LinkStart(_) | AtomKind::LinkEnd) => Neighbor::Atom,
        };
        let later = letters_after.next();
        Run { letter: char::from(self.text.as_bytes()[range.start]), count: range.len(), before, after, later }
    }

    /// Takes text between two atoms.
    fn take_text(&mut self, range: Range<usize>, before: Option<&AtomKind>, after: Option<&AtomKind>) {
        let mut position = range.start;
        // Until there is anything else than delimiters.
        let mut before = before;
        while let Some(run) = self.next_run(position..range.end, Some('\n')) {
            if run.start > position || self.text[run.clone()].starts_with('\n') {
                before = None;
            }
            self.take_plain(position..run.start);
            position = run.end;
            if self.text[run.clone()].starts_with('\n') {
                self.pieces.extend(run.map(|_| Piece::LineBreak));
                continue;
            }
            let after = after.filter(|_| is_short_run(&self.text[run.end..range.end]));
            let delimiter = self.run(run.clone(), before, after);
            self.take_delimiter(run, &delimiter);
        }
        self.take_plain(position..range.end);
    }

    fn take_plain(&mut self, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        let shows = self.text[range.clone()].contains(is_visible);
        self.pieces.push(Piece::Text(range));
        if shows {
            self.last_visible = self.pieces.len();
        }
    }

    fn take_delimiter(&mut self, range: Range<usize>, run: &Run) {
        let piece = self.pieces.len();
        let (letter, begins, ends) = (run.letter, Vec::new(), Vec::new());
        self.pieces.push(Piece::Delimiter(Delimiter { letter, shown: range, begins, ends }));
        if run.marks() && !(run.can_close() && self.close(piece, run)) && run.can_open() {
            self.openers[kind(run.letter, run.count)] = Some(piece);
        }
    }

    /// Returns the last piece that can open the mark that a run closes. A `***` opens `*` or `**` as well.
    fn opener_of(&self, run: &Run) -> Option<usize> {
        let opener = |count| self.openers[kind(run.letter, count)];
        match (run.letter, run.count) {
            ('~', _) => opener(run.count),
            // `***` closes `***`, or both `*` and `**`.
            (_, 3) => opener(3).max(opener(1).and(opener(2)).and(opener(1).max(opener(2)))),
            (_, count) => opener(count).max(opener(3)),
        }
    }

    /// Ends the marks that a run closes. Returns whether there were such marks.
    fn close(&mut self, piece: usize, run: &Run) -> bool {
        let Some(opener) = self.opener_of(run).filter(|opener| self.last_visible > *opener + 1) else { return false };
        let second = match run.count {
            3 if self.openers[kind(run.letter, 3)] != Some(opener) => {
                let [one, two] = [1, 2].map(|count| self.openers[kind(run.letter, count)]);
                one.min(two)
            }
            3 => Some(opener),
            _ => None,
        };
        let mut left = run.count;
        for opener in [Some(opener), second].into_iter().flatten() {
            left -= self.pair(opener, piece, left);
        }
        true
    }

    /// Ends the mark that `opener` begins, of at most `most` delimiters, and returns how many delimiters it has.
    fn pair(&mut self, opener: usize, piece: usize, most: usize) -> usize {
        // What begins in a mark does not end after it.
        for other in &mut self.openers {
            *other = other.filter(|other| *other < opener);
        }
        let Some(Piece::Delimiter(begin)) = self.pieces.get_mut(opener) else { return most };
        let count = begin.shown.len().min(most).min(2);
        let mark = match (begin.letter, count) {
            ('~', _) => Mark::Struck,
            (_, 1) => Mark::Emphasis,
            _ => Mark::Strong,
        };
        begin.begins.push(mark);
        begin.shown.end -= count;
        if !begin.shown.is_empty() {
            self.openers[kind(begin.letter, begin.shown.len())] = Some(opener);
        }
        if let Some(Piece::Delimiter(end)) = self.pieces.get_mut(piece) {
            end.ends.push(mark);
            end.shown.end -= count;
        }
        count
    }
}
