//! Recognizes the markers at the beginning of a line.

use super::letters::has_visible_besides;
use crate::content::languages::language;

/// Columns of a tab at the beginning of a line.
const TAB: usize = 4;

/// Maximum number of columns before a marker. A line that is indented further is text.
const INDENT: usize = 3;

/// Columns by which a line is indented more than the marker of the list item that it belongs to.
pub(super) const ITEM_INDENT: usize = 2;

/// Maximum number of digits of an item's number. Browsers count further than that.
const DIGITS: usize = 9;

const BULLETS: [char; 3] = ['-', '*', '+'];

/// Returns whether a line has only white space.
pub(super) fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// Returns the columns of the space before a line.
pub(super) fn indent(line: &str) -> usize {
    line.bytes().take_while(|byte| matches!(byte, b' ' | b'\t')).map(columns).sum()
}

fn columns(space: u8) -> usize {
    if space == b'\t' { TAB } else { 1 }
}

/// Removes space of at most this many columns before a line. A tab is not divided.
pub(super) fn without_indent(line: &str, most: usize) -> &str {
    let mut left = most;
    line.trim_start_matches(|letter| {
        let is_removed = left > 0 && matches!(letter, ' ' | '\t');
        left = left.saturating_sub(if letter == '\t' { TAB } else { 1 });
        is_removed
    })
}

/// Returns a line without the indent that may precede a marker.
fn unindented(line: &str) -> Option<&str> {
    (indent(line) <= INDENT).then(|| line.trim_start_matches([' ', '\t']))
}

/// Returns what follows a marker and a space.
fn after_space(rest: &str) -> Option<&str> {
    rest.strip_prefix([' ', '\t'])
}

/// Returns the text of a heading, `# text`.
pub(super) fn heading(line: &str) -> Option<&str> {
    let line = unindented(line)?;
    let rest = line.trim_start_matches('#');
    let level = line.len() - rest.len();
    let text = after_space(rest)?.trim();
    ((1..=6).contains(&level) && has_visible_besides(text, &['#'])).then_some(text)
}

/// Returns what follows the `>` of a quoted line.
pub(super) fn quoted(line: &str) -> Option<&str> {
    let rest = unindented(line)?.strip_prefix('>')?;
    if is_blank(rest) { Some("") } else { after_space(rest) }
}

/// The marker of a list item: `-`, `*`, `+`, or a number and a period.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marker<'a> {
    /// Columns before the marker.
    pub(super) indent: usize,
    /// Columns of the marker and the space after it.
    pub(super) width: usize,
    pub(super) number: Option<u32>,
    /// The first line of the item.
    pub(super) rest: &'a str,
}

impl<'a> Marker<'a> {
    /// Returns the marker of a line; `None` if the line has no marker, or nothing after it.
    pub(super) fn of(line: &'a str) -> Option<Self> {
        let marked = unindented(line)?;
        let (number, rest) = match marked.strip_prefix(BULLETS) {
            Some(rest) => (None, rest),
            None => numbered(marked).map(|(number, rest)| (Some(number), rest))?,
        };
        let width = marked.len() - rest.len() + 1;
        let rest = after_space(rest)?.trim_start();
        has_visible_besides(rest, &BULLETS).then(|| Self { indent: indent(line), width, number, rest })
    }

    /// Returns whether the item belongs to the list of the item before it. Numbers are shown as they were typed, so a list has
    /// successive numbers.
    pub(super) fn follows(&self, before: &Self) -> bool {
        match (self.number, before.number) {
            (None, None) => true,
            (Some(number), Some(before)) => number == before + 1,
            _ => false,
        }
    }
}

/// Splits `12. text` after the period. A number with leading zeros is text, because a browser shows it without them.
fn numbered(line: &str) -> Option<(u32, &str)> {
    let (digits, rest) = line.split_once('.')?;
    let has_zeros = digits.len() > 1 && digits.starts_with('0');
    let is_number = (1..=DIGITS).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !has_zeros).then(|| digits.parse().ok()).flatten().map(|number| (number, rest))
}

/// The line before code: three or more backticks or tildes, and perhaps the name of a language.
#[derive(Debug)]
pub(super) struct Fence<'a> {
    letter: char,
    length: usize,
    /// Columns before the fence.
    pub(super) indent: usize,
    info: &'a str,
}

impl<'a> Fence<'a> {
    pub(super) fn of(line: &'a str) -> Option<Self> {
        let fence = unindented(line)?;
        let letter = fence.chars().next().filter(|letter| matches!(letter, '`' | '~'))?;
        let info = fence.trim_start_matches(letter);
        let length = fence.len() - info.len();
        (length >= 3 && !info.contains(letter)).then(|| Self {
            letter,
            length,
            indent: indent(line),
            info: info.trim(),
        })
    }

    /// Returns the code before the closing fence if the line ends with one. Backticks also close at the end of a line of code, as in
    /// other chats.
    pub(super) fn closes<'l>(&self, line: &'l str) -> Option<&'l str> {
        let line = line.trim_end();
        let code = line.trim_end_matches(self.letter);
        let is_closing = line.len() - code.len() >= self.length;
        if is_blank(code) && indent(line) <= INDENT {
            return is_closing.then_some("");
        }
        (is_closing && self.letter == '`').then_some(code)
    }

    /// Returns the name of the language, and what else follows the fence: the first line of the code. If the closing fence has a line
    /// of its own, a single word is a name, even of an unknown language.
    pub(super) fn info(&self, closes_alone: bool) -> (Option<&'a str>, &'a str) {
        let is_name = |letter: char| letter.is_ascii_alphanumeric() || "+#-_.,".contains(letter);
        if closes_alone
            && self.info.starts_with(|letter: char| letter.is_ascii_alphabetic())
            && self.info.chars().all(is_name)
        {
            return (self.info.split(',').next(), "");
        }
        // Some people write more after the language, such as a file name or the lines to emphasize.
        let (name, rest) = self.info.split_at(self.info.find([' ', ',', ':', '{']).unwrap_or(self.info.len()));
        if language(name).is_some() { (Some(name), rest.trim_start()) } else { (None, self.info) }
    }
}
